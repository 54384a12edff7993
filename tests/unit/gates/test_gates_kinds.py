"""Each kind of rule is fed bad data: the bad rows are found, nothing else, and the words say so."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from assets.gates import Context, GateError, GateResult
from assets.gates.rules import COLUMN_KINDS, PARAMETERS
from assets.registry import Rule, Table
from assets.registry.model import ROW_RULES, TABLE_RULES
from tests.unit.gates.gate_paths import check

Row = dict[str, Any]

#: kind -> cases of (changes to the good rows, rule id, failing (row, raw value), part of reasons).
CASES: dict[
    str, list[tuple[dict[int, Row], str, list[tuple[int | None, str | None]], str, str]]
] = {
    "nullable": [
        (
            {1: {"universe": None}},
            "demo.universe.nullable",
            [(1, None)],
            "universe is missing, but every row needs one",
            "thiếu giá trị bắt buộc ở cột universe",
        )
    ],
    "range": [
        (
            {0: {"rank": 0, "value": Decimal(1)}, 3: {"rank": 201, "value": Decimal(0)}},
            "demo.rank.range",
            [(0, "0"), (3, "201")],
            "rank must be from 1 to 200",
            "giá trị cột rank phải từ 1 đến 200",
        ),
        (
            {0: {"value": Decimal("1.000001")}},
            "demo.value.range",
            [(0, "1.000001")],
            "value must be from 0 to 1",
            "phải từ 0 đến 1",
        ),
        (
            {2: {"line_no": -4}},
            "demo.line_no.range",
            [(2, "-4")],
            "line_no must be at least 1",
            "phải từ 1 trở lên",
        ),
    ],
    "codes": [
        (
            {1: {"rank_status": "Printed"}},
            "demo.rank_status.codes",
            [(1, "Printed")],
            "rank_status must be one of printed, not_printed, shared_last",
            "phải thuộc danh sách: printed",
        )
    ],
    "pattern": [
        (
            # The whole value counts, also where the pattern has a bar and where a line ends.
            {0: {"category": "portal_x"}, 2: {"category": "policy\n"}},
            "demo.category.pattern",
            [(0, "portal_x"), (2, "policy\n")],
            "category does not have the declared form ^[a-z]+|[a-z]+_[0-9]$",
            "không đúng dạng",
        )
    ],
    "length": [
        (
            {3: {"body_name": "ế" * 11}, 1: {"body_name": "ế" * 10}},
            "demo.body_name.length",
            [(3, "ế" * 11)],
            "body_name is longer than 10 characters",
            "dài quá 10 ký tự",
        )
    ],
    "status": [
        (
            {
                0: {"value": None},  # reported, but no value
                1: {"value": None, "value_status": "no_figure"},  # a null with a reason
                2: {"value_status": "share_only"},  # a value although the status says none
            },
            "demo.value.status",
            [
                (0, "value=null, value_status=reported"),
                (2, "value=0.900000, value_status=share_only"),
            ],
            "value and value_status do not fit",
            "cột value và value_status không khớp",
        ),
        (
            {
                0: {"rank": None},
                1: {"rank": None, "rank_status": "not_printed"},
                2: {"rank_status": "not_printed"},
                3: {"rank_status": "shared_last"},
            },
            "demo.rank.status",
            [(0, "rank=null, rank_status=printed"), (2, "rank=1, rank_status=not_printed")],
            "a missing value needs a status that says why",
            "giá trị trống phải có lý do",
        ),
    ],
    "key": [
        (
            {2: {"category": "portal", "body_code": "P-A"}, 3: {"trust": "press"}},
            "demo.key",
            [(0, "category=portal, body_code=P-A"), (2, "category=portal, body_code=P-A")],
            "more than one row has this key (category, body_code)",
            "nhiều dòng trùng khóa",
        )
    ],
    "unique": [
        (
            {3: {"line_no": 1}},
            "demo.lines",
            [(0, f"file_sha256={'a' * 64}, line_no=1"), (3, f"file_sha256={'a' * 64}, line_no=1")],
            "lines (en)",
            "lines (vi)",
        )
    ],
    "sum_of": [
        (
            {0: {"rows_accepted": 8}, 1: {"rows_quarantined": None}},
            "demo.sum",
            [(0, "rows_in=10, rows_accepted=8, rows_quarantined=3")],
            "sum (en)",
            "sum (vi)",
        ),
        (  # 2,147,483,647 + 1 would wrap around to the total in 32 bits
            {2: {"rows_in": -(2**31), "rows_accepted": 2**31 - 1, "rows_quarantined": 1}},
            "demo.sum",
            [(2, f"rows_in={-(2**31)}, rows_accepted={2**31 - 1}, rows_quarantined=1")],
            "sum (en)",
            "sum (vi)",
        ),
    ],
    "at_most": [
        (
            {1: {"online_cases": 6}, 2: {"all_cases": None}},
            "demo.at_most",
            [(1, "online_cases=6, all_cases=5")],
            "at_most (en)",
            "at_most (vi)",
        )
    ],
    "null_needs_status": [
        (
            {0: {"note": None, "note_status": None}, 1: {"note": None, "note_status": "by_part"}},
            "demo.note",
            [(0, "note=null, note_status=null")],
            "note (en)",
            "note (vi)",
        )
    ],
    "expected_bodies": [
        (
            {1: {"body_code": "P-X"}},
            "demo.bodies",
            [(None, "P-B"), (1, "P-X")],
            "bodies (en): P-B is missing",
            "bodies (vi): thiếu P-B",
        ),
    ],
    "rank_follows_value": [
        (
            {0: {"value": Decimal("0.4")}},
            "demo.ranks",
            [(0, "rank=1, value=0.400000")],
            "ranks (en): a worse rank has the higher value 0.500000",
            "ranks (vi): có hạng thấp hơn nhưng giá trị cao hơn (0.500000)",
        ),
    ],
    "no_value": [
        (
            {2: {"universe": "test"}},
            "demo.no_test",
            [(2, "test")],
            "no_test (en)",
            "no_test (vi)",
        )
    ],
}


@pytest.fixture
def judge(
    demo: Table,
    demo_rows: list[Row],
    frame_of: Callable[[Table, list[Row]], pa.Table],
    context_of: Callable[[list[Row]], Context],
) -> Callable[..., GateResult]:
    """Check `demo` with some cells of its good rows changed, or with other rows."""
    context = context_of(demo_rows)

    def run(changes: dict[int, Row] | None = None, rows: list[Row] | None = None) -> GateResult:
        rows = demo_rows if rows is None else rows
        changed = [row | (changes or {}).get(n, {}) for n, row in enumerate(rows)]
        return check(demo, frame_of(demo, changed), context)

    return run


def test_every_kind_of_rule_has_a_bad_case() -> None:
    # The last three are of crawl tables: see test_gates_targets.
    tested_apart = {"row_count", "required_when", "expected_targets", "share_within"}
    declared = {*COLUMN_KINDS, "key", *ROW_RULES, *TABLE_RULES}
    assert set(CASES) | tested_apart == declared
    assert set(PARAMETERS) == {*ROW_RULES, *TABLE_RULES}


def test_good_rows_pass_and_the_result_says_what_was_checked(
    judge: Callable[..., GateResult],
) -> None:
    result = judge()
    assert result.passed
    assert (result.table, result.rows, result.failures.num_rows) == ("demo", 4, 0)
    assert {rule.kind for rule in result.rules} == {"columns", "dtype", "row_count", *CASES}
    assert len({rule.rule_id for rule in result.rules}) == len(result.rules)
    assert all(rule.passed and rule.failing == 0 for rule in result.rules)


@pytest.mark.parametrize(
    ("changes", "rule_id", "failing", "reason_en", "reason_vi"),
    [pytest.param(*case, id=f"{kind}-{n}") for kind in CASES for n, case in enumerate(CASES[kind])],
)
def test_bad_rows_are_found_and_nothing_else(
    judge: Callable[..., GateResult],
    changes: dict[int, Row],
    rule_id: str,
    failing: list[tuple[int | None, str | None]],
    reason_en: str,
    reason_vi: str,
) -> None:
    result = judge(changes)
    lines = [line for line in result.failures.to_pylist() if line["rule_id"] == rule_id]
    assert [(line["row_no"], line["raw_value"]) for line in lines] == failing
    assert reason_en in lines[0]["reason_en"]
    assert reason_vi in lines[0]["reason_vi"]
    assert all(line["what_to_do"] and line["column_name"] for line in lines)
    assert not result.passed
    judged = {rule.rule_id: rule for rule in result.rules}
    assert judged[rule_id].failing == len(failing)
    # Other rules may only fail because a body went missing from its list by the same change.
    others = set(result.failures["rule_id"].to_pylist()) - {rule_id}
    assert others <= {"demo.bodies"}
    assert result.failures.num_rows == sum(rule.failing for rule in result.rules)


def test_where_names_the_place_in_the_source(judge: Callable[..., GateResult]) -> None:
    line = judge({2: {"body_name": "x" * 300}}).failures.to_pylist()[0]
    assert line["where"] == (
        f"file_sha256={'a' * 64}, line_no=3, index_code=assessment, "
        "universe=province_63, category=policy, body_code=P-A"
    )
    assert line["raw_value"] == "x" * 200


@pytest.mark.parametrize(("number", "found"), [(1, "1 rows"), (7, "7 rows")])
def test_row_count_outside_its_bounds(
    judge: Callable[..., GateResult], demo_rows: list[Row], number: int, found: str
) -> None:
    rows = [demo_rows[0] | {"line_no": n, "category": f"portal_{n}"} for n in range(number)]
    result = judge(rows=rows)
    line = next(x for x in result.failures.to_pylist() if x["rule_id"] == "demo.count")
    assert line["row_no"] is None
    assert line["raw_value"] == str(number)
    assert line["reason_en"] == f"count (en): {found}, declared from 2 to 6"
    assert line["reason_vi"] == f"count (vi): có {number} dòng, khai báo từ 2 đến 6"


def test_expected_bodies_only_where_declared_and_where_members_are_known(
    judge: Callable[..., GateResult],
) -> None:
    assert judge({0: {"trust": "press"}, 1: {"trust": "press", "body_code": "P-X"}}).passed
    other = {"universe": "province_34", "body_code": "Q-X"}
    assert judge({0: other, 1: other | {"body_code": "Q-Y"}}).passed


def test_a_body_that_is_no_member_is_extra(
    demo: Table, demo_rows: list[Row], frame_of: Callable[[Table, list[Row]], pa.Table]
) -> None:
    known = {"index_code": "assessment", "universe": "province_63"}
    members = [
        known | {"body_code": "P-A", "is_member": True},
        known | {"body_code": "P-B", "is_member": False},
    ]
    context = Context(memberships=pa.Table.from_pylist(members))
    lines = check(demo, frame_of(demo, demo_rows), context).failures.to_pylist()
    assert [(x["row_no"], x["reason_en"]) for x in lines] == [
        (1, "bodies (en): P-B is not a member"),
        (3, "bodies (en): P-B is not a member"),
    ]
    assert lines[0]["reason_vi"] == "bodies (vi): P-B không thuộc đối tượng đánh giá"


def test_a_missing_body_is_named_with_its_list(judge: Callable[..., GateResult]) -> None:
    line = judge({3: {"trust": "press"}}).failures.to_pylist()[0]
    assert line["where"] == (
        "index_code=assessment, universe=province_63, category=policy, body_code=P-B"
    )


@pytest.mark.parametrize(
    "context", [None, Context(), Context(memberships=pa.table({"body_code": ["P-A"]}))]
)
def test_expected_bodies_without_memberships_is_an_error_not_a_pass(
    demo: Table,
    demo_rows: list[Row],
    frame_of: Callable[[Table, list[Row]], pa.Table],
    context: Context | None,
) -> None:
    with pytest.raises(GateError, match=r"demo\.bodies.*Context\.memberships"):
        check(demo, frame_of(demo, demo_rows), context)


@pytest.mark.parametrize(
    ("ranked", "failing"),
    [
        # A gap and a row without a value are no hindrance; any worse rank counts, not the next.
        ([(1, "0.9"), (2, "0.3"), (2, "0.8"), (3, None), (5, "0.1"), (9, "0.5")], [1, 4]),
        # Bodies that share a rank are not compared with one another; equal values are no fault.
        ([(1, "0.9"), (2, "0.8"), (2, "0.6"), (4, "0.6")], []),
    ],
    ids=["worse ranks", "shared rank"],
)
@pytest.mark.parametrize("category", ["portal", None])
def test_a_rank_fails_if_any_worse_rank_has_a_higher_value(
    judge: Callable[..., GateResult],
    demo_rows: list[Row],
    ranked: list[tuple[int, str | None]],
    failing: list[int],
    category: str | None,
) -> None:
    rows = [
        demo_rows[0]
        | {"line_no": n + 1, "body_code": f"P-{n}", "rank": rank, "trust": "press"}
        | {"value": value and Decimal(value), "value_status": "reported" if value else "no_figure"}
        | {"category": category}
        for n, (rank, value) in enumerate(ranked)
    ]
    lines = judge(rows=rows).failures.to_pylist()
    assert [x["row_no"] for x in lines if x["rule_id"] == "demo.ranks"] == failing


_SHARE = {"by": ["universe"], "column": "note", "value": "a", "from_rows": 1}


@pytest.mark.parametrize(
    ("kind", "params", "said"),
    [
        ("sum_of", {"total": "rows_in"}, "it takes parts, total"),
        ("sum_of", {"total": "rows_in", "parts": ["nothing"]}, "names nothing, not a column"),
        ("at_most", {"column": "rows_in", "limits": "rows_in"}, "it takes column, limit"),
        ("null_needs_status", {"column": "note", "status": "gone"}, "names gone, not a column"),
        ("unique", {"columns": ["gone"]}, "names gone, not a column"),
        ("row_count", {}, "it takes at least one of max, min"),
        ("no_value", {"column": "gone", "value": 1}, "names gone, not a column"),
        ("rank_follows_value", {"by": ["gone"], "rank": "rank", "value": "value"}, "names gone"),
        ("expected_bodies", {"where": {"gone": 1}}, "where names gone, not a column"),
        ("required_when", {"column": "gone", "when": {"note": ["a"]}}, "names gone, not a"),
        ("required_when", {"column": "note", "when": {"gone": ["a"]}}, "when names gone, not a"),
        ("required_when", {"column": "note", "when": {}}, "when names 0 columns"),
        ("expected_targets", {"by": ["gone"]}, "by names gone, not a column"),
        ("expected_targets", {"by": ["universe"]}, "needs Context.targets"),
        (
            "share_within",
            {"by": ["universe"], "column": "note", "value": "a", "from_rows": 1, "per": "gone"},
            "per names gone, not a column",
        ),
        ("share_within", {"by": ["universe"], "column": "note"}, "it takes by, column, from_rows"),
        ("share_within", _SHARE, "declares neither min nor max"),
        ("share_within", _SHARE | {"min": 0.5}, "min must be a share from 0 to 1 as text, not 0.5"),
        ("share_within", _SHARE | {"max": "50"}, "max must be a share from 0 to 1 as text"),
        ("guess", {}, "rule kind 'guess' is not known"),
    ],
)
def test_a_wrongly_declared_rule_is_an_error_naming_it(
    demo: Table,
    demo_rows: list[Row],
    frame_of: Callable[[Table, list[Row]], pa.Table],
    kind: str,
    params: Row,
    said: str,
) -> None:
    rule = Rule("demo.broken", kind, params, "en", "vi", "do")
    on_rows = kind in ROW_RULES
    broken = dataclasses.replace(
        demo, row_rules=(rule,) if on_rows else (), table_rules=() if on_rows else (rule,)
    )
    with pytest.raises(GateError, match=r"demo\.broken") as raised:
        check(broken, frame_of(demo, demo_rows))
    assert said in str(raised.value)
