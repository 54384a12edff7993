"""What is made: pure functions under thin Dagster decorators, one folder a stage or source.

Nothing here knows when or where it runs; that is `orchestration`, which imports this package
and is never imported by it.
"""
