"""Eight sabotages of the publishing code: each breaks one rule of it, and a check must turn red.

The checks judge by what an independent reader finds. That all of them are green on the code as it
is shows that a red one comes from the sabotage.
"""

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import pyarrow as pa
import pytest
from independent_reader import Broken, read_folder, read_journal, read_release
from lake_publisher import publish

from assets import gates, publication
from assets.lake import (
    Because,
    CorruptVersion,
    Lake,
    LakeError,
    StageError,
    Superseded,
    Unreasoned,
    journal,
    parquet,
    promote,
    promoted,
    read,
    staging,
    sweep,
)
from assets.lake.atomic import sha256_of, write_durable
from assets.lake.journal import settle, sign
from assets.lake.locks import Fence, held
from assets.lake.manifest import FileFacts
from assets.lake.paths import Place
from assets.lake.read import Version
from tests.unit.release.release_samples import table

#: Points at which a release is broken off.
BROKEN_OFF = (
    "promote.before_rename",
    "promote.after_rename",
    "journal.after_sync",
    "pointer.before_replace",
    "pointer.after_sync",
    "journal.before_record",
)


def release(root: Path, value: int, run_id: str = "run", reason: str = "") -> None:
    publish(root, value, run_id, "release", reason)


def seen(root: Path) -> tuple[int, int]:
    folder = root / "releases" / "2016"
    return read_folder(folder / "current.json", folder)


def broken_off(root: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    release(root, 1)
    monkeypatch.setenv("EGOV_FAULT", f"{name}:raise")
    try:
        release(root, 2)
    except OSError:
        pass
    finally:
        monkeypatch.delenv("EGOV_FAULT")


# --- what must hold ------------------------------------------------------------------------------


def old_or_new_at_every_point(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BROKEN_OFF:
        lake = root / name
        broken_off(lake, monkeypatch, name)
        assert seen(lake) in ((1, 1), (2, 2))
        sweep(Lake(lake))
        release(lake, 2)
        assert read_release(lake) == (2, 2)


def the_journal_tells_only_what_happened(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BROKEN_OFF:
        lake = root / name
        broken_off(lake, monkeypatch, name)
        assert max(line["counter"] for line in read_journal(lake)) <= seen(lake)[0]
        release(lake, 2)
        assert [line["counter"] for line in read_journal(lake)] == [1, 2]


def what_changes_while_promoted_is_refused(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(root, 1)
    real = promote.point

    def writes_late(name: str) -> None:
        if name == "promote.before_recheck":
            (path,) = (root / "stage").rglob("totals.json")
            path.chmod(0o644)
            path.write_bytes(b'{"value": 2, "rows": 60, "sum": 121}')
        real(name)

    with monkeypatch.context() as patch:
        patch.setattr(promote, "point", writes_late)
        with pytest.raises(StageError, match="changed while it was promoted"):
            release(root, 2)
    assert read_release(root) == (1, 1)


def an_overtaken_run_publishes_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(root, 1)
    with staging(Lake(root), "release", "2016", "zombie") as late:
        late.write_bytes("totals.json", b"{}")
        Lake(root).place("release", "2016").lock.unlink()
        release(root, 2, "later")
        with pytest.raises(Superseded):
            late.promote({}, "code", {})
    assert read_release(root) == (2, 2)


def a_reader_reads_only_what_the_manifest_names(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off(root, monkeypatch, "promote.after_rename")  # a whole version that nobody published
    version = promoted(Lake(root), "release", "2016")
    assert version is not None
    assert set(version.table("values")["v"].to_pylist()) == {1}


def a_gate_that_fails_keeps_the_pointer(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake, row = Lake(root), {"file_sha256": "a" * 64, "kind": "bodies"}

    def make(*rows: dict[str, Any]) -> None:
        log = SimpleNamespace(info=lambda line: None)
        context = cast(Any, SimpleNamespace(run=SimpleNamespace(run_id="run"), log=log))
        with staging(lake, "intake", "2016", "run") as stage:
            work = publication.Work(lake, "intake", "2016", stage, {"rows": str(len(rows))})
            frames = {"raw_intake_files": table("raw_intake_files", *rows)}
            list(publication.gate_and_promote(context, work, frames))

    make(row)
    with pytest.raises(dg.Failure):
        make(row, row)  # the same key twice
    version = promoted(lake, "intake", "2016")
    assert version is not None
    assert version.table("raw_intake_files").num_rows == 1


def a_changed_manifest_is_found(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(root, 1)
    (path,) = (root / "releases" / "2016").glob("v*/manifest.json")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b'"value": 1', b'"value": 7'))
    with pytest.raises(CorruptVersion, match=r"manifest\.json"):
        promoted(Lake(root), "release", "2016")


def what_was_signed_stands(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release(root, 1)
    place, version = Lake(root).place("release", "2016"), promoted(Lake(root), "release", "2016")
    assert version is not None
    with held(place.lock, "sign", timeout=5):
        settle(place)
        sign(place, version, Because("Minh", "checked"))
    with pytest.raises(Unreasoned):
        release(root, 2)
    assert read_release(root) == (1, 1)


Check = Callable[[Path, pytest.MonkeyPatch], None]
CHECKS: tuple[Check, ...] = (
    old_or_new_at_every_point,
    the_journal_tells_only_what_happened,
    what_changes_while_promoted_is_refused,
    an_overtaken_run_publishes_nothing,
    a_reader_reads_only_what_the_manifest_names,
    a_gate_that_fails_keeps_the_pointer,
    a_changed_manifest_is_found,
    what_was_signed_stands,
)


# --- sabotages -----------------------------------------------------------------------------------


def pointer_before_rename(patch: pytest.MonkeyPatch) -> None:
    real = promote._put_in_place

    def early(
        fence: Fence, folder: Path, files: list[FileFacts], manifest: bytes, name: str
    ) -> Version:
        counter = json.loads(manifest)["counter"]
        pointer = promote.Pointer(counter, counter, name, sha256_of(manifest))
        data = promote.checked_json(promote.asdict(pointer))
        write_durable(fence.place.pointer, [data], "pointer")
        return real(fence, folder, files, manifest, name)

    patch.setattr(promote, "_put_in_place", early)


def record_before_pointer(patch: pytest.MonkeyPatch) -> None:
    def early(
        place: Place, version: Version, highest: int, tell: Callable[[], None] | None
    ) -> None:
        if tell:
            tell()
            journal.record(place)
        promote._replace_pointer(place, version, highest)

    patch.setattr(promote, "_point_at", early)


def no_second_hash(patch: pytest.MonkeyPatch) -> None:
    real = promote._seal

    def blind(folder: Path, files: list[FileFacts], manifest: bytes) -> None:
        known = {folder / facts.name: facts.sha256 for facts in files}
        with pytest.MonkeyPatch.context() as inner:
            inner.setattr(promote, "sha256_of_file", known.get)
            real(folder, files, manifest)

    patch.setattr(promote, "_seal", blind)


def fence_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fence, "check", lambda self: None)


def read_by_pattern(patch: pytest.MonkeyPatch) -> None:
    def globbed(version: Version, name: str) -> pa.Table:
        paths = sorted(version.path.parent.glob(f"*/{name}.parquet"))
        return pa.concat_tables([parquet.decode(path.read_bytes()) for path in paths])

    patch.setattr(Version, "table", globbed)


def gate_result_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(gates.GateResult, "passed", property(lambda self: True))


def manifest_not_checked(patch: pytest.MonkeyPatch) -> None:
    def trusting(place: Place) -> Version | None:
        pointer = read.read_pointer(place)
        if pointer is None:
            return None
        path = place.versions / pointer.version
        manifest = json.loads((path / "manifest.json").read_bytes())
        sha256 = pointer.manifest_sha256
        return Version(place.unit, place.key, pointer.counter, path, sha256, manifest)

    patch.setattr(read, "current_version", trusting)


def signature_ignored(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(journal, "demand_reason", lambda *arguments: None)


SABOTAGES: tuple[tuple[Callable[[pytest.MonkeyPatch], None], Check], ...] = (
    (pointer_before_rename, old_or_new_at_every_point),
    (record_before_pointer, the_journal_tells_only_what_happened),
    (no_second_hash, what_changes_while_promoted_is_refused),
    (fence_ignored, an_overtaken_run_publishes_nothing),
    (read_by_pattern, a_reader_reads_only_what_the_manifest_names),
    (gate_result_ignored, a_gate_that_fails_keeps_the_pointer),
    (manifest_not_checked, a_changed_manifest_is_found),
    (signature_ignored, what_was_signed_stands),
)
#: How a check turns red.
RED = (AssertionError, Broken, LakeError, pytest.fail.Exception)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_code_as_it_is_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, check: Check
) -> None:
    check(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("sabotage", "check"), SABOTAGES, ids=[sabotage.__name__ for sabotage, _ in SABOTAGES]
)
def test_a_sabotage_turns_its_check_red(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    sabotage: Callable[[pytest.MonkeyPatch], None],
    check: Check,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        sabotage(patch)
        with pytest.raises(RED):
            check(tmp_path, monkeypatch)
