"""The per-run DuckDB file: views over promoted Parquet in, built marts out.

The file is derived and disposable; nobody but the run that made it opens it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from assets import registry
from assets.registry import Table

#: Nothing is fetched at run time, whatever a query asks for.
CLOSED: dict[str, Any] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

#: Schema of the raw views, as dbt's sources name it.
RAW_SCHEMA = "raw"

#: Schema of what dbt builds.
MARTS_SCHEMA = "main"


def select_files(table: Table, files: Sequence[Path]) -> str:
    """SQL that reads exactly these Parquet files, or an empty relation of the table's shape."""
    if files:
        names = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        columns = ", ".join(table.column_names)
        return f"select {columns} from read_parquet([{names}])"
    columns = ", ".join(f"cast(null as {c.sql}) as {c.name}" for c in table.columns)
    return f"select {columns} where false"


def create(path: Path, sources: Mapping[str, Sequence[Path]], *, schema: str = RAW_SCHEMA) -> None:
    """Make the run's database with one view a table in `sources` (table name -> files).

    Files are named one by one, never by a pattern, so that strays are not read.
    """
    with duckdb.connect(str(path), config=CLOSED) as connection:
        connection.execute(f"create schema if not exists {schema}")
        for name, files in sources.items():
            query = select_files(registry.table(name), files)
            connection.execute(f"create view {schema}.{name} as {query}")


def read_tables(path: Path, names: Sequence[str]) -> dict[str, pa.Table]:
    """The built tables in registry order of columns, sorted by their declared sort columns.

    Sorting makes the exported bytes independent of how the engine scheduled its work.
    """
    built: dict[str, pa.Table] = {}
    with duckdb.connect(str(path), read_only=True, config=CLOSED) as connection:
        for name in names:
            table = registry.table(name)
            order = ", ".join(f"{column} asc nulls last" for column in table.sort)
            columns = ", ".join(table.column_names)
            arrow: pa.Table = connection.sql(
                f"select {columns} from {MARTS_SCHEMA}.{name} order by {order}"
            ).to_arrow_table()
            built[name] = arrow.cast(
                pa.schema([pa.field(c.name, c.arrow, nullable=True) for c in table.columns])
            )
    return built
