"""Rows that cannot both be right: one count given twice, one service in two states at once.

Belongs here: finding them among rows of one file or of several. The order of rows does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

Row = dict[str, Any]
#: A row, and one of those that it clashes with.
Clash = tuple[Row, Row]

_KEY = ("body_code", "service_code", "declared_level", "service_class", "channel", "month")


def counted_twice(rows: Iterable[Row]) -> Iterator[Clash]:
    """Rows of raw_monthly_cases that count the same cases: same body, service, level, class,
    channel and month."""
    for same in _groups(rows, _KEY):
        for at, row in enumerate(same):
            if len(same) > 1:
                yield row, same[0 if at else 1]


def periods_overlap(rows: Iterable[Row]) -> Iterator[Clash]:
    """Rows of raw_services that say of one service what it is on the same day."""
    for same in _groups(rows, ("service_code",)):
        yield from _overlapping(sorted(same, key=lambda r: (r["valid_from"], *_place(r))))


def _overlapping(rows: Sequence[Row]) -> Iterator[Clash]:
    """Rows in order of their first days. It is enough to look at the one of those before that
    lasts longest: any other that reaches this far overlaps with that one too."""
    longest: Row | None = None
    told: set[tuple[str, int]] = set()
    for row in rows:
        if longest is not None and row["valid_from"] <= _last(longest):
            if _place(longest) not in told:
                yield longest, row
            yield row, longest
            told |= {_place(longest), _place(row)}
        if longest is None or _last(row) > _last(longest):
            longest = row


def _last(row: Row) -> date:
    last: date = row["valid_to"] or date.max
    return last


def _place(row: Row) -> tuple[str, int]:
    return row["file_sha256"], row["line_no"]


def _groups(rows: Iterable[Row], key: Sequence[str]) -> Iterable[list[Row]]:
    """Rows by key, each group in order of file and line."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=_place):
        groups[tuple(row[name] for name in key)].append(row)
    return groups.values()


#: Rule by which both rows are set aside, and how they are found, by kind of file.
CLASHES: dict[str, tuple[str, str, Callable[[Iterable[Row]], Iterator[Clash]]]] = {
    "service_catalogue": ("periods_overlap", "valid_from", periods_overlap),
    "monthly_cases": ("counted_twice", "month", counted_twice),
}
