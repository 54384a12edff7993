"""Overrides: reviewed decisions that replace a figure, read strictly."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from reviewed_samples import ASKED, csv_bytes, delivery

from assets.received.reviewed import ReviewedFileError
from assets.submissions.overrides import COLUMNS, overrides_table, read_overrides

DECISION = {
    "assessment_year": "2016",
    "index_code": "assessment",
    "body_code": "P-10",
    "input_code": "staff_count",
    "figure": "1200",
    "state": "overridden",
    "value": "1250",
    "reason": "Số liệu tại công văn bổ sung",
    "author": "Cục Tin học hóa",
    "evidence": "Công văn 12/STTTT-CNTT ngày 05/02/2017",
}


def file(*changes: dict[str, str]) -> bytes:
    return csv_bytes(COLUMNS, [{**DECISION, **change} for change in changes])


def refusal(*changes: dict[str, str]) -> str:
    with pytest.raises(ReviewedFileError) as caught:
        read_overrides(delivery(file(*changes), file_name="overrides_2016.csv"), ASKED)
    return str(caught.value)


def test_decisions_become_rows() -> None:
    content = file(
        {},
        {"input_code": "portal_level", "figure": "", "value": "good"},
        {"input_code": "has_wan", "figure": "1", "state": "not_applicable", "value": ""},
        {"input_code": "online_share", "figure": "0.5", "value": "0.25"},
    )
    rows = read_overrides(delivery(content), ASKED)
    assert rows[0] == {
        "file_sha256": "c" * 64,
        "line_no": 2,
        "assessment_year": 2016,
        "index_code": "assessment",
        "body_code": "P-10",
        "input_code": "staff_count",
        "figure": "1200",
        "observation_state": "overridden",
        "value": Decimal(1250),
        "class_code": None,
        "decision_reason": "Số liệu tại công văn bổ sung",
        "author": "Cục Tin học hóa",
        "evidence": "Công văn 12/STTTT-CNTT ngày 05/02/2017",
        "known_at": date(2017, 1, 20),
        "is_synthetic": False,
    }
    columns = ("figure", "observation_state", "value", "class_code")
    assert [tuple(row[column] for column in columns) for row in rows[1:]] == [
        (None, "overridden", None, "good"),
        ("1", "not_applicable", None, None),
        ("0.5", "overridden", Decimal("0.25"), None),
    ]


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"assessment_year": "2017"}, "assessment_year", "year"),
        ({"body_code": "P-99"}, "body_code", "unknown_body"),
        ({"index_code": "dti"}, "index_code", "unknown_index"),
        ({"input_code": "trees"}, "input_code", "unknown_input"),
        ({"figure": "1.200,0"}, "figure", "figure"),
        ({"state": "reported", "value": ""}, "state", "code"),
        ({"value": ""}, "value", "value_missing"),
        ({"state": "not_observed"}, "value", "value_unwanted"),
        ({"value": "1.250"}, "value", "number"),
        ({"value": "-1"}, "value", "number"),
        ({"value": "good"}, "value", "number"),
        ({"value": "1234567890123"}, "value", "number"),
        ({"value": "0.5"}, "value", "whole"),
        ({"input_code": "has_wan", "value": "2"}, "value", "bounds"),
        ({"input_code": "online_share", "value": "1.5"}, "value", "bounds"),
        ({"input_code": "portal_level", "value": "excellent"}, "value", "class"),
        ({"reason": " "}, "reason", "required"),
        ({"author": ""}, "author", "required"),
        ({"evidence": ""}, "evidence", "required"),
        ({"reason": "a\u200bb"}, "reason", "invisible_character"),
    ],
)
def test_a_fault_refuses_the_file_and_is_named(
    change: dict[str, str], column: str, rule: str
) -> None:
    sound = {"body_code": "P-15"}
    faults = refusal(sound, change).splitlines()
    assert len(faults) == 1
    assert faults[0].startswith(f"overrides_2016.csv, line 3, column {column}: ")
    assert f"[{rule}] " in faults[0]


def test_one_decision_on_each_value_but_a_new_value_may_be_decided_anew() -> None:
    assert "line 3, column figure" in refusal({}, {"value": "7"})
    rows = read_overrides(delivery(file({}, {"figure": "1300", "value": "7"})), ASKED)
    assert [row["figure"] for row in rows] == ["1200", "1300"]


def test_adding_a_decision_leaves_the_days_of_the_others() -> None:
    added = {"body_code": "P-15"}
    frame = overrides_table(
        [
            [
                delivery(file({}), known_at=date(2017, 1, 1)),
                delivery(file({}, added), known_at=date(2017, 2, 2), file_sha256="e" * 64),
            ]
        ],
        ASKED,
    )
    assert frame["known_at"].to_pylist() == [date(2017, 1, 1), date(2017, 2, 2)]
    assert set(frame["file_sha256"].to_pylist()) == {"e" * 64}


def test_a_file_of_decisions_with_another_header_is_refused() -> None:
    with pytest.raises(ReviewedFileError, match=r"file\.csv, line 1: .*\[header\]"):
        read_overrides(delivery(file({}).replace(b"evidence", b"proof")), ASKED)
