"""The one declaration of every table: columns, types, units, keys, rules, stage, descriptions; and
what the codes in them are called.

Belongs here: the YAML declarations and the small reader that turns them into Arrow, polars
and DuckDB schemas. Gates, dbt YAML, contracts and the data dictionary follow from it or are
drift-tested against it. Does not belong here: anything that reads or writes data. This
package imports nothing of ours.
"""

from assets.registry.codes import Label, entries, uncapitalised, word, words
from assets.registry.model import Column, Rule, Table, table, tables

__all__ = [
    "Column",
    "Label",
    "Rule",
    "Table",
    "entries",
    "table",
    "tables",
    "uncapitalised",
    "word",
    "words",
]
