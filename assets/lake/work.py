"""What was read from one large file, kept so that nobody reads the file twice.

Belongs here: folders under work/ that are there as a whole or not at all, and removing those that
are no longer wanted. They are derived from the intake and may be deleted at any time; what was
promoted holds its own links to the files. Does not belong here: what the files say.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from assets.lake.atomic import ensure_folder, sync_file, sync_folder
from assets.lake.faults import point
from assets.lake.manifest import paths_below
from assets.lake.paths import Lake, checked_name
from assets.lake.sweep import owned_folder


def kept(lake: Lake, area: str, name: str) -> Path | None:
    """The folder of that name, None if it has not been made yet."""
    folder = _folder(lake, area, name)
    return folder if folder.is_dir() else None


@contextmanager
def make_kept(lake: Lake, area: str, name: str) -> Iterator[Path]:
    """A folder to write into; at the end of the block it is kept, durable and complete.

    After an error or a kill nothing is kept. If another process kept the same folder meanwhile,
    that one stands: the same input gives the same bytes.
    """
    target = _folder(lake, area, name)
    with owned_folder(lake, lake.stage / "work", f"{area}.") as folder:
        path = folder / "files"
        path.mkdir()
        yield path
        files, folders = paths_below(path)
        for file in files:
            sync_file(file)
        for each in folders:
            sync_folder(each)
        ensure_folder(target.parent)
        point("work.before_rename")
        try:
            os.rename(path, target)
        except OSError:
            if not target.is_dir():
                raise
        point("work.after_rename")
        sync_folder(target.parent)


def prune_kept(lake: Lake, area: str, wanted: Callable[[str], bool]) -> list[str]:
    """Remove the folders of an area whose name is not wanted; their names, sorted."""
    folder = lake.work / checked_name("area", area)
    unwanted = sorted(
        path.name for path in folder.glob("*") if path.is_dir() and not wanted(path.name)
    )
    for name in unwanted:
        shutil.rmtree(folder / name)
    return unwanted


def _folder(lake: Lake, area: str, name: str) -> Path:
    return lake.work / checked_name("area", area) / checked_name("name", name)
