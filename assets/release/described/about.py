"""What every description of a release says alike: title, version, rights, sources, files.

Belongs here: these facts, from the release's own tables, its files and `about.yaml`. Does not
belong here: how a format of descriptions spells them (`descriptor`, `dataset`, `catalog`,
`citation`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from string import Template
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.lake.atomic import canonical_json, sha256_of
from assets.registry import Table
from assets.release.tablefiles import TableFiles, table_files
from assets.release.tables import UNIT

#: Digits of the content hash in the version.
_VERSION_DIGITS = 12

#: Kinds of source files that a body issued; the others are reference files of this project.
_ISSUED = ("assessment_report", "published_values")

Words = Mapping[str, str]


@dataclass(frozen=True)
class Held:
    """One file of the release. `encoding` is None for a file that is not text; `eu` is its code in
    the EU's table of file types."""

    name: str
    bytes: int
    sha256: str
    format: str
    mediatype: str
    encoding: str | None
    eu: str | None


@dataclass(frozen=True)
class About:
    """The facts. Words are by language (`vi`, `en`). `version` follows from the tables alone;
    `tables` are those of the registry with their files; `other` are the files that are no table."""

    year: int
    version: str
    title: Words
    description: Words
    keywords: Mapping[str, list[str]]
    publisher: str
    issuers: tuple[str, ...]
    rights: Words
    sources: tuple[Mapping[str, Any], ...]
    tables: tuple[tuple[Table, tuple[Held, ...]], ...]
    other: tuple[Held, ...]

    @property
    def name(self) -> str:
        """Identifier of the release of this year, the same for every version."""
        return f"egov-assessment-{self.year}"


def about(tables: Mapping[str, pa.Table], year: int, made: Mapping[str, bytes]) -> About:
    """The facts of the release of `year`; `made` are the files to describe, by name."""
    words = _words()
    rows = tables["rel_sources"].to_pylist()
    sources = tuple(sorted(rows, key=lambda row: (row["file_name"], row["file_sha256"])))
    issued = [row["issuer"] for row in sources if row["kind"] in _ISSUED]
    licences = " ".join(f"[{licence}]" for licence in sorted({row["licence"] for row in sources}))
    of_tables = [(table, table_files(table)) for table in registry.tables(unit=UNIT)]
    in_tables = {name for _, names in of_tables for name in names}
    return About(
        year=year,
        version=_version(year, made, [names for _, names in of_tables]),
        title=_filled(words["title"], year),
        description=_filled(words["description"], year),
        keywords=words["keywords"],
        publisher=words["publisher"],
        issuers=tuple(sorted({name.strip() for issuer in issued for name in issuer.split(";")})),
        rights={language: f"{text} {licences}" for language, text in words["rights"].items()},
        sources=sources,
        tables=tuple(
            (table, tuple(_held(name, made[name]) for name in names)) for table, names in of_tables
        ),
        other=tuple(_held(name, data) for name, data in made.items() if name not in in_tables),
    )


def table_title(table: Table) -> Words:
    """What the table is, by language, with its grain in English."""
    one_row = _words()["one_row"]["en"]
    return {
        "vi": table.description_vi,
        "en": f"{table.description_en} {one_row}: {table.grain}.",
    }


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return words


def _filled(texts: Words, year: int) -> Words:
    return {language: Template(text).substitute(year=year) for language, text in texts.items()}


def _version(year: int, made: Mapping[str, bytes], names: list[TableFiles]) -> str:
    """`<year>-<digest>` over the Parquet files: the same tables give the same version."""
    hashes = {files.parquet: sha256_of(made[files.parquet]) for files in names}
    return f"{year}-{sha256_of(canonical_json(hashes))[:_VERSION_DIGITS]}"


def _held(name: str, data: bytes) -> Held:
    """KeyError for an ending that `about.yaml` does not know."""
    media = _words()["media"][PurePosixPath(name).suffix]
    return Held(
        name=name,
        bytes=len(data),
        sha256=sha256_of(data),
        format=media["format"],
        mediatype=media["mediatype"],
        encoding=media.get("encoding"),
        eu=media.get("eu"),
    )
