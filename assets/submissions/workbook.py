"""The form of a body as a workbook (XLSX): a sheet that says how, and the sheet to fill in.

Belongs here: cells, drop-downs, protection, print set-up. Does not belong here: what is asked for
(`form`), the words (`helptext`), colours and widths (`workbook.yaml`), reading what comes back
(`reader`). The same form, answers and origin give the same bytes.

The sheet to fill in: title rows; the head, a row for each key of `HEAD` with the labels in columns
A and B and the value in C; a blank row; the headings of `COLUMNS` from column A; then the lines,
a group row without a code before each category. Texts are written as text, never as formulas.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from assets.method.model import NO_WORDS, YES_WORDS
from assets.submissions import helptext
from assets.submissions.filled import filled_rows
from assets.submissions.form import (
    COLUMNS,
    HEAD,
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    SHEET_FORM,
    SHEET_HELP,
    STATUS_WORDS,
    Answers,
    Form,
    FormError,
    FormLine,
)
from assets.submissions.helptext import Both, Message

#: Figures beyond this are refused by the cell, as by the intake (12 digits before the point).
FIGURE_LIMIT = Decimal(10**12 - 1)

#: Digits that a numeric cell keeps exactly; a longer number is written as text.
_EXACT_DIGITS = 15
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")

#: Fixed, so that bytes do not depend on the clock.
_CREATED = datetime(2017, 1, 1)

#: Lines of text for which a cell of required evidence has room.
_EVIDENCE_LINES = 2

_A4 = 9
_PROTECTED = {"format_columns": True, "format_rows": True}


@cache
def _look() -> dict[str, Any]:
    look: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("workbook.yaml").read_text("utf-8")
    )
    return look


def workbook_bytes(form: Form, answers: Answers | None = None, origin: str = ORIGIN_REAL) -> bytes:
    """The workbook of a form, empty or with answers.

    An origin that starts with ORIGIN_SYNTHETIC is shown as a red banner on every page. FormError
    as in `filled_rows`, and for what does not fit into a cell.
    """
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        book.set_properties({"title": form.form_id, "created": _CREATED})
        styles = {
            name: book.add_format({**_look()["font"], **style})
            for name, style in _look()["styles"].items()
        }
        _Help(book.add_worksheet(SHEET_HELP), styles, form).write()
        _Lines(book.add_worksheet(SHEET_FORM), styles, form).write(answers, origin)
    return buffer.getvalue()


class _Sheet:
    """A sheet written from the top; `row` is the next row, counted from 0. It is printed on so
    many `pages` high; 0 is as many as it needs."""

    name: str
    pages: int

    def __init__(self, sheet: Any, styles: dict[str, Any], form: Form) -> None:
        self.sheet, self.styles, self.form = sheet, styles, form
        self.row = 0

    def text(self, column: int, words: str, style: str) -> None:
        """Text as text; none leaves the cell blank. FormError for more than a cell holds, which
        would be cut silently."""
        if not words:
            self.sheet.write_blank(self.row, column, None, self.styles[style])
        elif self.sheet.write_string(self.row, column, words, self.styles[style]) != 0:
            raise FormError(
                f"{self.form.form_id}: row {self.row + 1}, column {column + 1}: the text has "
                f"{len(words)} characters and does not fit into a cell; shorten it"
            )

    def grow(self, cells: Sequence[tuple[str, str]], at_least: int = 1) -> None:
        """Make the row high enough for its (text, style) cells, from column A.

        Not left to the program that opens the file: some do it on screen only, some not at all.
        """
        font, heights = _look()["font"], _look()["heights"]
        lines = at_least
        for width, (words, style) in zip(_look()["widths"][self.name], cells, strict=True):
            size = _look()["styles"][style].get("font_size", font["font_size"])
            fit = int(width * heights["characters"] * font["font_size"] / size)
            wrapped = [textwrap.wrap(part, fit) or [""] for part in words.split("\n")]
            lines = max(lines, sum(map(len, wrapped)))
        height = lines * heights["text_line"] + heights["margin"]
        self.sheet.set_row(self.row, min(height, heights["most"]))

    def band(self, words: str, style: str, columns: int) -> None:
        """A row of one text over coloured cells; not merged, so that each cell stays itself."""
        self.sheet.set_row(self.row, _look()["heights"][style])
        for column in range(1, columns):
            self.sheet.write_blank(self.row, column, None, self.styles[style])
        self.text(0, words, style)
        self.row += 1

    def finish(self) -> None:
        """Column widths, protection without a password, and how it is printed."""
        for column, width in enumerate(_look()["widths"][self.name]):
            self.sheet.set_column(column, column, width)
        self.sheet.protect("", _PROTECTED)
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.fit_to_pages(1, self.pages)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        self.sheet.center_horizontally()
        self.sheet.hide_gridlines(2)
        before_id, before_page = helptext.text("footer_id"), helptext.text("footer_page")
        self.sheet.set_footer(f"&L&9 {before_id}: {self.form.form_id}&R&9 {before_page}: &P/&N")


class _Help(_Sheet):
    """The sheet that says how to fill in, Vietnamese beside English."""

    name = "help"
    pages = 1

    def write(self) -> None:
        self.pair(helptext.text("help_title"), "title")
        for heading, items in helptext.sections(self.form):
            self.row += 1
            self.pair(heading, "section")
            for item in items:
                self.pair(item, "item")
        self.finish()

    def pair(self, words: Both, style: str) -> None:
        self.text(0, words.vi, style)
        self.text(1, words.en, style)
        self.grow([(words.vi, style), (words.en, style)])
        self.row += 1


class _Lines(_Sheet):
    """The sheet to fill in."""

    name = "form"
    pages = 0

    def write(self, answers: Answers | None, origin: str) -> None:
        self.titles(origin)
        self.head(origin)
        self.row += 1
        self.headings()
        self.lines(filled_rows(self.form, answers))
        self.finish()

    def titles(self, origin: str) -> None:
        method, hint = self.form.method, helptext.text("hint")
        if origin.startswith(ORIGIN_SYNTHETIC):
            banner = str(helptext.text("banner"))
            self.band(banner, "banner", len(COLUMNS))
            self.sheet.set_header(f"&C&B&K{_look()['banner_colour'][1:]} {banner}")
        self.band(str(helptext.text("title")), "title", 1)
        self.band(str(Both(method.title_vi, method.title_en)), "subtitle", 1)
        self.band(f"{hint.vi} {hint.en}", "hint", 1)

    def head(self, origin: str) -> None:
        values = self.form.head(origin)
        for key, (label_vi, label_en) in HEAD.items():
            self.text(0, label_vi, "label")
            self.text(1, label_en, "label_en")
            self.text(2, values[key], "head")
            self.row += 1

    def headings(self) -> None:
        """The headings; they and all above stay in sight and the headings are on every page."""
        headings = ["\n".join(heading) for heading in COLUMNS.values()]
        for column, heading in enumerate(headings):
            self.text(column, heading, "heading")
        self.grow([(heading, "heading") for heading in headings])
        self.sheet.repeat_rows(self.row)
        self.row += 1
        self.sheet.freeze_panes(self.row, 0)

    def lines(self, rows: list[dict[str, str]]) -> None:
        cells = {row["input_code"]: row for row in rows}
        for _, group in groupby(self.form.lines, key=lambda line: line.category):
            lines = list(group)
            first = lines[0]
            self.band(str(Both(first.category_vi, first.category_en)), "group", len(COLUMNS))
            for line in lines:
                self.line(line, cells[line.input_code])

    def line(self, line: FormLine, cells: dict[str, str]) -> None:
        room = _EVIDENCE_LINES if line.evidence_required else 1
        self.grow([(words, _style(line, key)) for key, words in cells.items()], room)
        for column, (key, words) in enumerate(cells.items()):
            style = _style(line, key)
            if key == "number" or (key == "value" and _is_numeric(line, words)):
                self.sheet.write_number(self.row, column, Decimal(words), self.styles[style])
            else:
                self.text(column, words, style)
            rule = _rule(line, key)
            if rule and self.sheet.data_validation(self.row, column, self.row, column, rule) != 0:
                raise FormError(
                    f"{self.form.form_id}: {line.input_code}: choices or message of the cell for "
                    f"{key} are too long; shorten the classes of the method, or help.yaml"
                )
        self.row += 1


def _is_numeric(line: FormLine, words: str) -> bool:
    """Whether a value is a number that a numeric cell keeps exactly."""
    if line.entry.kind not in ("number", "count") or not _PLAIN_NUMBER.fullmatch(words):
        return False
    return sum(character.isdigit() for character in words) <= _EXACT_DIGITS


def _style(line: FormLine, key: str) -> str:
    if key == "value" and line.entry.kind == "count":
        return "count"
    return "evidence_required" if key == "evidence" and line.evidence_required else key


def _rule(line: FormLine, key: str) -> dict[str, Any] | None:
    """The data validation of a cell: what it takes and what it says otherwise."""
    if key == "value":
        return _value_rule(line)
    if key == "status":
        words = [vietnamese for vietnamese, _ in STATUS_WORDS.values()]
        return _list_rule(words, helptext.cell_message(key))
    if key == "evidence" and line.evidence_required:
        message = helptext.cell_message(key)
        return {"validate": "any", "input_title": message.title, "input_message": message.text}
    return None


def _value_rule(line: FormLine) -> dict[str, Any]:
    entry, message = line.entry, helptext.value_message(line)
    if entry.kind == "boolean":
        return _list_rule([YES_WORDS[0], NO_WORDS[0]], message)
    if entry.kind == "class":
        return _list_rule(line.classes, message)
    return {
        "validate": "integer" if entry.kind == "count" else "decimal",
        "criteria": "between",
        "minimum": f"{-FIGURE_LIMIT if entry.min is None else entry.min:f}",
        "maximum": f"{FIGURE_LIMIT if entry.max is None else entry.max:f}",
        **_error(message),
    }


def _list_rule(words: Sequence[str], message: Message) -> dict[str, Any]:
    return {"validate": "list", "source": list(words), **_error(message)}


def _error(message: Message) -> dict[str, Any]:
    return {"error_title": message.title, "error_message": message.text}
