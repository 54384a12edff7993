"""Forms of every kind of line, and how a workbook is looked into."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from assets.method.load import find_method
from assets.method.model import Input, Method, Node, Parameters, Policy, Step, Use
from assets.submissions.form import COLUMNS, Answer, Form, form_of

BLOCKS = ("gov_agency", "ministry", "province")


def inputs() -> tuple[Input, ...]:
    """An input of each kind, and of each way to be bounded."""
    return (
        Input("staff", "count", "persons", "Số cán bộ", "Staff", min=Decimal(0)),
        Input("has_plan", "boolean", "yes_no", "Có kế hoạch", "Has a plan"),
        Input("grade", "class", "points", "Xếp loại", "Grade"),
        Input("share", "number", "share", "Tỷ lệ", "Share", min=Decimal(0), max=Decimal("0.5")),
        Input("change", "number", "points", "Thay đổi", "Change"),
        Input("late", "count", "cases", "Quá hạn", "Late", max=Decimal(9)),
    )


def _criterion(slug: str, kind: str, points: int, **more: Any) -> Node:
    return Node(
        slug=slug,
        name_vi=f"Tiêu chí {slug}",
        name_en=f"Criterion {slug}",
        kind=kind,
        basis="published",
        source="report",
        max_points=Decimal(points),
        **more,
    )


def _leaf(slug: str, kind: str, uses: dict[str, str], **more: Any) -> Node:
    return _criterion(slug, kind, 10, inputs=tuple(Use(r, c) for r, c in uses.items()), **more)


def sample_method() -> Method:
    """Two categories; `staff` is used in both; the grade is of three classes."""
    steps = tuple(Step(Decimal(n), is_class=c) for n, c in ((3, "high"), (2, "middle"), (1, "low")))
    first = (
        _leaf("size", "ratio", {"numerator": "staff", "denominator": "late"}),
        _leaf("plan", "boolean", {"answer": "has_plan"}, evidence_required=True),
        _leaf("graded", "tier", {"measure": "grade"}, parameters=Parameters(steps=steps)),
    )
    second = (
        _leaf("rate", "ratio", {"numerator": "share", "denominator": "staff"}),
        _leaf("moved", "target_ratio", {"numerator": "change", "target": "staff"}),
    )
    return Method(
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
        inputs=inputs(),
        roots=(
            _criterion("first", "sum", 30, children=first),
            _criterion("second", "sum", 20, children=second),
        ),
        notes=(),
        file="methods/sample.yaml",
        sha256="0" * 64,
    )


def sample_form() -> Form:
    """The form of a ministry under the sample method."""
    return form_of(sample_method(), 2016, "M-01", "Bộ Mẫu")


def real_form(block: str) -> Form:
    """The form of one body of a block in 2016."""
    return form_of(find_method("assessment_2016", block), 2016, "P-10", "Lào Cai")


def answered() -> dict[str, Answer]:
    """An answer of each kind, with text that a spreadsheet would run."""
    return {
        "staff": Answer("12345", "reported", "Công văn 12/CV", "=1+1"),
        "has_plan": Answer("Có", "", '=HYPERLINK("http://x.vn")', "+84 24"),
        "grade": Answer("middle"),
        "share": Answer("0.1", "reported"),
        "change": Answer("", "not_applicable", "", "chưa áp dụng"),
        "late": Answer("", "not_observed"),
    }


def opened(content: bytes, sheet: str) -> Worksheet:
    """A sheet of a workbook, formulas as they stand."""
    made = openpyxl.load_workbook(io.BytesIO(content))[sheet]
    assert isinstance(made, Worksheet)
    return made


def header_row(sheet: Worksheet) -> int:
    """The row of the headings, counted from 1."""
    wanted = ["\n".join(heading) for heading in COLUMNS.values()]
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if list(row[: len(wanted)]) == wanted:
            return number
    raise AssertionError("no row of headings")


def cells_of(sheet: Worksheet) -> dict[str, dict[str, Any]]:
    """The cells of each line by input code and column key."""
    start = header_row(sheet) + 1
    rows = [dict(zip(COLUMNS, row, strict=False)) for row in sheet.iter_rows(min_row=start)]
    return {row["input_code"].value: row for row in rows if row["input_code"].value}
