"""A table as JSON: an array of objects, one a line, with every column in declared order.

UTF-8, LF. Null is null; whole numbers, true and false are JSON's own; text is raw, as in Parquet.
A decimal is a string (`"0.923"`, spelled as in CSV): most readers turn a JSON number into a binary
float, and a figure of a release is never one. Dates and times are ISO text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa

from assets.registry import Table
from assets.release.cells import SPELLED

#: Types that JSON holds exactly.
_NATIVE = frozenset({"string", "int", "bigint", "bool"})


def table_json(table: Table, frame: pa.Table) -> bytes:
    """The table as JSON; the same rows give the same bytes."""
    columns = [_values(column.type, frame[column.name].to_pylist()) for column in table.columns]
    lines = ",\n".join(
        _line(dict(zip(table.column_names, row, strict=True))) for row in zip(*columns, strict=True)
    )
    return f"[\n{lines}\n]\n".encode() if lines else b"[]\n"


def _values(type_: str, values: list[Any]) -> list[Any]:
    if type_ in _NATIVE:
        return values
    spelled: Callable[[Any], str] = SPELLED[type_]
    return [None if value is None else spelled(value) for value in values]


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))
