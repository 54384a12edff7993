"""Folders that live no longer than the process that made them, and removing those of the dead.

Each holds a file `.lock` that its owner keeps locked; a free lock means a dead owner. Making
and removing happen under one lock, so that a folder is never seen half made.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from assets.lake.atomic import ensure_folder
from assets.lake.errors import LakeError
from assets.lake.locks import held, try_lock
from assets.lake.paths import Lake, checked_name

LOCK = ".lock"
#: A run folder with this file was kept on purpose and is never swept.
KEEP = ".keep"
TIMEOUT_SECONDS = 60.0


def sweep(lake: Lake) -> list[Path]:
    """Remove what dead runs left under stage/ and runs/; return the removed folders, sorted.

    Folders of living processes and run folders kept on purpose are not touched.
    """
    with _making_folders(lake):
        removed = [folder for folder in _candidates(lake) if _remove_if_dead(folder)]
        for parent in lake.stage.glob("*"):
            _remove_if_empty(parent)
    return removed


def leftovers(lake: Lake) -> list[Path]:
    """What `sweep` would remove, sorted."""
    with _making_folders(lake):
        return [folder for folder in _candidates(lake) if _is_dead(folder)]


def _candidates(lake: Lake) -> list[Path]:
    return sorted([*lake.stage.glob("*/*"), *lake.runs.glob("*")])


@contextmanager
def run_folder(lake: Lake, run_id: str, *, keep: bool = False) -> Iterator[Path]:
    """runs/<run_id>/ for the scratch files of one run, removed at the end unless `keep`.

    What a dead process left under the same run id is removed first. LakeError if the run id
    is in use by a living process or names a kept folder.
    """
    folder = lake.runs / checked_name("run id", run_id)
    with _making_folders(lake):
        if folder.exists() and not _remove_if_dead(folder):
            raise LakeError(f"{folder} is in use or was kept; remove it or choose another run id")
        folder.mkdir(parents=True)
        descriptor = _own(folder)
    try:
        yield folder
    finally:
        if keep:
            (folder / KEEP).touch()
        else:
            with _making_folders(lake):
                shutil.rmtree(folder)
        os.close(descriptor)


@contextmanager
def owned_folder(lake: Lake, parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder below `parent` that this process owns, removed at the end."""
    with _making_folders(lake):
        ensure_folder(parent)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        descriptor = _own(folder)
    try:
        yield folder
    finally:
        with _making_folders(lake):
            shutil.rmtree(folder)
            _remove_if_empty(parent)
        os.close(descriptor)


def _making_folders(lake: Lake) -> AbstractContextManager[None]:
    return held(lake.locks / "folders.lock", "folders", timeout=TIMEOUT_SECONDS)


def _own(folder: Path) -> int:
    descriptor = try_lock(folder / LOCK)
    if descriptor is None:
        raise LakeError(f"{folder} was taken by another process while it was being made")
    return descriptor


def _remove_if_dead(folder: Path) -> bool:
    descriptor = _owner_of_dead(folder)
    if descriptor is None:
        return False
    shutil.rmtree(folder)
    os.close(descriptor)
    return True


def _is_dead(folder: Path) -> bool:
    descriptor = _owner_of_dead(folder)
    if descriptor is not None:
        os.close(descriptor)
    return descriptor is not None


def _owner_of_dead(folder: Path) -> int | None:
    """The lock of a folder that nobody owns, None if it is owned or kept."""
    if not folder.is_dir() or (folder / KEEP).exists():
        return None
    return try_lock(folder / LOCK)


def _remove_if_empty(folder: Path) -> None:
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
