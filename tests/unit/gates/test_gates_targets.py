"""The kinds of rule that judge crawls, on the tables that declare them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pyarrow as pa
import pytest

from assets import registry
from assets.gates import Context, GateError, GateResult
from assets.registry import Rule
from tests.unit.gates.gate_paths import check

Row = dict[str, Any]

VISITS = registry.table("raw_crawl_visits")
TARGETS = registry.table("raw_crawl_targets")
RECORD = "urn:uuid:00000000-0000-0000-0000-000000000001"


def visit(target: str, status: str = "completed", **changes: Any) -> Row:
    outcomes = {"completed": "up", "robots": "not_measured"}
    is_up = status == "completed"
    return {
        "window_code": "w1", "round_no": 1, "target_id": target, "assessment_year": 2016,
        "target_kind": "portal", "body_code": target, "url": f"http://{target.lower()}.vn/",
        "visit_status": status, "outcome": outcomes.get(status, "down"), "redirects": 0,
        "attempts": 1, "is_rendered": False, "known_at": None, "is_synthetic": False,
        "record_id": RECORD if is_up else None, "content_sha256": "a" * 64 if is_up else None,
        "file_sha256": "b" * 64, "line_no": 1, **changes,
    }  # fmt: skip


def judged(rows: list[Row], targets: dict[str, str | None] | None = None) -> GateResult:
    """The gate of raw_crawl_visits; `targets` maps targets to why they are left out."""
    from datetime import date

    schema = pa.schema([pa.field(c.name, c.arrow) for c in VISITS.columns])
    frame = pa.Table.from_pylist([row | {"known_at": date(2017, 3, 1)} for row in rows], schema)
    wanted = {row["target_id"]: None for row in rows} if targets is None else targets
    register = pa.Table.from_pylist(
        [
            {"target_id": target, "url": f"http://{target.lower()}.vn/", "exclusion_en": why}
            for target, why in wanted.items()
        ],
        schema=pa.schema([(n, pa.string()) for n in ("target_id", "url", "exclusion_en")]),
    )
    return check(VISITS, frame, Context(targets=register))


def said(result: GateResult) -> list[tuple[str, str]]:
    return [
        (line["rule_id"].removeprefix("raw_crawl_visits."), line["reason_en"])
        for line in result.failures.to_pylist()
    ]


def test_good_visits_and_none_at_all_pass() -> None:
    assert judged([visit("P-01"), visit("P-02", "dns")]).passed
    assert judged([], {"P-01": None}).passed


def test_an_answered_visit_needs_its_evidence() -> None:
    result = judged([visit("P-01", record_id=None), visit("P-02", "dns")])
    assert said(result) == [
        ("evidence_present", "an answered visit has no record of evidence"),
    ]
    (line,) = result.failures.to_pylist()
    assert (line["row_no"], line["column_name"]) == (0, "record_id")
    assert line["raw_value"] == "record_id=null, visit_status=completed"


def test_targets_that_are_missing_or_not_asked_for_are_named() -> None:
    register = {"P-01": None, "P-02": None, "P-03": "asked to be left alone"}
    result = judged([visit("P-01"), visit("P-03")], register)
    reason = "the targets of a round are not those of the register"
    assert said(result) == [
        ("expected_targets", f"{reason}: P-02 is missing"),
        ("expected_targets", f"{reason}: P-03 is not in the register, or left out of it"),
    ]
    missing = result.failures.to_pylist()[0]
    assert missing["where"] == "window_code=w1, round_no=1, target_id=P-02"


def test_every_round_is_judged_for_itself() -> None:
    rows = [visit("P-01"), visit("P-02"), visit("P-01", round_no=2)]
    result = judged(rows, {"P-01": None, "P-02": None})
    assert [line["where"] for line in result.failures.to_pylist()] == [
        "window_code=w1, round_no=2, target_id=P-02"
    ]


def test_many_missing_targets_are_counted() -> None:
    result = judged([visit("P-01")], {f"P-{n:02}": None for n in range(1, 41)})
    assert len(said(result)) == 21
    assert said(result)[-1][1].endswith("19 more are missing")


def test_when_most_do_not_answer_our_own_network_is_suspected() -> None:
    rows = [visit(f"P-{n:02}", "completed" if n < 10 else "dns") for n in range(21)]
    ((rule, reason),) = said(judged(rows))
    assert rule == "our_network"
    assert reason.endswith("10 of 21 are up, declared at least 0.5")
    assert judged(rows[:11] + rows[:0]).passed  # too few to say
    assert judged(rows[:20]).passed  # just half


def test_a_target_counts_once_however_many_pages_it_has() -> None:
    many = [visit("P-01", url=f"http://p-01.vn/{n}") for n in range(60)]
    rows = [*many, *(visit(f"P-{n:02}", "timeout") for n in range(2, 22))]
    ((rule, reason),) = said(judged(rows))
    assert rule == "our_network"
    assert "1 of 21 are up" in reason


@pytest.mark.parametrize(
    "context", [None, Context(), Context(targets=pa.table({"target_id": ["P-01"]}))]
)
def test_without_the_register_nothing_is_said_to_be_well(context: Context | None) -> None:
    with pytest.raises(GateError, match=r"expected_targets.*Context\.targets"):
        check(VISITS, VISITS.arrow_schema.empty_table(), context)


@pytest.mark.parametrize(
    ("limits", "values", "found"),
    [
        ({"max": "0.5"}, ["a", "a", None, "b"], None),
        ({"max": "0.5"}, ["a", "a", None, "a"], "3 of 4"),
        ({"min": "0.5", "max": "0.75"}, ["a", "a", "a", None], None),
        ({"min": "0.5", "max": "0.75"}, ["a", None, None, None], "1 of 4"),
        ({"min": "0.34"}, ["a", "b", "b"], "1 of 3"),
        ({"min": "0.33"}, ["a", "b", "b"], None),
        ({"min": "1"}, ["a", "b"], None),  # too few rows to say
        ({"min": "1"}, [], None),
    ],
)
def test_a_share_is_of_all_rows_and_a_null_is_not_the_value(
    limits: Row, values: list[str | None], found: str | None
) -> None:
    params = {"by": ["target_kind"], "column": "exclusion_en", "value": "a", "from_rows": 3}
    rule = Rule("demo.share", "share_within", params | limits, "share", "tỷ lệ", "look")
    table = dataclasses.replace(TARGETS, row_rules=(), table_rules=(rule,))
    schema = pa.schema([pa.field(c.name, c.arrow) for c in TARGETS.columns])
    rows = [{"target_kind": "portal", "exclusion_en": value} for value in values]
    lines = check(table, pa.Table.from_pylist(rows, schema=schema)).failures.to_pylist()
    told = [(x["raw_value"], x["where"]) for x in lines if x["rule_id"] == "demo.share"]
    assert told == ([] if found is None else [(found, "target_kind=portal")])
