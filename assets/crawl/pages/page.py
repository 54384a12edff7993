"""What a reader finds on a page: its lines of text, links, forms and what its head declares.

Belongs here: shapes. Does not belong here: reading markup (`html`), or what any of it means.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: Ranks of lines that stand over others beside h1 to h6, which are 1 to 6. 0 is a plain line.
TITLE, CAPTION, BOLD = 7, 8, 9

#: Regions around what a page is about.
FRAME = ("nav", "header", "footer")


class Link(NamedTuple):
    """A link or an option that leads somewhere.

    names      its text, then texts of pictures in it, title and label; none empty
    url        absolute address without the part after #; empty if it leads nowhere
    anchor     the part after #
    region     nav, header, footer, main or empty
    line       number of the line it stands in
    above      text of the menu entry it is beneath, empty if none
    lang       language that the link declares of its target
    """

    names: tuple[str, ...]
    url: str
    anchor: str
    region: str
    line: int
    above: str = ""
    lang: str = ""


class Line(NamedTuple):
    """A run of text without a break. `rank` as above; `linked` counts the characters in links;
    `around` are the lines of the elements around it, first and past the last, innermost first."""

    text: str
    region: str
    rank: int
    linked: int
    around: tuple[tuple[int, int], ...]


class Field(NamedTuple):
    """A form control: type of the input, its hints and the text before it, its name."""

    kind: str
    hint: str
    labelled: bool
    name: str = ""


@dataclass(frozen=True)
class Form:
    """A form, or the controls that stand outside of any (then `hint` is empty). `action` is the
    address that it asks by GET, empty if it does not."""

    hint: str
    fields: tuple[Field, ...]
    action: str = ""


@dataclass(frozen=True)
class Page:
    """One page as read. `images` counts pictures and those with a text in their place; `starts`
    gives the lines of each named place, first and past the last; `refresh` is the address that
    the page sends its reader on to; `feed_items` counts the items of a feed, None if it is none;
    `feed_days` are days of its items as written."""

    url: str
    title: str = ""
    lang: str = ""
    links: tuple[Link, ...] = ()
    lines: tuple[Line, ...] = ()
    forms: tuple[Form, ...] = ()
    metas: Mapping[str, str] = field(default_factory=dict)
    feeds: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    images: tuple[int, int] = (0, 0)
    starts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    refresh: str = ""
    feed_items: int | None = None
    feed_days: tuple[str, ...] = ()
    charset: str = ""
    problem: str = ""

    @property
    def text(self) -> str:
        """All lines, one below the other."""
        return "\n".join(line.text for line in self.lines)

    @property
    def headings(self) -> tuple[Line, ...]:
        """The lines that stand over others."""
        return tuple(line for line in self.lines if line.rank)


def tidy(text: str | None) -> str:
    """NFC with single spaces."""
    return unicodedata.normalize("NFC", " ".join(text.split())) if text else ""
