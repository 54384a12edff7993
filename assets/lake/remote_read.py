"""Reading the remote copy, verified: pointer -> manifest -> exactly the files it names.

For analysts and engines that read the bucket itself; a lake on a disk is read by `promoted`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from assets.lake import parquet
from assets.lake.atomic import sha256_of, sha256_of_chunks
from assets.lake.errors import CorruptVersion, LakeError
from assets.lake.manifest import NAME, FileFacts, Pointer, checked_file_name, parse_pointer
from assets.lake.paths import Place
from assets.lake.progress import Listener, Meter
from assets.lake.read import parse_manifest
from assets.lake.remote import Remote
from assets.lake.standing import NAMES, parse_record, remote_holding

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class RemoteVersion:
    """The current version of a place as the remote has it. The manifest is verified when this is
    made, a file when it is read."""

    remote: Remote
    place: Place
    pointer: Pointer
    manifest_data: bytes
    manifest: dict[str, Any]

    @cached_property
    def files(self) -> dict[str, FileFacts]:
        """Facts of each file by name, in the manifest's order. StageError for a name that would
        lead out of the version's folder."""
        facts = [FileFacts(**entry) for entry in self.manifest["files"]]
        return {checked_file_name(one.name): one for one in facts}

    def object_name(self, name: str) -> str:
        """The name of the object that holds a file of the version."""
        return (self.place.versions / self.pointer.version / name).as_posix()

    def read(self, name: str) -> bytes:
        """The bytes of a file. CorruptVersion names the object if it is missing or changed."""
        if name not in self.files:
            raise LakeError(f"{self.place} has no {name}; it has {', '.join(self.files)}")
        data = self.remote.read(self.object_name(name))
        if data is None or sha256_of(data) != self.files[name].sha256:
            raise damaged(self.remote, self.object_name(name))
        return data

    def table(self, name: str) -> pa.Table:
        """The table of that name (without .parquet). Errors as for `read`."""
        return parquet.decode(self.read(f"{name}.parquet"))


def read_remote(remote: Remote, unit: str, key: str) -> RemoteVersion | None:
    """The current version of (unit, key) in the remote copy, None if it has none.

    CorruptVersion names the pointer or manifest if either is damaged or missing.
    """
    place = NAMES.place(unit, key)
    name = place.pointer.as_posix()
    data = remote.read(name)
    if data is None:
        return None
    return version_there(remote, place, parse_pointer(place, data, f"{remote.address}/{name}"))


def version_there(remote: Remote, place: Place, pointer: Pointer) -> RemoteVersion:
    """The version that a pointer of the remote names. CorruptVersion as for `read_remote`."""
    name = (place.versions / pointer.version / NAME).as_posix()
    data = remote.read(name) or b""
    _, manifest = parse_manifest(place, pointer.version, data, f"{remote.address}/{name}")
    if sha256_of(data) != pointer.manifest_sha256:
        raise damaged(remote, name)
    return RemoteVersion(remote, place, pointer, data, manifest)


def damaged(remote: Remote, name: str) -> CorruptVersion:
    """The error for an object that is missing or has other bytes than its seal says."""
    return CorruptVersion(
        f"{remote.address.rstrip('/')}/{name}: is missing or not what was pushed; copy the "
        f"file of that name there from a lake that has it, or push to another address"
    )


def damages(remote: Remote, on_progress: Listener | None = None) -> list[str]:
    """Read everything that the remote's records and pointers name; a line for each thing that is
    missing or damaged. RemoteError if the store does not answer."""
    holding = remote_holding(remote)
    wanted: dict[str, tuple[str, int]] = {}
    lines = []
    for sha256, data in holding.records.items():
        record = parse_record(sha256, data, sha256)
        wanted[f"intake/objects/{sha256}"] = (sha256, record["size_bytes"])
    for place, named in holding.pointers.items():
        try:
            version = version_there(remote, place, named.pointer)
            wanted |= {
                version.object_name(n): (f.sha256, f.bytes) for n, f in version.files.items()
            }
        except LakeError as error:
            lines.append(str(error))
    meter = Meter((size for _, size in wanted.values()), on_progress)
    return [*lines, *_damaged_objects(remote, wanted, meter)]


def _damaged_objects(
    remote: Remote, wanted: dict[str, tuple[str, int]], meter: Meter
) -> Iterator[str]:
    for name, (sha256, _) in wanted.items():
        try:
            intact = sha256_of_chunks(meter.passing(remote.chunks(name))) == sha256
        except FileNotFoundError:
            intact = False
        if not intact:
            yield str(damaged(remote, name))
        meter.file_done()
