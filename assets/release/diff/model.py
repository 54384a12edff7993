"""The parts of a difference between two vintages. Data only; `diff` makes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

#: A moved row says the same, but stands elsewhere in the sources.
ADDED, REMOVED, CHANGED, MOVED = "added", "removed", "changed", "moved"
OPPOSITE = {ADDED: REMOVED, REMOVED: ADDED, CHANGED: CHANGED, MOVED: MOVED}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Side:
    """One of the two vintages: what its manifest says of its making, and its tables by name."""

    name: str
    year: str
    counter: int
    content_sha256: str
    code_version: str
    inputs: Mapping[str, str]
    methods: Mapping[str, str] | None
    tables: Mapping[str, pa.Table]
    files: Mapping[str, str]


@dataclass(frozen=True)
class RowChange:
    """One row that is not the same on both sides; a side that does not have it is None.

    `columns` are those that differ, of a changed or moved row only. `causes` has one name where the
    cause is certain, several where it may be any of these, none where nothing tells.
    """

    table: str
    kind: str
    key: tuple[tuple[str, Any], ...]
    before: Row | None
    after: Row | None
    columns: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """The row as it is now, or as it was if it is gone."""
        return (self.after if self.after is not None else self.before) or {}


@dataclass(frozen=True)
class TableDiff:
    """One table. Rows are compared in the columns that both sides have."""

    table: str
    rows_before: int
    rows_after: int
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
    changes: tuple[RowChange, ...]

    @property
    def differs(self) -> bool:
        """Whether any row or column differs."""
        return bool(self.changes or self.columns_added or self.columns_removed)

    def count(self, kind: str) -> int:
        """Rows of that kind of change."""
        return sum(change.kind == kind for change in self.changes)

    def by_column(self) -> dict[str, int]:
        """Changed and moved rows by the column in which they differ."""
        return dict(Counter(name for change in self.changes for name in change.columns))


@dataclass(frozen=True)
class Diff:
    """Everything that differs. `evidence` names, by cause, what differs in what both were made
    from; `files` are those beside the tables that differ."""

    before: Side
    after: Side
    tables: tuple[TableDiff, ...]
    evidence: Mapping[str, tuple[str, ...]]
    files: tuple[str, ...]

    @property
    def changes(self) -> Iterator[RowChange]:
        """All rows that differ, table by table."""
        for table in self.tables:
            yield from table.changes

    @property
    def is_empty(self) -> bool:
        """Whether no row, column or file differs."""
        return not (self.files or any(table.differs for table in self.tables))

    def by_cause(self) -> dict[tuple[str, ...], int]:
        """Rows by their causes, the most frequent first."""
        return dict(Counter(change.causes for change in self.changes).most_common())


def written(value: Any) -> str | None:
    """A value of a cell as plain text; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
