"""When and where it runs: definitions, jobs, instance, command line. Wiring only.

Nothing here reads a source or makes a number; that is `assets`, which never imports this.
"""
