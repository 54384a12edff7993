"""One figure out of one cell, by the kind of its input; what is not beyond doubt is a fault.

Numbers in text: a single mark with three digits after it ("1.234", "1,234") may part thousands or
decimals and is refused; "0.123" cannot be thousands, "1234.567" and "1234,5" neither. Groups of
three after two or more equal marks, or after blanks, are thousands; of two different marks the
last parts the decimals. A number is never put right: digits that do not fit are a fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from assets.method.model import NO_WORDS, YES_WORDS
from assets.received.rawcell import BOOLEAN, DATE, ERROR, FORMULA, NUMBER, TEXT, RawCell
from assets.submissions.form import FormLine

#: Digits before the point and after it that a figure may have.
MAX_DIGITS = 12
MAX_DECIMALS = 6

_PLAIN = re.compile(r"[0-9]+")
_AMBIGUOUS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
_ONE_MARK = re.compile(r"([0-9]+)[.,]([0-9]+)")
_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:\.[0-9]{3}){2,}|(?:,[0-9]{3}){2,}|(?: [0-9]{3})+)")
_GROUPS_AND_DECIMALS = re.compile(
    r"([1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+,|(?:,[0-9]{3})+\.|(?: [0-9]{3})+[.,]))([0-9]+)"
)
_MARKS = re.compile(r"[., ]")
_MINUS = ("-", "\u2212")

_FAULTY_KINDS = {
    FORMULA: "formula_without_value",
    ERROR: "error_cell",
    DATE: "date_for_number",
}


class CellFaultError(ValueError):
    """The cell in that column does not hold what its line asks for."""

    def __init__(self, rule_id: str, column: str = "value") -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id
        self.column = column


@dataclass(frozen=True)
class Figure:
    """What a cell says: a number, or the code of a class; and the rule that read it."""

    value: Decimal | None
    class_code: str | None
    rule: str


def read_figure(cell: RawCell, line: FormLine) -> Figure:
    """The figure in a value cell. CellFaultError names the rule."""
    if cell.kind in _FAULTY_KINDS:
        raise CellFaultError(_FAULTY_KINDS[cell.kind])
    return _READERS[line.entry.kind](cell, line)


def read_number(text: str) -> tuple[Decimal, str]:
    """The number that a text surely is, and the rule that read it. CellFaultError otherwise."""
    sign = "-" if text.startswith(_MINUS) else ""
    digits = text[1:].lstrip() if sign else text
    for rule, read in _NUMBERS.items():
        found = read(digits)
        if found is not None:
            return Decimal(sign + found), rule
    raise CellFaultError("text_for_number")


def _plain(text: str) -> str | None:
    return text if _PLAIN.fullmatch(text) else None


def _one_mark(text: str) -> str | None:
    if _AMBIGUOUS.fullmatch(text):
        raise CellFaultError("ambiguous_separator")
    found = _ONE_MARK.fullmatch(text)
    return f"{found[1]}.{found[2]}" if found else None


def _grouped(text: str) -> str | None:
    return _MARKS.sub("", text) if _GROUPS.fullmatch(text) else None


def _grouped_decimal(text: str) -> str | None:
    found = _GROUPS_AND_DECIMALS.fullmatch(text)
    return f"{_MARKS.sub('', found[1])}.{found[2]}" if found else None


#: Rule -> the number in plain notation, or None if the text is not of that form.
_NUMBERS: dict[str, Callable[[str], str | None]] = {
    "whole_text": _plain,
    "decimal_text": _one_mark,
    "grouped_text": _grouped,
    "grouped_decimal_text": _grouped_decimal,
}


def _number(cell: RawCell, line: FormLine) -> Figure:
    if cell.kind == NUMBER:
        value, rule = Decimal(cell.text), "number_cell"
    elif cell.kind == TEXT:
        value, rule = read_number(cell.tidy)
    else:
        raise CellFaultError("text_for_number")
    _check(value, line)
    return Figure(value, None, rule)


def _check(value: Decimal, line: FormLine) -> None:
    """CellFaultError for a number that cannot be the figure of this line."""
    exponent = value.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    if value < 0 and line.entry.min is not None and line.entry.min >= 0:
        raise CellFaultError("negative")
    if abs(value) >= 10**MAX_DIGITS:
        raise CellFaultError("too_many_digits")
    if line.entry.kind == "count" and value != int(value):
        raise CellFaultError("not_whole")
    if decimals > MAX_DECIMALS:
        raise CellFaultError("too_many_decimals")
    if line.entry.min is not None and value < line.entry.min:
        raise CellFaultError("below_minimum")
    if line.entry.max is not None and value > line.entry.max:
        raise CellFaultError("above_maximum")


def _answer(cell: RawCell, _: FormLine) -> Figure:
    word = cell.tidy.casefold()
    if cell.kind == BOOLEAN:
        return Figure(Decimal(word == "true"), None, "boolean_cell")
    for answer, words in ((1, YES_WORDS), (0, NO_WORDS)):
        if word in (known.casefold() for known in words):
            return Figure(Decimal(answer), None, "yes_no_word")
    raise CellFaultError("not_yes_or_no")


def _class(cell: RawCell, line: FormLine) -> Figure:
    for code in line.classes:
        if cell.tidy.casefold() == code.casefold():
            return Figure(None, code, "class_word")
    raise CellFaultError("class_unknown")


_READERS: dict[str, Callable[[RawCell, FormLine], Figure]] = {
    "number": _number,
    "count": _number,
    "boolean": _answer,
    "class": _class,
}
