"""The files of one table of a release: Parquet, CSV twice, JSON.

Belongs here: their names, and who writes each. Does not belong here: how a format is spelled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa

from assets import registry
from assets.lake.parquet import encode
from assets.registry import Table
from assets.release.csvfile import excel_csv, plain_csv
from assets.release.jsonfile import table_json
from assets.release.tables import UNIT


class TableFiles(NamedTuple):
    """Names of the files of one table in the folder of the release."""

    parquet: str
    csv: str
    csv_excel: str
    json: str


#: Formats that are written from the Parquet file's rows, and read back by eye or by programs.
_COPIES: dict[str, Callable[[Table, pa.Table], bytes]] = {
    "csv": plain_csv,
    "csv_excel": excel_csv,
    "json": table_json,
}


def public_name(table: Table) -> str:
    """Name of a release table in its folder: without `rel_`."""
    return table.name.removeprefix("rel_")


def table_files(table: Table) -> TableFiles:
    """Names of a table's files."""
    name = public_name(table)
    return TableFiles(
        f"{name}.parquet", f"csv/{name}.csv", f"csv_excel/{name}.csv", f"json/{name}.json"
    )


def all_table_files() -> list[str]:
    """Names of the files of all tables."""
    return [name for table in registry.tables(unit=UNIT) for name in table_files(table)]


def parquet_of(table: Table, frame: pa.Table) -> dict[str, bytes]:
    """The Parquet file of a table by name."""
    return {table_files(table).parquet: encode(frame)}


def copies_of(table: Table, frame: pa.Table) -> dict[str, bytes]:
    """The same rows in every other format, by name of the file."""
    names = table_files(table)._asdict()
    return {names[kind]: write(table, frame) for kind, write in _COPIES.items()}
