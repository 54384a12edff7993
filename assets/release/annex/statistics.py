"""Tables of statistics in the report's form: figures that are not of one body.

Belongs here: rows, headings and figures of `rel_statistics` as such a table prints them. Does not
belong here: tables of bodies (`ranked`), notes below the table (`notes`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from assets.release.annex.frames import Frames, Row
from assets.release.annex.layout import ColumnForm, Layout, TableForm
from assets.release.annex.model import Cell
from assets.release.annex.numbers import spelled

#: A row of the table: its statistics in order of column and part.
Statistics = Sequence[Row]


def statistics_of(form: TableForm, frames: Frames) -> list[Statistics]:
    """The rows of a table of statistics, each with its figures."""
    rows = frames.of_table(form.rows, form.number, form.where)
    ordered = sorted(rows, key=lambda row: (row["row_no"], row["column_no"], row["part_no"]))
    return [list(group) for _, group in groupby(ordered, key=lambda row: row["row_no"])]


def statistics_cells(
    form: TableForm, rows: Sequence[Statistics], frames: Frames, layout: Layout
) -> list[list[Cell]]:
    """Every cell of the table. Rows under one heading count as one and share its cell."""
    cells: list[list[Cell]] = []
    number, above = 0, None
    grouped = any(column.kind == "group" for column in form.columns)
    for row in rows:
        heading = _heading(row)
        joined = grouped and heading == above
        number, above = number + (not joined), heading
        cells.append(
            [
                Cell(joined=True)
                if joined and column.kind in ("ordinal", "group")
                else _cell(form, column, row, number, frames, layout)
                for column in form.columns
            ]
        )
    return cells


def _heading(row: Statistics) -> str:
    """What stands before the label in `row`: the heading that several rows share."""
    return str(row[0]["row"]).removesuffix(row[0]["statistic"]).removesuffix(": ")


def _cell(
    form: TableForm,
    column: ColumnForm,
    row: Statistics,
    number: int,
    frames: Frames,
    layout: Layout,
) -> Cell:
    if column.kind == "ordinal":
        return Cell((str(number),))
    if column.kind == "group":
        return Cell((_heading(row),), layout.english.get(_heading(row), ""))
    if column.kind == "label":
        return _label(column, row, layout)
    held = [one for one in row if one["column_no"] == column.options["column_no"]]
    if column.kind == "statistic":
        return Cell(tuple(_figure(one, layout) for one in held if one["measure"] == "statistic"))
    fraction = {one["measure"]: one for one in held}
    if {"numerator", "denominator"} <= set(fraction):
        return Cell((_fraction(fraction["numerator"], fraction["denominator"], layout),))
    text = frames.text(form.number, row[0]["line_no"], column.name)
    return Cell((text,) if text else (), layout.english.get(text, ""))


def _label(column: ColumnForm, row: Statistics, layout: Layout) -> Cell:
    """The label, and with `scopes` each part of the body that has a figure of its own."""
    label = row[0]["statistic"]
    scopes = [one["scope"] for one in row if one["scope"]] if column.options.get("scopes") else []
    english = layout.english.get(label, "")
    if scopes:
        english += ": " + "; ".join(_english(scopes, layout))
    return Cell((label, *(f"- {scope}" for scope in scopes)), english)


def _english(texts: Iterable[str], layout: Layout) -> list[str]:
    return [layout.english.get(text, text) for text in texts]


def _figure(one: Row, layout: Layout) -> str:
    if one["value"] is None:
        return str(one["raw_text"])
    grouped = one["unit"] != "percent"
    figure = spelled(one["value"], one["decimals"] or 0, "vi", grouped=grouped)
    return figure + layout.units.get(one["unit"], "")


def _fraction(numerator: Row, denominator: Row, layout: Layout) -> str:
    above, below = (spelled(one["value"], 0, "vi") for one in (numerator, denominator))
    return f"{above}/{below}{layout.fraction_units.get(numerator['unit'], '')}"
