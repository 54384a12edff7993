"""Documents of results cut into lines, in whichever of the three formats they come.

Belongs here: telling the format by the content, cutting, and the kind and types of one line. Does
not belong here: what a line means beside its target and round (`read_results`).

Parquet is read in a process of its own with limits, as files from outside are; JSON Lines and CSV
are read line by line with the standard library.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from assets.crawl.results import FIELDS, LINE, ROUND, SCHEMA_KEY, columns, wide_columns
from assets.registry import Column
from assets.submissions.sandbox import ask_once
from assets.submissions.worker import DONE, Limits

#: Characters of one line.
LONGEST = 100_000

_PARQUET_READER = "assets.crawl.result_parquet:read_plain"
_PARQUET_LIMITS = Limits(memory_bytes=3 * 1024**3, result_bytes=512 * 1024**2)

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_INT_BOUNDS = {"int": 2**31, "bigint": 2**63}


class DocumentError(ValueError):
    """Nothing of a document can be read: the rule, and what was found."""

    def __init__(self, rule_id: str, found: str) -> None:
        super().__init__(f"{rule_id}: {found}")
        self.rule_id, self.found = rule_id, found


@dataclass(frozen=True)
class Fault:
    """Why a line is not taken: rule of result_reasons.yaml, field, what stood there."""

    rule_id: str
    column: str = ""
    found: str = ""


@dataclass(frozen=True)
class Read:
    """A line: its number in the document from 1, its kind and values by field, or its fault."""

    line_no: int
    kind: str = ""
    values: dict[str, Any] | None = None
    fault: Fault | None = None


def read_lines(content: bytes) -> tuple[list[Read], int]:
    """The lines of a document and the number of blank ones. DocumentError if there are none to
    be told apart."""
    if content.startswith(b"PAR1"):
        return _parquet(content), 0
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("not_utf8", f"byte {error.start}") from None
    if text.lstrip().startswith("{"):
        return _jsonl(text)
    return _csv(text)


def _jsonl(text: str) -> tuple[list[Read], int]:
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    made = [_json_line(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    return made, len(lines) - len(made)


def _json_line(number: int, line: str) -> Read:
    if len(line) > LONGEST:
        return Read(number, fault=Fault("line_too_long", found=line[:100]))
    try:
        said = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
        if not isinstance(said, dict):
            raise ValueError("no object")
    except (ValueError, RecursionError):
        return Read(number, fault=Fault("not_an_object", found=line[:100]))
    return _typed(number, said, _native)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key is given twice")
    return made


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _csv(text: str) -> tuple[list[Read], int]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    made: list[Read] = []
    blank, line_no = 0, 1
    try:
        header = next(reader, [])
        if sorted(header) != sorted(wide_columns()):
            raise DocumentError("wrong_columns", ",".join(header)[:100])
        for cells in reader:
            line_no += 1
            if not any(cells):
                blank += 1
            elif len(cells) != len(header):
                made.append(Read(line_no, fault=Fault("missing_field", found=f"{len(cells)}")))
            elif sum(map(len, cells)) > LONGEST:
                made.append(Read(line_no, fault=Fault("line_too_long", found=cells[0])))
            else:
                said = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
                made.append(_typed(line_no, said, _from_text))
    except csv.Error as error:
        raise DocumentError("not_a_document", f"row {line_no}: {error}") from None
    return made, blank


def _parquet(content: bytes) -> list[Read]:
    answer = ask_once(_PARQUET_READER, content, _PARQUET_LIMITS)
    result = answer["result"]
    if answer["outcome"] != DONE or not isinstance(result, dict) or "refused" in result:
        why = result.get("refused", "") if isinstance(result, dict) else ""
        raise DocumentError("not_a_document", str(why or answer["outcome"])[:200])
    names = result["columns"]
    if sorted(names) != sorted(wide_columns()):
        raise DocumentError("wrong_columns", ",".join(names)[:100])
    return [
        _typed(
            number,
            {name: cell for name, cell in zip(names, cells, strict=True) if cell is not None},
            _native,
        )
        for number, cells in enumerate(zip(*result["cells"], strict=True), start=1)
    ]


def _typed(number: int, said: dict[str, Any], convert: Callable[[Any, Column], Any]) -> Read:
    """A line with its values in the types of the registry, or the first fault of it."""
    kind = said.pop(LINE, None)
    if not isinstance(kind, str) or kind not in FIELDS:
        return Read(number, fault=Fault("unknown_line", LINE, str(kind)))
    values: dict[str, Any] = {}
    if kind == ROUND:
        values[SCHEMA_KEY] = said.pop(SCHEMA_KEY, None)
    declared = columns(kind)
    extra = next((name for name in said if name not in declared), None)
    if extra is not None:
        return Read(number, kind, fault=Fault("unknown_field", extra, str(said[extra])))
    for name, column in declared.items():
        value = said.get(name)
        if value is None:
            if not column.nullable:
                return Read(number, kind, fault=Fault("missing_field", name))
            values[name] = None
            continue
        try:
            values[name] = convert(value, column)
        except (ValueError, OverflowError):
            return Read(number, kind, fault=Fault("wrong_type", name, str(value)))
    return Read(number, kind, values)


def _native(value: Any, column: Column) -> Any:
    """A value of JSON or Parquet in the type of its column. ValueError if it is of another."""
    if column.type in _INT_BOUNDS:
        if (
            type(value) is not int
            or not -_INT_BOUNDS[column.type] <= value < _INT_BOUNDS[column.type]
        ):
            raise ValueError("no whole number")
        return value
    if column.type == "bool":
        if type(value) is not bool:
            raise ValueError("neither true nor false")
        return value
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise ValueError("no text")
    return _dated(value, column)


def _from_text(cell: str, column: Column) -> Any:
    """A cell of a CSV in the type of its column. ValueError if it cannot be."""
    if column.type in _INT_BOUNDS:
        if not _WHOLE.match(cell):
            raise ValueError("no whole number")
        return _native(int(cell), column)
    if column.type == "bool":
        return {"true": True, "false": False}[cell] if cell in ("true", "false") else _fail()
    return _dated(cell, column)


def _fail() -> Any:
    raise ValueError("neither true nor false")


def _dated(text: str, column: Column) -> Any:
    if column.type == "date":
        return date.fromisoformat(text)
    if column.type == "timestamp":
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a time without its zone")
        return moment
    return text


def line_numbers(content: bytes) -> Iterator[int]:
    """Numbers of the lines of a document that cannot be read; one for what has no lines."""
    if content.startswith(b"PAR1") or not content.strip():
        yield 1
        return
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield number
