"""What a version consists of: the manifest that seals it and the pointer that names it.

Both are canonical JSON without times, run ids or paths, so that the same content at the same
counter has the same bytes in every lake.
"""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from assets.lake import parquet
from assets.lake.atomic import (
    canonical_json,
    checked_json,
    parse_checked_json,
    sha256_of,
    sha256_of_file,
)
from assets.lake.errors import CorruptVersion, StageError
from assets.lake.paths import Place

NAME = "manifest.json"


@dataclass(frozen=True)
class FileFacts:
    """One file of a version. `name` is relative with `/`; rows and schema are None for a file
    that is not Parquet."""

    name: str
    sha256: str
    bytes: int
    rows: int | None
    schema_sha256: str | None


@dataclass(frozen=True)
class Pointer:
    """The current version. `highest` is the highest counter ever published, which is above
    `counter` after a rollback."""

    counter: int
    highest: int
    version: str
    manifest_sha256: str


def checked_file_name(name: str) -> str:
    """A usable name inside a version, else StageError: relative, `/` between parts, NFC."""
    parts = PurePosixPath(name).parts
    if (
        not parts
        or "/".join(parts) != name
        or name.startswith("/")
        or any(part.startswith(".") for part in parts)
        or "\\" in name
        or any(unicodedata.category(character) in ("Cc", "Cs") for character in name)
        or unicodedata.normalize("NFC", name) != name
    ):
        raise StageError(
            f"{name!a} is not a usable file name: relative, parts between single /, none "
            f"beginning with a dot, no backslash or control character, NFC"
        )
    if name == NAME:
        raise StageError(f"{NAME} is written by promote; choose another name")
    return name


def paths_below(folder: Path) -> tuple[list[Path], list[Path]]:
    """(files, folders) below a folder, sorted, each folder after what it holds, itself last.

    StageError for anything that is neither a plain file nor a folder.
    """
    files, folders = [], []
    for parent, names, others in os.walk(folder, topdown=False):
        folders.append(Path(parent))
        for name in (*names, *others):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if stat.S_ISREG(mode):
                files.append(path)
            elif not stat.S_ISDIR(mode):
                raise StageError(f"{path} is a link or device; stage plain files only")
    return sorted(files), folders


def describe(folder: Path) -> list[FileFacts]:
    """Facts of every file below a staged folder, sorted by name. StageError if there is none,
    a name is not usable, or a .parquet file is not Parquet."""
    facts = []
    for path in paths_below(folder)[0]:
        name = checked_file_name(path.relative_to(folder).as_posix())
        rows, schema_sha256 = None, None
        if path.suffix == ".parquet":
            try:
                rows, schema_sha256 = parquet.shape(path)
            except ValueError as error:  # pyarrow.ArrowInvalid is one
                raise StageError(f"{name} is not readable as Parquet: {error}") from error
        facts.append(
            FileFacts(name, sha256_of_file(path), path.stat().st_size, rows, schema_sha256)
        )
    if not facts:
        raise StageError(f"nothing was staged in {folder}; write a table or a file first")
    return sorted(facts, key=lambda f: f.name)


def content(
    place: Place,
    files: list[FileFacts],
    inputs: Mapping[str, str],
    code_version: str,
    facts: Mapping[str, Any],
) -> dict[str, Any]:
    """The manifest without its counter, with `content_sha256` over all the rest."""
    value = {
        "unit": place.unit,
        "key": place.key,
        "files": [asdict(file) for file in files],
        "inputs": dict(inputs),
        "code_version": code_version,
        "facts": dict(facts),
    }
    try:
        return {**value, "content_sha256": sha256_of(canonical_json(value))}
    except (TypeError, ValueError) as error:
        raise StageError(
            f"inputs and facts must be plain JSON (decimals as text): {error}"
        ) from error


def seal(content: Mapping[str, Any], counter: int) -> bytes:
    """The bytes of manifest.json: what `content` gives, its counter, and a hash over both."""
    return checked_json({**content, "counter": counter})


def content_of(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a manifest that its `content_sha256` is over: all but counter and hashes."""
    return {k: v for k, v in manifest.items() if k not in ("counter", "content_sha256", "check")}


def is_as_sealed(data: bytes, manifest: Mapping[str, Any]) -> bool:
    """Whether `data` spells `manifest` as `seal` does, or as it was done before the counter had a
    hash."""
    unchecked = {k: v for k, v in manifest.items() if k != "check"}
    return data == (checked_json(unchecked) if "check" in manifest else canonical_json(unchecked))


def read_pointer(place: Place) -> Pointer | None:
    """The pointer of a place, None before the first promotion. CorruptVersion if damaged."""
    try:
        return parse_pointer(place, place.pointer.read_bytes(), str(place.pointer))
    except FileNotFoundError:
        return None


def parse_pointer(place: Place, data: bytes, where: str) -> Pointer:
    """The pointer of a place from its bytes, which are from `where`. CorruptVersion if damaged."""
    try:
        pointer = Pointer(**parse_checked_json(data, where))
        named = place.counter_of(pointer.version)
    except (ValueError, TypeError) as error:
        raise CorruptVersion(f"{error}; build {place} again") from error
    if named != pointer.counter:
        raise CorruptVersion(f"{where} names no version of {place}; build {place} again")
    return pointer
