"""Removing old versions that nothing names, and what dead runs left; a dry run unless told.

Never removed: what a pointer names; the last versions of a place; anything younger than a day; what
is being read (a lease, see `read.reading`); a release that was signed or came after a signature;
and what any kept version was made from, by the hashes in its manifest, and so on back. On doubt
nothing is removed: a kept version whose manifest cannot be read stops the whole.

A place is looked at under its lock. A version leaves by one rename into the staging area, where a
kill leaves it to the next sweep, so that no folder of versions ever holds half a version.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.lake.atomic import sync_folder
from assets.lake.errors import CorruptVersion, LakeError, LockTimeoutError
from assets.lake.faults import point
from assets.lake.journal import SIGNED, recorded
from assets.lake.locks import held
from assets.lake.manifest import NAME, paths_below, read_pointer
from assets.lake.paths import RELEASE, Lake, Place
from assets.lake.read import Version, open_version, promoted_keys, versions_of
from assets.lake.sweep import leftovers, owned_folder, sweep

KEPT_LAST = 5
DAY_SECONDS = 86_400
LOCK_SECONDS = 5.0
RUN = "clean"


@dataclass(frozen=True)
class Found:
    """A folder and what becomes of it: `why` it stays, or None if it goes. `bytes` it holds."""

    path: Path
    bytes: int
    why: str | None


def clean(
    lake: Lake,
    *,
    remove: bool = False,
    older_than_days: float = 1,
    say: Callable[[str], None] = lambda line: None,
) -> list[Found]:
    """Every version that is not current, and every leftover of dead runs, with its verdict; those
    without a reason to stay are removed if `remove`.

    LakeError for less than a day. CorruptVersion names a manifest, pointer or journal that cannot
    be read, with nothing removed. A place that is being built stays as it is.
    """
    if older_than_days < 1:
        raise LakeError("nothing younger than a day is ever removed; give 1 day or more")
    oldest = time.time() - older_than_days * DAY_SECONDS
    with ExitStack() as locks:
        free = [place for place in _places(lake) if _lock(locks, place, say)]
        verdicts = _verdicts(lake, {place.versions for place in free}, oldest)
        found = [_removed(lake, one) if remove else _probed(one) for one in verdicts]
    swept = sweep(lake) if remove else leftovers(lake)
    return [*found, *(Found(path, 0, None) for path in swept)]


def _places(lake: Lake) -> list[Place]:
    """Every place that ever promoted something."""
    units = {path.name for path in lake.pointers.glob("*") if path.is_dir()}
    named = [(unit, key) for unit in sorted(units) for key in promoted_keys(lake, unit)]
    named += [(RELEASE, key) for key in promoted_keys(lake, RELEASE)]
    return [lake.place(unit, key) for unit, key in named]


def _lock(locks: ExitStack, place: Place, say: Callable[[str], None]) -> bool:
    try:
        locks.enter_context(held(place.lock, RUN, timeout=LOCK_SECONDS, on_wait=say))
    except LockTimeoutError:
        say(f"{place} is being built and stays as it is")
        return False
    return True


def _verdicts(lake: Lake, free: set[Path], oldest: float) -> list[Found]:
    """What is not current, place by place, oldest first. `free` are the folders under our lock."""
    stays: dict[Path, str] = {}
    everything: dict[Path, tuple[Place, str]] = {}
    for place in _places(lake):
        names = versions_of(place)
        everything |= {place.versions / name: (place, name) for name in names.values()}
        for counter, name in names.items():
            path = place.versions / name
            why = None if place.versions in free else "is being built"
            why = why or _why(place, counter, names, path, oldest)
            if why:
                stays[path] = why
    made_from = _reached(everything, stays)
    pointed = {path for path, why in stays.items() if why == "current"}
    return [
        Found(path, _size(path), stays.get(path) or made_from.get(path))
        for path in everything
        if path not in pointed
    ]


def _why(
    place: Place, counter: int, names: dict[int, str], path: Path, oldest: float
) -> str | None:
    """Why a version has to stay by itself, None if nothing speaks for it."""
    pointer = read_pointer(place)
    if pointer and pointer.counter == counter:
        return "current"
    highest = pointer.highest if pointer else 0
    published = sorted(number for number in names if number <= highest)
    if counter in published[-KEPT_LAST:]:
        return f"one of the last {KEPT_LAST}"
    if place.journal and counter in _answered_for(place):
        return "signed, or published after a signature"
    try:
        young = (path / NAME).stat().st_mtime > oldest
    except OSError:
        young = path.stat().st_mtime > oldest
    return "not old enough" if young else None


def _answered_for(place: Place) -> set[int]:
    """Counters of releases with a signed content, and of all after the first signature."""
    entries = recorded(place)
    signed = {entry.content_sha256 for entry in entries if entry.kind == SIGNED}
    first = min((entry.no for entry in entries if entry.kind == SIGNED), default=len(entries) + 1)
    return {e.counter for e in entries if e.content_sha256 in signed or e.no > first}


def _reached(everything: dict[Path, tuple[Place, str]], stays: dict[Path, str]) -> dict[Path, str]:
    """What versions that stay were made from, as their manifests name it by content."""
    opened: dict[Path, Version] = {}
    for path, (place, name) in everything.items():
        try:
            opened[path] = open_version(place, name)
        except CorruptVersion:
            if path in stays:
                raise
    by_content: dict[str, list[Path]] = {}
    for path, version in opened.items():
        by_content.setdefault(version.content_sha256, []).append(path)
    reached: dict[Path, str] = {}
    open_ends = list(stays)
    while open_ends:
        version = opened[open_ends.pop()]
        said = f"{version.unit} {version.key} {version.counter} is made from it"
        for sha256 in version.manifest["inputs"].values():
            for path in by_content.get(sha256, []):
                if path not in stays and path not in reached:
                    reached[path] = said
                    open_ends.append(path)
    unreadable = [path for path in everything if path not in opened]
    return {**reached, **dict.fromkeys(unreadable, "cannot be read; look at it by hand")}


def _size(path: Path) -> int:
    return sum(file.lstat().st_size for file in paths_below(path)[0])


@contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Whether nobody reads the version, and nobody begins to for the length of the block."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield True
    except BlockingIOError:
        yield False
    finally:
        os.close(descriptor)


def _probed(found: Found) -> Found:
    if found.why is None:
        with _alone(found.path) as alone:
            return found if alone else Found(found.path, found.bytes, "is being read")
    return found


def _removed(lake: Lake, found: Found) -> Found:
    if found.why is not None:
        return found
    with _alone(found.path) as alone:
        if not alone:
            return Found(found.path, found.bytes, "is being read")
        with owned_folder(lake, lake.stage / RUN, "old.") as folder:
            point("clean.before_rename")
            os.rename(found.path, folder / found.path.name)
            point("clean.after_rename")
            sync_folder(found.path.parent)
    return found
