"""Publishing a staged folder by one pointer replacement, and pointing back.

The order is: hash, seal read-only, manifest, fsync files and folders, hash again, fence, rename
into place, fsync, fence, pointer. Until the pointer is replaced readers see the old version;
afterwards the new one; there is no moment in between. Nothing that was ever published is
written again. Where a place has a journal, the entry is written just before the pointer moves and
put in place just after, and what was signed does not change without a reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assets.lake import journal
from assets.lake.atomic import (
    READ_ONLY,
    checked_json,
    ensure_folder,
    sha256_of_file,
    sync_file,
    sync_folder,
    write_durable,
)
from assets.lake.errors import CorruptVersion, LakeError, StageError
from assets.lake.faults import point
from assets.lake.journal import PUBLISHED, ROLLED_BACK, Because
from assets.lake.locks import Fence, held, raise_fence
from assets.lake.manifest import (
    NAME,
    FileFacts,
    Pointer,
    content,
    describe,
    paths_below,
    read_pointer,
    seal,
)
from assets.lake.paths import Lake, Place
from assets.lake.read import Version, current_version, open_version, versions_of


@dataclass(frozen=True)
class Promotion:
    """The outcome of a promotion. `unchanged` means that the current version already had this
    content and nothing was written. `path` is the folder of the current version."""

    unit: str
    key: str
    counter: int
    path: Path
    content_sha256: str
    manifest_sha256: str
    unchanged: bool


def publish(
    fence: Fence,
    folder: Path,
    inputs: Mapping[str, str],
    code_version: str,
    facts: Mapping[str, Any],
    because: Because | None = None,
) -> Promotion:
    """Make a staged folder the current version of the fence's place; the caller holds its lock.

    Superseded if a later run has raised the fence, StageError for what may not be promoted,
    Unreasoned for a change of what was signed without a reason, OSError if the disk refuses. After
    any of these the pointer is as it was before, but for an OSError as the journal was put in
    place, which the next call settles. `because` is the run's unless given.
    A damaged current version does not stop a promotion: the new version repairs it.
    """
    place = fence.place
    because = because or Because(f"run {fence.run_id}")
    if place.journal:
        journal.settle(place)
    point("promote.before_hash")
    files = describe(folder)
    sealed = content(place, files, inputs, code_version, facts)
    content_sha256 = sealed["content_sha256"]
    current, highest = _standing(place)
    if current and current.content_sha256 == content_sha256 and _is_intact(current):
        return _promotion(current, unchanged=True)
    if place.journal:
        journal.demand_reason(place, because, content_sha256)
    version = _left_behind(place, highest, content_sha256)
    if version is None:
        counter = 1 + max((highest, *versions_of(place)))
        manifest = seal(sealed, counter)
        name = place.version_name(counter, content_sha256)
        version = _put_in_place(fence, folder, files, manifest, name)
    tell = partial(journal.propose, place, PUBLISHED, version, because) if place.journal else None
    _make_current(fence, version, version.counter, tell)
    return _promotion(version, unchanged=False)


def adopt(
    fence: Fence, folder: Path, manifest: bytes, pointer: Pointer, told: bytes | None = None
) -> Version:
    """Make a version that another lake has promoted the current one here, with the same name,
    manifest and pointer; the caller holds the lock of the fence's place.

    `folder` holds its files; it is not looked at if this lake has that version already. `told` is
    the other lake's journal, which goes on where this one is and tells of the version.
    Superseded, StageError, OSError as for `publish`; CorruptVersion if the version that this
    lake has is damaged.
    """
    place = fence.place
    if (place.versions / pointer.version).exists():
        version = open_version(place, pointer.version)
        version.verify()
    else:
        version = _put_in_place(fence, folder, describe(folder), manifest, pointer.version)
    tell = None if told is None else partial(journal.propose_whole, place, told)
    _make_current(fence, version, pointer.highest, tell)
    return version


def rollback(
    lake: Lake,
    unit: str,
    key: str,
    counter: int,
    because: Because | None = None,
    *,
    timeout: float = 600.0,
) -> Promotion:
    """Point (unit, key) back at an earlier published version, after checking all its files.

    LakeError if that counter was never published, CorruptVersion if the version is damaged,
    Unreasoned for a change of what was signed without a reason.
    The next promotion still gets a counter above every earlier one.
    """
    place = lake.place(unit, key)
    because = because or Because("rollback")
    with held(place.lock, "rollback", timeout=timeout):
        if place.journal:
            journal.settle(place)
        pointer = read_pointer(place)
        highest = pointer.highest if pointer else 0
        published = {c: n for c, n in versions_of(place).items() if c <= highest}
        if pointer is None or counter not in published:
            known = ", ".join(str(c) for c in sorted(published)) or "none"
            raise LakeError(f"{place} has no published version {counter}; published: {known}")
        version = open_version(place, published[counter])
        version.verify()
        if place.journal:
            journal.demand_reason(place, because, version.content_sha256)
        raise_fence(place, "rollback")
        told = partial(journal.propose, place, ROLLED_BACK, version, because)
        _point_at(place, version, pointer.highest, told if place.journal else None)
    return _promotion(version, unchanged=False)


def _standing(place: Place) -> tuple[Version | None, int]:
    """The current version if it can be opened, and the highest counter known as published."""
    highest = 0
    try:
        pointer = read_pointer(place)
        highest = pointer.highest if pointer else 0
        return current_version(place), highest
    except CorruptVersion:
        return None, highest


def _is_intact(version: Version) -> bool:
    try:
        version.verify()
    except CorruptVersion:
        return False
    return True


def _left_behind(place: Place, highest: int, content_sha256: str) -> Version | None:
    """The same content, put in place by a run that died before it could replace the pointer."""
    for counter, name in sorted(versions_of(place).items()):
        if counter > highest:
            try:
                version = open_version(place, name)
                if version.content_sha256 == content_sha256:
                    version.verify()
                    return version
            except CorruptVersion:
                continue
    return None


def _put_in_place(
    fence: Fence, folder: Path, files: list[FileFacts], manifest: bytes, name: str
) -> Version:
    place = fence.place
    _seal(folder, files, manifest)
    fence.check()
    ensure_folder(place.versions)
    point("promote.before_rename")
    os.rename(folder, place.versions / name)
    point("promote.after_rename")
    return open_version(place, name)


def _make_current(
    fence: Fence, version: Version, highest: int, tell: Callable[[], None] | None
) -> None:
    place = fence.place
    sync_folder(place.versions)
    point("promote.after_sync")
    fence.check()
    _point_at(place, version, highest, tell)


def _seal(folder: Path, files: list[FileFacts], manifest: bytes) -> None:
    """Manifest, read-only, durable; then make sure that nobody wrote in the meantime."""
    write_durable(folder / NAME, [manifest], "manifest")
    paths, folders = paths_below(folder)
    for path in paths:
        path.chmod(READ_ONLY)
        point("promote.before_file_sync")
        sync_file(path)
    for path in folders:
        point("promote.before_folder_sync")
        sync_folder(path)
    point("promote.before_recheck")
    expected = {folder / f.name: f.sha256 for f in files}
    found = {path: sha256_of_file(path) for path in paths_below(folder)[0] if path.name != NAME}
    if found != expected:
        changed = sorted(str(p) for p, _ in expected.items() ^ found.items())
        raise StageError(f"{changed[0]} changed while it was promoted; nothing was published")


def _point_at(
    place: Place, version: Version, highest: int, tell: Callable[[], None] | None
) -> None:
    """Move the pointer; `tell` writes the journal as it shall be, if the place has one."""
    if tell:
        tell()
    _replace_pointer(place, version, highest)
    if tell:
        journal.record(place)


def _replace_pointer(place: Place, version: Version, highest: int) -> None:
    pointer = Pointer(version.counter, highest, version.path.name, version.manifest_sha256)
    data = checked_json(asdict(pointer))
    try:
        write_durable(place.pointer, [data], "pointer")
    except OSError:
        # Did the replacement happen? The pointer itself is the only witness.
        if not place.pointer.exists() or place.pointer.read_bytes() != data:
            raise
        sync_folder(place.pointer.parent)


def _promotion(version: Version, *, unchanged: bool) -> Promotion:
    return Promotion(
        unit=version.unit,
        key=version.key,
        counter=version.counter,
        path=version.path,
        content_sha256=version.content_sha256,
        manifest_sha256=version.manifest_sha256,
        unchanged=unchanged,
    )
