"""The sheet of one release table: a head that says what it is and where it is from, then its rows.

Belongs here: order of columns, headers, widths, filter, frozen panes. Does not belong here: what a
single cell says (`cells`), looking up a body (`lookup`). Every row of the table is a row of the
sheet, in the order of the table; nothing is computed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from xlsxwriter.utility import xl_range_abs

from assets.registry import Column, Table
from assets.release.labels import column_label
from assets.release.tablefiles import public_name
from assets.release.workbook.book import Header, Sheet, quoted
from assets.release.workbook.cells import Cell, cell_of
from assets.release.workbook.layout import layout, look, phrase, sheet_of

#: Row of the headers, of which there are two; the data begins below them.
HEADER = 5
FIRST = HEADER + 2

Row = Mapping[str, Any]


class Line(NamedTuple):
    """A line of a sheet to look up a body: values that tell it apart from the others of the same
    table and body, and a running number from 1 where these do not."""

    values: tuple[str, ...]
    number: int

    def key(self, code: str) -> str:
        """The look-up key of the line of a body."""
        return "|".join([code, *self.values, str(self.number)])


@dataclass
class TableSheet:
    """A release table on its sheet. `columns` are those of the sheet from the left; `printed` of
    them are printed; `cells` are its rows; `lines` says which line of a sheet to look up a body
    each row is, None for one that is on none; a table that is not looked up has no lines."""

    table: Table
    sheet: Sheet
    columns: tuple[Column, ...]
    printed: int
    cells: list[list[Cell]]
    lines: Sequence[Line | None]

    @cached_property
    def keys(self) -> list[str]:
        """The look-up key of each row; empty for one that is not looked up."""
        if not self.lines:
            return []
        code = self.position("body_code")
        return [
            line.key(str(cells[code].value)) if line else ""
            for line, cells in zip(self.lines, self.cells, strict=True)
        ]

    def position(self, column: str) -> int:
        """Where a column stands on the sheet."""
        return [c.name for c in self.columns].index(column)

    def range_of(self, column: int) -> str:
        """The data of a column as formulas have it."""
        cells = xl_range_abs(FIRST, column, FIRST + max(1, len(self.cells)) - 1, column)
        return f"{quoted(self.sheet.name)}!{cells}"

    @property
    def key_range(self) -> str:
        """The look-up keys as formulas have them."""
        return self.range_of(len(self.columns))


def table_sheet(
    sheet: Sheet,
    table: Table,
    rows: Sequence[Row],
    names: Mapping[str, str],
    lines: Sequence[Line | None] = (),
) -> TableSheet:
    """The cells of a table in the order of its sheet; nothing is written yet.

    `names` are the bodies' names by code, for a table that has codes alone.
    """
    columns = {column.name: column for column in table.columns}
    if "body_code" in columns and "body_name" not in columns:
        code = columns["body_code"]
        columns["body_name"] = dataclasses.replace(code, name="body_name", type="string")
        rows = [{**row, "body_name": names.get(row["body_code"], "–")} for row in rows]
    first = sheet_of(table.name)["first"]
    ordered = tuple(columns[name] for name in [*first, *(n for n in columns if n not in first)])
    cells = [[cell_of(table.name, column, row) for column in ordered] for row in rows]
    return TableSheet(table, sheet, ordered, len(first), cells, lines)


def write_table(placed: TableSheet, sources: str) -> None:
    """Write the sheet of a table. `sources` names the files that its rows are from."""
    sheet, printed = placed.sheet, placed.printed
    headers = [_header(placed, place) for place in range(len(placed.columns))]
    widths = [header.width for header in headers]
    width = sum(widths[:printed])
    _head(placed, sources, width)
    if placed.keys:
        key = phrase(layout()["words"]["key"])
        headers.append(Header(key, "technical", look()["widths"]["technical_most"]))
    for place, header in enumerate(headers):
        folds = {"level": 1} if place >= printed else {}  # away, with one click
        sheet.grid.set_column(place, place, header.width, None, folds)
    sheet.headers(HEADER, headers)
    for place, column in enumerate(placed.columns):
        sheet.grid.write_comment(HEADER, place, _meaning(column), look()["comment"])
    _rows(placed, widths)
    last = FIRST + max(1, len(placed.cells)) - 1
    sheet.grid.autofilter(HEADER + 1, 0, last, len(placed.columns) - 1)
    sheet.grid.freeze_panes(FIRST, sheet_of(placed.table.name)["frozen"])
    sheet.grid.print_area(0, 0, last, printed - 1)
    sheet.printing(width, (HEADER, HEADER + 1))


def _head(placed: TableSheet, sources: str, width: float) -> None:
    """What the table is, in both languages, where it is from, and the way back."""
    sheet, table = placed.sheet, placed.table
    words, year = layout()["words"], sheet.book.year
    kind = phrase(layout()["kinds"][sheet_of(table.name)["kind"]])
    english = f"{table.description_en} ({kind.en}; {public_name(table)})"
    bands = [
        (f"{sheet.name}, {year}", "title"),
        (f"{table.description_vi} ({kind.vi})", "hint"),
        (english, "title_en"),
        (phrase(words["source"], files=sources).vi, "hint"),
    ]
    for row, (said, style) in enumerate(bands):
        sheet.band(row, said, style, placed.printed, width)
    sheet.back(len(bands))
    if not placed.cells:
        empty = phrase(words["empty"], year=year)
        sheet.text(FIRST, 0, f"{empty.vi} {empty.en}", "title_en")


def _rows(placed: TableSheet, widths: Sequence[float]) -> None:
    sheet = placed.sheet
    for row, cells in enumerate(placed.cells, FIRST):
        long = []
        for column, cell in enumerate(cells):
            room = widths[column] - 2
            fits = cell.shown_length <= room * look()["widths"]["character"]
            wrap = column < placed.printed and cell.is_text and not fits
            if wrap:
                long.append((str(cell.value), room))
            sheet.cell(row, column, cell, wrap=wrap)
        if long:
            sheet.height(row, long)
    for row, key in enumerate(placed.keys, FIRST):
        if key:
            sheet.text(row, len(placed.columns), key, "text")


def _header(placed: TableSheet, place: int) -> Header:
    """The header of a column, as wide as what it and its cells hold."""
    name, printed, widths = placed.columns[place].name, place < placed.printed, look()["widths"]
    label = column_label(name)
    word = max(len(part) for said in label for part in said.split())
    longest = max((cells[place].shown_length for cells in placed.cells), default=0)
    width = max(word, longest, widths["least"]) + widths["margin"]
    style = "computed" if name in layout()["computed_columns"] else "published"
    most = sheet_of(placed.table.name).get("most", widths["most"])
    return Header(
        label,
        style if printed else "technical",
        min(width, most if printed else widths["technical_most"]),
    )


def _meaning(column: Column) -> str:
    label = column_label(column.name)
    return (
        f"{label.vi} ({column.name}): {column.description_vi}\n{label.en}: {column.description_en}"
    )
