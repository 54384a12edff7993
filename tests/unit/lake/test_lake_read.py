"""Whatever happens to promoted files on the disk, no reader gets wrong data from them."""

import os
import random
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

from assets.lake import (
    CorruptVersion,
    Lake,
    LakeError,
    promoted,
    read,
    rollback,
    staging,
    version_with,
)
from assets.lake.atomic import checked_json, read_checked_json

FILES = ("t.parquet", "u.parquet", "a.csv", "manifest.json", "pointer")


@pytest.fixture(autouse=True)
def _forget_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "_verified", set())


@pytest.fixture
def folder(lake: Lake) -> Path:
    for value in (1, 2):
        with staging(lake, "marts", "2016", f"r{value}") as area:
            area.write_table("t", pa.table({"x": list(range(200)), "v": [value] * 200}))
            area.write_table("u", pa.table({"y": ["a"]}))
            area.write_bytes("a.csv", b"x,y\n1,2\n")
            outcome = area.promote({}, "c", {})
    return outcome.path


def path_of(lake: Lake, folder: Path, name: str) -> Path:
    return lake.place("marts", "2016").pointer if name == "pointer" else folder / name


def read_everything(lake: Lake) -> tuple[object, ...]:
    version = promoted(lake, "marts", "2016")
    assert version is not None
    return (
        version.table("t").to_pylist(),
        version.table("u").to_pylist(),
        version.file("a.csv").read_bytes(),
        version.counter,
    )


def overwrite(path: Path, data: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(data)


def assert_named(lake: Lake, path: Path) -> None:
    with pytest.raises(CorruptVersion) as error:
        read_everything(lake)
    assert str(path) in str(error.value)
    assert "again" in str(error.value)


@pytest.mark.parametrize("name", FILES)
def test_any_flipped_bit_is_detected(lake: Lake, folder: Path, name: str) -> None:
    path = path_of(lake, folder, name)
    data = path.read_bytes()
    good = read_everything(lake)
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    choose = random.Random(seed)  # noqa: S311 (a test, not a secret)
    for _ in range(8):
        flipped = bytearray(data)
        flipped[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        overwrite(path, bytes(flipped))
        if name == "pointer":
            with pytest.raises(CorruptVersion):
                read_everything(lake)
        else:
            assert_named(lake, path)
    overwrite(path, data)
    assert read_everything(lake) == good


@pytest.mark.parametrize("name", FILES)
def test_any_truncation_and_a_missing_file_are_detected(
    lake: Lake, folder: Path, name: str
) -> None:
    path = path_of(lake, folder, name)
    data = path.read_bytes()
    for size in (0, 4, len(data) // 2, len(data) - 8, len(data) - 1):
        overwrite(path, data[:size])
        assert_named(lake, path)
    overwrite(path, bytes(len(data)))
    assert_named(lake, path)
    if name != "pointer":
        path.unlink()
        assert_named(lake, path)


def test_no_pointer_means_never_promoted(lake: Lake, folder: Path) -> None:
    lake.place("marts", "2016").pointer.unlink()
    assert promoted(lake, "marts", "2016") is None


def test_swapped_files_folders_and_pointers_are_detected(lake: Lake, folder: Path) -> None:
    first = next(folder.parent.glob("000001-*"))
    data = (folder / "t.parquet").read_bytes()
    overwrite(folder / "t.parquet", (folder / "u.parquet").read_bytes())
    assert_named(lake, folder / "t.parquet")
    overwrite(folder / "t.parquet", (first / "t.parquet").read_bytes())
    assert_named(lake, folder / "t.parquet")
    overwrite(folder / "t.parquet", data)
    manifest = (folder / "manifest.json").read_bytes()
    overwrite(folder / "manifest.json", (first / "manifest.json").read_bytes())
    assert_named(lake, folder / "manifest.json")
    overwrite(folder / "manifest.json", manifest)
    shutil.copy(lake.place("marts", "2016").pointer, lake.place("marts", "2017").pointer)
    with pytest.raises(CorruptVersion, match="2017"):
        promoted(lake, "marts", "2017")
    shutil.copytree(folder.parent, folder.parent.parent / "2017")
    with pytest.raises(CorruptVersion, match="2017"):
        promoted(lake, "marts", "2017")


def test_a_manifest_written_anew_is_not_the_one_that_was_promoted(lake: Lake, folder: Path) -> None:
    text = (folder / "manifest.json").read_text()
    overwrite(
        folder / "manifest.json",
        text.replace('"code_version": "c"', '"code_version": "d"').encode(),
    )
    assert_named(lake, folder / "manifest.json")


def test_a_pointer_that_names_another_manifest_is_detected(lake: Lake, folder: Path) -> None:
    pointer = lake.place("marts", "2016").pointer
    value = read_checked_json(pointer)
    pointer.write_bytes(checked_json({**value, "manifest_sha256": "0" * 64}))
    assert_named(lake, pointer)


def test_a_version_not_named_by_the_pointer_is_judged_by_its_own_manifest(
    lake: Lake, folder: Path
) -> None:
    """Rollback has no hash of an old manifest: it must be spelt as written, in its own folder."""
    first = next(folder.parent.glob("000001-*"))
    data = (first / "manifest.json").read_bytes()
    for damage in (data + b"\n", data.replace(b'"counter": 1', b'"counter": 2')):
        overwrite(first / "manifest.json", damage)
        with pytest.raises(CorruptVersion, match=first.name):
            rollback(lake, "marts", "2016", 1)
    overwrite(first / "manifest.json", data)
    first.rename(first.with_name("000001-0123456789ab"))
    with pytest.raises(CorruptVersion, match="000001-0123456789ab"):
        rollback(lake, "marts", "2016", 1)


def test_stray_files_are_ignored(lake: Lake, folder: Path) -> None:
    good = read_everything(lake)
    for name in ("tmp_t.parquet", "z.parquet", ".t.parquet.tmp"):
        (folder / name).write_bytes(b"junk")
    (folder.parent / "000009-ffffffffffff").mkdir()
    (folder.parent / "notes").mkdir()
    assert read_everything(lake) == good


def test_a_table_is_verified_at_every_read_and_a_file_when_it_changed(
    lake: Lake, folder: Path
) -> None:
    version = promoted(lake, "marts", "2016")
    assert version is not None
    version.table("t")
    version.file("a.csv")
    version.file("t.parquet")
    for name in ("t.parquet", "a.csv"):
        data = (folder / name).read_bytes()
        overwrite(folder / name, data[:-1] + bytes([data[-1] ^ 1]))
    with pytest.raises(CorruptVersion, match=r"t\.parquet"):
        version.table("t")
    with pytest.raises(CorruptVersion, match=r"a\.csv"):
        version.file("a.csv")
    with pytest.raises(CorruptVersion, match=r"a\.csv"):
        version.verify()


def test_a_file_is_hashed_once(lake: Lake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed = []
    original = read.sha256_of_file
    monkeypatch.setattr(read, "sha256_of_file", lambda p: hashed.append(p.name) or original(p))
    for _ in range(3):
        version = promoted(lake, "marts", "2016")
        assert version is not None
        version.file("a.csv")
    assert hashed == ["a.csv"]


def test_an_unknown_table_is_said_with_what_there_is(lake: Lake, folder: Path) -> None:
    version = promoted(lake, "marts", "2016")
    assert version is not None
    with pytest.raises(LakeError, match=r"has no w\.parquet; it has a\.csv, t\.parquet"):
        version.table("w")
    with pytest.raises(LakeError, match=r"has no \.\./x"):
        version.file("../x")


def test_a_version_is_found_by_its_content_even_if_it_is_not_current(
    lake: Lake, folder: Path
) -> None:
    current = promoted(lake, "marts", "2016")
    assert current is not None
    earlier = next(path for path in folder.parent.iterdir() if path != folder)
    sha256 = read.open_version(lake.place("marts", "2016"), earlier.name).content_sha256
    found = version_with(lake, "marts", "2016", sha256)
    assert found is not None
    assert (found.path, found.counter) == (earlier, 1)
    assert version_with(lake, "marts", "2016", current.content_sha256) == current
    rollback(lake, "marts", "2016", 1)
    assert version_with(lake, "marts", "2016", current.content_sha256) == current


def test_content_that_is_not_held_is_not_found(lake: Lake, folder: Path) -> None:
    assert version_with(lake, "marts", "2016", "0" * 64) is None
    assert version_with(lake, "marts", "2017", "0" * 64) is None
    sha256 = promoted(lake, "marts", "2016").content_sha256  # type: ignore[union-attr]
    lookalike = sha256[:12] + "0" * 52
    assert version_with(lake, "marts", "2016", lookalike) is None
