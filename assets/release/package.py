"""The files of a release: what lies in its folder, byte for byte, from its tables alone.

Belongs here: which modules make which files, and in what order. Nothing in them depends on clock,
host, run, path, locale or order of the rows given. Does not belong here: which rows are published
(`tables`), the lake's manifest.json, which promotion adds.

The order: tables, then what is made from tables alone, then descriptions, which state the hash of
every file made so far, last the list of all hashes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pyarrow as pa

from assets import registry
from assets.lake import Stage
from assets.lake.atomic import sha256_of
from assets.release import annex, workbook
from assets.release.described import (
    catalog,
    citation,
    dataset,
    descriptor,
    dictionary,
    readme,
    views,
)
from assets.release.tablefiles import all_table_files, copies_of, parquet_of
from assets.release.tables import UNIT

SUMS = "MANIFEST.sha256"

Tables = Mapping[str, pa.Table]
Files = Mapping[str, bytes]


class Maker(Protocol):
    """A module that makes some files of a release, which have fixed names, from its tables."""

    FILES: tuple[str, ...]

    def files(self, tables: Tables, year: int) -> dict[str, bytes]:
        """Content of each of `FILES`."""


class Describer(Protocol):
    """A module that describes the files made before it, which it is given by name."""

    FILES: tuple[str, ...]

    def files(self, tables: Tables, year: int, made: Files) -> dict[str, bytes]:
        """Content of each of `FILES`."""


#: Makers of short texts; the verifier makes them again.
_TEXTS: tuple[Maker, ...] = (readme, views, dictionary)

#: Makers of the other files that are not tables; the verifier judges them by their hash.
_MAKERS: tuple[Maker, ...] = (annex, workbook)

#: Descriptions of all those files; the verifier makes them again.
_DESCRIBERS: tuple[Describer, ...] = (descriptor, dataset, catalog, citation)


def file_names() -> tuple[str, ...]:
    """Every file of a release but manifest.json, sorted."""
    descriptions_made = [name for describer in _DESCRIBERS for name in describer.FILES]
    return tuple(sorted([SUMS, *descriptions_made, *described_names()]))


def described_names() -> tuple[str, ...]:
    """Every file that the descriptions state the hash of."""
    made = [name for maker in (*_TEXTS, *_MAKERS) for name in maker.FILES]
    return tuple(sorted([*made, *all_table_files()]))


def package(tables: Tables, year: int) -> dict[str, bytes]:
    """Content of every file of the release of `year`, by name, sorted by name.

    `tables` are the release tables by registry name, as `build_tables` gives them.
    """
    files: dict[str, bytes] = {}
    for table in registry.tables(unit=UNIT):
        files.update(parquet_of(table, tables[table.name]))
        files.update(copies_of(table, tables[table.name]))
    for maker in (*_TEXTS, *_MAKERS):
        files.update(maker.files(tables, year))
    files.update(descriptions(tables, year, files))
    files[SUMS] = sums({name: sha256_of(data) for name, data in files.items()}).encode()
    return dict(sorted(files.items()))


def texts(tables: Tables, year: int) -> dict[str, bytes]:
    """The short texts by name."""
    return {name: data for text in _TEXTS for name, data in text.files(tables, year).items()}


def descriptions(tables: Tables, year: int, made: Files) -> dict[str, bytes]:
    """The descriptions by name; `made` are the files of `described_names`."""
    sorted_files = dict(sorted(made.items()))
    return {
        name: data
        for describer in _DESCRIBERS
        for name, data in describer.files(tables, year, sorted_files).items()
    }


def write_package(stage: Stage, tables: Tables, year: int) -> tuple[str, ...]:
    """Write the release of `year` into a stage of unit `release`; the names of its files."""
    files = package(tables, year)
    for name, data in files.items():
        stage.write_bytes(name, data)
    return tuple(files)


def sums(hashes: Mapping[str, str]) -> str:
    """Content of MANIFEST.sha256, for `sha256sum --check`: hash and name, sorted by name."""
    return "".join(f"{sha256}  {name}\n" for name, sha256 in sorted(hashes.items()))
