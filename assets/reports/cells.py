"""From one cell to its readings, by the type of its column. A cell is read whole or not at all
(cells of statements, which are not, have `statements.py`). Knows nothing of the rest of the row
but what the caller hands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assets.reports.errors import UnreadableError
from assets.reports.layout import ColumnLayout, ReportLayout
from assets.reports.numbers import (
    Number,
    read_count,
    read_fraction,
    read_index,
    read_measured,
    read_percent,
    read_rank,
)

_WEBSITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*(?:\.[A-Za-z0-9][A-Za-z0-9 -]*)+(?:/\S*)?")
_NAME = re.compile(r"[^\W\d_][^\d_;]*")
_NOTE_IN_NAME = re.compile(r"([^()]+?)\s*\(([^()]+)\)")

#: Characters of one name and of a cell of names; the longest real ones have 43 and 484.
MAX_NAME = 200
MAX_NAMES = 4000


@dataclass(frozen=True)
class Reading:
    """One typed value of a cell, before it is given to a body. A null `value` has a status that
    says why."""

    measure: str
    parser_rule: str
    raw_text: str
    value: Decimal | None = None
    value_text: str | None = None
    value_status: str = "reported"
    decimals: int | None = None
    unit: str | None = None
    level: str | None = None
    part_no: int = 1
    statistic: str | None = None
    statistic_scope: str | None = None
    line_no: int | None = None


@dataclass(frozen=True)
class Label:
    """Name of a statistic and the part of the body it is about."""

    statistic: str
    scope: str | None = None


def reading_of(number: Number, measure: str, raw: str, unit: str | None = None) -> Reading:
    """The reading of a number that was read."""
    return Reading(
        measure, number.rule, raw, value=number.value, decimals=number.decimals, unit=unit
    )


def read_bodies(text: str, separators: str) -> list[tuple[str, str | None]]:
    """Names and notes of the bodies of a cell, which may name several. Separators inside
    parentheses separate nothing. UnreadableError when a piece is no name."""
    if len(text) > MAX_NAMES:
        raise UnreadableError("body_unreadable")
    bodies: list[tuple[str, str | None]] = []
    for piece in re.split(rf"[{re.escape(separators)}](?![^()]*\))", text):
        name, note = piece.strip(), None
        noted = _NOTE_IN_NAME.fullmatch(name)
        if noted:
            name, note = noted.groups()
        if not _NAME.fullmatch(name) or "(" in name or ")" in name or len(name) > MAX_NAME:
            raise UnreadableError("body_unreadable")
        bodies.append((name, note))
    return bodies


def read_labels(text: str, layout: ReportLayout) -> list[Label]:
    """The statistic a row is about: one label, or one a part where the cell names parts."""
    if not text:
        raise UnreadableError("required_blank")
    statistic, *scopes = layout.scope_separator.split(text)
    return [Label(statistic, scope) for scope in scopes] or [Label(statistic)]


def read_website(raw: str, text: str) -> list[Reading]:
    """The address as printed, also when it is misspelt; it has no numeric value."""
    if not _WEBSITE.fullmatch(text):
        raise UnreadableError("website_unreadable")
    return [Reading("website", "website", raw, value_text=text, value_status="not_applicable")]


def read_counted(
    column: ColumnLayout, raw: str, text: str, layout: ReportLayout, spanned: str | None
) -> list[Reading]:
    """A count or a status text. `spanned` is the status text that stands further left in the
    same merged cells and speaks for this blank cell too."""
    words = {key.casefold(): status for key, status in layout.status_texts.items()}
    status = words.get(text.casefold()) if text else spanned
    if status:
        rule = f"status_{status}" if text else f"spanned_{status}"
        reading = Reading(column.measure, rule, raw, value_status=status, unit=column.unit)
    elif text:
        reading = reading_of(read_count(text), column.measure, raw, column.unit)
    else:
        raise UnreadableError("required_blank")
    return [replace(reading, level=column.level)]


def read_statistics(
    column: ColumnLayout, raw: str, text: str, layout: ReportLayout, labels: list[Label]
) -> list[Reading]:
    """Figures of a statistic: one for each label of the row."""
    figures: list[tuple[Number, str | None]]
    if column.number == "percent":
        figures = [(read_percent(t), "percent") for t in re.split(r"(?<=%)\s+", text)]
    elif column.number == "measured":
        figures = [read_measured(text, layout.unit_texts)]
    else:
        figures = [(read_count(text), column.unit)]
    if len(figures) != len(labels):
        raise UnreadableError("figure_scope_count")
    return [
        replace(
            reading_of(number, "statistic", raw, unit),
            part_no=part_no,
            statistic=label.statistic,
            statistic_scope=label.scope or column.scope,
        )
        for part_no, ((number, unit), label) in enumerate(
            zip(figures, labels, strict=True), start=1
        )
    ]


def read_note(raw: str, text: str, layout: ReportLayout, labels: list[Label]) -> list[Reading]:
    """Numerator and denominator when the note is a fraction; other notes hold no value."""
    fraction = read_fraction(text, layout.unit_texts)
    if fraction is None:
        return []
    upper, lower, unit = fraction
    label = labels[0] if len(labels) == 1 else Label(labels[0].statistic)
    return [
        replace(
            reading_of(number, measure, raw, unit),
            statistic=label.statistic,
            statistic_scope=label.scope,
        )
        for measure, number in (("numerator", upper), ("denominator", lower))
    ]


def read_cell(
    column: ColumnLayout,
    raw: str,
    text: str,
    layout: ReportLayout,
    *,
    labels: list[Label],
    spanned: str | None,
) -> list[Reading]:
    """Readings of a cell of any type but body, group, label and statements. UnreadableError when
    the cell does not hold what its column declares."""
    if column.type == "count":
        return read_counted(column, raw, text, layout, spanned)
    if not text:
        if column.may_be_blank or column.carry_down:
            return []
        raise UnreadableError("required_blank")
    if column.type == "rank":
        return [reading_of(read_rank(text), "rank", raw)]
    if column.type == "index":
        return [reading_of(read_index(text, column.decimals), "index_value", raw, column.unit)]
    if column.type == "website":
        return read_website(raw, text)
    if column.type == "statistic":
        return read_statistics(column, raw, text, layout, labels)
    if column.type == "note":
        return read_note(raw, text, layout, labels)
    if not re.fullmatch(r"[0-9]{1,3}", text):  # ordinal
        raise UnreadableError("ordinal_unreadable")
    return []
