"""The form on the sheets of a workbook: head, headings, lines.

Belongs here: where the form must stand and what makes it another form than the one sent out. The
place of the headings may move down; columns may not move, be renamed, added or taken out. Rows
with something in the first column only are headings of groups. Text beside the form, without a
heading, belongs to whoever wrote it and is not read.
"""

from __future__ import annotations

from assets.received.cells import Sheet
from assets.received.container import open_archive
from assets.received.letters import nfc
from assets.received.ooxml import Book, SheetEntry, open_book
from assets.received.rawcell import EMPTY, TEXT, RawCell
from assets.received.refusal import XLSX, FileRefusedError
from assets.submissions.form import COLUMNS, HEAD, SHEET_FORM
from assets.submissions.rawform import RawForm, RawLine
from assets.submissions.text import refuse_fonts

#: Rows among which the head stands, and lines that a form can have.
HEAD_ROWS = 20
MAX_LINES = 2_000

_LETTERS = "ABCDEFGHI"
_KEYS = tuple(COLUMNS)
_COLUMN = {key: number for number, key in enumerate(_KEYS, start=1)}


def read_xlsx(content: bytes) -> RawForm:
    """The form in a workbook. FileRefusedError names the rule, the place and what was found."""
    book = open_book(open_archive(content))
    sheet = book.sheet(_form_sheet(book))
    refuse_fonts("\n".join(c.text for c in sheet.cells.values() if c.kind == TEXT))
    head = _head(sheet)
    headings = _heading_row(sheet)
    _check_headings(sheet, headings)
    lines = [_line(sheet, row) for row in sorted({r for r, _ in sheet.cells if r > headings})]
    found = tuple(line for line in lines if line.cells.keys() - {"number"})
    if len(found) > MAX_LINES:
        raise FileRefusedError("sheet_too_large", f"more than {MAX_LINES} lines")
    return RawForm(XLSX, head, found, sheet.name)


def _form_sheet(book: Book) -> SheetEntry:
    wanted = SHEET_FORM.casefold()
    found = [e for e in book.entries if nfc(e.name).strip().casefold() == wanted and e.is_visible]
    if len(found) != 1:
        names = ", ".join(entry.name for entry in book.entries)
        raise FileRefusedError("sheet_missing", f"sheets: {names}")
    return found[0]


def _cell(sheet: Sheet, row: int, column: int) -> RawCell:
    return sheet.cells.get((row, column), EMPTY)


def _heading(cell: RawCell) -> str:
    """The first line of a heading, which is the Vietnamese one."""
    return RawCell(cell.text.strip().split("\n")[0], cell.kind).tidy


def _head(sheet: Sheet) -> dict[str, str]:
    labels: dict[str, list[int]] = {}
    for row in range(1, HEAD_ROWS + 1):
        labels.setdefault(_cell(sheet, row, 1).tidy, []).append(row)
    head = {}
    for key, (label, _) in HEAD.items():
        rows = labels.get(label, [])
        if not rows:
            raise FileRefusedError("head_missing", f"{label} in A1 to A{HEAD_ROWS}")
        if len(rows) > 1:
            raise FileRefusedError("wrong_template", f"{label} is there {len(rows)} times")
        head[key] = _cell(sheet, rows[0], 3).tidy
    return head


def _heading_row(sheet: Sheet) -> int:
    places = sorted(sheet.cells)
    key_rows = {row for row, col in places if _is_heading(sheet, row, col, ("input_code",))}
    if len(key_rows) > 1:
        raise FileRefusedError("two_headers", f"rows {', '.join(map(str, sorted(key_rows)))}")
    if key_rows:
        return key_rows.pop()
    for row, column in places:
        if _is_heading(sheet, row, column, ("value", "status")):
            raise FileRefusedError("key_column_missing", f"row {row}")
    raise FileRefusedError("wrong_template", "the sheet has no row of headings")


def _is_heading(sheet: Sheet, row: int, column: int, keys: tuple[str, ...]) -> bool:
    return _heading(_cell(sheet, row, column)) in {COLUMNS[key][0] for key in keys}


def _check_headings(sheet: Sheet, row: int) -> None:
    for letter, (key, column) in zip(_LETTERS, _COLUMN.items(), strict=True):
        found = _heading(_cell(sheet, row, column))
        if found != COLUMNS[key][0]:
            raise FileRefusedError(
                "wrong_template", f"{letter}{row}: {COLUMNS[key][0]} expected, found {found!r}"
            )
    added = [col for r, col in sheet.cells if r == row and col > len(_KEYS)]
    if added:
        text = _heading(_cell(sheet, row, min(added)))
        raise FileRefusedError("wrong_template", f"row {row}: column {text!r} was added")


def _line(sheet: Sheet, row: int) -> RawLine:
    cells = {
        key: sheet.cells[row, column]
        for key, column in _COLUMN.items()
        if (row, column) in sheet.cells
    }
    fault = None
    if any((row, _COLUMN[key]) in sheet.merged for key in ("value", "status")):
        fault = "merged_cell" if cells.keys() - {"number"} else None
    elif row in sheet.hidden_rows and {"value", "status"} & cells.keys():
        fault = "hidden_row"
    return RawLine(row, cells, fault)
