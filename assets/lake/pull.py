"""Bringing a lake on this machine to where its remote copy is, every byte verified.

Into an empty lake, or one that is behind: what this lake has and the remote does not name stays.
A version is fetched into the staging area, checked file by file against its manifest, and
published as a promotion is: one rename, then one pointer replacement. The journal of a release
comes along if it tells of the version that the remote's pointer names; after a push that was broken
off it does not, and comes with a later pull.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

from assets.lake.atomic import READ_ONLY, ContentChangedError, sha256_of_file, write_durable
from assets.lake.errors import Superseded
from assets.lake.journal import bears_out, parse_journal
from assets.lake.locks import held
from assets.lake.manifest import FileFacts, read_pointer
from assets.lake.paths import Lake, Place
from assets.lake.progress import Listener, Meter, Progress
from assets.lake.remote import Remote
from assets.lake.remote_read import RemoteVersion, damaged, version_there
from assets.lake.stage import staging
from assets.lake.standing import Relation, Standing, local_holding, parse_record, standing

RUN = "pull"
LOCK_SECONDS = 600.0


def pull(remote: Remote, lake: Lake, on_progress: Listener | None = None) -> Progress:
    """Bring the lake to where the remote is. What the lake has newer stays as it is.

    Superseded, with nothing changed, if both have made something that the other does not know.
    CorruptVersion names an object that is missing or damaged, IntakeError a record; what was
    fetched before is whole and stays. After any error or kill do it again.
    """
    stands = standing(lake, remote)
    stands.refuse(Relation.APART)
    behind = [sha256 for sha256, r in stands.records.items() if r is Relation.BEHIND]
    versions = [
        version_there(remote, place, stands.theirs.pointers[place].pointer)
        for place, relation in stands.places.items()
        if relation is Relation.BEHIND
    ]
    missing = [version for version in versions if not _has(lake, version)]
    sizes = chain(
        (parse_record(s, stands.theirs.records[s], s)["size_bytes"] for s in behind),
        (facts.bytes for version in missing for facts in version.files.values()),
    )
    meter = Meter(sizes, on_progress)
    _pull_intake(remote, lake, stands, behind, meter)
    for version in versions:
        _pull_version(lake, version, stands, meter)
    for place, relation in stands.journals.items():
        if relation is Relation.BEHIND and stands.places.get(place) is Relation.SAME:
            _pull_journal(lake, place, stands)
    return meter.now()


def _has(lake: Lake, version: RemoteVersion) -> bool:
    return (_here(lake, version.place).versions / version.pointer.version).exists()


def _here(lake: Lake, place: Place) -> Place:
    return lake.place(place.unit, place.key)


def _pull_intake(
    remote: Remote, lake: Lake, stands: Standing, behind: list[str], meter: Meter
) -> None:
    """Each object, then its record: a record always has its object."""
    with held(lake.locks / "intake.lock", RUN, timeout=LOCK_SECONDS):
        if local_holding(lake).records != stands.ours.records:
            raise Superseded("files were taken in meanwhile; nothing changed; pull again")
        for sha256 in behind:
            path, name = lake.objects / sha256, f"intake/objects/{sha256}"
            if not (path.exists() and sha256_of_file(path) == sha256):
                try:
                    chunks = meter.passing(remote.chunks(name))
                    write_durable(path, chunks, "object", mode=READ_ONLY, expected_sha256=sha256)
                except (ContentChangedError, FileNotFoundError):
                    raise damaged(remote, name) from None
            data = stands.theirs.records[sha256]
            write_durable(lake.records / f"{sha256}.json", [data], "record")
            meter.file_done()


def _pull_version(lake: Lake, version: RemoteVersion, stands: Standing, meter: Meter) -> None:
    place = version.place
    with staging(lake, place.unit, place.key, RUN) as stage:
        seen = stands.ours.pointers.get(place)
        if read_pointer(_here(lake, place)) != (seen.pointer if seen else None):
            raise Superseded(f"{place} was promoted meanwhile and stays as it is; pull again")
        if not _has(lake, version):
            for facts in version.files.values():
                _fetch(version, facts, stage.path / facts.name, meter)
        stage.adopt(version.manifest_data, version.pointer, _told(stands, place))


def _told(stands: Standing, place: Place) -> bytes | None:
    """The remote's journal, if it goes on where ours is and bears out the remote's pointer."""
    data = stands.theirs.journals.get(place)
    if data is None or stands.journals[place] is not Relation.BEHIND:
        return None
    pointer = stands.theirs.pointers[place].pointer
    return data if bears_out(parse_journal(data, str(place)), pointer) else None


def _pull_journal(lake: Lake, place: Place, stands: Standing) -> None:
    """A journal that says more of the version that both have: somebody signed it."""
    here, told = _here(lake, place), _told(stands, place)
    with held(here.lock, RUN, timeout=LOCK_SECONDS):
        if told is None or here.journal is None:
            return
        ours = here.journal.read_bytes() if here.journal.exists() else b""
        seen = stands.ours.pointers[place].pointer
        if read_pointer(here) != seen or ours != stands.ours.journals.get(place, b""):
            raise Superseded(f"{place} was changed meanwhile and stays as it is; pull again")
        write_durable(here.journal, [told], "journal")


def _fetch(version: RemoteVersion, facts: FileFacts, path: Path, meter: Meter) -> None:
    name = version.object_name(facts.name)
    try:
        chunks = meter.passing(version.remote.chunks(name))
        write_durable(path, chunks, "staged", expected_sha256=facts.sha256)
    except (ContentChangedError, FileNotFoundError):
        raise damaged(version.remote, name) from None
    meter.file_done()
