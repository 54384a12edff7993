"""Staging, promotion and rollback: what becomes visible, and when."""

import json
import os
import stat
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets.lake import (
    Lake,
    LakeError,
    LockTimeoutError,
    Promotion,
    StageError,
    Superseded,
    promote,
    promoted,
    promoted_keys,
    rollback,
    stage,
    staging,
)
from assets.lake.atomic import ensure_folder
from assets.lake.locks import POLL_SECONDS, raise_fence

INPUTS = {"raw_report_values": "0" * 64}


def release(lake: Lake, value: int, *, unit: str = "marts", key: str = "2016") -> Promotion:
    """Promote one table that holds `value` twice, and one text file below a folder."""
    with staging(lake, unit, key, f"run-{value}") as area:
        area.write_table("idx", pa.table({"x": [value, value]}))
        area.write_bytes("notes/readme.txt", f"version {value}".encode())
        return area.promote(INPUTS, "code-1", {"rows": 2})


def seen(lake: Lake, unit: str = "marts", key: str = "2016") -> list[int] | None:
    version = promoted(lake, unit, key)
    return version and version.table("idx")["x"].to_pylist()


def snapshot(*folders: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def published(lake: Lake) -> dict[str, bytes]:
    return snapshot(lake.versions, lake.pointers, lake.releases)


def test_promotion_makes_a_version_visible(lake: Lake) -> None:
    assert promoted(lake, "marts", "2016") is None
    outcome = release(lake, 1)
    version = promoted(lake, "marts", "2016")
    assert version is not None
    assert not outcome.unchanged
    assert (version.unit, version.key, version.counter) == ("marts", "2016", 1)
    assert version.path == outcome.path == lake.versions / "marts" / "2016" / version.path.name
    assert version.path.name == f"000001-{version.content_sha256[:12]}"
    assert version.content_sha256 == outcome.content_sha256
    assert version.manifest_sha256 == outcome.manifest_sha256
    assert seen(lake) == [1, 1]
    assert version.file("notes/readme.txt").read_text() == "version 1"
    assert list(lake.stage.iterdir()) == []


def test_manifest_says_what_is_there_and_nothing_of_time_place_or_run(lake: Lake) -> None:
    text = (release(lake, 1).path / "manifest.json").read_text()
    manifest = json.loads(text)
    assert text == json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=2) + "\n"
    assert set(manifest) == {
        "check", "code_version", "content_sha256", "counter", "facts", "files", "inputs", "key",
        "unit",
    }  # fmt: skip
    assert [(f["name"], f["rows"]) for f in manifest["files"]] == [
        ("idx.parquet", 2),
        ("notes/readme.txt", None),
    ]
    assert manifest["inputs"] == INPUTS
    assert "run-1" not in text
    assert str(lake.root) not in text


def test_two_lakes_get_the_same_bytes(tmp_path: Path):
    one, other = Lake(tmp_path / "one"), Lake(tmp_path / "other")
    for lake in (one, other):
        release(lake, 1)
        release(lake, 2, unit="release")
    release(one, 3)  # counters of one place do not depend on another's
    release(one, 1)
    for unit in ("marts", "release"):
        first, second = promoted(one, unit, "2016"), promoted(other, unit, "2016")
        assert first is not None
        assert second is not None
        assert first.content_sha256 == second.content_sha256
    left, right = snapshot(one.releases), snapshot(other.releases)
    assert list(left.values()) == list(right.values())
    assert len(left) == 4


def test_same_content_is_unchanged_and_writes_nothing(lake: Lake) -> None:
    first = release(lake, 1)
    before = published(lake)
    again = release(lake, 1)
    assert again.unchanged
    assert (again.counter, again.path) == (first.counter, first.path)
    assert published(lake) == before


@pytest.mark.parametrize(
    ("inputs", "code", "facts"),
    [
        ({"raw": "1"}, "code-1", {"rows": 2}),
        (INPUTS, "code-2", {"rows": 2}),
        (INPUTS, "code-1", {}),
    ],
)
def test_other_inputs_code_or_facts_are_another_version(
    lake: Lake, inputs: dict[str, str], code: str, facts: dict[str, int]
) -> None:
    release(lake, 1)
    with staging(lake, "marts", "2016", "r") as area:
        area.write_table("idx", pa.table({"x": [1, 1]}))
        area.write_bytes("notes/readme.txt", b"version 1")
        outcome = area.promote(inputs, code, facts)
    assert not outcome.unchanged
    assert outcome.counter == 2


def test_earlier_versions_stay_untouched_and_keys_are_apart(lake: Lake) -> None:
    first = release(lake, 1)
    before = snapshot(first.path)
    second = release(lake, 2)
    other = release(lake, 3, key="2017")
    assert (second.counter, other.counter) == (2, 1)
    assert snapshot(first.path) == before
    assert seen(lake) == [2, 2]
    assert seen(lake, key="2017") == [3, 3]
    assert promoted_keys(lake, "marts") == ["2016", "2017"]
    assert promoted_keys(lake, "panel") == []


def test_promoted_files_are_read_only(lake: Lake) -> None:
    modes = {
        stat.S_IMODE(path.stat().st_mode)
        for path in release(lake, 1).path.rglob("*")
        if path.is_file()
    }
    assert modes == {0o444}


def test_a_release_lives_under_its_year(lake: Lake) -> None:
    release(lake, 1, unit="release")
    outcome = release(lake, 2, unit="release")
    assert outcome.path == lake.releases / "2016" / f"v0002-{outcome.content_sha256[:8]}"
    assert (lake.releases / "2016" / "current.json").is_file()
    assert seen(lake, "release") == [2, 2]
    assert promoted_keys(lake, "release") == ["2016"]
    rollback(lake, "release", "2016", 1)
    assert seen(lake, "release") == [1, 1]


def test_leaving_without_promotion_changes_nothing(lake: Lake) -> None:
    release(lake, 1)
    before = published(lake)
    with staging(lake, "marts", "2016", "r2") as area:
        area.write_table("idx", pa.table({"x": [2]}))
    with pytest.raises(RuntimeError), staging(lake, "marts", "2016", "r3") as area:
        raise RuntimeError(area.write_table("idx", pa.table({"x": [3]})))
    assert published(lake) == before
    assert list(lake.stage.iterdir()) == []


def test_files_put_directly_into_the_stage_are_promoted(lake: Lake) -> None:
    with staging(lake, "marts", "2016", "r") as area:
        (area.path / "sub").mkdir()
        (area.path / "sub" / "a.csv").write_text("x\n1\n")
        outcome = area.promote(INPUTS, "c", {})
    version = promoted(lake, "marts", "2016")
    assert version is not None
    assert version.file("sub/a.csv") == outcome.path / "sub" / "a.csv"


def broken_parquet(folder: Path) -> None:
    (folder / "a.parquet").write_bytes(b"PAR1 no")


def linked_file(folder: Path) -> None:
    (folder / "a.csv").symlink_to("/etc/hostname")


def linked_folder(folder: Path) -> None:
    (folder / "linked").symlink_to("/etc")


def own_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}")


def hidden_file(folder: Path) -> None:
    (folder / ".a.csv.tmp").write_text("half")


@pytest.mark.parametrize(
    ("put", "facts", "message"),
    [
        (lambda folder: None, {}, "nothing was staged"),
        (broken_parquet, {}, r"a\.parquet is not readable as Parquet"),
        (linked_file, {}, r"a\.csv is a link or device"),
        (linked_folder, {}, "linked is a link or device"),
        (own_manifest, {}, "written by promote"),
        (hidden_file, {}, "not a usable file name"),
        (lambda folder: (folder / "a").touch(), {"share": Decimal("0.5")}, "decimals as text"),
        (lambda folder: (folder / "a").touch(), {"share": float("nan")}, "decimals as text"),
    ],
)
def test_what_may_not_be_promoted(
    lake: Lake, put: Callable[[Path], None], facts: dict[str, Any], message: str
) -> None:
    release(lake, 1)
    before = published(lake)
    with staging(lake, "marts", "2016", "r") as area:
        put(area.path)
        with pytest.raises(StageError, match=message):
            area.promote(INPUTS, "c", facts)
        with pytest.raises(StageError, match="stage anew"):
            area.promote(INPUTS, "c", {})
    assert published(lake) == before


@pytest.mark.parametrize(
    "name",
    ["", "/a", "../a", "a/../b", "a//b", "a/", "./a", ".hidden", "a/.b", "a\\b", "a\nb",
     "Ha\u0300 No\u0323i.csv", "manifest.json"],
)  # fmt: skip
def test_unusable_file_names(lake: Lake, name: str) -> None:
    with staging(lake, "marts", "2016", "r") as area, pytest.raises(StageError):
        area.write_bytes(name, b"x")


def test_unusable_unit_key_or_run(lake: Lake) -> None:
    for unit, key, run in (
        ("../x", "2016", "r"),
        ("marts", "2016/..", "r"),
        ("marts", "", "r"),
        ("marts", "2016", "a/b"),
        ("marts", "2016", "."),
    ):
        with pytest.raises(LakeError, match="not usable"), staging(lake, unit, key, run):
            pass
    assert not lake.root.exists()


# Waiting, fences.


def test_a_second_run_waits_says_for_whom_and_proceeds(lake: Lake) -> None:
    said: list[str] = []
    entered, waiting = threading.Event(), threading.Event()

    def first() -> None:
        with staging(lake, "marts", "2016", "run-one") as area:
            entered.set()
            waiting.wait(10)
            time.sleep(3 * POLL_SECONDS)
            area.write_bytes("a.txt", b"1")
            area.promote(INPUTS, "c", {})

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(10)

    def on_wait(message: str) -> None:
        said.append(message)
        waiting.set()

    with staging(lake, "marts", "2016", "run-two", timeout=10, on_wait=on_wait) as area:
        area.write_bytes("a.txt", b"2")
        outcome = area.promote(INPUTS, "c", {})
    thread.join()
    assert outcome.counter == 2
    assert len(said) == 1
    assert f"run run-one (process {os.getpid()})" in said[0]


def test_waiting_ends_with_the_name_of_the_holder(lake: Lake) -> None:
    with (
        staging(lake, "marts", "2016", "run-one"),
        pytest.raises(LockTimeoutError, match=r"held by run run-one \(process"),
        staging(lake, "marts", "2016", "run-two", timeout=0),
    ):
        pass
    with staging(lake, "marts", "2016", "run-three", timeout=0):
        pass


def test_other_keys_do_not_wait(lake: Lake) -> None:
    with staging(lake, "marts", "2016", "r"), staging(lake, "marts", "2017", "r", timeout=0):
        pass


def test_a_run_that_was_overtaken_changes_nothing(lake: Lake) -> None:
    release(lake, 1)
    with staging(lake, "marts", "2016", "zombie") as area:
        area.write_table("idx", pa.table({"x": [9, 9]}))
        lake.place("marts", "2016").lock.unlink()  # an operator's mistake lets a second run in
        release(lake, 2)
        before = published(lake)
        with pytest.raises(Superseded, match="run zombie is superseded by run run-2; nothing"):
            area.promote(INPUTS, "c", {})
        assert published(lake) == before
    assert seen(lake) == [2, 2]


def test_without_a_fence_nobody_can_tell_and_nothing_is_published(lake: Lake) -> None:
    release(lake, 1)
    with staging(lake, "marts", "2016", "r") as area:
        area.write_bytes("a", b"1")
        lake.place("marts", "2016").fence.unlink()
        with pytest.raises(Superseded, match="an unknown run"):
            area.promote(INPUTS, "c", {})
    assert seen(lake) == [1, 1]


def test_a_run_overtaken_after_its_rename_does_not_move_the_pointer(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(lake, 1)
    place = lake.place("marts", "2016")
    before = place.pointer.read_bytes()
    original = os.rename

    def rename(source: Path, target: Path) -> None:
        original(source, target)
        raise_fence(place, "later")

    monkeypatch.setattr(promote.os, "rename", rename)
    with pytest.raises(Superseded, match="superseded by run later"):
        release(lake, 2)
    assert place.pointer.read_bytes() == before


def test_a_damaged_fence_is_named(lake: Lake) -> None:
    release(lake, 1)
    lake.place("marts", "2016").fence.write_bytes(b"")
    with pytest.raises(LakeError, match=r"2016\.fence\.json is damaged.*delete it"):
        release(lake, 2)
    assert seen(lake) == [1, 1]


def test_a_file_changed_during_promotion_is_noticed(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(lake, 1)
    before = published(lake)
    original = promote.sync_folder
    for name, data in (("idx.parquet", b"late"), ("stray.txt", b"late")):

        def write_late(folder: Path, name: str = name, data: bytes = data) -> None:
            original(folder)
            if folder.name == "files":
                (folder / name).unlink(missing_ok=True)
                (folder / name).write_bytes(data)

        monkeypatch.setattr(promote, "sync_folder", write_late)
        with pytest.raises(StageError, match=rf"{name} changed while it was promoted"):
            release(lake, 2)
        assert published(lake) == before


# Runs that died or failed half way.


def fail_once(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("EGOV_FAULT", f"{name}:raise")


@pytest.mark.parametrize("name", ["pointer.after_replace", "pointer.after_sync"])
def test_an_error_after_the_pointer_moved_is_settled_by_reading_it(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    release(lake, 1)
    fail_once(monkeypatch, name)
    outcome = release(lake, 2)
    assert (outcome.counter, outcome.unchanged) == (2, False)
    assert seen(lake) == [2, 2]
    assert release(lake, 2).unchanged


def test_a_settled_pointer_is_made_durable(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    release(lake, 1)
    synced: list[Path] = []
    original = promote.sync_folder
    monkeypatch.setattr(promote, "sync_folder", lambda p: synced.append(p) or original(p))
    fail_once(monkeypatch, "pointer.after_replace")
    release(lake, 2)
    assert synced[-1] == lake.pointers / "marts"


def test_a_version_left_without_pointer_is_taken_up_by_the_next_run(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(lake, 1)
    fail_once(monkeypatch, "pointer.before_replace")
    with pytest.raises(OSError, match=r"pointer\.before_replace"):
        release(lake, 2)
    assert seen(lake) == [1, 1]
    monkeypatch.delenv("EGOV_FAULT")
    with pytest.raises(LakeError, match="no published version 2; published: 1"):
        rollback(lake, "marts", "2016", 2)
    assert release(lake, 2).counter == 2
    assert seen(lake) == [2, 2]


def test_a_version_left_without_pointer_with_other_content_is_passed_over(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    release(lake, 1)
    fail_once(monkeypatch, "promote.after_rename")
    with pytest.raises(OSError, match="fault point"):
        release(lake, 2)
    monkeypatch.delenv("EGOV_FAULT")
    assert release(lake, 3).counter == 3
    assert seen(lake) == [3, 3]


@pytest.mark.parametrize("file", ["idx.parquet", "manifest.json"])
def test_a_damaged_version_left_without_pointer_is_passed_over(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    release(lake, 1)
    fail_once(monkeypatch, "promote.after_rename")
    with pytest.raises(OSError, match="fault point"):
        release(lake, 2)
    monkeypatch.delenv("EGOV_FAULT")
    (left,) = (lake.versions / "marts" / "2016").glob("000002-*")
    data = (left / file).read_bytes()
    (left / file).chmod(0o644)
    (left / file).write_bytes(data[:-20] + bytes([data[-20] ^ 1]) + data[-19:])
    assert release(lake, 2).counter == 3
    assert seen(lake) == [2, 2]
    assert left.is_dir()


def test_running_again_repairs_a_damaged_current_version(lake: Lake) -> None:
    path = release(lake, 1).path / "idx.parquet"
    path.unlink()
    assert not release(lake, 1).unchanged
    assert seen(lake) == [1, 1]
    pointer = lake.place("marts", "2016").pointer
    for damage in (b"", b"{}"):
        pointer.write_bytes(damage)
        assert not release(lake, 1).unchanged
        assert seen(lake) == [1, 1]


def test_the_disk_is_asked_in_the_right_order(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    release(lake, 1)
    calls: list[tuple[str, str]] = []
    fsync, rename, replace = os.fsync, os.rename, os.replace

    def logged_fsync(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        calls.append(("fsync", "files/" if path.name == "files" else path.name))
        fsync(descriptor)

    def logged_rename(source: Path, target: Path) -> None:
        calls.append(("rename", Path(target).name[:6]))
        rename(source, target)

    def logged_replace(source: Path, target: Path) -> None:
        calls.append(("replace", Path(target).name))
        replace(source, target)

    with staging(lake, "marts", "2016", "r") as area:
        area.write_table("idx", pa.table({"x": [2]}))
        monkeypatch.setattr(os, "fsync", logged_fsync)
        monkeypatch.setattr(os, "rename", logged_rename)
        monkeypatch.setattr(os, "replace", logged_replace)
        area.promote(INPUTS, "c", {})
        monkeypatch.undo()
    assert calls == [
        ("fsync", ".manifest.json.tmp"),
        ("replace", "manifest.json"),
        ("fsync", "files/"),
        ("fsync", "idx.parquet"),
        ("fsync", "manifest.json"),
        ("fsync", "files/"),
        ("rename", "000002"),
        ("fsync", "2016"),
        ("fsync", ".2016.json.tmp"),
        ("replace", "2016.json"),
        ("fsync", "marts"),
    ]


def test_every_new_folder_is_made_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced = []
    monkeypatch.setattr(os, "fsync", lambda d: synced.append(os.readlink(f"/proc/self/fd/{d}")))
    ensure_folder(tmp_path / "a" / "b")
    ensure_folder(tmp_path / "a" / "b")
    assert synced == [str(tmp_path), str(tmp_path / "a")]


# Rollback.


def test_rollback_points_back_and_the_next_version_counts_on(lake: Lake) -> None:
    for value in (1, 2, 3):
        release(lake, value)
    files = snapshot(lake.versions)
    assert rollback(lake, "marts", "2016", 1).counter == 1
    assert seen(lake) == [1, 1]
    assert rollback(lake, "marts", "2016", 3).counter == 3
    assert rollback(lake, "marts", "2016", 2).counter == 2
    assert seen(lake) == [2, 2]
    assert snapshot(lake.versions) == files
    assert release(lake, 1).counter == 4
    assert seen(lake) == [1, 1]


def test_rollback_refuses_what_is_not_there_or_not_whole(lake: Lake) -> None:
    with pytest.raises(LakeError, match="no published version 1; published: none"):
        rollback(lake, "marts", "2016", 1)
    first = release(lake, 1)
    release(lake, 2)
    before = published(lake)
    with pytest.raises(LakeError, match="no published version 7; published: 1, 2"):
        rollback(lake, "marts", "2016", 7)
    assert published(lake) == before
    (first.path / "notes" / "readme.txt").unlink()
    with pytest.raises(LakeError, match=r"readme\.txt"):
        rollback(lake, "marts", "2016", 1)
    assert seen(lake) == [2, 2]


def test_rollback_overtakes_a_run_that_outlived_its_lock(lake: Lake) -> None:
    release(lake, 1)
    release(lake, 2)
    with staging(lake, "marts", "2016", "zombie") as area:
        area.write_bytes("a", b"9")
        lake.place("marts", "2016").lock.unlink()
        rollback(lake, "marts", "2016", 1)
        with pytest.raises(Superseded, match="superseded by run rollback"):
            area.promote(INPUTS, "c", {})
    assert seen(lake) == [1, 1]


def test_rollback_waits_for_a_running_build(lake: Lake) -> None:
    release(lake, 1)
    with (
        staging(lake, "marts", "2016", "builder"),
        pytest.raises(LockTimeoutError, match="run builder"),
    ):
        rollback(lake, "marts", "2016", 1, timeout=0)


def test_default_waiting_time_is_long(lake: Lake) -> None:
    assert stage.TIMEOUT_SECONDS >= 60
