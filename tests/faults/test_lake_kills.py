"""Kills at random moments, runs at the same time, runs that live too long."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from independent_reader import read_journal, read_release, read_version
from lake_publisher import (
    START,
    SUPERSEDED,
    exit_code,
    publish,
    publish_for_ever,
    publish_when_told,
    stage_and_wait,
    start,
    wait_for,
)

from assets.lake import Lake, promoted, staging, sweep

TRIALS = 15
READS = 1000


class Reader(threading.Thread):
    """Reads without pause; counters must never go back and no read may be broken."""

    def __init__(self, read: Callable[[], tuple[int, int]]) -> None:
        super().__init__(daemon=True)
        self.read = read
        self.stopped = False
        self.reads = 0
        self.complaints: list[str] = []

    def run(self) -> None:
        newest = 0
        while not self.stopped:
            try:
                counter, value = self.read()
            except Exception as error:  # a reader that dies must not look like one that is content
                self.complaints.append(f"{type(error).__name__}: {error}")
                continue
            if counter < newest or counter != value:
                self.complaints.append(f"read {counter} with {value} after {newest}")
            newest = counter
            self.reads += 1


def _kill_at_random(
    tmp_path: Path, trials: int, unit: str, read: Callable[[], tuple[int, int]]
) -> int:
    """Publish, kill, read by two readers all the while; the last value that was published."""
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    choose = random.Random(seed)  # noqa: S311 (a test, not a secret)
    acknowledged = tmp_path / "acknowledged"
    root = tmp_path / "lake"
    publish(root, 1, unit=unit)
    readers = [Reader(read), Reader(read)]
    for reader in readers:
        reader.start()
    newest = 1
    for _ in range(trials):
        acknowledged.write_bytes(b"")
        child = start(publish_for_ever, root, newest + 1, acknowledged, unit)
        wait_for(lambda: acknowledged.stat().st_size > 0, "the first promotion")
        time.sleep(choose.uniform(0, 0.15))
        child.kill()
        assert exit_code(child) == -signal.SIGKILL
        last = int(acknowledged.read_text().split()[-1])
        counter, newest = read()
        assert counter == newest
        assert newest - last in (0, 1)
    wait_for(lambda: sum(reader.reads for reader in readers) >= READS, f"{READS} reads")
    for reader in readers:
        reader.stopped = True
        reader.join()
        assert reader.complaints == []
    return newest


def test_kills_at_random_moments_with_readers(tmp_path: Path) -> None:
    root = tmp_path / "lake"
    newest = _kill_at_random(tmp_path, TRIALS, "marts", lambda: read_version(root))
    sweep(Lake(root))
    assert not any((root / "stage").iterdir())
    assert publish(root, newest + 1).counter == newest + 1


def _release_kills(tmp_path: Path, trials: int) -> None:
    root = tmp_path / "lake"
    newest = _kill_at_random(tmp_path, trials, "release", lambda: read_release(root))
    publish(root, newest, unit="release")
    told = read_journal(root)
    assert [(line["counter"], line["author"]) for line in told] == [
        (number, f"author of {number}") for number in range(1, newest + 1)
    ]


def test_kills_of_a_release_at_random_moments_with_readers(tmp_path: Path) -> None:
    _release_kills(tmp_path, TRIALS // 2)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_three_hundred_kills_of_a_release(tmp_path: Path) -> None:
    _release_kills(tmp_path, 300)


def test_two_processes_on_one_key_both_end_right(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    go = START.Event()
    ready = [START.Event(), START.Event()]
    children = [
        start(publish_when_told, tmp_path, value, ready[value - 2], go, f"run-{value}")
        for value in (2, 3)
    ]
    assert all(event.wait(30) for event in ready)
    go.set()
    assert [exit_code(child) for child in children] == [0, 0]
    counter, value = read_version(tmp_path)
    assert counter == 3
    assert value in (2, 3)
    names = sorted(p.name[:6] for p in (tmp_path / "versions" / "marts" / "2016").iterdir())
    assert names == ["000001", "000002", "000003"]


def test_two_processes_with_the_same_content_make_one_version(tmp_path: Path) -> None:
    go = START.Event()
    ready = [START.Event(), START.Event()]
    children = [
        start(publish_when_told, tmp_path, 1, event, go, f"run-{n}")
        for n, event in enumerate(ready)
    ]
    assert all(event.wait(30) for event in ready)
    go.set()
    assert [exit_code(child) for child in children] == [0, 0]
    assert read_version(tmp_path) == (1, 1)
    assert len(list((tmp_path / "versions" / "marts" / "2016").iterdir())) == 1


def test_a_run_that_outlived_its_lock_is_superseded(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    place = Lake(tmp_path).place("marts", "2016")
    ready, go = START.Event(), START.Event()
    zombie = start(stage_and_wait, tmp_path, 9, ready, go, "zombie")
    assert ready.wait(30)
    place.lock.unlink()
    publish(tmp_path, 2, "later")
    before = place.pointer.read_bytes()
    go.set()
    assert exit_code(zombie) == SUPERSEDED
    assert place.pointer.read_bytes() == before
    assert read_version(tmp_path) == (2, 2)


def test_a_killed_run_frees_its_lock_and_only_its_folder_is_swept(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    ready, go = START.Event(), START.Event()
    child = start(stage_and_wait, tmp_path, 9, ready, go, "killed")
    assert ready.wait(30)
    assert sweep(lake) == []
    child.kill()
    exit_code(child)
    with staging(lake, "marts", "2016", "next", timeout=10) as area:
        area.write_bytes("a.txt", b"1")
        (removed,) = sweep(lake)
        assert removed.parent.name == "killed"
        area.promote({}, "code", {})
    assert promoted(lake, "marts", "2016") is not None
