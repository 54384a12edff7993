"""A fetched page as what a reader finds on it.

Belongs here: reading markup, however broken. Does not belong here: the shapes (`page`), and what
any of it means (`checks`). Never raises: what went wrong is `Page.problem`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from assets.crawl.model import Visit
from assets.crawl.pages.charset import decode
from assets.crawl.pages.elements import (
    BLOCKS,
    BOLD_TAGS,
    PARTS,
    SKIPPED,
    Attributes,
    attribute,
    own_words,
    rank_of,
    region_of,
)
from assets.crawl.pages.markup import RENAMED, bounded
from assets.crawl.pages.page import BOLD, Field, Form, Line, Link, Page, tidy

#: Nodes read of one page, links kept of one page.
MAX_NODES = 150_000
MAX_LINKS = 5_000
#: Elements around a line that are remembered, characters of a hint of a form or a control.
_AROUND = 8
_HINT = 300
#: Characters before a control that may be its label.
_BEFORE = 60
#: Longest line: one with more characters is no text for a reader.
_LONGEST = 20_000
#: Days of items of a feed that are kept.
_DAYS = 50

_SELECT = f"{RENAMED}select"
_FEED = re.compile(r"<(rss|feed|rdf:rdf)[\s>]")
_ITEM = re.compile(r"<(item|entry)[\s>]", re.IGNORECASE)
_ITEM_DAY = re.compile(
    r"<(?:pubdate|dc:date|published|updated)(?:\s[^>]{0,200})?>\s{0,50}(?:<!\[cdata\[)?([^<\]]{6,60})",
    re.IGNORECASE,
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml")
_NO_TEXT_FIELDS = ("hidden", "submit", "button", "image", "reset")
_REFRESH = re.compile(r"^\s*\d{1,3}\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"']{1,2000})", re.IGNORECASE)
_LEADS = re.compile(r"(https?://|/(?!/)|[^\s]{1,300}\.(aspx?|html?|php|jsp)\b)", re.IGNORECASE)
#: How files begin that are no pages, whatever their type is said to be.
_FILES = (
    b"%PDF", b"PK\x03\x04", b"GIF8", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"Rar!",
    b"{\\rtf", b"\x1f\x8b",
)  # fmt: skip
#: Day that an element carries for programs.
_DAY = re.compile(r"20\d\d-\d\d-\d\d")


def read_page(visit: Visit) -> Page:
    """The page that a visit brought. Any bytes give a Page; `problem` says what is wrong with
    them: empty, not_html, charset_wrong, charset_doubtful, cut or unreadable."""
    url = visit.final_url or visit.url
    if not visit.body.strip():
        return Page(url, problem="empty")
    decoded = decode(visit.body, visit.headers.get("content-type", ""))
    opening = decoded.text[:1000].lstrip().lower()
    if "\x00" in opening or visit.body.lstrip().startswith(_FILES):
        return Page(url, charset=decoded.charset, problem="not_html")
    markup, cut = bounded(decoded.text.replace("\x00", ""))
    try:
        reader = _Reader(url, LexborHTMLParser(markup))
    except (SelectolaxError, ValueError, RuntimeError):
        return Page(url, charset=decoded.charset, problem="unreadable")
    page = reader.page(decoded.charset, "cut" if cut else decoded.problem)
    return _as_feed(page, markup) if _FEED.search(opening) else page


def _as_feed(page: Page, markup: str) -> Page:
    """The page with what its items are; the day of the feed itself is when it was made."""
    items = list(_ITEM.finditer(markup))
    days = _ITEM_DAY.findall(markup, items[0].start()) if items else []
    return replace(page, feed_items=len(items), feed_days=tuple(tidy(day) for day in days[:_DAYS]))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        return base


def absolute(base: str, address: str) -> tuple[str, str]:
    """The absolute http address and the part after #; empty if the address leads nowhere."""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        _ = parts.port  # a port that is none raises here
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
        return (parts._replace(fragment="").geturl(), parts.fragment) if valid else ("", "")
    except ValueError:
        return "", ""


@dataclass
class _Element:
    """An element being read and what it makes of the text in it."""

    tag: str
    region: str
    rank: int
    bold: bool
    span: list[int]
    label: str = ""
    names: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass
class _Buffer:
    """The line being read."""

    parts: list[str] = field(default_factory=list)
    linked: int = 0
    plain: bool = False
    rank: int = 0
    region: str = ""
    spans: list[list[int]] = field(default_factory=list)


class _Reader:
    """One pass over the tree of a page, with a list in place of recursion."""

    def __init__(self, url: str, tree: LexborHTMLParser) -> None:
        self.tree = tree
        base = tree.css_first("base[href]")
        self.base = _joined(url, attribute(base.attributes, "href")) if base else url
        self.url = url
        self.lines: list[Line] = []
        self.spans: list[list[list[int]]] = []
        self.links: list[Link] = []
        self.images = [0, 0]
        self.starts: dict[str, list[int]] = {}
        self.stack: list[_Element] = [_Element("", "", 0, False, [0, 0])]
        self.parts = self.in_forms = 0
        self.items: list[_Element] = []
        self.anchors: list[_Element] = []
        self.buffer = _Buffer()
        self.outside: list[Field] = []
        self.forms: list[tuple[str, str, list[Field]]] = []
        self.labels = {attribute(n.attributes, "for") for n in tree.css("label[for]")} - {""}
        for node, entering in _walk(tree.root):
            if entering:
                self._enter(node)
            else:
                self._leave(node)
        self._flush()

    def page(self, charset: str, problem: str) -> Page:
        """What was read, as a Page."""
        root = self.tree.css_first("html")
        said = root.attributes if root else {}
        lang = attribute(said, "lang") or attribute(said, "xml:lang")
        title = self.tree.css_first("title")
        metas = self._metas()
        refresh = _REFRESH.match(metas.get("http-equiv:refresh", ""))
        return Page(
            url=self.url,
            title=tidy(title.text())[:_HINT] if title else "",
            lang=lang,
            links=tuple(self.links),
            lines=tuple(
                line._replace(around=tuple((start, end) for start, end in spans))
                for line, spans in zip(self.lines, self.spans, strict=True)
            ),
            forms=tuple(
                Form(hint, tuple(fields), action) for hint, action, fields in self._all_forms()
            ),
            metas=metas,
            feeds=self._feeds(),
            alternates=self._alternates(),
            images=(self.images[0], self.images[1]),
            starts={name: (start, end) for name, (start, end) in self.starts.items()},
            refresh=absolute(self.base, refresh[1])[0] if refresh else "",
            charset=charset,
            problem=problem,
        )

    def _all_forms(self) -> Iterator[tuple[str, str, list[Field]]]:
        yield from self.forms
        if self.outside:
            yield "", "", self.outside

    def _metas(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for node in self.tree.css("meta")[:200]:
            said = node.attributes
            name = attribute(said, "name") or attribute(said, "property")
            key = name.lower() or f"http-equiv:{attribute(said, 'http-equiv').lower()}"
            found.setdefault(key, attribute(said, "content")[:2000])
        return found

    def _feeds(self) -> tuple[str, ...]:
        links = [node.attributes for node in self.tree.css("link[type][href]")[:200]]
        feeds = [said for said in links if attribute(said, "type").lower() in _FEED_TYPES]
        return tuple(absolute(self.base, attribute(said, "href"))[0] for said in feeds)

    def _alternates(self) -> tuple[tuple[str, str], ...]:
        links = [node.attributes for node in self.tree.css("link[hreflang][href]")[:200]]
        return tuple(
            (attribute(said, "hreflang").lower(), absolute(self.base, attribute(said, "href"))[0])
            for said in links
        )

    def _enter(self, node: LexborNode) -> None:
        tag = _tag(node)
        if tag == "-text":
            text = node.text_content or ""
            if self.anchors:
                self.anchors[-1].texts.append(text)
            self._text(text)
            return
        if tag in BLOCKS:
            self._flush()
            for link in self.anchors[-1:]:
                link.texts.append(" ")
        said, outer = node.attributes, self.stack[-1]
        words = own_words(said)
        bold = outer.bold or tag in BOLD_TAGS
        region = region_of(said, tag, words, outer.region, in_part=self.parts > 0)
        element = _Element(tag, region, rank_of(tag, words), bold, [len(self.lines)] * 2)
        if tag == "a":
            element.names = [attribute(said, "title"), attribute(said, "aria-label")]
            self.anchors.append(element)
        elif tag == "li":
            self.items.append(element)
        self.stack.append(element)
        self._count(tag, 1)
        for name in {attribute(said, "id"), attribute(said, "name") if tag == "a" else ""}:
            if name:
                self.starts.setdefault(name, element.span)
        self._special(node, said, tag)

    def _count(self, tag: str, step: int) -> None:
        """Keep count of the elements that are open where it matters."""
        self.parts += step if tag in PARTS else 0
        self.in_forms += step if tag == "form" else 0

    def _special(self, node: LexborNode, said: Attributes, tag: str) -> None:
        if tag == "time":
            self._time(node, attribute(said, "datetime"))
        elif tag == "img":
            self._image(said)
        elif tag == "area":
            self._link(said, [attribute(said, "alt"), attribute(said, "title")])
        elif tag == "form":
            hints = (attribute(said, name) for name in ("action", "id", "name", "class", "role"))
            post = attribute(said, "method").lower() == "post"
            action = "" if post else absolute(self.base, attribute(said, "action"))[0]
            self.forms.append((" ".join(hints)[:_HINT], action, []))
        elif tag in ("input", "textarea", "select", "button"):
            self._field(said, tag)

    def _time(self, node: LexborNode, day: str) -> None:
        """The day that a time element carries for programs, where its text has no year."""
        # Only the text of its own: elements nested thousands deep would all be read each time.
        if _DAY.match(day) and day[:4] not in (node.text(deep=False) or ""):
            self._text(f" {day[:10]} ")

    def _leave(self, node: LexborNode) -> None:
        tag = _tag(node)
        if tag == "-text":
            return
        element = self.stack[-1]
        if tag == "a":
            self.anchors.pop()
            self._link(node.attributes, [tidy("".join(element.texts)), *element.names])
        elif tag == "option" and _LEADS.match(value := attribute(node.attributes, "value")):
            self._add([tidy(node.text())], *absolute(self.base, value))
        if tag in BLOCKS:
            self._flush()
        self.stack.pop()
        self._count(tag, -1)
        if tag == "li":
            self.items.pop()
        element.span[1] = len(self.lines)

    def _text(self, text: str) -> None:
        if text.isspace() or not text:
            self.buffer.parts.append(" ")
            return
        buffer = self.buffer
        if not buffer.spans:
            inner = self.stack[-4:]
            ranks = [e.rank for e in inner if e.rank]
            buffer.rank = min(ranks, default=0)
            buffer.region = self.stack[-1].region
            buffer.spans = [e.span for e in reversed(self.stack[-_AROUND:])]
        buffer.parts.append(text)
        if self.anchors:
            buffer.linked += len(tidy(text))
        if not self.stack[-1].bold:
            buffer.plain = True

    def _flush(self) -> None:
        text = tidy("".join(self.buffer.parts))[:_LONGEST]
        buffer, self.buffer = self.buffer, _Buffer()
        if not text or not buffer.spans:
            return
        rank = buffer.rank or (0 if buffer.plain else BOLD)
        self.lines.append(Line(text, buffer.region, rank, buffer.linked, ()))
        self.spans.append(buffer.spans)
        self._name_item(text)

    def _name_item(self, text: str) -> None:
        """The first text in a list item is the name of the item."""
        if self.items and not self.items[-1].label:
            self.items[-1].label = text[:_HINT]

    def _image(self, said: Attributes) -> None:
        text = attribute(said, "alt")
        self.images[0] += 1
        self.images[1] += bool(text)
        if self.anchors:
            self.anchors[-1].names += [text, attribute(said, "title")]
        if text:
            self.stack[-1].bold = True
            self._text(f" {text} ")

    def _link(self, said: Attributes, names: list[str]) -> None:
        href = attribute(said, "href")
        url, anchor = absolute(self.base, href) if href else ("", "")
        if href == "#":
            url = ""
        scheme, _, reach = href.partition(":")
        if scheme.lower() in ("mailto", "tel"):
            names = [*names, reach.partition("?")[0]]
        self._add(names, url, anchor, attribute(said, "hreflang").lower())

    def _add(self, names: list[str], url: str, anchor: str, lang: str = "") -> None:
        own = tuple(dict.fromkeys(name[:_HINT] for name in names if name))
        if len(self.links) >= MAX_LINKS or not (own or url):
            return
        if own:
            self._name_item(own[0])
        above = self.items[-2].label if len(self.items) > 1 else ""
        region = self.stack[-1].region
        self.links.append(Link(own, url, anchor, region, len(self.lines), above, lang))

    def _field(self, said: Attributes, tag: str) -> None:
        kind = attribute(said, "type").lower() or ("text" if tag == "input" else tag)
        names = ("name", "id", "class", "placeholder", "title", "aria-label", "value", "alt")
        hint = " ".join(attribute(said, name)[:100] for name in names)
        # Not all of the line: a line may hold thousands of controls.
        last = (part[-_BEFORE:] for part in self.buffer.parts[-_BEFORE:])
        before = tidy("".join(last)) or (self.lines[-1].text if self.lines else "")
        labelled = bool(
            attribute(said, "aria-label")
            or attribute(said, "title")
            or attribute(said, "id") in self.labels
            or any(e.tag == "label" for e in self.stack[-4:])
        )
        fields = self.forms[-1][2] if self.in_forms else self.outside
        fields.append(
            Field(kind, f"{hint} {before[-_BEFORE:]}"[:_HINT], labelled, attribute(said, "name"))
        )
        if kind in _NO_TEXT_FIELDS and kind != "hidden" and (value := attribute(said, "value")):
            self.buffer.parts.append(" ")
            self._text(f"{value} ")


def _tag(node: LexborNode) -> str:
    """The name of an element, of a renamed choice as it was."""
    tag = node.tag or ""
    return "select" if tag == _SELECT else tag


def _walk(root: LexborNode | None) -> Iterator[tuple[LexborNode, bool]]:
    """Each node twice, on the way in and out; without what no reader sees."""
    node, count, depth = root, 0, 0
    while node is not None and count < MAX_NODES:
        count += 1
        if node.tag != "-comment":
            yield node, True
            child = None if node.tag in SKIPPED else node.first_child
            if child is not None:
                node, depth = child, depth + 1
                continue
            yield node, False
        while node is not None and depth and node.next is None:
            node, depth = node.parent, depth - 1
            if node is not None:
                yield node, False
        node = node.next if node is not None and depth else None
