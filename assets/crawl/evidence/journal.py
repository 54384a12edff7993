"""What a shard of a crawl window has done, so that a killed one goes on where it stopped.

Belongs here: one line of JSON for each visit, written before it counts; and the visits again, with
their content from the evidence. Does not belong here: which visits are made (`rounds`).

A line is written after its record of evidence. A kill can leave a torn last line: it is left out,
and its visit is made again. After a power cut the last records may be gone while their lines are
there: those visits are made again too. Of two lines on the same visit the later one holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from assets.crawl.evidence.records import Record, read_record
from assets.crawl.model import Timings, Visit

NAME = "journal.jsonl"

#: What a visit was made for: a page of the target itself, something that its scripts asked for in
#: the browser, the robots.txt of a host (of no target). TAKEN_BACK says that an earlier line on
#: the same visit does not count.
PAGE, RESOURCE, ROBOTS, TAKEN_BACK = "page", "resource", "robots", "taken_back"

#: Headers of earlier rounds that are still needed: what a conditional request says, and what the
#: content is read by.
_KEPT_HEADERS = ("etag", "last-modified", "content-type")

Key = tuple[int, str, str]


class JournalError(ValueError):
    """A journal that is not what this window wrote; names file and line."""


@dataclass(frozen=True)
class Entry:
    """One visit made: which target in which round, the visit, and its record if there was an
    answer to keep. `visit.body` is empty here; `Journal.visit` gives it back."""

    round_no: int
    target_id: str
    visit: Visit
    record: Record | None
    part: str = PAGE

    @property
    def key(self) -> Key:
        """What is visited once: round, target, address."""
        return self.round_no, self.target_id, self.visit.url


class Journal:
    """The journal of one shard in its folder. Opened to be written once at a time: the caller
    holds the lock. To be read it can be opened any time.

    entries   the visits of `round_no`, by key, in order
    known     the first record of every content, by hash, over all rounds
    earlier   of every address the last answer of an earlier round that can be asked about
    """

    def __init__(self, folder: Path, round_no: int, *, read_only: bool = False) -> None:
        self.folder = folder
        self.round_no = round_no
        self._path = folder / NAME
        if not read_only:
            folder.mkdir(parents=True, exist_ok=True)
            self._mend()
        self.entries: dict[Key, Entry] = {}
        self.known: dict[str, Record] = {}
        self.earlier: dict[str, Entry] = {}
        ends = _Ends(folder)
        for entry in entries_of(self._path):
            if entry.record is None or ends.holds(entry.record):
                self._hold(entry)
        self._stream = self._path.open("rb" if read_only else "ab")

    def append(
        self, visit: Visit, target_id: str, record: Record | None, part: str = PAGE
    ) -> Entry:
        """Add a visit of the round; a killed process has it when this returns (see `sync`)."""
        entry = Entry(self.round_no, target_id, replace(visit, body=b""), record, part)
        line = json.dumps(_plain(entry), ensure_ascii=False, sort_keys=True)
        self._stream.write(line.encode() + b"\n")
        self._stream.flush()
        self._hold(entry)
        return entry

    def sync(self) -> None:
        """What was added survives a power cut too when this returns."""
        os.fsync(self._stream.fileno())

    def close(self) -> None:
        """No more visits."""
        if self._stream.writable():
            self.sync()
        self._stream.close()

    def forget(self, key: Key) -> None:
        """A visit of the round is to be made again; what it brought stays until then."""
        self.entries.pop(key, None)

    def visit(self, entry: Entry) -> Visit:
        """The visit with its content. EvidenceError if the content is gone or another."""
        if entry.record is None:
            return entry.visit
        original = self.known[entry.record.content_sha256]
        return replace(entry.visit, body=read_record(self.folder, original))

    def _hold(self, entry: Entry) -> None:
        if entry.record is not None:
            self.known.setdefault(entry.record.content_sha256, entry.record)
        if entry.round_no == self.round_no:
            self.entries.pop(entry.key, None)
            if entry.part != TAKEN_BACK:
                self.entries[entry.key] = entry
        elif entry.round_no < self.round_no and _can_be_asked_about(entry):
            headers = {n: v for n, v in entry.visit.headers.items() if n in _KEPT_HEADERS}
            self.earlier[entry.visit.url] = replace(
                entry, visit=replace(entry.visit, headers=headers)
            )

    def _mend(self) -> None:
        """Cut a torn last line off."""
        if not self._path.exists():
            return
        data = self._path.read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            with self._path.open("r+b") as stream:
                stream.truncate(whole)
                os.fsync(stream.fileno())


def _can_be_asked_about(entry: Entry) -> bool:
    """Whether a later round may ask only for what has changed: the address answered itself."""
    visit = entry.visit
    return (
        entry.part == PAGE
        and entry.record is not None
        and visit.status == "completed"
        and not visit.redirects
        and not visit.rendered
        and ("etag" in visit.headers or "last-modified" in visit.headers)
    )


class _Ends:
    """Which records are there: a file is written in order, so only its end can be missing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[str, int] = {}

    def holds(self, record: Record) -> bool:
        """Whether the file reaches as far as the record."""
        path = self._folder / record.file_name
        if record.file_name not in self._sizes:
            self._sizes[record.file_name] = path.stat().st_size if path.exists() else 0
        return record.offset + record.length <= self._sizes[record.file_name]


_FIELDS = tuple(Visit.__dataclass_fields__)


def _plain(entry: Entry) -> dict[str, Any]:
    visit = {name: getattr(entry.visit, name) for name in _FIELDS if name != "body"}
    visit["timings"] = asdict(entry.visit.timings)
    visit["redirects"] = list(entry.visit.redirects)
    at = entry.visit.fetched_at
    visit["fetched_at"] = at.isoformat() if at else None
    return {
        "round_no": entry.round_no,
        "target_id": entry.target_id,
        "part": entry.part,
        "visit": visit,
        "record": asdict(entry.record) if entry.record else None,
    }


def entries_of(path: Path) -> Iterator[Entry]:
    """The lines of a journal in order, of all rounds; a last line that is torn, or just being
    written, is left out. JournalError names file and line."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.endswith(b"\n"):  # being written, or torn
                return
            try:
                yield _entry(json.loads(line))
            except (ValueError, TypeError, KeyError) as error:
                raise JournalError(
                    f"{path}: line {number}: no visit of this crawler ({error}); restore the "
                    f"file, or begin another window"
                ) from None


def _entry(plain: dict[str, Any]) -> Entry:
    said = plain["visit"]
    at = said["fetched_at"]
    visit = Visit(
        **{
            **said,
            "timings": Timings(**said["timings"]),
            "redirects": tuple(said["redirects"]),
            "fetched_at": datetime.fromisoformat(at) if at else None,
        }
    )
    record = Record(**plain["record"]) if plain["record"] else None
    return Entry(plain["round_no"], plain["target_id"], visit, record, plain["part"])
