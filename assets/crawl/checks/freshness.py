"""How old the newest item of a portal is.

Belongs here: telling days of items from clocks, deadlines and days of documents. Does not belong
here: reading dates (`dates`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from assets.crawl.checks.dates import dates_in, yearless_in
from assets.crawl.checks.sections import Candidate
from assets.crawl.checks.site import CONTENT, Site, line_key
from assets.crawl.model import Answer
from assets.crawl.pages.page import FRAME, Line, Page

#: Where only whether there is a day matters, and not which.
_SOME_DAY = date(2100, 1, 1)
#: How doubtful the day of an item is: beside a headline, there but without its year, alone. The
#: least doubtful ones count.
_SURE, _YEAR, _ALONE = 0, 1, 2
_PLACES = ("item", "no_year", "day")
#: How far behind the clock of a page may be that was kept since.
_BEHIND = timedelta(days=1)
#: Longest text beside links that may be a clock.
_CLOCK_CHARACTERS = 60


class _Item(NamedTuple):
    """A day on a page and how doubtful it is, as above."""

    day: date
    doubt: int
    words: str
    url: str


def freshness(site: Site, news: Sequence[Candidate], section: Answer, today: date) -> Answer:
    """Yes, partial or no by the day of the newest item on the home page, pages of news and feeds;
    not observed if they bear no day. `section` is the answer of the news section: a portal
    without news, or with none in the section, has no newest item."""
    assert site.home is not None  # noqa: S101
    items = list(_items(site.home, site.home.lines, site, today, is_news=False))
    for page in _news_pages(site, news):
        items += _items(page, site.own_lines(page), site, today, is_news=True)
    items += _of_feeds(site, today)
    if all(item.doubt for item in items):
        items += _articles(site, today)
    if not items:
        return _without_items(site, section)
    best = min(item.doubt for item in items)
    newest = max((item for item in items if item.doubt == best), key=lambda item: item.day)
    settings = site.rules.functions["freshness"]
    age = (today - newest.day).days
    answer = "no"
    if age <= settings["yes_days"]:
        answer = "yes"
    elif age <= settings["partial_days"]:
        answer = "partial"
    worths = site.rules.confidence
    worth = worths["label"] + worths["no_marks"] if newest.doubt else worths["heading"]
    words = f"{newest.day.isoformat()}: {newest.words[:200]}"
    return Answer("freshness", answer, newest.url, words, f"freshness.{_PLACES[best]}", worth)


def _without_items(site: Site, section: Answer) -> Answer:
    assert site.home is not None  # noqa: S101
    if section.answer in ("no", "partial"):
        worth = min(section.confidence, site.rules.confidence["label"])
        why = f"news: {section.answer}"
        return Answer("freshness", "no", site.home.url, why, "freshness.no_news", worth)
    why = "no day of an item can be read"
    return Answer("freshness", "not_observed", site.home.url, why, "freshness.no_day", 0)


def headlines(site: Site) -> list[str]:
    """Addresses of the portal's own that headlines of the home page lead to, the first ones."""
    assert site.home is not None  # noqa: S101
    settings = site.rules.functions["freshness"]
    found = dict.fromkeys(
        link.url
        for link in site.home.links
        if link.region not in FRAME
        and link.names
        and len(link.names[0].split()) >= settings["article_words"]
        and link.url
        and site.same_site(link.url)
        and not site.rules.skip_addresses.search(link.url)
    )
    return list(found)[: settings["articles"]]


def bears_no_day(site: Site, news: Sequence[Candidate]) -> bool:
    """Whether no headline of the home page or of pages of news has a day beside it, whichever it
    is: one has to be looked for in articles."""
    assert site.home is not None  # noqa: S101
    return not any(
        dates_in(line.text, _SOME_DAY) and _by_headline(page.lines, number, site)
        for page in (site.home, *_news_pages(site, news))
        for number, line in enumerate(page.lines)
        if not _is_other_day(line, site)
    )


def _latest(site: Site, today: date) -> date:
    """The last day that an item may be of: clocks run ahead."""
    return today + timedelta(days=site.rules.functions["freshness"]["ahead_days"])


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
            yield _Item(day, _SURE, words, url)
            break


def _of_feeds(site: Site, today: date) -> Iterator[_Item]:
    """The days of the items of feeds."""
    for seen in site.seen.values():
        for said in seen.page.feed_days:
            for day in dates_in(said, today):
                if day <= _latest(site, today):
                    yield _Item(day, _SURE, said, seen.page.url)


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
    left_out = frozenset(site.rules.functions["freshness"]["not_in"])
    bars = frozenset() if is_news else _tool_bars(site)
    within, rank = frozenset[str](), 0
    for number, line in enumerate(lines):
        if line.rank:
            named = _sections(line, site)
            if named or line.rank <= rank:
                within, rank = named, line.rank
        if line.region == "footer" or (within & left_out and not is_news):
            continue
        day, doubt = _day_of(line, site, today)
        if day is None or _is_other_day(line, site):
            continue
        by_headline = _by_headline(lines, number, site)
        is_tool = number in bars or line_key(line) in site.shared
        if day >= today - _BEHIND and (is_tool or not by_headline) and _may_be_clock(line):
            continue
        if line.region in FRAME and not by_headline:
            continue
        beside = _SURE if is_news or by_headline else _ALONE
        yield _Item(day, max(doubt, beside), line.text, page.url)


def _day_of(line: Line, site: Site, today: date) -> tuple[date | None, int]:
    """The newest day in a line that is not ahead, and how doubtful it is."""
    read = ((dates_in, _SURE), (yearless_in, _YEAR))
    for dates, doubt in read:
        passed = [day for day in dates(line.text, today) if day <= _latest(site, today)]
        if passed:
            return max(passed), doubt
    return None, 0


def _is_other_day(line: Line, site: Site) -> bool:
    has = site.rules.has
    return bool(has("freshness.clock", line.text) or has("freshness.not_items", line.text))


def _may_be_clock(line: Line) -> bool:
    """Whether a line with the day of the visit is no headline with its day."""
    return len(line.text) - line.linked < _CLOCK_CHARACTERS


def _tool_bars(site: Site) -> frozenset[int]:
    """Lines of the home page that hold links to functions of the portal, as to its other languages
    or feeds: the day of the visit beside them is a clock."""
    assert site.home is not None  # noqa: S101
    kinds = {check_id: check.kind for check_id, check in site.rules.checks.items()}
    return frozenset(
        link.line
        for link in site.home.links
        for name in link.names
        for naming in site.rules.names(name)
        if kinds[naming.check_id] in ("link", "function") and naming.strong and not naming.leftover
    )


def _sections(line: Line, site: Site) -> frozenset[str]:
    return frozenset(n.check_id for n in site.rules.names(line.text) if not n.leftover)


def _by_headline(lines: Sequence[Line], number: int, site: Site) -> bool:
    """Whether a line is a headline, or stands right beside one that has no day of its own."""
    beside = (number - 1, number + 1, number - 2)
    return _is_headline(lines[number], site) or any(
        _is_headline(lines[place], site) and not dates_in(lines[place].text, _SOME_DAY)
        for place in beside
        if 0 <= place < len(lines)
    )


def _is_headline(line: Line, site: Site) -> bool:
    """Whether a line is a link or a title of several words, and no entry of a menu."""
    words = len(line.text.split())
    linked = line.linked * 2 >= len(line.text) or line.linked >= 20
    enough = site.rules.functions["freshness"]["headline_words"]
    return words >= enough and (linked or 0 < line.rank <= 7) and not _sections(line, site)
