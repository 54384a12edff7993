"""Ways in which a gate could pass or lose bad rows without a word: none of them works."""

from __future__ import annotations

import dataclasses
import importlib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandera.polars as pa_polars
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaErrors

from assets.gates import GateError, GateResult, schema_of
from assets.gates.check import check_rows
from assets.registry import Rule, Table
from tests.unit.gates.gate_paths import check

Row = dict[str, Any]


@pytest.fixture
def frame(
    demo: Table, demo_rows: list[Row], frame_of: Callable[[Table, list[Row]], pa.Table]
) -> pa.Table:
    """Four good rows."""
    return frame_of(demo, demo_rows)


def _with(frame: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return frame.set_column(frame.column_names.index(name), name, values)


def _found(result: GateResult) -> list[tuple[str, int | None]]:
    return [(line["rule_id"], line["row_no"]) for line in result.failures.to_pylist()]


def test_a_lazy_frame_is_refused(demo: Table, frame: pa.Table) -> None:
    lazy = pl.DataFrame(frame).lazy()
    with pytest.raises(TypeError, match=r"demo: a gate needs a materialised .*LazyFrame.*collect"):
        schema_of(demo).validate(lazy)
    with pytest.raises(TypeError, match=r"demo: a gate checks a pyarrow\.Table .*LazyFrame"):
        check(demo, lazy)


def test_the_schema_finds_bad_rows_on_its_own(demo: Table, frame: pa.Table) -> None:
    bad = _with(frame, "rank", pa.array([1, 2, 1, 900], pa.int32()))
    schema_of(demo).validate(pl.DataFrame(frame), lazy=True)
    with pytest.raises(SchemaErrors, match=r"demo\.rank\.range"):
        schema_of(demo).validate(pl.DataFrame(bad), lazy=True)


@pytest.mark.parametrize(
    "settings",
    [{"validation_enabled": False}, {"validation_depth": ValidationDepth.SCHEMA_ONLY}],
    ids=["disabled", "schema only"],
)
def test_global_settings_of_pandera_do_not_switch_the_gate_off(
    demo: Table, frame: pa.Table, settings: dict[str, Any]
) -> None:
    bad = _with(frame, "rank", pa.array([1, 2, 1, 900], pa.int32()))
    with config_context(**settings):
        assert _found(check_rows(demo, bad)) == [("demo.rank.range", 3)]


def test_all_bad_rows_are_found_beside_values_that_cannot_be_read(
    demo: Table, frame: pa.Table
) -> None:
    """One lazy pass of pandera would stop the range check at the value 'một'."""
    result = check(demo, _with(frame, "rank", pa.array(["một", "900", "1", None])))
    assert _found(result) == [
        ("demo.rank.dtype", None),
        ("demo.rank.dtype", 0),
        ("demo.rank.range", 1),
        ("demo.rank.status", 3),
    ]
    whole, one, *_ = result.failures.to_pylist()
    assert whole["reason_en"] == "rank is held as string, but declared as int32"
    assert whole["reason_vi"] == "cột rank có kiểu string, khai báo là int32"
    assert one["reason_en"] == "rank cannot be read as int32"
    assert one["raw_value"] == "một"
    judged = {rule.rule_id for rule in result.rules}
    assert judged.isdisjoint({"demo.bodies", "demo.ranks", "demo.count", "demo.no_test"})


@pytest.mark.parametrize(
    ("name", "values", "unread"),
    [
        ("rank", pa.array([1.0, 2.5, None, 2.0]), [1]),
        ("rank", pa.array([1, 2**40, None, 2], pa.int64()), [1]),
        ("rank", pa.array([1, 2, 1, 2], pa.int64()), []),
        ("value", pa.array([0.9, 0.5, 0.1234567, 0.5]), [2]),
        ("value", pa.array([Decimal("0.9")] * 4, pa.decimal128(18, 4)), []),
        ("value", pa.array([[1], [2], [], None], pa.list_(pa.int64())), [0, 1, 2]),
        ("rows_in", pa.array([10] * 4, pa.int32()).dictionary_encode(), []),
        ("note", pa.array(["x"] * 4).dictionary_encode(), []),
        ("note", pa.nulls(4), []),
        ("note", pa.array([b"x", b"\xff", b"x", b"x"]), []),
        ("value", pa.array([Decimal(1)] * 4, pa.decimal256(60, 2)), []),
    ],
    ids=lambda value: str(getattr(value, "type", "")) or None,
)
def test_a_wrong_type_is_one_failure_of_the_column_and_one_a_value_that_would_change(
    demo: Table, frame: pa.Table, name: str, values: pa.Array, unread: list[int]
) -> None:
    found = _found(check(demo, _with(frame, name, values)))
    rows = [row for rule, row in found if rule == f"demo.{name}.dtype"]
    assert rows == [None, *unread]


@pytest.mark.parametrize("arrow", [pa.string(), pa.large_string(), pa.string_view()])
def test_any_arrow_text_is_text(demo: Table, frame: pa.Table, arrow: pa.DataType) -> None:
    assert check_rows(demo, _with(frame, "note", frame["note"].cast(arrow))).passed


def test_pieces_of_a_frame_are_one_frame(demo: Table, frame: pa.Table) -> None:
    pieces = pa.concat_tables([frame.slice(0, 1), frame.slice(1, 2), frame.slice(3)])
    bad = _with(pieces, "rank", pc.add(pieces["rank"], pa.scalar(199, pa.int32())))
    assert _found(check_rows(demo, bad)) == [("demo.rank.range", 1), ("demo.rank.range", 3)]


@pytest.mark.parametrize(
    ("change", "column", "reason_en", "reason_vi"),
    [
        (lambda f: f.drop_columns(["rank"]), "rank", "rank is missing", "thiếu rank"),
        (
            lambda f: f.append_column("guess", pa.nulls(4)),
            "guess",
            "guess is not declared",
            "guess không có trong khai báo",
        ),
        (
            lambda f: f.append_column("rank", f["rank"]),
            "rank",
            "rank comes 2 times",
            "rank có 2 lần",
        ),
        (
            lambda f: f.select(list(reversed(f.column_names))),
            "trust",
            "trust is out of order",
            "trust sai thứ tự",
        ),
    ],
    ids=["missing", "extra", "twice", "order"],
)
def test_wrong_columns_are_the_only_failure(
    demo: Table,
    frame: pa.Table,
    change: Callable[[pa.Table], pa.Table],
    column: str,
    reason_en: str,
    reason_vi: str,
) -> None:
    result = check(demo, change(frame))
    assert [(rule.rule_id, rule.failing) for rule in result.rules] == [("demo.columns", 1)]
    line = result.failures.to_pylist()[0]
    assert (line["column_name"], line["row_no"]) == (column, None)
    assert line["reason_en"] == f"the columns are not those declared: {reason_en}"
    assert line["reason_vi"] == f"các cột không đúng khai báo: {reason_vi}"


def test_rules_on_text_leave_nulls_to_the_rule_on_nulls(demo: Table, frame: pa.Table) -> None:
    result = check_rows(demo, _with(frame, "category", pa.array(["portal", None, "policy", "x"])))
    assert _found(result) == [("demo.category.nullable", 1)]


def test_all_rows_of_a_duplicate_fail_and_nulls_count_as_equal(
    demo: Table, frame: pa.Table
) -> None:
    same = pa.array([None, None, None, "P-B"], pa.string())
    result = check_rows(demo, _with(_with(frame, "body_code", same), "category", same))
    rows = [row for rule, row in _found(result) if rule == "demo.key"]
    assert rows == [0, 1, 2]


def test_a_check_that_cannot_run_is_an_error_not_a_pass(demo: Table, frame: pa.Table) -> None:
    """A sum over text ends in an error inside pandera's check, which names no row."""
    params = {"total": "rows_in", "parts": ["note"]}
    rule = Rule("demo.broken", "sum_of", params, "en", "vi", "do")
    frame = _with(frame, "note", pa.array(["x"] * 4))
    with pytest.raises(GateError, match=r"demo: pandera could not judge demo: demo\.broken"):
        check_rows(dataclasses.replace(demo, row_rules=(rule,)), frame)


def test_a_failure_of_an_unknown_check_is_an_error_not_lost(
    demo: Table, frame: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = pa_polars.Column(pl.String, pa_polars.Check.ne("x"))
    schema = pa_polars.DataFrameSchema({"note": other})
    module = importlib.import_module("assets.gates.check")  # the package's `check` is a function
    monkeypatch.setattr(module, "schema_of", lambda table: schema)
    with pytest.raises(GateError, match="demo: pandera could not judge note: not_equal_to"):
        check_rows(demo, frame)
