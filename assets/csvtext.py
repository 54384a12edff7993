"""CSV from outside cut into cells, the same way in every process.

The longest cell that Python's csv takes is a setting of the whole process, and libraries change it
(dbt's among them). What becomes of a file must not depend on what ran before.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

#: Characters of the longest cell; as Python's csv has it from the start.
LONGEST_CELL = 131_072


class StrictReader:
    """Rows of cells as by `csv.reader(lines, strict=True)`; csv.Error where a row is not well
    formed or a cell is longer than LONGEST_CELL, whatever the process allows."""

    def __init__(self, lines: Iterable[str], delimiter: str = ",") -> None:
        self._rows = csv.reader(lines, delimiter=delimiter, strict=True)

    @property
    def line_num(self) -> int:
        """Lines read so far."""
        return self._rows.line_num

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        cells = next(self._rows)
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise csv.Error(f"field larger than field limit ({LONGEST_CELL})")
        return cells
