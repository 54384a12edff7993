"""The pages of one portal, built from its plan: every address it answers, and what it answers.

Belongs here: which page links to which, and what is wrong with pages planted as faulty. Does not
belong here: texts (`farm_content`), markup (`farm_layouts`), schemes and hosts (`farm_site`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from html import escape

from tests.farm import farm_content as content
from tests.farm.farm_layouts import Block, Link, View, anchor, document, picture
from tests.farm.farm_plan import Section, SitePlan
from tests.farm.farm_words import furniture, sections, slug_of, without_marks


@dataclass(frozen=True)
class Page:
    """An answer before encoding."""

    text: str
    status: int = 200
    media: str = "text/html"


class Pages:
    """All pages of a portal served at `origin` ("https://host:port")."""

    def __init__(self, plan: SitePlan, origin: str, desk_url: str) -> None:
        self.plan, self.origin, self.desk_url = plan, origin, desk_url
        name = plan.rng("name").choice(furniture()["site_names"])
        self.name = content.say(plan, name)
        self._built: dict[str, Page] = {}

    @cached_property
    def all(self) -> dict[str, Page]:
        """Every page by its address, path with query."""
        self._put_tools()
        self._put_menu_pages()
        self._put_news()
        # last: pages above decide nothing of the front page but add to what it links
        self._built["/"] = self._shell("", self._front(), self._blocks())
        return {path: self._finished(page) for path, page in self._built.items()}

    def missing(self) -> Page:
        """What stands at any other address."""
        return self._finished(self._not_found(404))

    def _finished(self, page: Page) -> Page:
        if self.plan.form.marks == "without" and page.media == "text/html":
            return Page(without_marks(page.text), page.status)
        return page

    def _href(self, path: str) -> str:
        return self.origin + path if self.plan.absolute else path

    def _shell(self, heading: str, main: str, blocks: tuple[Block, ...] = ()) -> Page:
        footer = "" if self.plan.contact_page else content.contact_lines(self.plan)
        footer += f"<p>{escape(content.choose(self.plan, 'imprints'))}</p>"
        view = View(
            plan=self.plan,
            name=self.name,
            tools=self._tools,
            menu=self._menu,
            comments=self._comments,
            blocks=blocks,
            footer=footer,
            heading=heading,
            main=main,
            head=self._head(),
        )
        return Page(document(view))

    def _head(self) -> str:
        viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        head = viewport if self.plan.answers["viewport"] == "yes" else f"<!-- {viewport} -->"
        if self._feed_form == "alternate":
            head += (
                '<link rel="alternate" type="application/rss+xml" '
                f'title="RSS" href="{self._href("/rss.xml")}">'
            )
        return head

    def _front(self) -> str:
        scenes = "".join(picture(self.plan, f"anh-{n}", f"{self.name} {n}") for n in (1, 2, 3))
        return f"<p>{escape(content.choose(self.plan, 'welcome'))}</p><div>{scenes}</div>"

    # Sections.

    def _section_href(self, section: Section) -> str:
        if section.check == "service_link" and section.answer == "yes":
            return self.desk_url
        if section.place == "block":
            return self._href(f"/#{slug_of(section.label)}")
        return self._href(section.path)

    def _entry(self, section: Section) -> Link:
        return Link(section.label, self._section_href(section), section.place)

    @cached_property
    def _menu(self) -> tuple[Link, ...]:
        plan = self.plan
        links = [Link(furniture()["home"], self._href("/"))]
        held = [s for s in plan.sections.values() if s.place in ("menu", "image", "icon")]
        links += [self._entry(section) for section in held]
        for check in plan.lookalikes:
            title = sections()[check]["lookalike"][0]
            links.append(Link(title, self._href(plan.path(title))))
        for group in self._groups:
            links.append(Link(group, self._href(plan.path(group))))
        if plan.contact_fields and plan.contact_page:
            label = content.choose(plan, "contact_labels")
            links.append(Link(label, self._href(plan.path("lien he"))))
        rest = links[1:]
        plan.rng("order").shuffle(rest)
        return (links[0], *rest)

    @cached_property
    def _groups(self) -> tuple[str, ...]:
        return tuple(sorted({s.parent for s in self.plan.sections.values() if s.place == "group"}))

    @cached_property
    def _comments(self) -> tuple[Link, ...]:
        names = vars(self.plan.body.names)
        labels = [sections()[check]["labels"][0].format_map(names) for check in self.plan.comments]
        return tuple(Link(label, self._href(self.plan.path(label))) for label in labels)

    def _inside(self, parent: str) -> str:
        held = [s for s in self.plan.sections.values() if s.parent == parent]
        links = [anchor(self.plan, Link(s.label, self._section_href(s))) for s in held]
        return f"<ul>{''.join(f'<li>{link}</li>' for link in links)}</ul>" if links else ""

    def _good_text(self, section: Section) -> str:
        if section.check == "news":
            return content.news_list(self.plan, self._news_links)
        text = content.section_text(self.plan, section.check)
        if section.check == "links":
            text += content.outside_links(self.plan)
        if section.check == "site_map":
            every = [*self._menu, *(self._entry(s) for s in self.plan.sections.values())]
            pairs = dict.fromkeys((link.label, link.href) for link in every)
            items = "".join(f'<li><a href="{escape(h)}">{escape(t)}</a></li>' for t, h in pairs)
            text += f"<ul>{items}</ul>"
        return text + self._inside(section.check)

    def _blocks(self) -> tuple[Block, ...]:
        blocks = []
        for section in self.plan.sections.values():
            if section.place == "block":
                text = self._good_text(section) if section.answer == "yes" else ""
                if section.fault == "updating":
                    text = f"<p>{escape(self._updating(section.check))}</p>"
                blocks.append(Block(section.label, "", text))
            if section.place == "block_link":
                teaser = ""
                if section.check == "news" and section.answer == "yes":
                    teaser = self._good_text(section)
                elif section.answer == "yes":
                    teaser = content.section_teaser(self.plan, section.check)
                blocks.append(Block(section.label, self._section_href(section), teaser))
        return tuple(blocks)

    def _updating(self, spot: str) -> str:
        return str(self.plan.rng("updating", spot).choice(furniture()["updating"]))

    def _not_found(self, status: int) -> Page:
        text = self.plan.rng("not found").choice(furniture()["not_found"])
        return Page(self._shell(text, f"<p>{text}.</p>").text, status)

    def _put_faulty(self, path: str, heading: str, fault: str) -> None:
        """A page that is named and holds nothing; a missing one is left out."""
        if fault == "soft_missing":
            self._built[path] = self._not_found(200)
        elif fault == "updating":
            self._built[path] = self._shell(heading, f"<p>{self._updating(heading)}</p>")
        elif fault == "empty":
            self._built[path] = self._shell(heading, "")

    def _put_menu_pages(self) -> None:
        plan = self.plan
        for section in plan.sections.values():
            if section.place == "block" or self._section_href(section) == self.desk_url:
                continue
            if section.answer == "yes":
                self._built[section.path] = self._shell(section.label, self._good_text(section))
            else:
                self._put_faulty(section.path, section.label, section.fault)
        for check in plan.lookalikes:
            title, text = sections()[check]["lookalike"]
            main = f"<p>{escape(content.say(plan, text))}</p>"
            self._built[plan.path(title)] = self._shell(title, main)
        for group in self._groups:
            self._built[plan.path(group)] = self._shell(group, self._inside(group))
        if plan.contact_fields and plan.contact_page:
            heading = content.choose(plan, "contact_labels")
            page = self._shell(heading, content.contact_lines(plan))
            self._built[plan.path("lien he")] = page

    @cached_property
    def _news_links(self) -> list[str]:
        rows = content.headlines(self.plan)
        return [self._href(self.plan.path(f"tin {n} {text}")) for n, (text, _) in enumerate(rows)]

    def _put_news(self) -> None:
        if self.plan.answers["news"] != "yes":
            return
        for n, (text, day) in enumerate(content.headlines(self.plan)):
            page = self._shell(text, content.news_text(self.plan, text, day))
            self._built[self.plan.path(f"tin {n} {text}")] = page

    # Tools at the head of every page.

    @cached_property
    def _feed_form(self) -> str:
        if self.plan.answers["feeds"] == "no":
            return ""
        return self.plan.rng("feed").choice(("alternate", "link", "link", "page"))

    @cached_property
    def _tools(self) -> tuple[str, ...]:
        tools = [self._search(), self._languages(), self._feed_link(), self._login()]
        if self.plan.clock:
            tools.append(content.clock(self.plan))
        return tuple(tool for tool in tools if tool)

    def _search(self) -> str:
        plan, rng = self.plan, self.plan.rng("search")
        if plan.answers["search"] == "no":
            return ""
        label = escape(rng.choice(furniture()["search"]))
        name, form = (
            rng.choice(furniture()["search_names"]),
            rng.choice(("button", "value", "hint")),
        )
        hint = f' placeholder="{label}..."' if form == "hint" else ""
        button = {
            "button": f'<button type="submit">{label}</button>',
            "value": f'<input type="submit" value="{label}">',
            "hint": '<button type="submit">»</button>',
        }[form]
        field = f'<input id="{name}" type="text" name="{name}"{hint}>'
        field = content.labelled(plan, name, label, field)
        action = self._href("/tim-kiem")
        return f'<form class="tk" method="get" action="{action}">{field}{button}</form>'

    def _languages(self) -> str:
        if self.plan.answers["languages"] == "no":
            return ""
        rng = self.plan.rng("languages")
        label = rng.choice(furniture()["languages"])
        place = rng.choice(("menu", "menu", "image"))
        return anchor(self.plan, Link(label, self._href("/en"), place))

    def _feed_link(self) -> str:
        if self._feed_form in ("", "alternate"):
            return ""
        label = self.plan.rng("feed label").choice(furniture()["feeds"])
        path = "/rss.xml" if self._feed_form == "link" else "/kenh-rss"
        return anchor(self.plan, Link(label, self._href(path)))

    def _login(self) -> str:
        plan, rng = self.plan, self.plan.rng("login")
        answer = plan.answers["single_sign_on"]
        if answer != "no" and not plan.sign_on_at_desk:
            return anchor(plan, Link(content.choose(plan, "sign_on"), self._href("/dang-nhap")))
        if answer == "no" and rng.random() < 0.5:
            return anchor(plan, Link(rng.choice(furniture()["plain_login"]), "/thanh-vien"))
        return ""

    def _put_tools(self) -> None:
        plan, built = self.plan, self._built
        if plan.answers["search"] == "yes":
            found = f"<p>{escape(content.choose(plan, 'headlines'))}</p>"
            built["/tim-kiem"] = self._shell(furniture()["search_results"], found)
        elif plan.answers["search"] == "partial":
            fault = plan.rng("search fault").choice(("missing", "updating"))
            self._put_faulty("/tim-kiem", furniture()["search_results"], fault)
        self._put_english()
        self._put_feeds()
        built["/thanh-vien"] = self._shell("Đăng nhập", content.login_form(plan))
        if plan.answers["single_sign_on"] == "yes":
            heading, text = content.choose(plan, "sign_on"), furniture()["sign_on_text"]
            main = f"<p>{escape(text)}</p>{content.login_form(plan)}"
            built["/dang-nhap"] = self._shell(heading, main)
        elif plan.answers["single_sign_on"] == "partial":
            fault = plan.rng("sign on fault").choice(("missing", "updating"))
            self._put_faulty("/dang-nhap", content.choose(plan, "sign_on"), fault)

    def _put_english(self) -> None:
        plan, words = self.plan, furniture()
        answer, rng = plan.answers["languages"], plan.rng("english")
        lines = words["english"]
        if answer == "no" or (answer == "partial" and rng.random() < 0.5):
            return
        if answer == "partial":
            lines = [rng.choice(words["updating_en"])]
        lang = ' lang="en"' if plan.form.accessible[0] else ""
        names = vars(plan.body.names)
        text = "".join(f"<p>{escape(line.format_map(names))}</p>" for line in lines)
        name = escape(plan.body.names.english)
        self._built["/en"] = Page(
            f"<!DOCTYPE html><html{lang}><head><title>{name}</title></head>"
            f"<body><h1>{name}</h1>{text}</body></html>"
        )

    def _put_feeds(self) -> None:
        plan = self.plan
        answer = plan.answers["feeds"]
        if answer == "yes":
            xml = content.feed(plan, self.name, self.origin)
            self._built["/rss.xml"] = Page(xml, media="application/rss+xml")
        if self._feed_form == "page":
            link = f'<a href="{self._href("/rss.xml")}">RSS: {escape(self.name)}</a>'
            text = link if answer == "yes" else self._updating("rss")
            self._built["/kenh-rss"] = self._shell("RSS", f"<p>{text}</p>")
