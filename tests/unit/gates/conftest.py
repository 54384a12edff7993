"""Valid rows for any declared table, made from its declaration alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import product
from typing import Any

import pyarrow as pa
import pytest

from assets.gates import Context
from assets.registry import Column, Rule, Table

Row = dict[str, Any]

#: Texts tried for a column with a pattern; the number keeps rows apart.
_TEXTS = (
    "text {n}", "slug_{n}", "B-{n}", "{n}.1", "{n:064x}",
    "urn:uuid:00000000-0000-0000-0000-{n:012x}",
)  # fmt: skip


def _value(column: Column, n: int) -> Any:
    if column.codes:
        return column.codes[0]
    low = 0 if column.min is None else int(column.min)
    if column.max is not None:
        n %= int(column.max) - low + 1
    values = {
        "int": low + n,
        "bigint": low + n,
        "bool": False,
        "decimal": Decimal(low),
        "exact": Decimal(low),
        "date": date(2017, 5, 9),
        "timestamp": datetime(2017, 5, 9, tzinfo=UTC),
    }
    if column.type != "string":
        return values[column.type]
    texts = [text.format(n=n) for text in _TEXTS]
    return next(t for t in texts if column.pattern is None or re.fullmatch(column.pattern, t))


def _row(table: Table, n: int) -> Row:
    row = {column.name: _value(column, n) for column in table.columns}
    coded = [table.column(name).codes for name in table.key]
    if all(coded):  # nothing else keeps the rows apart
        row |= zip(table.key, list(product(*coded))[n], strict=True)
    for rule in table.row_rules:
        if rule.kind == "sum_of":
            row[rule.params["total"]] = sum(row[part] for part in rule.params["parts"])
        if rule.kind == "at_most":
            row[rule.params["column"]] = row[rule.params["limit"]]
    return row


@pytest.fixture(scope="session")
def frame_of() -> Callable[[Table, list[Row]], pa.Table]:
    """Rows as an Arrow table of the declared types; nulls are let through everywhere."""

    def build(table: Table, rows: list[Row]) -> pa.Table:
        schema = pa.schema([pa.field(c.name, c.arrow) for c in table.columns])
        return pa.Table.from_pylist(rows, schema=schema)

    return build


@pytest.fixture(scope="session")
def rows_of() -> Callable[[Table, int], list[Row]]:
    """The given number of rows that break no rule of the table."""

    def build(table: Table, number: int) -> list[Row]:
        return [_row(table, n) for n in range(1, number + 1)]

    return build


@pytest.fixture(scope="session")
def context_of() -> Callable[[list[Row]], Context]:
    """Memberships under which the bodies of the rows are exactly the expected ones."""

    def build(rows: list[Row]) -> Context:
        names = ("index_code", "universe", "body_code")
        members = [{name: row[name] for name in names} | {"is_member": True} for row in rows]
        types = [(name, pa.string()) for name in names] + [("is_member", pa.bool_())]
        return Context(memberships=pa.Table.from_pylist(members, schema=pa.schema(types)))

    return build


def _column(name: str, type_: str, *, nullable: bool = False, **limits: Any) -> Column:
    return Column(name, type_, nullable, description_en=name, description_vi=name, **limits)


def _rule(name: str, kind: str, **params: Any) -> Rule:
    return Rule(f"demo.{name}", kind, params, f"{name} (en)", f"{name} (vi)", f"mend {name}")


_DEMO = Table(
    name="demo",
    stage="index",
    unit="demo",
    owner="team:test",
    grain="one body and category",
    description_en="A table with every kind of rule.",
    description_vi="-",
    key=("category", "body_code"),
    sort=("category", "body_code"),
    columns=(
        _column("file_sha256", "string"),
        _column("line_no", "int", min=1),
        _column("index_code", "string", codes=("assessment", "dti")),
        _column("universe", "string"),
        _column("category", "string", pattern="^[a-z]+|[a-z]+_[0-9]$"),
        _column("body_code", "string", pattern="^[A-Z][A-Z0-9-]*$"),
        _column("body_name", "string", nullable=True, max_length=10),
        _column("rank", "int", nullable=True, min=1, max=200, status="rank_status"),
        _column("rank_status", "string", codes=("printed", "not_printed", "shared_last")),
        _column("value", "decimal", nullable=True, min=0, max=1, status="value_status"),
        _column("value_status", "string", codes=("reported", "no_figure", "share_only")),
        _column("rows_in", "int"),
        _column("rows_accepted", "int"),
        _column("rows_quarantined", "int", nullable=True),
        _column("online_cases", "bigint"),
        _column("all_cases", "bigint", nullable=True),
        _column("note", "string", nullable=True),
        _column("note_status", "string", nullable=True),
        _column("trust", "string"),
    ),
    row_rules=(
        _rule("sum", "sum_of", total="rows_in", parts=["rows_accepted", "rows_quarantined"]),
        _rule("at_most", "at_most", column="online_cases", limit="all_cases"),
        _rule("note", "null_needs_status", column="note", status="note_status"),
    ),
    table_rules=(
        _rule("lines", "unique", columns=["file_sha256", "line_no"]),
        _rule("bodies", "expected_bodies", where={"trust": "full"}),
        _rule(
            "ranks",
            "rank_follows_value",
            by=["index_code", "universe", "category"],
            rank="rank",
            value="value",
        ),
        _rule("count", "row_count", min=2, max=6),
        _rule("no_test", "no_value", column="universe", value="test"),
    ),
)


@pytest.fixture(scope="session")
def demo() -> Table:
    """A table that has every kind of rule."""
    return _DEMO


@pytest.fixture
def demo_rows() -> list[Row]:
    """Four good rows of `demo`: two bodies (P-A, P-B) in two categories."""
    places = [("portal", "P-A"), ("portal", "P-B"), ("policy", "P-A"), ("policy", "P-B")]
    return [
        {
            "file_sha256": "a" * 64,
            "line_no": n,
            "index_code": "assessment",
            "universe": "province_63",
            "category": category,
            "body_code": body,
            "body_name": "Hà Nội",
            "rank": 1 if body == "P-A" else 2,
            "rank_status": "printed",
            "value": Decimal("0.9") if body == "P-A" else Decimal("0.5"),
            "value_status": "reported",
            "rows_in": 10,
            "rows_accepted": 7,
            "rows_quarantined": 3,
            "online_cases": 5,
            "all_cases": 5,
            "note": "x",
            "note_status": "reported",
            "trust": "full",
        }
        for n, (category, body) in enumerate(places, start=1)
    ]
