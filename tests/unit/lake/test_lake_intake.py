"""Files as received: stored once, never edited, versions in order of intake."""

import os
import stat
import threading
import time
import unicodedata
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.lake import (
    IntakeError,
    Lake,
    Sidecar,
    add_file,
    add_folder,
    current,
    intake,
    read_source,
    records,
)

Describe = Callable[..., Sidecar]


def file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def with_sidecar(folder: Path, name: str, content: str, sidecar: Sidecar) -> Path:
    path = file(folder, name, content)
    values: dict[str, Any] = {**sidecar.as_json(), "received_at": sidecar.received_at}
    file(folder, f"{name}.meta.yaml", yaml.safe_dump(values, allow_unicode=True))
    return path


def names(lake: Lake, year: int = 2016) -> list[tuple[str, int]]:
    return [(record.file_name, record.version_no) for record in current(lake, year)]


def state(lake: Lake) -> dict[str, bytes]:
    root = lake.root / "intake"
    return {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*") if p.is_file()}


def test_a_file_is_copied_once_and_read_only(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    path = file(tmp_path, "a.csv", "x,y\n1,2\n")
    record = add_file(lake, path, describe())
    digest = sha256(b"x,y\n1,2\n").hexdigest()
    assert (record.file_sha256, record.file_name, record.size_bytes) == (digest, "a.csv", 8)
    assert (record.version_no, record.supersedes_sha256, record.counter) == (1, None, 1)
    assert not record.was_known
    assert stat.S_IMODE((lake.objects / digest).stat().st_mode) == 0o444
    assert read_source(lake, record) == b"x,y\n1,2\n"
    path.unlink()
    assert read_source(lake, record) == b"x,y\n1,2\n"
    assert records(lake) == current(lake, 2016) == [record]


def test_same_file_twice_changes_nothing(lake: Lake, tmp_path: Path, describe: Describe) -> None:
    path = file(tmp_path, "a.csv", "1")
    first = add_file(lake, path, describe())
    before = state(lake)
    again = add_file(lake, path, describe())
    assert again == first
    assert again.was_known
    assert state(lake) == before


# Arrivals: exactly one current version of a document, and the history is kept.


def test_same_name_new_content_is_a_new_version(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    first = add_file(lake, file(tmp_path, "a.csv", "1"), describe())
    second = add_file(lake, file(tmp_path, "a.csv", "2"), describe())
    assert (second.version_no, second.supersedes_sha256) == (2, first.file_sha256)
    assert current(lake, 2016) == [second]
    assert records(lake) == [first, second]


def test_same_content_new_name_is_the_same_file(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    first = add_file(lake, file(tmp_path, "a.csv", "1"), describe())
    again = add_file(lake, file(tmp_path, "copy of a.csv", "1"), describe())
    assert again == first
    assert names(lake) == [("a.csv", 1)]


def test_new_name_same_document_number_is_a_new_version(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    numbered = describe(document_no="12/BC-STTTT")
    add_file(lake, file(tmp_path, "a.csv", "1"), numbered)
    add_file(lake, file(tmp_path, "a_v2.csv", "2"), numbered)
    assert names(lake) == [("a_v2.csv", 2)]


def test_restored_modification_time_hides_nothing(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    path = file(tmp_path, "a.csv", "1")
    os.utime(path, (1, 1))
    add_file(lake, path, describe())
    path.write_text("2")
    os.utime(path, (1, 1))
    assert add_file(lake, path, describe()).version_no == 2


def test_a_deleted_source_stays(lake: Lake, tmp_path: Path, describe: Describe) -> None:
    with_sidecar(tmp_path / "in", "a.csv", "1", describe())
    add_folder(lake, tmp_path / "in")
    for path in (tmp_path / "in").iterdir():
        path.unlink()
    assert add_folder(lake, tmp_path / "in") == []
    assert names(lake) == [("a.csv", 1)]


def test_two_versions_at_once_go_by_day_of_receipt(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    early = describe(document_no="1/BC", received_at=date(2017, 1, 1))
    late = describe(document_no="1/BC", received_at=date(2017, 2, 1))
    with_sidecar(tmp_path / "in", "z_first.csv", "1", early)
    with_sidecar(tmp_path / "in", "a_second.csv", "2", late)
    taken = add_folder(lake, tmp_path / "in")
    assert [(r.file_name, r.version_no) for r in taken] == [("z_first.csv", 1), ("a_second.csv", 2)]
    assert names(lake) == [("a_second.csv", 2)]


def test_two_versions_of_one_day_are_refused_until_the_order_is_known(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    numbered = describe(document_no="1/BC")
    one = with_sidecar(tmp_path / "in", "b.csv", "1", numbered)
    with_sidecar(tmp_path / "in", "a.csv", "2", numbered)
    with pytest.raises(IntakeError, match=r"b\.csv: is another version .*a\.csv.*same day"):
        add_folder(lake, tmp_path / "in")
    assert records(lake) == []
    add_file(lake, one, numbered)
    add_folder(lake, tmp_path / "in")
    assert names(lake) == [("a.csv", 2)]
    add_folder(lake, tmp_path / "in")
    assert names(lake) == [("a.csv", 2)]


def test_a_wrong_year_is_put_right_by_a_corrected_sidecar(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    path = file(tmp_path, "a.csv", "1")
    add_file(lake, path, describe(years=[2017]))
    corrected = add_file(lake, path, describe(years=[2016]))
    assert corrected.was_known
    assert corrected.sidecar.years == (2016,)
    assert names(lake, 2017) == []
    assert names(lake, 2016) == [("a.csv", 1)]
    (record_file,) = lake.records.iterdir()
    assert [s["years"] for s in yaml.safe_load(record_file.read_text())["sidecars"]] == [
        [2017],
        [2016],
    ]


def test_files_that_are_not_versions_of_one_another(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    add_file(lake, file(tmp_path / "1", "report.md", "1"), describe())
    add_file(lake, file(tmp_path / "2", "report.md", "2"), describe(years=[2017]))
    add_file(lake, file(tmp_path / "3", "report.md", "3"), describe(issuer="UBND tỉnh Hà Giang"))
    add_file(lake, file(tmp_path / "4", "report.md", "4"), describe(kind="corrections"))
    add_file(lake, file(tmp_path / "5", "report.md", "5"), describe(document_no="5/BC"))
    add_file(lake, file(tmp_path / "6", "report.md", "6"), describe(years=[]))
    assert {r.version_no for r in records(lake)} == {1}
    assert len(current(lake, 2016)) == 5


def test_a_version_for_more_years_replaces_those_it_covers(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    for year in (2016, 2017, 2018):
        add_file(lake, file(tmp_path / str(year), "a.csv", str(year)), describe(years=[year]))
    wide = add_file(lake, file(tmp_path, "a.csv", "wide"), describe(years=[2016, 2017]))
    assert wide.version_no == 2
    assert wide.supersedes_sha256 == sha256(b"2017").hexdigest()
    assert current(lake, 2016) == current(lake, 2017) == [wide]
    assert names(lake, 2018) == [("a.csv", 1)]


def test_reference_files_speak_of_every_year(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    add_file(lake, file(tmp_path, "bodies.csv", "1"), describe(kind="bodies", years=[]))
    assert names(lake, 2011) == names(lake, 2030) == [("bodies.csv", 1)]


def test_reference_files_have_versions_too(lake: Lake, tmp_path: Path, describe: Describe) -> None:
    add_file(lake, file(tmp_path, "bodies.csv", "1"), describe(years=[]))
    add_file(lake, file(tmp_path, "bodies.csv", "2"), describe(years=[]))
    assert names(lake) == [("bodies.csv", 2)]


# Files that change while they are read: one whole content or a clear refusal, never a mixture.


def change_during_read(
    monkeypatch: pytest.MonkeyPatch, path: Path, change: Callable[[int], None], times: int
) -> None:
    """Let `change` happen after the first and in the middle of each of the next reads."""
    original = intake.chunks_of
    calls = []

    def chunks(read: Path):  # type: ignore[no-untyped-def]
        if read == path and len(calls) < times:
            calls.append(read)
            data = b"".join(original(read))
            yield data[: len(data) // 2]
            change(len(calls))
            yield path.read_bytes()[len(data) // 2 :]
        else:
            yield from original(read)

    monkeypatch.setattr(intake, "chunks_of", chunks)


def replaced_in_place(path: Path) -> Callable[[int], None]:
    return lambda n: path.write_bytes(f"content {n} ".encode() * 50) and None


def cut(path: Path) -> Callable[[int], None]:
    return lambda n: os.truncate(path, 400 - 10 * n)


def renamed_over(path: Path) -> Callable[[int], None]:
    def change(n: int) -> None:
        os.replace(file(path.parent, "other", f"other {n} " * 50), path)

    return change


def grown(path: Path) -> Callable[[int], None]:
    def change(n: int) -> None:
        with path.open("ab") as stream:
            stream.write(f"more {n} ".encode())

    return change


def with_old_time(path: Path) -> Callable[[int], None]:
    def change(n: int) -> None:
        before = path.stat()
        path.write_bytes(str(n).encode() * before.st_size)
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return change


CHANGES = [replaced_in_place, cut, renamed_over, grown, with_old_time]


@pytest.mark.parametrize("kind", CHANGES)
def test_changed_once_while_read_is_read_again(
    lake: Lake,
    tmp_path: Path,
    describe: Describe,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Path], Callable[[int], None]],
) -> None:
    path = file(tmp_path, "a.csv", "first " * 100)
    change_during_read(monkeypatch, path, kind(path), times=1)
    record = add_file(lake, path, describe())
    assert read_source(lake, record) == path.read_bytes()
    assert record.size_bytes == path.stat().st_size
    assert [p.name for p in lake.objects.iterdir()] == [record.file_sha256]


@pytest.mark.parametrize("kind", CHANGES)
def test_changing_again_and_again_is_refused(
    lake: Lake,
    tmp_path: Path,
    describe: Describe,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Path], Callable[[int], None]],
) -> None:
    path = file(tmp_path, "a.csv", "first " * 100)
    change_during_read(monkeypatch, path, kind(path), times=99)
    with pytest.raises(IntakeError, match=r"a\.csv: keeps changing.*completely written"):
        add_file(lake, path, describe())
    assert records(lake) == []
    assert list(lake.objects.iterdir()) == []


def test_changed_right_after_the_copy_is_read_again(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, "a.csv", "first")
    original = intake.write_durable

    def write(target: Path, *arguments: Any, **options: Any) -> None:
        original(target, *arguments, **options)
        if target.parent == lake.objects:
            path.write_text("second")

    monkeypatch.setattr(intake, "write_durable", write)
    assert read_source(lake, add_file(lake, path, describe())) == b"second"


def test_emptied_while_read_is_refused(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, "a.csv", "first " * 100)
    change_during_read(monkeypatch, path, lambda n: os.truncate(path, 0), times=1)
    with pytest.raises(IntakeError, match=r"a\.csv: is empty"):
        add_file(lake, path, describe())
    assert records(lake) == []


def test_a_growing_file_is_waited_for(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, "a.csv", "0")
    rounds = iter(range(1, 6))

    def sleep(_: float) -> None:
        if (n := next(rounds, None)) is not None:
            path.write_text("0" * n * 2)

    monkeypatch.setattr(intake.time, "sleep", sleep)
    assert add_file(lake, path, describe()).size_bytes == 10


def test_a_file_that_never_settles_is_refused(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file(tmp_path, "a.csv", "0")
    monkeypatch.setattr(intake.time, "sleep", lambda _: grown(path)(1))
    with pytest.raises(IntakeError, match=r"a\.csv: keeps changing"):
        add_file(lake, path, describe())


# What is not taken in.


def test_empty_too_large_or_not_a_plain_file(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", 10)
    target = file(tmp_path, "real.csv", "1")
    (tmp_path / "link.csv").symlink_to(target)
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    cases = {
        file(tmp_path, "empty.csv", ""): "is empty",
        file(tmp_path, "large.csv", "12345678901"): "has 11 bytes, the limit is 10",
        tmp_path / "link.csv": "not a plain file",
        tmp_path / "folder.csv": "not a plain file",
        tmp_path / "pipe.csv": "not a plain file",
        tmp_path / "absent.csv": "cannot be read",
    }
    for path, message in cases.items():
        with pytest.raises(IntakeError, match=f"{path.name}: .*{message}"):
            add_file(lake, path, describe())
    assert add_file(lake, file(tmp_path, "limit.csv", "1234567890"), describe()).size_bytes == 10
    assert len(records(lake)) == 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("a\nb.csv", "control"),
        ("a\x1b[31m.csv", "control"),
        ("a\u202efdp.csv", "invisible"),
        ("a\u200b.csv", "invisible"),
        ("a\u2028.csv", "control"),
        (os.fsdecode(b"a\xff.csv"), "undecodable"),
        ("NUL.csv", "reserved"),
        ("con", "reserved"),
        ("Com1.tar.gz", "reserved"),
        ("a.csv ", "space"),
        (" a.csv", "space"),
        ("a.", "dot"),
    ],
)
def test_unusable_names(
    lake: Lake, tmp_path: Path, describe: Describe, name: str, message: str
) -> None:
    with pytest.raises(IntakeError, match=message):
        add_file(lake, file(tmp_path, name, "1"), describe())
    assert records(lake) == []


def test_a_name_over_255_bytes_is_refused_before_the_disk_is_asked(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    with pytest.raises(IntakeError, match="longer than 255 bytes"):
        add_file(lake, tmp_path / ("ệ" * 86), describe())


def test_names_are_nfc(lake: Lake, tmp_path: Path, describe: Describe) -> None:
    decomposed = unicodedata.normalize("NFD", "Hà Nội.csv")
    record = add_file(lake, file(tmp_path / "1", decomposed, "1"), describe())
    assert record.file_name == unicodedata.normalize("NFC", decomposed) != decomposed
    second = add_file(lake, file(tmp_path / "2", record.file_name, "2"), describe())
    assert second.version_no == 2


# Folders.


def test_a_folder_is_taken_in_a_fixed_order_and_only_described_files(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    folder = tmp_path / "in"
    with_sidecar(folder, "2017/a.csv", "a17", describe(years=[2017]))
    with_sidecar(folder, "2016/b.csv", "b16", describe())
    with_sidecar(folder, "2016/a.csv", "a16", describe())
    with_sidecar(folder, "old.csv", "old", describe(received_at=date(2001, 1, 1)))
    file(folder, "notes.txt", "not described")
    taken = add_folder(lake, folder)
    assert [r.file_name for r in taken] == ["old.csv", "a.csv", "b.csv", "a.csv"]
    assert [r.counter for r in taken] == [1, 2, 3, 4]
    assert all(r.was_known for r in add_folder(lake, folder))


def test_a_folder_with_one_bad_entry_stores_nothing(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    folder = tmp_path / "in"
    with_sidecar(folder, "a.csv", "1", describe())
    with_sidecar(folder, "b.csv", "2", describe()).unlink()
    with pytest.raises(IntakeError, match=r"b\.csv: cannot be read"):
        add_folder(lake, folder)
    file(folder, "b.csv", "2")
    file(folder, "b.csv.meta.yaml", "kind: bodies")
    with pytest.raises(IntakeError, match=r"b\.csv\.meta\.yaml: missing key"):
        add_folder(lake, folder)
    assert records(lake) == []


def test_one_content_described_in_two_ways_is_refused(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    with_sidecar(tmp_path / "in", "a.csv", "1", describe())
    with_sidecar(tmp_path / "in", "b.csv", "1", describe(years=[2017]))
    with pytest.raises(IntakeError, match=r"b\.csv: has the same content as .*a\.csv"):
        add_folder(lake, tmp_path / "in")
    assert records(lake) == []


def test_a_folder_that_is_not_there(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="absent: is not a folder"):
        add_folder(lake, tmp_path / "absent")


# Damage and concurrency.


def test_a_changed_object_is_named_and_repaired_by_taking_the_file_in_again(
    lake: Lake, tmp_path: Path, describe: Describe
) -> None:
    path = file(tmp_path, "a.csv", "1234")
    record = add_file(lake, path, describe())
    stored = lake.objects / record.file_sha256
    for damage in (
        lambda: stored.write_bytes(b"1235"),
        lambda: stored.write_bytes(b""),
        stored.unlink,
    ):
        damage()
        with pytest.raises(IntakeError, match=r"a\.csv: the stored copy .*damaged"):
            read_source(lake, record)
        assert add_file(lake, path, describe()).was_known
        assert read_source(lake, record) == b"1234"


@pytest.mark.parametrize("damage", [b"", b"{}", b"not json", None])
def test_a_damaged_record_is_named(
    lake: Lake, tmp_path: Path, describe: Describe, damage: bytes | None
) -> None:
    add_file(lake, file(tmp_path, "a.csv", "1"), describe())
    (path,) = lake.records.iterdir()
    path.write_bytes(damage if damage is not None else path.read_bytes().replace(b"2016", b"2017"))
    with pytest.raises(IntakeError, match=f"{path.name} is damaged.*backup"):
        records(lake)


def test_many_threads_at_once_get_one_counter_each(
    lake: Lake, tmp_path: Path, describe: Describe, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = intake._load

    def load_slowly(lake: Lake) -> list[Any]:
        entries = original(lake)
        time.sleep(0.01)
        return list(entries)

    paths = [file(tmp_path, f"{n}.csv", str(n // 2)) for n in range(8)]
    threads = [threading.Thread(target=add_file, args=(lake, p, describe())) for p in paths]
    with monkeypatch.context() as patch:
        patch.setattr(intake, "_load", load_slowly)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [r.counter for r in records(lake)] == [1, 2, 3, 4]
    assert {read_source(lake, r) for r in records(lake)} == {b"0", b"1", b"2", b"3"}
