"""The declared layouts of small files (`layouts.yaml`): columns, headings, words, limits.

Belongs here: what a file may look like, and which column a heading means. Does not belong here:
formats of files (`formats`), how a cell is read (`readings`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from assets import registry
from assets.received.refusal import FileRefusedError
from assets.registry import Table


@cache
def declared() -> dict[str, Any]:
    """`layouts.yaml` as it stands."""
    said: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("layouts.yaml").read_text("utf-8")
    )
    return said


def folded(text: str) -> str:
    """A heading or word as it is compared: NFC, small letters, runs of blanks as one."""
    return unicodedata.normalize("NFC", " ".join(text.split()).casefold())


@cache
def meanings(*path: str) -> dict[str, str]:
    """Folded word -> code, of a list of words in `layouts.yaml`, as `("codes", "channel")`."""
    words: Any = declared()
    for name in path:
        words = words[name]
    return words_of(words)


def words_of(codes: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Folded word -> code, of the spellings of each code."""
    return {folded(word): code for code, spellings in codes.items() for word in spellings}


def is_too_faulty(faulty: int, lines: int) -> bool:
    """Whether so many lines of a file are at fault that it is rejected as a whole."""
    most = declared()["faulty_lines"]
    return bool(faulty > most["count"] and 100 * faulty > most["percent"] * lines)


@dataclass(frozen=True)
class Field:
    """A column of a layout: its name in the registry, how its cells are read (a name of
    `readings`), the headings it may stand under."""

    name: str
    read: str
    headings: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A kind of small file. `period` and `cases` name columns; see `layouts.yaml`."""

    kind: str
    table: Table
    fields: tuple[Field, ...]
    required: tuple[str, ...]
    one_of: tuple[str, ...]
    period: tuple[str, ...]
    cases: str | None

    @cached_property
    def _by_heading(self) -> dict[str, Field]:
        return {heading: f for f in self.fields for heading in (f.name, *f.headings)}

    def field(self, heading: str) -> Field | None:
        """The column that a heading means."""
        return self._by_heading.get(folded(heading))

    def recognised(self, header: Sequence[str]) -> int:
        """How many cells of a line are headings of the layout."""
        return sum(self.field(heading) is not None for heading in header)

    def bind(self, header: Sequence[str]) -> tuple[Field, ...]:
        """The column of each heading, in their order. FileRefusedError names every heading that is
        unknown or given twice, and every column that is missing."""
        found = [self.field(heading) for heading in header]
        if not any(found):
            raise FileRefusedError("header_missing", ", ".join(header))
        unknown = [
            heading or f"column {number} has no heading"
            for number, (heading, field) in enumerate(zip(header, found, strict=True), start=1)
            if field is None
        ]
        if unknown:
            raise FileRefusedError("column_unknown", ", ".join(unknown))
        names = [field.name for field in found if field is not None]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise FileRefusedError("column_twice", ", ".join(twice))
        missing = [name for name in self.required if name not in names]
        if not set(self.one_of) & set(names):
            missing.append(" or ".join(self.one_of))
        if missing:
            raise FileRefusedError("column_missing", ", ".join(missing))
        return tuple(field for field in found if field is not None)


@cache
def layouts() -> dict[str, Layout]:
    """The layouts by kind."""
    return {kind: _layout(kind, spec) for kind, spec in declared()["kinds"].items()}


def _layout(kind: str, spec: dict[str, Any]) -> Layout:
    columns = declared()["columns"]
    return Layout(
        kind=kind,
        table=registry.table(spec["table"]),
        fields=tuple(
            Field(name, columns[name]["read"], tuple(map(folded, columns[name]["headings"])))
            for name in (*spec["required"], *spec["optional"])
        ),
        required=tuple(spec["required"]),
        one_of=tuple(spec["one_of"]),
        period=tuple(spec["period"]),
        cases=spec.get("cases"),
    )
