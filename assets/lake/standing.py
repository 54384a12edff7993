"""What a lake and its remote copy each hold, and which of the two is ahead.

Belongs here: the comparison that push and pull rest on. Does not belong here: moving anything.

Pointers of one place are ordered by `highest`; with the same `highest`, a pointer that was rolled
back is the later one. Records of the intake are ordered by what they say: the later one says all
that the earlier one says, and a sidecar more. Journals of releases only grow: the later one begins
with the earlier one. One side is ahead only if it knows what the other
names; otherwise they have grown apart, and no one but a person can say which is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from assets.lake.atomic import parse_checked_json, sha256_of
from assets.lake.errors import IntakeError, RemoteError, Superseded
from assets.lake.journal import parse_journal
from assets.lake.manifest import NAME, Pointer, parse_pointer
from assets.lake.paths import RELEASE, Lake, Place
from assets.lake.remote import Remote

#: Places whose paths are names below any root, local or remote.
NAMES = Lake(Path())

_RECORD = re.compile(r"intake/records/([0-9a-f]{64})\.json")
_POINTER = re.compile(r"pointers/([^/.]+)/([^/.]+)\.json")
_JOURNAL = re.compile(r"vintages/([^/.]+)/journal\.jsonl")
_RELEASE = re.compile(r"releases/([^/.]+)/current\.json")


class Relation(StrEnum):
    """How the lake stands to the remote in one thing."""

    SAME = "same"
    AHEAD = "ahead"
    BEHIND = "behind"
    APART = "apart"


@dataclass(frozen=True)
class Named:
    """A pointer as found: its bytes, and what they say."""

    data: bytes
    pointer: Pointer


@dataclass(frozen=True)
class Holding:
    """What one side holds: records of the intake by sha256, pointers and journals by place (see
    NAMES).

    `manifest` gives the hash of the manifest of a version by its folder's name, None if that side
    does not have the version.
    """

    records: Mapping[str, bytes]
    pointers: Mapping[Place, Named]
    journals: Mapping[Place, bytes]
    manifest: Callable[[Place, str], str | None]


@dataclass(frozen=True)
class Standing:
    """The lake against the remote, thing by thing."""

    ours: Holding
    theirs: Holding
    records: Mapping[str, Relation]
    places: Mapping[Place, Relation]
    journals: Mapping[Place, Relation]

    def refuse(self, *relations: Relation) -> None:
        """Superseded, naming the first thing that stands in one of these ways to the remote."""
        named = {f"file {sha256[:12]} of the intake": r for sha256, r in self.records.items()}
        named |= {str(place): relation for place, relation in self.places.items()}
        named |= {f"journal of {place}": r for place, r in self.journals.items()}
        for what, relation in named.items():
            if relation in relations:
                raise Superseded(f"{what}: {_WHY[relation]}; nothing changed")


_WHY = {
    Relation.BEHIND: "the remote holds a newer one; pull first, then push",
    Relation.AHEAD: "this lake holds a newer one; push first, then pull",
    Relation.APART: "this lake and the remote have each made one that the other does not know; "
    "keep one of the two: pull into an empty lake, or push to another address",
}


def standing(lake: Lake, remote: Remote) -> Standing:
    """Compare a lake with its remote copy. CorruptVersion or IntakeError names what is damaged."""
    return compare(local_holding(lake), remote_holding(remote))


def compare(ours: Holding, theirs: Holding) -> Standing:
    """How `ours` stands to `theirs`."""
    records = {
        sha256: _of_records(ours.records.get(sha256), theirs.records.get(sha256))
        for sha256 in sorted({*ours.records, *theirs.records})
    }
    if {Relation.AHEAD, Relation.BEHIND} <= set(records.values()):
        # Each took in files that the other does not know: their order of intake differs.
        records = {k: r if r is Relation.SAME else Relation.APART for k, r in records.items()}
    places = {
        place: _of_places(place, ours, theirs)
        for place in sorted({*ours.pointers, *theirs.pointers}, key=str)
    }
    journals = {
        place: _of_journals(ours.journals.get(place, b""), theirs.journals.get(place, b""))
        for place in sorted({*ours.journals, *theirs.journals}, key=str)
    }
    return Standing(ours, theirs, records, places, journals)


def local_holding(lake: Lake) -> Holding:
    """What a lake on this machine holds."""

    def read(name: str) -> bytes | None:
        try:
            return (lake.root / name).read_bytes()
        except FileNotFoundError:
            return None

    found = [
        *lake.records.glob("*.json"),
        *lake.pointers.glob("*/*.json"),
        *lake.releases.glob("*/current.json"),
        *lake.vintages.glob("*/journal.jsonl"),
    ]
    names = [path.relative_to(lake.root).as_posix() for path in found]
    return _holding(names, read, f"{lake.root}/")


def remote_holding(remote: Remote) -> Holding:
    """What the remote copy holds."""
    return _holding(remote.sizes(), remote.read, f"{remote.address.rstrip('/')}/")


def place_of(name: str) -> Place | None:
    """The place whose pointer has that name below the root, None for any other name."""
    if match := _POINTER.fullmatch(name):
        return NAMES.place(match[1], match[2])
    if match := _RELEASE.fullmatch(name):
        return NAMES.place(RELEASE, match[1])
    return None


def parse_record(sha256: str, data: bytes, where: str) -> dict[str, Any]:
    """A record of the intake from its bytes, which are from `where`. IntakeError if damaged."""
    try:
        record = parse_checked_json(data, where)
    except ValueError as error:
        raise IntakeError(f"{error}; restore it from the other copy or a backup") from None
    if record.get("file_sha256") != sha256:
        raise IntakeError(f"{where} speaks of another file; restore it from a backup")
    return record


def _holding(names: Iterable[str], read: Callable[[str], bytes | None], root: str) -> Holding:
    records, pointers, journals = {}, {}, {}
    for name in sorted(names):
        record, place = _RECORD.fullmatch(name), place_of(name)
        told = _JOURNAL.fullmatch(name)
        if record is None and place is None and told is None:
            continue
        data = read(name)
        if data is None:
            raise RemoteError(f"{root}{name} is gone while it was looked at; do it again")
        if record:
            parse_record(record[1], data, root + name)
            records[record[1]] = data
        elif place:
            pointers[place] = Named(data, parse_pointer(place, data, root + name))
        elif told:
            parse_journal(data, root + name)
            journals[NAMES.place(RELEASE, told[1])] = data

    def manifest(place: Place, version: str) -> str | None:
        data = read((place.versions / version / NAME).as_posix())
        return None if data is None else sha256_of(data)

    return Holding(records, pointers, journals, manifest)


def _of_records(ours: bytes | None, theirs: bytes | None) -> Relation:
    if ours == theirs:
        return Relation.SAME
    if theirs is None or (ours is not None and _says_more(ours, theirs)):
        return Relation.AHEAD
    if ours is None or _says_more(theirs, ours):
        return Relation.BEHIND
    return Relation.APART


def _says_more(later: bytes, earlier: bytes) -> bool:
    new, old = parse_checked_json(later, ""), parse_checked_json(earlier, "")
    known = old["sidecars"]
    return {**new, "sidecars": new["sidecars"][: len(known)]} == old and new != old


def _of_journals(ours: bytes, theirs: bytes) -> Relation:
    if ours == theirs:
        return Relation.SAME
    if ours.startswith(theirs):
        return Relation.AHEAD
    return Relation.BEHIND if theirs.startswith(ours) else Relation.APART


def _of_places(place: Place, ours: Holding, theirs: Holding) -> Relation:
    here, there = ours.pointers.get(place), theirs.pointers.get(place)
    if there is None:
        return Relation.AHEAD
    if here is None:
        return Relation.BEHIND
    if here.pointer == there.pointer:
        return Relation.SAME
    if _order(here.pointer) > _order(there.pointer) and _knows(ours, place, there.pointer):
        return Relation.AHEAD
    if _order(here.pointer) < _order(there.pointer) and _knows(theirs, place, here.pointer):
        return Relation.BEHIND
    return Relation.APART


def _order(pointer: Pointer) -> tuple[int, int]:
    return pointer.highest, -pointer.counter


def _knows(side: Holding, place: Place, pointer: Pointer) -> bool:
    return side.manifest(place, pointer.version) == pointer.manifest_sha256
