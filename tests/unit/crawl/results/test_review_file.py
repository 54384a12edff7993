"""The review file: unsure answers go out, decisions come back, and none is lost on the way."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest

from assets import registry
from assets.crawl.checks.names import check_names
from assets.crawl.checks.rules import rules
from assets.crawl.results.review import (
    COLUMNS,
    decisions_table,
    export_review,
    peek_decisions,
    read_decisions,
    speak_of_none,
)
from assets.received.delivery import Delivery
from assets.received.reviewed import ReviewedFileError

YEAR = 2016
NAMES = {"P-10": "UBND tỉnh Lào Cai", "P-15": "UBND tỉnh Yên Bái"}
NEWS = check_names()["news"].vi
LINE = {
    "assessment_year": "2016",
    "window_code": "W2017-02",
    "round_no": "2",
    "target_id": "P-10",
    "body_name": "UBND tỉnh Lào Cai",
    "check_id": "news",
    "check_vi": NEWS,
    "found_answer": "no",
    "evidence_url": "http://example.test/",
    "deciding_words": "",
    "rule_id": "news.not_found",
    "confidence": "60",
    "record_id": "",
    "check_answer": "yes",
    "reason": "Mục tin nằm ở thanh bên",
    "author": "Cục Tin học hóa",
    "evidence": "Ảnh chụp ngày 20/02/2017",
}


def answer(**changes: Any) -> dict[str, Any]:
    return {
        "window_code": "W2017-02",
        "round_no": 1,
        "target_id": "P-10",
        "assessment_year": YEAR,
        "body_code": "P-10",
        "check_id": "news",
        "check_answer": "no",
        "evidence_url": "http://example.test/",
        "deciding_words": None,
        "rule_id": "news.not_found",
        "confidence": 60,
        "needs_review": True,
        "captured_at": datetime(2017, 2, 7, 3, 0, tzinfo=UTC),
        "content_sha256": "a" * 64,
        "record_id": "urn:uuid:12345678-1234-1234-1234-123456789abc",
        "known_at": date(2017, 2, 20),
        "is_synthetic": False,
        "file_sha256": "b" * 64,
        "line_no": 7,
        **changes,
    }


def frame(table: str, rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=registry.table(table).arrow_schema)


def checks(*rows: dict[str, Any]) -> pa.Table:
    return frame("raw_portal_checks", list(rows))


NONE_DECIDED = frame("raw_check_decisions", [])


def file(*changes: dict[str, str]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    writer.writerows({**LINE, **change} for change in changes)
    return buffer.getvalue().encode("utf-8-sig")


def delivery(content: bytes, **changes: Any) -> Delivery:
    facts = {
        "file_name": "checks_2016.csv",
        "file_sha256": "c" * 64,
        "known_at": date(2017, 2, 21),
        "is_synthetic": False,
        "order": 1,
    }
    return Delivery(content=content, **{**facts, **changes})


def exported(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def refusal(*changes: dict[str, str]) -> list[str]:
    with pytest.raises(ReviewedFileError) as caught:
        read_decisions(delivery(file(*changes)), YEAR)
    return str(caught.value).splitlines()


def test_every_check_has_a_name_in_both_languages() -> None:
    names = check_names()
    assert list(names) == list(rules().checks)
    assert len({name.vi for name in names.values()}) == len(names) == 27
    assert len({name.en for name in names.values()}) == 27


def test_an_unsure_answer_is_a_line() -> None:
    (line,) = exported(export_review(checks(answer()), NAMES, NONE_DECIDED))
    assert tuple(line) == COLUMNS
    assert line == {
        **LINE,
        "round_no": "1",
        "record_id": "urn:uuid:12345678-1234-1234-1234-123456789abc",
        **dict.fromkeys(("check_answer", "reason", "author", "evidence"), ""),
    }


def test_the_last_round_in_which_a_check_was_observed_decides_what_is_asked() -> None:
    table = checks(
        answer(round_no=1, check_answer="no"),
        answer(round_no=2, check_answer="partial"),
        answer(round_no=3, check_answer="not_observed", needs_review=False),
        answer(check_id="search", round_no=1),
        answer(check_id="search", round_no=2, check_answer="yes", needs_review=False),
        answer(window_code="W2017-03", round_no=1),
        answer(target_id="P-15", body_code="P-15", check_id="links", needs_review=False),
    )
    lines = exported(export_review(table, NAMES, NONE_DECIDED))
    assert [
        (line["window_code"], line["check_id"], line["round_no"], line["found_answer"])
        for line in lines
    ] == [("W2017-02", "news", "2", "partial"), ("W2017-03", "news", "1", "no")]


def test_the_order_of_the_answers_does_not_matter() -> None:
    rows = [answer(round_no=n, check_answer=a) for n, a in ((1, "no"), (2, "partial"))]
    rows += [answer(target_id="P-15", body_code="P-15")]
    assert export_review(checks(*rows), NAMES, NONE_DECIDED) == export_review(
        checks(*reversed(rows)), NAMES, NONE_DECIDED
    )


def test_words_from_outside_cannot_run_as_formulas() -> None:
    words, url = "=HYPERLINK(1)", "http://example.test/+"
    content = export_review(
        checks(answer(deciding_words=words, evidence_url=url)), {"P-10": "@tên"}, NONE_DECIDED
    )
    (line,) = exported(content)
    assert (line["deciding_words"], line["body_name"]) == ("'=HYPERLINK(1)", "'@tên")
    assert line["evidence_url"] == url


def test_decisions_become_rows() -> None:
    undecided = dict.fromkeys(("check_answer", "reason", "author", "evidence"), "")
    search = {"check_id": "search", "check_vi": check_names()["search"].vi}
    content = file({}, search | undecided)
    assert read_decisions(delivery(content), YEAR) == [
        {
            "file_sha256": "c" * 64,
            "line_no": 2,
            "assessment_year": 2016,
            "window_code": "W2017-02",
            "round_no": 2,
            "target_id": "P-10",
            "check_id": "news",
            "found_answer": "no",
            "check_answer": "yes",
            "decision_reason": "Mục tin nằm ở thanh bên",
            "author": "Cục Tin học hóa",
            "evidence": "Ảnh chụp ngày 20/02/2017",
            "known_at": date(2017, 2, 21),
            "is_synthetic": False,
        }
    ]
    assert peek_decisions(content, "checks_2016.csv") == 2016


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        ({"assessment_year": "2017"}, "assessment_year", "year"),
        ({"window_code": "2/2017"}, "window_code", "form"),
        ({"round_no": "second"}, "round_no", "number"),
        ({"round_no": "0"}, "round_no", "bounds"),
        ({"round_no": "61"}, "round_no", "bounds"),
        ({"target_id": "P 10"}, "target_id", "form"),
        ({"check_id": "newz"}, "check_id", "unknown_check"),
        ({"check_vi": "Tin"}, "check_vi", "locked_column"),
        ({"found_answer": "nein"}, "found_answer", "code"),
        ({"check_answer": "có"}, "check_answer", "code"),
        ({"reason": " "}, "reason", "required"),
        ({"author": ""}, "author", "required"),
        ({"evidence": ""}, "evidence", "required"),
        ({"reason": "a\u200bb"}, "reason", "invisible_character"),
        ({"check_answer": ""}, "check_answer", "answer_missing"),
    ],
)
def test_a_fault_refuses_the_file_and_is_named(
    change: dict[str, str], column: str, rule: str
) -> None:
    sound = {"target_id": "P-15"}
    (fault,) = refusal(sound, change)
    assert fault.startswith(f"checks_2016.csv, line 3, column {column}: ")
    assert f"[{rule}] " in fault


def test_all_faults_of_a_file_are_told_at_once() -> None:
    faults = refusal({"author": ""}, {"target_id": "P-15", "check_answer": "maybe"})
    assert [fault.partition(": ")[0] for fault in faults] == [
        "checks_2016.csv, line 2, column author",
        "checks_2016.csv, line 3, column check_answer",
    ]


def test_an_answer_is_decided_once_whatever_the_round_but_another_answer_anew() -> None:
    (fault,) = refusal({}, {"round_no": "3", "check_answer": "partial"})
    assert "column check_answer: the same answer of news is already decided on line 2" in fault
    rows = read_decisions(delivery(file({}, {"found_answer": "partial"})), YEAR)
    assert [row["found_answer"] for row in rows] == ["no", "partial"]


def test_another_header_refuses_the_file() -> None:
    content = file({}).replace(b"deciding_words", b"words")
    with pytest.raises(ReviewedFileError, match=r"checks_2016\.csv, line 1: .*\[header\]"):
        read_decisions(delivery(content), YEAR)


def test_a_file_about_two_years_is_about_none() -> None:
    with pytest.raises(ReviewedFileError, match="one_document"):
        peek_decisions(file({}, {"assessment_year": "2017"}), "checks.csv")


def test_a_decision_is_dated_by_the_version_that_first_said_it() -> None:
    first = delivery(file({}), known_at=date(2017, 2, 1))
    later = delivery(
        file({"round_no": "4", "confidence": "61"}, {"target_id": "P-15"}),
        known_at=date(2017, 3, 1),
        file_sha256="d" * 64,
    )
    table = decisions_table([[first, later]], YEAR)
    assert table.schema == registry.table("raw_check_decisions").arrow_schema
    assert table["target_id"].to_pylist() == ["P-10", "P-15"]
    assert table["known_at"].to_pylist() == [date(2017, 2, 1), date(2017, 3, 1)]
    assert set(table["file_sha256"].to_pylist()) == {"d" * 64}


def test_a_decision_that_is_taken_back_is_gone_and_a_changed_one_is_new() -> None:
    first = delivery(file({}, {"target_id": "P-15"}), known_at=date(2017, 2, 1))
    later = delivery(file({"check_answer": "partial"}), known_at=date(2017, 3, 1))
    table = decisions_table([[first, later]], YEAR)
    assert table.select(["target_id", "check_answer", "known_at"]).to_pylist() == [
        {"target_id": "P-10", "check_answer": "partial", "known_at": date(2017, 3, 1)}
    ]


def test_no_documents_make_no_decisions() -> None:
    assert decisions_table([], YEAR).num_rows == 0


def test_an_export_carries_the_decisions_and_comes_back_as_the_same_ones() -> None:
    table = checks(answer(), answer(target_id="P-15", body_code="P-15"))
    decided = decisions_table([[delivery(file({"reason": "=1+1 là hai"}))]], YEAR)
    content = export_review(table, NAMES, decided)
    lines = exported(content)
    assert [(line["target_id"], line["check_answer"]) for line in lines] == [
        ("P-10", "yes"),
        ("P-15", ""),
    ]
    again = decisions_table([[delivery(content)]], YEAR)
    assert again.drop_columns(["round_no"]) == decided.drop_columns(["round_no"])


def test_decisions_on_answers_that_changed_or_are_gone_stay_in_the_file() -> None:
    table = checks(
        answer(round_no=1, check_answer="no", confidence=60),
        answer(round_no=2, check_answer="yes", needs_review=False, confidence=95),
    )
    decided = decisions_table([[delivery(file({}, {"window_code": "W2016-11"}))]], YEAR)
    content = export_review(table, NAMES, decided)
    assert [
        (line["window_code"], line["round_no"], line["found_answer"], line["confidence"])
        for line in exported(content)
    ] == [("W2016-11", "2", "no", ""), ("W2017-02", "1", "no", "60")]
    again = decisions_table([[delivery(content)]], YEAR)
    assert again.num_rows == 2
    assert set(again["known_at"].to_pylist()) == {date(2017, 2, 21)}


def test_decisions_that_speak_of_no_answer_are_told() -> None:
    decided = decisions_table(
        [[delivery(file({}, {"window_code": "Feb-17"}, {"found_answer": "partial"}))]], YEAR
    )
    assert speak_of_none(decided, checks(answer())) == [
        "line 3: no news of P-10 was answered no in window Feb-17",
        "line 4: no news of P-10 was answered partial in window W2017-02",
    ]
