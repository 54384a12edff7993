"""How old the newest item of a portal is.

Belongs here: telling days of items from clocks, deadlines and days of documents. Does not belong
here: reading dates (`dates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from assets.crawl.dates import dates_in
from assets.crawl.model import Answer
from assets.crawl.page import Line, Page
from assets.crawl.sections import Candidate
from assets.crawl.site import CONTENT, Site

#: Where only whether there is a day matters, and not which.
_SOME_DAY = date(2100, 1, 1)
_FRAME = ("header", "nav", "footer")


class _Item(NamedTuple):
    """A day on a page; `sure` if it stands by a headline."""

    day: date
    sure: bool
    words: str
    url: str


def freshness(site: Site, news: Sequence[Candidate], section: Answer, today: date) -> Answer:
    """Yes, partial or no by the day of the newest item on the home page and pages of news;
    not observed if they bear no day. `section` is the answer of the news section: a portal
    without news, or with none in the section, has no newest item."""
    assert site.home is not None  # noqa: S101
    bars = _top_bars(site)
    lines = [line for number, line in enumerate(site.home.lines) if number not in bars]
    items = list(_items(site.home, lines, site, today, is_news=False))
    for page in _news_pages(site, news):
        items += _items(page, site.own_lines(page), site, today, is_news=True)
    if not items:
        items = list(_articles(site, today))
    worths, settings = site.rules.confidence, site.rules.functions["freshness"]
    pool = [item for item in items if item.sure] or items
    if not pool:
        if section.answer in ("no", "partial"):
            worth = min(section.confidence, worths["label"])
            why = f"news: {section.answer}"
            return Answer("freshness", "no", site.home.url, why, "freshness.no_news", worth)
        why = "no day of an item can be read"
        return Answer("freshness", "not_observed", site.home.url, why, "freshness.no_day", 0)
    newest = max(pool, key=lambda item: item.day)
    age = (today - newest.day).days
    answer = "no"
    if age <= settings["yes_days"]:
        answer = "yes"
    elif age <= settings["partial_days"]:
        answer = "partial"
    worth = worths["heading"] if newest.sure else worths["label"] + worths["no_marks"]
    place = "item" if newest.sure else "day"
    words = f"{newest.day.isoformat()}: {newest.words[:200]}"
    return Answer("freshness", answer, newest.url, words, f"freshness.{place}", worth)


def headlines(site: Site) -> list[str]:
    """Addresses of the portal's own that headlines of the home page lead to, the first ones."""
    assert site.home is not None  # noqa: S101
    settings = site.rules.functions["freshness"]
    found = dict.fromkeys(
        link.url
        for link in site.home.links
        if link.region not in _FRAME
        and link.names
        and len(link.names[0].split()) >= settings["article_words"]
        and link.url
        and site.same_site(link.url)
        and not site.rules.skip_addresses.search(link.url)
    )
    return list(found)[: settings["articles"]]


def has_no_day(site: Site) -> bool:
    """Whether the home page bears no day at all: one has to be looked for in its articles."""
    assert site.home is not None  # noqa: S101
    return not any(
        dates_in(line.text, _SOME_DAY) for line in site.home.lines if line.region not in _FRAME
    )


def _articles(site: Site, today: date) -> Iterator[_Item]:
    """The day that stands first on the page of an article."""
    for url in headlines(site):
        seen = site.behind(url)
        if seen is None or seen.state != CONTENT:
            continue
        days = (
            (day, line.text)
            for line in seen.own
            for day in dates_in(line.text, today)
            if day <= today
        )
        for day, words in days:
            yield _Item(day, True, words, url)
            break


def _top_bars(site: Site) -> frozenset[int]:
    """Lines of the home page that hold links to functions of the portal, as to its other languages
    or feeds: a day beside them is that of the visit."""
    assert site.home is not None  # noqa: S101
    kinds = {check_id: check.kind for check_id, check in site.rules.checks.items()}
    return frozenset(
        link.line
        for link in site.home.links
        for name in link.names
        for naming in site.rules.names(name)
        if kinds[naming.check_id] in ("link", "function") and naming.strong and not naming.leftover
    )


def _news_pages(site: Site, news: Sequence[Candidate]) -> list[Page]:
    pages: dict[int, Page] = {}
    for one in news:
        seen = site.behind(one.url) if one.url else None
        if seen is not None and seen.state == CONTENT:
            pages[id(seen.page)] = seen.page
    return list(pages.values())


def _items(
    page: Page, lines: Sequence[Line], site: Site, today: date, *, is_news: bool
) -> Iterator[_Item]:
    rules, settings = site.rules, site.rules.functions["freshness"]
    latest = today + timedelta(days=settings["ahead_days"])
    left_out = frozenset(settings["not_in"])
    within: frozenset[str] = frozenset()
    for number, line in enumerate(lines):
        if line.rank and (named := _sections(line, site)):
            within = named
        days = [day for day in dates_in(line.text, today) if day <= latest]
        if not days or line.region in _FRAME or (within & left_out and not is_news):
            continue
        if rules.has("freshness.clock", line.text) or rules.has("freshness.not_items", line.text):
            continue
        by_headline = _by_headline(lines, number, settings["headline_words"])
        if not by_headline and max(days) >= today - timedelta(days=1) and len(line.text) < 60:
            continue  # a clock
        yield _Item(max(days), is_news or by_headline, line.text, page.url)


def _sections(line: Line, site: Site) -> frozenset[str]:
    return frozenset(n.check_id for n in site.rules.names(line.text) if not n.leftover)


def _by_headline(lines: Sequence[Line], number: int, enough: int) -> bool:
    """Whether a line is a headline, or stands right beside one."""
    return any(
        _is_headline(lines[place], enough)
        for place in (number, number - 1, number + 1, number - 2)
        if 0 <= place < len(lines)
    )


def _is_headline(line: Line, enough: int) -> bool:
    words = len(line.text.split())
    linked = line.linked * 2 >= len(line.text) or line.linked >= 20
    return words >= enough and (linked or 0 < line.rank <= 7)
