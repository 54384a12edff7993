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


def _killed(root: Path, after: float) -> bool:
    """Kill the process and its readers; False if it was done before."""
    process = _start(root)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True
    assert process.returncode == 0
    return False


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
    began = time.monotonic()
    assert _start(clean).wait() == 0
    takes = time.monotonic() - began
    killed = _received(tmp_path / "killed", files, rows)
    chance = random.Random(seed)  # noqa: S311 (moments of kills)
    done: set[str] = set()
    times = 0
    for _ in range(kills):
        if not _killed(killed, chance.uniform(0.3, 1.0) * takes):
            break
        times += 1
        assert done <= _kept(killed), "what was read has to be read again"
        done = _kept(killed)
        _swept(killed)
    assert _start(killed).wait() == 0
    assert times, f"seed {seed}: the run was over before the first kill"
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
