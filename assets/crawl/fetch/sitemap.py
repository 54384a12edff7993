"""Addresses that a site lists of itself: sitemaps, read with limits.

Belongs here: reading sitemap files and the files they lead to. Does not belong here: which of the
addresses are visited. XML with entities is refused; files and addresses are capped.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from io import BytesIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from assets.crawl.fetch.inflate import Decoder
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.model import Visit

#: A polite visit of one address.
Fetch = Callable[[str], Awaitable[Visit]]


@dataclass(frozen=True)
class Sitemaps:
    """What the sitemaps of a host list.

    urls      in their order, each once
    files     files that could be read
    is_cut    a limit was reached: there is more
    problems  file and reason, one line for each file that could not be read to its end
    """

    urls: tuple[str, ...]
    files: int
    is_cut: bool
    problems: tuple[str, ...]


async def read_sitemaps(fetch: Fetch, addresses: Iterable[str], limits: Limits) -> Sitemaps:
    """Read the sitemaps at some addresses and those they lead to. Never raises."""
    waiting = deque(dict.fromkeys(addresses))
    known = set(waiting)
    urls: dict[str, None] = {}
    problems: list[str] = []
    files = visited = 0
    is_cut = False
    while waiting:
        if visited == limits.sitemap_files or len(urls) >= limits.sitemap_urls:
            is_cut = True
            break
        address = waiting.popleft()
        visited += 1
        visit = await fetch(address)
        if visit.status != "completed":
            problems.append(f"{address}: {visit.status}: {visit.detail}")
            continue
        pages, children, problem = _listed(visit.body, limits, limits.sitemap_urls - len(urls) + 1)
        urls.update(dict.fromkeys(pages))
        new = [child for child in dict.fromkeys(children) if child not in known]
        known.update(new)
        waiting.extend(new)
        files += not problem
        if problem:
            problems.append(f"{address}: {problem}")
    is_cut = is_cut or len(urls) > limits.sitemap_urls
    return Sitemaps(tuple(urls)[: limits.sitemap_urls], files, is_cut, tuple(problems))


def _listed(body: bytes, limits: Limits, most: int) -> tuple[list[str], list[str], str]:
    """Pages and further sitemaps of a file, at most so many together, and what is wrong with it."""
    pages: list[str] = []
    children: list[str] = []
    try:
        for _, element in iterparse(BytesIO(_inflated(body, limits)), forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if name in ("url", "sitemap"):
                into = pages if name == "url" else children
                into.extend(_locations(element))
                element.clear()
            if len(pages) + len(children) >= most:
                break
    except StopVisitError as stop:
        return pages, children, f"{stop.status}: {stop.detail}"
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        return pages, children, f"not a sitemap that can be read ({type(error).__name__})"
    problem = "" if pages or children else "lists nothing"
    return pages, children, problem


def _locations(element: object) -> list[str]:
    found = [
        (child.text or "").strip()
        for child in element  # type: ignore[attr-defined]
        if child.tag.rpartition("}")[2] == "loc"
    ]
    return [url for url in found if url.startswith(("http://", "https://"))]


def _inflated(body: bytes, limits: Limits) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    decoder = Decoder("gzip", limits)
    decoder.feed(body)
    decoder.finish()
    return bytes(decoder.content)
