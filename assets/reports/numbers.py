"""Number formats as printed in Vietnamese reports. Every function reads the whole text or raises
UnreadableError; values are Decimal, and each number says which rule read it.

The same characters mean different things by column ("1.374" is a count, "0.998" an index), so
the caller says what is expected and nothing is told from the characters alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from assets.reports.errors import UnreadableError

_PLAIN = re.compile(r"[0-9]{1,12}")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){1,3}|(?:,[0-9]{3}){1,3})")
_FIGURE = re.compile(r"([0-9]{1,9})(?:([.,])([0-9]{1,6}))?")
_FRACTION = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})(?:\s+([^0-9]+))?")
_MARKS = {",": "comma", ".": "point"}


@dataclass(frozen=True)
class Number:
    """A number, the decimals printed and the rule that read it."""

    value: Decimal
    decimals: int
    rule: str


def _figure(text: str, kind: str) -> Number | None:
    found = _FIGURE.fullmatch(text)
    if not found:
        return None
    whole, mark, fraction = found.groups(default="")
    rule = f"{kind}_{_MARKS[mark]}" if mark else f"{kind}_whole"
    return Number(Decimal(f"{whole}.{fraction or 0}"), len(fraction), rule)


def read_rank(text: str) -> Number:
    """A rank from 1 to 200."""
    if not re.fullmatch(r"[0-9]{1,3}", text) or not 1 <= int(text) <= 200:
        raise UnreadableError("rank_unreadable")
    return Number(Decimal(int(text)), 0, "rank")


def read_index(text: str, decimals: int) -> Number:
    """An index from 0 to 1 with that many decimals, after a comma or a point."""
    number = _figure(text, "index")
    if number is None or number.decimals != decimals or number.value > 1:
        raise UnreadableError("index_unreadable")
    return number


def read_count(text: str) -> Number:
    """A whole number, plain or grouped by thousands with one kind of mark (1374, 1.374, 1,374)."""
    if _PLAIN.fullmatch(text):
        return Number(Decimal(text), 0, "count_plain")
    if _GROUPED.fullmatch(text):
        mark = "point" if "." in text else "comma"
        return Number(Decimal(re.sub("[.,]", "", text)), 0, f"count_grouped_{mark}")
    raise UnreadableError("count_unreadable")


def read_percent(text: str) -> Number:
    """A percentage from 0 to 100 with its sign (92.36%, 34,4%)."""
    number = _figure(text.removesuffix("%").rstrip(), "percent") if text.endswith("%") else None
    if number is None or number.value > 100:
        raise UnreadableError("percent_unreadable")
    return number


def read_measured(text: str, units: dict[str, str]) -> tuple[Number, str]:
    """A percentage, or a figure with one of the declared units ("3,08 người/cơ quan"); with the
    unit's code."""
    if text.endswith("%"):
        return read_percent(text), "percent"
    figure, _, unit = text.partition(" ")
    number = _figure(figure, "measured")
    if number is None or unit not in units:
        raise UnreadableError("measured_unreadable")
    return number, units[unit]


def read_fraction(text: str, units: dict[str, str]) -> tuple[Number, Number, str | None] | None:
    """Numerator, denominator and unit of a text that is a fraction ("18/19", "53/63 tỉnh"); null
    for any other text."""
    found = _FRACTION.fullmatch(text)
    if not found or (found.group(3) and found.group(3) not in units):
        return None
    upper, lower = (Number(Decimal(found.group(n)), 0, "fraction") for n in (1, 2))
    return upper, lower, units[found.group(3)] if found.group(3) else None
