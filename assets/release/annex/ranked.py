"""Tables of bodies in the report's form: one printed line a row, combined rows as one.

Belongs here: which bodies share a line, and each cell from the release table that its column
names. Does not belong here: notes below the table (`notes`), tables of statistics (`statistics`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from assets.release.annex.frames import Frames, Name, Row, first
from assets.release.annex.layout import ColumnForm, Layout, TableForm
from assets.release.annex.model import Cell
from assets.release.annex.numbers import spelled
from assets.release.annex.words import statement

LEDGER = "rel_reconciliation"


@dataclass(frozen=True)
class Line:
    """A row of the table: its bodies in printed order. A total has none."""

    bodies: tuple[tuple[Row, Name], ...]

    @property
    def line_no(self) -> int:
        return self.bodies[0][1].line_no

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(row["body_code"] for row, _ in self.bodies)


def lines_of(form: TableForm, frames: Frames) -> list[Line]:
    """The lines of a ranked table, by rank and then as printed; bodies of one printed line and
    one rank share a line."""
    ranks = {
        row["body_code"]: row["published_rank"] for row in _held(form, form.columns[0], frames)
    }
    grouped: dict[tuple[int, int, str], list[tuple[Row, Name]]] = {}
    for row in frames.of_table(form.rows, form.number, form.where):
        name, rank = frames.name(form.number, row), ranks.get(row["body_code"]) or 10**6
        own = row["body_code"] if name.body_no == 0 else ""
        grouped.setdefault((rank, name.line_no, own), []).append((row, name))
    return [
        Line(tuple(sorted(bodies, key=lambda body: body[1].body_no)))
        for _, bodies in sorted(grouped.items())
    ]


def _held(form: TableForm, column: ColumnForm, frames: Frames) -> list[dict[str, Any]]:
    """The rows that hold the column's figure."""
    source = column.options.get("from", form.rows)
    where = column.options.get("where", form.where if source == form.rows else {})
    return frames.of_table(source, form.number, where)


def ranked_cells(
    form: TableForm, lines: Sequence[Line], frames: Frames, layout: Layout
) -> list[list[Cell]]:
    """Every cell of a ranked table, line by line, the total last."""
    rows = [
        [_cell(form, column, line, frames, layout) for column in form.columns] for line in lines
    ]
    if form.total is not None and rows:
        rows.append([_total(form, column, frames) for column in form.columns])
    return rows


def _cell(form: TableForm, column: ColumnForm, line: Line, frames: Frames, layout: Layout) -> Cell:
    if column.kind == "body":
        return _body(form, column, line, frames)
    if column.kind == "text":
        return _text(form, column, line, frames, layout)
    value = _value(form, column, line, frames)
    if value is None:
        return _text(form, column, line, frames, layout)
    return Cell((_written(column, value),))


def _body(form: TableForm, column: ColumnForm, line: Line, frames: Frames) -> Cell:
    names = [name.text + (f" ({name.note})" if name.note else "") for _, name in line.bodies]
    english = (
        [frames.english_name(code) for code in line.codes] if column.options["english"] else []
    )
    return Cell((form.separator.join(names),), "; ".join(filter(None, english)))


def _text(form: TableForm, column: ColumnForm, line: Line, frames: Frames, layout: Layout) -> Cell:
    """The words of the cell; English from the layout, or from the figures of its statements."""
    text = frames.text(form.number, line.line_no, column.options.get("text", column.name))
    if not text:
        return Cell()
    english = layout.english.get(text, "")
    level = column.options.get("statements")
    if level is not None:
        row = first(
            frames.of_table("rel_case_counts", form.number, {"level": level}),
            body_code=line.codes[0],
        )
        english = statement(row) if row else ""
    return Cell(tuple(re.split(layout.item_break, text)), english)


def _value(form: TableForm, column: ColumnForm, line: Line, frames: Frames) -> Any:
    """The one figure that all bodies of the line have; ValueError if they differ."""
    wanted = column.options["column"]
    found = {
        (row[wanted], row.get("decimals"))
        for row in _held(form, column, frames)
        if row["body_code"] in line.codes
    }
    if len(found) > 1:
        raise ValueError(
            f"table {form.number}: {', '.join(line.codes)} share the printed line {line.line_no} "
            f"but differ in {wanted}: {sorted(map(str, found))}; look at the names bound to it"
        )
    value, decimals = next(iter(found), (None, None))
    return (value, decimals) if value is not None else None


def _written(column: ColumnForm, value: tuple[Any, int | None]) -> str:
    figure, decimals = value
    if isinstance(figure, str):
        return figure
    if isinstance(figure, Decimal):
        return spelled(figure, decimals or 0, "vi")
    return spelled(figure, 0, "vi", grouped=column.options.get("grouped", False))


def _total(form: TableForm, column: ColumnForm, frames: Frames) -> Cell:
    """A cell of the total row: the printed total of the column, as the ledger holds it."""
    if column.kind == "body" and form.total is not None:
        return Cell((form.total.vi,), form.total.en)
    ledger = frames.of_table(LEDGER, form.number, {"item": "total"})
    row = first(ledger, subject=column.options.get("total"), body_code="-")
    if row is None or row["printed"] is None:
        return Cell()
    return Cell((spelled(Decimal(row["printed"]), 0, "vi", grouped=True),))
