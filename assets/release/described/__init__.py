"""What a release says of itself: read-me, dictionary, views, descriptors, citation.

Belongs here: texts made from the registry, the tables and the files made before them, and whether
they still say what the files are. Does not belong here: the tables' own files (`tablefiles`).
"""
