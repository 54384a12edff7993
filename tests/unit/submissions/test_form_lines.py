"""What a form asks for follows from the method; form ids; answers that have no place."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from form_samples import BLOCKS, answered, real_form, sample_form, sample_method
from hypothesis import given
from hypothesis import strategies as st

from assets.method.load import methods
from assets.method.model import MethodError
from assets.submissions.filled import filled_rows
from assets.submissions.form import (
    COLUMNS,
    HEAD,
    Answer,
    FormError,
    FormId,
    form_of,
    parse_form_id,
)


def test_each_input_is_asked_once_under_the_category_that_uses_it_first() -> None:
    lines = sample_form().lines
    assert [line.input_code for line in lines] == [
        "staff",
        "late",
        "has_plan",
        "grade",
        "share",
        "change",
    ]
    assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [line.category for line in lines] == ["first"] * 4 + ["second"] * 2
    assert lines[0].criteria == ("size", "rate", "moved")


def test_a_line_carries_evidence_classes_and_unit() -> None:
    form = sample_form()
    assert [line.input_code for line in form.lines if line.evidence_required] == ["has_plan"]
    assert form.line("grade").classes == ("high", "middle", "low")
    assert form.line("staff").classes == ()
    assert form.line("staff").unit_words == "người / persons"
    assert form.line("has_plan").unit_words == "có/không / yes/no"


def test_every_unit_of_every_method_has_vietnamese_words() -> None:
    for method in methods():
        form = form_of(method, method.valid_from, "P-10", "Lào Cai")
        unnamed = {line.entry.unit for line in form.lines if " / " not in line.unit_words}
        assert unnamed == set(), method.code


@pytest.mark.parametrize(
    ("block", "lines"), [("gov_agency", 49), ("ministry", 47), ("province", 61)]
)
def test_the_forms_of_2016(block: str, lines: int) -> None:
    form = real_form(block)
    assert len(form.lines) == lines
    declared = {entry.code for entry in form.method.inputs}
    assert {line.input_code for line in form.lines} == declared
    for row in filled_rows(form):
        assert all(unicodedata.is_normalized("NFC", text) for text in row.values())


def test_a_line_that_is_not_asked_names_the_form() -> None:
    form = sample_form()
    with pytest.raises(KeyError, match=r"2016/ministry/M-01/0{12} asks for no salary"):
        form.line("salary")


def test_a_method_makes_no_form_outside_its_years() -> None:
    with pytest.raises(FormError, match=r"in force 2016-2016, not in 2017"):
        form_of(sample_method(), 2017, "M-01", "Bộ Mẫu")


def test_an_undeclared_input_is_a_defect_of_the_method() -> None:
    broken = replace(sample_method(), inputs=sample_method().inputs[1:])
    with pytest.raises(MethodError, match=r"methods/sample.yaml: size uses staff: not declared"):
        form_of(broken, 2016, "M-01", "Bộ Mẫu")


def test_the_head_has_all_keys_and_an_id_that_reads_back() -> None:
    form = sample_form()
    head = form.head()
    assert list(head) == list(HEAD)
    assert head["method"] == "assessment_2016/ministry (1/QĐ)"
    assert parse_form_id(head["form_id"]) == FormId(2016, "ministry", "M-01", "0" * 12)


@given(
    st.integers(1000, 9999),
    st.sampled_from(BLOCKS),
    st.from_regex(r"[A-Z][A-Z0-9-]{0,8}", fullmatch=True),
    st.from_regex(r"[0-9a-f]{12}", fullmatch=True),
)
def test_form_ids_read_back(year: int, block: str, body: str, digits: str) -> None:
    assert parse_form_id(f"{year}/{block}/{body}/{digits}") == FormId(year, block, body, digits)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2016/province/P-10",
        "2016/province/P-10/0123456789AB",
        "2016/province/P-10/0123456789abc",
        " 2016/province/P-10/0123456789ab",
        "2016/province/P-10/0123456789ab\n",
        "２０１６/province/P-10/0123456789ab",
        "2016/province/../0123456789ab",
    ],
)
def test_what_is_no_form_id(text: str) -> None:
    with pytest.raises(FormError, match=r"is no form id.*do not change the head"):
        parse_form_id(text)


def test_rows_are_in_form_order_with_the_columns_of_the_form() -> None:
    form = sample_form()
    rows = filled_rows(form, answered())
    assert [row["input_code"] for row in rows] == [line.input_code for line in form.lines]
    assert all(list(row) == list(COLUMNS) for row in rows)
    by_code = {row["input_code"]: row for row in rows}
    assert by_code["late"]["status"] == "Không có số liệu"
    assert by_code["change"]["status"] == "Không áp dụng"
    assert by_code["staff"]["status"] == "Có số liệu"
    assert by_code["has_plan"]["status"] == ""


def test_answers_without_a_line_are_refused() -> None:
    with pytest.raises(FormError, match=r"answers to pay, salary: the form does not ask"):
        filled_rows(sample_form(), {"salary": Answer("1"), "pay": Answer("1")})


def test_an_unknown_status_is_refused() -> None:
    with pytest.raises(FormError, match=r"late: status 'Có số liệu' is not known; use one of rep"):
        filled_rows(sample_form(), {"late": Answer("1", "Có số liệu")})
