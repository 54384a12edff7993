"""The first place at which a file of a release is not what it should be, in words.

Belongs here: comparing the bytes held with the bytes expected. Does not belong here: what is
expected, and of which file (`verify`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

#: Characters of a value that are shown.
_SHOWN = 120

_NO_COLUMN = object()


def csv_difference(held: bytes, expected: bytes, parquet: str) -> str:
    """The first cell of a CSV that is not that of the Parquet file named `parquet`."""
    try:
        there, wanted = _cells(held), _cells(expected)
    except (UnicodeDecodeError, csv.Error) as error:
        return f"cannot be read as CSV in UTF-8: {error}"
    names, rows, right = wanted[0], there[1:], wanted[1:]
    if there[:1] != [names]:
        return f"has other columns than {parquet}"
    return _rows(names, rows, right, parquet) or (
        f"has the cells of {parquet}, but other quotes, line ends or byte order mark"
    )


def json_difference(held: bytes, expected: bytes, parquet: str) -> str:
    """The first cell of a table as JSON that is not that of the Parquet file named `parquet`."""
    try:
        there = json.loads(held)
        names = sorted({name for row in there for name in row})
        rows = [[row.get(name, _NO_COLUMN) for name in names] for row in there]
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        return f"cannot be read as JSON rows in UTF-8: {error}"
    wanted = json.loads(expected)
    if wanted and names != sorted(wanted[0]) and rows:
        return f"has other columns than {parquet}"
    right = [[row[name] for name in names] for row in wanted] if rows else wanted
    return _rows(names, rows, right, parquet) or (
        f"has the cells of {parquet}, but another order of columns, blanks or escapes"
    )


def linked_difference(held: bytes, expected: bytes) -> str:
    """The first place of a JSON document that is not as expected."""
    try:
        there = json.loads(held)
    except (ValueError, RecursionError) as error:
        return f"cannot be read as JSON: {error}"
    found = _nested(there, json.loads(expected), "")
    return found or "says the same as expected, but in another spelling"


def text_difference(held: bytes, expected: bytes) -> str:
    """The first line of a text that is not as expected."""
    there = held.decode("utf-8", "replace").splitlines()
    wanted = expected.decode().splitlines()
    for number, (line, meant) in enumerate(zip(there, wanted, strict=False), start=1):
        if line != meant:
            return f"line {number} is {_short(line)}, but should be {_short(meant)}"
    if len(there) != len(wanted):
        return f"has {len(there):,} lines, but should have {len(wanted):,}"
    return "has the lines expected, but other line ends"


def difference_for(name: str) -> Callable[[bytes, bytes], str]:
    """The comparison that suits a file which is no table, by the ending of its name."""
    return linked_difference if name.endswith((".json", ".jsonld")) else text_difference


def _rows(
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    right: Sequence[Sequence[Any]],
    parquet: str,
) -> str | None:
    if len(rows) != len(right):
        return f"has {len(rows):,} rows, {parquet} has {len(right):,}"
    for row_no, (row, meant) in enumerate(zip(rows, right, strict=True), start=1):
        if len(row) != len(meant):
            return f"row {row_no} has {len(row)} cells instead of {len(meant)}"
        for column, cell, wanted in zip(names, row, meant, strict=True):
            if cell != wanted:
                return f"row {row_no}, column {column}: '{cell}', but {parquet} says '{wanted}'"
    return None


def _cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def _nested(there: Any, wanted: Any, place: str) -> str | None:
    if isinstance(there, dict) and isinstance(wanted, dict):
        for key in sorted({*there, *wanted}):
            if key not in there or key not in wanted:
                return f"{'lacks' if key in wanted else 'has an unexpected'} {place}/{key}"
            if found := _nested(there[key], wanted[key], f"{place}/{key}"):
                return found
        return None
    if isinstance(there, list) and isinstance(wanted, list):
        if len(there) != len(wanted):
            return f"has {len(there)} entries at {place}, but should have {len(wanted)}"
        pairs = enumerate(zip(there, wanted, strict=True))
        found_in = (_nested(one, other, f"{place}/{number}") for number, (one, other) in pairs)
        return next((found for found in found_in if found), None)
    if there != wanted or type(there) is not type(wanted):
        return f"says {_short(there)} at {place}, but should say {_short(wanted)}"
    return None


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
