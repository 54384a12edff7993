"""Lines of case records: each rule has its bad line, and cases that come twice are found."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_samples import good, read, text

from assets import registry
from assets.gates.rules import rules_of
from assets.services.cases.judge import words

#: What is changed in a good line -> the column and the rule that refuse it.
BAD: dict[str, tuple[tuple[str, str], str, str]] = {
    "no_case": (("H40-1,", ","), "case_id", "raw_cases.case_id.nullable"),
    "case_number_form": (("H40-1,", "số 1,"), "case_id", "raw_cases.case_id.pattern"),
    "digits_alone": (("H40-1,", "1234567,"), "case_id", "raw_cases.case_id.pattern"),
    "case_number_length": (("H40-1,", f"H{'0' * 60},"), "case_id", "raw_cases.case_id.length"),
    "no_body": (("P-10", ""), "body_code", "raw_cases.body_code.nullable"),
    "unknown_body": (("P-10", "ZZ-99"), "body_code", "unknown_body"),
    "no_service": (("DV.001", " "), "service_code", "raw_cases.service_code.nullable"),
    "service_form": (("DV.001", "DV 1"), "service_code", "raw_cases.service_code.pattern"),
    "no_channel": (("online", ""), "channel", "raw_cases.channel.nullable"),
    "channel": (("online", "fax"), "channel", "raw_cases.channel.codes"),
    "no_day": (("2016-03-02", ""), "received_on", "raw_cases.received_on.nullable"),
    "no_such_day": (("2016-03-02", "2016-02-30"), "received_on", "raw_cases.received_on.dtype"),
    "another_year": (("2016-03-02", "2015-03-02"), "received_on", "other_year"),
    "due_day": (("2016-04-10", "soon"), "due_on", "raw_cases.due_on.dtype"),
    "due_early": (("2016-04-10", "2016-01-10"), "received_on", "raw_cases.due_after_received"),
    "resolved_day": (("2016-04-01", "45000"), "resolved_on", "raw_cases.resolved_on.dtype"),
    "resolved_early": (
        ("2016-04-01", "2016-01-01"),
        "received_on",
        "raw_cases.resolved_after_received",
    ),
    "resolved_without_a_day": (("2016-04-01", ""), "resolved_on", "raw_cases.resolved_has_day"),
    "no_result": (("on_time", ""), "case_result", "raw_cases.case_result.nullable"),
    "result": (("on_time", "done"), "case_result", "raw_cases.case_result.codes"),
    "no_fee": (("none", ""), "fee_payment", "raw_cases.fee_payment.nullable"),
    "fee": (("none", "cash"), "fee_payment", "raw_cases.fee_payment.codes"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_line_is_refused_for_its_reason_and_no_other(tmp_path: Path, name: str) -> None:
    (old, new), column, rule = BAD[name]
    result = read(tmp_path, text(good(1).replace(old, new, 1), good(2)))
    assert result.rules() == [(2, column, rule)]
    (row,) = result.quarantine
    assert row["reason_vi"] == words()[rule]["reason_vi"]
    assert new.strip(" ,") in (row["raw_value"] or "")
    assert [case["line_no"] for case in result.cases] == [3]


def test_every_rule_on_a_line_has_its_bad_line() -> None:
    given = {"assessment_year", "is_synthetic", "file_sha256", "line_no"}  # not from the file
    rules = {
        rule.id
        for rule in rules_of(registry.table("raw_cases"))
        if not given.intersection(rule.reads) and not rule.spans_rows
    }
    # A body is one of those registered, so its code has its form.
    rules -= {"raw_cases.body_code.pattern"}
    assert rules <= {rule for _, _, rule in BAD.values()}


def test_every_fault_of_a_line_is_told(tmp_path: Path) -> None:
    line = good(1).replace("online", "fax").replace("none", "cash").replace("2016-04-01", "never")
    result = read(tmp_path, text(line, good(2)))
    assert result.rules() == [
        (2, "channel", "raw_cases.channel.codes"),
        (2, "fee_payment", "raw_cases.fee_payment.codes"),
        (2, "resolved_on", "raw_cases.resolved_on.dtype"),
    ]


def test_a_case_that_comes_twice_is_refused_wherever_it_stands(tmp_path: Path) -> None:
    first = text(good(1), good(2), good(1), good(3))
    second = text(good(4), good(3))
    result = read(tmp_path, first, second)
    assert sorted(case["case_id"] for case in result.cases) == ["H40-2", "H40-4"]
    assert sorted((row["line_no"], row["rule_id"]) for row in result.quarantine) == [
        (2, "raw_cases.key"),
        (3, "raw_cases.key"),
        (4, "raw_cases.key"),
        (5, "raw_cases.key"),
    ]
    assert {row["raw_value"] for row in result.quarantine} == {
        "body_code=P-10, case_id=H40-1",
        "body_code=P-10, case_id=H40-3",
    }


def test_the_same_number_at_two_bodies_is_two_cases(tmp_path: Path) -> None:
    result = read(tmp_path, text(good(1), good(1).replace("P-10", "P-79")))
    assert len(result.cases) == 2


def test_a_row_says_where_it_is_from(tmp_path: Path) -> None:
    (case,) = read(tmp_path, text("", good(5))).cases
    assert case["line_no"] == 3
    assert case["file_sha256"]
    assert (case["assessment_year"], case["is_synthetic"]) == (2016, False)


def test_a_place_named_after_a_person_is_no_person(tmp_path: Path) -> None:
    result = read(tmp_path, text(good(1).replace("P-10", "Hồ Văn Minh"), good(2)))
    assert result.rules() == [(2, "body_code", "unknown_body")]
