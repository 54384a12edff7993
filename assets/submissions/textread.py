"""The form in a CSV or JSON file: head, header, lines.

CSV: comma, semicolon or tab, told from the first line; every cell is text. JSON: numbers keep the
digits that were written. Both must have every column under its key, CSV in the order sent out.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from assets.csvtext import StrictReader
from assets.received.jsontext import Digits, load_json
from assets.received.letters import nfc
from assets.received.rawcell import BOOLEAN, NUMBER, TEXT, RawCell, plain_number
from assets.received.refusal import CSV, JSON, FileRefusedError
from assets.submissions.form import COLUMNS, HEAD
from assets.submissions.rawform import RawForm, RawLine

MAX_LINES = 2_000
MAX_CELL_TEXT = 32_767

_FIRST_LINE = re.compile(r'\s*"?[^,;\t"\r\n]*"?([,;\t])')
#: What made the writer put an apostrophe in front, so that no spreadsheet runs the text.
_DISARMED = re.compile("'(?=[=+\\-@\t\r\n\0＝＋－＠])")

_KEYS = tuple(COLUMNS)


def read_csv(text: str) -> RawForm:
    """The form in a CSV text. FileRefusedError names the rule, the line and what was found."""
    rows = list(_rows(text))
    headers = [at for at, (_, cells) in enumerate(rows) if "input_code" in map(_tidy, cells)]
    if len(headers) > 1:
        lines = ", ".join(str(rows[at][0]) for at in headers)
        raise FileRefusedError("two_headers", f"lines {lines}")
    head = _csv_head(rows[: headers[0]] if headers else rows)
    if not headers:
        raise FileRefusedError("wrong_template", "the file has no header line")
    line_no, cells = rows[headers[0]]
    if [_tidy(cell) for cell in _trimmed(cells)] != list(_KEYS):
        raise FileRefusedError("wrong_template", f"line {line_no}: {', '.join(cells)}")
    return RawForm(CSV, head, tuple(_csv_line(*row) for row in rows[headers[0] + 1 :]))


def read_json(text: str) -> RawForm:
    """The form in a JSON text. FileRefusedError names the rule, the place and what was found."""
    document = load_json(text)
    if not isinstance(document, dict) or set(document) != {"form", "lines"}:
        raise FileRefusedError("wrong_template", "the keys must be form and lines")
    head, lines = document["form"], document["lines"]
    if not isinstance(head, dict) or not isinstance(lines, list):
        raise FileRefusedError("wrong_template", "form must be an object, lines a list")
    if len(lines) > MAX_LINES:
        raise FileRefusedError("sheet_too_large", f"more than {MAX_LINES} lines")
    for key in HEAD:
        if key not in head:
            raise FileRefusedError("head_missing", f"form.{key}")
    unknown = sorted(set(head) - set(HEAD))
    if unknown:
        raise FileRefusedError("wrong_template", f"form.{unknown[0]} is not known")
    return RawForm(
        JSON,
        {key: _json_cell(head[key], f"form.{key}").tidy for key in HEAD},
        tuple(_json_line(row, line) for row, line in enumerate(lines)),
    )


def _tidy(text: str) -> str:
    return RawCell(text, TEXT).tidy


def _trimmed(cells: Sequence[str]) -> list[str]:
    """The cells without blank ones at the end, which spreadsheets add."""
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The line on which each record that is not blank begins, and its cells."""
    mark = _FIRST_LINE.match(text)
    if mark is None:
        raise FileRefusedError("unknown_format", "text without separated columns")
    reader = StrictReader(io.StringIO(text, newline=""), mark[1])
    begin, count = 1, 0
    try:
        for cells in reader:
            if any(len(cell) > MAX_CELL_TEXT for cell in cells):
                raise FileRefusedError("sheet_too_large", f"line {begin}: too much text in a cell")
            if _trimmed(cells):
                count += 1
                yield begin, cells
            if count > MAX_LINES:
                raise FileRefusedError("sheet_too_large", f"more than {MAX_LINES} lines")
            begin = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError("csv_malformed", f"line {begin}: {error}") from None


def _csv_head(rows: Sequence[tuple[int, list[str]]]) -> dict[str, str]:
    head: dict[str, str] = {}
    for line_no, cells in rows:
        key, *rest = _trimmed(cells)
        key = _tidy(key)
        if len({"number", "value", "status"} & set(map(_tidy, cells))) > 1:
            raise FileRefusedError("key_column_missing", f"line {line_no}")
        if key not in HEAD or key in head or len(rest) > 1:
            raise FileRefusedError("wrong_template", f"line {line_no}: {', '.join(cells)}")
        head[key] = _tidy(_armed(rest[0])) if rest else ""
    for key in HEAD:
        if key not in head:
            raise FileRefusedError("head_missing", key)
    return head


def _csv_line(line_no: int, cells: list[str]) -> RawLine:
    is_whole = len(cells) >= len(_KEYS) and len(_trimmed(cells)) <= len(_KEYS)
    return RawLine(
        line_no,
        {
            key: RawCell(_armed(text), TEXT)
            for key, text in zip(_KEYS, cells, strict=False)
            if text.strip()
        },
        None if is_whole else "cell_count",
    )


def _armed(text: str) -> str:
    return _DISARMED.sub("", text, count=1) if _DISARMED.match(text) else text


def _json_line(row: int, line: Any) -> RawLine:
    if not isinstance(line, dict):
        raise FileRefusedError("wrong_template", f"lines[{row}] must be an object")
    if "input_code" not in line:
        raise FileRefusedError("key_column_missing", f"lines[{row}]")
    odd = sorted(set(line) ^ set(_KEYS))
    if odd:
        raise FileRefusedError("wrong_template", f"lines[{row}]: {odd[0]} is missing or not known")
    cells = {key: _json_cell(line[key], f"lines[{row}].{key}") for key in _KEYS}
    return RawLine(row, {key: cell for key, cell in cells.items() if cell.text.strip()})


def _json_cell(value: Any, place: str) -> RawCell:
    if value is None:
        return RawCell()
    if isinstance(value, bool):
        return RawCell("true" if value else "false", BOOLEAN)
    if isinstance(value, Digits):
        plain = plain_number(value)
        return RawCell(str(value), TEXT) if plain is None else RawCell(plain, NUMBER)
    if not isinstance(value, str):
        raise FileRefusedError("wrong_template", f"{place} must be text, a number or null")
    if len(value) > MAX_CELL_TEXT:
        raise FileRefusedError("sheet_too_large", f"{place}: too much text")
    return RawCell(nfc(value), TEXT)
