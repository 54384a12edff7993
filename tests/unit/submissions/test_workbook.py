"""The form as a workbook: places the reader counts on, drop-downs, protection, print, texts."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from form_samples import (
    BLOCKS,
    answered,
    cells_of,
    header_row,
    opened,
    real_form,
    sample_form,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.datavalidation import DataValidation

from assets.submissions.filled import filled_rows
from assets.submissions.form import (
    ANSWER_COLUMNS,
    COLUMNS,
    HEAD,
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    SHEET_FORM,
    SHEET_HELP,
    STATUS_WORDS,
    Answer,
    FormError,
)
from assets.submissions.helptext import cell_message, sections, value_message
from assets.submissions.workbook import workbook_bytes

SYNTHETIC = f"{ORIGIN_SYNTHETIC} (seed 7)"


def rules(content: bytes) -> dict[tuple[str, str], DataValidation]:
    """The validations by input code and column."""
    sheet = opened(content, SHEET_FORM)
    at = {
        cell.coordinate: (code, key)
        for code, row in cells_of(sheet).items()
        for key, cell in row.items()
    }
    return {
        at[cell]: rule
        for rule in sheet.data_validations.dataValidation
        for span in rule.sqref.ranges
        for cell in [sheet.cell(row, column).coordinate for row, column in span.cells]
    }


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("block", BLOCKS)
@pytest.mark.parametrize("origin", [ORIGIN_REAL, SYNTHETIC], ids=["real", "synthetic"])
def test_the_head_is_found_by_its_labels(block: str, origin: str) -> None:
    form = real_form(block)
    sheet = opened(workbook_bytes(form, None, origin), SHEET_FORM)
    top = [row[:3] for row in sheet.iter_rows(max_row=20, values_only=True)]
    head = {
        key: value
        for key, labels in HEAD.items()
        for vietnamese, english, value in top
        if (vietnamese, english) == labels
    }
    assert head == form.head(origin)
    assert sheet.cell(header_row(sheet) - 1, 1).value is None


@pytest.mark.parametrize("block", BLOCKS)
def test_lines_are_in_order_and_groups_have_no_code(block: str) -> None:
    form = real_form(block)
    sheet = opened(workbook_bytes(form), SHEET_FORM)
    expected: list[tuple[Any, ...]] = []
    for line, row in zip(form.lines, filled_rows(form), strict=True):
        group = f"{line.category_vi} / {line.category_en}"
        if group not in [seen[0] for seen in expected]:
            expected.append((group, *[None] * 8))
        fixed = [text for key, text in row.items() if key not in ("number", *ANSWER_COLUMNS)]
        expected.append((line.number, *fixed, None, None, None, None))
    start = header_row(sheet) + 1
    assert list(sheet.iter_rows(min_row=start, values_only=True)) == expected
    assert sheet.merged_cells.ranges == set()


def test_only_answers_can_be_written_and_there_is_no_password() -> None:
    book = workbook_bytes(sample_form())
    sheet = opened(book, SHEET_FORM)
    unlocked = {
        cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked
    }
    answers = {
        cells_of(sheet)[line.input_code][key].coordinate
        for line in sample_form().lines
        for key in ANSWER_COLUMNS
    }
    assert unlocked == answers
    for name in (SHEET_FORM, SHEET_HELP):
        assert opened(book, name).protection.sheet
        assert opened(book, name).protection.password is None


def test_values_are_written_as_numbers_or_as_text() -> None:
    cells = cells_of(opened(workbook_bytes(sample_form(), answered()), SHEET_FORM))
    assert cells["staff"]["value"].value == 12345
    assert cells["share"]["value"].value == 0.1
    assert cells["grade"]["value"].value == "middle"
    assert cells["has_plan"]["value"].value == "Có"
    assert cells["change"]["value"].value is None
    assert cells["change"]["status"].value == "Không áp dụng"
    assert {cell.data_type for row in cells.values() for cell in row.values()} <= {"n", "s"}


@pytest.mark.parametrize(
    "text",
    ["007", "1e3", "1,5", "1.234.567", "12 người", "-", "1234567890123456", "١٢", "+5", "=5"],
)
def test_what_is_no_plain_number_stays_the_text_it_is(text: str) -> None:
    cells = cells_of(opened(workbook_bytes(sample_form(), {"staff": Answer(text)}), SHEET_FORM))
    assert (cells["staff"]["value"].value, cells["staff"]["value"].data_type) == (text, "s")


@given(st.decimals(1 - 10**9, 10**9 - 1, places=6, allow_nan=False), st.booleans())
@settings(max_examples=25, deadline=None)
def test_numbers_are_stored_exactly(number: Decimal, short: bool) -> None:
    text = f"{number:.1f}" if short else f"{number:f}"
    cells = cells_of(opened(workbook_bytes(sample_form(), {"change": Answer(text)}), SHEET_FORM))
    stored = cells["change"]["value"]
    assert stored.data_type == "n"
    assert Decimal(repr(stored.value)) == Decimal(text)


def test_text_is_never_a_formula_or_a_link() -> None:
    book = workbook_bytes(sample_form(), answered())
    sheets = [data for name, data in parts(book).items() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any(b"<f>" in data or b"<hyperlink" in data for data in sheets)
    cells = cells_of(opened(book, SHEET_FORM))
    assert cells["staff"]["note"].value == "=1+1"
    assert cells["has_plan"]["note"].value == "+84 24"


def test_yes_or_no_classes_and_status_are_drop_downs() -> None:
    found = rules(workbook_bytes(sample_form()))
    assert found["has_plan", "value"].formula1 == '"Có,Không"'
    assert found["grade", "value"].formula1 == '"high,middle,low"'
    statuses = '"Có số liệu,Không có số liệu,Không áp dụng"'
    assert {found[line.input_code, "status"].formula1 for line in sample_form().lines} == {statuses}
    for key in (("has_plan", "value"), ("grade", "value"), ("grade", "status")):
        assert found[key].type == "list"
        assert not found[key].showDropDown, "openpyxl's name for a hidden arrow"
        assert found[key].showErrorMessage


@pytest.mark.parametrize(
    ("code", "kind", "low", "high"),
    [
        ("staff", "whole", "0", "999999999999"),
        ("late", "whole", "-999999999999", "9"),
        ("share", "decimal", "0", "0.5"),
        ("change", "decimal", "-999999999999", "999999999999"),
    ],
)
def test_figures_are_held_to_their_kind_and_bounds(
    code: str, kind: str, low: str, high: str
) -> None:
    rule = rules(workbook_bytes(sample_form()))[code, "value"]
    assert (rule.type, rule.formula1, rule.formula2) == (kind, low, high)
    assert rule.operator in (None, "between")
    assert rule.errorStyle in (None, "stop")


@pytest.mark.parametrize(
    ("code", "vietnamese", "english"),
    [
        ("staff", "Ghi một số nguyên từ 0 trở lên;", "Write a whole number, 0 or more;"),
        ("late", "Ghi một số nguyên không quá 9;", "Write a whole number, at most 9;"),
        ("share", "Ghi một con số từ 0 đến 0.5;", "Write a number from 0 to 0.5;"),
        ("change", "Ghi một con số;", "Write a number;"),
        ("has_plan", "Chọn “Có” hoặc “Không”", "“Có (Yes)” or “Không (No)”"),
        ("grade", "Chọn một mức trong danh sách.", "Choose one class from the list."),
    ],
)
def test_a_refused_entry_is_told_in_both_languages(
    code: str, vietnamese: str, english: str
) -> None:
    said = rules(workbook_bytes(sample_form()))[code, "value"].error
    first, second = said.split("\n")
    assert vietnamese in first
    assert english in second


def test_required_evidence_is_yellow_and_says_so() -> None:
    book = workbook_bytes(sample_form())
    cells = cells_of(opened(book, SHEET_FORM))
    colours = {code: row["evidence"].fill.fgColor.rgb for code, row in cells.items()}
    assert colours.pop("has_plan") == "FFFFF2CC"
    assert "FFFFF2CC" not in colours.values()
    found = rules(book)
    assert [code for code, key in found if key == "evidence"] == ["has_plan"]
    assert found["has_plan", "evidence"].prompt == cell_message("evidence").text


def test_headings_stay_in_sight_and_the_sheet_prints_on_a4() -> None:
    form = sample_form()
    sheet = opened(workbook_bytes(form), SHEET_FORM)
    row = header_row(sheet)
    assert sheet.freeze_panes == f"A{row + 1}"
    assert sheet.print_title_rows == f"${row}:${row}"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (None, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert form.form_id in sheet.oddFooter.left.text
    assert sheet.oddFooter.right.text.endswith("&P/&N")


def test_rows_are_high_enough_for_their_text() -> None:
    long = "Quyết định số 12/QĐ-UBND ngày 01/02/2016 của Ủy ban nhân dân tỉnh. " * 5
    plain = opened(workbook_bytes(sample_form()), SHEET_FORM)
    filled = opened(workbook_bytes(sample_form(), {"staff": Answer("1", note=long)}), SHEET_FORM)
    row = cells_of(plain)["staff"]["note"].row
    assert plain.row_dimensions[row].height == pytest.approx(19, abs=0.5)
    assert filled.row_dimensions[row].height > 10 * 15
    endless = workbook_bytes(sample_form(), {"staff": Answer("1", note="x\n" * 9000)})
    assert opened(endless, SHEET_FORM).row_dimensions[row].height <= 409.5, "the most of Excel"


def test_synthetic_data_is_under_a_red_banner_on_every_page() -> None:
    form = sample_form()
    real, made_up = (
        opened(workbook_bytes(form, None, o), SHEET_FORM) for o in (ORIGIN_REAL, SYNTHETIC)
    )
    assert made_up["A1"].value.startswith("DỮ LIỆU GIẢ LẬP")
    assert [cell.fill.fgColor.rgb for cell in made_up[1]] == ["FFC00000"] * len(COLUMNS)
    assert "GIẢ LẬP" in made_up.oddHeader.center.text
    assert "GIẢ LẬP" not in str(real["A1"].value)
    assert real.oddHeader.center.text is None


def help_of(content: bytes) -> tuple[str, str]:
    rows = list(opened(content, SHEET_HELP).iter_rows(values_only=True))
    return tuple("\n".join(str(row[n]) for row in rows if row[n]) for n in (0, 1))  # type: ignore[return-value]


def test_help_says_it_in_both_languages_with_the_words_of_the_form() -> None:
    vietnamese, english = help_of(workbook_bytes(sample_form()))
    for in_vietnamese, in_english in STATUS_WORDS.values():
        assert f"“{in_vietnamese}”:" in vietnamese
        assert f"“{in_vietnamese} ({in_english})”:" in english
    assert "không phải câu văn" in vietnamese
    assert "“Có” hoặc “Không”" in vietnamese
    assert "Đầu mối giải đáp: …" in vietnamese
    assert f"“{SHEET_FORM}”" in vietnamese
    assert not re.search("[{}]", vietnamese + english)


def test_help_leaves_out_what_the_form_does_not_ask() -> None:
    assert "thang từ 0 đến 1" in help_of(workbook_bytes(sample_form()))[0]
    agency = help_of(workbook_bytes(real_form("gov_agency")))[0]
    assert "thang từ 0 đến 1" not in agency
    assert "một mức" not in agency
    assert [heading.vi[:2] for heading, _ in sections(real_form("gov_agency"))] == [
        f"{n}." for n in range(1, 7)
    ]


@pytest.mark.parametrize("block", BLOCKS)
def test_messages_fit_into_what_excel_shows(block: str) -> None:
    form = real_form(block)
    said = [value_message(line) for line in form.lines]
    said += [cell_message(key) for key in ("status", "evidence")]
    assert all(len(m.title) <= 32 and len(m.text) <= 255 for m in said)


def test_the_same_form_gives_the_same_bytes_and_no_clock() -> None:
    form = real_form("ministry")
    first = workbook_bytes(form, None, SYNTHETIC)
    assert first == workbook_bytes(form, None, SYNTHETIC)
    assert first != workbook_bytes(form)
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = parts(first)["docProps/core.xml"].decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", core)) == {"2017-01-01T00:00:00Z"}


def test_text_longer_than_a_cell_is_refused_not_cut() -> None:
    with pytest.raises(FormError, match=r"the text has 32768 characters and does not fit"):
        workbook_bytes(sample_form(), {"staff": Answer("1", note="x" * 32768)})


@pytest.mark.filterwarnings("ignore:Length of list items")
def test_classes_longer_than_a_drop_down_are_refused_not_lost() -> None:
    form = sample_form()
    many = replace(form.line("grade"), classes=tuple(f"class_number_{n}" for n in range(30)))
    broken = replace(form, lines=(many,))
    with pytest.raises(FormError, match=r"grade: choices or message of the cell for value are too"):
        workbook_bytes(broken)
