"""One value of a release table as a cell: its words or its number, and how it is shown.

Belongs here: turning values into what people read. A null becomes the words of its status, a code
its Vietnamese word, a decimal a number of the same digits. Does not belong here: where the cell
stands and what it looks like.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any

from assets.plaintext import plain
from assets.registry import Column, word
from assets.release.labels import absent, empty_text, flag
from assets.release.workbook.layout import layout, look

#: Most characters that a cell holds.
CELL_CHARACTERS = 32_767

#: Digits that a number in a workbook keeps. No printed figure has more.
_MOST_DIGITS = 15
_DIGITS = Context(prec=_MOST_DIGITS)

#: A text that is a number and stays one, digit by digit.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")

#: The only addresses that become links.
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9][!#-;=?-\[\]_a-z~]{0,1999}")


@dataclass(frozen=True)
class Cell:
    """What a cell holds and the style it has; `decimals` of a number as shown."""

    value: str | int | Decimal | date
    style: str
    number_format: str | None = None
    decimals: int = 0

    @property
    def is_text(self) -> bool:
        return isinstance(self.value, str)

    @property
    def shown_length(self) -> int:
        """About how many characters are seen."""
        if isinstance(self.value, str):
            return len(self.value)
        if isinstance(self.value, date):
            return len("dd/mm/yyyy")
        separators = max(0, len(str(abs(int(self.value)))) - 1) // 3
        return len(f"{self.value:.{self.decimals}f}") + separators


def cell_of(table: str, column: Column, row: Mapping[str, Any]) -> Cell:
    """The cell of a column in a row of a release table."""
    value = row[column.name]
    if value is None:
        return Cell(absent(column, row).vi, "absent")
    if column.type == "string":
        return _text(table, column.name, value, row.get("index_code"))
    if column.type == "bool":
        return Cell(flag(value).vi, "text")
    if column.type == "date":
        return Cell(value, "date", look()["formats"]["date"])
    if column.type == "timestamp":
        return Cell(value.isoformat(), "text")
    if column.type in ("decimal", "exact"):
        return _decimal(column, value, row)
    return Cell(value, "number", look()["formats"]["count" if column.type == "bigint" else "plain"])


def number_format(decimals: int) -> str:
    """The number format with so many decimals."""
    formats: dict[str, str] = look()["formats"]
    return formats["decimal"] + "0" * decimals if decimals else formats["count"]


def _text(table: str, column: str, value: str, index_code: str | None) -> Cell:
    if said := word(column, value, index_code):
        return Cell(said.vi, "text")
    if not value:
        return Cell(empty_text().vi, "absent")
    if column in layout()["numeric_texts"] and _is_number(value):
        kept = min(len(value.partition(".")[2]), layout()["kept_zeros"])
        decimals = max(kept, _decimals(Decimal(value)))
        return Cell(Decimal(value), "number", number_format(decimals), decimals)
    if column in layout()["hashes"] and table not in layout()["whole_hashes"]:
        value = value[: layout()["short_hash"]]
    for english, other in layout()["replaced"].get(column, {}).items():
        value = value.replace(english, other)
    shown = plain(value, CELL_CHARACTERS)
    if column in layout()["link_columns"] and _WEB_ADDRESS.fullmatch(shown):
        return Cell(shown, "cell_link")
    return Cell(shown, "text")


def _is_number(text: str) -> bool:
    if not _PLAIN_NUMBER.fullmatch(text):
        return False
    return sum(sign.isdigit() for sign in text) <= _MOST_DIGITS


def _decimals(number: Decimal) -> int:
    """Decimals of the number without zeros at the end."""
    return len(format(number.normalize(), "f").partition(".")[2])


def _decimal(column: Column, value: Decimal, row: Mapping[str, Any]) -> Cell:
    number = Decimal(format(_DIGITS.plus(value).normalize(), "f"))
    own = _decimals(number)
    printed = row.get(layout()["printed_decimals"].get(column.name, ""))
    if printed is None:
        decimals = min(own, layout()["shown_decimals"].get(column.name, own))
    elif column.type == "exact":
        decimals = printed
    else:
        decimals = max(own, printed)
    return Cell(number, "number", number_format(decimals), decimals)
