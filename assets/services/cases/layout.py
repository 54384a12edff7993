"""The declared layout of case records (`layout.yaml`): headings, cells, codes, policy.

Belongs here: recognising a header and reading one cell. Does not belong here: reading files, and
the rules of the registry.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets import registry
from assets.entities.names import exact_form
from assets.registry import Column
from assets.services import personal
from assets.services.layouts import declared, folded, meanings, words_of

KIND, TABLE = "cases", "raw_cases"

#: Reads a cell that is not empty; Unread says why it cannot.
Cell = Callable[[str], date | str]


class FileFault(ValueError):  # noqa: N818 (what a file has, not what we did)
    """Why a file is rejected as a whole: the rule, and what was found."""

    def __init__(self, rule_id: str, found: str) -> None:
        super().__init__(f"{rule_id}: {found}")
        self.rule_id, self.found = rule_id, found


class Unread(ValueError):  # noqa: N818 (what a cell has, not what we did)
    """A cell that cannot be read: the rule that refuses its line."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


@dataclass(frozen=True)
class Layout:
    """The layout as declared. `headings` maps each spelling to its column."""

    delimiters: tuple[str, ...]
    headings: Mapping[str, str]
    optional: frozenset[str]
    read: Mapping[str, str]
    codes: Mapping[str, Mapping[str, str]]

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns a file brings, in declared order."""
        return tuple(self.read)


@cache
def layout() -> Layout:
    """The declared layout."""
    said: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("layout.yaml").read_text("utf-8")
    )
    columns = said["columns"]
    return Layout(
        delimiters=tuple(said["delimiters"]),
        headings={folded(h): name for name, c in columns.items() for h in c["headings"]},
        optional=frozenset(name for name, c in columns.items() if c.get("optional")),
        read={name: c["read"] for name, c in columns.items()},
        codes={
            name: words_of(c["codes"]) if "codes" in c else meanings("codes", name)
            for name, c in columns.items()
            if c["read"] == "code"
        },
    )


def columns_of(names: Sequence[str]) -> list[str]:
    """The declared column of each heading. FileFault says what is missing or too much, or that
    a heading speaks of a person."""
    person = personal.in_header(names)
    if person is not None:
        raise FileFault("personal_data", f"column {person}")
    known = [layout().headings.get(folded(name)) for name in names]
    unknown = [name for name, column in zip(names, known, strict=True) if column is None]
    found = [column for column in known if column is not None]
    missing = [c for c in layout().columns if c not in found and c not in layout().optional]
    twice = sorted({column for column in found if found.count(column) > 1})
    if missing or unknown or twice:
        said = {"missing": missing, "unknown": [_shown(n) for n in unknown], "twice": twice}
        told = "; ".join(f"{what}: {', '.join(names)}" for what, names in said.items() if names)
        raise FileFault("wrong_header", told)
    return found


def _shown(name: str) -> str:
    """A heading as it stood; without a header the first case stands there."""
    return personal.MASK if personal.in_value(name) else repr(name)


def header_of(line: str) -> tuple[str, list[str]]:
    """Delimiter and declared columns of a header line. FileFault if it is no header."""
    faults = []
    for delimiter in layout().delimiters:
        names = next(csv.reader([line], delimiter=delimiter), [])
        try:
            return delimiter, columns_of(names)
        except FileFault as fault:
            faults.append((len(names), fault))
    raise max(faults, key=lambda each: each[0])[1]


def readers(bodies: Mapping[str, str], year: int) -> dict[str, Cell]:
    """How the cells of each column are read: text trimmed, never empty, else Unread.

    `bodies` maps codes and names (in exact form) of the bodies of the year to their codes.
    """

    def cell(name: str) -> Cell:
        how = layout().read[name]
        if how == "date":
            return lambda text: _date(name, text, year)
        if how == "code":
            return lambda text: layout().codes[name].get(folded(text), text)
        if how == "body":
            return lambda text: _body(text, bodies)
        return lambda text: text

    return {name: cell(name) for name in layout().columns}


def registered(name: str) -> Column:
    """The declaration of a column of case records."""
    return registry.table(TABLE).column(name)


def _date(name: str, text: str, year: int) -> date:
    for form in declared()["day"]:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if name == "received_on" and day.year != year:
            raise Unread("other_year")
        return day
    raise Unread(f"{TABLE}.{name}.dtype")


def _body(text: str, bodies: Mapping[str, str]) -> str:
    code = bodies.get(exact_form(text))
    if code is None:
        raise Unread("unknown_body")
    return code
