"""What an element of a page is to its reader: a break in the text, a line over others, a region.

Belongs here: names, classes and roles of elements. Does not belong here: going through a page
(`html`), and what its text means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.crawl.pages.markup import RENAMED
from assets.crawl.pages.page import CAPTION, TITLE, tidy

Attributes = Mapping[str, str | None]

#: Elements whose content no reader sees.
SKIPPED = frozenset({"script", "style", "noscript", "template", "head", "svg", "object"})
#: Elements at whose beginning and end a line ends.
BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "br",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "figcaption",
        "footer",
        "form",
        "frameset",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "iframe",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
BOLD_TAGS = frozenset({f"{RENAMED}b", f"{RENAMED}strong"})

_RANKS = {f"h{n}": n for n in range(1, 7)}
_RANKS |= dict.fromkeys(("caption", "legend", "th", "dt", "summary"), CAPTION)
_TITLE_WORDS = frozenset(("title", "heading", "caption", "tieude", "head", "hd"))
_PLACES = {
    "nav": "nav",
    "header": "header",
    "footer": "footer",
    "main": "main",
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
}
#: Words of classes and ids that tell a region, the first region with one of its words.
_REGION_WORDS = {
    "nav": frozenset(
        ("menu", "menubar", "nav", "navbar", "navigation", "topmenu", "mainmenu", "submenu")
    ),
    "footer": frozenset(("footer", "foot", "bottom", "chantrang")),
    "header": frozenset(("header", "banner", "topbar", "masthead", "dautrang")),
    "main": frozenset(("main", "content", "noidung", "maincontent")),
}
#: Elements whose head and foot are their own, not those of the page.
PARTS = frozenset(("article", "aside", "li"))

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTERS = re.compile(r"[a-z]+")
#: Characters of classes and ids that are looked at.
_LOOKED_AT = 300


def attribute(attributes: Attributes, name: str) -> str:
    """An attribute, tidied; empty if there is none."""
    return tidy(attributes.get(name))


def own_words(attributes: Attributes) -> set[str]:
    """The words of the class and the id of an element."""
    words = f"{attribute(attributes, 'class')} {attribute(attributes, 'id')}"[:_LOOKED_AT].strip()
    return set(_LETTERS.findall(_CAMEL.sub(" ", words).lower()))


def rank_of(tag: str, words: set[str]) -> int:
    """The rank of lines in an element, as in `page`."""
    return _RANKS.get(tag) or (TITLE if words & _TITLE_WORDS else 0)


def region_of(
    attributes: Attributes, tag: str, words: set[str], inherited: str, *, in_part: bool
) -> str:
    """The region of an element within `inherited`; `in_part` if it stands in one of `PARTS`."""
    place = _PLACES.get(tag) or _PLACES.get(attribute(attributes, "role").lower())
    if not place and tag in ("html", "body", "form"):
        return inherited
    place = place or next((name for name, own in _REGION_WORDS.items() if words & own), inherited)
    return inherited if in_part and place in ("header", "footer") else place
