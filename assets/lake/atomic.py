"""Writing one file so that it is either wholly there or not there, also after a power cut.

Belongs here: bytes, hashes, fsync and rename of single files and folders, and canonical JSON.
Does not belong here: what the files mean.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from assets.lake.faults import point

CHUNK_BYTES = 1 << 20
READ_ONLY = 0o444
_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class ContentChangedError(Exception):
    """The bytes written are not the bytes that were expected; nothing was put in place."""


def chunks_of(path: Path) -> Iterator[bytes]:
    """The bytes of a file in order. OSError for a symlink; a pipe without a writer is empty."""
    with open(os.open(path, _OPEN_FLAGS), "rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield chunk


def sha256_of(data: bytes) -> str:
    """Hex sha256 of bytes."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hex sha256 of a file's content."""
    return sha256_of_chunks(chunks_of(path))


def sha256_of_chunks(chunks: Iterable[bytes]) -> str:
    """Hex sha256 of chunks in order."""
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def canonical_json(value: Any) -> bytes:
    """The one spelling of a JSON value: sorted keys, UTF-8, two-space indent, final newline.

    ValueError or TypeError for what JSON cannot hold (NaN, Decimal, dates): write it as text.
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=2, allow_nan=False)
    return text.encode("utf-8") + b"\n"


def checked_json(value: dict[str, Any]) -> bytes:
    """Canonical JSON that carries its own sha256 under `check`, so that any change shows."""
    return canonical_json({**value, "check": sha256_of(canonical_json(value))})


def read_checked_json(path: Path) -> dict[str, Any]:
    """What `checked_json` wrote, without `check`. ValueError if the file is not exactly that."""
    return parse_checked_json(path.read_bytes(), str(path))


def parse_checked_json(data: bytes, where: str) -> dict[str, Any]:
    """As `read_checked_json`, from bytes; `where` they are from is for the error."""
    try:
        value: dict[str, Any] = json.loads(data)
        del value["check"]
        intact = checked_json(value) == data
    except (ValueError, TypeError, KeyError, RecursionError):
        intact = False
    if not intact:
        raise ValueError(f"{where} is damaged: it is not what was written")
    return value


def sync_file(path: Path) -> None:
    """Make a file's content durable."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Make a folder's entries (creations, renames) durable."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def ensure_folder(path: Path) -> Path:
    """Make a folder and its parents, each durable; fine if it is there already."""
    if not path.is_dir():
        ensure_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync_folder(path.parent)
    return path


def write_durable(
    path: Path,
    chunks: Iterable[bytes],
    label: str,
    *,
    mode: int = 0o644,
    expected_sha256: str | None = None,
) -> None:
    """Put a file in place in one step: temporary name, fsync, os.replace, fsync of the folder.

    The caller holds the lock of `path`, so the temporary name is fixed and one left behind by
    a killed process is written over. `label` names the fault points. After an OSError the
    caller cannot know whether the replacement happened and must look.
    ContentChangedError if `expected_sha256` is given and the bytes are others; nothing is replaced.
    """
    ensure_folder(path.parent)
    temporary = path.with_name(f".{path.name}.tmp")
    digest = hashlib.sha256()
    point(f"{label}.before_write")
    try:
        temporary.unlink(missing_ok=True)
        with open(temporary, "xb") as stream:
            for chunk in chunks:
                half = len(chunk) // 2
                stream.write(chunk[:half])
                point(f"{label}.half_written")
                stream.write(chunk[half:])
                digest.update(chunk)
            stream.flush()
            point(f"{label}.before_sync")
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        if expected_sha256 is not None and digest.hexdigest() != expected_sha256:
            raise ContentChangedError(path)
        point(f"{label}.before_replace")
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    point(f"{label}.after_replace")
    sync_folder(path.parent)
    point(f"{label}.after_sync")
