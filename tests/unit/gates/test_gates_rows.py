"""Splitting: failing rows are taken out and told, the rest passes, no row is lost."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.gates import FAILURES, GateError, GateResult, split
from assets.gates.check import check_rows
from assets.registry import Table, tables

Row = dict[str, Any]
Build = Callable[[Table, list[Row]], pa.Table]

_WITHOUT = ("no_figure", "share_only", "not_printed")

#: Good and bad values of the columns of `demo`, changed at random.
VALUES: dict[str, list[Any]] = {
    "line_no": [None, 0, 1, 2, 3],
    "universe": [None, "province_63", "test"],
    "category": [None, "portal", "policy", "Portal", "x\n"],
    "body_code": [None, "P-A", "P-B", "p"],
    "body_name": [None, "Hà Nội", "x" * 11],
    "rank": [None, 0, 1, 200, 201],
    "rank_status": [None, "printed", "not_printed", "?"],
    "value": [None, Decimal("-0.000001"), Decimal(0), Decimal(1), Decimal("1.5")],
    "value_status": [None, "reported", "no_figure", "share_only", "?"],
    "rows_in": [None, 10, 11],
    "rows_quarantined": [None, 3, 4],
    "online_cases": [None, 5, 6],
    "all_cases": [None, 5, 6],
    "note": [None, "x"],
    "note_status": [None, "reported", "by_part"],
}


def _unfit(value: Any, status: str | None) -> bool:
    explained = status in (*_WITHOUT, "by_part")
    return not explained if value is None else explained


def _expected(rows: list[Row]) -> set[tuple[str, int]]:
    """(rule, row) that must fail, said again in plain Python."""
    found = set()
    keys = Counter((row["category"], row["body_code"]) for row in rows)
    lines = Counter((row["file_sha256"], row["line_no"]) for row in rows)
    required = ("line_no", "universe", "category", "body_code", "rank_status", "value_status")
    for n, row in enumerate(rows):
        faults = {
            f"{name}.nullable": row[name] is None for name in (*required, "rows_in", "online_cases")
        }
        faults |= {
            "line_no.range": row["line_no"] == 0,
            "category.pattern": row["category"] in ("Portal", "x\n"),
            "body_code.pattern": row["body_code"] == "p",
            "body_name.length": row["body_name"] is not None and len(row["body_name"]) > 10,
            "rank.range": row["rank"] in (0, 201),
            "rank_status.codes": row["rank_status"] == "?",
            "rank.status": _unfit(row["rank"], row["rank_status"]),
            "value.range": row["value"] is not None and not 0 <= row["value"] <= 1,
            "value_status.codes": row["value_status"] == "?",
            "value.status": _unfit(row["value"], row["value_status"]),
            "sum": row["rows_quarantined"] is not None
            and row["rows_in"] != 7 + row["rows_quarantined"],
            "at_most": row["all_cases"] is not None
            and (row["online_cases"] is None or row["online_cases"] > row["all_cases"]),
            "note": _unfit(row["note"], row["note_status"]),
            "key": keys[row["category"], row["body_code"]] > 1,
            "lines": lines[row["file_sha256"], row["line_no"]] > 1,
        }
        found |= {(f"demo.{rule}", n) for rule, broken in faults.items() if broken}
    return found


@st.composite
def _changes(draw: st.DrawFn) -> list[Row]:
    """Up to six sets of changed cells, most of them small."""
    cell = st.sampled_from(sorted(VALUES)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(VALUES[name]))
    )
    return [dict(draw(st.lists(cell, max_size=3))) for _ in range(draw(st.integers(0, 6)))]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(changes=_changes())
def test_exactly_the_bad_rows_are_found_and_none_is_lost(
    demo: Table, demo_rows: list[Row], frame_of: Build, changes: list[Row]
) -> None:
    unique = [
        demo_rows[0] | {"line_no": n + 10, "category": f"portal_{n}"} for n in range(len(changes))
    ]
    rows = [row | change for row, change in zip(unique, changes, strict=True)]
    frame = frame_of(demo, rows)
    parted = split(demo, frame)

    failing = list(
        zip(*(parted.failures[c].to_pylist() for c in ("rule_id", "row_no")), strict=True)
    )
    assert len(set(failing)) == len(failing)
    assert set(failing) == _expected(rows)
    taken_out = {row for _, row in failing}
    assert frame.num_rows == parted.accepted.num_rows + len(taken_out)
    assert parted.accepted.to_pylist() == [
        row for n, row in enumerate(frame.to_pylist()) if n not in taken_out
    ]
    assert check_rows(demo, parted.accepted).passed
    assert split(demo, parted.accepted).accepted.equals(parted.accepted)


def test_failures_point_at_the_rows_of_the_frame_given(
    demo: Table, demo_rows: list[Row], frame_of: Build
) -> None:
    demo_rows[2]["rank"] = 900
    demo_rows[3] |= {"category": "portal", "body_code": "P-B"}
    parted = split(demo, frame_of(demo, demo_rows))
    lines = parted.failures.to_pylist()
    assert [(x["rule_id"], x["row_no"], x["raw_value"]) for x in lines] == [
        ("demo.rank.range", 2, "900"),
        ("demo.key", 1, "category=portal, body_code=P-B"),
        ("demo.key", 3, "category=portal, body_code=P-B"),
    ]
    assert parted.failures.schema == FAILURES
    assert parted.accepted["line_no"].to_pylist() == [1]


@pytest.mark.parametrize("table", tables(stage="ingest"), ids=lambda table: table.name)
def test_good_rows_of_every_ingest_table_are_accepted_unchanged(
    table: Table, rows_of: Callable[[Table, int], list[Row]], frame_of: Build
) -> None:
    frame = frame_of(table, rows_of(table, 3))
    parted = split(table, frame)
    assert parted.accepted.schema == table.arrow_schema
    assert parted.accepted.to_pylist() == frame.to_pylist()
    assert parted.failures.num_rows == 0


def test_rules_over_the_whole_table_take_no_row_out(
    demo: Table, demo_rows: list[Row], frame_of: Build
) -> None:
    demo_rows[0] |= {"universe": "test", "value": Decimal(0)}
    assert split(demo, frame_of(demo, demo_rows[:1])).accepted.num_rows == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop_columns(["rank"]), "demo.columns: .*rank is missing"),
        (lambda f: f.append_column("guess", pa.nulls(4)), "demo.columns: .*guess is not declared"),
        (
            lambda f: f.set_column(7, "rank", f["rank"].cast(pa.string())),
            "demo.rank.dtype: rank is held as string, but declared as int32",
        ),
    ],
    ids=["missing", "extra", "type"],
)
def test_wrong_columns_or_types_refuse_the_whole_frame(
    demo: Table,
    demo_rows: list[Row],
    frame_of: Build,
    change: Callable[[pa.Table], pa.Table],
    said: str,
) -> None:
    with pytest.raises(GateError, match=f"(?s)demo: the frame as a whole is refused.*{said}"):
        split(demo, change(frame_of(demo, demo_rows)))


def test_rows_are_judged_again_until_none_fails(
    demo: Table,
    demo_rows: list[Row],
    frame_of: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A judge that finds one row at a time leads to the same split."""

    def one_row_at_a_time(table: Table, frame: pa.Table) -> GateResult:
        result = check_rows(table, frame)
        if result.passed:
            return result
        first = pc.min(result.failures["row_no"])
        seen = result.failures.filter(pc.equal(result.failures["row_no"], first))
        return dataclasses.replace(result, failures=seen)

    for row in (0, 2, 3):
        demo_rows[row]["rank"] = 900 + row
    frame = frame_of(demo, demo_rows)
    at_once = split(demo, frame)
    monkeypatch.setattr("assets.gates.rows.check_rows", one_row_at_a_time)
    assert split(demo, frame) == at_once
    assert at_once.failures["row_no"].to_pylist() == [0, 2, 3]
