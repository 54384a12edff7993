"""One record of a WARC file as the answer of a server.

Belongs here: HTTP within a record, codings, digests, dates and names of records. Does not belong
here: the frame of records (`warcfile`), and which records belong together (`warcpages`).
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from warcio.bufferedreaders import ChunkedDataReader

from assets.crawl.evidence.warcfile import HEADER_BYTES, Block
from assets.crawl.fetch.client import meaning
from assets.crawl.fetch.exchange import Seen
from assets.crawl.fetch.inflate import Decoder
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError

_STATUS_LINE = re.compile(r"HTTP/\d(?:\.\d)? ([1-9]\d\d)(?:\s.*)?")
_HEADERS_END = re.compile(rb"\r?\n\r?\n")
_RECORD_ID = re.compile(r"urn:uuid:[0-9a-f-]{36}")
#: Codings that can be undone; "" is none.
_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")
_HASHES = ("md5", "sha1", "sha256", "sha512")
_NOT_MODIFIED = 304
#: Longest address of the tables of results.
_URL_CHARS = 4_000

Headers = tuple[tuple[str, str], ...]


class PassedOverError(Exception):
    """A record that is not used; says why."""


@dataclass(frozen=True)
class Http:
    """An HTTP answer: code, headers as received with names in small letters, what follows."""

    code: int
    headers: Headers
    rest: bytes

    def header(self, name: str) -> str:
        """All values of a header in one; empty if there is none."""
        return ", ".join(value for own, value in self.headers if own == name)


@dataclass(frozen=True)
class Answer:
    """An answer with its content decoded; status and detail as of a visit that ended so.
    `digest` is the one that the record declares of its content, as `digest_key` spells it."""

    url: str
    fetched_at: datetime
    record_id: str
    http: Http
    body: bytes
    status: str
    detail: str
    digest: str


@dataclass(frozen=True)
class Revisit:
    """A record that refers to another for its content, in up to three ways. `http` is None if it
    has no headers of its own."""

    url: str
    fetched_at: datetime
    record_id: str
    http: Http | None
    refers_to: tuple[str, ...]


def read_answer(block: Block, limits: Limits) -> Answer:
    """The answer in a response record. PassedOverError if there is none, or another than the
    record was made with."""
    url, at, record_id = _address(block), _time(block), _id(block.headers.get("warc-record-id"))
    http = read_http(block.content)
    if http is None:
        raise PassedOverError("no HTTP answer in it")
    digest = digest_key(block.headers.get("warc-payload-digest", ""))
    if block.size > len(block.content):
        detail = f"content of more than {limits.body_bytes} bytes"
        return Answer(url, at, record_id, http, b"", "too-large", detail, digest)
    whole = _unchunked(http)
    body, (status, detail) = _decoded(whole, http, limits)
    _check_digests(block, (http.rest, whole, body))
    cut = block.headers.get("warc-truncated", "").lower()
    if cut:
        status = "too-large" if cut == "length" else "our-fault"
        detail = f"the archive holds only the beginning of it (WARC-Truncated: {cut[:40]})"
    elif not status:
        status, detail = judged(http, body)
    return Answer(url, at, record_id, http, body, status, detail, digest)


def read_revisit(block: Block) -> Revisit:
    """What a revisit record says. PassedOverError if it is not known of what address."""
    headers = block.headers
    refers_to = [_id(headers["warc-refers-to"])] if "warc-refers-to" in headers else []
    if digest := digest_key(headers.get("warc-payload-digest", "")):
        refers_to.append(digest)
    if "warc-refers-to-target-uri" in headers and "warc-refers-to-date" in headers:
        url = headers["warc-refers-to-target-uri"].strip("<>")
        refers_to.append(address_and_time(url, _moment(headers["warc-refers-to-date"])))
    http = read_http(block.content)
    return Revisit(
        _address(block),
        _time(block),
        _id(headers.get("warc-record-id")),
        replace(http, rest=b"") if http else None,
        tuple(refers_to),
    )


def address_and_time(url: str, at: datetime) -> str:
    """By what a record may refer to another beside its id."""
    return f"{url} {at.isoformat()}"


def judged(http: Http, body: bytes) -> tuple[str, str]:
    """Status and detail of a visit that ended with this answer, as the crawler's own client says.
    An archive has 304 only where it holds what did not change."""
    seen = Seen(http_status=http.code, headers=list(http.headers), body=body)
    return meaning(seen, is_conditional=http.code == _NOT_MODIFIED)


def read_http(content: bytes) -> Http | None:
    """The HTTP answer that a content begins with; None if it begins with none."""
    end = _HEADERS_END.search(content, 0, HEADER_BYTES)
    if end is None:
        return None
    first, *lines = content[: end.start()].decode("utf-8", "replace").splitlines()
    status_line = _STATUS_LINE.fullmatch(first)
    if status_line is None:
        return None
    pairs = (line.partition(":") for line in lines if ":" in line)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return Http(int(status_line[1]), headers, content[end.end() :])


def fields(content: bytes) -> dict[str, str]:
    """The named fields of a record that describes the archive, or of a request."""
    lines = content[:HEADER_BYTES].decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def is_of_web(block: Block) -> bool:
    """Whether a record is of an address of http or https, well-formed or not."""
    return _target(block).lower().startswith(("http:", "https:"))


def _target(block: Block) -> str:
    return block.headers.get("warc-target-uri", "").strip("<>").replace(" ", "%20")


def _address(block: Block) -> str:
    url = _target(block)
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        _ = parts.port  # a port that is none raises here
    except ValueError:
        is_address = False
    if not is_address or len(url) > _URL_CHARS or not url.isprintable():
        raise PassedOverError(f"{url[:200]!r} is no address of a page")
    return url.partition("#")[0]


def _time(block: Block) -> datetime:
    return _moment(block.headers.get("warc-date", ""))


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise PassedOverError(f"{text[:40]!r} is no date") from None


def _id(text: str | None) -> str:
    """The id of a record as results have it; one of another form is made into one that is the
    same wherever it is read."""
    if not text:
        raise PassedOverError("it has no WARC-Record-ID")
    own = text.strip().strip("<>").lower()
    if _RECORD_ID.fullmatch(own):
        return own
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text.strip().strip('<>'))}"


def _unchunked(http: Http) -> bytes:
    """What follows the headers, without its chunks; as it is if it is not in chunks, as many
    crawlers keep the header and not the form."""
    if http.header("transfer-encoding").lower() != "chunked":
        return http.rest
    whole: bytes = ChunkedDataReader(io.BytesIO(http.rest)).read()
    return whole


def _decoded(whole: bytes, http: Http, limits: Limits) -> tuple[bytes, tuple[str, str]]:
    """The content without its coding, and status and detail of what is wrong with it, empty if
    nothing is. As it is if it is not in its coding, as many crawlers keep it decoded."""
    coding = http.header("content-encoding").strip().lower()
    if coding not in _CODINGS:
        return b"", ("our-fault", f"content coding {coding[:40]!r} cannot be undone here")
    body, fault = _undone(whole, coding, limits)
    if fault[0] == "parse-error" and not body:
        return _undone(whole, "", limits)
    return body, fault


def _undone(whole: bytes, coding: str, limits: Limits) -> tuple[bytes, tuple[str, str]]:
    decoder = Decoder(coding, limits)
    fault = ("", "")
    try:
        decoder.feed(whole)
        decoder.finish()
    except StopVisitError as stop:
        fault = stop.status, stop.detail
    return bytes(decoder.content), fault


def _check_digests(block: Block, contents: Sequence[bytes]) -> None:
    """PassedOverError if the record is not what it was made of. Crawlers differ in which form of
    a content they take the payload digest of, so that any form will do; where the digest of the
    whole block fits, that of the payload does not matter."""
    is_whole = _fits(block.headers.get("warc-block-digest", ""), (block.content,))
    if is_whole is None:
        is_whole = _fits(block.headers.get("warc-payload-digest", ""), contents)
    if is_whole is False:
        raise PassedOverError("its content is not what its digest says")


def _fits(digest: str, contents: Sequence[bytes]) -> bool | None:
    """Whether one of the contents has the digest; None if there is none, or none we know."""
    name, _, value = digest_key(digest).partition(":")
    if name not in _HASHES:
        return None
    return any(
        value == hashlib.new(name, content, usedforsecurity=False).hexdigest()
        for content in contents
    )


def digest_key(digest: str) -> str:
    """A digest in one spelling, `sha1:` and hex; crawlers write base 32 too. What is neither is
    only put in small letters."""
    algorithm, _, value = digest.strip().partition(":")
    name, value = algorithm.lower().replace("-", ""), value.strip().rstrip("=").lower()
    if name in _HASHES:
        size = hashlib.new(name, usedforsecurity=False).digest_size
        with suppress(ValueError):
            made = base64.b32decode(value.upper() + "=" * (-len(value) % 8))
            value = made.hex() if len(made) == size else value
    return f"{name}:{value}" if value else ""
