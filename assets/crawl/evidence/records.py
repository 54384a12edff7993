"""What was seen, kept so that anyone can look again: WARC files, one a start of the crawler.

Belongs here: writing a visit as WARC records, not twice the same content, and finding a record
again. Does not belong here: which visits are made (`rounds`), what they mean (`checks`).

A killed crawler leaves at most one torn record at the end of its file; the next start begins a
file of its own, and only records that the journal names count.
"""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from assets.crawl.model import Visit

#: Namespace of record ids: the same visit has the same id wherever it is written.
_NAMESPACE = uuid.UUID("6a7c2f0e-3a55-5e0f-9c0a-0e9d3f2b7c11")


class EvidenceError(ValueError):
    """A record that is not there, or is not what the journal says; names file and record."""


@dataclass(frozen=True)
class Record:
    """Where a record lies: file name in the shard's folder, offset and length in bytes, id; hash
    and size in bytes of the decoded content."""

    file_name: str
    offset: int
    length: int
    record_id: str
    content_sha256: str
    content_bytes: int


def content_hash(body: bytes) -> str:
    """sha256 of a decoded content, in hex."""
    return hashlib.sha256(body).hexdigest()


def record_id_of(window_code: str, round_no: int, visit: Visit) -> str:
    """The id of a visit's record: of window, round, address and content."""
    parts = (window_code, str(round_no), visit.url, content_hash(visit.body))
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, chr(10).join(parts))}"


class Archive:
    """Writes the records of one start of the crawler, into a file that is made with the first.

    `known` are contents already kept, by hash: they are referred to (WARC revisit) and not
    written again.
    """

    def __init__(self, folder: Path, known: dict[str, Record]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name.split(".")[0].split("-")[1]) for path in folder.glob("visits-*")]
        self.file_name = f"visits-{1 + max(numbers, default=0):04}.warc.gz"
        self._path = folder / self.file_name
        self._stream: BinaryIO | None = None
        self._known = dict(known)

    def write(self, window_code: str, round_no: int, visit: Visit) -> Record:
        """Keep a visit that got an answer; a killed process has it when this returns."""
        if self._stream is None:
            self._stream = self._path.open("xb")
            self._writer = WARCWriter(self._stream, gzip=True)
        digest = content_hash(visit.body)
        record_id = record_id_of(window_code, round_no, visit)
        earlier = self._known.get(digest)
        offset = self._stream.tell()
        self._writer.write_record(self._record(visit, record_id, digest, earlier))
        self._stream.flush()
        length = self._stream.tell() - offset
        made = Record(self.file_name, offset, length, record_id, digest, len(visit.body))
        self._known.setdefault(digest, made)
        return made

    def sync(self) -> None:
        """What was written survives a power cut too when this returns."""
        if self._stream is not None:
            os.fsync(self._stream.fileno())

    def close(self) -> None:
        """No more records."""
        if self._stream is not None:
            self.sync()
            self._stream.close()

    def _record(self, visit: Visit, record_id: str, digest: str, earlier: Record | None):  # type: ignore[no-untyped-def]
        fetched = (visit.fetched_at or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
        status = StatusAndHeaders(
            f"{visit.http_status} kept", sorted(visit.headers.items()), protocol="HTTP/1.1"
        )
        more = {
            "WARC-Record-ID": f"<{record_id}>",
            "WARC-Date": fetched,
            "WARC-Payload-Digest": f"sha256:{digest}",
        }
        if earlier is not None:
            more["WARC-Refers-To"] = f"<{earlier.record_id}>"
            more["WARC-Profile"] = (
                "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
            )
        return self._writer.create_warc_record(
            visit.final_url or visit.url,
            "response" if earlier is None else "revisit",
            payload=io.BytesIO(visit.body if earlier is None else b""),
            http_headers=status,
            warc_headers_dict=more,
        )


def read_record(folder: Path, record: Record) -> bytes:
    """The content of a record. EvidenceError if it is not there or its hash is another."""
    path = folder / record.file_name
    try:
        with path.open("rb") as stream:
            stream.seek(record.offset)
            found = next(iter(ArchiveIterator(stream)))
            body: bytes = found.content_stream().read()
    except (OSError, StopIteration, ValueError) as error:
        raise EvidenceError(f"{path}, offset {record.offset}: no record ({error})") from None
    if content_hash(body) != record.content_sha256:
        raise EvidenceError(f"{path}, {record.record_id}: the content is not what was seen")
    return body


def records(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """(record id, WARC headers) of every whole record of a file."""
    with path.open("rb") as stream:
        try:
            for record in ArchiveIterator(stream):
                headers = dict(record.rec_headers.headers)
                yield headers["WARC-Record-ID"].strip("<>"), headers
        except (ValueError, EOFError, OSError):  # the torn end that a kill leaves behind
            return
