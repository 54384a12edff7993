"""The first and the last sheet of the workbook: what is in it and how to read it, and the legend.

Belongs here: a line for every sheet with a link, the words of how to read, columns and codes
explained from the registry and the labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assets.registry import Column, Label, Table, words
from assets.release.labels import column_label
from assets.release.workbook.book import Header, Sheet, internal
from assets.release.workbook.layout import layout, look, phrase
from assets.release.workbook.tablesheet import Row


class Item(NamedTuple):
    """A sheet as the contents name it; `rows` is None for one that is no table."""

    sheet: str
    content: Label
    kind: str
    rows: int | None


def write_contents(sheet: Sheet, items: Sequence[Item], coverage: Sequence[Row]) -> None:
    """Write the contents: how complete the year is, the sheets, how to read them."""
    place, widths = layout()["contents"], look()["widths"]["contents"]
    columns, width = len(widths), sum(widths)
    title = phrase(place["title"], year=sheet.book.year)
    sheet.widths(widths)
    sheet.band(0, title.vi, "title", columns, width)
    sheet.band(1, title.en, "title_en", columns, width)
    complete = _completeness(coverage)
    sheet.band(2, f"{complete.vi}\n{complete.en}", "hint", columns, width)
    source = phrase(layout()["words"]["source"], files=sheet.book.source)
    sheet.band(3, source.vi, "hint", columns, width)
    sheet.headers(5, _headers(place["headers"], widths))
    row = 7
    for number, item in enumerate(items, 1):
        _item(sheet, row, number, item)
        row += 1
    row += 1
    notes = phrase(place["notes_title"])
    sheet.band(row, f"{notes.vi} / {notes.en}", "section", columns, width)
    for note in place["notes"]:
        row += 1
        said = phrase(note, digits=layout()["short_hash"])
        sheet.band(row, f"{said.vi}\n{said.en}", "hint", columns, width)
    sheet.grid.freeze_panes(7, 0)
    sheet.grid.print_area(0, 0, row, columns - 1)
    sheet.printing(width, repeated=(5, 6))


def write_legend(sheet: Sheet, tables: Sequence[Table]) -> None:
    """Write the legend: every column of the tables once, as the first table that has it describes
    it, and every word that stands for a code there."""
    place, widths = layout()["legend"], look()["widths"]["legend"]
    columns: dict[str, Column] = {}
    for column in (column for table in tables for column in table.columns):
        columns.setdefault(column.name, column)
    sheet.widths(widths)
    title = phrase(place["title"])
    sheet.band(0, title.vi, "title", len(widths), sum(widths))
    sheet.band(1, title.en, "title_en", len(widths), sum(widths))
    sheet.back(2)
    described = []
    for name, column in columns.items():
        label = column_label(name)
        described.append((name, label.vi, label.en, column.description_vi, column.description_en))
    row = _part(sheet, 3, phrase(place["columns_title"]), place["columns"], described)
    coded = [
        (name, word.vi, word.en, code)
        for name, column in columns.items()
        for code, word in words(name).items()
        if code in column.codes or not column.codes
    ]
    row = _part(sheet, row + 1, phrase(place["codes_title"]), place["codes"], coded)
    sheet.grid.print_area(0, 0, row - 1, len(widths) - 1)
    sheet.printing(sum(widths))


def _completeness(coverage: Sequence[Row]) -> Label:
    place = layout()["contents"]
    if not coverage:
        return phrase(place["nothing"])
    partial = sum(row["is_partial"] for row in coverage)
    if not partial:
        return phrase(place["complete"])
    return phrase(place["partial"], number=partial, lists=len(coverage))


def _item(sheet: Sheet, row: int, number: int, item: Item) -> None:
    kind, widths = phrase(layout()["kinds"][item.kind]), look()["widths"]["contents"]
    sheet.grid.write_number(row, 0, number, sheet.book.style("centre"))
    sheet.link(row, 1, internal(item.sheet), item.sheet, "item_link")
    sheet.text(row, 2, item.content.vi, "wrapped")
    sheet.text(row, 3, item.content.en, "english")
    sheet.text(row, 4, f"{kind.vi} / {kind.en}", "centre")
    if item.rows is None:
        sheet.text(row, 5, "–", "centre")
    else:
        style = sheet.book.style("number", look()["formats"]["count"])
        sheet.grid.write_number(row, 5, item.rows, style)
    sheet.height(row, [(item.content.vi, widths[2] - 2), (item.content.en, widths[3] - 2)])


def _headers(words_: Sequence[Sequence[str]], widths: Sequence[float]) -> list[Header]:
    return [Header(Label(*w), "published", width) for w, width in zip(words_, widths, strict=False)]


def _part(
    sheet: Sheet,
    row: int,
    title: Label,
    headers: Sequence[Sequence[str]],
    lines: Sequence[Sequence[str]],
) -> int:
    """A part of the legend from this row; the row after it."""
    widths = look()["widths"]["legend"]
    sheet.band(row, f"{title.vi} / {title.en}", "section", len(widths), sum(widths))
    sheet.headers(row + 1, _headers(headers, widths))
    row += 3
    for line in lines:
        for column, text in enumerate(line):
            sheet.text(row, column, text, "wrapped")
        sheet.height(row, list(zip(line, widths, strict=False)))
        row += 1
    return row
