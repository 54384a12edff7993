"""Odd files: each has one decided outcome. A file is accepted, in part if need be, or rejected as a
whole with its rule."""

from __future__ import annotations

import gzip
import io
import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from table_samples import (
    CATALOGUE,
    COUNT_HEADER,
    COUNTS,
    as_csv,
    as_json,
    as_parquet,
    as_xlsx,
    bodies_of_samples,
    count_row,
    counts,
    file,
    only_file,
    read,
    saved,
    service_row,
    services,
    told,
)

from assets.received.beginning import MAX_BYTES
from assets.services import layouts, personal
from assets.services.tables.judge import judge, reasons

GOOD = counts(count_row(), count_row(body_code="Bắc Giang", channel="Trực tiếp"))
PLAIN = as_csv(GOOD)
NAMED = ["Cơ quan", "Mã dịch vụ", "Mức độ", "Kênh", "Tháng", "Tiếp nhận"]
TOTAL = ["Tổng cộng", None, None, None, None]


def book(*edits: Callable[[openpyxl.Workbook], object]) -> bytes:
    """The good table as a workbook that is edited after."""
    made = openpyxl.load_workbook(io.BytesIO(as_xlsx(GOOD)))
    for edit in edits:
        edit(made)
    return saved(made)


def put(place: str, value: object) -> Callable[[openpyxl.Workbook], object]:
    return lambda made: made.worksheets[0].__setitem__(place, value)


def hide_row(row: int) -> Callable[[openpyxl.Workbook], object]:
    return lambda made: setattr(made.worksheets[0].row_dimensions[row], "hidden", True)


def merge(area: str) -> Callable[[openpyxl.Workbook], object]:
    return lambda made: made.worksheets[0].merge_cells(area)


def further_sheet(state: str) -> Callable[[openpyxl.Workbook], object]:
    def edit(made: openpyxl.Workbook) -> None:
        sheet = made.create_sheet("Khác")
        sheet["A1"] = "x"
        sheet.sheet_state = state

    return edit


def parquet(**columns: pa.Array) -> bytes:
    """The good table as Parquet with some columns of other types."""
    table = pq.read_table(io.BytesIO(as_parquet(GOOD)))
    for name, column in columns.items():
        table = table.set_column(table.column_names.index(name), name, column)
    made = io.BytesIO()
    pq.write_table(table, made)
    return made.getvalue()


def as_1258(text: str) -> bytes:
    """Windows-1258 as programs write it: letters whole, marks of tone after them."""

    def parted(sign: str) -> str:
        marks = unicodedata.normalize("NFD", sign)
        tones = "".join(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
        letter = "".join(mark for mark in marks if mark not in tones)
        return unicodedata.normalize("NFC", letter) + tones

    return "".join(map(parted, text)).encode("cp1258")


@dataclass(frozen=True)
class Odd:
    """A file and its decided outcome: the rule by which it is rejected (empty: accepted), lines
    accepted, (line, rule) of lines set aside, format, encoding."""

    content: bytes
    rule: str = ""
    accepted: int = 0
    aside: tuple[tuple[int, str], ...] = ()
    file_format: str = "csv"
    encoding: str | None = "utf-8"
    kind: str = COUNTS


def refused(content: bytes, rule: str, **more: Any) -> Odd:
    return Odd(content, rule, **{"file_format": "unknown", "encoding": None, **more})


ODD_FILES: dict[str, Odd] = {
    # --- encodings
    "plain": Odd(PLAIN, accepted=2),
    "utf-8 with its mark, windows lines": Odd(
        b"\xef\xbb\xbf" + PLAIN.replace(b"\n", b"\r\n"), accepted=2
    ),
    "utf-16": Odd(as_csv(GOOD, encoding="utf-16"), accepted=2, encoding="utf-16"),
    "utf-16 without its mark": refused(as_csv(GOOD, encoding="utf-16-le"), "encoding_undecidable"),
    "utf-32": refused(as_csv(GOOD, encoding="utf-32"), "encoding_undecidable"),
    "windows-1258": Odd(
        as_1258(as_csv([NAMED, count_row(body_code="Bắc Giang", channel="trực tuyến")]).decode()),
        accepted=1, encoding="windows-1258",
    ),
    "TCVN3": refused(PLAIN.replace("ắ".encode(), b"\xbe"), "font_encoding_suspected"),
    "TCVN3 inside UTF-8": Odd(
        as_csv(services(service_row(service_name="CÊp phÐp x©y dùng nhµ ë t¹i ®« thÞ"))),
        "font_encoding_suspected", kind=CATALOGUE,
    ),
    "a header in decomposed letters": Odd(
        unicodedata.normalize("NFD", as_csv([NAMED, count_row()]).decode()).encode(), accepted=1
    ),
    # --- delimiters and lines
    "semicolons": Odd(as_csv(GOOD, ";"), accepted=2),
    "tabs": Odd(as_csv(GOOD, "\t"), accepted=2),
    "a comma in a heading beside semicolons": Odd(
        as_csv([[*COUNT_HEADER, "a,b"], [*count_row(), None]], ";"), "column_unknown"
    ),
    "bars": Odd(as_csv(GOOD, "|"), "header_missing"),
    "ragged lines": Odd(
        PLAIN + b"P-10,DV-2\nP-10,DV-3,,online,2016-05,1,,\nP-10,DV-4,,online,2016-05,1,x\n",
        accepted=3, aside=((4, "row_shape"), (6, "row_shape")),
    ),
    "blank lines before, between and after": Odd(
        b"\n,,\n" + PLAIN.replace(b"P-10", b"\n,,,,,\nP-10") + b"\n\n", accepted=2
    ),
    "a line end inside a cell": Odd(
        as_csv(services(service_row(service_name="Cấp\nphép"), service_row(service_code="-"))),
        accepted=1, aside=((4, "raw_services.service_code.pattern"),), kind=CATALOGUE,
    ),
    "an open quotation mark": Odd(
        PLAIN.replace(b"DV-1", b'"DV-1', 1), "csv_malformed", encoding=None
    ),
    "a huge cell": Odd(
        as_csv(counts(count_row(service_code="x" * 40_000))), "cell_too_long", encoding=None
    ),
    "a cell beyond the reader": Odd(
        as_csv(counts(count_row(service_code="x" * 140_000))), "csv_malformed", encoding=None
    ),
    "bytes of value zero": refused(PLAIN.replace(b"DV-1", b"DV\0"), "encoding_undecidable"),
    "control characters": refused(PLAIN.replace(b"DV-1", b"DV\x07"), "unknown_format"),
    # --- header
    "header alone": Odd(as_csv([COUNT_HEADER]), "no_lines"),
    "two header rows": Odd(as_csv([COUNT_HEADER, NAMED, count_row()]), "two_headers"),
    "a title above the header": Odd(b"B\xc3\xa1o c\xc3\xa1o\n" + PLAIN, "header_missing"),
    "an unknown column": Odd(
        as_csv([[*COUNT_HEADER, "note"], [*count_row(), "x"]]), "column_unknown"
    ),
    "a column without a heading": Odd(
        as_csv([[*COUNT_HEADER[:3], None, *COUNT_HEADER[3:]],
                [*count_row()[:3], "x", *count_row()[3:]]]), "column_unknown",
    ),
    "a column missing": Odd(
        as_csv([COUNT_HEADER[:4] + COUNT_HEADER[5:], count_row()[:4] + count_row()[5:]]),
        "column_missing",
    ),
    "neither service nor level nor class": Odd(
        as_csv([[COUNT_HEADER[0], *COUNT_HEADER[3:]], [count_row()[0], *count_row()[3:]]]),
        "column_missing",
    ),
    "a column under two headings": Odd(
        as_csv([[*COUNT_HEADER, "Tháng"], [*count_row(), "2016-04"]]), "column_twice"
    ),
    # --- personal data
    "a column of applicants": Odd(
        as_csv([[*COUNT_HEADER, "Họ và tên"], [*count_row(), "Nguyễn Văn A"]]), "personal_data"
    ),
    "a name where a code belongs": Odd(
        as_csv(counts(count_row(channel="Nguyễn Văn An"), count_row(month="?"))), "personal_data"
    ),
    "an identity number where a body belongs": Odd(
        as_csv(counts(count_row(body_code="001085012345"))), "personal_data"
    ),
    "an address of mail that only the gate refuses": Odd(
        as_csv(counts(count_row(service_code="an@laocai.vn"))), "personal_data"
    ),
    # --- totals, years, shares
    "a right total": Odd(as_csv([*GOOD, [*TOTAL, "24"]]), accepted=2),
    "a wrong total": Odd(as_csv([*GOOD, [*TOTAL, "25"]]), "total_differs"),
    "a total that no count is": Odd(as_csv([*GOOD, [*TOTAL, "?"]]), "total_differs"),
    "a total over a count that cannot be read": Odd(
        as_csv([*GOOD, count_row(month="2016-05", cases_received="x"), [*TOTAL, "34"]]),
        "total_differs", aside=((4, "count_form"),),
    ),
    "duplicate months": Odd(
        as_csv([*GOOD, count_row(cases_received="7")]),
        accepted=1, aside=((2, "counted_twice"), (4, "counted_twice")),
    ),
    "another year": Odd(
        as_csv(services(service_row(valid_from="2017-01-01"))), "year_not_in_file", kind=CATALOGUE
    ),
    "too many lines at fault": Odd(
        as_csv([*GOOD, *[count_row(month="x")] * 21]), "too_many_faults",
        aside=tuple((line, "month_form") for line in range(4, 25)),
    ),
    "as many lines at fault as may be": Odd(
        as_csv([*GOOD, *[count_row(month="x")] * 20]), accepted=2,
        aside=tuple((line, "month_form") for line in range(4, 24)),
    ),
    # --- gzip and what is no table
    "gzip": Odd(gzip.compress(PLAIN), accepted=2),
    "gzip in two parts": Odd(gzip.compress(PLAIN[:30]) + gzip.compress(PLAIN[30:]), accepted=2),
    "truncated gzip": refused(gzip.compress(PLAIN)[:-9], "gzip_damaged"),
    "damaged gzip": refused(b"\x1f\x8b\x08\x00" + b"x" * 40, "gzip_damaged"),
    "gzip that unfolds without end": refused(
        gzip.compress(b"\n" * (MAX_BYTES + 1)), "file_too_large"
    ),
    "gzip in gzip": refused(gzip.compress(gzip.compress(PLAIN)), "unknown_format"),
    "a PDF": refused(b"%PDF-1.7\n", "unknown_format"),
    "an old workbook": refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_workbook"),
    # --- workbooks
    "workbook": Odd(as_xlsx(GOOD), accepted=2, file_format="xlsx", encoding=None),
    "numbers and days as such": Odd(
        book(put("F2", 1234), put("E2", date(2016, 3, 1)), put("C2", 3)),
        accepted=2, file_format="xlsx", encoding=None,
    ),
    "a formula without its value": Odd(
        book(put("F2", "=1+1")), accepted=1, aside=((2, "formula_without_value"),),
        file_format="xlsx", encoding=None,
    ),
    "a hidden formula": Odd(
        book(put("F2", "=1+1"), hide_row(2)),
        accepted=1, aside=((2, "hidden_row"), (2, "formula_without_value")),
        file_format="xlsx", encoding=None,
    ),
    "merged cells": Odd(
        book(merge("B2:C2")), accepted=1, aside=((2, "merged_cell"),),
        file_format="xlsx", encoding=None,
    ),
    "a code that lost digits": Odd(
        book(put("B2", 1.01)), accepted=1, aside=((2, "number_for_code"),),
        file_format="xlsx", encoding=None,
    ),
    "a cell that shows an error": Odd(
        book(put("D3", "#REF!")), accepted=1, aside=((3, "error_cell"),),
        file_format="xlsx", encoding=None,
    ),
    "a hidden sheet beside": Odd(
        book(further_sheet("hidden")), accepted=2, file_format="xlsx", encoding=None
    ),
    "two sheets": Odd(
        book(further_sheet("visible")), "one_sheet", file_format="xlsx", encoding=None
    ),
    "a damaged workbook": Odd(
        as_xlsx(GOOD)[:-40], "zip_damaged", file_format="xlsx", encoding=None
    ),
    # --- JSON and Parquet
    "JSON": Odd(as_json(GOOD), accepted=2, file_format="json"),
    "a fraction in JSON is no thousand": Odd(
        json.dumps([dict(zip(COUNT_HEADER, count_row(), strict=True))])
        .replace('"12"', "1.234").encode(),
        aside=((1, "count_form"),), file_format="json",
    ),
    "a list in JSON": Odd(
        json.dumps([dict(zip(COUNT_HEADER, count_row(), strict=True))])
        .replace('"12"', "[12]").encode(),
        aside=((1, "wrong_type"),), file_format="json",
    ),
    "a key given twice": Odd(
        b'[{"month": 1, "month": 2}]', "json_malformed", file_format="json", encoding=None
    ),
    "an object instead of a list": Odd(
        b'{"month": 1}', "json_malformed", file_format="json", encoding=None
    ),
    "Parquet": Odd(
        parquet(cases_received=pa.array([1, 2]), month=pa.array([date(2016, 3, 1)] * 2)),
        accepted=2, file_format="parquet", encoding=None,
    ),
    "fractions in Parquet": Odd(
        parquet(cases_received=pa.array([1.0, 2.0])),
        aside=((1, "wrong_type"), (2, "wrong_type")), file_format="parquet", encoding=None,
    ),
    "damaged Parquet": Odd(
        as_parquet(GOOD)[:-20], "parquet_refused", file_format="parquet", encoding=None
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_FILES)
def test_an_odd_file_has_its_decided_outcome(name: str) -> None:
    odd = ODD_FILES[name]
    tables = read(file(odd.content, odd.kind))
    about = only_file(tables)
    assert about["rule_id"] == (odd.rule or None), about["raw_value"]
    assert about["file_state"] == ("rejected" if odd.rule else "accepted")
    assert (about["file_format"], about["encoding"]) == (odd.file_format, odd.encoding)
    taken = tables["services"] + tables["monthly_cases"]
    assert len(taken) == about["rows_accepted"] == odd.accepted
    assert [(line, rule) for line, _, rule in told(tables)] == list(odd.aside)
    if odd.rule:
        assert about["rows_quarantined"] == about["rows_in"] - about["rows_blank"]
        assert about["reason_en"] != about["reason_vi"]
        assert about["what_to_do"]


def test_the_faults_of_a_header_are_named() -> None:
    header = [*COUNT_HEADER, "Ghi chú", "Mã số"]
    about = only_file(read(file(as_csv([header, [*count_row(), "a", "b"]]))))
    assert about["raw_value"] == "Ghi chú, Mã số"
    about = only_file(read(file(as_csv([COUNT_HEADER[:3], count_row()[:3]]))))
    assert about["raw_value"] == "channel, month, cases_received"


def test_a_wrong_total_says_both_sums() -> None:
    about = only_file(read(file(as_csv([*GOOD, [*TOTAL, "25"]]))))
    assert about["raw_value"] == "line 4 says '25', the lines add up to 24"


def test_what_a_file_says_of_a_person_is_shown_nowhere() -> None:
    given = as_csv(counts(count_row(channel="Nguyễn Văn An"), count_row(month="Nguyen Van B")))
    tables = read(file(given))
    shown = json.dumps(tables, default=str, ensure_ascii=False)
    assert personal.MASK in shown
    assert "Nguy" not in shown


def test_the_name_of_an_office_is_no_name_of_a_person() -> None:
    tables = read(file(as_csv(counts(count_row(body_code="Hồ Chí Minh"), count_row()))))
    assert told(tables) == [(2, "body_code", "unknown_body")]


def test_every_rule_of_this_folder_can_come_up() -> None:
    said_elsewhere = {"too_many_lines", "sheet_too_large", "far_cell"}  # limits: see below
    lines = {"missing", "none_of", "total_inside", "unknown_body", "unknown_word", "day_form",
             "address_form", "invisible_character", "other_year", "periods_overlap"}  # fmt: skip
    raised = {odd.rule for odd in ODD_FILES.values()}
    raised |= {rule for odd in ODD_FILES.values() for _, rule in odd.aside}
    own = {rule for rule, said in reasons().items() if said["what_to_do"] != _advice_of_files()}
    assert own - raised == said_elsewhere | lines
    for said in reasons().values():
        assert set(said) == {"reason_en", "reason_vi", "what_to_do"}


def _advice_of_files() -> str:
    return reasons()["macros"]["what_to_do"]


def test_a_table_of_too_many_lines_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(layouts.declared(), "lines", 1)
    assert only_file(read(file(PLAIN)))["rule_id"] == "too_many_lines"


def test_a_workbook_of_too_many_rows_is_rejected() -> None:
    assert only_file(read(file(book(put("A10001", "x")))))["rule_id"] == "far_cell"


def test_nothing_is_no_table() -> None:
    said = judge(file(b""), 2016, bodies_of_samples()).refusal
    assert said is not None
    assert said["rule_id"] == "file_empty"
