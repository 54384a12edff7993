"""One small file judged: every line accepted, set aside with its reasons, or blank; or the file
rejected as a whole.

Belongs here: rules of lines and of the whole file, whatever its format. Does not belong here:
formats (`formats`), single cells (`readings`), rows of several files together (`catalogue`).

A line that speaks of another year than the one asked for is no line of that year and not counted,
so that one file may serve several years. A line whose year cannot be told is one of every year.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets import gates
from assets.received import refusal
from assets.received.delivery import Delivery
from assets.received.letters import refuse_font_encoding, telling
from assets.received.refusal import FileRefusedError
from assets.received.setaside import Fault, Reasons, Row, gate_words, loose_schema, words
from assets.services import personal
from assets.services.layouts import (
    Field,
    Layout,
    declared,
    folded,
    is_too_faulty,
    layouts,
    meanings,
)
from assets.services.tables.clashes import CLASHES
from assets.services.tables.formats import Line, RawTable, open_table
from assets.services.tables.readings import Bodies, CellFaultError, read_cell

#: A period without an end.
_OPEN = 9999
#: How names are read: a sign of a person's name in them is none, an office may be called so.
_NAMES = ("text", "body")


@dataclass(frozen=True)
class ServiceFile:
    """A file of a kind of `layouts.yaml` as taken in. `years` are those that its description says
    it speaks of; empty: any."""

    delivery: Delivery
    kind: str
    years: tuple[int, ...]
    version_no: int = 1
    supersedes_sha256: str | None = None


@dataclass
class Judged:
    """A file and what became of it.

    refusal  why the file is rejected as a whole, in words; None if it is not
    numbers  of the lines of the year that are not blank
    cases    that a line speaks of, as far as it can be read, by line
    rows     that are accepted, by line
    faults   by line
    """

    file: ServiceFile
    layout: Layout
    table: RawTable = field(default_factory=lambda: RawTable(refusal.UNKNOWN))
    refusal: Row | None = None
    numbers: list[int] = field(default_factory=list)
    cases: dict[int, int] = field(default_factory=dict)
    rows: dict[int, Row] = field(default_factory=dict)
    faults: dict[int, list[Row]] = field(default_factory=dict)

    def set_aside(self, line_no: int, said: Row) -> None:
        """Set a line aside; every fault of a line is told."""
        self.faults.setdefault(line_no, []).append(said)
        self.rows.pop(line_no, None)

    def refuse(self, error: FileRefusedError) -> None:
        """Reject the file. What it says of a person is told nowhere."""
        self.refusal, self.rows = words(Fault(error.rule_id, "", error.detail), reasons()), {}
        if error.rule_id == "personal_data":
            self.faults = {}


@cache
def reasons() -> Reasons:
    """Why a file or a line is not taken: the rules of this folder (`reasons.yaml`), and those
    of files and workbooks, with what to do here."""
    said: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("reasons.yaml").read_text("utf-8")
    )
    of_files: Reasons = {
        rule: {
            "reason_en": reason["reason_en"],
            "reason_vi": reason["reason_vi"],
            "what_to_do": said["of_files"],
        }
        for rule, reason in refusal.reasons().items()
    }
    return {**of_files, **said["rules"]}


def judge(file: ServiceFile, year: int, bodies: Bodies) -> Judged:
    """What a file says of a year. Never an error for what is in it."""
    judged = Judged(file, layouts()[file.kind])
    try:
        judged.table = open_table(file.delivery.content, judged.layout)
        judged.numbers = [line.line_no for line in judged.table.lines]
        _Judge(judged, year, bodies).judge()
    except FileRefusedError as error:
        if judged.table.file_format == refusal.UNKNOWN:
            judged.table.file_format = error.file_format
        judged.refuse(error)
    return judged


class _Judge:
    """Judges the lines of one file. FileRefusedError where the file is rejected as a whole."""

    def __init__(self, judged: Judged, year: int, bodies: Bodies) -> None:
        self.judged, self.layout, self.year, self.bodies = judged, judged.layout, year, bodies
        self.fields: tuple[Field, ...] = ()
        self.all_cases = 0

    def judge(self) -> None:
        table = self.judged.table
        if heading := personal.in_header(table.header):
            raise FileRefusedError("personal_data", f"column {heading}")
        self.fields = self.layout.bind(table.header)
        self._refuse_second_header()
        self._refuse_font_encoding()
        lines, total = self._without_total(table.lines)
        self._read(lines)
        if total is not None:
            self._check_total(total)
        if not self.judged.numbers:
            rule = "year_not_in_file" if lines else "no_lines"
            raise FileRefusedError(rule, f"{len(lines)} lines, none of {self.year}")
        self._clashes()
        self._gate()
        self._refuse_many_faults()

    # --- the file as a whole

    def _refuse_second_header(self) -> None:
        for line in self.judged.table.lines:
            texts = [cell.text for cell in line.cells]
            if self.layout.field(texts[0]) and 2 * self.layout.recognised(texts) > len(texts):
                raise FileRefusedError("two_headers", f"line {line.line_no}")

    def _refuse_font_encoding(self) -> None:
        texts = {
            cell.text
            for line in self.judged.table.lines
            for column, cell in zip(self.fields, line.cells, strict=True)
            if column.read in _NAMES
        }
        refuse_font_encoding("\n".join(sorted(texts)), telling(declared()["phrases"]))

    def _without_total(self, lines: Sequence[Line]) -> tuple[Sequence[Line], Line | None]:
        if self.layout.cases and lines and _is_total(lines[-1]):
            return lines[:-1], lines[-1]
        return lines, None

    def _check_total(self, line: Line) -> None:
        """The last line of totals must say what the lines above add up to."""
        names = [column.name for column in self.fields]
        cell = line.cells[names.index(self.layout.cases or "")]
        try:
            total = None if line.fault == "row_shape" else read_cell(cell, "", "count", self.bodies)
        except CellFaultError:
            total = None
        if total != self.all_cases:
            raise FileRefusedError(
                "total_differs",
                f"line {line.line_no} says {cell.text.strip()!r}, the lines add up to "
                f"{self.all_cases}",
            )

    def _refuse_many_faults(self) -> None:
        faulty, lines = len(self.judged.faults), len(self.judged.numbers)
        if is_too_faulty(faulty, lines):
            raise FileRefusedError("too_many_faults", f"{faulty} of {lines} lines")

    # --- lines

    def _read(self, lines: Sequence[Line]) -> None:
        self.judged.numbers = []
        for line in lines:
            values, faults = self._values(line)
            faults += self._line_faults(line, values, {fault.column for fault in faults})
            for fault in faults:
                self._refuse_personal(line.line_no, fault.column, fault.found)
            cases = values.get(self.layout.cases or "") or 0
            self.all_cases += cases
            if not self._is_of_year(values, faults):
                continue
            self.judged.numbers.append(line.line_no)
            self.judged.cases[line.line_no] = cases
            for fault in faults:
                self.judged.set_aside(line.line_no, words(fault, reasons()))
            if not faults:
                self.judged.rows[line.line_no] = self._row(line.line_no, values)

    def _values(self, line: Line) -> tuple[Row, list[Fault]]:
        """The cells that can be read, by column, and what is wrong with the others."""
        values: Row = {}
        faults: list[Fault] = []
        if line.fault == "row_shape":
            return values, faults
        for column, cell in zip(self.fields, line.cells, strict=True):
            is_blank = not cell.text.strip()
            if column.name == self.layout.cases:
                status = "not_stated" if is_blank else _status(cell.text)
                values["value_status"] = status or "reported"
                is_blank = status is not None
            try:
                values[column.name] = (
                    None if is_blank else read_cell(cell, column.name, column.read, self.bodies)
                )
            except CellFaultError as error:
                faults.append(Fault(error.rule_id, column.name, cell.text))
                continue
            if is_blank and not self.layout.table.column(column.name).nullable:
                faults.append(Fault("missing", column.name))
        return values, faults

    def _line_faults(self, line: Line, values: Row, faulty: Container[str]) -> list[Fault]:
        """What is wrong with a line beside its single cells; `faulty` are columns at fault."""
        if self.layout.cases and _is_total(line):
            return [Fault("total_inside")]
        if line.fault is not None:
            return [Fault(line.fault)]
        if any(values.get(name) or name in faulty for name in self.layout.one_of):
            return []
        return [Fault("none_of", " or ".join(self.layout.one_of))]

    def _refuse_personal(self, line_no: int, column: str, found: str) -> None:
        rule = personal.in_value(found)
        is_name = any(each.name == column and each.read in _NAMES for each in self.fields)
        if rule and not (rule == "person_name" and is_name):
            where = f"line {line_no}, {column}: {personal.MASK}"
            raise FileRefusedError("personal_data", where)

    def _is_of_year(self, values: Row, faults: list[Fault]) -> bool:
        """Whether a line speaks of the year; a fault is added if it is of no year of its file."""
        first, *rest = (values.get(name) for name in self.layout.period)
        last = rest[0] if rest else first
        if first is None or (last is not None and last < first):
            return True
        years = range(first.year, (last.year if last else _OPEN) + 1)
        if self.year in years:
            return True
        if rest or not self.judged.file.years or set(self.judged.file.years) & set(years):
            return False
        faults.append(Fault("other_year", self.layout.period[0], first.isoformat()))
        return True

    def _row(self, line_no: int, values: Row) -> Row:
        delivery = self.judged.file.delivery
        return {
            **dict.fromkeys(self.layout.table.column_names),
            **values,
            "assessment_year": self.year,
            "known_at": delivery.known_at,
            "is_synthetic": delivery.is_synthetic,
            "file_sha256": delivery.file_sha256,
            "line_no": line_no,
        }

    def _clashes(self) -> None:
        rule, column, find = CLASHES[self.layout.kind]
        for row, other in list(find(self.judged.rows.values())):
            said = words(Fault(rule, column, f"also line {other['line_no']}"), reasons())
            self.judged.set_aside(row["line_no"], said)

    def _gate(self) -> None:
        """Rows that break a rule of their table are set aside."""
        rows = list(self.judged.rows.values())
        table = self.layout.table
        split = gates.split(table, pa.Table.from_pylist(rows, schema=loose_schema(table)))
        for failure in split.failures.to_pylist():
            line_no, said = rows[failure["row_no"]]["line_no"], gate_words(failure)
            self._refuse_personal(line_no, said["column_name"], said["raw_value"] or "")
            self.judged.set_aside(line_no, said)


def _is_total(line: Line) -> bool:
    first = next((cell.text for cell in line.cells if cell.text.strip()), "")
    return folded(first) in meanings("totals")


def _status(text: str) -> str | None:
    """The status of the value that words in the place of a count mean."""
    return meanings("status_words").get(folded(text))
