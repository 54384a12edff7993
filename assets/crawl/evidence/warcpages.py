"""The pages in WARC files of another program, by their addresses, as visits.

Belongs here: which record stands for an address, records that refer to others, and redirects
followed within the files. Does not belong here: a single record (`warcanswer`), and which target a
page is of (`results.elsewhere`).

Contents wait in a temporary file, so that an archive need not fit in memory.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from assets.crawl.checks.site import address_key
from assets.crawl.evidence.records import Record, content_hash
from assets.crawl.evidence.warcanswer import (
    Http,
    PassedOverError,
    Revisit,
    address_and_time,
    fields,
    is_of_web,
    judged,
    read_answer,
    read_revisit,
)
from assets.crawl.evidence.warcfile import HEADER_BYTES, Block, BrokenWarcError, blocks
from assets.crawl.fetch.client import leads_to
from assets.crawl.fetch.exchange import Seen
from assets.crawl.fetch.limits import Limits
from assets.crawl.model import Visit
from assets.crawl.pages.html import absolute

#: Pages taken of all files together, and bytes that they take in the temporary file.
MOST_PAGES = 100_000
MOST_BYTES = 4 * 1024**3

#: What chunks may add to a content of the largest size.
_FRAMING = 1024 * 1024
#: Media types that are parts of pages.
_PARTS = ("image/", "audio/", "video/", "font/", "text/css", "text/javascript",
          "application/javascript", "application/x-javascript")  # fmt: skip
_PART = "records of pictures, styles, scripts and the like, no pages"
#: Kinds of records that may hold a page, but not as a server answered it.
_OTHER_KINDS = ("resource", "conversion", "continuation")

#: A place in the temporary file: first byte and length.
Place = tuple[int, int]


@dataclass(frozen=True)
class Page:
    """One answer in the files. `location` is where it sends its visitor on, empty if nowhere;
    `head` and `body` are places of its headers and its content."""

    url: str
    status: str
    detail: str
    http_status: int
    location: str
    fetched_at: datetime
    record: Record
    head: Place
    body: Place


class Pages:
    """The pages of WARC files.

    problems    what was not used of the files and why, a line each
    crawler     program that made the files, as they say; empty if they do not
    user_agent  name under which it went
    """

    def __init__(self, paths: Sequence[Path], limits: Limits) -> None:
        """NotWarcError for a file that is none."""
        self.problems: list[str] = []
        self.crawler = self.user_agent = ""
        self._limits = limits
        self._spool = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self._spooled = 0
        self._referred: dict[str, Page] = {}
        self._revisits: list[tuple[Revisit, Record]] = []
        self._taken: list[Page] = []
        for path in paths:
            self._read(path)
        self._resolve()
        latest = sorted(self._taken, key=lambda page: page.fetched_at)
        self._exact = {page.url: page for page in latest}
        self._by_scheme = {(_scheme(page.url), address_key(page.url)): page for page in latest}
        self._by_key = {address_key(page.url): page for page in latest}
        if older := len(self._taken) - len(self._exact):
            self.problems.append(f"{older} records are of addresses that were visited later again")

    def all(self) -> list[Page]:
        """The last page of every address, in the order of addresses."""
        return [self._exact[url] for url in sorted(self._exact)]

    def close(self) -> None:
        """The pages are not needed any more."""
        self._spool.close()

    def find(self, url: str, *, any_scheme: bool = False) -> Page | None:
        """The page at an address, or at one that differs in small things (`www.`, a slash at the
        end); with `any_scheme` http and https are such a thing too."""
        key = address_key(url)
        found = self._exact.get(url) or self._by_scheme.get((_scheme(url), key))
        return found or (self._by_key.get(key) if any_scheme else None)

    def visit(self, asked: str, page: Page) -> tuple[Visit, list[Page]]:
        """The visit that asked for an address and was answered by this page, redirects followed
        within the files; and the pages on its way, the one where it ended last."""
        way = [page]
        while page.location:
            following = self.find(page.location)
            # One that comes back may have set a cookie first, which an archive does not show: that
            # is not seen, and no loop.
            if following is None or following in way or len(way) > self._limits.redirects:
                why = f"redirects to {page.location}, the answer of which is not in the archive"
                return self._ended(asked, way, "not-attempted", why), way
            page = following
            way.append(page)
        return self._ended(asked, way, page.status, page.detail), way

    def _ended(self, asked: str, way: list[Page], status: str, detail: str) -> Visit:
        page = way[-1]
        headers: dict[str, str] = {}
        for name, value in json.loads(self._get(page.head)):
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Visit(
            asked,
            status,
            detail,
            final_url=page.url,
            http_status=page.http_status,
            redirects=tuple(one.url for one in way[:-1]),
            headers=headers,
            body=self._get(page.body),
            fetched_at=page.fetched_at,
            attempts=1,
        )

    def _read(self, path: Path) -> None:
        passed: Counter[str] = Counter()
        try:
            for block in blocks(path, self._limits.body_bytes + HEADER_BYTES + _FRAMING):
                if len(self._taken) + len(self._revisits) >= MOST_PAGES or (
                    self._spooled >= MOST_BYTES
                ):
                    raise BrokenWarcError(f"at byte {block.offset}: more than is taken at once")
                try:
                    passed[self._take(block, path)] += 1
                except PassedOverError as why:
                    named = block.headers.get("warc-record-id", "without an id")[:80]
                    self.problems.append(f"{path.name}: byte {block.offset}, {named}: {why}")
        except BrokenWarcError as error:
            self.problems.append(f"{path.name}: {error}; the rest of the file is not read")
        self.problems += [f"{path.name}: {n} {why}" for why, n in sorted(passed.items()) if why]

    def _take(self, block: Block, path: Path) -> str:
        """Take a record in; why it is no page of its own if that is not worth a line each."""
        if block.kind == "warcinfo":
            said = fields(block.content)
            self.crawler = self.crawler or said.get("software", "")
            self.user_agent = self.user_agent or said.get("http-header-user-agent", "")
        elif block.kind == "request":
            self.user_agent = self.user_agent or fields(block.content).get("user-agent", "")
        elif block.kind in ("response", "revisit") and not is_of_web(block):
            return "records of addresses that are not of the web (dns: and the like)"
        elif block.kind == "revisit":
            revisit = read_revisit(block)
            if revisit.http and _is_part(revisit.http):
                return _PART
            self._revisits.append((revisit, _record(path, block, revisit.record_id, "", 0)))
        elif block.kind == "response":
            return self._response(block, path)
        return f"records of the kind {block.kind}, no answers" * (block.kind in _OTHER_KINDS)

    def _response(self, block: Block, path: Path) -> str:
        answer = read_answer(block, self._limits)
        if _is_part(answer.http):
            return _PART
        digest = content_hash(answer.body)
        record = _record(path, block, answer.record_id, digest, len(answer.body))
        page = Page(
            answer.url,
            answer.status,
            answer.detail,
            answer.http.code,
            _location(answer.url, answer.http),
            answer.fetched_at,
            record,
            self._put(json.dumps(answer.http.headers).encode()),
            self._put(answer.body),
        )
        self._taken.append(page)
        self._referred[answer.record_id] = page
        for name in (answer.digest, address_and_time(page.url, page.fetched_at)):
            self._referred.setdefault(name, page)
        return ""

    def _resolve(self) -> None:
        for revisit, record in self._revisits:
            found = (self._referred.get(name) for name in revisit.refers_to)
            original = next((page for page in found if page is not None), None)
            if original is None:
                self.problems.append(
                    f"{record.file_name}: byte {record.offset}, {record.record_id}: refers to a "
                    f"record that is not in the files"
                )
                continue
            record = replace(
                record,
                content_sha256=original.record.content_sha256,
                content_bytes=original.record.content_bytes,
            )
            self._taken.append(self._seen_again(revisit, original, record))

    def _seen_again(self, revisit: Revisit, original: Page, record: Record) -> Page:
        """The page of a record whose content is that of another."""
        http, status, detail = revisit.http, original.status, original.detail
        if http is not None and http.code not in (original.http_status, 304):
            status, detail = judged(http, self._get(original.body))
        return Page(
            revisit.url,
            status,
            detail,
            http.code if http else original.http_status,
            _location(revisit.url, http) if http else original.location,
            revisit.fetched_at,
            record,
            self._put(json.dumps(http.headers).encode()) if http else original.head,
            original.body,
        )

    def _put(self, data: bytes) -> Place:
        packed = zlib.compress(data, 1)
        place = self._spool.seek(self._spooled), len(packed)
        self._spool.write(packed)
        self._spooled += len(packed)
        return place

    def _get(self, place: Place) -> bytes:
        self._spool.seek(place[0])
        return zlib.decompress(self._spool.read(place[1]))


def _scheme(url: str) -> str:
    return urlsplit(url).scheme


def _is_part(http: Http) -> bool:
    return http.header("content-type").strip().lower().startswith(_PARTS)


def _location(url: str, http: Http) -> str:
    """Where an answer sends its visitor on, as an address; empty if nowhere."""
    location = leads_to(Seen(http_status=http.code, headers=list(http.headers)))
    return absolute(url, location)[0] if location else ""


def _record(
    path: Path, block: Block, record_id: str, content_sha256: str, content_bytes: int
) -> Record:
    return Record(path.name, block.offset, block.size, record_id, content_sha256, content_bytes)
