"""Every declared table: good rows pass, and each of its rules finds a bad row."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from assets.gates import Context, check_parts, schema_of
from assets.gates.check import check_rows
from assets.gates.rules import WITH_FIGURE, WITHOUT_FIGURE, RowRule, rules_of
from assets.gates.schema import POLARS
from assets.registry import Table, tables
from assets.registry.model import TYPES
from tests.unit.gates.gate_paths import Cut, check

Row = dict[str, Any]
Build = Callable[[Table, list[Row]], pa.Table]
TABLES = pytest.mark.parametrize("table", tables(), ids=lambda table: table.name)


def _break(table: Table, rule: RowRule, row: Row, first: Row) -> Row:
    """The row with one change that breaks the rule."""
    column: Any = table.column(rule.reads[0])
    if rule.kind == "range":
        low_broken = column.min is not None
        bad = column.min - 1 if low_broken else column.max + 1
        return row | {column.name: Decimal(bad) if column.type in ("decimal", "exact") else bad}
    if rule.kind == "codes":
        return row | {column.name: "no such code"}
    if rule.kind == "pattern":
        return row | {column.name: f"{row[column.name]}\n"}
    if rule.kind == "length":
        return row | {column.name: "x" * (column.max_length + 1)}
    if rule.kind in ("nullable", "status"):
        return row | {column.name: None}
    if rule.kind == "sum_of":
        return row | {column.name: row[column.name] + 1}
    if rule.kind == "at_most":
        limit = row[rule.reads[1]]
        step = timedelta(days=1) if isinstance(limit, date) else 1
        return row | {column.name: limit + step}
    if rule.kind == "required_when":
        return row | {column.name: None} | _asked(table, rule)
    if rule.kind in ("key", "unique"):
        return row | {name: first[name] for name in rule.reads}
    raise AssertionError(f"{rule.id}: write a bad case for {rule.kind}")


def _asked(table: Table, rule: RowRule) -> Row:
    """The other column's value that asks for the first."""
    declared = next(r for r in table.row_rules if r.id == rule.id)
    ((other, values),) = declared.params["when"].items()
    return {other: values[0]}


@TABLES
def test_good_rows_pass(
    table: Table,
    rows_of: Callable[[Table, int], list[Row]],
    frame_of: Build,
    context_of: Callable[[list[Row]], Context],
) -> None:
    rows = rows_of(table, 3)
    for row in rows:  # one list, so that its bodies are the members of one universe
        if any(rule.kind == "expected_bodies" for rule in table.table_rules):
            row["category"] = "overall"
        if any(rule.kind == "expected_targets" for rule in table.table_rules):
            row |= {"window_code": "w1", "round_no": 1}
    needs_members = {"index_code", "universe", "body_code"} <= set(table.column_names)
    context = context_of(rows) if needs_members else Context()
    if "target_id" in table.column_names:
        visited = {"url": "http://a.vn/", "exclusion_en": None}
        targets = [{"target_id": row["target_id"], **visited} for row in rows]
        context = dataclasses.replace(context, targets=pa.Table.from_pylist(targets))
    result = check(table, frame_of(table, rows), context)
    assert result.failures.to_pylist() == []
    assert result.passed
    assert len(result.rules) == (
        1 + len(table.columns) + len(rules_of(table)) + len(table.table_rules)
    )


@TABLES
def test_every_rule_on_rows_finds_its_bad_row_and_no_good_row_fails(
    table: Table, rows_of: Callable[[Table, int], list[Row]], frame_of: Build
) -> None:
    rules = rules_of(table)
    first, *others, last = rows_of(table, len(rules) + 3)
    duplicated, *rest = others
    bad = [_break(table, rule, row, duplicated) for rule, row in zip(rules, rest, strict=True)]
    frame = frame_of(table, [first, duplicated, *bad, last])
    result = check_rows(table, frame)
    found: dict[str, set[int]] = {}
    for line in result.failures.to_pylist():
        found.setdefault(line["rule_id"], set()).add(line["row_no"])
    for row_no, rule in enumerate(rules, start=2):
        assert row_no in found[rule.id], rule.id
    assert {0, len(bad) + 2}.isdisjoint(set().union(*found.values()))
    assert all(1 not in rows for rule, rows in found.items() if rule != f"{table.name}.key")
    in_parts = check_parts(dataclasses.replace(table, table_rules=()), Cut(frame, 2))
    of_rows = {line["rule_id"] for line in in_parts.failures.to_pylist()}
    expected = [
        line
        for line in result.failures.to_pylist()
        if line["rule_id"] in of_rows or not any(r.id == line["rule_id"] for r in table.table_rules)
    ]
    assert in_parts.failures.to_pylist() == expected


@TABLES
def test_no_rows_pass_every_rule_on_rows(table: Table, frame_of: Build) -> None:
    result = check_rows(table, frame_of(table, []))
    assert result.passed
    assert result.rows == 0


@TABLES
def test_the_schema_is_exactly_the_declared_columns(table: Table) -> None:
    schema = schema_of(table)
    assert tuple(schema.columns) == table.column_names
    assert schema.strict
    assert schema.ordered
    assert all(schema.columns[c.name].nullable == c.nullable for c in table.columns)
    assert schema_of(table) is schema


def test_polars_types_are_the_arrow_types_of_the_registry() -> None:
    assert set(POLARS) == set(TYPES)
    for name, (arrow, _) in TYPES.items():
        assert pl.Series(pl.from_arrow(pa.array([], arrow))).dtype == POLARS[name]


def test_every_code_of_a_status_column_is_known_to_mean_a_figure_or_none() -> None:
    codes = {
        code
        for table in tables()
        for column in table.columns
        if column.status
        for code in table.column(column.status).codes
    }
    assert codes == WITH_FIGURE | WITHOUT_FIGURE
    assert not WITH_FIGURE & WITHOUT_FIGURE
