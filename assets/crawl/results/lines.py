"""Documents of results cut into lines, in whichever of the three formats they come.

Belongs here: telling the format by the content, cutting, and the kind and types of one line. Does
not belong here: what a line means beside its target and round (`reading`).

Parquet is read in a process of its own with limits, as files from outside are; JSON Lines and CSV
are read line by line with the standard library.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from assets.crawl.results.document import FIELDS, LINE, ROUND, SCHEMA_KEY, columns, wide_columns
from assets.csvtext import StrictReader
from assets.plaintext import plain
from assets.received.parquet import MOST_LINES
from assets.received.sandbox import ask_once
from assets.received.setaside import RAW_LENGTH, Fault
from assets.received.worker import DONE, Limits
from assets.registry import Column

#: Characters of one line.
LONGEST = 100_000

_LF = b"\n"

_PARQUET_READER = "assets.received.parquet:read_plain"
_PARQUET_LIMITS = Limits(memory_bytes=2 * 1024**3, result_bytes=200 * 1024**2)

_OBJECT = re.compile(r"\s*\{")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_INT_BOUNDS = {"int": 2**31, "bigint": 2**63}
_BOOLS = {"true": True, "false": False}


#: A value as it stands in a document in the type of its column.
Convert = Callable[[Any, Column], Any]


class DocumentError(ValueError):
    """Nothing of a document can be read: the rule of reasons.yaml, and what was found."""

    def __init__(self, rule_id: str, found: str) -> None:
        self.rule_id, self.found = rule_id, plain(found, RAW_LENGTH)
        super().__init__(f"{rule_id}: {self.found}")


@dataclass(frozen=True)
class Read:
    """A line: its number in the document from 1, its kind and values by field, or its fault; and
    the target that it says it is of."""

    line_no: int
    kind: str = ""
    values: dict[str, Any] | None = None
    fault: Fault | None = None
    target_id: str = ""


def read_lines(content: bytes) -> tuple[list[Read], int]:
    """The lines of a document and the number of blank ones. DocumentError if there are none to
    be told apart."""
    if _is_parquet(content):
        return _parquet(content)
    if _has_too_many_lines(content):
        raise DocumentError("too_many_lines", f"{content.count(_LF):,} lines")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("not_utf8", f"byte {error.start}") from None
    return _jsonl(text) if _OBJECT.match(text) else _csv(text)


def count_lines(content: bytes) -> tuple[list[int], int]:
    """Numbers of the lines of a document that cannot be read, and how many lines are blank. What
    has no lines, or too many, is one line."""
    if _is_parquet(content) or _has_too_many_lines(content) or not content.strip():
        return [1], 0
    lines = content.removesuffix(_LF).split(_LF)
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    return numbers, len(lines) - len(numbers)


def _is_parquet(content: bytes) -> bool:
    return content.startswith(b"PAR1")


def _has_too_many_lines(content: bytes) -> bool:
    return content.count(_LF) > MOST_LINES


def _jsonl(text: str) -> tuple[list[Read], int]:
    lines = text.removesuffix("\n").split("\n")
    made = [_json_line(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    return made, len(lines) - len(made)


def _json_line(number: int, line: str) -> Read:
    if len(line) > LONGEST:
        return Read(number, fault=Fault("line_too_long", found=line))
    try:
        said = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
        if not isinstance(said, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError):
        return Read(number, fault=Fault("not_an_object", found=line))
    return _typed(number, said, _native)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is given twice")
    return made


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _csv(text: str) -> tuple[list[Read], int]:
    reader = StrictReader(io.StringIO(text, newline=""))
    made: list[Read] = []
    blank, line_no = 0, 1
    try:
        header = next(reader, [])
        _must_be_wide(header)
        while True:
            line_no = reader.line_num + 1
            cells = next(reader, None)
            if cells is None:
                return made, blank
            if any(cell.strip() for cell in cells):
                made.append(_csv_line(line_no, header, cells))
            else:
                blank += 1
    except csv.Error as error:
        raise DocumentError("not_a_document", f"line {line_no}: {error}") from None


def _csv_line(number: int, header: list[str], cells: list[str]) -> Read:
    if len(cells) != len(header):
        found = f"{len(cells)} cells instead of {len(header)}"
        return Read(number, fault=Fault("wrong_cells", found=found))
    if sum(map(len, cells)) > LONGEST:
        return Read(number, fault=Fault("line_too_long", found=",".join(cells)))
    return _typed(number, dict(zip(header, cells, strict=True)), _from_text)


def _must_be_wide(names: list[str]) -> None:
    if sorted(names) != sorted(wide_columns()):
        raise DocumentError("wrong_columns", ",".join(names))


def _parquet(content: bytes) -> tuple[list[Read], int]:
    answer = ask_once(_PARQUET_READER, content, _PARQUET_LIMITS)
    if answer["outcome"] != DONE:
        raise DocumentError("not_a_document", str(answer["outcome"]))
    said = answer["result"]
    if "refused" in said:
        raise DocumentError("not_a_document", str(said["refused"]))
    try:  # what comes out of a process that read an outside file is outside data too
        names = [str(name) for name in said["columns"]]
        rows = list(zip(*said["cells"], strict=True))
    except (KeyError, TypeError, ValueError):
        raise DocumentError("not_a_document", "the result of reading it is no table") from None
    _must_be_wide(names)
    if rows and len(rows[0]) != len(names):
        raise DocumentError("not_a_document", "the result of reading it is no table")
    made = [
        _typed(number, dict(zip(names, cells, strict=True)), _native)
        for number, cells in enumerate(rows, start=1)
        if any(cell is not None for cell in cells)
    ]
    return made, len(rows) - len(made)


def _typed(number: int, said: dict[str, Any], convert: Convert) -> Read:
    """A line with its values in the types of the registry, or the first fault of it. A field that
    is null or empty is a field that is not there, in every format."""
    said = {name: value for name, value in said.items() if value is not None and value != ""}
    kind = said.pop(LINE, None)
    if not isinstance(kind, str) or kind not in FIELDS:
        return Read(number, fault=Fault("unknown_line", LINE, _told(kind)))
    target_id = _told(said.get("target_id", ""))
    values: dict[str, Any] = {}
    if kind == ROUND:
        values[SCHEMA_KEY] = said.pop(SCHEMA_KEY, None)
    fault = _fill(values, said, columns(kind), convert)
    return Read(number, kind, None if fault else values, fault, target_id)


def _fill(
    values: dict[str, Any], said: dict[str, Any], declared: Mapping[str, Column], convert: Convert
) -> Fault | None:
    """Puts what a line says into `values` in the types of the registry; its first fault."""
    extra = next((name for name in said if name not in declared), None)
    if extra is not None:
        return Fault("unknown_field", extra, _told(said[extra]))
    for name, column in declared.items():
        value = said.get(name)
        if value is None:
            if not column.nullable:
                return Fault("missing_field", name)
            values[name] = None
            continue
        try:
            values[name] = convert(value, column)
        except (ValueError, OverflowError):
            return Fault("wrong_type", name, _told(value))
    return None


def _told(value: Any) -> str:
    """A value that is at fault, for a person; of what is nested only what it is."""
    if isinstance(value, str | int | float) or value is None:
        return str(value)
    return "a list" if isinstance(value, list) else "an object"


def _native(value: Any, column: Column) -> Any:
    """A value of JSON or Parquet in the type of its column. ValueError if it is of another."""
    if column.type in _INT_BOUNDS:
        bound = _INT_BOUNDS[column.type]
        if type(value) is not int or not -bound <= value < bound:
            raise ValueError("no whole number")
        return value
    if column.type == "bool":
        if type(value) is not bool:
            raise ValueError("neither true nor false")
        return value
    if not isinstance(value, str) or _SURROGATE.search(value):
        raise ValueError("no text")
    return _of_text(value, column)


def _from_text(cell: str, column: Column) -> Any:
    """A cell of a CSV in the type of its column. ValueError if it cannot be."""
    if column.type in _INT_BOUNDS:
        if not _WHOLE.match(cell):
            raise ValueError("no whole number")
        return _native(int(cell), column)
    if column.type == "bool":
        return _native(_BOOLS.get(cell.lower()), column)
    return _of_text(cell, column)


def _of_text(text: str, column: Column) -> Any:
    if column.type == "date":
        return date.fromisoformat(text)
    if column.type == "timestamp":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment.astimezone(UTC)
    return plain(text, LONGEST)
