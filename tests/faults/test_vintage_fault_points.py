"""A kill and a disk error at every named point of publishing a release with its entry: one whole
vintage, old or new, told once; running again ends where it would have ended."""

import json
import os
import signal
from pathlib import Path

import pytest
from independent_reader import read_journal, read_release
from lake_publisher import REFUSED_BY_DISK, exit_code, publish, start
from test_lake_fault_points import PROMOTION

from assets.lake import Because, Lake, promoted, rollback, sweep
from assets.lake.faults import POINTS
from assets.lake.journal import recorded, settle, sign
from assets.lake.locks import held

JOURNAL = [name for name in POINTS if name.startswith("journal.")]
#: From here on the pointer names the new vintage.
PUBLISHED = (
    "pointer.after_replace",
    "pointer.after_sync",
    "stage.before_cleanup",
    "journal.before_record",
    "journal.after_record",
)
SETTLED = ("pointer.after_replace", "pointer.after_sync")


def release(root: Path, value: int, reason: str = "") -> None:
    publish(root, value, f"run-{value}", "release", reason)


def signature(root: Path) -> None:
    lake = Lake(root)
    place, version = lake.place("release", "2016"), promoted(lake, "release", "2016")
    assert version is not None
    with held(place.lock, "sign", timeout=30):
        settle(place)
        sign(place, version, Because("Minh", "checked"))


def go_back(root: Path) -> None:
    rollback(Lake(root), "release", "2016", 1, Because("Lan", "because"))


def current(root: Path) -> str:
    return str(json.loads((root / "releases" / "2016" / "current.json").read_bytes())["version"])


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name, which holds the hash, of the second vintage where nothing went wrong."""
    root = tmp_path_factory.mktemp("uninterrupted")
    release(root, 1)
    release(root, 2)
    return current(root)


@pytest.mark.parametrize(
    ("name", "how"),
    [*((n, "kill") for n in [*PROMOTION, *JOURNAL]), *((n, "raise") for n in JOURNAL)],
)
def test_a_release(tmp_path: Path, uninterrupted: str, name: str, how: str) -> None:
    release(tmp_path, 1)
    code = exit_code(start(release, tmp_path, 2, fault=f"{name}:{how}"))
    assert code == (-signal.SIGKILL if how == "kill" else REFUSED_BY_DISK)
    expected = 2 if name in PUBLISHED else 1
    assert read_release(tmp_path) == (expected, expected)
    told = recorded(Lake(tmp_path).place("release", "2016"))
    assert [entry.author for entry in told] == ["author of 1", "author of 2"][:expected]

    sweep(Lake(tmp_path))
    release(tmp_path, 2)
    assert read_release(tmp_path) == (2, 2)
    assert current(tmp_path) == uninterrupted
    lines = read_journal(tmp_path)
    assert [(line["counter"], line["author"]) for line in lines] == [
        (1, "author of 1"),
        (2, "author of 2"),
    ]
    assert sorted(path.name for path in (tmp_path / "vintages" / "2016").iterdir()) == [
        "journal.jsonl"
    ]


@pytest.mark.parametrize("name", [n for n in JOURNAL if "record" not in n])
def test_a_signature(tmp_path: Path, name: str) -> None:
    release(tmp_path, 1)
    assert exit_code(start(signature, tmp_path, fault=f"{name}:kill")) == -signal.SIGKILL
    signed = name in ("journal.after_replace", "journal.after_sync")
    assert [line["kind"] for line in read_journal(tmp_path)] == ["published", "signed"][
        : 1 + signed
    ]
    if not signed:
        signature(tmp_path)
    assert [line["kind"] for line in read_journal(tmp_path)] == ["published", "signed"]
    release(tmp_path, 2, "a reason")
    assert read_release(tmp_path) == (2, 2)


@pytest.mark.parametrize("name", [*JOURNAL, "pointer.before_replace", *SETTLED])
def test_going_back(tmp_path: Path, name: str) -> None:
    release(tmp_path, 1)
    release(tmp_path, 2)
    assert exit_code(start(go_back, tmp_path, fault=f"{name}:kill")) == -signal.SIGKILL
    back = name in PUBLISHED
    assert read_release(tmp_path) == ((1, 1) if back else (2, 2))
    told = [entry.kind for entry in recorded(Lake(tmp_path).place("release", "2016"))]
    assert told == ["published", "published", *(["rolled_back"] if back else [])]
    go_back(tmp_path)
    assert read_release(tmp_path) == (1, 1)
    assert {line["author"] for line in read_journal(tmp_path)[2:]} == {"Lan"}


def test_a_signed_release_stands_through_a_kill_of_its_change(tmp_path: Path) -> None:
    release(tmp_path, 1)
    signature(tmp_path)
    before = (tmp_path / "releases" / "2016" / "current.json").read_bytes()
    child = start(release, tmp_path, 2, "a reason", fault="journal.after_sync:kill")
    assert exit_code(child) == -signal.SIGKILL
    assert exit_code(start(release, tmp_path, 2)) == 1  # what died does not speak for the next
    assert (tmp_path / "releases" / "2016" / "current.json").read_bytes() == before
    assert os.listdir(tmp_path / "stage") in ([], ["run-2"])
    release(tmp_path, 2, "a reason")
    assert [line["kind"] for line in read_journal(tmp_path)] == ["published", "signed", "published"]
