"""A table as CSV, in two spellings of the same cells: plain, and for Excel.

Plain: UTF-8, LF. Excel: UTF-8 with byte order mark, CRLF. Both: RFC 4180 quoting, a header line,
values as in `cells`, an empty field for null and `""` for empty text.

Text of outside origin is disarmed: a cell that a spreadsheet would run as a formula gets an
apostrophe in front (OWASP ASVS 1.2.10). Numbers are exempt, as text too, and so is a lone `-`,
the ledger's sign for 'no single body', which is no formula. Parquet and JSON stay raw.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pyarrow as pa

from assets.plaintext import disarmed
from assets.registry import Table
from assets.release.cells import SPELLED

_BYTE_ORDER_MARK = "\ufeff"

_QUOTED = re.compile('[",\r\n]')


def plain_csv(table: Table, frame: pa.Table) -> bytes:
    """The table as CSV for programs: UTF-8, LF."""
    return _document(table, frame, "\n").encode()


def excel_csv(table: Table, frame: pa.Table) -> bytes:
    """The table as CSV for Excel: UTF-8 with byte order mark, CRLF."""
    return (_BYTE_ORDER_MARK + _document(table, frame, "\r\n")).encode()


def text_csv(rows: Iterable[Sequence[str | None]]) -> bytes:
    """Rows of text as CSV for programs, the header first."""
    return "".join(f"{','.join(_fields(disarmed, row))}\n" for row in rows).encode()


_WRITTEN: dict[str, Callable[[Any], str]] = {**SPELLED, "string": disarmed}


def _document(table: Table, frame: pa.Table, line_end: str) -> str:
    columns = [
        _fields(_WRITTEN[column.type], frame[column.name].to_pylist()) for column in table.columns
    ]
    lines = [",".join(table.column_names), *map(",".join, zip(*columns, strict=True))]
    return "".join(line + line_end for line in lines)


def _fields(written: Callable[[Any], str], values: Iterable[Any]) -> list[str]:
    return ["" if value is None else _field(written(value)) for value in values]


def _field(text: str) -> str:
    if text == "" or _QUOTED.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
