"""The table in a workbook as plain values: what the reading process of `formats` runs.

Belongs here: which sheet is read, and its rows. Limits, formulas, merges and hidden rows are those
of every workbook (`assets.received.cells`). Hidden sheets are not read.
"""

from __future__ import annotations

from typing import Any

from assets.received import container, letters
from assets.received.cells import Sheet
from assets.received.container import open_archive
from assets.received.ooxml import open_book
from assets.received.refusal import FileRefusedError


def warm_up() -> None:
    """Load what reading needs later on: a child of `worker` can open no files."""
    container.warm_up()
    letters.warm_up()


def read_plain(content: bytes) -> dict[str, Any]:
    """{"rows": [[row number, rule that it breaks or None, [[text, kind] or None, ...]], ...]} of
    every row that is not blank, or {"refused": [rule, detail]}."""
    try:
        return {"rows": _rows(_only_sheet(content))}
    except FileRefusedError as error:
        return {"refused": [error.rule_id, error.detail]}


def _only_sheet(content: bytes) -> Sheet:
    """The one visible sheet that has content."""
    book = open_book(open_archive(content))
    sheets = [book.sheet(entry) for entry in book.entries if entry.is_visible]
    filled = [sheet for sheet in sheets if sheet.cells]
    if len(filled) != 1:
        names = ", ".join(sheet.name for sheet in filled)
        raise FileRefusedError("one_sheet", names or "no visible sheet has content")
    return filled[0]


def _rows(sheet: Sheet) -> list[list[Any]]:
    merged = {row for row, _ in sheet.merged}
    last: dict[int, int] = {}
    for row, column in sheet.cells:
        last[row] = max(last.get(row, 0), column)
    return [
        [row, _fault(row, merged, sheet.hidden_rows), _cells(sheet, row, last[row])]
        for row in sorted(last)
    ]


def _fault(row: int, merged: set[int], hidden: set[int]) -> str | None:
    if row in merged:
        return "merged_cell"
    return "hidden_row" if row in hidden else None


def _cells(sheet: Sheet, row: int, width: int) -> list[list[str] | None]:
    found = (sheet.cells.get((row, column)) for column in range(1, width + 1))
    return [None if cell is None else [cell.text, cell.kind] for cell in found]
