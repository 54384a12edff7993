"""The files of a release: what lies in its folder, byte for byte, from its tables alone.

Belongs here: names and content of the files. Nothing in them depends on clock, host, run, path,
locale or order of the rows given. Does not belong here: which rows are published (`tables`), the
lake's manifest.json, which promotion adds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

from assets import registry
from assets.lake import Stage
from assets.lake.atomic import sha256_of
from assets.lake.parquet import encode
from assets.registry import Table
from assets.release.csvfile import excel_csv, plain_csv
from assets.release.readme import readme
from assets.release.tables import UNIT

README = "README.md"
VIEWS = "views.sql"
SUMS = "MANIFEST.sha256"

_VIEWS_HEAD = """\
-- Views over the Parquet files of this release, with a description of every column.
-- Run it in the folder of the release, with DuckDB:
--     duckdb -init views.sql
-- or make a database file of them (it reads the Parquet files beside it):
--     duckdb egov.duckdb -c ".read views.sql"
"""


class Maker(Protocol):
    """A module that makes some files of a release, which have fixed names, from its tables."""

    FILES: tuple[str, ...]

    def files(self, tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
        """Content of each of `FILES`."""


#: Makers of the files that are not tables.
_MAKERS: tuple[Maker, ...] = ()


def public_name(table: Table) -> str:
    """Name of a release table in its folder: without `rel_`."""
    return table.name.removeprefix("rel_")


def table_files(table: Table) -> tuple[str, str, str]:
    """Names of a table's Parquet file, plain CSV and CSV for Excel."""
    name = public_name(table)
    return f"{name}.parquet", f"csv/{name}.csv", f"csv_excel/{name}.csv"


def file_names() -> tuple[str, ...]:
    """Every file of a release but manifest.json, sorted."""
    tables = registry.tables(unit=UNIT)
    made = [name for maker in _MAKERS for name in maker.FILES]
    written = [name for table in tables for name in table_files(table)]
    return tuple(sorted([README, VIEWS, SUMS, *made, *written]))


def package(tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
    """Content of every file of the release of `year`, by name, sorted by name.

    `tables` are the release tables by registry name, as `build_tables` gives them.
    """
    files = {README: readme(tables, year).encode(), VIEWS: views_sql().encode()}
    for table in registry.tables(unit=UNIT):
        frame = tables[table.name]
        parquet, plain, excel = table_files(table)
        files[parquet] = encode(frame)
        files[plain] = plain_csv(table, frame)
        files[excel] = excel_csv(table, frame)
    for maker in _MAKERS:
        files.update(maker.files(tables, year))
    files[SUMS] = sums({name: sha256_of(data) for name, data in files.items()}).encode()
    return dict(sorted(files.items()))


def write_package(stage: Stage, tables: Mapping[str, pa.Table], year: int) -> tuple[str, ...]:
    """Write the release of `year` into a stage of unit `release`; the names of its files."""
    files = package(tables, year)
    for name, data in files.items():
        stage.write_bytes(name, data)
    return tuple(files)


def sums(hashes: Mapping[str, str]) -> str:
    """Content of MANIFEST.sha256, for `sha256sum --check`: hash and name, sorted by name."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items()))


def views_sql() -> str:
    """SQL that makes one view a Parquet file, with the registry's descriptions as comments."""
    statements = [_VIEWS_HEAD]
    for table in registry.tables(unit=UNIT):
        name = public_name(table)
        file = table_files(table)[0]
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
