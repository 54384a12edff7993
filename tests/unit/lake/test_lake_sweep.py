"""Folders of dead runs go, folders of living ones and kept ones stay."""

import fcntl
import os
from pathlib import Path

import pytest

from assets.lake import Lake, LakeError, run_folder, staging, sweep


def dead(folder: Path, *, locked_once: bool = True) -> Path:
    """What a killed process leaves: its files, and a lock that nobody holds."""
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "x.duckdb").write_bytes(b"half")
    if locked_once:
        (folder / ".lock").touch()
    return folder


def test_sweep_removes_the_dead_and_spares_the_living(lake: Lake) -> None:
    gone = [
        dead(lake.runs / "killed"),
        dead(lake.runs / "killed-early", locked_once=False),
        dead(lake.stage / "killed" / "marts.2016.x"),
        dead(lake.stage / "killed" / "marts.2017.x"),
    ]
    with run_folder(lake, "living") as run, staging(lake, "marts", "2016", "living") as area:
        (run / "a").write_text("1")
        area.write_bytes("b", b"2")
        mixed = dead(lake.stage / "living" / "marts.2015.x")
        assert sweep(lake) == sorted([*gone, mixed])
        assert (run / "a").read_text() == "1"
        assert (area.path / "b").read_bytes() == b"2"
    assert list(lake.stage.iterdir()) == list(lake.runs.iterdir()) == []


def test_sweep_of_an_empty_lake(lake: Lake) -> None:
    assert sweep(lake) == []


def test_sweep_does_not_touch_anything_else(lake: Lake, tmp_path: Path) -> None:
    with staging(lake, "marts", "2016", "r") as area:
        area.write_bytes("a", b"1")
        outcome = area.promote({}, "c", {})
    (lake.runs).mkdir(parents=True)
    (lake.runs / "note.txt").write_text("left by a person")
    assert sweep(lake) == []
    assert outcome.path.is_dir()
    assert (lake.runs / "note.txt").is_file()


def test_a_run_folder_is_removed_at_the_end_also_after_an_error(lake: Lake) -> None:
    with run_folder(lake, "r1") as folder:
        assert folder == lake.runs / "r1"
        (folder / "target").mkdir()
    assert not folder.exists()
    with pytest.raises(RuntimeError), run_folder(lake, "r1"):
        raise RuntimeError
    assert not folder.exists()


def test_a_kept_run_folder_survives_sweeps(lake: Lake) -> None:
    with run_folder(lake, "r1", keep=True) as folder:
        (folder / "run.duckdb").write_text("x")
    assert sweep(lake) == []
    assert (folder / "run.duckdb").is_file()
    with pytest.raises(LakeError, match="was kept"), run_folder(lake, "r1"):
        pass


def test_a_run_folder_in_use_is_refused_and_a_dead_one_is_begun_anew(lake: Lake) -> None:
    with run_folder(lake, "r1"), pytest.raises(LakeError, match="in use"), run_folder(lake, "r1"):
        pass
    dead(lake.runs / "r2")
    with run_folder(lake, "r2") as folder:
        assert [path.name for path in folder.iterdir()] == [".lock"]


def test_a_folder_lock_held_elsewhere_keeps_the_folder(lake: Lake) -> None:
    folder = dead(lake.runs / "other")
    descriptor = os.open(folder / ".lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    assert sweep(lake) == []
    os.close(descriptor)
    assert sweep(lake) == [folder]
