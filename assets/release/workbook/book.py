"""The workbook as a file: sheets, styles, cells written harmlessly, print set-up.

Belongs here: everything said to xlsxwriter that more than one kind of sheet needs. Texts are
written as texts, never as formulas; links are those asked for. Nothing in the file depends on
clock, host or locale.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import xlsxwriter

from assets.plaintext import disarmed
from assets.registry import Label
from assets.release.workbook.cells import Cell
from assets.release.workbook.layout import layout, look, phrase

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}

#: Day 0 of the dates of workbooks.
_DAY_ZERO = date(1899, 12, 30)

#: Most characters of the words of a footer; programs take 255 with its commands.
_FOOTER = 200


class Book:
    """A workbook under way. `source` stands in the footer of every page."""

    def __init__(self, year: int, source: str) -> None:
        self.year, self.source = year, source
        self.title = phrase(layout()["title"], year=year)
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, _OPTIONS)
        self._book.set_properties(
            # Fixed by the year, so that bytes do not depend on the clock.
            {"title": self.title.vi, "subject": self.title.en, "created": datetime(year, 12, 31)}
        )
        self._formats: dict[tuple[str, str | None], Any] = {}

    def add(self, name: str) -> Sheet:
        """A new sheet, after those that are there."""
        grid = self._book.add_worksheet(name)
        # Texts that look like numbers, such as table 4.10, are meant as they are.
        grid.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
        return Sheet(self, grid, name)

    def style(self, name: str, number_format: str | None = None) -> Any:
        """The style of that name in `look.yaml`, with a number format."""
        key = (name, number_format)
        if key not in self._formats:
            properties = {**look()["font"], **look()["styles"][name]}
            if number_format:
                properties["num_format"] = number_format
            self._formats[key] = self._book.add_format(properties)
        return self._formats[key]

    def data(self) -> bytes:
        """The finished file. Nothing can be added after it."""
        self._book.close()
        return self._buffer.getvalue()


class Header(NamedTuple):
    """The header of a column: its words, its style and the width of the column."""

    label: Label
    style: str
    width: float


class Sheet:
    """A sheet of a book; rows and columns count from 0. `grid` is xlsxwriter's own sheet."""

    def __init__(self, book: Book, grid: Any, name: str) -> None:
        self.book, self.grid, self.name = book, grid, name

    def text(self, row: int, column: int, words: str, style: str) -> None:
        """Text as text, whatever it begins with."""
        if not words:
            self.grid.write_blank(row, column, None, self.book.style(style))
            return
        if disarmed(words) != words and f"{style}_literal" in look()["styles"]:
            style = f"{style}_literal"
        if self.grid.write_string(row, column, words, self.book.style(style)) != 0:
            raise ValueError(f"sheet {self.name}, row {row + 1}: a text does not fit into a cell")

    def cell(self, row: int, column: int, cell: Cell, *, wrap: bool = False) -> None:
        """A cell of a table; `wrap` lets its text run over several lines."""
        value = cell.value
        if not isinstance(value, str):
            style = self.book.style(cell.style, cell.number_format)
            if isinstance(value, date):
                self.grid.write_datetime(row, column, value, style)
            else:
                self.grid.write_number(row, column, value, style)
        elif cell.style == "cell_link":
            self.link(row, column, value, value, "cell_link")
        else:
            style_name = "wrapped" if wrap and cell.style == "text" else cell.style
            self.text(row, column, value, style_name)

    def link(self, row: int, column: int, address: str, words: str, style: str) -> None:
        """A link to an address, or to a sheet as `internal:'name'!A1`."""
        if self.grid.write_url(row, column, address, self.book.style(style), words) != 0:
            raise ValueError(
                f"sheet {self.name}, row {row + 1}: an address does not fit: {address}"
            )

    def formula(self, row: int, column: int, formula: str, style: str, found: Cell) -> None:
        """A formula, and what it gives now."""
        value = found.value
        if isinstance(value, date):
            value = (value - _DAY_ZERO).days
        style_ = self.book.style(style, found.number_format)
        self.grid.write_formula(row, column, formula, style_, value)

    def band(self, row: int, words: str, style: str, columns: int, width: float) -> None:
        """One text over several columns, of this width together, as high as it needs."""
        if columns > 1:
            self.grid.merge_range(row, 0, row, columns - 1, "", self.book.style(style))
        self.text(row, 0, words, style)
        self.height(row, [(words, width)], style)

    def height(self, row: int, texts: Iterable[tuple[str, float]], style: str = "wrapped") -> None:
        """Make a row high enough for texts of a style in columns of given widths.

        Not left to the program that opens the file: not all of them do it.
        """
        heights, font = look()["heights"], look()["font"]["font_size"]
        scale = look()["styles"][style].get("font_size", font) / font
        lines = max((_lines(words, width / scale) for words, width in texts), default=1)
        self.grid.set_row(
            row, min(lines * heights["line"] * scale + heights["margin"], heights["most"])
        )

    def headers(self, row: int, headers: Sequence[Header]) -> None:
        """Two rows of headers, Vietnamese above English."""
        for column, header in enumerate(headers):
            self.text(row, column, header.label.vi, header.style)
            self.text(row + 1, column, header.label.en, f"{header.style}_en")
        for offset, style in enumerate(("published", "published_en")):
            self.height(row + offset, [(h.label[offset], h.width) for h in headers], style)

    def back(self, row: int) -> None:
        """A link to the contents."""
        place = layout()["contents"]["sheet"]
        self.link(row, 0, internal(place), layout()["words"]["back"]["vi"], "link")

    def widths(self, widths: Sequence[float], first: int = 0) -> None:
        """Widths of the columns from `first` on."""
        for column, width in enumerate(widths, first):
            self.grid.set_column(column, column, width)

    def printing(self, width: float, repeated: tuple[int, int] | None = None) -> None:
        """A4, as wide as the page, in landscape if the columns are of much `width` together, with
        page numbers and the source; `repeated` rows are on each page."""
        words, margins = layout()["words"], look()["margins"]
        self.grid.set_paper(look()["paper"])
        if width >= look()["landscape_from"]:
            self.grid.set_landscape()
        self.grid.fit_to_pages(1, 0)
        self.grid.set_margins(**margins)
        self.grid.center_horizontally()
        self.grid.hide_gridlines(2)
        if repeated:
            self.grid.repeat_rows(*repeated)
        source = phrase(words["source"], files=self.book.source).vi
        left = _footer(f"{self.book.title.vi}. {self.name}. {source}")
        self.grid.set_footer(f"&L&8{left}&R&8{_footer(words['page']['vi'])} &P/&N")


def internal(sheet: str) -> str:
    """Address of the top of a sheet, for a link."""
    return f"internal:{quoted(sheet)}!A1"


def quoted(sheet: str) -> str:
    """A sheet's name as formulas and links have it."""
    return "'" + sheet.replace("'", "''") + "'"


def _footer(words: str) -> str:
    """Text of a footer, where & begins a command."""
    cut = words if len(words) <= _FOOTER else words[: _FOOTER - 1] + "…"
    return cut.replace("&", "&&")


def _lines(words: str, width: float) -> int:
    fit = max(1, int(width * look()["widths"]["character"]))
    return sum(
        1 if len(part) <= fit else len(textwrap.wrap(part, fit)) for part in words.split("\n")
    )
