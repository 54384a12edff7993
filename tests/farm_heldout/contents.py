"""What the pages behind the names of sections hold, by the kinds of `wording.yaml`.

Belongs here: the inside of a page that has content. Does not belong here: its address, its gap
if it has none, and the chrome around it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.farm_heldout.builder import Builder, Page
from tests.farm_heldout.plan import Section

#: Least days between the newest item of a site and that of a list which is not its news.
_LAG = 5


def lag(b: Builder, section: Section) -> int:
    """Days that the list of a section is behind the newest item of the site."""
    return _LAG + b.site.chance(section.check_id, 20)


def _article(b: Builder, section: Section) -> str:
    return b.paragraphs(list(section.items))


def _people(b: Builder, section: Section) -> str:
    texts = b.texts["people"]
    rows = []
    for index, field in enumerate(texts["field"]):
        role = texts["deputy" if index else "chief"][b.site.block]
        name = texts["names"][(index + b.site.chance("people", 8)) % 8]
        rows.append([f"{role}: {name}", field])
    return b.table(["", ""], rows)


def _directory(b: Builder, section: Section) -> str:
    domain = b.site.host.removesuffix(".test")
    rows = []
    for index, unit in enumerate(b.texts["directory"]["units"]):
        name = b.texts["people"]["names"][-index - 1]
        phone = f"0{20 + b.site.chance('area', 70)}.3{812345 + index * 137}"
        rows.append([name, b.site.say(unit), phone, f"cb{index + 1}@{domain}"])
    return b.table(b.texts["directory"]["heads"], rows)


def _items(b: Builder, section: Section) -> str:
    return b.listing(list(section.items), lag(b, section))


def _news(b: Builder, section: Section) -> str:
    return b.listing(list(b.site.headlines[:8]), 0, thumbs=True)


def _documents(b: Builder, section: Section) -> str:
    texts = b.texts["documents"]
    kind = texts["kinds"][b.site.block]
    rows = []
    for index, title in enumerate(section.items):
        day = b.day(index, _LAG + 9)
        rows.append([f"{17 + index * 6}/{day.year}/{kind}", f"{day:%d/%m/%Y}", title])
    return b.table(texts["heads"], rows)


def _projects(b: Builder, section: Section) -> str:
    texts = b.texts["projects"]
    rows = [
        [str(index + 1), title, f"{1250 + index * 735:,}".replace(",", "."), texts["by"][index % 3]]
        for index, title in enumerate(section.items)
    ]
    return b.table(texts["heads"], rows)


def _consultation(b: Builder, section: Section) -> str:
    until = b.day(0, lag(b, section)) + timedelta(days=20)
    note = b.texts["consultation"]["until"].format(date=f"{until:%d/%m/%Y}")
    return _items(b, section) + b.paragraphs([note])


def _schedule(b: Builder, section: Section) -> str:
    texts = b.texts["schedule"]
    monday = b.site.newest - timedelta(days=b.site.newest.weekday() + 7)
    days = [monday + timedelta(days=i) for i in range(5)]
    items = section.items
    rows = [
        [f"{name} {day:%d/%m/%Y}", items[i], items[(i + 2) % len(items)]]
        for i, (name, day) in enumerate(zip(texts["days"], days, strict=True))
    ]
    week = texts["week"].format(first=f"{days[0]:%d/%m/%Y}", last=f"{days[-1]:%d/%m/%Y}")
    return b.paragraphs([week]) + b.table(texts["heads"], rows)


def _questions(b: Builder, section: Section) -> str:
    ask, reply = b.texts["ask"]
    parts = []
    for question, answer in b.texts["questions"]:
        parts.append(b.fill("strong", text=f"{ask}: {question}"))
        parts.append(b.fill("paragraph", text=f"{reply}: {answer}"))
    return "".join(parts)


def links(b: Builder) -> str:
    """Links to sites of others."""
    return "".join(b.fill("outside", href=href, label=name) for name, href in b.texts["links"])


def contact_lines(b: Builder, key: str) -> list[str]:
    """Street, telephone and mail of the site, in the wording of `key`."""
    area = f"0{20 + b.site.chance('area', 70)}"
    words = {
        "street": b.site.choose("street", b.texts["streets"]),
        "phone": f"({area}) 3{820100 + b.site.chance('phone', 900)}",
        "fax": f"({area}) 3{820999 + b.site.chance('fax', 900)}",
        "mail": f"banbientap@{b.site.host.removesuffix('.test')}",
    }
    return [line.format(**words) for line in b.texts[key]]


def _contacts(b: Builder, section: Section) -> str:
    return b.paragraphs([b.site.owner, *contact_lines(b, "contacts")])


def _services(b: Builder, section: Section) -> str:
    texts = b.texts["services"]
    rows = [
        [str(i + 1), title, str(3 + (i + b.site.chance("level", 2)) % 2), texts["apply"]]
        for i, title in enumerate(section.items)
    ]
    sign_in = b.site.section("single_sign_on")
    link = ""
    if sign_in and sign_in.place == "service_page":
        link = b.fill("side_link", href=b.path(sign_in.label), label=sign_in.label)
    return link + b.table(texts["heads"], rows)


def _sign_in(b: Builder, section: Section) -> str:
    return b.paragraphs([b.site.say(t) for t in b.texts["sign_in"]]) + login(b)


def login(b: Builder) -> str:
    """A form for a name and a password."""
    texts = b.texts["login"]
    return b.fill(
        "login",
        title=texts["title"],
        user=b.field_name("lg_u", texts["user"]),
        password=b.field_name("lg_p", texts["password"]),
        button=texts["button"],
    )


def _feed_list(b: Builder, section: Section) -> str:
    names = [item["label"] for item in b.texts["neutral"][:2]]
    return "".join(
        b.fill("side_link", href=b.skin["feed"], label=f"{name} (XML)") for name in names
    )


_KINDS: dict[str, Callable[[Builder, Section], str]] = {
    "article": _article,
    "people": _people,
    "directory": _directory,
    "items": _items,
    "news": _news,
    "documents": _documents,
    "projects": _projects,
    "consultation": _consultation,
    "schedule": _schedule,
    "questions": _questions,
    "links": lambda b, section: links(b),
    "contacts": _contacts,
    "services": _services,
    "sign_in": _sign_in,
    "feed_list": _feed_list,
}


def content(b: Builder, section: Section) -> Page:
    """The page behind a section: its content, or its gap."""
    foreign = section.label if section.kind == "foreign" else ""
    language = {"中文": "中文", "Français": "Français"}.get(foreign, "English") if foreign else ""
    if section.gap == "missing":
        number, words = b.texts["not_found"]
        return Page(words, b.paragraphs([str(number), words]), status=404)
    if section.gap == "updating":
        key = "updating_foreign" if foreign else "updating"
        words = b.site.choose(section.check_id, b.texts[key])
        return Page(section.label, b.paragraphs([words]), foreign=language)
    if section.gap == "empty":
        words = "" if foreign else b.site.choose(section.check_id, b.texts["nothing"])
        return Page(section.label, b.paragraphs([words]), foreign=language)
    if foreign:
        _, title, *lines = b.texts["foreign"][language]
        return Page(title, b.paragraphs(lines), foreign=language)
    return Page(section.label, _KINDS[section.kind](b, section))
