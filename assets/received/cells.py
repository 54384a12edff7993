"""The cells of a sheet with their kinds, read from its XML in one pass.

Own reader because the rules need what spreadsheet libraries do not give together: a formula next
to its stored result, the number as stored, hidden rows and merged cells, all under limits. Does
not belong here: the workbook around the sheet (`ooxml`), and what stands where on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from assets.received.letters import nfc
from assets.received.rawcell import (
    BOOLEAN,
    DATE,
    ERROR,
    FORMULA,
    NUMBER,
    TEXT,
    RawCell,
    plain_number,
)
from assets.received.refusal import FileRefusedError

MAX_ROW, MAX_COLUMN = 10_000, 256
MAX_CELLS = 100_000
#: Characters of a cell, as in Excel, and of all cells together.
MAX_CELL_TEXT = 32_767
MAX_TEXT = 20_000_000
#: Last rows of sheets, old and new: where a list that was too long ends.
LAST_ROWS = (65_536, 1_048_576)

_MAIN = (
    "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}",
    "{http://purl.oclc.org/ooxml/spreadsheetml/main}",
)
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_ESCAPE = re.compile(r"_x(?![dD][89A-Fa-f])([0-9A-Fa-f]{4})_")
_COUNT = re.compile(r"[0-9]{1,9}")

Place = tuple[int, int]


@dataclass
class Sheet:
    """What is not blank on a sheet, by (row, column) from 1; `merged` are places that a merge of
    more than one cell covers, its first included."""

    name: str
    cells: dict[Place, RawCell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    merged: set[Place] = field(default_factory=set)


class Texts:
    """Events of one part. `start` and `end` see elements of the main namespace by local name;
    `text` is what stood since `keep` was called."""

    def __init__(self) -> None:
        self.pieces: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag.startswith(_MAIN):
            self.on_start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        if tag.startswith(_MAIN):
            self.on_end(tag.rpartition("}")[2])

    def data(self, text: str) -> None:
        if self.pieces is not None:
            self.pieces.append(text)

    def keep(self) -> None:
        self.pieces = []

    def text(self) -> str:
        text, self.pieces = "".join(self.pieces or ()), None
        return text

    def on_start(self, name: str, attributes: dict[str, str]) -> None: ...

    def on_end(self, name: str) -> None: ...


class Cells(Texts):
    """A sheet's part: its cells, hidden rows and merges."""

    def __init__(
        self, sheet: Sheet, strings: Sequence[str], dates: Sequence[bool], is_1904: bool, part: str
    ) -> None:
        super().__init__()
        self.sheet, self.strings, self.dates, self.part = sheet, strings, dates, part
        self.epoch = CALENDAR_MAC_1904 if is_1904 else CALENDAR_WINDOWS_1900
        self.row = self.column = self.seen = self.characters = 0
        self.kind, self.style = "n", 0
        self.stored: str | None = None
        self.inline: list[str] = []
        self.has_formula = self.in_guide = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self.start_row(attributes)
        elif name == "c":
            self.start_cell(attributes)
        elif name == "rPh":
            self.in_guide = True
        elif name == "f":
            self.has_formula = True
        elif name in ("v", "t") and not self.in_guide:
            self.keep()
        elif name == "mergeCell":
            self.merge(attributes.get("ref", ""))

    def on_end(self, name: str) -> None:
        if name == "v":
            self.stored = self.text()
        elif name == "t" and not self.in_guide:
            self.inline.append(self.text())
        elif name == "rPh":
            self.in_guide = False
        elif name == "c":
            self.end_cell()

    def start_row(self, attributes: dict[str, str]) -> None:
        row = self.count(attributes.get("r", str(self.row + 1)))
        if row <= self.row:
            raise self.damaged(f"row {row} comes after row {self.row}")
        self.row, self.column = row, 0
        if attributes.get("hidden") in ("1", "true"):
            self.sheet.hidden_rows.add(row)

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.seen += 1
        if self.seen > MAX_CELLS:
            raise FileRefusedError("sheet_too_large", f"{self.part}: more than {MAX_CELLS} cells")
        row, column = self.row, self.column + 1
        if "r" in attributes:
            row, column = self.place(attributes["r"])
        if row != self.row or column <= self.column:
            raise self.damaged(f"cell {attributes.get('r')} is out of order in row {self.row}")
        self.column = column
        self.kind = attributes.get("t", "n")
        self.style = self.count(attributes.get("s", "0"))
        self.stored, self.inline, self.has_formula = None, [], False

    def end_cell(self) -> None:
        cell = self.read()
        if cell.text.strip() == "" and cell.kind == TEXT:
            return
        where = f"row {self.row}, column {self.column}"
        if self.column > MAX_COLUMN:
            raise FileRefusedError("far_cell", where)
        if self.row in LAST_ROWS:
            raise FileRefusedError("truncation_suspected", f"{where}: the last row of a sheet")
        if self.row > MAX_ROW:
            raise FileRefusedError("far_cell", where)
        self.characters += len(cell.text)
        if len(cell.text) > MAX_CELL_TEXT or self.characters > MAX_TEXT:
            raise FileRefusedError("sheet_too_large", f"{where}: too much text")
        self.sheet.cells[self.row, self.column] = cell

    def read(self) -> RawCell:
        """The cell that ends here; blank text for a cell with nothing in it."""
        if self.kind == "inlineStr":
            return RawCell(_plain("".join(self.inline)), TEXT)
        if self.has_formula and not self.stored:
            return RawCell("=", FORMULA)
        if not self.stored:
            return RawCell("", TEXT)
        if self.kind == "s":
            return RawCell(_plain(self.shared(self.stored)), TEXT)
        if self.kind == "n":
            return self.number(self.stored.strip())
        if self.kind == "b":
            return RawCell("true" if self.stored.strip() in ("1", "true") else "false", BOOLEAN)
        kinds = {"str": TEXT, "e": ERROR, "d": DATE}
        if self.kind not in kinds:
            raise self.damaged(f"unknown type of cell {self.kind!r}")
        return RawCell(_plain(self.stored), kinds[self.kind])

    def number(self, stored: str) -> RawCell:
        """A stored number in plain notation, as short as it is without loss, or as a date."""
        try:
            value = float(stored)
        except ValueError:
            return RawCell(_plain(stored), ERROR)
        if self.style < len(self.dates) and self.dates[self.style]:
            return RawCell(self.date(value), DATE)
        plain = plain_number(repr(value))
        return RawCell(stored, ERROR) if plain is None else RawCell(plain, NUMBER)

    def date(self, serial: float) -> str:
        try:
            made = from_excel(serial, self.epoch)
        except (ValueError, OverflowError):
            return str(serial)  # a day that no calendar has
        if isinstance(made, datetime) and made.time() == datetime.min.time():
            made = made.date()
        return made.isoformat() if hasattr(made, "isoformat") else str(made)

    def shared(self, stored: str) -> str:
        number = self.count(stored.strip())
        if number >= len(self.strings):
            raise self.damaged(f"text {number} of {len(self.strings)} is referred to")
        return self.strings[number]

    def merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        (top, left), (bottom, right) = self.place(first), self.place(last or first)
        if (bottom, right) == (top, left):
            return
        bottom, right = min(bottom, MAX_ROW), min(right, MAX_COLUMN)
        self.seen += max(0, bottom - top + 1) * max(0, right - left + 1)
        if self.seen > MAX_CELLS:
            raise FileRefusedError("sheet_too_large", f"{self.part}: merged cells {ref}")
        self.sheet.merged.update(_area(top, left, bottom, right))

    def place(self, ref: str) -> Place:
        match = _CELL.fullmatch(ref)
        if match is None:
            raise self.damaged(f"{ref!r} is no cell")
        column = 0
        for letter in match[1]:
            column = column * 26 + ord(letter) - 64
        return int(match[2]), column

    def count(self, text: str) -> int:
        if not _COUNT.fullmatch(text):
            raise self.damaged(f"{text!r} is no count")
        return int(text)

    def damaged(self, what: str) -> FileRefusedError:
        return FileRefusedError("workbook_damaged", f"{self.part}: {what}")


def _area(top: int, left: int, bottom: int, right: int) -> Iterator[Place]:
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            yield row, column


def _plain(text: str) -> str:
    """NFC, with the workbook's escapes (_x000D_) as the characters they stand for."""
    return nfc(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text))
