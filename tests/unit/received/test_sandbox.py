"""The sandbox survives every reader, tells crash, time and memory apart, and reads the rest."""

from __future__ import annotations

import time

import pytest

from assets.received.sandbox import Said, ask_each, ask_once
from assets.received.worker import CRASHED, DONE, MEMORY, TIMEOUT, Limits

MISBEHAVING = "sandbox_readers:misbehave"
STRICT = Limits(memory_bytes=256 << 20, cpu_seconds=1, wall_seconds=3, result_bytes=1 << 20)

OUTCOMES = {
    b"memory": MEMORY,
    b"spin": TIMEOUT,
    b"sleep": TIMEOUT,
    b"die": CRASHED,
    b"raise": CRASHED,
    b"flood": CRASHED,
    b"open": CRASHED,
    b"connect": CRASHED,
    b"print": DONE,
    b"kill server": CRASHED,
    b"list": CRASHED,
    b"not json": CRASHED,
}


def said_of(contents: list[bytes], limits: Limits) -> list[Said]:
    """What is said of each content, in order."""
    answers: dict[int, Said] = {}
    ask_each(MISBEHAVING, contents, limits, answers.__setitem__)
    return [answers[place] for place in range(len(contents))]


def test_each_reader_has_its_outcome_and_the_files_between_are_read() -> None:
    contents = [content for act in OUTCOMES for content in (act, b"sound")]
    begin = time.monotonic()
    answers = said_of(contents, STRICT)
    assert time.monotonic() - begin < 60
    acts, sound = answers[::2], answers[1::2]
    assert {act: said["outcome"] for act, said in zip(OUTCOMES, acts, strict=True)} == OUTCOMES
    assert [said["result"] for said in sound] == [{"bytes": 5}] * len(OUTCOMES)


def test_a_sleeping_reader_is_stopped_by_the_clock() -> None:
    (said,) = said_of([b"sleep"], STRICT)
    assert STRICT.wall_seconds <= said["seconds"] < STRICT.wall_seconds + 2


def test_each_file_is_told_once_with_its_time_and_memory() -> None:
    places: list[int] = []
    ask_each(MISBEHAVING, [b"x"] * 9, Limits(), lambda place, said: places.append(place))
    assert sorted(places) == list(range(9))
    said = ask_once(MISBEHAVING, b"abc", Limits())
    assert said["result"] == {"bytes": 3}
    assert 0 < said["peak_bytes"] < 1 << 30
    assert said["seconds"] < 60


def test_no_files_need_no_process() -> None:
    ask_each("no_such_module:read", [], Limits(), lambda place, said: pytest.fail("no file"))


def test_an_error_of_the_caller_ends_the_reading_at_once() -> None:
    def stop(place: int, said: Said) -> None:
        raise RuntimeError("stopped")

    begin = time.monotonic()
    with pytest.raises(RuntimeError, match="stopped"):
        ask_each(MISBEHAVING, [b"sound", b"sleep", b"sleep"], Limits(), stop)
    assert time.monotonic() - begin < 10
