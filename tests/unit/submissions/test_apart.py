"""Forms read apart: the same as here, and every other outcome is a refusal of that file alone."""

from __future__ import annotations

import pytest
from form_samples import answered, sample_form

from assets.received.refusal import FileRefused
from assets.received.worker import Limits
from assets.submissions.apart import Reading, read_forms
from assets.submissions.rawform import RawForm
from assets.submissions.reader import read_form
from assets.submissions.textform import csv_bytes
from assets.submissions.workbook import workbook_bytes

STRICT = Limits(memory_bytes=256 << 20, cpu_seconds=1, wall_seconds=3, result_bytes=1 << 20)

RULES = {
    b"memory": "reader_memory",
    b"spin": "reader_timeout",
    b"die": "reader_crashed",
    b"no rule": "reader_crashed",
    b"half a form": "reader_crashed",
    b"neither": "reader_crashed",
    b"": "file_empty",
}


@pytest.fixture(scope="module")
def sound() -> bytes:
    return csv_bytes(sample_form(), answered())


def test_each_outcome_gets_its_rule_and_the_files_between_are_read(sound: bytes) -> None:
    files = [(content, "x") for act in RULES for content in (act, sound)]
    results = read_forms(files, reader="form_readers:odd", limits=STRICT)
    acts, forms = results[::2], results[1::2]
    assert all(isinstance(result, FileRefused) for result in acts)
    assert {act: getattr(r, "rule_id", None) for act, r in zip(RULES, acts, strict=True)} == RULES
    assert forms == [read_form(sound)] * len(RULES)


def test_results_are_in_order_and_each_file_is_told_once(sound: bytes) -> None:
    book = workbook_bytes(sample_form(), answered())
    files = [(book, "a.xlsx"), (b"", "b"), (sound, "c.csv")] * 3
    done: list[Reading] = []
    results = read_forms(files, done.append)
    formats = [getattr(result, "file_format", None) for result in results]
    assert formats == ["xlsx", "unknown", "csv"] * 3
    assert sorted(reading.file_name for reading in done) == sorted(name for _, name in files)
    assert all(0 < reading.peak_bytes < 1 << 30 and reading.seconds < 60 for reading in done)


def test_a_form_is_the_same_through_the_pipe(sound: bytes) -> None:
    result = read_forms([(sound, "a.csv")])[0]
    assert isinstance(result, RawForm)
    assert result == read_form(sound)


def test_no_files_are_no_forms() -> None:
    assert read_forms([]) == []
