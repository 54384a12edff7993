"""Where things are under the lake's root. Names only; nothing here touches the disk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assets.lake.errors import LakeError

#: The unit whose versions are sealed releases and live under `releases/`.
RELEASE = "release"

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


def checked_name(what: str, name: str) -> str:
    """`name` if it can safely be part of a path, else LakeError that says `what` it was."""
    if not _NAME.fullmatch(name):
        raise LakeError(
            f"{what} {name!r} is not usable: letters, digits, _ and - only, 1 to 100 of them"
        )
    return name


@dataclass(frozen=True)
class Lake:
    """The lake under `root`. Folders are made when something is first written to them."""

    root: Path

    @property
    def objects(self) -> Path:
        return self.root / "intake" / "objects"

    @property
    def records(self) -> Path:
        return self.root / "intake" / "records"

    @property
    def stage(self) -> Path:
        return self.root / "stage"

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    @property
    def pointers(self) -> Path:
        return self.root / "pointers"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def vintages(self) -> Path:
        return self.root / "vintages"

    @property
    def crawl(self) -> Path:
        return self.root / "crawl"

    @property
    def work(self) -> Path:
        return self.root / "work"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    @property
    def locks(self) -> Path:
        return self.root / "locks"

    def place(self, unit: str, key: str) -> Place:
        """Where versions of (unit, key) live; `release` has its own layout."""
        checked_name("unit", unit)
        checked_name("key", key)
        locks = self.locks / unit
        if unit == RELEASE:
            versions = self.releases / key
            return Place(
                unit=unit,
                key=key,
                versions=versions,
                pointer=versions / "current.json",
                lock=locks / f"{key}.lock",
                fence=locks / f"{key}.fence.json",
                prefix="v",
                counter_digits=4,
                hash_digits=8,
                journal=self.vintages / key / "journal.jsonl",
            )
        return Place(
            unit=unit,
            key=key,
            versions=self.versions / unit / key,
            pointer=self.pointers / unit / f"{key}.json",
            lock=locks / f"{key}.lock",
            fence=locks / f"{key}.fence.json",
        )


@dataclass(frozen=True)
class Place:
    """The paths of one (unit, key), and how its version folders are named. Only releases have a
    journal of who moved the pointer when and why."""

    unit: str
    key: str
    versions: Path
    pointer: Path
    lock: Path
    fence: Path
    prefix: str = ""
    counter_digits: int = 6
    hash_digits: int = 12
    journal: Path | None = None

    def __str__(self) -> str:
        return f"{self.unit} {self.key}"

    def version_name(self, counter: int, content_sha256: str) -> str:
        """Folder name of a version, such as 000002-1f0c4d5e6a7b or v0002-1f0c4d5e."""
        return (
            f"{self.prefix}{counter:0{self.counter_digits}d}-{content_sha256[: self.hash_digits]}"
        )

    def counter_of(self, version_name: str) -> int | None:
        """The counter in a version's folder name, or None for a foreign name."""
        match = re.fullmatch(
            rf"{self.prefix}(\d{{{self.counter_digits},}})-[0-9a-f]{{{self.hash_digits}}}",
            version_name,
        )
        return int(match[1]) if match else None
