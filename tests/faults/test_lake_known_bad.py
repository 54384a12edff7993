"""Publishers known to be wrong. A reader that does not catch them would prove nothing."""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from independent_reader import Broken, read_version
from lake_publisher import publish

Writer = Callable[[Path, bytes], Iterator[None]]


def in_place(path: Path, data: bytes) -> Iterator[None]:
    """Overwrite a file where it is, in two pieces."""
    with path.open("wb") as stream:
        yield
        stream.write(data[: len(data) // 2])
        stream.flush()
        yield
        stream.write(data[len(data) // 2 :])
    yield


def each_file_replaced(path: Path, data: bytes) -> Iterator[None]:
    """Replace each file in one step: right file by file, wrong for the set."""
    temporary = path.with_name(f"tmp_{path.name}")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    yield


def pointer_first(new: Path, current: Path, pointer: Path, data: bytes) -> Iterator[None]:
    """Move the pointer before the version that it names is there."""
    pointer.write_bytes(data)
    yield
    shutil.copytree(new, current.parent / new.name)
    yield


def steps_of(write: Writer, new: Path, current: Path, pointer: Path) -> Iterator[None]:
    """Publish `new` over `current` file by file, stopping wherever a kill could come."""
    for path in sorted(new.iterdir()):
        target = current / path.name
        if target.exists():
            target.chmod(0o644)
        yield from write(target, path.read_bytes())
    manifest = (current / "manifest.json").read_bytes()
    value = json.loads(pointer.read_bytes())
    value["counter"] = json.loads(manifest)["counter"]
    value["manifest_sha256"] = hashlib.sha256(manifest).hexdigest()
    yield from write(pointer, json.dumps(value).encode())


def verdicts(root: Path, steps: Iterator[None]) -> list[str]:
    found = []
    for _ in steps:
        try:
            found.append(str(read_version(root)))
        except Broken:
            found.append("broken")
    return found


@pytest.fixture
def lakes(tmp_path: Path) -> tuple[Path, Path, Path, Path]:
    """Root with version 1 and its folder and pointer, and a folder of a version 2 elsewhere."""
    root, other = tmp_path / "root", tmp_path / "other"
    current = publish(root, 1).path
    publish(other, 1)
    return root, current, root / "pointers" / "marts" / "2016.json", publish(other, 2).path


@pytest.mark.parametrize("write", [in_place, each_file_replaced])
def test_file_by_file_publishers_are_caught(
    lakes: tuple[Path, Path, Path, Path], write: Writer
) -> None:
    root, current, pointer, new = lakes
    assert read_version(root) == (1, 1)
    found = verdicts(root, steps_of(write, new, current, pointer))
    assert found[-1] == "(2, 2)"
    assert found.count("broken") == len(found) - 1


def test_a_pointer_moved_too_early_is_caught(lakes: tuple[Path, Path, Path, Path]) -> None:
    root, current, pointer, new = lakes
    data = (new.parents[3] / "pointers" / "marts" / "2016.json").read_bytes()
    assert verdicts(root, pointer_first(new, current, pointer, data)) == ["broken", "(2, 2)"]


def test_rows_of_two_versions_under_a_matching_manifest_are_caught(
    lakes: tuple[Path, Path, Path, Path],
) -> None:
    root, current, pointer, new = lakes
    mixed = (new / "ranks.parquet").read_bytes()
    for name in ("ranks.parquet", "manifest.json"):
        (current / name).chmod(0o644)
    (current / "ranks.parquet").write_bytes(mixed)
    manifest = json.loads((current / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        if entry["name"] == "ranks.parquet":
            entry |= {"sha256": hashlib.sha256(mixed).hexdigest(), "bytes": len(mixed)}
    data = json.dumps(manifest).encode()
    (current / "manifest.json").write_bytes(data)
    value = json.loads(pointer.read_bytes())
    pointer.write_text(json.dumps({**value, "manifest_sha256": hashlib.sha256(data).hexdigest()}))
    with pytest.raises(Broken, match="rows of another version"):
        read_version(root)
