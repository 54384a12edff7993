"""Both ways to judge a table, on the same rows: as one frame, and in parts of any size."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pytest

from assets.gates import Context, GateResult, check_parts
from assets.gates import check as check_whole
from assets.registry import Table

#: Rows of a part; the last is more than any test has.
SIZES = (1, 2, 7, 10_000)


@dataclass(frozen=True)
class Cut:
    """A frame cut into parts of so many rows."""

    frame: pa.Table
    rows: int

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        narrowed = self.frame if columns is None else self.frame.select(columns)
        for first in range(0, max(self.frame.num_rows, 1), self.rows):
            yield narrowed.slice(first, self.rows)


def check(table: Table, frame: pa.Table, context: Context | None = None) -> GateResult:
    """What the gate says of the frame as one, having made sure that it says the same of parts."""
    try:
        whole = check_whole(table, frame, context)
    except Exception as error:
        if isinstance(frame, pa.Table):
            for rows in SIZES:
                with pytest.raises(type(error), match=re.escape(str(error))):
                    check_parts(table, Cut(frame, rows), context)
        raise
    for rows in SIZES:
        parts = check_parts(table, Cut(frame, rows), context)
        assert parts.rules == whole.rules, rows
        assert parts.failures.to_pylist() == whole.failures.to_pylist(), rows
        assert (parts.rows, parts.passed) == (whole.rows, whole.passed)
    return whole
