"""Reading what was promoted, verified: pointer -> manifest -> exactly the files it names.

Never lists a folder to find data. Belongs here: reading only; nothing here writes.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.lake import parquet
from assets.lake.atomic import canonical_json, sha256_of, sha256_of_file
from assets.lake.errors import CorruptVersion, LakeError
from assets.lake.manifest import NAME, FileFacts, content_of, is_as_sealed, read_pointer
from assets.lake.paths import RELEASE, Lake, Place, checked_name

if TYPE_CHECKING:
    import pyarrow as pa

#: Files already verified by this process: (path, sha256, size, modification time, inode).
_verified: set[tuple[Path, str, int, int, int]] = set()


@dataclass(frozen=True)
class Version:
    """One promoted version. The manifest is verified when this is made, a file when it is read.

    `path` is the version's folder; `manifest` the parsed manifest.json.
    """

    unit: str
    key: str
    counter: int
    path: Path
    manifest_sha256: str
    manifest: dict[str, Any]

    @property
    def content_sha256(self) -> str:
        """Hash of what the version holds and was made from; does not depend on the counter."""
        return str(self.manifest["content_sha256"])

    @cached_property
    def files(self) -> dict[str, FileFacts]:
        """Facts of each file by name, in the manifest's order."""
        return {entry["name"]: FileFacts(**entry) for entry in self.manifest["files"]}

    def names(self, table: str) -> list[str]:
        """The files that hold a table: one, or its parts in order. LakeError if there is none."""
        parts = [name for name in self.files if name.startswith(f"{table}/")]
        return parts or [self._facts(f"{table}.parquet").name]

    def paths(self, table: str) -> list[Path]:
        """Paths of the files that hold a table, each verified as by `file`."""
        return [self.file(name) for name in self.names(table)]

    def table(self, name: str) -> pa.Table:
        """The table of that name (without .parquet), from bytes verified in this very call.

        For tables that are one file. CorruptVersion names the file if it is missing or changed;
        LakeError if the version has no such table.
        """
        facts = self._facts(f"{name}.parquet")
        path = self.path / facts.name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise self.corrupt(path, error.strerror) from error
        if sha256_of(data) != facts.sha256:
            raise self.corrupt(path, "its content is not what was promoted")
        return parquet.decode(data)

    def file(self, name: str) -> Path:
        """Path of a file of the version, verified once per process unless the file's size,
        time or inode changes. Errors as for `table`."""
        facts = self._facts(name)
        path = self.path / facts.name
        try:
            status = path.stat()
        except OSError as error:
            raise self.corrupt(path, error.strerror) from error
        seen = (path, facts.sha256, status.st_size, status.st_mtime_ns, status.st_ino)
        if seen not in _verified:
            self._check(facts)
            _verified.add(seen)
        return path

    def verify(self) -> None:
        """Read and check every file now. CorruptVersion names the first that is not right."""
        for facts in self.files.values():
            self._check(facts)

    def _check(self, facts: FileFacts) -> None:
        path = self.path / facts.name
        try:
            intact = sha256_of_file(path) == facts.sha256
        except OSError as error:
            raise self.corrupt(path, error.strerror) from error
        if not intact:
            raise self.corrupt(path, "its content is not what was promoted")

    def _facts(self, name: str) -> FileFacts:
        if name not in self.files:
            raise LakeError(
                f"{self.unit} {self.key} version {self.counter} has no {name}; "
                f"it has {', '.join(self.files)}"
            )
        return self.files[name]

    def corrupt(self, path: Path, reason: str | None) -> CorruptVersion:
        """The error for a path of the version that is not as promoted."""
        return CorruptVersion(f"{path}: {reason}; build {self.unit} {self.key} again, or roll back")


def promoted(lake: Lake, unit: str, key: str) -> Version | None:
    """The current version of (unit, key), None before the first promotion.

    CorruptVersion names the pointer or manifest if either is damaged or missing.
    """
    return current_version(lake.place(unit, key))


def version_with(lake: Lake, unit: str, key: str, content_sha256: str) -> Version | None:
    """The version of (unit, key) that holds exactly this content, current or earlier: what
    another version was made from. None if there is none any more.

    CorruptVersion if its manifest is damaged.
    """
    place = lake.place(unit, key)
    pointer = read_pointer(place)
    for counter in range(0 if pointer is None else pointer.highest, 0, -1):
        name = place.version_name(counter, content_sha256)
        if (place.versions / name).is_dir():
            version = open_version(place, name)
            if version.content_sha256 == content_sha256:
                return version
    return None


def promoted_keys(lake: Lake, unit: str) -> list[str]:
    """Keys of a unit that have a current version, sorted."""
    checked_name("unit", unit)
    if unit == RELEASE:
        return sorted(path.parent.name for path in lake.releases.glob("*/current.json"))
    return sorted(path.stem for path in (lake.pointers / unit).glob("*.json"))


def current_version(place: Place) -> Version | None:
    """As `promoted`, for a place."""
    pointer = read_pointer(place)
    if pointer is None:
        return None
    version = open_version(place, pointer.version)
    if version.manifest_sha256 != pointer.manifest_sha256:
        raise CorruptVersion(
            f"{version.path / NAME}: is not the manifest that {place.pointer} names; "
            f"build {place} again, or roll back"
        )
    return version


def versions_of(place: Place) -> dict[int, str]:
    """Folder names of all versions of a place by counter, published or not. To see what there is;
    data is read by the pointer."""
    if not place.versions.is_dir():
        return {}
    names = {place.counter_of(path.name): path.name for path in place.versions.iterdir()}
    return {counter: name for counter, name in names.items() if counter is not None}


@contextmanager
def reading(version: Version) -> Iterator[Version]:
    """A lease: for the length of the block no clean-up removes the version.

    A shared flock on the version's folder; the kernel ends it with the process. CorruptVersion if
    the version was removed before the lease was had.
    """
    try:
        descriptor = os.open(version.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise version.corrupt(version.path, error.strerror) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not version.path.exists():
            raise version.corrupt(version.path, "was removed by a clean-up")
        yield version
    finally:
        os.close(descriptor)


def open_version(place: Place, name: str) -> Version:
    """A version by its folder's name. CorruptVersion unless its manifest is exactly what was
    written for this place, counter and content."""
    path = place.versions / name
    try:
        data = (path / NAME).read_bytes()
    except OSError:
        data = b""
    counter, manifest = parse_manifest(place, name, data, str(path / NAME))
    return Version(place.unit, place.key, counter, path, sha256_of(data), manifest)


def parse_manifest(place: Place, name: str, data: bytes, where: str) -> tuple[int, dict[str, Any]]:
    """(counter, manifest) of version `name` from the bytes of its manifest, which are from `where`.

    CorruptVersion unless they are exactly what was written for this place, counter and content.
    """
    try:
        manifest = json.loads(data)
        counter = manifest["counter"]
        content_sha256 = sha256_of(canonical_json(content_of(manifest)))
        intact = (
            is_as_sealed(data, manifest)
            and manifest["content_sha256"] == content_sha256
            and (manifest["unit"], manifest["key"]) == (place.unit, place.key)
            and place.version_name(counter, content_sha256) == name
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        intact = False
    if not intact:
        raise CorruptVersion(
            f"{where}: is missing or not what was promoted; build {place} again, or roll back"
        )
    return counter, manifest
