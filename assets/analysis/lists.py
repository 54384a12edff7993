"""Ranked lists: the figures of one index, universe and category in one year, by body.

Belongs here: taking lists from the rows of the marts, competition ranks. Does not belong here: what
a total is made of (`composition`), and anything that compares two lists.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, Literal, NamedTuple

Row = Mapping[str, Any]
FiguresFrom = Literal["published", "computed"]

#: Trust marks, the most trusted first (as macro trust_order of the warehouse).
TRUST = ("official_full", "official_page", "press", "third_party_copy", "third_party_doubtful")

#: Decimals of computed values.
COMPUTED_DECIMALS = 12

#: Stands for one unit of the print beside the bodies.
_UNIT = ""


class ListKey(NamedTuple):
    """What a list is of; sorts in that order."""

    figures_from: FiguresFrom
    index_code: str
    universe: str
    assessment_year: int
    category: str


@dataclass(frozen=True)
class Entry:
    """One body in a list. `rank` is the one published or computed; null where there is none.
    `trust` is that of the value, else of the rank; null for computed figures."""

    body_code: str
    body_name: str
    value: Fraction | None
    rank: int | None
    rank_source: str
    trust: str | None


@dataclass(frozen=True)
class RankedList:
    """A list by body code. `decimals` are the most that any value prints: copies drop zeros at
    the end. `is_partial`: fewer bodies are held than belong to the universe, or nobody knows."""

    key: ListKey
    regime: str
    block: str
    decimals: int
    is_partial: bool
    bodies_held: int
    bodies_expected: int | None
    is_synthetic: bool
    entries: Mapping[str, Entry] = field(repr=False)

    @property
    def unit(self) -> Fraction:
        """One unit of the last printed digit."""
        return Fraction(1, 10**self.decimals)

    @cached_property
    def values(self) -> dict[str, Fraction | None]:
        """Value by body, null where none is held."""
        return {body: entry.value for body, entry in self.entries.items()}

    @property
    def is_whole(self) -> bool:
        """Whether every body of the universe is held with a value."""
        return not self.is_partial and all(e.value is not None for e in self.entries.values())

    @property
    def is_ranked(self) -> bool:
        """Whether any rank of the list is published or computed."""
        return any(entry.rank is not None for entry in self.entries.values())

    @property
    def trust(self) -> str | None:
        """The lowest trust among the figures; null for computed ones."""
        marks = [e.trust for e in self.entries.values() if e.trust is not None]
        return max(marks, key=TRUST.index, default=None)

    @cached_property
    def ranks(self) -> dict[str, tuple[int | None, str]]:
        """Rank and its source by body: as published or computed; by the values where no rank of a
        whole list is published; else none."""
        if self.is_ranked or not self.is_whole:
            return {body: (e.rank, e.rank_source) for body, e in self.entries.items()}
        return {body: (rank, "from_values") for body, rank in places(self.values).items()}


Lists = Mapping[ListKey, RankedList]


def places(values: Mapping[str, Fraction | None]) -> dict[str, int]:
    """Competition ranks ("1, 1, 3"), the larger first; bodies without a value share the last."""
    units = whole_units(values)
    first: dict[int, int] = {}
    for place, value in enumerate(sorted(units.values(), reverse=True), start=1):
        first.setdefault(value, place)
    return {body: first[units[body]] if body in units else len(values) for body in values}


def whole_units(values: Mapping[str, Fraction | None]) -> dict[str, int]:
    """The values that are held as whole numbers of one common unit: they compare as the values
    do, and faster."""
    known = {body: value for body, value in values.items() if value is not None}
    common = lcm(*(value.denominator for value in known.values()))
    return {body: value.numerator * (common // value.denominator) for body, value in known.items()}


def print_interval(
    values: Mapping[str, Fraction | None], unit: Fraction
) -> dict[str, tuple[int, int]]:
    """Best and worst rank that printed values allow, by body with a value; `unit` is one of the
    last printed digit.

    A printed value stands for every value that rounds to it (half up): from half a unit below up
    to, but without, half a unit above. Another body is surely above if its whole range is; it may
    be above if any of its range is.
    """
    scaled = {body: None if v is None else v / unit for body, v in values.items()}
    # A unit among the values: it sets what they are whole numbers of.
    units = whole_units({**scaled, _UNIT: Fraction(1)})
    one = units.pop(_UNIT)
    ordered = sorted(units.values())
    many = len(ordered)
    return {
        body: (
            1 + many - bisect_left(ordered, value + one),
            many - bisect_right(ordered, value - one),
        )
        for body, value in units.items()
    }


def published_lists(values: Iterable[Row], coverage: Iterable[Row]) -> dict[ListKey, RankedList]:
    """Lists from idx_published_values of all years and pnl_coverage.

    A body has the rank and the value of the most trusted source that has one, in the order of
    pnl_value_history.
    """
    held = {_published_key(row): row for row in coverage}
    rows: dict[ListKey, list[Row]] = {}
    for row in values:
        rows.setdefault(_published_key(row), []).append(row)
    return {key: _published(key, rows[key], held[key]) for key in sorted(rows)}


def _published_key(row: Row) -> ListKey:
    return ListKey(
        "published", row["index_code"], row["universe"], row["assessment_year"], row["category"]
    )


def _published(key: ListKey, rows: list[Row], coverage: Row) -> RankedList:
    by_body: dict[str, list[Row]] = {}
    for row in rows:
        by_body.setdefault(row["body_code"], []).append(row)
    entries = {body: _entry(by_body[body]) for body in sorted(by_body)}
    return RankedList(
        key=key,
        regime=coverage["regime"],
        block=coverage["block"],
        decimals=max((row["decimals"] or 0 for row in rows), default=0),
        is_partial=coverage["is_partial"],
        bodies_held=coverage["bodies_held"],
        bodies_expected=coverage["bodies_expected"],
        is_synthetic=False,
        entries=entries,
    )


def _entry(rows: list[Row]) -> Entry:
    rows = sorted(
        rows,
        key=lambda row: (
            TRUST.index(row["trust"]),
            row["published_rank"] is None,
            row["published_value"] is None,
            row["value_key"],
        ),
    )
    ranked = next((row for row in rows if row["published_rank"] is not None), None)
    valued = next((row for row in rows if row["published_value"] is not None), None)
    return Entry(
        body_code=rows[0]["body_code"],
        body_name=rows[0]["body_name"],
        value=None if valued is None else Fraction(valued["published_value"]),
        rank=None if ranked is None else ranked["published_rank"],
        rank_source="none" if ranked is None else _source(ranked["rank_status"]),
        trust=(valued or ranked or rows[0])["trust"],
    )


def _source(rank_status: str) -> str:
    return "derived" if rank_status == "derived" else "printed"


def computed_lists(scores: Iterable[Row]) -> dict[ListKey, RankedList]:
    """Lists from idx_scores of all years: every criterion that bodies are ranked at. Its value is
    the index, or the plain sum where it carries no points."""
    rows: dict[ListKey, list[Row]] = {}
    for row in scores:
        if row["ranking"] is not None:
            key = ListKey(
                "computed", row["index_code"], row["universe"], row["assessment_year"],
                row["criterion"],
            )  # fmt: skip
            rows.setdefault(key, []).append(row)
    return {key: _computed(key, rows[key]) for key in sorted(rows)}


def _computed(key: ListKey, rows: list[Row]) -> RankedList:
    def value(row: Row) -> Decimal | None:
        found: Decimal | None = row["index_value"] if row["quantity"] is None else row["quantity"]
        return found

    entries = {}
    for row in sorted(rows, key=lambda row: str(row["body_code"])):
        own = value(row)
        entries[row["body_code"]] = Entry(
            body_code=row["body_code"],
            body_name=row["body_name"],
            value=None if own is None else Fraction(own),
            rank=row["rank"],
            rank_source="none" if row["rank"] is None else "computed",
            trust=None,
        )
    return RankedList(
        key=key,
        regime=rows[0]["regime"],
        block=rows[0]["block"],
        decimals=COMPUTED_DECIMALS,
        is_partial=False,
        bodies_held=len(entries),
        bodies_expected=len(entries),
        is_synthetic=any(row["is_synthetic"] for row in rows),
        entries=entries,
    )
