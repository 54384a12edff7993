"""Forms go through another office program and come back whole, and can be printed."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from assets.method.load import find_method
from assets.submissions.form import (
    COLUMNS,
    HEAD,
    ORIGIN_SYNTHETIC,
    SHEET_FORM,
    SHEET_HELP,
    Answer,
    Answers,
    Form,
    form_of,
)
from assets.submissions.workbook import workbook_bytes
from tests.office import convert

BODIES = {
    "gov_agency": ("G-01", "Thông tấn xã Việt Nam"),
    "ministry": ("M-01", "Bộ Tư pháp"),
    "province": ("P-10", "Lào Cai"),
}
ORIGIN = f"{ORIGIN_SYNTHETIC} (seed 7)"


def form_of_block(block: str) -> Form:
    return form_of(find_method("assessment_2016", block), 2016, *BODIES[block])


def answers_of(form: Form) -> Answers:
    """Every line answered; the last without a figure."""
    answers = {
        line.input_code: Answer(
            "Có" if line.entry.kind == "boolean" else str(1000 + line.number),
            "reported",
            "Số liệu giả lập",
            "=1+1",
        )
        for line in form.lines
    }
    return {**answers, form.lines[-1].input_code: Answer("", "not_observed")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The forms of the three blocks, empty, and filled as `<block>_filled.xlsx`."""
    made = tmp_path_factory.mktemp("forms")
    for block in BODIES:
        form = form_of_block(block)
        (made / f"{block}.xlsx").write_bytes(workbook_bytes(form))
        filled = workbook_bytes(form, answers_of(form), ORIGIN)
        (made / f"{block}_filled.xlsx").write_bytes(filled)
    return made


@pytest.fixture(scope="module")
def returned(folder: Path) -> Path:
    """The forms after another program has written them anew."""
    return convert(folder, "xlsx", sorted(folder.glob("*.xlsx")))


@pytest.fixture(scope="module")
def printed(folder: Path) -> Path:
    """The forms as PDF."""
    return convert(folder, "pdf", sorted(folder.glob("*.xlsx")))


def sheet_of(file: Path) -> Worksheet:
    sheet = openpyxl.load_workbook(file)[SHEET_FORM]
    assert isinstance(sheet, Worksheet)
    return sheet


def header_row(sheet: Worksheet) -> int:
    headings = tuple("\n".join(heading) for heading in COLUMNS.values())
    rows = sheet.iter_rows(max_col=len(COLUMNS), values_only=True)
    return 1 + list(rows).index(headings)


def column(sheet: Worksheet, key: str) -> list[object]:
    """Values of a column in the rows that have a code."""
    rows = sheet.iter_rows(min_row=header_row(sheet) + 1, values_only=True)
    at = list(COLUMNS).index(key)
    return [row[at] for row in rows if row[1]]


@pytest.mark.parametrize("block", BODIES)
def test_head_lines_and_answers_come_back(returned: Path, block: str) -> None:
    form = form_of_block(block)
    sheet = sheet_of(returned / f"{block}_filled.xlsx")
    head = {row[0]: row[2] for row in sheet.iter_rows(max_row=20, values_only=True) if row[0]}
    assert {key: head[labels[0]] for key, labels in HEAD.items()} == form.head(ORIGIN)
    assert column(sheet, "input_code") == [line.input_code for line in form.lines]
    assert column(sheet, "name_vi") == [line.entry.name_vi for line in form.lines]
    answers = answers_of(form)
    given = [answers[line.input_code] for line in form.lines]
    assert column(sheet, "value") == [
        int(a.value) if a.value.isdigit() else a.value or None for a in given
    ]
    assert column(sheet, "note") == ["=1+1"] * (len(given) - 1) + [None]
    assert column(sheet, "status")[-1] == "Không có số liệu"
    notes = sheet.iter_rows(min_row=header_row(sheet) + 1, min_col=9, max_col=9)
    assert {cell.data_type for (cell,) in notes if cell.value} == {"s"}


@pytest.mark.parametrize("block", BODIES)
def test_drop_downs_and_protection_are_still_there(returned: Path, block: str) -> None:
    form = form_of_block(block)
    sheet = sheet_of(returned / f"{block}.xlsx")
    codes = {
        row[1].coordinate: str(row[1].value)
        for row in sheet.iter_rows(min_row=header_row(sheet) + 1)
        if row[1].value
    }
    lists: dict[str, set[str]] = {"F": set(), "G": set()}
    bounds: set[str] = set()
    for rule in sheet.data_validations.dataValidation:
        cells = {cell for span in rule.sqref.ranges for row in span.rows for cell in row}
        for row_no, column_no in cells:
            code = codes[f"B{row_no}"]
            letter = "ABCDEFGHI"[column_no - 1]
            if rule.type == "list":
                lists[letter].add(code)
            elif rule.type == "whole":
                bounds.add(code)
    kinds = {line.input_code: line.entry.kind for line in form.lines}
    assert lists["F"] == {code for code, kind in kinds.items() if kind == "boolean"}
    assert lists["G"] == set(kinds)
    assert bounds == {code for code, kind in kinds.items() if kind == "count"}
    assert sheet.protection.sheet
    assert openpyxl.load_workbook(returned / f"{block}.xlsx")[SHEET_HELP].protection.sheet
    line = sheet[header_row(sheet) + 2]
    assert [cell.protection.locked for cell in line[:9]] == [True] * 5 + [False] * 4


@pytest.mark.parametrize("block", BODIES)
def test_a_form_prints_on_a_few_pages(printed: Path, block: str) -> None:
    for name in (block, f"{block}_filled"):
        pages = re.findall(rb"/Type\s*/Page\b", (printed / f"{name}.pdf").read_bytes())
        assert 3 <= len(pages) <= 5, name
