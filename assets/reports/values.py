"""From a printed table to typed values: rows are put together over page breaks, merged cells are
carried down, combined rows are given to each of their bodies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from assets.reports.cells import (
    Label,
    Reading,
    read_bodies,
    read_cell,
    read_labels,
)
from assets.reports.errors import UnreadableError
from assets.reports.layout import ReportLayout, TableLayout
from assets.reports.lines import PrintedRow, PrintedTable
from assets.reports.quarantine import Fault
from assets.reports.statements import read_statements


@dataclass(frozen=True)
class Value:
    """One reading in its place: row, column and body. `body_no` is 0 without a body."""

    reading: Reading
    row: PrintedRow
    column_no: int
    body_no: int
    body_printed: str | None
    body_note: str | None
    statistic_group: str | None


@dataclass
class _Subject:
    """What a row is about."""

    bodies: list[tuple[str | None, str | None]]
    labels: list[Label] = field(default_factory=list)
    group: str | None = None


class _LineError(Exception):
    """The row has no readable subject, so none of its cells has a meaning."""

    def __init__(self, rule_id: str, column_no: int = 0) -> None:
        super().__init__(rule_id)
        self.rule_id, self.column_no = rule_id, column_no


def _logical_rows(table: PrintedTable) -> Iterator[list[PrintedRow]]:
    """Rows with the lines that continue them."""
    group: list[PrintedRow] = []
    for row in table.rows:
        if row.kind == "continuation":
            group.append(row)
        elif row.kind in ("data", "total"):
            if group:
                yield group
            group = [row]
    if group:
        yield group


def _subject(
    row: PrintedRow, table: TableLayout, layout: ReportLayout, group: str | None
) -> _Subject:
    """The subject of the row; `group` is the heading above. Raises _LineError."""
    carried = [i for i, column in enumerate(table.columns) if column.carry_down]
    blank = [i for i in carried if not row.texts[i]]
    if blank and len(blank) < len(carried):
        raise _LineError("carry_mismatch")
    if blank and group is None:
        raise _LineError("nothing_to_carry")
    subject = _Subject(bodies=[(None, None)], group=group)
    for column_no, (column, text) in enumerate(zip(table.columns, row.texts, strict=True), start=1):
        try:
            if column.type == "body" and row.kind != "total":
                subject.bodies = [*read_bodies(text, table.body_separators)]
            elif column.type == "label":
                subject.labels = read_labels(text, layout)
            elif column.type == "group" and text:
                subject.group = text
        except UnreadableError as error:
            raise _LineError(error.rule_id, column_no) from None
    return subject


def _row_readings(
    rows: list[PrintedRow], table: TableLayout, layout: ReportLayout, subject: _Subject
) -> tuple[list[tuple[int, Reading]], list[Fault]]:
    """Readings with their column number, and the faults, of one row over its lines."""
    first, *later = rows
    found: list[tuple[int, Reading]] = []
    faults: list[Fault] = []
    spanned: str | None = None
    for column_no, (column, text) in enumerate(
        zip(table.columns, first.texts, strict=True), start=1
    ):
        raws = [r.raw[column_no - 1] if column_no <= len(r.raw) else "" for r in rows]
        if column.type == "statements":
            pieces = list(zip((r.line_no for r in rows), raws, strict=True))
            readings, unread = read_statements(column, column_no, pieces)
            found += [(column_no, reading) for reading in readings]
            faults += unread
            continue
        faults += [
            Fault(
                r.line_no,
                "continuation_unannounced",
                r.texts[column_no - 1],
                column_no,
                column.name,
            )
            for r in later
            if r.texts[column_no - 1]
        ]
        if column.type in ("body", "group", "label"):
            continue
        if column.type == "rank" and first.kind == "total":
            continue
        try:
            readings = read_cell(
                column, raws[0], text, layout, labels=subject.labels, spanned=spanned
            )
        except UnreadableError as error:
            faults.append(Fault(first.line_no, error.rule_id, text, column_no, column.name))
            continue
        found += [(column_no, reading) for reading in readings]
        if column.type == "count":
            status = readings[0].value_status
            spanned = status if status != "reported" else None
    return found, faults


def read_table(table: PrintedTable, layout: ReportLayout) -> tuple[list[Value], list[Fault]]:
    """Typed values of a table in printed order, and what could not be read. A row whose subject
    cannot be read is set aside with all its lines; of any other row the readable cells are kept.
    """
    values: list[Value] = []
    faults: list[Fault] = []
    group: str | None = None
    for rows in _logical_rows(table):
        first = rows[0]
        try:
            if first.problem:
                raise _LineError(first.problem)
            subject = _subject(first, table.layout, layout, group)
        except _LineError as error:
            group = None
            no = error.column_no
            raw = first.texts[no - 1] if no else "\t".join(first.raw)
            name = table.layout.columns[no - 1].name if no else None
            faults.append(Fault(first.line_no, error.rule_id, raw, no, name))
            faults += [
                Fault(row.line_no, "continuation_of_quarantined", "\t".join(row.raw))
                for row in rows[1:]
            ]
            continue
        group = subject.group
        readings, unread = _row_readings(rows, table.layout, layout, subject)
        faults += unread
        values += [
            Value(reading, first, column_no, body_no if name else 0, name, note, subject.group)
            for body_no, (name, note) in enumerate(subject.bodies, start=1)
            for column_no, reading in readings
        ]
    return values, faults
