"""The three formats of one form read alike, whatever happens to their bytes."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from form_samples import answered, sample_form
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.method.model import NO_WORDS, YES_WORDS
from assets.received.refusal import FileRefusedError
from assets.submissions.answers import Judged, judge
from assets.submissions.form import HEAD, STATUS_WORDS, Answer, Answers
from assets.submissions.rawform import RawForm
from assets.submissions.reader import read_form, read_plain
from assets.submissions.reasons import reasons
from assets.submissions.textform import csv_bytes, json_bytes
from assets.submissions.workbook import workbook_bytes

WRITERS: dict[str, Callable[..., bytes]] = {
    "xlsx": workbook_bytes,
    "csv": csv_bytes,
    "json": json_bytes,
}
#: Text without signs that a form cannot hold; a workbook cannot hold all of them.
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=20)


@cache
def written(file_format: str) -> bytes:
    return WRITERS[file_format](sample_form(), answered())


def said(judged: Judged) -> dict[str, Any]:
    """What the lines say, apart from where they stand and how a number is stored."""
    accepted = {
        entry.line.input_code: (
            entry.state,
            entry.figure and entry.figure.value,
            entry.figure and entry.figure.class_code,
            entry.raw.cell("evidence").tidy,
            entry.raw.cell("note").tidy,
        )
        for entry in judged.accepted
    }
    aside = {entry.raw.input_code: (entry.rule_id, entry.column) for entry in judged.set_aside}
    return {"accepted": accepted, "aside": aside, "blank": judged.rows_blank}


@pytest.mark.parametrize("file_format", WRITERS)
def test_a_form_comes_back_as_it_was_sent(file_format: str) -> None:
    raw = read_form(written(file_format))
    assert raw.file_format == file_format
    assert dict(raw.head) == sample_form().head()
    assert [line.input_code for line in raw.lines] == [x.input_code for x in sample_form().lines]
    assert raw.sheet_name == ("Biểu mẫu" if file_format == "xlsx" else None)
    assert RawForm.from_plain(raw.as_plain()) == raw


@pytest.mark.parametrize(
    ("file_format", "place"),
    [("xlsx", "F13"), ("csv", "line 9, value"), ("json", "lines[0].value")],
)
def test_a_cell_is_found_at_the_place_named(file_format: str, place: str) -> None:
    raw = read_form(written(file_format))
    assert raw.place(raw.lines[0], "value") == place
    assert raw.lines[0].cell("value").text == "12345"


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    """Answers of every kind, right and wrong; but no `1.234`, which only a numeric cell decides."""
    number = st.decimals(-(10**13), 10**13, places=2).map(str) | st.integers(0, 99).map(str)
    value = st.sampled_from(["", *YES_WORDS, *NO_WORDS, "high", "x", "12 345", "0,5"]) | number
    status = st.sampled_from(["", "", *STATUS_WORDS])
    return {
        line.input_code: Answer(draw(value), draw(status), draw(WORDS), draw(WORDS))
        for line in sample_form().lines
        if draw(st.booleans())
    }


@settings(max_examples=60, deadline=None)
@given(answers())
def test_the_same_answers_say_the_same_in_every_format_and_no_line_is_lost(
    given_answers: Answers,
) -> None:
    outcomes = []
    for write in WRITERS.values():
        raw = read_form(write(sample_form(), given_answers))
        try:
            judged = judge(raw, sample_form())
        except FileRefusedError as error:
            outcomes.append({"refused": error.rule_id})
            continue
        parts = len(judged.accepted) + len(judged.set_aside) + judged.rows_blank
        assert parts == judged.rows_in == len(sample_form().lines)
        outcomes.append(said(judged))
    assert outcomes[0] == outcomes[1] == outcomes[2]


@settings(max_examples=30, deadline=None)
@given(answers(), st.sampled_from(["csv", "json"]))
def test_decomposed_letters_read_the_same(given_answers: Answers, file_format: str) -> None:
    content = WRITERS[file_format](sample_form(), given_answers)
    decomposed = unicodedata.normalize("NFD", content.decode()).encode()
    assert read_or_refused(decomposed) == read_or_refused(content)


def read_or_refused(content: bytes) -> object:
    """The form, or the rule that refuses it: drawn texts may look like an old font by chance."""
    try:
        return read_form(content)
    except FileRefusedError as error:
        return error.rule_id


def spoilt(content: bytes, data: st.DataObject) -> bytes:
    """A few bytes changed, cut out or put in."""
    made = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(made)))
        cut = data.draw(st.integers(0, 8))
        made[at : at + cut] = data.draw(st.binary(max_size=8))
    return bytes(made)


def declared_or_form(content: bytes) -> None:
    result = read_plain(content)
    if "refused" in result:
        assert result["refused"][0] in reasons()
        return
    raw = RawForm.from_plain(result["form"])
    assert set(raw.head) == set(HEAD)
    texts = [*raw.head.values(), *(c.text for line in raw.lines for c in line.cells.values())]
    assert all(unicodedata.is_normalized("NFC", text) for text in texts)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(list(WRITERS)), st.data())
def test_spoilt_bytes_give_a_form_or_a_declared_refusal(
    file_format: str, data: st.DataObject
) -> None:
    declared_or_form(spoilt(written(file_format), data))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_spoilt_part_of_a_workbook_gives_a_form_or_a_declared_refusal(
    data: st.DataObject,
) -> None:
    with zipfile.ZipFile(io.BytesIO(written("xlsx"))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = spoilt(parts[name], data)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    declared_or_form(out.getvalue())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_a_declared_refusal(content: bytes) -> None:
    assert read_plain(content)["refused"][0] in reasons()
