"""A cell as it stands in a file, before anything is judged: its text, in NFC, and its kind.

Belongs here: what is the same for every format. Does not belong here: reading a sheet (`cells`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

#: Kinds of cell. A number is in plain notation; an error is the workbook's (#REF!); a date is
#: what the workbook shows as one.
TEXT, NUMBER, BOOLEAN, DATE, ERROR = "text", "number", "boolean", "date", "error"
FORMULA = "formula_without_value"
BLANK = "blank"

_BLANKS = re.compile(r"\s+")
_NUMBER = re.compile(r"-?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")


@dataclass(frozen=True)
class RawCell:
    """The text of a cell and its kind; a boolean reads `true` or `false`."""

    text: str = ""
    kind: str = BLANK

    @property
    def tidy(self) -> str:
        """The text without surrounding blanks, inner runs of blanks as one space."""
        return _BLANKS.sub(" ", self.text).strip()


EMPTY = RawCell()


def plain_number(text: str) -> str | None:
    """A stored number in plain notation without loss (`1e-05` is `0.00001`, `12.0` is `12`); None
    for what is no number or is unbounded."""
    if not _NUMBER.fullmatch(text):
        return None
    plain = format(Decimal(text), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
