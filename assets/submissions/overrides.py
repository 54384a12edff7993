"""Reviewed decisions that replace a figure: reading the file of a year.

Belongs here: what a decision must say. A decision speaks only for the very value in `figure`
(empty: there was none); the last one on a figure holds. The file is added to, never begun anew:
a later version takes the place of the earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

import pyarrow as pa

from assets import registry
from assets.entities.rows import Row
from assets.received.reviewed import Entry, dated, entries_table, filled, peek, read_entries
from assets.submissions.asked import Asked, asked_entry, exact_number, figure

if TYPE_CHECKING:
    from assets.method.model import Input
    from assets.received.delivery import Delivery

TABLE = "raw_overrides"

#: Columns of the file, in order.
COLUMNS = (
    "assessment_year",
    "index_code",
    "body_code",
    "input_code",
    "figure",
    "state",
    "value",
    "reason",
    "author",
    "evidence",
)

#: What makes a decision the same one in a later file.
IDENTITY = (
    "index_code",
    "body_code",
    "input_code",
    "figure",
    "observation_state",
    "value",
    "class_code",
    "decision_reason",
    "author",
    "evidence",
    "is_synthetic",
)

OVERRIDDEN = "overridden"


def peek_overrides(content: bytes, file_name: str) -> int:
    """The year that a file is about, without judging it. ReviewedFileError unless there is
    exactly one."""
    (year,) = peek(content, file_name, COLUMNS, ("assessment_year",))
    return int(year)


def read_overrides(delivery: Delivery, asked: Asked) -> list[Entry]:
    """The decisions of one file as rows of raw_overrides.

    ReviewedFileError names file, line, column, rule and what to do, for every fault: not
    UTF-8, other columns, another year, an unknown body or figure, a state or value that cannot
    be, no reason, author or evidence, two decisions on the same value of a figure.
    """
    seen: dict[tuple[str, ...], int] = {}

    def judge(row: Row) -> Entry:
        entry = asked_entry(row, asked)
        spoken_of = tuple(row.cells[c] for c in ("index_code", "body_code", "input_code", "figure"))
        first = seen.setdefault(spoken_of, row.line_no)
        if first != row.line_no:
            message = f"the same value of {spoken_of[2]} is already decided on line {first}"
            row.fault("figure", "twice", message, "Keep one decision on each value.")
        return _decision(row, entry, asked, delivery)

    return read_entries(delivery.content, delivery.file_name, COLUMNS, judge)


def overrides_table(documents: Iterable[Sequence[Delivery]], asked: Asked) -> pa.Table:
    """raw_overrides from the documents held for the year, each as all its versions, the oldest
    first: the decisions of the last ones, each dated by the version that brought it."""
    return entries_table(
        TABLE,
        [
            entry
            for versions in documents
            for entry in dated(versions, lambda d: read_overrides(d, asked), IDENTITY)
        ],
    )


def _decision(row: Row, entry: Input | None, asked: Asked, delivery: Delivery) -> Entry:
    state = row.coded("state", registry.table(TABLE).column("observation_state").codes)
    text = row.cells["value"]
    value, class_code = None, None
    if state == OVERRIDDEN and not text:
        row.fault("value", "value_missing", "no value is given", "Give the value that is right.")
    elif state != OVERRIDDEN and text:
        message = f"{text!r} is given for a figure that is {state}"
        row.fault("value", "value_unwanted", message, "Leave the value empty, or say overridden.")
    elif text and entry is not None and entry.kind == "class":
        class_code = _class(row, text, asked)
    elif text and entry is not None:
        value = _number(row, text, entry)
    said = {column: filled(row, column) for column in ("reason", "author", "evidence")}
    for column in (column for column, words in said.items() if not words):
        row.fault(column, "required", "the cell is empty", "Fill it in.")
    return {
        "file_sha256": delivery.file_sha256,
        "line_no": row.line_no,
        "assessment_year": asked.year,
        "index_code": row.cells["index_code"],
        "body_code": row.cells["body_code"],
        "input_code": row.cells["input_code"],
        "figure": figure(row),
        "observation_state": state,
        "value": value,
        "class_code": class_code,
        "decision_reason": said["reason"],
        "author": said["author"],
        "evidence": said["evidence"],
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
    }


def _class(row: Row, code: str, asked: Asked) -> str:
    """The class, with the fault noted if no step of a tier is for it."""
    method = asked.method(row.cells["index_code"], row.cells["body_code"])
    allowed = [
        step.is_class
        for _, node in (method.walk() if method else ())
        if any(use.code == row.cells["input_code"] for use in node.inputs)
        for step in node.parameters.steps
        if step.is_class
    ]
    if code not in allowed:
        message = f"{code!r} is no class of the figure"
        row.fault("value", "class", message, f"Use one of {', '.join(allowed)}.")
    return code


def _number(row: Row, text: str, entry: Input) -> Decimal | None:
    """The number, with the fault noted if the figure cannot be it; None for no number."""
    value = exact_number(text)
    least = Decimal(0) if entry.min is None else entry.min
    most = Decimal(1) if entry.kind == "boolean" else entry.max
    if value is None:
        message = f"{text!r} is not a plain number"
        what_to_do = "Write digits and a point, no separators, no zeros at the end."
        row.fault("value", "number", message, what_to_do)
    elif entry.kind in ("count", "boolean") and value != value.to_integral_value():
        row.fault("value", "whole", f"{text} is not whole", f"A {entry.kind} is a whole number.")
    elif value < least or (most is not None and value > most):
        message = f"{text} is not from {least} to {'any' if most is None else most}"
        row.fault("value", "bounds", message, "Give a value that the method allows.")
    return value
