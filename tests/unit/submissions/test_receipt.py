"""Receipts: what a body is told of its file, in two languages and as JSON."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
import yaml
from reviewed_samples import ASKED, table

from assets import registry
from assets.submissions import receipt as module
from assets.submissions.receipt import (
    Receipt,
    receipt_json,
    receipt_name,
    receipt_text,
    receipts,
    shown,
)

SHA, OLD = "c" * 64, "d" * 64


def row(name: str, **changes: Any) -> dict[str, Any]:
    """A row of a table of the unit, null where nothing is said."""
    return {**dict.fromkeys(registry.table(name).column_names), "file_sha256": SHA, **changes}


def file_row(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file_name": "Lào Cai.xlsx",
        "assessment_year": 2016,
        "index_code": "assessment",
        "body_code": "P-10",
        "form_id": "2016/province/P-10/abababababab",
        "file_format": "xlsx",
        "file_state": "accepted",
        "is_current": True,
        "version_no": 2,
        "supersedes_sha256": OLD,
        "known_at": date(2017, 1, 20),
        "is_synthetic": False,
        "size_bytes": 9876,
    }
    return row("raw_submission_files", **{**told, **changes})


def value_row(input_code: str, **changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "value_key": input_code,
        "assessment_year": 2016,
        "index_code": "assessment",
        "regime": "assessment_2016",
        "block": "province",
        "body_code": "P-10",
        "input_code": input_code,
        "observation_state": "reported",
        "raw_text": "x",
        "cell_ref": "F1",
        "known_at": date(2017, 1, 20),
        "version_no": 2,
        "is_current": True,
        "is_synthetic": False,
        "parser_rule": "number",
    }
    return row("raw_submission_values", **{**told, **changes})


def quarantine_row(**changes: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "file_name": "Lào Cai.xlsx",
        "assessment_year": 2016,
        "body_code": "P-10",
        "input_code": "has_wan",
        "sheet_name": "Biểu mẫu",
        "cell_ref": "F12",
        "rule_id": "a_rule",
        "raw_value": "=CMD()\n\x1b[2J\u202e",
        "reason_en": "not a yes or no",
        "reason_vi": "không phải có hoặc không",
        "what_to_do": "write Có or Không",
        "is_current": True,
        "replay_command": "egov run 2016",
    }
    return row("raw_submission_quarantine", **{**told, **changes})


COUNTS = row(
    "raw_submission_counts",
    assessment_year=2016,
    rows_in=5,
    rows_accepted=3,
    rows_quarantined=1,
    rows_blank=1,
)


def tables(
    files: list[dict[str, Any]],
    counts: list[dict[str, Any]] | None = None,
    values: list[dict[str, Any]] | None = None,
    quarantine: list[dict[str, Any]] | None = None,
) -> dict[str, pa.Table]:
    named = {"files": files, "counts": counts, "values": values, "quarantine": quarantine}
    return {
        f"raw_submission_{name}": table(f"raw_submission_{name}", rows or [])
        for name, rows in named.items()
    }


def one(**parts: list[dict[str, Any]]) -> Receipt:
    (made,) = receipts(tables(**parts), ASKED)
    return made


@pytest.fixture(autouse=True)
def _reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {"a_rule": {"what_to_do_vi": "ghi Có hoặc Không"}}
    monkeypatch.setattr(module, "reasons", lambda: words)


@pytest.fixture
def accepted() -> Receipt:
    return one(
        files=[file_row()],
        counts=[COUNTS],
        values=[
            value_row("staff_count", value=Decimal(1200)),
            value_row("online_share", value=Decimal("0.25")),
            value_row("portal_level", class_code="good"),
        ],
        quarantine=[quarantine_row()],
    )


def test_an_accepted_file_with_a_line_in_quarantine_in_vietnamese(accepted: Receipt) -> None:
    vietnamese, _ = receipt_text(accepted).split("-" * 80)
    assert vietnamese.strip().split("\n") == [
        "BIÊN NHẬN BÁO CÁO SỐ LIỆU NĂM ĐÁNH GIÁ 2016",
        "",
        "Kết quả:             Đã tiếp nhận, còn 1 dòng chưa đọc được",
        "Tên tệp:             Lào Cai.xlsx (9876 byte)",
        f"Mã băm SHA-256:      {SHA}",
        "Cơ quan:             P-10 Lào Cai",
        "Mã biểu mẫu:         2016/province/P-10/abababababab",
        "Ngày tiếp nhận:      20/01/2017",
        "Phiên bản:           2 (hiện hành)",
        f"Thay thế phiên bản:  {OLD}",
        "Số dòng:             5 dòng = 3 tiếp nhận + 1 chưa đọc được + 1 để trống",
        "",
        "Tổng các số liệu dạng số đã tiếp nhận, để cơ quan đối chiếu:",
        "  người: 1 số liệu, tổng 1200",
        "  tỷ lệ (0-1): 1 số liệu, tổng 0,25",
        "",
        "Số liệu dạng phân loại: 1",
        "",
        "Các dòng chưa đọc được. Chưa có số liệu nào được lấy từ các dòng này:",
        "  1. Ô Biểu mẫu!F12, mã số liệu has_wan, nội dung: «=CMD()\\u000a\\u001b[2J\\u202e»",
        "     Lý do (a_rule): không phải có hoặc không",
        "     Việc cần làm: ghi Có hoặc Không",
        "",
        "Đề nghị cơ quan sửa các dòng trên và gửi lại toàn bộ biểu mẫu.",
    ]


def test_the_same_in_english(accepted: Receipt) -> None:
    _, english = receipt_text(accepted).split("-" * 80)
    lines = english.strip().split("\n")
    assert lines[0] == "RECEIPT FOR A REPORT OF FIGURES, YEAR ASSESSED 2016"
    assert "Received:            2017-01-20" in lines
    assert "  share: 1 figures, sum 0.25" in lines
    assert "     What to do: write Có or Không" in lines


def test_a_rejected_file_says_why_and_takes_nothing() -> None:
    made = one(
        files=[
            file_row(
                file_state="rejected",
                is_current=False,
                body_code=None,
                form_id=None,
                supersedes_sha256=None,
                rule_id="a_gate_rule",
                reason_en="it is a PDF",
                reason_vi="tệp là PDF",
                what_to_do="send the workbook",
                raw_value="%PDF-1.7\x00",
            )
        ]
    )
    assert made.outcome == "rejected"
    vietnamese, english = receipt_text(made).split("-" * 80)
    assert "Từ chối tiếp nhận: không lấy số liệu nào từ tệp này" in vietnamese
    assert vietnamese.strip().split("\n")[-3:] == [
        "Lý do từ chối (a_gate_rule): tệp là PDF",
        "Vị trí, nội dung: «%PDF-1.7\\u0000»",
        "Việc cần làm: send the workbook",
    ]
    assert "Version:             2 (not used)" in english
    assert "Body:                not known" in english
    assert "Replaces version:    none" in english
    assert "Lines:" not in english


def test_sums_are_by_unit_in_the_order_of_the_method_and_exact() -> None:
    made = one(
        files=[file_row()],
        counts=[COUNTS],
        values=[
            value_row("has_wan", value=Decimal(1)),
            value_row("online_share", value=Decimal("0.1")),
            value_row("staff_count", observation_state="not_applicable"),
            value_row("portal_level", observation_state="not_observed"),
        ],
    )
    assert [(t.unit, t.count, t.sum) for t in made.totals] == [
        ("share", 1, Decimal("0.1")),
        ("yes_no", 1, Decimal(1)),
    ]
    assert made.states == {"class": 0, "not_applicable": 1, "not_observed": 1}
    assert "Cơ quan trả lời không có số liệu: 1" in receipt_text(made)


def test_a_synthetic_file_says_so_and_a_replaced_version_too() -> None:
    made = one(files=[file_row(is_synthetic=True, is_current=False)], counts=[COUNTS])
    assert made.outcome == "accepted"
    assert "DỮ LIỆU GIẢ LẬP" in receipt_text(made)
    assert "(đã có phiên bản khác thay thế)" in receipt_text(made)


def test_json_holds_the_same_as_plain_values(accepted: Receipt) -> None:
    told = json.loads(receipt_json(accepted))
    assert told["file"]["known_at"] == "2017-01-20"
    assert told["totals"][1] == {"unit": "share", "count": 1, "sum": "0.25"}
    assert told["counts"]["rows_in"] == 5
    assert told["quarantine"][0]["raw_value"] == "=CMD()\n\x1b[2J\u202e"
    assert receipt_json(accepted) == receipt_json(accepted)


def test_each_file_has_its_own_rows() -> None:
    other = {"file_sha256": "a" * 64}
    made = receipts(
        tables(
            files=[file_row(), file_row(**other, body_code="P-15", file_name="b.csv")],
            counts=[COUNTS, {**COUNTS, **other, "rows_in": 9}],
            values=[value_row("staff_count", value=Decimal(7))],
            quarantine=[quarantine_row(**other)],
        ),
        ASKED,
    )
    told = [(r.file["file_name"], r.body_name, len(r.totals), r.outcome) for r in made]
    assert told == [
        ("b.csv", "Yên Bái", 0, "quarantined"),
        ("Lào Cai.xlsx", "Lào Cai", 1, "accepted"),
    ]
    assert receipt_name(SHA) == "c" * 12


def test_lines_in_quarantine_stand_in_their_order_and_blank_cells_say_so() -> None:
    lines = [("line 100, value", "x"), ("line 9, value", None)]
    told = [quarantine_row(cell_ref=cell, raw_value=raw, sheet_name=None) for cell, raw in lines]
    text = receipt_text(one(files=[file_row()], counts=[COUNTS], quarantine=told))
    assert "  1. Ô line 9, value, mã số liệu has_wan, nội dung: để trống\n" in text
    assert "  2. Cell line 100, value, code has_wan, content: «x»\n" in text


def test_outside_text_with_dollar_signs_is_not_filled_in() -> None:
    made = one(
        files=[file_row(file_name="$year $body.csv")],
        counts=[COUNTS],
        quarantine=[quarantine_row(raw_value="$cell")],
    )
    assert "$year $body.csv" in receipt_text(made)
    assert "«$cell»" in receipt_text(made)


def test_what_hides_or_acts_is_shown_as_its_code() -> None:
    assert shown("Lào Cai\r\n\x1b\u200b\u2028") == "Lào Cai\\u000d\\u000a\\u001b\\u200b\\u2028"


def test_both_languages_have_the_same_words() -> None:
    words = yaml.safe_load(
        (registry.model.DIRECTORY.parents[1] / "submissions/receipt.yaml").read_text("utf-8")
    )

    def shape(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: shape(inner) for key, inner in part.items()}
        return sorted(re.findall(r"\$[a-z_]+", part))

    assert shape(words["vi"]) == shape(words["en"])
