"""Small files as a header and lines of cells, in whichever of the four formats they come.

Belongs here: telling the format by the content, decoding, cutting into lines. Does not belong here:
which column a heading means (`layouts`) and what a cell says (`readings`).

CSV and JSON are read with the standard library, workbooks and Parquet in a process of its own with
limits, as files from outside are. Gzip around CSV or JSON is undone first.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from assets.csvtext import StrictReader
from assets.received.beginning import MAX_BYTES, ZIP, check_beginning
from assets.received.encoding import EncodingFault, decode
from assets.received.jsontext import Digits, load_json
from assets.received.letters import nfc
from assets.received.rawcell import BOOLEAN, EMPTY, NUMBER, TEXT, RawCell
from assets.received.refusal import CSV, JSON, XLSX, FileRefusedError
from assets.received.sandbox import RULES, ask_once
from assets.received.worker import DONE, Limits
from assets.services.layouts import Layout, declared

PARQUET = "parquet"
#: Kind of a cell that is a list or an object, or of a type that no table has.
NESTED = "nested"

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SHEET_READER = "assets.services.tables.sheet_reader:read_plain"
_PARQUET_READER = "assets.received.parquet:read_plain"
_PARQUET_LIMITS = Limits(memory_bytes=2 * 1024**3)
_MIDNIGHT = "T00:00:00"

#: A row of any format: its number, its cells, the rule by which it cannot be read as a whole.
Row = tuple[int, list[RawCell], str | None]


@dataclass(frozen=True)
class Line:
    """A line that is not blank: its number in the file from 1 (rows of a workbook, physical lines
    of CSV, places of JSON and Parquet), one cell for each heading, and the rule by which it cannot
    be read as a whole."""

    line_no: int
    cells: tuple[RawCell, ...]
    fault: str | None = None


@dataclass
class RawTable:
    """A file as it stands, before anything is judged. `blank` counts blank lines among the others;
    `encoding` is None where the format has none of its own."""

    file_format: str
    header: tuple[str, ...] = ()
    lines: list[Line] = field(default_factory=list)
    blank: int = 0
    encoding: str | None = None


def open_table(content: bytes, layout: Layout) -> RawTable:
    """The table in a file. FileRefusedError names the rule and what was found, and carries the
    format as far as it is known."""
    if content.startswith(_PARQUET) and len(content) <= MAX_BYTES:
        return _as(PARQUET, lambda: read_parquet(content))
    if content.startswith(_GZIP):
        content = inflated(content)
    check_beginning(content)
    if content.startswith(ZIP):
        return _as(XLSX, lambda: read_workbook(content))
    try:
        text, encoding = decode(content)
    except EncodingFault as fault:
        raise FileRefusedError(fault.rule_id, fault.found) from None
    if _CONTROL.search(text):
        raise FileRefusedError("unknown_format", "control characters in text")
    is_json = text.lstrip()[:1] in ("{", "[")
    table = (
        _as(JSON, lambda: read_json(text)) if is_json else _as(CSV, lambda: read_csv(text, layout))
    )
    table.encoding = encoding
    return table


def _as(file_format: str, read: Callable[[], RawTable]) -> RawTable:
    try:
        return read()
    except FileRefusedError as error:
        error.file_format = file_format
        raise


def inflated(content: bytes) -> bytes:
    """What a gzip file of one or several parts holds. FileRefusedError `gzip_damaged` if it is cut
    off or damaged, `file_too_large` beyond the limit."""
    made = bytearray()
    try:
        while content:
            part = zlib.decompressobj(zlib.MAX_WBITS | 16)
            made += part.decompress(content, MAX_BYTES - len(made) + 1)
            if len(made) > MAX_BYTES:
                raise FileRefusedError("file_too_large", f"inflates to more than {MAX_BYTES} bytes")
            if not part.eof:
                raise FileRefusedError("gzip_damaged", "the file ends before its end")
            content = part.unused_data
    except zlib.error as error:
        raise FileRefusedError("gzip_damaged", str(error)) from None
    return bytes(made)


# --- CSV ---------------------------------------------------------------------------------------


def read_csv(text: str, layout: Layout) -> RawTable:
    """The table in a CSV text. The separator is the one by which most headings of the first line
    are known."""

    def known(delimiter: str) -> int:
        rows = (cells for _, cells, _ in _csv_rows(text, delimiter) if not _blank(cells))
        try:
            return layout.recognised([cell.text for cell in next(rows, [])])
        except FileRefusedError:  # quotation marks fit another separator
            return 0

    return _table(CSV, _csv_rows(text, max(declared()["delimiters"], key=known)))


def _csv_rows(text: str, delimiter: str) -> Iterator[Row]:
    """Every line with the number of the physical line on which it begins."""
    reader = StrictReader(io.StringIO(text, newline=""), delimiter)
    begin = 1
    try:
        for cells in reader:
            yield begin, [RawCell(cell, TEXT) if cell.strip() else EMPTY for cell in cells], None
            begin = reader.line_num + 1
    except csv.Error as error:
        raise FileRefusedError("csv_malformed", f"line {begin}: {error}") from None


# --- JSON --------------------------------------------------------------------------------------


def read_json(text: str) -> RawTable:
    """The table in a JSON text: a list of objects. A key that an object lacks is a blank cell."""
    said = load_json(text)
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        raise FileRefusedError("json_malformed", "the file must be one list of objects")
    names = tuple(dict.fromkeys(name for each in said for name in each))
    rows: Iterator[Row] = (
        (number, [_json_cell(each.get(name)) for name in names], None)
        for number, each in enumerate(said, start=1)
    )
    return _table(JSON, rows, names)


def _json_cell(value: Any) -> RawCell:
    if value is None:
        return EMPTY
    if isinstance(value, bool):
        return RawCell("true" if value else "false", BOOLEAN)
    if isinstance(value, str):
        return RawCell(nfc(value), NUMBER if isinstance(value, Digits) else TEXT)
    return RawCell("a list" if isinstance(value, list) else "an object", NESTED)


# --- workbooks and Parquet, read apart ---------------------------------------------------------


def read_workbook(content: bytes) -> RawTable:
    """The table on the only visible sheet with content of an XLSX workbook."""
    said = _apart(_SHEET_READER, content, Limits())
    try:  # what comes out of a process that read an outside file is outside data too
        rows: list[Row] = [
            (
                int(number),
                [_sheet_cell(cell) for cell in cells],
                None if fault is None else str(fault),
            )
            for number, fault, cells in said["rows"]
        ]
    except (KeyError, TypeError, ValueError):
        raise FileRefusedError("reader_crashed", "its result is no table") from None
    return _table(XLSX, _with_gaps(rows))


def _sheet_cell(cell: Sequence[str] | None) -> RawCell:
    return EMPTY if cell is None else RawCell(str(cell[0]), str(cell[1]))


def _with_gaps(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows of a sheet with the blank ones between them."""
    last = 0
    for row in rows:
        yield from ((number, [], None) for number in range(last + 1, row[0]))
        yield row
        last = row[0]


def read_parquet(content: bytes) -> RawTable:
    """The table in a Parquet file: texts, whole numbers, days; midnights are days."""
    said = _apart(_PARQUET_READER, content, _PARQUET_LIMITS)
    try:
        names = tuple(nfc(str(name)) for name in said["columns"])
        cells = list(zip(*said["cells"], strict=True))
    except (KeyError, TypeError, ValueError):
        raise FileRefusedError("reader_crashed", "its result is no table") from None
    rows: Iterator[Row] = (
        (number, [_parquet_cell(value) for value in values], None)
        for number, values in enumerate(cells, start=1)
    )
    return _table(PARQUET, rows, names)


def _parquet_cell(value: Any) -> RawCell:
    if isinstance(value, int) and not isinstance(value, bool):
        return RawCell(str(value), NUMBER)
    if isinstance(value, dict):
        return RawCell(str(value.get("type", "")), NESTED)
    cell = _json_cell(value)
    return RawCell(cell.text.removesuffix(_MIDNIGHT), cell.kind)


def _apart(reader: str, content: bytes, limits: Limits) -> dict[str, Any]:
    """What a reading process says of a file. FileRefusedError if it refuses it, or fails."""
    answer = ask_once(reader, content, limits)
    if answer["outcome"] != DONE:
        raise FileRefusedError(RULES[answer["outcome"]], answer["outcome"])
    said: dict[str, Any] = answer["result"]
    match said.get("refused"):
        case None:
            return said
        case [rule_id, detail]:
            raise FileRefusedError(str(rule_id), str(detail))
        case why:
            raise FileRefusedError("parquet_refused", str(why))


# --- what all formats share --------------------------------------------------------------------


def _blank(cells: Iterable[RawCell]) -> bool:
    return not any(cell.text.strip() for cell in cells)


def _table(file_format: str, rows: Iterable[Row], names: tuple[str, ...] | None = None) -> RawTable:
    """Rows as a table. Without `names` the first row that is not blank is the header, and blank
    rows before it are no lines of the table."""
    table = RawTable(file_format, names or ())
    is_begun = names is not None
    for number, cells, fault in rows:
        if _blank(cells):
            table.blank += is_begun
        elif is_begun:
            table.lines.append(_line(table, number, cells, fault))
            if len(table.lines) > declared()["lines"]:
                found = f"more than {declared()['lines']:,} lines"
                raise FileRefusedError("too_many_lines", found)
        else:
            texts = [" ".join(cell.text.split()) for cell in cells]
            table.header, is_begun = tuple(texts[: _width(cells)]), True
    return table


def _width(cells: Sequence[RawCell]) -> int:
    """Cells up to the last that is not blank: spreadsheets add blank ones."""
    return max(at for at, cell in enumerate(cells, start=1) if cell.text.strip())


def _line(table: RawTable, number: int, cells: list[RawCell], fault: str | None) -> Line:
    longest = declared()["cell_characters"]
    if any(len(cell.text) > longest for cell in cells):
        found = f"line {number}: a cell of more than {longest:,} characters"
        raise FileRefusedError("cell_too_long", found)
    width = len(table.header)
    is_short = table.file_format == CSV and len(cells) < width
    if is_short or _width(cells) > width:
        fault = fault or "row_shape"
    filled = [*cells, *[EMPTY] * (width - len(cells))]
    return Line(number, tuple(filled[:width]), fault)
