"""kill -9 while files of case records are read: what was read stays read, the rest is read again,
and the parts have the same bytes as without a kill."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from lake_publisher import wait_for

from assets.lake import Lake, add_files, sweep
from assets.synthetic.cases import Wanted, described, write_cases
from tests.command import REPO, tree


def _received(root: Path, files: int, rows: int) -> Path:
    written = write_cases(Wanted(rows, files, ("P-10",), fault_share=0.02), root / "in")
    add_files(Lake(root / "lake"), [(each.path, described(2016)) for each in written])
    return root


def _start(root: Path, **more: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.faults.killed_cases", str(root)],
        cwd=REPO,
        env={**os.environ, **more},
        start_new_session=True,
    )


def _kill(root: Path, kept: int, after: float) -> None:
    """Kill the process and its readers some seconds after so many files are kept."""
    process = _start(root)
    wait_for(
        lambda: len(_kept(root)) >= kept or process.poll() is not None, f"{kept} files", seconds=300
    )
    assert process.poll() is None, "the run is over before it kept so many files"
    time.sleep(after)
    os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


def _kept(root: Path) -> set[str]:
    return {path.name for path in (root / "lake" / "work" / "cases").glob("*")}


def _swept(root: Path) -> None:
    """Nothing half made is left, once the killed readers are gone from the system."""
    deadline = time.monotonic() + 20
    while list((root / "lake" / "stage").rglob("*.parquet")):
        assert time.monotonic() < deadline, "half made folders are left"
        sweep(Lake(root / "lake"))
        time.sleep(0.1)


def _same_after_kills(tmp_path: Path, files: int, rows: int, kills: int, seed: int) -> None:
    clean = _received(tmp_path / "clean", files, rows)
    assert _start(clean).wait() == 0
    killed = _received(tmp_path / "killed", files, rows)
    chance = random.Random(seed)  # noqa: S311 (moments of kills)
    done: set[str] = set()
    for kept in sorted(chance.sample(range(1, files * 3 // 4), kills)):
        _kill(killed, kept, chance.uniform(0, 0.01))
        assert done <= _kept(killed), "what was read has to be read again"
        done = _kept(killed)
        _swept(killed)
    assert len(done) < files, "no kill met a reading under way"
    assert _start(killed).wait() == 0
    assert tree(killed / "parts") == tree(clean / "parts")
    assert tree(killed / "lake" / "work") == tree(clean / "lake" / "work")


def test_a_killed_reading_goes_on_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    _same_after_kills(tmp_path, files=24, rows=240_000, kills=3, seed=11)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_two_hundred_files_killed_again_and_again(tmp_path: Path) -> None:
    _same_after_kills(tmp_path, files=200, rows=4_000_000, kills=20, seed=12)


@pytest.mark.parametrize("point", ["work.before_rename", "work.after_rename"])
def test_a_reader_killed_as_it_keeps_a_file(tmp_path: Path, point: str) -> None:
    """A reader that dies loses its file for this run at most; the next run has all."""
    root = _received(tmp_path, files=3, rows=3_000)
    assert _start(root, EGOV_FAULT=f"{point}:kill").wait() == 0
    said = (root / "parts" / "files.txt").read_text("utf-8")
    assert ("reader_crashed" in said) == (point == "work.before_rename")
    (root / "parts").rename(root / "first")
    sweep(Lake(root / "lake"))
    assert _start(root).wait() == 0
    assert "reader_crashed" not in (root / "parts" / "files.txt").read_text("utf-8")
    assert len(_kept(root)) == 3
