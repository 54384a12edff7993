"""Confirmation: what goes out to a body, and the strict reading of what comes back."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reviewed_samples import ASKED, csv_bytes, csv_rows, delivery, observation, table

from assets.received.reviewed import ReviewedFileError
from assets.submissions.asked import figure_text
from assets.submissions.confirmation import (
    COLUMNS,
    confirmations_table,
    export_confirmation,
    figures,
    peek_confirmation,
    read_confirmation,
)

AUTHOR = "Nguyễn Văn A, Sở Thông tin và Truyền thông"
OBSERVATIONS = table(
    "ind_observations",
    [
        observation("has_wan", "not_applicable"),
        observation("portal_level", "not_observed", origin="none"),
        observation("staff_count", "reported", value=Decimal(1200)),
        observation("online_share", "reported", value=Decimal("0.50")),
    ],
)


def export(*rows: dict[str, Any]) -> list[dict[str, str]]:
    frame = table("ind_observations", rows) if rows else OBSERVATIONS
    return csv_rows(export_confirmation(frame, ASKED))


def filled_in(**answers: dict[str, str]) -> bytes:
    """The exported file with cells of some figures changed."""
    return csv_bytes(COLUMNS, [{**row, **answers.get(row["input_code"], {})} for row in export()])


def answer(word: str = "Xác nhận", comment: str = "", author: str = AUTHOR) -> dict[str, str]:
    return {"answer": word, "comment": comment, "author": author}


def refusal(content: bytes) -> str:
    with pytest.raises(ReviewedFileError) as caught:
        read_confirmation(delivery(content, file_name="confirm_2016_P-10.csv"), ASKED)
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "class_code", "state", "text"),
    [
        (Decimal("12.000000"), None, "reported", "12"),
        (Decimal("0.500000"), None, "confirmed", "0.5"),
        (Decimal("100"), None, "reported", "100"),
        (Decimal("0.000000"), None, "reported", "0"),
        (Decimal("1E+3"), None, "reported", "1000"),
        (Decimal("0.000001"), None, "reported", "0.000001"),
        (None, "good", "overridden", "good"),
        (None, None, "not_applicable", "not_applicable"),
        (None, None, "not_observed", ""),
    ],
)
def test_the_text_of_a_figure(
    value: Decimal | None, class_code: str | None, state: str, text: str
) -> None:
    assert figure_text(value, class_code, state) == text


MACROS = Path(__file__).parents[3] / "dbt_project" / "macros" / "arithmetic.sql"

COMPARED = [
    (number, None, state)
    for state in ("reported", "overridden", "disputed", "not_applicable")
    for number in (None, *map(Decimal, ("0", "7", "10", "1200", "0.5", "0.000001", "100.01")))
] + [(None, "good", "reported"), (None, "good", "not_applicable"), (None, None, "not_observed")]


def test_the_warehouse_writes_the_same_texts() -> None:
    macro = jinja2.Environment(autoescape=False).from_string(  # noqa: S701 (SQL, not markup)
        MACROS.read_text("utf-8") + "select {{ figure_text('value', 'class_code', 'state') }}"
    )
    query = macro.render() + (
        " from (select cast(? as decimal(18, 6)) as value, cast(? as varchar) as class_code,"
        " cast(? as varchar) as state)"
    )
    for given_ in COMPARED:
        (found,) = duckdb.connect().execute(query, list(given_)).fetchone() or (None,)
        assert found == figure_text(*given_)


def test_the_export_is_for_a_spreadsheet_and_in_the_order_of_the_method() -> None:
    content = export_confirmation(OBSERVATIONS, ASKED)
    assert content.startswith(b"\xef\xbb\xbfassessment_year,index_code,")
    assert content.count(b"\r\n") == content.count(b"\n") == 5
    rows = csv_rows(content)
    assert [(r["input_code"], r["figure"], r["observation_state"]) for r in rows] == [
        ("staff_count", "1200", "reported"),
        ("online_share", "0.5", "reported"),
        ("has_wan", "not_applicable", "not_applicable"),
        ("portal_level", "", "not_observed"),
    ]
    assert rows[0] == {
        "assessment_year": "2016",
        "index_code": "assessment",
        "body_code": "P-10",
        "body_name": "Lào Cai",
        "input_code": "staff_count",
        "input_vi": "Số cán bộ",
        "input_en": "Staff",
        "unit": "người / persons",
        "figure": "1200",
        "observation_state": "reported",
        "answer": "",
        "comment": "",
        "author": "",
    }


def test_a_body_in_two_universes_is_asked_once() -> None:
    twice = [
        observation("staff_count", "reported", value=Decimal(7), universe=universe)
        for universe in ("province_63", "province_34")
    ]
    assert [row["figure"] for row in export(*twice)] == ["7"]


def test_standing_answers_are_carried_and_settled_ones_are_not() -> None:
    told = {"decision_reason": "=Số đúng là 1 250", "author": AUTHOR}
    rows = export(
        observation(
            "staff_count", "disputed", figure="not_applicable", origin="confirmation", **told
        ),
        observation("online_share", "confirmed", value=Decimal(1), origin="confirmation"),
        observation("has_wan", "overridden", value=Decimal(1), origin="override", author="B"),
    )
    assert [[r[c] for c in ("figure", "answer", "comment", "author")] for r in rows] == [
        ["not_applicable", "Có ý kiến khác", "'=Số đúng là 1 250", AUTHOR],
        ["1", "Xác nhận", "", ""],
        ["1", "", "", ""],
    ]


def test_figures_are_told_by_body_and_input() -> None:
    texts = figures(OBSERVATIONS)
    assert texts["assessment", "P-10", "online_share"] == "0.5"
    assert len(texts) == 4


def test_answers_become_rows_and_blank_lines_none() -> None:
    content = filled_in(
        staff_count=answer("  xác NHẬN "),
        portal_level=answer("disputed", "'=1+1 là   sai", AUTHOR),
    )
    rows = read_confirmation(delivery(content, is_synthetic=True), ASKED)
    assert rows == [
        {
            "file_sha256": "c" * 64,
            "line_no": 2,
            "assessment_year": 2016,
            "index_code": "assessment",
            "body_code": "P-10",
            "input_code": "staff_count",
            "figure": "1200",
            "answer": "confirmed",
            "decision_reason": None,
            "author": AUTHOR,
            "known_at": date(2017, 1, 20),
            "is_synthetic": True,
        },
        {
            **rows[0],
            "line_no": 5,
            "input_code": "portal_level",
            "figure": None,
            "answer": "disputed",
            "decision_reason": "=1+1 là sai",
        },
    ]


def test_decomposed_letters_and_no_byte_order_mark_are_read() -> None:
    content = filled_in(staff_count=answer("Có ý kiến khác", "Số đúng là 1 250"))
    decomposed = unicodedata.normalize("NFD", content.decode("utf-8-sig")).encode()
    assert read_confirmation(delivery(decomposed), ASKED) == read_confirmation(
        delivery(content), ASKED
    )


def test_lines_emptied_by_a_spreadsheet_are_passed_over() -> None:
    content = filled_in(staff_count=answer()) + b"," * (len(COLUMNS) - 1) + b"\r\n"
    assert len(read_confirmation(delivery(content), ASKED)) == 1


@pytest.mark.parametrize(
    ("changes", "place", "rule"),
    [
        ({"answer": "vâng", "author": AUTHOR}, "line 2, column answer", "answer_word"),
        ({"answer": "confirmed"}, "line 2, column author", "author"),
        (answer("disputed"), "line 2, column comment", "dispute_without_comment"),
        ({"comment": "sai"}, "line 2, column answer", "comment_without_answer"),
        ({"input_vi": "Số khác"}, "line 2, column input_vi", "locked_column"),
        ({"input_en": "Other"}, "line 2, column input_en", "locked_column"),
        ({"unit": "người"}, "line 2, column unit", "locked_column"),
        ({"body_name": "Yên Bái"}, "line 2, column body_name", "locked_column"),
        ({"observation_state": "good"}, "line 2, column observation_state", "code"),
        ({"figure": "1200,0"}, "line 2, column figure", "figure"),
        ({"figure": "1200.0"}, "line 2, column figure", "figure"),
        ({"figure": "01/05/2017"}, "line 2, column figure", "figure"),
        ({"index_code": "dti"}, "line 2, column index_code", "unknown_index"),
        ({"input_code": "trees"}, "line 2, column input_code", "unknown_input"),
        ({"input_code": "has_wan"}, "line 4, column input_code", "twice"),
        ({"body_code": "P-15"}, "line 3", "one_document"),
        ({"assessment_year": "2017"}, "line 3", "one_document"),
        (answer("disputed", "x" * 2001), "line 2, column comment", "too_long"),
        (answer("disputed", "ab\u202edc"), "line 2, column comment", "invisible_character"),
        (answer("disputed", "ab\x07"), "line 2, column comment", "invisible_character"),
    ],
)
def test_a_fault_refuses_the_file_and_is_named(
    changes: dict[str, str], place: str, rule: str
) -> None:
    said = refusal(filled_in(staff_count=changes))
    faults = [line for line in said.splitlines() if f"[{rule}]" in line]
    assert len(faults) == 1
    assert faults[0].startswith(f"confirm_2016_P-10.csv, {place}: ")
    assert faults[0].split("] ")[1]


def test_every_fault_is_told_at_once() -> None:
    said = refusal(filled_in(staff_count={"answer": "?"}, has_wan={"answer": "confirmed"}))
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "confirm_2016_P-10.csv, line 2, column answer",
        "confirm_2016_P-10.csv, line 2, column author",
        "confirm_2016_P-10.csv, line 4, column author",
    ]


def everywhere(column: str, value: str) -> bytes:
    return csv_bytes(COLUMNS, [{**row, column: value} for row in export()])


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("assessment_year;".encode("utf-16"), "encoding"),
        (filled_in().replace(b"L\xc3\xa0o", b"L\xe0o"), "encoding"),
        (b"", "header"),
        (filled_in().replace(b",", b";"), "header"),
        (filled_in().replace(b"comment,author", b"author,comment"), "header"),
        (filled_in() + b"2016,assessment\r\n", "cells"),
        (filled_in() + b'"' + b"x" * 200_000 + b'"\r\n', "csv"),
        (filled_in().split(b"\r\n")[0] + b"\r\n", "no_line"),
        (everywhere("assessment_year", "9" * 5000), "one_document"),
        (everywhere("assessment_year", "2015"), "year"),
        (everywhere("body_code", "P-99"), "unknown_body"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(content: bytes, rule: str) -> None:
    assert f"[{rule}]" in refusal(content)


def test_a_file_says_its_year_and_body() -> None:
    assert peek_confirmation(filled_in(), "a.csv") == (2016, "P-10")


def test_the_last_version_counts_and_keeps_the_days_of_unchanged_answers() -> None:
    first = delivery(filled_in(staff_count=answer(), has_wan=answer()), known_at=date(2017, 1, 1))
    second = delivery(
        filled_in(staff_count=answer(), has_wan=answer("disputed", "sai"), portal_level=answer()),
        known_at=date(2017, 2, 2),
        file_sha256="e" * 64,
        order=2,
    )
    frame = confirmations_table([[first, second]], ASKED)
    rows = frame.select(["file_sha256", "input_code", "answer", "known_at"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        ("e" * 64, "staff_count", "confirmed", date(2017, 1, 1)),
        ("e" * 64, "has_wan", "disputed", date(2017, 2, 2)),
        ("e" * 64, "portal_level", "confirmed", date(2017, 2, 2)),
    ]


def test_an_answer_taken_back_and_given_again_is_a_new_one() -> None:
    versions = [
        delivery(filled_in(staff_count=cells), known_at=date(2017, month, 1), order=month)
        for month, cells in ((1, answer()), (2, {}), (3, answer()))
    ]
    assert confirmations_table([versions], ASKED)["known_at"].to_pylist() == [date(2017, 3, 1)]


def test_an_earlier_version_that_cannot_be_read_dates_nothing_but_the_last_one_must() -> None:
    good, bad = delivery(filled_in(staff_count=answer())), delivery(b"?", order=2)
    assert confirmations_table([[bad, good]], ASKED).num_rows == 1
    with pytest.raises(ReviewedFileError, match="header"):
        confirmations_table([[good, bad]], ASKED)


def test_no_file_is_an_empty_table() -> None:
    assert confirmations_table([], ASKED).equals(table("raw_confirmations", []))


@given(st.binary(max_size=200), st.integers(0, 2000))
def test_reading_answers_or_refuses(noise: bytes, place: int) -> None:
    content = filled_in(staff_count=answer())
    cut = place % len(content)
    for changed in (noise, content[:cut] + noise + content[cut:], content[:cut] + noise):
        try:
            said = [row["input_code"] for row in read_confirmation(delivery(changed), ASKED)]
        except ReviewedFileError as error:
            said = [str(error)[:8]]
        assert said in ([], ["staff_count"], ["file.csv"])
