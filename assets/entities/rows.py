"""Strict reading of a hand-kept CSV file into rows, with every fault named.

Belongs here: encoding, header, number of cells, the typed reading of one cell, and the error
they raise. Does not belong here: what the columns mean.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from assets.csvtext import StrictReader

#: A cell that a spreadsheet would run as a formula; written with one more leading quote mark.
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


@dataclass(frozen=True)
class Fault:
    """One fault of a source file: where it is, which rule it breaks and what to do. `line_no` is
    None when the fault is of the file as a whole, `column` is empty when it is of the whole row."""

    file_name: str
    line_no: int | None
    column: str
    rule: str
    message: str
    what_to_do: str

    def __str__(self) -> str:
        line = "" if self.line_no is None else f", line {self.line_no}"
        column = f", column {self.column}" if self.column else ""
        return f"{self.file_name}{line}{column}: {self.message} [{self.rule}] {self.what_to_do}"


class BodiesError(ValueError):
    """The files about bodies are at fault; `faults` lists all that were found at once."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def raise_any(faults: Sequence[Fault]) -> None:
    """Raise BodiesError when there is any fault."""
    if faults:
        raise BodiesError(faults)


@dataclass(frozen=True)
class Row:
    """One row of a file. The readers below note a fault and return a harmless stand-in, so that
    one pass finds every fault; the caller raises them before a row is used."""

    file_name: str
    line_no: int
    cells: dict[str, str]
    faults: list[Fault]

    def fault(self, column: str, rule: str, message: str, what_to_do: str) -> None:
        self.faults.append(Fault(self.file_name, self.line_no, column, rule, message, what_to_do))

    def raw(self, column: str) -> str:
        """The cell as it stands, without the quote mark that keeps spreadsheets from running it."""
        cell = self.cells[column]
        return cell[1:] if _GUARDED.match(cell) else cell

    def text(self, column: str) -> str:
        """Required text in NFC with single spaces."""
        cell = self.cells[column]
        if not cell:
            self.fault(column, "required", "the cell is empty", "Fill it in.")
        self._tidy(column, cell)
        return cell

    def optional(self, column: str) -> str | None:
        """Text in NFC with single spaces, or None when the cell is empty."""
        return self.text(column) if self.cells[column] else None

    def items(self, column: str) -> tuple[str, ...]:
        """Texts separated by `|`; none of them empty or given twice."""
        cell = self.cells[column]
        found = tuple(cell.split("|")) if cell else ()
        for item in found:
            self._tidy(column, item)
            if not item or found.count(item) > 1:
                message = f"{item!r} in the list is empty or given twice"
                self.fault(column, "list", message, "List each item once, separated by |.")
                break
        return found

    def coded(self, column: str, codes: Sequence[str]) -> str:
        """One of the allowed codes."""
        cell = self.cells[column]
        if cell not in codes:
            message = f"{cell!r} is not an allowed code"
            self.fault(column, "code", message, f"Use one of {', '.join(codes)}.")
        return cell

    def matching(self, column: str, pattern: str) -> str:
        """Text that fits the whole pattern."""
        cell = self.text(column)
        if cell and not re.fullmatch(pattern, cell):
            message = f"{cell!r} does not have the form {pattern}"
            self.fault(column, "form", message, "Mend the cell.")
        return cell

    def day(self, column: str) -> date | None:
        """An ISO date, or None when the cell is empty."""
        cell = self.cells[column]
        try:
            return date.fromisoformat(cell) if cell else None
        except ValueError:
            message = f"{cell!r} is not a date"
            self.fault(column, "date", message, "Write it as YYYY-MM-DD.")
            return None

    def number(self, column: str) -> int:
        """A whole number from 0."""
        cell = self.cells[column]
        if not re.fullmatch(r"[0-9]{1,9}", cell):
            message = f"{cell!r} is not a whole number"
            self.fault(column, "number", message, "Write digits only.")
            return 0
        return int(cell)

    def optional_number(self, column: str) -> int | None:
        """A whole number from 0, or None when the cell is empty."""
        return self.number(column) if self.cells[column] else None

    def _tidy(self, column: str, text: str) -> None:
        if text != unicodedata.normalize("NFC", " ".join(text.split())):
            message = f"{text!r} has spare spaces or decomposed letters"
            what_to_do = "Write it in NFC with single spaces and none at the ends."
            self.fault(column, "tidy_text", message, what_to_do)


def read_rows(content: bytes, file_name: str, columns: Sequence[str]) -> list[Row]:
    """Rows of a UTF-8 CSV file (a byte order mark is allowed) with exactly these columns in this
    order; blank lines are passed over. All rows share one list of faults. Raises BodiesError
    when the file cannot be cut into such rows."""

    def refuse(line_no: int | None, rule: str, message: str, what_to_do: str) -> BodiesError:
        return BodiesError([Fault(file_name, line_no, "", rule, message, what_to_do)])

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_no = content[: error.start].count(b"\n") + 1
        what_to_do = "Save the file as CSV in UTF-8."
        raise refuse(line_no, "encoding", "the file is not UTF-8", what_to_do) from None
    reader = StrictReader(io.StringIO(text, newline=""))
    faults: list[Fault] = []
    rows: list[Row] = []
    header: list[str] | None = None
    line_no = 1
    try:
        for cells in reader:
            if header is None:
                header = cells
                if header != list(columns):
                    message = f"the header is {','.join(header)!r}"
                    raise refuse(1, "header", message, f"The header must be {','.join(columns)}.")
            elif cells and len(cells) != len(columns):
                message = f"the row has {len(cells)} cells instead of {len(columns)}"
                what_to_do = "Put texts with commas in double quotes; keep every column."
                faults.append(Fault(file_name, line_no, "", "cells", message, what_to_do))
            elif cells:
                named = dict(zip(columns, cells, strict=True))
                rows.append(Row(file_name, line_no, named, faults))
            line_no = reader.line_num + 1
    except csv.Error as error:
        raise refuse(line_no, "csv", f"the row cannot be read: {error}", "Mend it.") from None
    if header is None:
        raise refuse(1, "header", "the file is empty", f"Begin with {','.join(columns)}.")
    raise_any(faults)
    return rows


def write_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """CSV for spreadsheets: UTF-8 with a byte order mark; cells that would run as formulas are
    led by a quote mark, which `Row.raw` takes off again."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([f"'{cell}" if _FORMULA.match(cell) else cell for cell in row])
    return buffer.getvalue().encode("utf-8-sig")
