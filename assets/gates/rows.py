"""Take the rows that fail out of a frame, for the tables of the ingest stage.

Belongs here: the split into accepted and failing rows and its conservation. Does not belong
here: writing the quarantine tables, and rules over the whole table (a promotion checks those).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from assets.gates.check import GateResult, check_rows
from assets.gates.messages import GateError
from assets.registry import Table


@dataclass(frozen=True)
class Split:
    """`accepted` has the declared schema; `failures` (schema `failures.FAILURES`) has `row_no` of
    the frame given, one line for each rule a row fails."""

    accepted: pa.Table
    failures: pa.Table


def _refuse_file(table: Table, result: GateResult) -> None:
    """GateError if the columns or types are wrong: a fault of the file, not of its rows."""
    faults = [rule for rule in result.rules if rule.kind in ("columns", "dtype") and rule.failing]
    if not faults:
        return
    wrong = {rule.rule_id for rule in faults}
    lines = [
        f"{line['rule_id']}: {line['reason_en']}"
        for line in result.failures.to_pylist()
        if line["rule_id"] in wrong and line["row_no"] is None
    ]
    raise GateError(
        f"{table.name}: the frame as a whole is refused, no row was taken from it:\n  "
        + "\n  ".join(lines)
        + "\nmend what makes the table, or declare the change in the registry"
    )


def split(table: Table, frame: pa.Table) -> Split:
    """Accepted rows and the failures of all others; no row is lost or changed.

    A row is taken out if any rule on rows fails (column rules, row rules, declared `unique`, the
    key: all rows of a duplicate). What is left is judged again until no row fails. GateError if
    columns are missing, extra or out of order, or a type is not the declared one.
    """
    numbers = np.arange(frame.num_rows)
    rest = frame
    found: list[pa.Table] = []
    while True:
        result = check_rows(table, rest)
        _refuse_file(table, result)
        if result.passed:
            break
        failing = result.failures["row_no"].to_numpy()
        at = result.failures.schema.get_field_index("row_no")
        in_frame = pa.array(numbers[failing], pa.int64())
        found.append(result.failures.set_column(at, result.failures.schema.field(at), in_frame))
        keep = np.ones(rest.num_rows, dtype=bool)
        keep[failing] = False
        rest, numbers = rest.filter(pa.array(keep)), numbers[keep]
    failures = pa.concat_tables([*found, result.failures])
    accepted = rest.cast(table.arrow_schema)
    taken_out = len(set(failures["row_no"].to_pylist()))
    if frame.num_rows != accepted.num_rows + taken_out:
        raise GateError(
            f"{table.name}: {frame.num_rows} rows in, but {accepted.num_rows} accepted and "
            f"{taken_out} taken out; this is a defect of the gate"
        )
    return Split(accepted=accepted, failures=failures)
