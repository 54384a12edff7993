"""Reading the workbook of a release back, cell by cell, and what each cell has to be.

What a cell has to be is said here anew, from the table and the labels: not by what wrote it.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any

import openpyxl
import pyarrow as pa
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from assets.plaintext import plain
from assets.registry import Column, Table, word
from assets.release.labels import absent, column_label
from assets.release.workbook.layout import sheet_of

#: Row of the Vietnamese headers, from 1; English below, then the data.
HEADERS = 6
HASHES = ("file_sha256", "content_sha256", "method_sha256")
FIFTEEN = Context(prec=15)


def opened(data: bytes, *, values: bool = True) -> Workbook:
    """The workbook; `values`: stored results in place of formulas."""
    return openpyxl.load_workbook(io.BytesIO(data), data_only=values)


def sheet_of_table(book: Workbook, table: Table) -> Worksheet:
    sheet = book[sheet_of(table.name)["sheet"]]
    assert isinstance(sheet, Worksheet)
    return sheet


def columns_of(sheet: Worksheet, table: Table) -> dict[str, int]:
    """Where each column of the table stands, by its label; from 1."""
    labels = {column_label(name).vi: name for name in (*table.column_names, "body_name")}
    found = {}
    for cell in sheet[HEADERS]:
        if cell.value in labels:
            name = labels[cell.value]
            assert sheet.cell(HEADERS + 1, cell.column).value == column_label(name).en
            found[name] = cell.column
    return found


def assert_sheet_holds(book: Workbook, table: Table, frame: pa.Table) -> int:
    """Every cell of the table is on its sheet, as it has to be, and no row more; cells seen."""
    sheet = sheet_of_table(book, table)
    places = columns_of(sheet, table)
    assert set(table.column_names) <= set(places)
    first = HEADERS + 2
    rows = frame.to_pylist()
    for offset, row in enumerate(rows):
        for column in table.columns:
            cell = sheet.cell(first + offset, places[column.name])
            assert isinstance(cell, Cell)
            wrong = what_is_wrong(table, column, row, cell)
            assert not wrong, f"{sheet.title}!{cell.coordinate} {column.name}: {wrong}"
    if rows:
        assert sheet.max_row == first + len(rows) - 1
    else:
        message = sheet.cell(first, 1).value
        assert isinstance(message, str)
        assert "không có dòng nào" in message
        assert sheet.max_row == first
    return len(rows) * len(table.columns)


def what_is_wrong(table: Table, column: Column, row: Mapping[str, Any], cell: Cell) -> str:
    """Why the cell is not what it has to be; empty if it is."""
    value, held = row[column.name], cell.value
    if value is None:
        expected: object = absent(column, row).vi
    elif column.type in ("decimal", "exact") or is_number(column, value):
        return wrong_number(column, Decimal(value), row, cell)
    elif column.type == "date":
        expected = datetime.combine(value, datetime.min.time())
    elif column.type in ("int", "bigint"):
        assert type(held) is int
        expected = value
    else:
        expected = text_of(table, column, value, row.get("index_code"))
    if held != expected:
        return f"{held!r} instead of {expected!r}"
    if isinstance(expected, str) and cell.data_type != "s":
        return f"is no text but {cell.data_type}"
    return ""


def text_of(table: Table, column: Column, value: Any, index_code: str | None) -> str:
    if column.type == "bool":
        return "Có" if value else "Không"
    if column.type == "timestamp":
        return str(value.isoformat())
    if said := word(column.name, value, index_code):
        return said.vi
    if column.name in HASHES and table.name != "rel_sources":
        return str(value[:12])
    if column.name == "coverage":  # 53 of 63
        if counted := re.fullmatch(r"(\d+) of (\d+)", value):
            return "/".join(counted.groups())
        return re.sub(" of an unknown number$", " (không rõ tổng số)", value)
    return plain(value, 32_767) or "(để trống)"


def is_number(column: Column, value: Any) -> bool:
    return column.name in ("printed", "recomputed") and bool(
        re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", value)
        and len(re.sub("[-.]", "", value)) <= 15
    )


def wrong_number(column: Column, value: Decimal, row: Mapping[str, Any], cell: Cell) -> str:
    if cell.data_type != "n" or isinstance(cell.value, bool | date):
        return f"is no number but {cell.value!r}"
    held, meant = Decimal(repr(cell.value)), FIFTEEN.plus(value)
    if held != meant:
        return f"{held} instead of {meant}"
    shown = re.fullmatch(r"\[\$-42A\]#,##0(?:\.(0+))?", cell.number_format)
    if shown is None:
        return f"is shown as {cell.number_format}"
    decimals = len(shown[1] or "")
    if column.name == "published_value" and row["decimals"] not in (None, decimals):
        return f"is shown with {decimals} decimals, printed with {row['decimals']}"
    if column.type == "string" and decimals != shown_decimals(str(row[column.name])):
        return f"is shown with {decimals} decimals instead of those of {value}"
    return ""


def shown_decimals(text: str) -> int:
    """All decimals of a number as text, but of zeros at its end no more than make four."""
    decimals = text.partition(".")[2]
    return max(len(decimals.rstrip("0")), min(len(decimals), 4))
