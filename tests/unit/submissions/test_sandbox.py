"""The sandbox survives every reader, tells crash, time and memory apart, and reads the rest."""

from __future__ import annotations

import time

import pytest
from form_samples import answered, sample_form

from assets.submissions.rawform import RawForm
from assets.submissions.reader import read_form
from assets.submissions.refusal import FileRefused
from assets.submissions.sandbox import Reading, read_forms
from assets.submissions.textform import csv_bytes
from assets.submissions.workbook import workbook_bytes
from assets.submissions.worker import Limits

MISBEHAVING = "sandbox_readers:misbehave"
STRICT = Limits(memory_bytes=256 << 20, cpu_seconds=1, wall_seconds=3, result_bytes=1 << 20)

RULES = {
    b"memory": "reader_memory",
    b"spin": "reader_timeout",
    b"sleep": "reader_timeout",
    b"die": "reader_crashed",
    b"raise": "reader_crashed",
    b"flood": "reader_crashed",
    b"open": "reader_crashed",
    b"connect": "reader_crashed",
    b"print": "file_empty",
    b"kill server": "reader_crashed",
    b"list": "reader_crashed",
    b"no rule": "reader_crashed",
    b"half a form": "reader_crashed",
    b"not json": "reader_crashed",
}


@pytest.fixture(scope="module")
def sound() -> bytes:
    return csv_bytes(sample_form(), answered())


def test_each_reader_gets_its_rule_and_the_files_between_are_read(sound: bytes) -> None:
    files = [(content, "x") for act in RULES for content in (act, sound)]
    begin = time.monotonic()
    results = read_forms(files, reader=MISBEHAVING, limits=STRICT)
    assert time.monotonic() - begin < 60
    acts, forms = results[::2], results[1::2]
    assert all(isinstance(result, FileRefused) for result in acts)
    assert {act: getattr(r, "rule_id", None) for act, r in zip(RULES, acts, strict=True)} == RULES
    assert forms == [read_form(sound)] * len(RULES)


def test_a_sleeping_reader_is_stopped_by_the_clock() -> None:
    done: list[Reading] = []
    read_forms([(b"sleep", "a")], done.append, reader=MISBEHAVING, limits=STRICT)
    assert STRICT.wall_seconds <= done[0].seconds < STRICT.wall_seconds + 2


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


def test_no_files_need_no_process() -> None:
    assert read_forms([]) == []


def test_an_error_of_the_caller_ends_the_reading_at_once(sound: bytes) -> None:
    def stop(_: Reading) -> None:
        raise RuntimeError("stopped")

    begin = time.monotonic()
    with pytest.raises(RuntimeError, match="stopped"):
        read_forms([(sound, "a"), (b"sleep", "b"), (b"sleep", "c")], stop, reader=MISBEHAVING)
    assert time.monotonic() - begin < 10
