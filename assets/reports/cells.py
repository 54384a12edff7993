"""From one cell to its readings, by the type of its column. A cell is read whole or not at all;
only a cell of statements is read statement by statement. Knows nothing of the rest of the row
but what the caller hands in."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from assets.reports.errors import Unreadable
from assets.reports.layout import ColumnLayout, ReportLayout
from assets.reports.markup import clean
from assets.reports.numbers import (
    Number,
    read_count,
    read_fraction,
    read_index,
    read_measured,
    read_percent,
    read_rank,
)
from assets.reports.quarantine import Fault
from assets.reports.sentences import Statement, read_statement, split_statements

_WEBSITE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]*(?:\.[A-Za-z0-9][A-Za-z0-9 -]*)+(?:/\S*)?")
_NAME = re.compile(r"[^\W\d_][^\d_;]*")
_NOTE_IN_NAME = re.compile(r"([^()]+?)\s*\(([^()]+)\)")
_STATED_UNITS = {"all_cases": "cases", "online_cases": "cases", "online_share_pct": "percent"}

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


def _reading(number: Number, measure: str, raw: str, unit: str | None = None) -> Reading:
    return Reading(
        measure, number.rule, raw, value=number.value, decimals=number.decimals, unit=unit
    )


def read_bodies(text: str, separators: str) -> list[tuple[str, str | None]]:
    """Names and notes of the bodies of a cell, which may name several. Separators inside
    parentheses separate nothing. Unreadable when a piece is no name."""
    if len(text) > MAX_NAMES:
        raise Unreadable("body_unreadable")
    bodies: list[tuple[str, str | None]] = []
    for piece in re.split(rf"[{re.escape(separators)}](?![^()]*\))", text):
        name, note = piece.strip(), None
        noted = _NOTE_IN_NAME.fullmatch(name)
        if noted:
            name, note = noted.groups()
        if not _NAME.fullmatch(name) or "(" in name or ")" in name or len(name) > MAX_NAME:
            raise Unreadable("body_unreadable")
        bodies.append((name, note))
    return bodies


def read_labels(text: str, layout: ReportLayout) -> list[Label]:
    """The statistic a row is about: one label, or one a part where the cell names parts."""
    if not text:
        raise Unreadable("required_blank")
    statistic, *scopes = layout.scope_separator.split(text)
    return [Label(statistic, scope) for scope in scopes] or [Label(statistic)]


def read_website(raw: str, text: str) -> list[Reading]:
    """The address as printed, also when it is misspelt; it has no numeric value."""
    if not _WEBSITE.fullmatch(text):
        raise Unreadable("website_unreadable")
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
        reading = _reading(read_count(text), column.measure, raw, column.unit)
    else:
        raise Unreadable("required_blank")
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
        raise Unreadable("figure_scope_count")
    return [
        replace(
            _reading(number, "statistic", raw, unit),
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
            _reading(number, measure, raw, unit),
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
    """Readings of a cell of any type but body, group, label and statements. Unreadable when the
    cell does not hold what its column declares."""
    if column.type == "count":
        return read_counted(column, raw, text, layout, spanned)
    if not text:
        if column.may_be_blank or column.carry_down:
            return []
        raise Unreadable("required_blank")
    if column.type == "rank":
        return [_reading(read_rank(text), "rank", raw)]
    if column.type == "index":
        return [_reading(read_index(text, column.decimals), "index_value", raw, column.unit)]
    if column.type == "website":
        return read_website(raw, text)
    if column.type == "statistic":
        return read_statistics(column, raw, text, layout, labels)
    if column.type == "note":
        return read_note(raw, text, layout, labels)
    if not re.fullmatch(r"[0-9]{1,3}", text):  # ordinal
        raise Unreadable("ordinal_unreadable")
    return []


def _stated(statement: Statement, text: str) -> list[Reading]:
    """Readings of one statement; where it gives no number of online cases, a null says why."""
    status = statement.rule.status or "reported"
    readings = [
        replace(
            _reading(number, measure, text, _STATED_UNITS.get(measure, "services")),
            value_status=status if measure == "online_cases" else "reported",
        )
        for measure, number in statement.numbers.items()
    ]
    if "online_cases" not in statement.numbers:
        readings.append(Reading("online_cases", "", text, value_status=status, unit="cases"))
    rule = f"case_sentence_{statement.rule.id}"
    return [replace(r, parser_rule=rule, statistic=statement.field) for r in readings]


def read_statements(
    column: ColumnLayout, column_no: int, pieces: list[tuple[int, str]]
) -> tuple[list[Reading], list[Fault]]:
    """Readings of a cell of statements, given as (line, raw text) for each page it stands on. A
    later piece is taken only when the text before it announced a list. A blank cell states
    nothing: one null of online_cases with status not_stated."""
    readings: list[Reading] = []
    faults: list[Fault] = []
    part_no, list_open = 0, False
    announced: tuple[int, str] | None = None

    def fault(line_no: int, rule_id: str, text: str, part: int) -> None:
        faults.append(Fault(line_no, rule_id, text, column_no, column.name, part))

    if not any(clean(raw) for _, raw in pieces):
        blank = Reading("online_cases", "blank_cell", pieces[0][1], value_status="not_stated")
        return [replace(blank, unit="cases", level=column.level)], []
    for position, (line_no, raw) in enumerate(pieces):
        if not clean(raw):
            continue
        statements = split_statements(raw)
        if not statements:
            fault(line_no, "statement_unreadable", raw, 1)
        elif position and not list_open:
            fault(line_no, "continuation_unannounced", clean(raw), 1)
            continue
        for text in statements:
            try:
                statement = read_statement(text, level=column.level)
            except Unreadable as error:
                part_no, announced = part_no + 1, None
                fault(line_no, error.rule_id, text, part_no)
                continue
            if statement.rule.announces_list:
                list_open, announced = True, (line_no, text)
                continue
            part_no, announced = part_no + 1, None
            list_open = list_open and statement.field is not None
            readings += [
                replace(r, level=column.level, part_no=part_no, line_no=line_no)
                for r in _stated(statement, text)
            ]
    if announced:
        fault(announced[0], "list_missing", announced[1], part_no + 1)
    return readings, faults
