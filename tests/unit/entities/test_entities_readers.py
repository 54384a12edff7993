"""Each fault of a file about bodies is named with file, line, column and rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from assets.entities.bodies import (
    BODY_COLUMNS,
    MEMBERSHIP_COLUMNS,
    REVIEW_COLUMNS,
    read_bodies,
    read_memberships,
    read_reviews,
)
from assets.entities.rows import BodiesError, write_rows

BODY = {
    "body_code": "P-02",
    "block": "province",
    "name_vi": "Hà Giang",
    "name_en": "Ha Giang Province",
    "valid_from": "2008-08-01",
    "valid_to": "2025-06-30",
    "successor_code": "Q-08",
    "gso_code": "02",
    "registered_website": "hagiang.gov.vn",
    "aliases": "Tỉnh Hà Giang",
    "source": "a list",
}
RULE = {
    "index_code": "assessment",
    "year_from": "2016",
    "year_to": "2017",
    "block": "ministry",
    "universe": "ministry",
    "rule": "all_except",
    "candidate_blocks": "ministry",
    "as_of": "",
    "excluded_codes": "MOD|MPS",
    "expected_count": "20",
    "reason": "in",
    "excluded_reason": "out",
    "source": "a report",
}
REVIEW = {
    "body_printed": "Hạ Giang",
    "index_code": "assessment",
    "universe": "province_63",
    "assessment_year": "2016",
    "body_code": "P-93",
    "decided_by": "N. V. A.",
    "reason": "seen in the scan",
    "file_sha256": "",
    "line_no": "",
    "body_no": "",
}


def as_csv(columns: list[str], *rows: dict[str, str]) -> bytes:
    return write_rows(columns, [[row.get(column, "") for column in columns] for row in rows])


def the_fault(read: Callable[[bytes, str], object], content: bytes) -> tuple[str, str]:
    with pytest.raises(BodiesError) as caught:
        read(content, "file.csv")
    (fault,) = caught.value.faults
    assert (fault.file_name, fault.line_no) == ("file.csv", 2)
    assert str(fault).startswith("file.csv, line 2")
    assert fault.what_to_do.endswith(".")
    return fault.column, fault.rule


def test_good_rows_are_read() -> None:
    (body,) = read_bodies(as_csv(BODY_COLUMNS, BODY), "bodies.csv")
    assert body.spellings == ("Hà Giang", "Tỉnh Hà Giang")
    (rule,) = read_memberships(as_csv(MEMBERSHIP_COLUMNS, RULE), "memberships.csv")
    assert rule.excluded_codes == ("MOD", "MPS")
    assert list(rule.years) == [2016, 2017]
    (review,) = read_reviews(as_csv(REVIEW_COLUMNS, REVIEW), "name_review.csv")
    assert review.place is None
    assert review.body_code == "P-93"


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"body_code": "p 02", "gso_code": "02"}, "body_code", "form"),
        ({"block": "city", "gso_code": ""}, "block", "code"),
        ({"name_vi": ""}, "name_vi", "required"),
        ({"name_vi": "Hà  Giang"}, "name_vi", "tidy_text"),
        ({"name_vi": "Ha\u0300 Giang"}, "name_vi", "tidy_text"),
        ({"valid_from": "01/08/2008"}, "valid_from", "date"),
        ({"valid_from": "2025-07-01"}, "valid_to", "period"),
        ({"valid_to": ""}, "valid_to", "successor_period"),
        ({"gso_code": "2"}, "gso_code", "gso_code"),
        ({"registered_website": "ha giang.gov.vn"}, "registered_website", "form"),
        ({"aliases": "Hà Giang"}, "aliases", "alias_is_name"),
        ({"aliases": "X|X"}, "aliases", "list"),
        ({"aliases": "X||Y"}, "aliases", "list"),
        ({"source": ""}, "source", "required"),
    ],
)
def test_fault_of_a_body(cells: dict[str, str], column: str, rule: str) -> None:
    assert the_fault(read_bodies, as_csv(BODY_COLUMNS, {**BODY, **cells})) == (column, rule)


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"index_code": "ict_index"}, "index_code", "code"),
        ({"year_from": "2018"}, "year_to", "period"),
        ({"year_from": "1999"}, "year_to", "period"),
        ({"year_to": "2017.0", "year_from": "0"}, "year_to", "number"),
        ({"universe": "ministries"}, "universe", "code"),
        ({"rule": "some"}, "rule", "code"),
        ({"candidate_blocks": ""}, "candidate_blocks", "code"),
        ({"candidate_blocks": "ministry|nation"}, "candidate_blocks", "code"),
        ({"as_of": "2025-7-1"}, "as_of", "date"),
        ({"rule": "all"}, "excluded_codes", "exclusions"),
        ({"excluded_reason": ""}, "excluded_codes", "exclusions"),
        ({"expected_count": ""}, "expected_count", "expected_count"),
        ({"reason": ""}, "reason", "required"),
    ],
)
def test_fault_of_a_rule(cells: dict[str, str], column: str, rule: str) -> None:
    with pytest.raises(BodiesError) as caught:
        read_memberships(as_csv(MEMBERSHIP_COLUMNS, {**RULE, **cells}), "file.csv")
    assert (2, column, rule) in {(f.line_no, f.column, f.rule) for f in caught.value.faults}


def test_unknown_membership_has_no_count() -> None:
    cells = {"rule": "unknown", "excluded_codes": "", "excluded_reason": ""}
    content = as_csv(MEMBERSHIP_COLUMNS, {**RULE, **cells})
    assert the_fault(read_memberships, content) == ("expected_count", "expected_count")


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"body_printed": ""}, "body_printed", "required"),
        ({"decided_by": ""}, "decided_by", "required"),
        ({"reason": ""}, "reason", "required"),
        ({"universe": ""}, "universe", "code"),
        ({"line_no": "7"}, "file_sha256", "place"),
        ({"file_sha256": "x", "line_no": "7", "body_no": "1"}, "file_sha256", "form"),
        ({"assessment_year": "last"}, "assessment_year", "number"),
    ],
)
def test_fault_of_a_decision(cells: dict[str, str], column: str, rule: str) -> None:
    assert the_fault(read_reviews, as_csv(REVIEW_COLUMNS, {**REVIEW, **cells})) == (column, rule)


def test_a_decision_may_be_that_the_name_is_of_no_body() -> None:
    (review,) = read_reviews(as_csv(REVIEW_COLUMNS, {**REVIEW, "body_code": ""}), "r.csv")
    assert review.body_code is None


@pytest.mark.parametrize(
    ("content", "line_no", "rule"),
    [
        (b"", 1, "header"),
        (b"body_code,block\n", 1, "header"),
        (",".join(BODY_COLUMNS).encode() + b"\nH\xe0 N\xf4i\n", 2, "encoding"),
        (",".join(BODY_COLUMNS).encode() + b"\nP-02,province\n", 2, "cells"),
        (",".join(BODY_COLUMNS).encode() + b'\n"P-02"x,province\n', 2, "csv"),
    ],
)
def test_fault_of_the_file(content: bytes, line_no: int, rule: str) -> None:
    with pytest.raises(BodiesError) as caught:
        read_bodies(content, "bodies.csv")
    (fault,) = caught.value.faults
    assert (fault.line_no, fault.rule) == (line_no, rule)


def test_all_faults_are_named_at_once_with_the_line_where_the_row_begins() -> None:
    first = {**BODY, "source": "two\nlines"}
    second = {**BODY, "block": "x", "gso_code": ""}
    with pytest.raises(BodiesError) as caught:
        read_bodies(as_csv(BODY_COLUMNS, first, second), "bodies.csv")
    found = [(f.line_no, f.column) for f in caught.value.faults]
    assert found == [(2, "source"), (4, "block")]


@pytest.mark.parametrize("text", ["=1+1", "-x", "@x", "'=1", "+84", "plain", "'plain"])
def test_cells_that_spreadsheets_would_run_come_back_as_they_were(text: str) -> None:
    content = as_csv(REVIEW_COLUMNS, {**REVIEW, "body_printed": text})
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"\n=" not in content
    (review,) = read_reviews(content, "r.csv")
    assert review.body_printed == text
