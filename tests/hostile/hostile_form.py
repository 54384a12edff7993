"""A small form with a line of every kind, filled in soundly, and ways to spoil its files.

Everything is built here; no hostile file is stored. Spoiling is done on the real writers' output:
on cells with openpyxl, on the archive's parts as bytes, on CSV and JSON as text.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any
from warnings import catch_warnings, simplefilter

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from assets.method.model import Input, Method, Node, Parameters, Policy, Step, Use
from assets.received.letters import from_font
from assets.submissions.form import (
    COLUMNS,
    ORIGIN_REAL,
    SHEET_FORM,
    Answer,
    Answers,
    Form,
    form_of,
)
from assets.submissions.textform import csv_bytes, json_bytes
from assets.submissions.workbook import workbook_bytes

ZERO = Decimal(0)
STEPS = (Step(Decimal(3), is_class="high"), Step(Decimal(1), is_class="low"))


def _input(code: str, kind: str, unit: str, name: str, **bounds: Decimal) -> Input:
    return Input(code, kind, unit, name, code.capitalize(), **bounds)


#: Code -> input, answer. Twelve lines, all filled in.
LINES: dict[str, tuple[Input, Answer]] = {
    entry.code: (entry, answer)
    for entry, answer in (
        (_input("staff", "count", "persons", "Số cán bộ", min=ZERO), Answer("120")),
        (_input("units", "count", "units", "Số đơn vị", min=Decimal(1)), Answer("8")),
        (_input("share", "number", "share", "Tỷ lệ", min=ZERO, max=Decimal(1)), Answer("0.1")),
        (_input("change", "number", "points", "Thay đổi"), Answer("2.5")),
        (_input("has_wan", "boolean", "yes_no", "Có mạng WAN"), Answer("Có")),
        (_input("grade", "class", "points", "Xếp loại"), Answer("high")),
        (_input("rules", "count", "points", "Số quy định", min=ZERO), Answer("3", "", "12/QĐ")),
        (_input("cases", "count", "cases", "Số hồ sơ", min=ZERO), Answer("4500", "reported")),
        (
            _input("services", "count", "services", "Số dịch vụ", min=ZERO),
            Answer("", "not_observed"),
        ),
        (_input("items", "count", "items", "Số nội dung", min=ZERO), Answer("", "not_applicable")),
        (_input("computers", "count", "computers", "Số máy tính", min=ZERO), Answer("77")),
        (_input("degrees", "count", "persons", "Số kỹ sư", min=ZERO), Answer("5")),
    )
}
LINE_COUNT = len(LINES)

MEMBERS = {"ministry": {"M-01": "Bộ Mẫu"}, "province": {"P-10": "Lào Cai"}}


def _node(code: str, **more: Any) -> Node:
    role = {"boolean": "answer", "class": "measure"}.get(LINES[code][0].kind, "numerator")
    return Node(
        slug=f"of_{code}",
        name_vi=f"Tiêu chí {code}",
        name_en=f"Criterion {code}",
        kind="tier" if code == "grade" else "ratio",
        basis="published",
        source="report",
        max_points=Decimal(10),
        inputs=(Use(role, code),),
        parameters=Parameters(steps=STEPS if code == "grade" else ()),
        evidence_required=code == "rules",
        **more,
    )


METHOD = Method(
    regime="assessment_2016",
    index_code="assessment",
    block="ministry",
    valid_from=2016,
    valid_to=2016,
    decision="1/QĐ",
    title_vi="Phương pháp mẫu",
    title_en="Sample method",
    decimals=3,
    missing=Policy("incomplete", ("seen",)),
    not_applicable=Policy("leaves_maximum", ("seen",)),
    rankings=(),
    sources=(),
    evidence={},
    inputs=tuple(entry for entry, _ in LINES.values()),
    roots=(
        Node(
            slug="all",
            name_vi="Tất cả",
            name_en="All",
            kind="sum",
            basis="published",
            source="report",
            max_points=Decimal(120),
            children=tuple(_node(code) for code in LINES),
        ),
    ),
    notes=(),
    file="methods/sample.yaml",
    sha256="0123456789ab" + "0" * 52,
)

FORM: Form = form_of(METHOD, 2016, "M-01", MEMBERS["ministry"]["M-01"])
ANSWERS: Answers = {code: answer for code, (_, answer) in LINES.items()}

FORM_PART = "xl/worksheets/sheet2.xml"
STRINGS_PART = "xl/sharedStrings.xml"


# --- workbooks ---------------------------------------------------------------------------------


@cache
def book(origin: str = ORIGIN_REAL) -> bytes:
    """The form, soundly filled in."""
    return workbook_bytes(FORM, ANSWERS, origin)


@cache
def row_of(code: str) -> int:
    """The row of a line; of the headings for `input_code`'s own heading."""
    sheet = openpyxl.load_workbook(io.BytesIO(book()))[SHEET_FORM]
    for row in range(1, sheet.max_row + 1):
        said = sheet.cell(row, 2).value
        if said == code or (code == "headings" and str(said).startswith(COLUMNS["input_code"][0])):
            return row
    raise AssertionError(code)


def ref(code: str, column: str = "value") -> str:
    """The cell of a line in the workbook."""
    return f"{'ABCDEFGHI'[tuple(COLUMNS).index(column)]}{row_of(code)}"


def edited(edit: Callable[[Worksheet], object]) -> bytes:
    """The form after an edit of its sheet, saved by another program."""
    made = openpyxl.load_workbook(io.BytesIO(book()))
    sheet = made[SHEET_FORM]
    assert isinstance(sheet, Worksheet)
    edit(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def with_cells(cells: Mapping[str, Any]) -> bytes:
    """The form with these cells."""

    def edit(sheet: Worksheet) -> None:
        for cell, value in cells.items():
            sheet[cell] = value

    return edited(edit)


def parts_of(content: bytes) -> dict[str, bytes]:
    """Name -> bytes of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes]], method: int = 8) -> bytes:
    """An archive of entries; names may be there twice."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as archive, catch_warnings():
        simplefilter("ignore")  # of names that are there twice
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def repacked(
    change: Mapping[str, bytes] | None = None,
    add: Iterable[tuple[str, bytes]] = (),
    method: int = 8,
) -> bytes:
    """The form's archive with changed and further parts."""
    parts = {**parts_of(book()), **(change or {})}
    return zipped([*parts.items(), *add], method)


def replaced(part: str, old: str, new: str) -> bytes:
    """The form's archive with text replaced in one part; the text must be there."""
    parts = parts_of(book())
    text = parts[part].decode()
    assert old in text, old
    return zipped({**parts, part: text.replace(old, new, 1).encode()}.items())


def with_rows(xml: str) -> bytes:
    """The form with further rows, as XML, at the end of its sheet."""
    return replaced(FORM_PART, "</sheetData>", f"{xml}</sheetData>")


# --- text formats ------------------------------------------------------------------------------


def csv_text() -> str:
    """The form as CSV, without its mark."""
    return csv_bytes(FORM, ANSWERS).decode("utf-8-sig")


def csv_with(code: str, **cells: str) -> bytes:
    """The CSV with changed cells in one line."""
    rows = list(csv.reader(io.StringIO(csv_text(), newline="")))
    for row in rows:
        if row[1:2] == [code]:
            for column, text in cells.items():
                row[tuple(COLUMNS).index(column)] = text
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def csv_line(code: str) -> int:
    """The line of the CSV on which a line of the form stands."""
    lines = csv_text().split("\r\n")
    return next(n for n, line in enumerate(lines, start=1) if f",{code}," in line)


def document() -> dict[str, Any]:
    """The form as JSON, loaded."""
    made: dict[str, Any] = json.loads(json_bytes(FORM, ANSWERS))
    return made


def json_with(code: str, **cells: Any) -> bytes:
    """The JSON with changed cells in one line."""
    made = document()
    for line in made["lines"]:
        if line["input_code"] == code:
            line.update(cells)
    return json.dumps(made, ensure_ascii=False).encode()


# --- encodings ---------------------------------------------------------------------------------


def in_1258(text: str) -> bytes:
    """Text in Windows-1258: letters as the code page has them, tone marks behind them."""
    return "".join(_split(sign) for sign in text).encode("cp1258")


def _split(sign: str) -> str:
    """A letter as letters of the code page: itself, or its base and its tone mark."""
    for parts in (sign, *_tones(sign)):
        try:
            parts.encode("cp1258")
        except UnicodeEncodeError:
            continue
        return parts
    raise AssertionError(sign)


def _tones(sign: str) -> Iterable[str]:
    plain = unicodedata.normalize("NFD", sign)
    for tone in "\u0300\u0301\u0303\u0309\u0323":
        if tone in plain:
            yield unicodedata.normalize("NFC", plain.replace(tone, "")) + tone


@cache
def _typed(font: str) -> dict[str, str]:
    """Letter -> how it is typed with fonts of that encoding, where that is another sign."""
    latin = [chr(code) for code in range(0xA1, 0x100)]
    pairs = [v + m for v in "aeiouyôöAEIOUYÔÖ" for m in latin if v.islower() == m.islower()]
    found: dict[str, str] = {}
    for signs in (*latin, *pairs):
        letter = from_font(signs, font)
        if len(letter) == 1 and letter != signs:
            found.setdefault(letter, signs)
    return found


def in_font(text: str, font: str) -> str:
    """Text as typed with fonts of `tcvn3` or `vni`; TCVN3 has no capitals with marks."""
    typed = _typed(font)
    return "".join(
        typed.get(s, typed.get(s.lower(), s)) for s in unicodedata.normalize("NFC", text)
    )
