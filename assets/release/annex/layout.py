"""Reads the form of a year's report: which tables it has, and where each cell is from.

Belongs here: the shapes of `layouts/*.yaml` and their errors. Does not belong here: figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.release.annex.model import Column, Said

DIRECTORY = Path(__file__).parent / "layouts"

#: How a cell is found: see docs/annex.md.
KINDS = frozenset(
    {"figure", "body", "text", "ordinal", "group", "label", "statistic", "fraction_or_text"}
)


class LayoutError(ValueError):
    """A layout that cannot be used; says file, table, column and what to do."""


@dataclass(frozen=True)
class ColumnForm:
    """One column: its heading, and `kind` with the `options` that the kind reads."""

    name: str
    kind: str
    shown: Column
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TableForm:
    """One table of the report. `rows` names the release table that gives its rows, `where` which
    of them; `total` is the label of a total row, `remarks` stand below the table."""

    number: str
    title: Said
    rows: str
    where: Mapping[str, Any]
    columns: tuple[ColumnForm, ...]
    total: Said | None
    separator: str
    wide: bool
    remarks: tuple[Said, ...]


@dataclass(frozen=True)
class ChapterForm:
    title: Said
    tables: tuple[TableForm, ...]


@dataclass(frozen=True)
class Layout:
    """The form of the report of `year`. `english`: English for labels that a table prints;
    `units`, `fraction_units`: what is printed behind a figure or a fraction, by unit;
    `item_break`: pattern of the blank at which a list of statements breaks into lines."""

    year: int
    title: Said
    lead: tuple[Said, ...]
    chapters: tuple[ChapterForm, ...]
    english: Mapping[str, str]
    units: Mapping[str, str]
    fraction_units: Mapping[str, str]
    item_break: str

    @property
    def table_numbers(self) -> frozenset[str]:
        return frozenset(t.number for chapter in self.chapters for t in chapter.tables)


def layout_of(year: int) -> Layout | None:
    """The layout of the report of `year`; None if there is none."""
    return _layouts().get(year)


@cache
def _layouts() -> dict[int, Layout]:
    read = [read_layout(path) for path in sorted(DIRECTORY.glob("*.yaml"))]
    return {layout.year: layout for layout in read}


def read_layout(path: Path) -> Layout:
    """The layout in a file. LayoutError names the place of what is missing or unknown."""
    try:
        spec = yaml.safe_load(path.read_text("utf-8"))
        return Layout(
            year=spec["assessment_year"],
            title=said(spec["title"]),
            lead=tuple(map(said, spec["lead"])),
            chapters=tuple(_chapter(chapter) for chapter in spec["chapters"]),
            english=spec["english"],
            units=spec["units"],
            fraction_units=spec["fraction_units"],
            item_break=spec["item_break"],
        )
    except KeyError as error:
        raise LayoutError(f"{path.name}: {error.args[0]!r} is missing; add it") from error
    except ValueError as error:
        raise LayoutError(f"{path.name}: {error}") from error


def said(spec: Mapping[str, str]) -> Said:
    """`{vi: ..., en: ...}` of a data file."""
    return Said(spec["vi"], spec.get("en", ""))


def _chapter(spec: Mapping[str, Any]) -> ChapterForm:
    tables = spec["tables"].items()
    return ChapterForm(said(spec), tuple(_table(str(number), form) for number, form in tables))


def _table(number: str, spec: Mapping[str, Any]) -> TableForm:
    return TableForm(
        number=number,
        title=said(spec),
        rows=spec["rows"],
        where=spec.get("where", {}),
        columns=tuple(_column(number, column) for column in spec["columns"]),
        total=said(spec["total"]) if "total" in spec else None,
        separator=spec.get("separator", "; "),
        wide=spec.get("wide", False),
        remarks=tuple(map(said, spec.get("remarks", ()))),
    )


def _column(number: str, spec: Mapping[str, Any]) -> ColumnForm:
    if spec["kind"] not in KINDS:
        raise ValueError(
            f"table {number}, column {spec['name']}: there is no kind {spec['kind']!r}; "
            f"take one of {', '.join(sorted(KINDS))}"
        )
    own = {"name", "kind", "vi", "en", "width", "align"}
    options = {key: value for key, value in spec.items() if key not in own}
    shown = Column(said(spec), spec["width"], spec.get("align", "left"))
    return ColumnForm(spec["name"], spec["kind"], shown, options)
