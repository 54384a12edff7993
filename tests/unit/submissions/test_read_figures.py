"""Which number a cell is, and which cells are none: every decision of `figures` as a table."""

from __future__ import annotations

from decimal import Decimal

import pytest
from form_samples import sample_form
from hypothesis import given
from hypothesis import strategies as st

from assets.received.rawcell import BOOLEAN, DATE, ERROR, FORMULA, NUMBER, TEXT, RawCell
from assets.submissions.figures import CellFaultError, Figure, read_figure, read_number

READ = {
    "0": ("0", "whole_text"),
    "001": ("1", "whole_text"),
    "123456789": ("123456789", "whole_text"),
    "-5": ("-5", "whole_text"),
    "\u2212 5": ("-5", "whole_text"),
    "0.5": ("0.5", "decimal_text"),
    "0,5": ("0.5", "decimal_text"),
    "0.123": ("0.123", "decimal_text"),
    "1234.567": ("1234.567", "decimal_text"),
    "1234,5": ("1234.5", "decimal_text"),
    "1.23": ("1.23", "decimal_text"),
    "12,3456": ("12.3456", "decimal_text"),
    "12.345.678": ("12345678", "grouped_text"),
    "1,234,567": ("1234567", "grouped_text"),
    "12 345": ("12345", "grouped_text"),
    "1 234 567": ("1234567", "grouped_text"),
    "1.234,5": ("1234.5", "grouped_decimal_text"),
    "1,234.567": ("1234.567", "grouped_decimal_text"),
    "1 234,56": ("1234.56", "grouped_decimal_text"),
    "12.345.678,9": ("12345678.9", "grouped_decimal_text"),
}

REFUSED = {
    "1.234": "ambiguous_separator",
    "1,234": "ambiguous_separator",
    "-12.345": "ambiguous_separator",
    "999,999": "ambiguous_separator",
    "": "text_for_number",
    "-": "text_for_number",
    "+5": "text_for_number",
    "1e3": "text_for_number",
    "1.": "text_for_number",
    ".5": "text_for_number",
    "1.2.3": "text_for_number",
    "1.23.456": "text_for_number",
    "1234.567.890": "text_for_number",
    "1.234.56": "text_for_number",
    "1,234.567,8": "text_for_number",
    "12 34": "text_for_number",
    "92,36 %": "text_for_number",
    "１２": "text_for_number",
    "٣": "text_for_number",
    "=1+1": "text_for_number",
    "65 dịch vụ": "text_for_number",
    "0x10": "text_for_number",
    "NaN": "text_for_number",
    "Infinity": "text_for_number",
}


@pytest.mark.parametrize(("text", "expected"), READ.items())
def test_a_text_that_is_surely_a_number(text: str, expected: tuple[str, str]) -> None:
    value, rule = read_number(text)
    assert (value, rule) == (Decimal(expected[0]), expected[1])


@pytest.mark.parametrize(("text", "rule"), REFUSED.items())
def test_a_text_that_is_not_surely_a_number(text: str, rule: str) -> None:
    with pytest.raises(CellFaultError) as fault:
        read_number(text)
    assert fault.value.rule_id == rule


@pytest.mark.parametrize(
    ("code", "cell", "figure"),
    [
        ("staff", RawCell("12", NUMBER), Figure(Decimal(12), None, "number_cell")),
        ("staff", RawCell(" 12 ", TEXT), Figure(Decimal(12), None, "whole_text")),
        ("staff", RawCell("12,0", TEXT), Figure(Decimal("12.0"), None, "decimal_text")),
        ("share", RawCell("0.5", NUMBER), Figure(Decimal("0.5"), None, "number_cell")),
        ("change", RawCell("-1.5", NUMBER), Figure(Decimal("-1.5"), None, "number_cell")),
        ("has_plan", RawCell("Có", TEXT), Figure(Decimal(1), None, "yes_no_word")),
        ("has_plan", RawCell("KHÔNG", TEXT), Figure(Decimal(0), None, "yes_no_word")),
        ("has_plan", RawCell("1", NUMBER), Figure(Decimal(1), None, "yes_no_word")),
        ("has_plan", RawCell("false", BOOLEAN), Figure(Decimal(0), None, "boolean_cell")),
        ("grade", RawCell("Middle", TEXT), Figure(None, "middle", "class_word")),
    ],
)
def test_a_cell_that_answers_its_line(code: str, cell: RawCell, figure: Figure) -> None:
    assert read_figure(cell, sample_form().line(code)) == figure


@pytest.mark.parametrize(
    ("code", "cell", "rule"),
    [
        ("staff", RawCell("=", FORMULA), "formula_without_value"),
        ("staff", RawCell("#REF!", ERROR), "error_cell"),
        ("staff", RawCell("2017-01-05", DATE), "date_for_number"),
        ("staff", RawCell("true", BOOLEAN), "text_for_number"),
        ("staff", RawCell("-1", NUMBER), "negative"),
        ("staff", RawCell("1.5", NUMBER), "not_whole"),
        ("staff", RawCell("1000000000000", NUMBER), "too_many_digits"),
        ("share", RawCell("0.1234567", NUMBER), "too_many_decimals"),
        ("share", RawCell("0.51", NUMBER), "above_maximum"),
        ("late", RawCell("10", NUMBER), "above_maximum"),
        ("has_plan", RawCell("2", NUMBER), "not_yes_or_no"),
        ("grade", RawCell("best", TEXT), "class_unknown"),
        ("grade", RawCell("=", FORMULA), "formula_without_value"),
    ],
)
def test_a_cell_that_does_not(code: str, cell: RawCell, rule: str) -> None:
    with pytest.raises(CellFaultError) as fault:
        read_figure(cell, sample_form().line(code))
    assert (fault.value.rule_id, fault.value.column) == (rule, "value")


def test_the_largest_and_finest_figures_pass() -> None:
    line = sample_form().line("change")
    for text in ("999999999999", "-999999999999", "0.000001", "123456789012.654321"):
        assert read_figure(RawCell(text, NUMBER), line).value == Decimal(text)


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_a_fault(text: str) -> None:
    try:
        outcome: object = read_number(text)[0].is_finite()
    except CellFaultError as fault:
        outcome = fault.rule_id
    assert outcome in (True, "text_for_number", "ambiguous_separator")


@given(st.integers(0, 10**12 - 1), st.sampled_from((" ", ".", ",")))
def test_a_whole_number_in_groups_is_that_number_or_refused(number: int, mark: str) -> None:
    text = f"{number:,}".replace(",", mark)
    if text.count(mark) == 1 and mark != " ":
        with pytest.raises(CellFaultError, match="ambiguous_separator"):
            read_number(text)
    else:
        assert read_number(text)[0] == number
