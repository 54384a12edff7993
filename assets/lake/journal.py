"""What was current when, who made it so and why, and who signed it: the journal of a place.

One file, `journal.jsonl`, that only grows: a line an entry, each with its own hash (`check`) and
that of the line before it, so that no line can be changed or taken out unseen. It lies outside the
sealed versions, as time and author may not change the bytes of a rebuild. Only releases have one
(`Place.journal`).

The line of a move is written to `journal.next`, the whole file as it shall be, before the pointer
moves, and takes the journal's place after. A kill in between loses nothing and doubles nothing:
who comes next asks the pointer whether the move happened (`recorded`, and `settle` for who holds
the lock). Belongs here: the file. Does not belong here: what a vintage means (release).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assets.lake.atomic import sha256_of, sync_folder, write_durable
from assets.lake.errors import CorruptVersion, Unreasoned
from assets.lake.faults import point
from assets.lake.manifest import Pointer, read_pointer
from assets.lake.paths import Place
from assets.lake.read import Version, open_version

PUBLISHED, SIGNED, ROLLED_BACK = "published", "signed", "rolled_back"

#: Author of a move that nobody recorded, and the reason given for it.
UNKNOWN = "unknown"
AFTERWARDS = "recorded afterwards"

#: Times that a reader without a lock looks again while the pointer is being moved.
LOOKS = 20


@dataclass(frozen=True)
class Because:
    """Who does something to a published version, and why; `says` is plain JSON kept with it."""

    author: str
    reason: str = ""
    says: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    """One line. Journals outlive the code: these fields stay, what is new goes into `says`.

    `at` is UTC with seconds, empty if nobody recorded it; `parent` is the version that
    was current before, as counter and content hash; `before` the check of the line before."""

    no: int
    at: str
    kind: str
    counter: int
    version: str
    content_sha256: str
    manifest_sha256: str
    author: str
    reason: str
    parent: dict[str, Any] | None
    says: dict[str, Any]
    before: str

    @property
    def is_move(self) -> bool:
        """Whether this entry made its version the current one."""
        return self.kind != SIGNED


def now() -> str:
    """The time of an entry."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_journal(data: bytes, where: str) -> tuple[Entry, ...]:
    """The entries in the bytes of a journal. CorruptVersion if any line is not what was written."""
    entries: list[Entry] = []
    before = ""
    for line in data.splitlines(keepends=True):
        try:
            value = json.loads(line)
            del value["check"]
            entry = Entry(**value)
            intact = _line(entry) == line and (entry.no, entry.before) == (len(entries) + 1, before)
        except (ValueError, TypeError, KeyError, RecursionError):
            intact = False
        if not intact:
            raise CorruptVersion(
                f"{where}: line {len(entries) + 1} is not what was written; restore the file from "
                f"a copy of the lake"
            )
        entries.append(entry)
        before = _check(entry)
    return tuple(entries)


def recorded(place: Place) -> tuple[Entry, ...]:
    """The journal as the pointer bears it out, oldest first; takes no lock, writes nothing.

    A move that was killed before its entry is told as if it had been recorded. CorruptVersion if
    the journal or the pointer is damaged.
    """
    journal = _file(place)
    seen: tuple[Pointer | None, bytes] | None = None
    for _ in range(LOOKS):
        found = (read_pointer(place), _bytes(journal))
        entries = parse_journal(found[1], str(journal))
        if bears_out(entries, found[0]):
            return entries
        coming = _coming(place, *found)
        if coming is not None:
            return coming
        if found == seen:  # nobody is moving it: it was never recorded
            break
        seen = found
    return (*entries, _unrecorded(place, found[0], entries, at=""))


def settle(place: Place) -> tuple[Entry, ...]:
    """As `recorded`, and made so on disk. The caller holds the lock of the place."""
    journal, coming = _file(place), _next(place)
    entries = parse_journal(_bytes(journal), str(journal))
    pointer = read_pointer(place)
    if not bears_out(entries, pointer):
        if _coming(place, pointer, _bytes(journal)) is not None:
            record(place)
        else:
            _append(place, _unrecorded(place, pointer, entries, at=now()))
        entries = parse_journal(_bytes(journal), str(journal))
    coming.unlink(missing_ok=True)
    return entries


def demand_reason(place: Place, because: Because, content_sha256: str) -> None:
    """Unreasoned if a version of the place was signed, the content is not the current one's, and
    nobody says who changes it and why. The caller has settled the journal."""
    entries = recorded(place)
    signed = [entry for entry in entries if entry.kind == SIGNED]
    moves = [entry for entry in entries if entry.is_move]
    if signed and moves[-1].content_sha256 != content_sha256 and not because.reason:
        last = signed[-1]
        raise Unreasoned(
            f"{place} is signed; give --by and --reason. Signed by {last.author} on {last.at[:10]} "
            f"({last.version}); what was to take its place differs, and nothing changed."
        )


def propose(place: Place, kind: str, version: Version, because: Because) -> None:
    """Write down a move that is about to happen. The caller holds the lock and has settled."""
    journal = _file(place)
    data = _bytes(journal)
    entries = parse_journal(data, str(journal))
    moves = [entry for entry in entries if entry.is_move]
    parent = (
        {"counter": moves[-1].counter, "content_sha256": moves[-1].content_sha256}
        if moves
        else None
    )
    entry = _entry(entries, kind, version, because, parent=parent, at=now())
    propose_whole(place, data + _line(entry))


def propose_whole(place: Place, data: bytes) -> None:
    """As `propose`, by the bytes of the whole journal, as another lake has it."""
    write_durable(_next(place), [data], "journal")


def record(place: Place) -> None:
    """Put the proposed journal in place: the pointer has moved."""
    point("journal.before_record")
    os.replace(_next(place), _file(place))
    point("journal.after_record")
    sync_folder(_file(place).parent)


def sign(place: Place, version: Version, because: Because) -> Entry:
    """Record that somebody answers for a version. The caller holds the lock and has settled."""
    entries = recorded(place)
    entry = _entry(entries, SIGNED, version, because, parent=None, at=now())
    _append(place, entry)
    return entry


def bears_out(entries: Sequence[Entry], pointer: Pointer | None) -> bool:
    """Whether the last move in the journal is the one that the pointer shows."""
    moves = [entry for entry in entries if entry.is_move]
    if pointer is None or not moves:
        return pointer is None and not moves
    last = moves[-1]
    return (last.counter, last.manifest_sha256) == (pointer.counter, pointer.manifest_sha256)


def _coming(place: Place, pointer: Pointer | None, data: bytes) -> tuple[Entry, ...] | None:
    """The proposed journal, if it goes on where the journal is and its move has happened."""
    coming = _bytes(_next(place))
    if not coming.startswith(data) or coming == data:
        return None
    try:
        entries = parse_journal(coming, str(_next(place)))
    except CorruptVersion:
        return None
    return entries if bears_out(entries, pointer) else None


def _unrecorded(
    place: Place, pointer: Pointer | None, entries: Sequence[Entry], *, at: str
) -> Entry:
    """An entry for what the pointer shows and no entry tells."""
    if pointer is None:
        raise CorruptVersion(
            f"{place.pointer} is gone, but {_file(place)} tells of versions; restore the pointer "
            f"from a copy of the lake"
        )
    version = open_version(place, pointer.version)
    known = {entry.counter for entry in entries}
    kind = ROLLED_BACK if version.counter in known else PUBLISHED
    return _entry(entries, kind, version, Because(UNKNOWN, AFTERWARDS), parent=None, at=at)


def _entry(
    entries: Sequence[Entry],
    kind: str,
    version: Version,
    because: Because,
    *,
    parent: dict[str, Any] | None,
    at: str,
) -> Entry:
    says = dict(because.says)
    if kind == PUBLISHED:
        made_from = {name: version.manifest[name] for name in ("inputs", "code_version")}
        says = {**made_from, **says}
    return Entry(
        no=len(entries) + 1,
        at=at,
        kind=kind,
        counter=version.counter,
        version=version.path.name,
        content_sha256=version.content_sha256,
        manifest_sha256=version.manifest_sha256,
        author=because.author,
        reason=because.reason,
        parent=parent,
        says=says,
        before=_check(entries[-1]) if entries else "",
    )


def _append(place: Place, entry: Entry) -> None:
    journal = _file(place)
    write_durable(journal, [_bytes(journal) + _line(entry)], "journal")


def _line(entry: Entry) -> bytes:
    return _json({**asdict(entry), "check": _check(entry)})


def _check(entry: Entry) -> str:
    return sha256_of(_json(asdict(entry)))


def _json(value: Mapping[str, Any]) -> bytes:
    """One line."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def _file(place: Place) -> Path:
    if place.journal is None:
        raise ValueError(f"{place} has no journal; only releases have one")
    return place.journal


def _next(place: Place) -> Path:
    return _file(place).with_suffix(".next")
