"""What a crawl window has done, so that a killed one goes on where it stopped.

Belongs here: one line of JSON for each visit, durable before it counts; and the visits again, with
their content from the evidence. Does not belong here: which visits are made (`window`).

A line is written after its record of evidence. A kill can leave a torn last line: it is left out,
and its visit is made again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from assets.crawl.evidence import Record, read_record
from assets.crawl.model import Timings, Visit

NAME = "journal.jsonl"


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

    @property
    def key(self) -> tuple[int, str, str]:
        """What is visited once: round, target, address."""
        return self.round_no, self.target_id, self.visit.url


class Journal:
    """The journal of one window in its folder. Opened once at a time: the caller holds the
    window's lock.

    `entries` are the visits made, by key; `known` is the first record of every content, by hash.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._path = folder / NAME
        self._mend()
        self.entries: dict[tuple[int, str, str], Entry] = {}
        self.known: dict[str, Record] = {}
        for entry in _entries(self._path):
            self._hold(entry)
        self._stream = self._path.open("ab")

    def append(self, entry: Entry) -> None:
        """Add a visit; on disk when this returns."""
        line = json.dumps(_plain(entry), ensure_ascii=False, sort_keys=True)
        self._stream.write(line.encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._hold(entry)

    def _hold(self, entry: Entry) -> None:
        self.entries[entry.key] = entry
        if entry.record is not None:
            self.known.setdefault(entry.record.content_sha256, entry.record)

    def close(self) -> None:
        """No more visits."""
        self._stream.close()

    def visit(self, entry: Entry) -> Visit:
        """The visit with its content. EvidenceError if the content is gone or another."""
        if entry.record is None:
            return entry.visit
        original = self.known[entry.record.content_sha256]
        return _with_body(entry.visit, read_record(self.folder, original))

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


def _with_body(visit: Visit, body: bytes) -> Visit:
    return replace(visit, body=body)


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
        "visit": visit,
        "record": asdict(entry.record) if entry.record else None,
    }


def _entries(path: Path) -> Iterator[Entry]:
    if not path.exists():
        return
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            yield _entry(json.loads(line))
        except (ValueError, TypeError, KeyError) as error:
            raise JournalError(
                f"{path}: line {number}: no visit of this crawler ({error}); restore the file, or "
                f"begin the window anew in another folder"
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
    return Entry(plain["round_no"], plain["target_id"], visit, record)
