"""Copying the sealed lake to a bucket or folder, so that its readers never see half a version.

The order is: files as received, then their records; files of every version that a pointer names,
then its manifest; journals of releases; last of all the pointers, each in one PUT. A file is read
back and its hash compared before a record or manifest speaks of it, so that what a record or
manifest of the remote names has been proven and is not sent again. Nothing is ever deleted.

Object stores have no lock that pyarrow could take. A push refuses to take a place from a version
that this lake does not know, looks again just before it moves each pointer, and reads the pointer
back; two pushes within the same moment may still both believe that they were last.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from assets.lake.atomic import chunks_of, sha256_of, sha256_of_file
from assets.lake.errors import CorruptVersion, RemoteError, Superseded
from assets.lake.faults import point
from assets.lake.manifest import NAME
from assets.lake.paths import Lake, Place
from assets.lake.progress import Listener, Meter, Progress
from assets.lake.read import open_version
from assets.lake.remote import Remote
from assets.lake.standing import Relation, Standing, parse_record, standing


@dataclass(frozen=True)
class Content:
    """A file that a seal will name: where it is here, and what it must be there."""

    name: str
    path: Path
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Parcel:
    """What belongs together: the seal goes only after every content was proven."""

    contents: tuple[Content, ...]
    seal: str
    seal_data: bytes


def push(lake: Lake, remote: Remote, on_progress: Listener | None = None) -> Progress:
    """Bring the remote to where this lake is; what is there already is not sent again.

    Superseded, with nothing changed, if the remote holds anything newer or unknown here.
    CorruptVersion names a file of this lake that is damaged; it is not sent. RemoteError if the
    store does not answer or gives back other bytes. After any error or kill do it again.
    """
    stands = standing(lake, remote)
    stands.refuse(Relation.BEHIND, Relation.APART)
    parcels = [*_intake_parcels(lake, stands), *_version_parcels(lake, stands)]
    contents = list(chain.from_iterable(parcel.contents for parcel in parcels))
    meter = Meter((content.bytes for content in contents), on_progress)
    there = remote.sizes() if contents else {}
    for parcel in parcels:
        for content in parcel.contents:
            _send(remote, content, there.get(content.name), meter)
            meter.file_done()
        _seal(remote, parcel.seal, parcel.seal_data)
    for place, relation in stands.journals.items():
        if relation is Relation.AHEAD:
            before = stands.theirs.journals.get(place)
            _replace(remote, place, place.journal, before, stands.ours.journals[place])
    for place in _ahead(stands):
        named = stands.theirs.pointers.get(place)
        before = named.data if named else None
        _replace(remote, place, place.pointer, before, stands.ours.pointers[place].data)
    return meter.now()


def _ahead(stands: Standing) -> list[Place]:
    """Places whose pointer is to be moved; there is nothing but these to do for a place."""
    return [place for place, relation in stands.places.items() if relation is Relation.AHEAD]


def _intake_parcels(lake: Lake, stands: Standing) -> Iterator[Parcel]:
    for sha256, relation in stands.records.items():
        if relation is Relation.AHEAD:
            data = stands.ours.records[sha256]
            record = parse_record(sha256, data, sha256)
            path = lake.objects / sha256
            name = f"intake/objects/{sha256}"
            content = Content(name, path, sha256, record["size_bytes"])
            proven = sha256 in stands.theirs.records
            seal = f"intake/records/{sha256}.json"
            yield Parcel(() if proven else (content,), seal, data)


def _version_parcels(lake: Lake, stands: Standing) -> Iterator[Parcel]:
    for place in _ahead(stands):
        pointer = stands.ours.pointers[place].pointer
        if stands.theirs.manifest(place, pointer.version) == pointer.manifest_sha256:
            continue
        folder = place.versions / pointer.version
        version = open_version(lake.place(place.unit, place.key), pointer.version)
        manifest = (version.path / NAME).read_bytes()
        if sha256_of(manifest) != pointer.manifest_sha256:
            raise CorruptVersion(f"{version.path / NAME}: is not what the pointer of {place} names")
        contents = tuple(
            Content((folder / f.name).as_posix(), version.path / f.name, f.sha256, f.bytes)
            for f in version.files.values()
        )
        yield Parcel(contents, (folder / NAME).as_posix(), manifest)


def _send(remote: Remote, content: Content, size_there: int | None, meter: Meter) -> None:
    if size_there == content.bytes and remote.sha256_of(content.name) == content.sha256:
        return  # sent by a push that did not come as far as the seal
    try:
        intact = sha256_of_file(content.path) == content.sha256
    except OSError:
        intact = False
    if not intact:
        raise CorruptVersion(
            f"{content.path}: is missing or not what was taken in or promoted, and was not sent; "
            f"build it again or take the original in again, then push"
        )
    remote.put(content.name, meter.passing(chunks_of(content.path)))
    if remote.sha256_of(content.name) != content.sha256:
        raise RemoteError(
            f"{remote.address.rstrip('/')}/{content.name}: is not what was sent; push again"
        )
    point("push.after_check")


def _seal(remote: Remote, name: str, data: bytes) -> None:
    """Put a record, manifest or pointer. An error is settled by reading it back."""
    try:
        remote.put_whole(name, data)
    except RemoteError:
        if remote.read(name) != data:
            raise
    if remote.read(name) != data:
        raise Superseded(
            f"{remote.address.rstrip('/')}/{name}: another push came in between; push again"
        )
    point("push.after_check")


def _replace(
    remote: Remote, place: Place, path: Path | None, before: bytes | None, data: bytes
) -> None:
    """Put a pointer or journal, if it is still what it was when this lake was compared with it."""
    name = "" if path is None else path.as_posix()
    if remote.read(name) != before:
        raise Superseded(f"{place}: another push came in between and was left as it is; push again")
    _seal(remote, name, data)
