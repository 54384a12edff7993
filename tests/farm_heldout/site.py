"""One site put together: where the names of sections stand, the home page, the chrome, the bytes.

Belongs here: layout. Does not belong here: choices (plan.py) and insides of pages (contents.py).
"""

from __future__ import annotations

import html
from collections import defaultdict

from tests.farm_heldout import contents, head
from tests.farm_heldout.builder import Builder, Page
from tests.farm_heldout.encode import SCRIPTS, encoded
from tests.farm_heldout.feeds import feed
from tests.farm_heldout.plan import NO, YES, Section, Site

#: Status, headers, body.
Reply = tuple[int, dict[str, str], bytes]
Link = tuple[str, str]

#: The smallest picture there is: one pixel.
_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00"
    b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
#: Places whose section has no page of its own.
_WITHOUT_PAGE = {"inline", "select", "foot_text"}


class _Maker:
    """Makes the pages of one site, step by step."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.b = Builder(site)
        self.places: dict[str, list[Link]] = defaultdict(list)
        self.parents: dict[str, list[Link]] = defaultdict(list)
        self._chromes: dict[str, dict[str, str]] = {}

    def made(self) -> dict[str, Reply]:
        self._place_sections()
        self._place_others()
        self._place_hub()
        self._write_pages()
        home = self.b.skin["home"]
        self.b.pages[home] = Page("", self._home())
        replies = {path: self._reply(page) for path, page in self.b.pages.items()}
        replies |= dict.fromkeys(self.b.images, (200, {"content-type": "image/gif"}, _GIF))
        if self.site.answers["feeds"] == YES:
            kind, body = feed(self.b, self._lag(0))
            replies[self.b.skin["feed"]] = (
                200,
                head.headers(self.b) | {"content-type": kind},
                body,
            )
        if home != "/":
            replies["/"] = (302, head.headers(self.b) | {"location": home}, b"")
        return replies

    def _place(self, place: str, parent: str, label: str, href: str) -> None:
        if place == "sub":
            self.parents[parent].append((label, href))
        else:
            self.places[place].append((label, href))

    def _shown(self) -> list[Section]:
        """Sections whose name stands on the site: not a feed or a search that works unnamed."""
        feed_form = self.site.chance("feed form", 3)
        return [
            s
            for s in self.site.sections
            if not (s.check_id == "search" and not s.gap)
            and not (s.check_id == "feeds" and not s.gap and feed_form == 0)
        ]

    def _place_sections(self) -> None:
        for section in self._shown():
            if section.place in _WITHOUT_PAGE or section.place == "service_page":
                continue
            href = self.b.path(section.label)
            if section.check_id == "feeds" and not section.gap and self._feed_straight():
                href = self.b.skin["feed"]
            self._place(section.place, section.parent, section.label, href)

    def _feed_straight(self) -> bool:
        return self.site.chance("feed form", 3) == 1

    def _place_others(self) -> None:
        neutral = self.b.texts["neutral"]
        for one in neutral[:2]:
            self._place("menu", "", one["label"], self.b.path(one["label"]))
        more = [one["label"] for one in neutral[2:] if self.site.chance(one["label"], 6)]
        for label in [*more, *self.site.decoys]:
            place = self.site.choose("place" + label, ("menu", "sub", "sub", "side", "foot"))
            self._place(place, "Công dân và doanh nghiệp", label, self.b.path(label))
            self.b.page(label, Page(label, self.b.paragraphs(self.b.story(label))))

    def _place_hub(self) -> None:
        inner = self.places.get("hub")
        if inner:
            label = self.site.choose("hub", self.b.texts["hub"])
            names = "".join(self.b.fill("side_link", href=h, label=n) for n, h in inner)
            self.places["menu"].append((label, self.b.page(label, Page(label, names))))

    def _write_pages(self) -> None:
        for index, one in enumerate(self.b.texts["neutral"][:2]):
            body = self.b.listing(one["items"], self._lag(index))
            self.b.page(one["label"], Page(one["label"], body))
        for section in self._shown():
            if section.place in _WITHOUT_PAGE:
                continue
            if section.kind == "site_map" and not section.gap:
                self.b.page(section.label, Page(section.label, self._tree()))
            elif not (section.check_id == "feeds" and not section.gap and self._feed_straight()):
                self.b.page(section.label, contents.content(self.b, section))
        if self.site.answers["search"] == YES:
            results = self.b.texts["search"]["results"]
            self.b.page("tim-kiem", Page(results, self.b.paragraphs([""])))

    def _lag(self, index: int) -> int:
        """Days that a list of no section is behind the newest item of the site."""
        return index + (3 if self.site.answers["news"] == YES else 0)

    def _links(self) -> list[Link]:
        parts = [*self.places.values(), *self.parents.values()]
        return [link for part in parts for link in part]

    def _tree(self) -> str:
        leaves = "".join(self.b.fill("leaf", href=h, label=n) for n, h in self._links())
        return self.b.fill("tree", items=leaves)

    # The home page.

    def _home(self) -> str:
        dates = self.site.chance("dates at home", 6) != 0
        boxes = []
        for section in self.site.sections:
            if section.place == "box":
                boxes.append(self._section_box(section, dates))
            elif section.place in ("inline", "select"):
                boxes.append(self._links_box(section))
        for index, one in enumerate(self.b.texts["neutral"][:2]):
            body = self.b.listing(one["items"][:3], self._lag(index), dates)
            boxes.append(self._box(one["label"], self.b.path(one["label"]), body))
        photos = self.b.texts["neutral"][2]["label"]
        captions = list(self.site.headlines[8:14])
        boxes.append(
            self.b.fill("box", name=photos, body=self.b.listing(captions, 6, dates, thumbs=True))
        )
        return "".join(sorted(boxes, key=lambda box: self.site.chance(box, 1000)))

    def _box(self, label: str, href: str, body: str) -> str:
        return self.b.fill("box", name=self.b.fill("box_name", href=href, label=label), body=body)

    def _section_box(self, section: Section, dates: bool) -> str:
        href = self.b.path(section.label)
        if section.gap:
            body = "" if section.gap == "empty" else self._updating(section)
        elif section.kind == "news":
            titles = list(self.site.headlines[:6])
            body = self.b.listing(titles, 0, dates, thumbs=True)
        elif section.kind in ("items", "consultation"):
            lag = contents.lag(self.b, section)
            body = self.b.listing(list(section.items[:3]), lag, dates)
        else:
            body = self.b.paragraphs(list(section.items[:2]))
        more = self.b.fill("more", href=href, label=self.site.choose("more", self.b.texts["more"]))
        return self._box(section.label, href, body + more)

    def _updating(self, section: Section) -> str:
        return self.b.paragraphs([self.site.choose(section.check_id, self.b.texts["updating"])])

    def _links_box(self, section: Section) -> str:
        name = html.escape(section.label)
        outside = [] if section.gap else self.b.texts["links"]
        if section.place == "select":
            first = self.site.choose("choose", self.b.texts["choose"])
            options = [(first, ""), *outside]
            items = "".join(self.b.fill("option", href=h, label=n) for n, h in options)
            named = self.b.fill("label", field="weblink", text=section.label)
            name = named if self.site.helped else name
            return self.b.fill("side_box", name=name, body=self.b.fill("select", items=items))
        gap = section.gap and section.gap != "empty"
        body = self._updating(section) if gap else contents.links(self.b) if outside else ""
        return self.b.fill("side_box", name=name, body=body)

    # The chrome.

    def _cased(self, label: str) -> str:
        return label.upper() if self.site.chance("case", 3) == 0 else label

    def _menu(self) -> str:
        b = self.b
        home = b.fill("menu_item", href=b.skin["home"], label=self._cased(self._home_word()))
        parts = [
            b.fill("menu_item", href=href, label=self._cased(name))
            for name, href in self.places["menu"]
        ]
        for parent, links in self.parents.items():
            items = "".join(b.fill("sub_item", href=href, label=name) for name, href in links)
            parts.append(b.fill("menu_parent", label=self._cased(parent), items=items))
        parts.sort(key=lambda part: self.site.chance(part, 1000))
        return b.fill("menu", items=home + "".join(parts))

    def _home_word(self) -> str:
        words: list[str] = self.b.texts["home"]
        return self.site.choose("home", words)

    def _side(self) -> str:
        b = self.b
        links = "".join(b.fill("side_link", href=h, label=n) for n, h in self.places["side"])
        pictures = [b.picture_link("banner", n, h) for n, h in self.places["banner"]]
        campaigns = [b.image(f"ap-phich-{i}", f"Áp phích cổ động số {i}") for i in (1, 2)]
        return links + "".join(pictures) + b.fill("unnamed", items="".join(campaigns))

    def _foot_text(self) -> str:
        b = self.b
        lines = [self.site.say(line) for line in b.texts["license"]]
        section = self.site.section("contacts")
        if section and section.place == "foot_text":
            key = self.site.choose("contact words", ("contacts", "contact_short"))
            lines += contents.contact_lines(b, key)
        comment = ""
        if self.site.answers["site_map"] == NO and self.site.answers["languages"] == NO:
            comment = b.texts["left_out"]
        return "<br>".join(html.escape(line) for line in lines) + comment

    def _search(self) -> str:
        if self.site.answers["search"] != YES:
            return ""
        aid = ""
        if self.site.helped:
            words = self.b.texts["search"]["label"]
            aid = self.b.field_name(self.b.skin["search_id"], words)
        return self.b.fill("search", href=self.b.path("tim-kiem"), aid=aid)

    def _chrome(self, foreign: str) -> dict[str, str]:
        """What stands around a page; a page in another language has almost nothing around it."""
        b = self.b
        if foreign:
            home = b.texts["foreign"][foreign][0]
            menu = b.fill("menu", items=b.fill("menu_item", href=b.skin["home"], label=home))
            empty = ("clock", "top", "flags", "search", "side", "login", "foot_links")
            return {**dict.fromkeys(empty, ""), "menu": menu, "foot_text": ""}
        clock = self.site.choose("clock", b.texts["clock"])
        return {
            "clock": clock if self.site.chance("has clock", 3) == 0 else "",
            "top": "".join(b.fill("top_link", href=h, label=n) for n, h in self.places["top"]),
            "flags": "".join(b.picture_link("flag", n, h) for n, h in self.places["flag"]),
            "search": self._search(),
            "menu": self._menu(),
            "side": self._side(),
            "login": contents.login(b) if self.site.chance("login", 3) == 0 else "",
            "foot_links": "".join(
                b.fill("foot_link", href=h, label=n) for n, h in self.places["foot"]
            ),
            "foot_text": self._foot_text(),
        }

    def _reply(self, page: Page) -> Reply:
        b = self.b
        if page.foreign not in self._chromes:
            self._chromes[page.foreign] = self._chrome(page.foreign)
        owner = self.site.say(self.site.choose("title", b.texts["titles"]))
        main = page.body
        if page.title:
            crumb = self.site.choose("crumb", b.texts["crumb"])
            main = b.fill("body", crumb=crumb, name=html.escape(page.title), body=page.body)
        skip = b.fill("skip", text=b.texts["skip"]) if self.site.helped else ""
        picture = b.image("dau-trang", owner, always=True)
        text = b.fill(
            "page",
            meta=head.meta(self.b),
            lang=head.language(self.b, page.foreign),
            title=html.escape(f"{page.title} - {owner}" if page.title else owner),
            skip=skip,
            logo=b.fill("logo", href=b.skin["home"], image=picture),
            main=main,
            **self._chromes[page.foreign],
        )
        script = SCRIPTS[self.site.script]
        kind = "text/html" + (f"; charset={script.header}" if script.header else "")
        headers = head.headers(self.b) | {"content-type": kind}
        return page.status, headers, encoded(text, self.site.script)


def made(site: Site) -> dict[str, Reply]:
    """Every page of a site by its path with query: (status, headers in lower case, body)."""
    return _Maker(site).made()
