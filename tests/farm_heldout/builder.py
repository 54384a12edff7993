"""Filling the parts of a skin, and the addresses and pages that come of it.

Belongs here: markup that every kind of page needs. Does not belong here: what a section holds
(contents.py) and where its name stands (site.py).
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date, timedelta
from string import Template

from tests.farm_heldout.encode import without_marks
from tests.farm_heldout.plan import Site, data

#: Slots that take plain text; the others take markup.
_TEXT_SLOTS = {"label", "text", "date", "href"}
#: Where pictures stand. Every address holds the same picture.
IMAGES = "/images/"


@dataclass(frozen=True)
class Page:
    """One page before the chrome is put around it; `foreign` names its language, if another."""

    title: str
    body: str
    status: int = 200
    foreign: str = ""


class Builder:
    """The pages of one site while they are made."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.texts = data("texts")
        self.skin: dict[str, str] = {**data("skins/common"), **data(f"skins/{site.skin}")}
        self.pages: dict[str, Page] = {}
        self.images: set[str] = set()
        self._paths: dict[str, str] = {}

    def fill(self, part: str, **slots: str) -> str:
        """A part of the skin with its slots filled; text is escaped, markup is not."""
        safe = {k: html.escape(v) if k in _TEXT_SLOTS else v for k, v in slots.items()}
        return Template(self.skin[part]).substitute(safe)

    def path(self, name: str) -> str:
        """The address of a page by its name, the same at every call."""
        if name not in self._paths:
            slug = re.sub(r"[^a-z0-9]+", "-", without_marks(name).lower()).strip("-")
            number = str(len(self._paths) + 31)
            self._paths[name] = Template(self.skin["address"]).substitute(
                slug=slug or f"trang-{number}", n=number
            )
        return self._paths[name]

    def page(self, name: str, page: Page) -> str:
        """Keep a page; returns its address."""
        path = self.path(name)
        self.pages[path] = page
        return path

    def image(self, name: str, what: str, always: bool = False) -> str:
        """A picture, with its alternative text if the site gives them."""
        path = f"{IMAGES}{name}.gif"
        self.images.add(path)
        named = self.site.images_named or always
        alt = f' alt="{html.escape(what)}"' if named else ""
        return f'<img src="{path}" border="0"{alt} />'

    def picture_link(self, part: str, label: str, href: str) -> str:
        """A picture that names a section: by alternative text, else by the title of its link."""
        title = "" if self.site.images_named else f' title="{html.escape(label)}"'
        name = re.sub(r"\W", "", href) + part
        return self.fill(part, href=href, title=title, image=self.image(name, label))

    def paragraphs(self, texts: list[str]) -> str:
        """The texts as paragraphs."""
        return "".join(self.fill("paragraph", text=text) for text in texts)

    def story(self, topic: str) -> list[str]:
        """Some sentences about nothing in particular."""
        sentences = self.texts["sentences"]
        start = self.site.chance(topic, len(sentences))
        return [sentences[(start + i * 3) % len(sentences)] for i in range(4)]

    def day(self, index: int, lag: int) -> date:
        """The date of the item at `index` of a list whose first is `lag` days before the newest."""
        return self.site.newest - timedelta(days=lag + index * (2 + index))

    def written(self, day: date) -> str:
        """A date as the items of this site show it."""
        return day.strftime(self.site.choose("dates", self.texts["dates"]))

    def listing(self, titles: list[str], lag: int, dates: bool = True, thumbs: bool = False) -> str:
        """A list of items, newest first, each with a page of its own."""
        items = []
        for index, title in enumerate(titles):
            shown = self.written(self.day(index, lag))
            story = self.paragraphs([shown, title + ".", *self.story(title)])
            href = self.page(title, Page(title, story))
            thumb = self.image(f"tin{index}", title) if thumbs else ""
            date_shown = shown if dates else ""
            items.append(self.fill("item", href=href, label=title, thumb=thumb, date=date_shown))
        return self.fill("list", items="".join(items))

    def table(self, heads: list[str], rows: list[list[str]]) -> str:
        """A table of plain texts."""
        head = "".join(self.fill("head_cell", text=text) for text in heads)
        lines = ["".join(self.fill("cell", text=text) for text in row) for row in rows]
        return self.fill(
            "table", rows="".join(self.fill("row", cells=cells) for cells in [head, *lines])
        )

    def field_name(self, field: str, text: str) -> str:
        """The name of a field: its label if the site helps, else loose text."""
        if self.site.helped:
            return self.fill("label", field=field, text=text)
        return self.fill("plain", text=text)
