"""Clean-up: what goes, and every reason for which something stays."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets.lake import (
    Because,
    CorruptVersion,
    Lake,
    LakeError,
    Promotion,
    clean,
    promoted,
    reading,
    rollback,
    staging,
)
from assets.lake.clean import DAY_SECONDS, KEPT_LAST, Found
from assets.lake.journal import sign
from assets.lake.locks import held

SEVEN = 7


def promote(lake: Lake, content: str, unit: str = "marts", **inputs: str) -> Promotion:
    with staging(lake, unit, "2016", "run") as stage:
        stage.write_bytes("a.txt", content.encode())
        return stage.promote(inputs, "code", {}, Because("Lan", "because"))


def aged(lake: Lake, days: float = 30) -> None:
    """Let everything be that old."""
    when = time.time() - days * DAY_SECONDS
    for path in lake.root.rglob("manifest.json"):
        os.utime(path, (when, when))


def verdicts(found: list[Found]) -> dict[int, str | None]:
    return {int(one.path.name.lstrip("v").split("-")[0]): one.why for one in found}


@pytest.fixture
def seven(lake: Lake) -> Lake:
    """Seven old versions of the marts; the seventh is current."""
    for number in range(SEVEN):
        promote(lake, str(number))
    aged(lake)
    return lake


def folders(lake: Lake) -> set[str]:
    return {path.name[:6] for path in (lake.versions / "marts" / "2016").iterdir()}


def test_a_dry_run_says_what_would_go_and_removes_nothing(seven: Lake) -> None:
    found = clean(seven)
    assert verdicts(found) == {
        1: None,
        2: None,
        **dict.fromkeys(range(3, SEVEN), f"one of the last {KEPT_LAST}"),
    }
    assert all(one.bytes > 0 for one in found)
    assert len(folders(seven)) == SEVEN


def test_what_goes_is_gone_and_the_rest_is_whole(seven: Lake) -> None:
    assert verdicts(clean(seven, remove=True)) == verdicts([*clean(seven), *_gone(seven, 1, 2)])
    assert folders(seven) == {f"{number:06d}" for number in range(3, SEVEN + 1)}
    for number in (SEVEN, 6, 5, 4, 3):
        rollback(seven, "marts", "2016", number)
    version = promoted(seven, "marts", "2016")
    assert version is not None
    assert (version.path / "a.txt").read_bytes() == b"2"
    assert promote(seven, "new").counter == SEVEN + 1
    assert list(seven.stage.iterdir()) == []


def _gone(lake: Lake, *counters: int) -> list[Found]:
    folder = lake.versions / "marts" / "2016"
    return [Found(folder / f"{counter:06d}-x", 0, None) for counter in counters]


def test_what_is_young_stays(seven: Lake) -> None:
    first = min((seven.versions / "marts" / "2016").iterdir())
    os.utime(first / "manifest.json")
    assert verdicts(clean(seven))[1] == "not old enough"
    assert verdicts(clean(seven, older_than_days=31))[2] == "not old enough"
    with pytest.raises(LakeError, match="younger than a day"):
        clean(seven, older_than_days=0.5)


def test_what_a_pointer_went_back_to_stays(seven: Lake) -> None:
    rollback(seven, "marts", "2016", 1)
    assert 1 not in verdicts(clean(seven, remove=True))
    assert folders(seven) == {"000001", *(f"{number:06d}" for number in range(3, SEVEN + 1))}


def test_what_is_being_read_stays_until_it_was_read(seven: Lake) -> None:
    rollback(seven, "marts", "2016", 2)
    version = promoted(seven, "marts", "2016")
    assert version is not None
    with reading(version), reading(version):
        rollback(seven, "marts", "2016", SEVEN)
        assert verdicts(clean(seven))[2] == "is being read"
        assert verdicts(clean(seven, remove=True))[2] == "is being read"
        version.verify()
    assert verdicts(clean(seven, remove=True))[2] is None
    with pytest.raises(CorruptVersion, match="No such file"), reading(version):
        pass


def test_what_a_kept_version_was_made_from_stays(lake: Lake) -> None:
    report = promote(lake, "report", "reports")
    marts = promote(lake, "marts", "marts", reports=report.content_sha256)
    promote(lake, "release", "release", marts=marts.content_sha256)
    for number in range(SEVEN):
        promote(lake, f"{number}", "reports")
        promote(lake, f"{number}", "marts")
    aged(lake)
    found = {(*one.path.parts[-3:-1], one.path.name[:6]): one.why for one in clean(lake)}
    assert found["marts", "2016", "000001"] == "release 2016 1 is made from it"
    assert found["reports", "2016", "000001"] == "marts 2016 1 is made from it"
    assert found["marts", "2016", "000002"] is None


def test_a_signed_release_and_what_came_after_stay(lake: Lake) -> None:
    for number in range(SEVEN + 3):
        promote(lake, str(number), "release")
        if number == 1:
            place, version = lake.place("release", "2016"), promoted(lake, "release", "2016")
            assert version is not None
            with held(place.lock, "sign", timeout=5):
                sign(place, version, Because("Minh", "checked"))
    aged(lake)
    signed = "signed, or published after a signature"
    assert {c: why for c, why in verdicts(clean(lake)).items() if c < 5} == {
        1: None,
        2: signed,
        3: signed,
        4: signed,
    }


def test_a_version_left_by_a_killed_run_goes_when_it_is_old(
    seven: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGOV_FAULT", "promote.after_rename:raise")
    with pytest.raises(OSError, match="fault point"):
        promote(seven, "never published")
    monkeypatch.delenv("EGOV_FAULT")
    assert verdicts(clean(seven))[8] == "not old enough"
    aged(seven)
    assert verdicts(clean(seven, remove=True))[8] is None
    assert promote(seven, "next").counter == SEVEN + 1


def test_what_is_being_built_stays_as_it_is(seven: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["assets.lake.clean"], "LOCK_SECONDS", 0.05)
    said: list[str] = []
    with staging(seven, "marts", "2016", "other"):
        found = clean(seven, remove=True, say=said.append)
    assert verdicts(found)[1] == "is being built"
    assert said[-1] == "marts 2016 is being built and stays as it is"
    assert len(folders(seven)) == SEVEN


@pytest.mark.parametrize("number", [1, 4])
def test_on_doubt_nothing_goes(seven: Lake, number: int) -> None:
    folder = sorted((seven.versions / "marts" / "2016").iterdir())[number - 1]
    (folder / "manifest.json").chmod(0o644)
    (folder / "manifest.json").write_bytes(b"{}")
    aged(seven)
    if number == 1:  # nothing speaks for it, but nobody knows what it is
        assert verdicts(clean(seven, remove=True))[1] == "cannot be read; look at it by hand"
    else:
        with pytest.raises(CorruptVersion):
            clean(seven, remove=True)
    assert folder.is_dir()


@pytest.mark.parametrize("name", ["clean.before_rename", "clean.after_rename"])
def test_an_error_in_between_leaves_no_half_version(
    seven: Lake, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("EGOV_FAULT", f"{name}:raise")
    with pytest.raises(OSError, match="fault point"):
        clean(seven, remove=True)
    monkeypatch.delenv("EGOV_FAULT")
    gone = SEVEN - len(folders(seven))
    assert gone == (name == "clean.after_rename")
    for folder in (seven.versions / "marts" / "2016").iterdir():
        assert {path.name for path in folder.iterdir()} == {"a.txt", "manifest.json"}
    assert len([one for one in clean(seven, remove=True) if one.why is None]) == 2 - gone
    assert list(seven.stage.iterdir()) == []


def test_leftovers_of_dead_runs_are_listed_and_removed(lake: Lake) -> None:
    dead = lake.stage / "killed" / "marts.2016.x"
    (dead / "files").mkdir(parents=True)
    assert [one.path for one in clean(lake)] == [dead]
    assert dead.is_dir()
    assert [one.path for one in clean(lake, remove=True)] == [dead]
    assert not dead.exists()


def test_a_lease_needs_no_right_to_write(
    lake: Lake, make_read_only: Callable[[Path], None]
) -> None:
    promote(lake, "a")
    version = promoted(lake, "marts", "2016")
    assert version is not None
    make_read_only(version.path)
    with reading(version) as leased:
        assert leased is version


@pytest.fixture
def make_read_only() -> Callable[[Path], None]:
    return lambda path: path.chmod(0o555)
