"""A kill and a disk error at every named point: old or new, never else, and a rerun converges."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from independent_reader import read_folder, read_version
from lake_publisher import REFUSED_BY_DISK, exit_code, publish, start, take_in

from assets.lake import Lake, current, promoted, read_source, records, sweep
from assets.lake.faults import POINTS

INTAKE = [name for name in POINTS if name.startswith(("object.", "record."))]
#: Points of files kept between runs, of transfers, of journals and of clean-ups are hit by tests of
#: their own.
ELSEWHERE = [name for name in POINTS if name.startswith(("work.", "push.", "journal.", "clean."))]
PROMOTION = [name for name in POINTS if name not in (*INTAKE, *ELSEWHERE)]
#: From here on the pointer names the new version.
PUBLISHED = ("pointer.after_replace", "pointer.after_sync", "stage.before_cleanup")
#: An error here is settled by reading the pointer back, and the run goes on.
SETTLED = ("pointer.after_replace", "pointer.after_sync")
REPOSITORY = Path(__file__).parents[2]


def manifest_of(root: Path) -> bytes:
    version = promoted(Lake(root), "marts", "2016")
    assert version is not None
    version.verify()
    return (version.path / "manifest.json").read_bytes()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The manifest of version 2 where nothing went wrong."""
    root = tmp_path_factory.mktemp("uninterrupted")
    publish(root, 1)
    publish(root, 2)
    return manifest_of(root)


@pytest.mark.parametrize("how", ["kill", "raise"])
@pytest.mark.parametrize("name", PROMOTION)
def test_promotion(tmp_path: Path, uninterrupted: bytes, name: str, how: str) -> None:
    publish(tmp_path, 1)
    code = exit_code(start(publish, tmp_path, 2, fault=f"{name}:{how}"))
    if how == "kill":
        assert code == -signal.SIGKILL
    else:
        assert code == (0 if name in SETTLED else REFUSED_BY_DISK)
    expected = 2 if name in PUBLISHED else 1
    assert read_version(tmp_path) == (expected, expected)
    if how == "raise":
        assert not any((tmp_path / "stage").iterdir())

    sweep(Lake(tmp_path))
    assert not any((tmp_path / "stage").iterdir())
    assert read_version(tmp_path) == (expected, expected)

    again = publish(tmp_path, 2)
    assert again.unchanged == (expected == 2)
    assert read_version(tmp_path) == (2, 2)
    assert manifest_of(tmp_path) == uninterrupted
    assert publish(tmp_path, 3).counter == 3


@pytest.mark.parametrize("name", ["promote.before_rename", "promote.after_rename", *PUBLISHED])
def test_promotion_of_a_release(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "releases" / "2016"
    publish(tmp_path, 1, unit="release")
    start_code = exit_code(start(publish, tmp_path, 2, "r", "release", fault=f"{name}:kill"))
    assert start_code == -signal.SIGKILL
    expected = 2 if name in PUBLISHED else 1
    assert read_folder(folder / "current.json", folder) == (expected, expected)
    publish(tmp_path, 2, unit="release")
    assert read_folder(folder / "current.json", folder) == (2, 2)


@pytest.mark.parametrize("how", ["kill", "raise"])
@pytest.mark.parametrize("name", PROMOTION)
def test_the_first_promotion_ever(tmp_path: Path, name: str, how: str) -> None:
    code = exit_code(start(publish, tmp_path, 1, fault=f"{name}:{how}"))
    assert code != 0 or (how == "raise" and name in SETTLED)
    assert (tmp_path / "pointers" / "marts" / "2016.json").exists() == (name in PUBLISHED)
    publish(tmp_path, 1)
    assert read_version(tmp_path) == (1, 1)


@pytest.mark.parametrize("how", ["kill", "raise"])
@pytest.mark.parametrize("name", INTAKE)
def test_intake(tmp_path: Path, name: str, how: str) -> None:
    lake = Lake(tmp_path / "lake")
    source = tmp_path / "bodies.csv"
    source.write_text("first")
    take_in(lake.root, source)
    source.write_text("second")
    code = exit_code(start(take_in, lake.root, source, fault=f"{name}:{how}"))
    assert code == (-signal.SIGKILL if how == "kill" else REFUSED_BY_DISK)

    recorded = name in ("record.after_replace", "record.after_sync")
    assert contents_by_hand(lake.root) == (["first", "second"] if recorded else ["first"])
    assert len(records(lake)) == 1 + recorded

    take_in(lake.root, source)
    assert contents_by_hand(lake.root) == ["first", "second"]
    (newest,) = current(lake, 2016)
    assert (newest.version_no, newest.counter) == (2, 2)
    assert read_source(lake, newest) == b"second"
    assert not list(lake.root.rglob("*.tmp"))


def contents_by_hand(root: Path) -> list[str]:
    found = []
    for path in (root / "intake" / "records").glob("*.json"):
        record = json.loads(path.read_bytes())
        content = (root / "intake" / "objects" / record["file_sha256"]).read_text()
        found.append((record["counter"], content))
    return [content for _, content in sorted(found)]


def test_the_environment_variable_reaches_a_plain_process(tmp_path: Path) -> None:
    publish(tmp_path, 1)
    environment = {
        **os.environ,
        "EGOV_FAULT": "promote.after_rename:kill",
        "PYTHONPATH": os.pathsep.join([str(REPOSITORY), str(Path(__file__).parent)]),
    }
    code = "import lake_publisher as p, sys; p.publish(p.Path(sys.argv[1]), 2)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    child = subprocess.run(command, env=environment, check=False)
    assert child.returncode == -signal.SIGKILL
    assert read_version(tmp_path) == (1, 1)
