"""What differs between two vintages of a release: rows, columns, causes, ranks.

Belongs here: finding differences and telling them, as text, Parquet and a page. Does not belong
here: who made a vintage and why (`vintages`).
"""
