"""Makes markup safe to parse: an HTML parser follows the standard even where that costs minutes.

Belongs here: bounds on the work of the parser. Does not belong here: reading the page (`html`).

Four things cost more than their length: elements nested thousands deep, elements with thousands
of attributes, open formatting elements, which the standard repeats in every paragraph after them,
and choices of thousands of options, of which the first is looked for at each. The first two cut the
page off; formatting elements and choices are renamed to ones of no meaning to the parser. Real
pages come nowhere near the limits.
"""

from __future__ import annotations

import re
from bisect import bisect_left

MAX_CHARACTERS = 3_000_000
MAX_TAGS = 15_000
MAX_ATTRIBUTES = 300
#: Attributes of the whole page; also bounds the work of counting them.
MAX_ALL_ATTRIBUTES = 150_000

#: Elements open at one place, of those that pages nest.
MAX_DEPTH = 4_000

#: What stands before the name of a renamed element.
RENAMED = "x-"

_RENAMED = re.compile(
    r"<(?=[/bcefinstu])(/?)"
    r"(b|big|code|em|font|i|nobr|s|select|small|strike|strong|tt|u)(?=[\s/>])",
    re.IGNORECASE,
)
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,200})")
_NESTED = frozenset(
    ("div", "ul", "ol", "dl", "menu", "section", "article", "aside", "nav", "main", "header",
     "footer", "center", "blockquote", "fieldset", "figure", "details", "address", "table", "form",
     "span", "font")
)  # fmt: skip
_ATTRIBUTE = re.compile(r"[\s/]*(?!>)([^\s/>][^\s/>=]{0,1000})(\s*=\s*)?")
_UNQUOTED = re.compile(r"[^\s>]{0,1000}")


def bounded(text: str) -> tuple[str, bool]:
    """The markup as far as it may be parsed, with elements renamed; whether it was cut."""
    whole = text[:MAX_CHARACTERS]
    end = _safe_end(whole)
    renamed = _RENAMED.sub(rf"<\1{RENAMED}\2", whole[:end])
    return renamed, end < len(text)


def _safe_end(text: str) -> int:
    """Where the text has to be cut. Every tag is looked at from its own beginning, whatever
    stands around it, so that no quote or comment can hide one."""
    quotes = _Quotes(text)
    count = attributes = depth = 0
    for tag in _TAG.finditer(text):
        if tag[2].lower() in _NESTED:
            depth = max(0, depth - 1) if tag[1] else depth + 1
        if tag[1]:
            continue
        own = _attributes(text, tag.end(), quotes)
        attributes, count = attributes + own, count + 1
        if own > MAX_ATTRIBUTES or attributes > MAX_ALL_ATTRIBUTES:
            return tag.start()
        if count > MAX_TAGS or depth > MAX_DEPTH:
            return tag.start()
    return len(text)


class _Quotes:
    """Where the quote marks of a text are, each place looked up by bisection."""

    def __init__(self, text: str) -> None:
        self.end = len(text)
        self.places = {mark: [f.start() for f in re.finditer(mark, text)] for mark in "\"'"}

    def after(self, mark: str, place: int) -> int:
        places = self.places[mark]
        index = bisect_left(places, place)
        return places[index] if index < len(places) else self.end


def _attributes(text: str, place: int, quotes: _Quotes) -> int:
    """Attributes of the tag whose name ends at `place`, counted to just beyond the limit."""
    count = 0
    while count <= MAX_ATTRIBUTES and (found := _ATTRIBUTE.match(text, place)):
        count += 1
        place = found.end()
        if found[2]:
            mark = text[place : place + 1]
            if mark in ('"', "'"):
                place = quotes.after(mark, place + 1) + 1
            elif value := _UNQUOTED.match(text, place):
                place = value.end()
    return count
