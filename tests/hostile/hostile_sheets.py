"""Workbooks with sound archives whose sheet, cells or lines are odd."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime

import openpyxl
from hostile_case import Case
from hostile_form import (
    FORM,
    FORM_PART,
    LINE_COUNT,
    LINES,
    book,
    document,
    edited,
    parts_of,
    ref,
    repacked,
    replaced,
    row_of,
    with_cells,
)
from openpyxl.worksheet.worksheet import Worksheet

from assets.submissions.form import SHEET_FORM, Answer
from assets.submissions.textform import json_bytes
from assets.submissions.workbook import workbook_bytes

# --- where the form is ----------------------------------------------------------------------------


def _delete(row: int) -> Callable[[Worksheet], object]:
    return lambda sheet: sheet.delete_rows(row)


def _headings(**cells: str) -> bytes:
    return with_cells({f"{column}{row_of('headings')}": text for column, text in cells.items()})


def _reordered(sheet: Worksheet) -> None:
    for row in range(row_of("headings"), sheet.max_row + 1):
        value, status = sheet.cell(row, 6), sheet.cell(row, 7)
        value.value, status.value = status.value, value.value


def _sorted(sheet: Worksheet) -> None:
    rows = [[cell.value for cell in sheet[row_of(code)]] for code in LINES]
    for code, cells in zip(LINES, sorted(rows, key=lambda r: str(r[1])), strict=True):
        for column, value in enumerate(cells, start=1):
            sheet.cell(row_of(code), column).value = value


def _copied_headings(sheet: Worksheet) -> None:
    for column in range(1, 10):
        heading = sheet.cell(row_of("headings"), column).value
        sheet.cell(row_of("degrees") + 2, column, heading)


def _blank_tail(sheet: Worksheet) -> None:
    for row in range(30, 1_000):
        sheet.cell(row, 6).number_format = "0.00"


def _renamed(sheet: Worksheet) -> None:
    sheet.title = "Sheet1"


def _hidden_sheet(sheet: Worksheet) -> None:
    sheet.sheet_state = "hidden"


def _extra_sheet(sheet: Worksheet) -> None:
    assert isinstance(sheet.parent, openpyxl.Workbook)
    sheet.parent.create_sheet("Tổng hợp")["A1"] = "Mã số liệu"


def _sheet_twice() -> bytes:
    name = unicodedata.normalize("NFD", SHEET_FORM)
    return replaced("xl/workbook.xml", 'name="Hướng dẫn"', f'name="{name}"')


def templates() -> Iterator[Case]:
    key = row_of("headings")
    yield Case("column_added.xlsx", lambda: _headings(J="Cột mới"), "wrong_template")
    yield Case("column_dropped.xlsx", lambda: edited(lambda s: s.delete_cols(8)), "wrong_template")
    yield Case("column_renamed.xlsx", lambda: _headings(F="Số liệu"), "wrong_template")
    yield Case("columns_reordered.xlsx", lambda: edited(_reordered), "wrong_template")
    yield Case("moved_right.xlsx", lambda: edited(lambda s: s.insert_cols(1)), "head_missing")
    yield Case("moved_down.xlsx", _moved_down)
    yield Case("two_headers.xlsx", lambda: edited(_copied_headings), "two_headers")
    yield Case("no_codes.xlsx", lambda: _headings(B="Mã"), "key_column_missing")
    yield Case("no_headings.xlsx", lambda: edited(_delete(key)), "wrong_template")
    yield Case("extra_sheet.xlsx", lambda: edited(_extra_sheet))
    yield Case("sheet_renamed.xlsx", lambda: edited(_renamed), "sheet_missing")
    yield Case("sheet_hidden.xlsx", lambda: edited(_hidden_sheet), "sheet_missing")
    yield Case("sheet_twice.xlsx", _sheet_twice, "sheet_missing")
    yield Case("head_cut.xlsx", lambda: edited(_delete(4)), "head_missing")
    yield Case("head_twice.xlsx", lambda: with_cells({"A2": "Mã cơ quan"}), "wrong_template")
    yield Case("line_deleted.xlsx", lambda: edited(_delete(row_of("share"))), "lines_missing")
    yield Case("sorted.xlsx", lambda: edited(_sorted))
    yield Case("blank_tail.xlsx", lambda: edited(_blank_tail))
    yield Case("beside.xlsx", lambda: with_cells({"L14": "xem lại", "M14": 12}))
    yield Case("far_column.xlsx", lambda: with_cells({"XFD14": 1}), "far_cell")
    yield Case("far_corner.xlsx", lambda: with_cells({"XFD1048576": 1}), "far_cell")
    yield Case("far_row.xlsx", lambda: with_cells({"A20000": 1}), "far_cell")
    yield Case("last_row.xlsx", lambda: with_cells({"A1048576": 1}), "truncation_suspected")
    yield Case("last_old_row.xlsx", lambda: with_cells({"F65536": 1}), "truncation_suspected")
    yield Case("many_lines.xlsx", _many_lines, "sheet_too_large")
    yield Case("merged_all.xlsx", _merged_all, "sheet_too_large")


def _moved_down() -> bytes:
    """Rows put in above the form: the parts of the head that come within 20 rows are found."""
    return edited(lambda sheet: sheet.insert_rows(4, amount=5))


def _many_lines() -> bytes:
    def edit(sheet: Worksheet) -> None:
        for row in range(100, 2_200):
            sheet.cell(row, 2, "x")

    return edited(edit)


def _merged_all() -> bytes:
    return replaced(
        FORM_PART,
        "</sheetData>",
        '</sheetData><mergeCells><mergeCell ref="A30:XFD1048576"/></mergeCells>',
    )


# --- cells ----------------------------------------------------------------------------------------


def _aside(name: str, code: str, rule: str, value: object, column: str = "value") -> Case:
    cell = ref(code, column)
    return Case(name, lambda: with_cells({cell: value}), aside={cell: rule})


def _fine(name: str, code: str, value: object, column: str = "value") -> Case:
    return Case(name, lambda: with_cells({ref(code, column): value}))


def cells() -> Iterator[Case]:
    yield Case("sound.xlsx", book)
    yield _aside("sentence.xlsx", "staff", "text_for_number", "65 dịch vụ, tỷ lệ 92,36 %")
    yield _aside("thousands.xlsx", "staff", "ambiguous_separator", "1.234")
    yield _aside("thousands_comma.xlsx", "change", "ambiguous_separator", "1,234")
    yield _fine("decimal_comma.xlsx", "change", "1234,5")
    yield _fine("groups.xlsx", "staff", "12.345.678")
    yield _fine("groups_decimals.xlsx", "change", "1.234,5")
    yield _fine("leading_zeros.xlsx", "staff", "001")
    yield _fine("day_number.xlsx", "staff", 45_000)
    yield _fine("escape.xlsx", "staff", "ghi chú _x0007__x000D_", "note")
    yield _fine("line_break.xlsx", "staff", "một\nhai", "note")
    yield _aside("percent.xlsx", "share", "text_for_number", "92,36 %")
    yield _aside("full_width.xlsx", "staff", "text_for_number", "１２")
    yield _aside("exponent.xlsx", "staff", "text_for_number", "1e3")
    yield _aside("dash.xlsx", "staff", "text_for_number", "-")
    yield _aside("negative.xlsx", "staff", "negative", -3)
    yield _aside("negative_text.xlsx", "staff", "negative", "\u22123")
    yield _fine("negative_change.xlsx", "change", -3)
    yield _aside("not_whole.xlsx", "staff", "not_whole", 12.5)
    yield _aside("digits.xlsx", "staff", "too_many_digits", 10**12)
    yield _aside("huge.xlsx", "staff", "too_many_digits", 1e300)
    yield _aside("decimals.xlsx", "share", "too_many_decimals", 0.1234567)
    yield Case(
        "sum.xlsx",
        lambda: _stored("<v>0.30000000000000004</v>", "share"),
        aside={ref("share"): "too_many_decimals"},
    )
    yield Case("excel_digits.xlsx", lambda: _stored("<v>0.10000000000000001</v>", "share"))
    yield _aside("above.xlsx", "share", "above_maximum", 1.5)
    yield _aside("below.xlsx", "units", "below_minimum", 0)
    yield _aside("date.xlsx", "staff", "date_for_number", datetime(2017, 1, 5))
    yield _aside("formula.xlsx", "staff", "formula_without_value", "=1+1")
    yield Case("formula_result.xlsx", lambda: _stored("<f>100+20</f><v>120</v>"))
    yield _aside("error.xlsx", "staff", "error_cell", "#REF!")
    yield _aside("true_count.xlsx", "staff", "text_for_number", True)
    yield _aside("yes_maybe.xlsx", "has_wan", "not_yes_or_no", "Có thể")
    yield _fine("yes_english.xlsx", "has_wan", " YES ")
    yield _fine("yes_box.xlsx", "has_wan", True)
    yield _aside("class.xlsx", "grade", "class_unknown", "middle")
    yield _fine("class_capitals.xlsx", "grade", "LOW")
    yield _aside("status_word.xlsx", "services", "status_unknown", "chưa rõ", "status")
    yield _fine("status_english.xlsx", "services", "NO FIGURE", "status")
    yield _fine(
        "status_decomposed.xlsx",
        "services",
        unicodedata.normalize("NFD", " không có số liệu "),
        "status",
    )
    yield Case(
        "contradiction.xlsx",
        lambda: with_cells({ref("services"): 4}),
        aside={ref("services", "status"): "status_contradicts_value"},
    )
    yield Case(
        "value_missing.xlsx",
        lambda: with_cells({ref("cases"): None}),
        aside={ref("cases"): "value_missing"},
    )
    yield Case("blank_line.xlsx", lambda: with_cells({ref("staff"): None}), blank=1)
    yield Case(
        "no_evidence.xlsx",
        lambda: with_cells({ref("rules", "evidence"): None}),
        aside={ref("rules", "evidence"): "evidence_missing"},
    )
    yield Case(
        "zero_no_evidence.xlsx",
        lambda: with_cells({ref("rules", "evidence"): None, ref("rules"): 0}),
    )
    yield _aside("long_note.xlsx", "staff", "remark_too_long", "x" * 2_001, "note")
    yield _aside("error_evidence.xlsx", "staff", "error_cell", "#N/A", "evidence")
    yield _fine("date_evidence.xlsx", "staff", datetime(2017, 1, 5), "evidence")
    yield _fine("bidi.xlsx", "staff", "QĐ \u202e21/CV", "evidence")


def _stored(inner: str, code: str = "staff") -> bytes:
    """The value cell of a line with this inside."""
    text = parts_of(book())[FORM_PART].decode()
    begin = text.index(f'<c r="{ref(code)}"')
    end = text.index("</c>", begin)
    head = text[begin : text.index(">", begin) + 1]
    return repacked({FORM_PART: (text[:begin] + head + inner + text[end:]).encode()})


# --- lines ----------------------------------------------------------------------------------------


def _hide(*codes: str) -> Callable[[Worksheet], object]:
    def edit(sheet: Worksheet) -> None:
        for code in codes:
            sheet.row_dimensions[row_of(code)].hidden = True

    return edit


def _hidden_blank(sheet: Worksheet) -> None:
    _hide("staff")(sheet)
    sheet[ref("staff")] = None


def lines() -> Iterator[Case]:
    end = row_of("degrees")
    more = f"F{end + 1}"
    yield Case(
        "total_row.xlsx",
        lambda: with_cells({f"A{end + 1}": "Tổng cộng", more: 4717}),
        aside={more: "code_missing"},
        lines=LINE_COUNT + 1,
    )
    yield Case(
        "line_added.xlsx",
        lambda: with_cells({f"B{end + 1}": "servers", more: 5}),
        aside={more: "code_unknown"},
        lines=LINE_COUNT + 1,
    )
    yield Case(
        "code_twice.xlsx",
        lambda: with_cells({f"B{end + 1}": "staff", more: 120}),
        aside={ref("staff"): "code_twice", more: "code_twice"},
        lines=LINE_COUNT + 1,
    )
    yield Case("note_below.xlsx", lambda: with_cells({f"A{end + 3}": "Người lập biểu"}))
    yield _aside("unit.xlsx", "staff", "line_changed", "nghìn người", "unit")
    yield _aside("name.xlsx", "staff", "line_changed", "Số cán bộ nữ", "name_vi")
    yield Case(
        "merged_values.xlsx",
        lambda: edited(lambda s: s.merge_cells(f"{ref('staff')}:{ref('units')}")),
        aside={ref("staff"): "merged_cell", ref("units"): "merged_cell"},
    )
    yield Case(
        "merged_evidence.xlsx",
        lambda: edited(lambda s: s.merge_cells(f"{ref('staff', 'note')}:{ref('units', 'note')}")),
    )
    yield Case(
        "hidden_rows.xlsx",
        lambda: edited(_hide("staff", "units")),
        aside={ref("staff"): "hidden_row", ref("units"): "hidden_row"},
    )
    yield Case("hidden_blank.xlsx", lambda: edited(_hidden_blank), blank=1)
    yield Case("nothing.xlsx", lambda: workbook_bytes(FORM), "form_empty")
    yield Case(
        "all_wrong.json",
        lambda: json_bytes(FORM, {code: Answer("nhiều") for code in LINES}),
        "too_many_faults",
    )
    yield Case("half_wrong.json", _half_wrong, aside=_half())


def _half() -> dict[str, str]:
    rules = {"boolean": "not_yes_or_no", "class": "class_unknown"}
    return {
        f"lines[{at}].value": rules.get(entry.kind, "text_for_number")
        for at, (entry, _) in enumerate(LINES.values())
        if at < LINE_COUNT // 2
    }


def _half_wrong() -> bytes:
    made = document()
    for line in made["lines"][: LINE_COUNT // 2]:
        line["value"] = "nhiều"
    return json.dumps(made).encode()
