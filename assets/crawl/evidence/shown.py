"""What was seen, shown again: from the id of a record to the page behind it.

Belongs here: finding a record among the windows of the lake and putting it into words. Does not
belong here: writing evidence (`records`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from assets.crawl.checks.site import page_of
from assets.crawl.evidence.journal import NAME, Journal
from assets.crawl.evidence.records import EvidenceError
from assets.crawl.evidence.warcpages import Pages
from assets.crawl.fetch.limits import Limits
from assets.crawl.model import Visit
from assets.lake import Lake
from assets.plaintext import plain

#: Where archives of other crawlers lie in the folder of a window.
ELSEWHERE = "elsewhere"

_LINES = 60
_SHOWN_HEADERS = 40
_LONGEST = 1_000


@dataclass(frozen=True)
class Seen:
    """A record found: the file it lies in, where it belongs, and the visit with its content."""

    path: Path
    record_id: str
    about: str
    visit: Visit


def find_record(lake: Lake, record_id: str) -> Seen:
    """The record of that id, in any window. EvidenceError if there is none, or it was altered."""
    wanted = record_id if record_id.startswith("urn:uuid:") else f"urn:uuid:{record_id}"
    for path in sorted(lake.crawl.glob(f"*/*/shard-*/{NAME}")):
        round_no = _round_of(path, wanted)
        if round_no is not None:
            return _in_journal(path.parent, round_no, wanted)
    for path in sorted(lake.crawl.glob(f"*/*/{ELSEWHERE}/*")):
        visit = _in_archive(path, wanted)
        if visit is not None:
            year, window = path.parts[-4:-2]
            return Seen(path, wanted, f"window {window} of {year}, another crawler", visit)
    raise EvidenceError(
        f"{record_id}: no window of {lake.crawl} holds this record; ids stand in the column "
        f"record_id of checks, probes and visits"
    )


def _round_of(path: Path, record_id: str) -> int | None:
    needle = record_id.encode()
    with path.open("rb") as stream:
        for line in stream:
            if needle in line:
                return int(json.loads(line)["round_no"])
    return None


def _in_journal(folder: Path, round_no: int, record_id: str) -> Seen:
    journal = Journal(folder, round_no, read_only=True)
    journal.close()
    for entry in journal.entries.values():
        if entry.record is not None and entry.record.record_id == record_id:
            year, window, shard = folder.parts[-3:]
            about = (
                f"window {window} of {year}, round {round_no}, {shard}, "
                f"{entry.part} of {entry.target_id or 'no target'}"
            )
            original = journal.known[entry.record.content_sha256]
            path = folder / original.file_name
            return Seen(path, record_id, about, journal.visit(entry))
    raise EvidenceError(f"{folder}: {record_id} was taken back: the visit was made again")


def _in_archive(path: Path, record_id: str) -> Visit | None:
    pages = Pages([path], Limits())
    try:
        page = next((one for one in pages.all() if one.record.record_id == record_id), None)
        return None if page is None else pages.visit(page.url, page)[0]
    finally:
        pages.close()


def as_text(seen: Seen) -> str:
    """What was seen, for a terminal: where from, when, how it was answered, and the text of the
    page. Signs that a terminal would act on are shown as escapes."""
    visit = seen.visit
    page = page_of(visit)
    at = visit.fetched_at.strftime("%Y-%m-%d %H:%M:%S UTC") if visit.fetched_at else "time not kept"
    lines = [
        f"{seen.record_id}",
        f"  {seen.about}",
        f"  asked       {visit.url}",
        f"  answered    {visit.final_url or 'nothing'}  HTTP {visit.http_status}  {at}",
        f"  status      {visit.status}  {visit.detail}".rstrip(),
        f"  content     {len(visit.body):,} bytes, {visit.headers.get('content-type', 'no type')}"
        + (", made by a browser" if visit.rendered else ""),
        f"  file        {seen.path}",
    ]
    lines += [f"  via         {url}" for url in visit.redirects]
    shown = list(visit.headers.items())[:_SHOWN_HEADERS]
    lines += ["", *(f"  {name}: {value}" for name, value in shown), ""]
    lines.append(f"  {page.title}" if page.title else "  (no title)")
    lines += [f"    {line.text}" for line in page.lines[:_LINES]]
    if len(page.lines) > _LINES:
        lines.append(f"    … {len(page.lines) - _LINES} more lines; --to FILE writes the page")
    return "\n".join(plain(line, _LONGEST) for line in lines)
