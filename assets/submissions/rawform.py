"""What stands in a filled form, before anything is judged: head and lines with the kind of each
cell (`assets.received.rawcell`), the same for every format.

Belongs here: the shape, its plain data for the pipe between processes, where a cell stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assets.received.rawcell import EMPTY, RawCell
from assets.received.refusal import CSV, XLSX
from assets.submissions.form import COLUMNS


@dataclass(frozen=True)
class RawLine:
    """A line. `row` counts rows or lines from 1 (XLSX, CSV) or lines from 0 (JSON).

    `cells` holds what is not blank, by key of `COLUMNS`; `fault` is the rule by which the line as
    a whole cannot be read, if there is one.
    """

    row: int
    cells: Mapping[str, RawCell]
    fault: str | None = None

    def cell(self, key: str) -> RawCell:
        """The cell of a column, blank if there is nothing in it."""
        return self.cells.get(key, EMPTY)

    @property
    def input_code(self) -> str:
        return self.cell("input_code").tidy


@dataclass(frozen=True)
class RawForm:
    """A form as it came back. `head` is by key of `HEAD`; `sheet_name` only for workbooks."""

    file_format: str
    head: Mapping[str, str]
    lines: tuple[RawLine, ...]
    sheet_name: str | None = None

    def place(self, line: RawLine, key: str) -> str:
        """Where a cell stands: `F12`, `line 12, value` or `lines[3].value`."""
        if self.file_format == XLSX:
            return f"{'ABCDEFGHI'[tuple(COLUMNS).index(key)]}{line.row}"
        if self.file_format == CSV:
            return f"line {line.row}, {key}"
        return f"lines[{line.row}].{key}"

    def as_plain(self) -> dict[str, Any]:
        """Lists, objects and text only; `from_plain` is the way back."""
        return {
            "file_format": self.file_format,
            "sheet_name": self.sheet_name,
            "head": dict(self.head),
            "lines": [
                [line.row, line.fault, {k: [c.text, c.kind] for k, c in line.cells.items()}]
                for line in self.lines
            ],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> RawForm:
        """The form that `as_plain` wrote. KeyError, TypeError or ValueError for anything else."""
        return cls(
            file_format=str(plain["file_format"]),
            sheet_name=None if plain["sheet_name"] is None else str(plain["sheet_name"]),
            head={str(key): str(text) for key, text in plain["head"].items()},
            lines=tuple(_lines(plain["lines"])),
        )


def _lines(plain: list[Any]) -> Iterator[RawLine]:
    for row, fault, cells in plain:
        yield RawLine(
            int(row),
            {str(key): RawCell(str(text), str(kind)) for key, (text, kind) in cells.items()},
            None if fault is None else str(fault),
        )
