"""A plain reading of a page of the held-out farm, to test the farm and not the crawler."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from html.parser import HTMLParser

_SILENT = {"script", "style", "title"}
_DATES = re.compile(r"(\d{1,2})(?:[/.-]| thang )(\d{1,2})(?:[/.-]| nam )(\d{4})")


@cache
def folded(text: str) -> str:
    """Text without marks, case and doubled spaces, for comparing names."""
    loose = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(c for c in loose if not unicodedata.combining(c))
    return " ".join(plain.casefold().split())


@dataclass
class Reading(HTMLParser):
    """What a page shows.

    texts   its texts in order, each between two tags
    links   (name, href), the name from the text, the picture or the title
    tags    (tag, attributes) of every element
    """

    html: str
    texts: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._open: dict[str, str | None] | None = None
        self._name = ""
        self._silent = False
        self.feed(self.html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._silent = tag in _SILENT
        if tag == "a":
            self._open, self._name = found, found.get("title") or ""
        elif tag == "img" and self._open is not None:
            self._name += " " + (found.get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent = False
        if tag == "a" and self._open is not None:
            self.links.append((folded(self._name), self._open.get("href") or ""))
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._silent or not data.strip():
            return
        self.texts.append(" ".join(data.split()))
        if self._open is not None:
            self._name += " " + data

    def attributes(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of a kind."""
        return [found for name, found in self.tags if name == tag]

    def named(self) -> set[str]:
        """Everything that could be read as the name of a section."""
        return {name for name, _ in self.links} | {folded(text) for text in self.texts}

    def dates(self, but_not: str) -> set[date]:
        """Days written in the texts, without those whose folded text matches a pattern."""
        texts = [folded(text) for text in self.texts]
        kept = [text for text in texts if not re.search(but_not, text)]
        found = _DATES.findall("\n".join(kept))
        return {date(int(y), int(m), int(d)) for d, m, y in found}
