"""views.sql of a release: one DuckDB view a Parquet file, described from the registry."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from assets import registry
from assets.release.tablefiles import public_name, table_files
from assets.release.tables import UNIT

VIEWS = "views.sql"
FILES: tuple[str, ...] = (VIEWS,)

_HEAD = """\
-- Views over the Parquet files of this release, with a description of every column.
-- Run it in the folder of the release, with DuckDB:
--     duckdb -init views.sql
-- or make a database file of them (it reads the Parquet files beside it):
--     duckdb egov.duckdb -c ".read views.sql"
"""


def files(tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
    """Content of `FILES`."""
    return {VIEWS: views_sql().encode()}


def views_sql() -> str:
    """SQL that makes one view a Parquet file, with the registry's descriptions as comments."""
    statements = [_HEAD]
    for table in registry.tables(unit=UNIT):
        name = public_name(table)
        file = table_files(table).parquet
        meaning = _literal(f"{table.description_en} One row: {table.grain}.")
        statements += [
            f"\ncreate or replace view {name} as select * from read_parquet('{file}');\n",
            f"comment on view {name} is {meaning};\n",
        ]
        statements += [
            f"comment on column {name}.{column.name} is {_literal(column.description_en)};\n"
            for column in table.columns
        ]
    return "".join(statements)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
