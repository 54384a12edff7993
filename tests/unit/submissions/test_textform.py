"""The form as CSV and JSON: the same text as the workbook, for programs."""

from __future__ import annotations

import csv
import io
import json

import pytest
from form_samples import BLOCKS, answered, real_form, sample_form
from hypothesis import given
from hypothesis import strategies as st

from assets.plaintext import disarmed
from assets.submissions.filled import filled_rows
from assets.submissions.form import COLUMNS, HEAD, ORIGIN_REAL, ORIGIN_SYNTHETIC, Answer
from assets.submissions.textform import csv_bytes, json_bytes


def read_csv(content: bytes) -> tuple[dict[str, str], list[dict[str, str]]]:
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    blank = rows.index([])
    assert rows[blank + 1] == list(COLUMNS)
    lines = [dict(zip(COLUMNS, row, strict=True)) for row in rows[blank + 2 :]]
    return dict(rows[:blank]), lines


def test_csv_is_what_excel_opens_in_vietnamese() -> None:
    content = csv_bytes(sample_form())
    assert content.startswith(b"\xef\xbb\xbfform_id,2016/ministry/M-01/000000000000\r\n")
    assert content.count(b"\n") == content.count(b"\r\n") == len(HEAD) + 2 + 6


@pytest.mark.parametrize("block", BLOCKS)
def test_csv_and_json_of_2016_hold_head_and_lines(block: str) -> None:
    form = real_form(block)
    head, lines = read_csv(csv_bytes(form))
    assert head == form.head()
    assert lines == filled_rows(form)
    assert json.loads(json_bytes(form)) == {"form": form.head(), "lines": filled_rows(form)}


def test_answers_and_origin_are_written() -> None:
    origin = f"{ORIGIN_SYNTHETIC} (seed 7)"
    head, lines = read_csv(csv_bytes(sample_form(), answered(), origin))
    assert head["origin"] == origin
    assert {line["input_code"]: line["value"] for line in lines} == {
        "staff": "12345",
        "has_plan": "Có",
        "grade": "middle",
        "share": "0.1",
        "change": "",
        "late": "",
    }
    document = json.loads(json_bytes(sample_form(), answered(), origin))
    assert document["form"]["origin"] == origin
    assert document["lines"] == filled_rows(sample_form(), answered())
    assert json.loads(json_bytes(sample_form()))["form"]["origin"] == ORIGIN_REAL


def test_json_is_readable_text_in_form_order() -> None:
    text = json_bytes(sample_form(), answered()).decode()
    assert '"name_vi": "Số cán bộ"' in text
    assert text.index('"staff"') < text.index('"late"') < text.index('"change"')
    assert text.endswith("}\n")


def test_csv_disarms_formulas_and_json_stays_raw() -> None:
    _, lines = read_csv(csv_bytes(sample_form(), answered()))
    by_code = {line["input_code"]: line for line in lines}
    assert by_code["staff"]["note"] == "'=1+1"
    assert by_code["has_plan"]["evidence"] == '\'=HYPERLINK("http://x.vn")'
    document = json.loads(json_bytes(sample_form(), answered()))
    assert document["lines"][0]["note"] == "=1+1"


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)


@given(TEXTS, TEXTS, TEXTS)
def test_any_text_comes_back(value: str, evidence: str, note: str) -> None:
    answers = {"change": Answer(value, "", evidence, note)}
    _, lines = read_csv(csv_bytes(sample_form(), answers))
    written = [lines[-1][key] for key in ("value", "evidence", "note")]
    assert written == [disarmed(value), disarmed(evidence), disarmed(note)]
    document = json.loads(json_bytes(sample_form(), answers))
    assert [document["lines"][-1][k] for k in ("value", "evidence", "note")] == [
        value,
        evidence,
        note,
    ]


def test_the_same_form_gives_the_same_bytes() -> None:
    assert csv_bytes(sample_form(), answered()) == csv_bytes(sample_form(), answered())
    assert json_bytes(sample_form(), answered()) == json_bytes(sample_form(), answered())
