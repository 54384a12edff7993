"""Is a release folder byte for byte what its two lists of hashes say?

Belongs here: manifest.json, MANIFEST.sha256 and the bytes of the files. Does not belong here:
what the files say (`verify`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.codeversion import code_version
from assets.lake.atomic import canonical_json, sha256_of
from assets.lake.manifest import content_of, is_as_sealed
from assets.release.package import SUMS, file_names, sums
from assets.release.tables import UNIT

MANIFEST = "manifest.json"

_SUMS_LINE = re.compile(r"([0-9a-f]{64})  (\S.*)")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong. `file` is its name in the folder, `rule` the check that found it."""

    file: str
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.message}"


@dataclass
class Seal:
    """What the lists say and what lies there. `sound` holds the bytes of every file that both
    lists name and that is as they say; `facts` and `code_version` are the manifest's, None when it
    is not intact."""

    facts: dict[str, Any] | None = None
    code_version: str | None = None
    sound: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, file: str, rule: str, message: str) -> None:
        self.findings.append(Finding(file, rule, message))


@dataclass(frozen=True)
class _Listed:
    sha256: str
    bytes: int | None


def read_seal(folder: Path) -> Seal:
    """Hash every file of a release folder and hold it against both lists, in order of names.

    manifest.json is judged first, then MANIFEST.sha256, then each file: one finding a file. A
    list of sums that an intact manifest disowns is found, and not listened to. Which files there
    must be is known for this version of the code alone.
    """
    seal = Seal()
    held, strange = _held(folder)
    for name in strange:
        seal.add(name, "extra", "is a link or device; a release holds plain files only")
    manifest = _manifest(seal, held.pop(MANIFEST, None))
    listed = None if _disowned(manifest, held.get(SUMS)) else _sums(seal, held.get(SUMS))
    lists = {
        kind: names for kind, names in ((MANIFEST, manifest), (SUMS, listed)) if names is not None
    }
    layout = file_names() if seal.code_version in (None, code_version()) else ()
    for name in sorted({*layout, *held, *(n for names in lists.values() for n in names)}):
        _judge(seal, name, held.get(name), lists)
    return seal


def _held(folder: Path) -> tuple[dict[str, bytes], list[str]]:
    """Bytes of every plain file below the folder by name; names of what is no plain file."""
    files: dict[str, bytes] = {}
    strange: list[str] = []
    for parent, folders, names in os.walk(folder):
        for name in (*names, *folders):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                strange.append(relative)
            elif path.is_file():
                files[relative] = path.read_bytes()
    return files, sorted(strange)


def _manifest(seal: Seal, data: bytes | None) -> dict[str, _Listed] | None:
    """Files by name as manifest.json lists them, None if it is missing or not as it was sealed."""
    if data is None:
        seal.add(MANIFEST, "missing", "is missing, so the folder is no sealed release")
        return None
    try:
        manifest = json.loads(data)
        body = content_of(manifest)
        stated, content = manifest["content_sha256"], sha256_of(canonical_json(body))
        names = {f["name"]: _Listed(str(f["sha256"]), int(f["bytes"])) for f in body["files"]}
        intact = is_as_sealed(data, manifest) and isinstance(manifest["counter"], int)
        unit, facts, code = body["unit"], dict(body["facts"]), str(body["code_version"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        seal.add(MANIFEST, "manifest", "cannot be read as the manifest of a release")
        return None
    if not intact or stated != content:
        seal.add(
            MANIFEST,
            "manifest",
            f"has been changed: its content hash is {content}, it states {stated}"
            if stated != content
            else "has been changed: it is not written as promotion writes it",
        )
        return None
    if unit != UNIT:
        seal.add(MANIFEST, "manifest", f"is of unit {unit!r}, not of a release")
        return None
    seal.facts, seal.code_version = facts, code
    return names


def _disowned(manifest: dict[str, _Listed] | None, sums_data: bytes | None) -> bool:
    """Whether the manifest names another list of sums than the one that lies there."""
    named = (manifest or {}).get(SUMS)
    return named is not None and sums_data is not None and named.sha256 != sha256_of(sums_data)


def _sums(seal: Seal, data: bytes | None) -> dict[str, _Listed] | None:
    """Files by name as MANIFEST.sha256 lists them, None if it is missing or not readable."""
    if data is None:
        return None  # named with the other missing files
    names: dict[str, _Listed] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), start=1):
        match = _SUMS_LINE.fullmatch(line)
        if match is None:
            seal.add(SUMS, "manifest", f"line {number} is not 'hash, two spaces, name'")
            return None
        names[match[2]] = _Listed(match[1], None)
    if data != sums({name: listed.sha256 for name, listed in names.items()}).encode():
        seal.add(SUMS, "manifest", "is not sorted by name with every file once")
    return names


def _judge(seal: Seal, name: str, data: bytes | None, lists: dict[str, dict[str, _Listed]]) -> None:
    """One finding, or the file is sound."""
    asked = {kind: names for kind, names in lists.items() if (kind, name) != (SUMS, SUMS)}
    naming = {kind: names[name] for kind, names in asked.items() if name in names}
    silent = [kind for kind in asked if kind not in naming]
    if data is None:
        by = " and ".join(naming) or "the layout of a release"
        seal.add(name, "missing", f"is missing; {by} names it")
    elif asked and not naming:
        seal.add(name, "extra", f"does not belong here: {' and '.join(silent)} does not name it")
    elif differing := list(_differences(data, naming)):
        seal.add(name, differing[0][0], "; ".join(message for _, message in differing))
    elif silent:
        seal.add(name, "manifest", f"is not named in {' and '.join(silent)}")
    else:
        seal.sound[name] = data


def _differences(data: bytes, naming: dict[str, _Listed]) -> Iterator[tuple[str, str]]:
    sha256 = sha256_of(data)
    for kind, listed in naming.items():
        if listed.sha256 == sha256:
            continue
        if listed.bytes is not None and len(data) < listed.bytes:
            yield "truncated", f"is truncated: {len(data):,} of {listed.bytes:,} bytes are there"
        else:
            yield "changed", f"has been changed: its hash is {sha256}, {kind} says {listed.sha256}"
