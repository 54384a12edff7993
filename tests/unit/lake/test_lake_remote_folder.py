"""Push, pull and reading of a copy in a folder; the same code speaks to a bucket."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pytest

from assets.lake import (
    Because,
    CorruptVersion,
    IntakeError,
    Lake,
    Progress,
    Promotion,
    Relation,
    Remote,
    RemoteError,
    Sidecar,
    StageError,
    Superseded,
    Unreasoned,
    add_file,
    current,
    damages,
    promoted,
    pull,
    push,
    read_remote,
    read_source,
    records,
    remote_of,
    rollback,
    staging,
    standing,
)
from assets.lake.atomic import canonical_json, checked_json, read_checked_json, sha256_of
from assets.lake.journal import recorded, settle, sign
from assets.lake.locks import held
from assets.lake.manifest import content_of, seal
from tests.copy_by_hand import read_by_hand

Describe = Callable[..., Sidecar]


def promote(lake: Lake, value: int, unit: str = "marts", key: str = "2016") -> Promotion:
    """A version with a table, a table in parts below a folder, and a file that is no table."""
    with staging(lake, unit, key, "run") as stage:
        stage.write_table("values", pa.table({"v": [value] * 3}))
        for body in ("P-01", "P-02"):
            stage.write_table(f"cases/{body}", pa.table({"v": [value]}))
        stage.write_bytes("totals.json", b"%d" % value)
        return stage.promote({"raw": str(value)}, "code", {})


def take_in(lake: Lake, folder: Path, name: str, text: str, sidecar: Sidecar) -> None:
    path = folder / name
    path.write_text(text, "utf-8")
    add_file(lake, path, sidecar)


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    return remote_of((tmp_path / "copy").as_uri())


@pytest.fixture
def filled(lake: Lake, tmp_path: Path, describe: Describe) -> Lake:
    """A lake with two files, a unit of two versions, a panel and a release."""
    take_in(lake, tmp_path, "một.csv", "1", describe())
    take_in(lake, tmp_path, "hai.csv", "2", describe(document_no="2"))
    promote(lake, 1)
    promote(lake, 2)
    promote(lake, 3, "panel", "all")
    promote(lake, 4, "release", "2016")
    return lake


def objects(tmp_path: Path) -> dict[str, bytes]:
    root = tmp_path / "copy"
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def sealed(lake: Lake) -> dict[str, bytes]:
    """Everything a lake holds but locks and scratch."""
    return {
        path.relative_to(lake.root).as_posix(): path.read_bytes()
        for part in ("intake", "versions", "pointers", "releases", "vintages")
        for path in (lake.root / part).rglob("*")
        if path.is_file()
    }


def test_a_copy_holds_what_is_sealed_under_the_same_names(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    done = push(filled, remote)
    first = "versions/marts/2016/000001-"
    expected = {n: d for n, d in sealed(filled).items() if not n.startswith(first)}
    assert objects(tmp_path) == expected
    assert read_by_hand(expected) == {
        "pointers/marts/2016.json": 2,
        "pointers/panel/all.json": 1,
        "releases/2016/current.json": 1,
    }
    assert (done.files, done.bytes) == (done.of_files, done.of_bytes)
    assert done.files == 2 + 3 * 4


def test_a_second_push_and_pull_move_nothing(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    before = {p: p.stat().st_mtime_ns for p in (tmp_path / "copy").rglob("*")}
    assert push(filled, remote).of_files == 0
    assert {p: p.stat().st_mtime_ns for p in (tmp_path / "copy").rglob("*")} == before
    assert pull(remote, filled).of_files == 0
    assert set(standing(filled, remote).places.values()) == {Relation.SAME}


def test_an_empty_lake_becomes_the_same(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    assert sealed(other) == objects(tmp_path)
    assert [r.file_name for r in records(other)] == ["một.csv", "hai.csv"]
    assert [read_source(other, r) for r in records(other)] == [b"1", b"2"]
    version = promoted(other, "marts", "2016")
    assert version is not None
    version.verify()
    assert version.table("cases/P-02").to_pydict() == {"v": [2]}
    assert not any((other.root / "stage").iterdir())
    assert promote(other, 2).unchanged
    assert promote(other, 5).counter == 3


def test_a_copy_is_read_without_a_lake(filled: Lake, remote: Remote) -> None:
    push(filled, remote)
    version = read_remote(remote, "marts", "2016")
    assert version is not None
    assert version.table("values").to_pydict() == {"v": [2, 2, 2]}
    assert version.read("totals.json") == b"2"
    assert list(version.files) == [
        "cases/P-01.parquet",
        "cases/P-02.parquet",
        "totals.json",
        "values.parquet",
    ]
    assert read_remote(remote, "marts", "2017") is None


def test_two_lakes_take_turns(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    promote(other, 6)
    push(other, remote)
    with pytest.raises(Superseded, match="marts 2016: the remote holds a newer one; pull first"):
        push(filled, remote)
    pull(remote, filled)
    assert standing(filled, remote).places == standing(other, remote).places
    promote(filled, 7)
    push(filled, remote)
    assert read_by_hand(objects(tmp_path))["pointers/marts/2016.json"] == 4


def test_what_both_have_made_apart_is_left_to_a_person(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    promote(other, 6)
    push(other, remote)
    promote(filled, 7)
    promote(filled, 8)  # a higher counter, but made without knowing the other's version
    there, here = objects(tmp_path), sealed(filled)
    for move in (lambda: push(filled, remote), lambda: pull(remote, filled)):
        with pytest.raises(Superseded, match=r"marts 2016: .* nothing changed"):
            move()
    assert (objects(tmp_path), sealed(filled)) == (there, here)


def test_a_pull_leaves_what_is_newer_here(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    promote(filled, 9)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    promote(other, 3, "panel", "all")
    promote(other, 10, "panel", "all")
    push(other, remote)
    pull(remote, filled)
    counters = {
        str(p): n.pointer.counter for p, n in standing(filled, remote).ours.pointers.items()
    }
    assert counters == {"marts 2016": 3, "panel all": 2, "release 2016": 1}


def test_a_rollback_travels(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    rollback(filled, "marts", "2016", 1)
    push(filled, remote)
    assert read_by_hand(objects(tmp_path))["pointers/marts/2016.json"] == 1
    with pytest.raises(Superseded, match="pull first"):
        push(other, remote)
    pull(remote, other)
    version = promoted(other, "marts", "2016")
    assert version is not None
    assert version.counter == 1
    assert promote(other, 5).counter == 3  # above every counter ever published


def test_a_corrected_sidecar_travels(
    filled: Lake, remote: Remote, tmp_path: Path, describe: Describe
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    take_in(filled, tmp_path, "một.csv", "1", describe(licence="free"))
    assert push(filled, remote).of_files == 0  # the object is there and was proven
    pull(remote, other)
    assert {r.sidecar.licence for r in current(other, 2016)} == {"free", "official document"}


def test_files_taken_in_apart_are_left_to_a_person(
    filled: Lake, remote: Remote, tmp_path: Path, describe: Describe
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    take_in(other, tmp_path, "ba.csv", "3", describe(document_no="3"))
    push(other, remote)
    take_in(filled, tmp_path, "bốn.csv", "4", describe(document_no="4"))
    there = objects(tmp_path)
    with pytest.raises(Superseded, match=r"of the intake: .*each made one"):
        push(filled, remote)
    assert objects(tmp_path) == there


def test_a_damaged_file_here_is_named_and_not_sent(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    version = promoted(filled, "marts", "2016")
    assert version is not None
    path = version.path / "values.parquet"
    path.chmod(0o644)
    path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(CorruptVersion, match=r"marts/2016/000002-\w+/values\.parquet.*not sent"):
        push(filled, remote)
    assert not any(name.endswith("values.parquet") for name in objects(tmp_path))
    assert read_by_hand(objects(tmp_path)) == {}


@pytest.mark.parametrize("harm", ["changed", "missing"])
@pytest.mark.parametrize("part", ["object", "file", "manifest"])
def test_a_damaged_object_there_is_named(
    filled: Lake, remote: Remote, tmp_path: Path, part: str, harm: str
) -> None:
    push(filled, remote)
    pattern = {
        "object": "intake/objects/*",
        "file": "versions/marts/2016/*/cases/P-01.parquet",
        "manifest": "versions/marts/2016/*/manifest.json",
    }[part]
    path = next((tmp_path / "copy").glob(pattern))
    if harm == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-1] + b"~")
    name = path.relative_to(tmp_path / "copy").as_posix()
    (line,) = damages(remote)
    assert name in line
    other = Lake(tmp_path / "other")
    with pytest.raises(CorruptVersion, match=name):
        pull(remote, other)
    assert read_by_hand(sealed(other)) in ({}, {"pointers/panel/all.json": 1})
    if part != "object":
        with pytest.raises(CorruptVersion, match=name):
            _read_cases(remote)


def _read_cases(remote: Remote) -> pa.Table:
    version = read_remote(remote, "marts", "2016")
    assert version is not None
    return version.table("cases/P-01")


@pytest.mark.parametrize(
    ("name", "error"),
    [("pointers/marts/2016.json", CorruptVersion), ("intake/records/*.json", IntakeError)],
)
def test_a_damaged_seal_there_stops_everything(
    filled: Lake, remote: Remote, tmp_path: Path, name: str, error: type[Exception]
) -> None:
    push(filled, remote)
    path = next((tmp_path / "copy").glob(name))
    path.write_bytes(path.read_bytes()[:-9])
    for move in (
        lambda: push(filled, remote),
        lambda: pull(remote, filled),
        lambda: damages(remote),
    ):
        with pytest.raises(error, match=path.name):
            move()


def test_a_version_that_leads_elsewhere_is_refused(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    push(filled, remote)
    path = tmp_path / "copy" / "pointers" / "marts" / "2016.json"
    pointer = read_checked_json(path)
    path.write_bytes(checked_json({**pointer, "version": "../../panel/all/x"}))
    with pytest.raises(CorruptVersion, match="names no version of marts 2016"):
        pull(remote, Lake(tmp_path / "other"))


def test_a_file_name_that_leads_elsewhere_is_refused(
    lake: Lake, remote: Remote, tmp_path: Path
) -> None:
    manifest = json.loads((promote(lake, 1).path / "manifest.json").read_bytes())
    manifest["files"][0]["name"] = "../../../../escaped"
    body = content_of(manifest)
    content = sha256_of(canonical_json(body))
    forged = seal({**body, "content_sha256": content}, 1)
    name = lake.place("marts", "2016").version_name(1, content)
    pointer = {
        "counter": 1,
        "highest": 1,
        "version": name,
        "manifest_sha256": sha256_of(forged),
    }
    remote.put_whole(f"versions/marts/2016/{name}/manifest.json", forged)
    remote.put_whole("pointers/marts/2016.json", checked_json(pointer))
    with pytest.raises(StageError, match="not a usable file name"):
        pull(remote, Lake(tmp_path / "other"))
    assert not list(tmp_path.rglob("escaped"))


def test_what_a_broken_push_left_is_not_trusted(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    version = promoted(filled, "marts", "2016")
    assert version is not None
    for name, facts in version.files.items():
        path = tmp_path / "copy" / version.path.relative_to(filled.root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"?" * facts.bytes)  # the right size, other bytes
    push(filled, remote)
    assert damages(remote) == []
    assert read_by_hand(objects(tmp_path))["pointers/marts/2016.json"] == 2


def test_an_error_after_the_pointer_was_put_is_settled_by_reading_it_back(
    filled: Lake, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_whole = Remote.put_whole

    def put_and_lose_the_answer(self: Remote, name: str, data: bytes) -> None:
        put_whole(self, name, data)
        raise RemoteError("the connection was lost")

    monkeypatch.setattr(Remote, "put_whole", put_and_lose_the_answer)
    push(filled, remote)
    assert read_by_hand(objects(tmp_path))["pointers/marts/2016.json"] == 2


def test_an_error_before_the_pointer_was_put_is_told(
    filled: Lake, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(self: Remote, name: str, data: bytes) -> None:
        raise RemoteError("the connection was lost")

    monkeypatch.setattr(Remote, "put_whole", lose)
    with pytest.raises(RemoteError, match="connection was lost"):
        push(filled, remote)
    assert read_by_hand(objects(tmp_path)) == {}


def test_a_push_that_came_in_between_is_left_as_it_is(
    filled: Lake, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    promote(filled, 6)
    promote(other, 7)
    put = Remote.put

    def be_overtaken(self: Remote, name: str, chunks: Iterable[bytes]) -> None:
        monkeypatch.setattr(Remote, "put", put)
        push(other, remote)
        put(self, name, chunks)

    monkeypatch.setattr(Remote, "put", be_overtaken)
    with pytest.raises(Superseded, match="marts 2016: another push came in between"):
        push(filled, remote)
    there = read_remote(remote, "marts", "2016")
    assert there is not None
    assert there.read("totals.json") == b"7"
    assert read_by_hand(objects(tmp_path))["pointers/marts/2016.json"] == 3


def test_progress_is_told_and_ends_at_its_end(filled: Lake, remote: Remote) -> None:
    told: list[Progress] = []
    done = push(filled, remote, told.append)
    assert [p.files for p in told] == sorted(p.files for p in told)
    assert all(p.bytes <= p.of_bytes for p in told)
    assert (told[-1].files, told[-1].bytes) == (done.of_files, done.of_bytes)
    assert told[-1].seconds_left == 0
    assert Progress(0, 1, 0, 10, 0.0).seconds_left is None
    assert Progress(1, 2, 10, 30, 2.0).seconds_left == 4


def test_an_address_names_a_bucket_or_a_folder(tmp_path: Path) -> None:
    assert remote_of("s3://bucket/a/prefix/").is_store
    assert not remote_of("file:///tmp/copy").is_store


@pytest.mark.parametrize(
    "address",
    ["", "bucket/prefix", "http://h/x", "s3:///x", "s3://b/../other", "file://host/x", "file:///"],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(RemoteError, match="is no address: give s3://bucket/prefix or file://"):
        remote_of(address)


@pytest.mark.parametrize("address", ["s3://AKID:secret@b/x", "s3://b/x?secret_key=secret"])
def test_credentials_in_an_address_are_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(RemoteError, match="in the environment") as refused:
        remote_of(address)
    assert "secret_key" not in str(refused.value)
    assert "AKID:" not in str(refused.value)


def sign_release(lake: Lake, author: str) -> None:
    place, version = lake.place("release", "2016"), promoted(lake, "release", "2016")
    assert version is not None
    with held(place.lock, "sign", timeout=5):
        settle(place)
        sign(place, version, Because(author, "checked"))


def journal_of(lake: Lake) -> bytes:
    return (lake.vintages / "2016" / "journal.jsonl").read_bytes()


def test_the_journal_of_a_release_travels_with_its_signatures(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    assert journal_of(other) == journal_of(filled)

    sign_release(filled, "Minh")  # no pointer moves
    push(filled, remote)
    assert pull(remote, other).of_files == 0
    assert journal_of(other) == journal_of(filled)
    with pytest.raises(Unreasoned):
        promote(other, 5, "release", "2016")

    assert promote_because(filled, 6).counter == 2
    push(filled, remote)
    pull(remote, other)
    assert journal_of(other) == journal_of(filled)
    assert [e.kind for e in recorded(other.place("release", "2016"))] == [
        "published",
        "signed",
        "published",
    ]


def promote_because(lake: Lake, value: int) -> Promotion:
    with staging(lake, "release", "2016", "run") as stage:
        stage.write_bytes("totals.json", b"%d" % value)
        return stage.promote({}, "code", {}, Because("Lan", "because"))


def test_journals_that_grew_apart_are_refused_by_name(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    push(filled, remote)
    other = Lake(tmp_path / "other")
    pull(remote, other)
    sign_release(filled, "Minh")
    push(filled, remote)
    sign_release(other, "Lan")
    before = journal_of(other)
    for move in (lambda: push(other, remote), lambda: pull(remote, other)):
        with pytest.raises(Superseded, match="journal of release 2016"):
            move()
    assert journal_of(other) == before


def test_a_journal_ahead_of_its_pointer_waits_for_the_push_that_was_broken_off(
    filled: Lake, remote: Remote, tmp_path: Path
) -> None:
    push(filled, remote)
    pointer = tmp_path / "copy" / "releases" / "2016" / "current.json"
    before = pointer.read_bytes()
    promote_because(filled, 6)
    push(filled, remote)
    whole, pushed = pointer.read_bytes(), journal_of(filled)
    pointer.write_bytes(before)

    other = Lake(tmp_path / "other")
    pull(remote, other)
    version = promoted(other, "release", "2016")
    assert version is not None
    assert version.counter == 1
    assert not (other.vintages / "2016" / "journal.jsonl").exists()

    pointer.write_bytes(whole)
    pull(remote, other)
    assert journal_of(other) == pushed


def test_a_damaged_journal_is_not_pulled(filled: Lake, remote: Remote, tmp_path: Path) -> None:
    push(filled, remote)
    path = tmp_path / "copy" / "vintages" / "2016" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"run", b"ran"))
    with pytest.raises(CorruptVersion, match=r"journal\.jsonl: line 1"):
        pull(remote, Lake(tmp_path / "other"))
