"""All that was visited of one portal: each page with what it is, and what of it is its own.

Belongs here: addresses, kinds of pages, content beneath a heading or behind a link. Does not
belong here: what a check asks for (`sections`, `functions`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from assets.crawl.checks.rules import Rules
from assets.crawl.checks.words import marked, unmarked
from assets.crawl.model import Visit
from assets.crawl.pages.html import read_page
from assets.crawl.pages.page import FRAME, Line, Page

#: A line as it is compared between pages: its text, whether there is a link in it.
LineKey = tuple[str, bool]

#: What is behind an address. `unseen` was not read; `outside` is of another site.
CONTENT, EMPTY, MISSING, LOGIN, UNSEEN, OUTSIDE = (
    "content",
    "empty",
    "missing",
    "login",
    "unseen",
    "outside",
)

#: Times a page that sends its reader on by itself is followed.
_REFRESHES = 3
#: Lines beneath a heading that are looked at; pages from which a line they share is the frame's.
_BENEATH = 40
_SHARED = 3
#: Most words of a menu entry.
ENTRY_WORDS = 6
_INDEX = re.compile(r"/(index|default|home|trang-?chu)(\.[a-z]{2,5})?$", re.IGNORECASE)


@dataclass(frozen=True)
class Seen:
    """One address visited. `state` as above, `why` in words; `own` are the lines that the page
    does not share with the rest of the portal."""

    visit: Visit
    page: Page
    state: str
    why: str
    own: tuple[Line, ...] = ()


@lru_cache(maxsize=20_000)
def address_key(url: str) -> str:
    """An address for comparison: without scheme, www, the ports 80 and 443, index pages and a
    slash at the end."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = bare_host(url) + (f":{port}" if port and port not in (80, 443) else "")
    path = _INDEX.sub("", parts.path).rstrip("/")
    return f"{host}{path}" + (f"?{parts.query}" if parts.query else "")


def bare_host(url: str) -> str:
    """The host of an address in small letters, without `www.`; empty if it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


@lru_cache(maxsize=512)
def _read(url: str, final_url: str, content_type: str, body: bytes) -> Page:
    headers = {"content-type": content_type}
    return read_page(Visit(url, "completed", final_url=final_url, headers=headers, body=body))


def page_of(visit: Visit) -> Page:
    """The page of a visit, read once."""
    return _read(visit.url, visit.final_url, visit.headers.get("content-type", ""), visit.body)


def word_count(lines: Sequence[Line]) -> int:
    """Words of all lines."""
    return sum(len(line.text.split()) for line in lines)


def page_kind(page: Page, rules: Rules, own: Sequence[Line] | None = None) -> str:
    """What a page is: content, empty, soft_404, login or challenge. `own` are its lines without
    the frame of the portal, all of them if not given."""
    lines = page.lines if own is None else own
    if page.feed_items is not None or page.problem == "not_html":
        return "content"
    if len(lines) + len(page.links) == 0:
        return "empty"
    words = word_count(lines)
    texts = [page.title, *(line.text for line in lines)]
    for kind in ("challenge", "soft_404", "login"):
        if words > rules.pages[kind]["most_words"]:
            continue
        if _says(kind, texts, page, rules):
            return kind
    limits = rules.pages["empty"]
    few = word_count(page.lines) <= limits["most_words"]
    return "empty" if few and len(page.links) <= limits["most_links"] else "content"


def _says(kind: str, texts: Sequence[str], page: Page, rules: Rules) -> bool:
    if kind == "login":
        if any(rules.has("login.without_field", text) for text in texts):
            return True
        if not any(f.kind == "password" for form in page.forms for f in form.fields):
            return False
    return any(rules.has(kind, text) for text in texts)


def line_key(line: Line) -> LineKey:
    """A line for comparison between pages: the entry of a menu is not the heading of its page."""
    return line.text, line.linked > 0


def _reach(page: Page, number: int) -> int:
    """Past the last line that may belong to a heading: the end of the smallest element around it
    that holds more below. An element with other such headings above is a list of parts: beyond
    the end of the last one, nothing is its."""
    line = page.lines[number]
    for start, end in line.around:
        if end > number + 1:
            return end
        above = page.lines[max(start, number - _BENEATH) : number]
        if line.rank and any(other.rank == line.rank for other in above):
            return number + 1
    return len(page.lines)


def is_headline(line: Line) -> bool:
    """Whether a line outside of menus is a link of more words than a menu entry has, perhaps with
    its day."""
    linked = line.linked * 2 >= len(line.text)
    return linked and line.region in ("", "main") and len(line.text.split()) > ENTRY_WORDS


class Site:
    """The pages of one portal. `home` is None if the home page was not read; then `why` says
    what stood in the way."""

    def __init__(self, visits: Mapping[str, Visit], home: str, rules: Rules) -> None:
        self.rules = rules
        self.visits = visits
        self.home_url = home
        self.home_visit, self.why = self._home(home)
        self.home = page_of(self.home_visit) if self.home_visit and not self.why else None
        self.host = bare_host(self.home_visit.final_url or home if self.home_visit else home)
        self.hosts = {self.host, bare_host(home)} - {""}
        title = self.home.title if self.home else ""
        self.own_words = frozenset((*marked(title), *unmarked(title)))
        self.shared = self._shared()
        self.template = self._template()
        self.seen = self._all_seen() if self.home else {}

    def _home(self, home: str) -> tuple[Visit | None, str]:
        visit = self.visits.get(home)
        for _ in range(_REFRESHES):
            if visit is None or visit.status != "completed":
                break
            page = page_of(visit)
            following = self._sent_on(visit, page.refresh) if page.refresh else None
            if following is None:
                break
            visit = following
        if visit is None:
            return None, "the home page was not visited"
        if visit.status != "completed":
            return visit, f"home page: {visit.status}"
        kind = page_kind(page_of(visit), self.rules)
        if kind != "content":
            return visit, f"home page: {kind}"
        return visit, ""

    def _sent_on(self, visit: Visit, url: str) -> Visit | None:
        """The visit to the address that a page sends its reader on to: often its own index."""
        others = {asked: v for asked, v in self.visits.items() if v is not visit}
        alike = (v for asked, v in others.items() if address_key(asked) == address_key(url))
        return others.get(url) or next(alike, None)

    def same_site(self, url: str) -> bool:
        """Whether an address is of the portal: its host or one beneath."""
        host = bare_host(url)
        return any(host == own or host.endswith(f".{own}") for own in self.hosts)

    def _shared(self) -> frozenset[LineKey]:
        """Lines that several pages beside the home page share."""
        others = [
            page_of(visit)
            for visit in self.visits.values()
            if visit.status == "completed" and visit is not self.home_visit
        ]
        counted = Counter(key for page in others for key in set(map(line_key, page.lines)))
        return frozenset(key for key, count in counted.items() if count >= _SHARED)

    def _template(self) -> Counter[LineKey]:
        """Lines of the frame: those of the home page, and those that several others share."""
        if self.home is None:
            return Counter()
        frame = Counter(map(line_key, self.home.lines))
        frame |= Counter(self.shared)
        return frame

    def own_lines(self, page: Page) -> tuple[Line, ...]:
        """Lines of a page beyond those of the frame."""
        left = self.template.copy()
        own = []
        for line in page.lines:
            key = line_key(line)
            if left[key] > 0:
                left[key] -= 1
            else:
                own.append(line)
        return tuple(own)

    def _all_seen(self) -> dict[str, Seen]:
        seen: dict[str, Seen] = {}
        for asked, visit in self.visits.items():
            if visit is self.home_visit or address_key(asked) == address_key(self.home_url):
                continue
            one = self._look(asked, visit)
            for key in {address_key(asked), *([address_key(visit.final_url)] * bool(one.own))}:
                seen.setdefault(key, one)
        return seen

    def _look(self, asked: str, visit: Visit) -> Seen:
        page = page_of(visit) if visit.status == "completed" else Page(asked)
        if visit.status in ("http-error", "empty"):
            status = f"{visit.status} {visit.http_status or ''}".strip()
            return Seen(visit, page, MISSING, status)
        if visit.status != "completed":
            return Seen(visit, page, UNSEEN, visit.status)
        if self.home_visit and address_key(visit.final_url) == address_key(
            self.home_visit.final_url
        ):
            return Seen(visit, page, MISSING, "leads back to the home page")
        own = self.own_lines(page)
        kind = page_kind(page, self.rules, own)
        state = {"soft_404": MISSING, "login": LOGIN, "challenge": UNSEEN}.get(kind, CONTENT)
        if kind == "empty":
            state = EMPTY if visit.rendered or page.lines else UNSEEN
        elif state == CONTENT:
            return Seen(
                visit, page, *self.judge(own, self.rules.numbers["content_words"], page), own
            )
        return Seen(visit, page, state, kind, own)

    def judge(self, lines: Sequence[Line], enough: int, page: Page) -> tuple[str, str]:
        """Whether lines are content: their state and why."""
        if page.feed_items is not None:
            return (CONTENT if page.feed_items else EMPTY), f"feed of {page.feed_items} items"
        if page.problem == "not_html":
            return CONTENT, "file"
        lines = [line for line in lines if not self._is_name(line, page)]
        words = word_count(lines)
        says = next((w for line in lines if (w := self._says_nothing(line))), "")
        if says and words < self.rules.numbers["updating_words"]:
            return EMPTY, says
        return (CONTENT if words >= enough else EMPTY), f"{words} words"

    def _says_nothing(self, line: Line) -> str:
        return self.rules.has("updating", line.text) or self.rules.has("nothing", line.text)

    def _is_name(self, line: Line, page: Page) -> bool:
        """Whether a line says no more than the name of a section or of the page, or the way to it;
        entries of a list of links are more."""
        if line.linked * 5 >= len(line.text) * 4:
            return False
        named = any(not n.leftover for n in self.rules.names(line.text))
        return named or (bool(line.rank) and line.text.casefold() in page.title.casefold())

    def behind(self, url: str) -> Seen | None:
        """What is at an address, or None if it was not visited."""
        return self.seen.get(address_key(url))

    def beneath(self, page: Page, number: int) -> tuple[str, str]:
        """Whether there is content beneath a line: its state and why."""
        line = page.lines[number]
        lines = []
        for below in page.lines[number + 1 : min(_reach(page, number), number + 1 + _BENEATH)]:
            if below.rank and (not line.rank or below.rank <= line.rank):
                break
            if below.region != line.region and below.region in FRAME:
                break
            lines.append(below)
        return self.judge(lines, self.rules.numbers["label_words"], page)

    def at_anchor(self, page: Page, anchor: str) -> tuple[str, str]:
        """Whether there is content at a named place of a page: its state and why."""
        if anchor not in page.starts:
            return MISSING, f"no place is named {anchor}"
        start, end = page.starts[anchor]
        if end - start > 1:
            return self.judge(page.lines[start:end], self.rules.numbers["label_words"], page)
        if start >= len(page.lines):
            return EMPTY, "nothing beneath"
        return self.beneath(page, start)
