"""Where a portal names a section, and whether there is anything in it.

Belongs here: reading links, menus, headings and addresses as names of sections. Does not belong
here: checks that are no section (`functions`, `freshness`, `technical`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from assets.crawl.checks.rules import Check, Naming, Rules
from assets.crawl.checks.site import (
    CONTENT,
    EMPTY,
    LOGIN,
    MISSING,
    OUTSIDE,
    UNSEEN,
    Site,
    address_key,
    is_headline,
)
from assets.crawl.checks.words import LONGEST, address_words
from assets.crawl.model import Answer
from assets.crawl.pages.page import BOLD, FRAME, Line, Link, Page

#: Most words of a line that names what stands beneath it.
_LABEL_WORDS = 12
#: Lines of a home page that are looked through for longer texts with a name in them.
_MENTIONS = 2_000
#: Places read for one check, the surest first.
_READ = 40


@dataclass(frozen=True)
class Candidate:
    """A place that names a section. `place` becomes part of the rule id; `url` is what it leads
    to, empty if nowhere; `line` is the number of the naming line if it is a heading."""

    check_id: str
    place: str
    words: str
    confidence: int
    page: Page
    url: str = ""
    anchor: str = ""
    line: int | None = None


@dataclass(frozen=True)
class Reading:
    """A candidate with what is behind or beneath it."""

    candidate: Candidate
    state: str
    why: str
    url: str


def candidates(site: Site) -> dict[str, list[Candidate]]:
    """By check, every place of the visited pages that names it, the surest first."""
    found: dict[str, list[Candidate]] = {check_id: [] for check_id in site.rules.checks}
    seen: set[tuple[str, str, str, str]] = set()
    for one in _places(site):
        identity = (one.check_id, one.place, one.words, one.url or one.page.url)
        if identity not in seen:
            seen.add(identity)
            found[one.check_id].append(one)
    return {
        check_id: sorted(listed, key=lambda one: -one.confidence)
        for check_id, listed in found.items()
    }


def pages_of(site: Site) -> Iterator[Page]:
    """The home page, then the other pages that have content of the portal's own site."""
    if site.home is not None:
        yield site.home
    seen, foreign = {id(site.home)}, _foreign(site)
    for one in site.seen.values():
        is_own = one.state == CONTENT and not _is_foreign(one.page, site, foreign)
        if is_own and id(one.page) not in seen:
            seen.add(id(one.page))
            yield one.page


def _places(site: Site) -> Iterator[Candidate]:
    for page in pages_of(site):
        yield from _on_page(page, site)
    # A page that has nothing but links, as a list of sections, names them; itself it is empty.
    foreign = _foreign(site)
    for one in site.seen.values():
        if one.state == EMPTY and not _is_foreign(one.page, site, foreign):
            for link in one.page.links:
                yield from _of_link(link, one.page, site)


def _is_foreign(page: Page, site: Site, foreign: frozenset[str]) -> bool:
    """Whether a page is of another language version of the portal."""
    assert site.home is not None  # noqa: S101
    other = page.lang[:2].lower() not in ("", "vi", site.home.lang[:2].lower())
    return other or address_key(page.url) in foreign


def _foreign(site: Site) -> frozenset[str]:
    """Keys of the addresses that the home page names as versions in other languages."""
    return frozenset(
        address_key(link.url)
        for link in (site.home.links if site.home else ())
        if link.url
        for name in link.names
        for naming in site.rules.names(name)
        if naming.check_id == "languages" and naming.strong and not naming.leftover
    )


def _on_page(page: Page, site: Site) -> Iterator[Candidate]:
    for link in page.links:
        yield from _of_link(link, page, site)
    for number, line in enumerate(page.lines):
        if len(line.text.split()) <= _LABEL_WORDS and line.linked * 2 < len(line.text):
            yield from _of_line(number, line, page, site)
    for url in page.feeds:
        if url:
            worth = site.rules.confidence["found"]
            yield Candidate("feeds", "declared", "link rel=alternate", worth, page, url)
    for lang, url in page.alternates:
        if url and not lang.startswith(("vi", "x-default")):
            worth = site.rules.confidence["found"]
            yield Candidate("languages", "declared", f"hreflang={lang}", worth, page, url)


def grade(naming: Naming, rules: Rules, own_words: frozenset[str]) -> int | None:
    """What is to be added to the confidence for the way a text names a section; None if it is
    only a longer text that holds the name."""
    left = [word for word in naming.leftover if word not in own_words]
    worth = 0
    if left:
        if len(left) > rules.numbers["spare"] or naming.named_percent < 50:
            return None
        worth += rules.confidence["near"]
    if not naming.strong:
        worth += rules.confidence["weak"]
    if not naming.marks_right:
        worth += rules.confidence["no_marks"]
    return worth


def _of_link(link: Link, page: Page, site: Site) -> Iterator[Candidate]:
    rules, worths = site.rules, site.rules.confidence
    base = worths["menu_link"] if link.region in FRAME else worths["link"]
    if _is_inline(link, page):
        base += worths["inline"]
    named: set[str] = set()
    for number, name in enumerate(link.names):
        for naming in rules.names(name):
            added = grade(naming, rules, site.own_words)
            if added is not None and naming.check_id not in named:
                named.add(naming.check_id)
                place = "link" if link.url else "dead_link"
                worth = (base if link.url else worths[place]) + added
                worth += worths["hint"] if number else 0
                made = (naming.check_id, place, name, worth, page, link.url, link.anchor)
                yield Candidate(*made)
    if not link.url:
        return
    for naming in rules.names(link.above) if link.above else ():
        added = grade(naming, rules, site.own_words)
        if added is not None and naming.check_id not in named and naming.strong:
            worth = worths["beneath"] + added
            words = f"{link.above} / {link.names[0] if link.names else link.url}"
            yield Candidate(naming.check_id, "beneath", words, worth, page, link.url, link.anchor)
    if not named:
        yield from _of_address(link, page, site)


def _of_address(link: Link, page: Page, site: Site) -> Iterator[Candidate]:
    named = NamedByAddress(link.url)
    for check in site.rules.checks.values():
        if named.names(check):
            worth = site.rules.confidence["address"]
            yield Candidate(check.check_id, "address", link.url, worth, page, link.url)


class NamedByAddress:
    """What an address names: the last part of its path, the values of its query and the first
    part of its host, joined and without marks."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        last = next((part for part in reversed(parts.path.split("/")) if part), "")
        values = [value for _, value in parse_qsl(parts.query[:500])]
        self.words = frozenset("".join(address_words(part)) for part in (last, *values))
        self.host = (parts.hostname or "").split(".")[0]

    def names(self, check: Check) -> bool:
        """Whether the address names the section of a check."""
        return bool(self.words & check.addresses) or self.host in check.hosts


def _is_inline(link: Link, page: Page) -> bool:
    """Whether a link stands in the midst of a sentence."""
    if link.line >= len(page.lines) or link.region in FRAME:
        return False
    line = page.lines[link.line]
    # A line may hold thousands of links: what it costs must not depend on its length.
    return line.linked * 2 < len(line.text) and len(line.text[:LONGEST].split()) > _LABEL_WORDS


def _of_line(number: int, line: Line, page: Page, site: Site) -> Iterator[Candidate]:
    worths = site.rules.confidence
    place = (
        "heading" if 0 < line.rank <= 6 else "title" if line.rank <= BOLD and line.rank else "label"
    )
    for naming in site.rules.names(line.text):
        added = grade(naming, site.rules, site.own_words)
        if added is None or (place == "label" and (added or line.text.endswith("."))):
            continue
        worth = worths[place] + added
        yield Candidate(naming.check_id, place, line.text, worth, page, line=number)


def read(candidate: Candidate, site: Site, check: Check) -> Reading:
    """What is behind or beneath a candidate."""
    page = candidate.page
    if candidate.line is not None:
        state, why = site.beneath(page, candidate.line)
        if check.kind == "link":
            state = CONTENT
        return Reading(candidate, state, why, page.url)
    if not candidate.url:
        return Reading(candidate, MISSING, "the link leads nowhere", page.url)
    if address_key(candidate.url) == address_key(page.url):
        if candidate.anchor:
            return Reading(candidate, *site.at_anchor(page, candidate.anchor), page.url)
        if site.home is page:
            return Reading(candidate, UNSEEN, "it leads to the page it stands on", page.url)
        return Reading(candidate, CONTENT, "this page", page.url)
    return _elsewhere(candidate, site)


def _elsewhere(candidate: Candidate, site: Site) -> Reading:
    """What is behind a link to another page."""
    seen = site.behind(candidate.url)
    if seen is None and not site.same_site(candidate.url):
        return Reading(candidate, OUTSIDE, "another site", candidate.url)
    if seen is None:
        return Reading(candidate, UNSEEN, "not visited", candidate.url)
    if candidate.anchor and candidate.anchor in seen.page.starts and seen.state == CONTENT:
        return Reading(candidate, *site.at_anchor(seen.page, candidate.anchor), candidate.url)
    if candidate.check_id == "news" and seen.state == EMPTY:
        headlines = sum(is_headline(line) for line in seen.page.lines)
        if headlines >= site.rules.numbers["headlines"]:
            return Reading(candidate, CONTENT, f"{headlines} headlines", candidate.url)
    return Reading(candidate, seen.state, seen.why, candidate.url)


#: Answer of a check by its kind and what is behind its name.
_ANSWERS = {
    "section": {CONTENT: "yes", OUTSIDE: "yes", EMPTY: "partial", MISSING: "partial",
                LOGIN: "partial"},
    "link": {CONTENT: "yes", OUTSIDE: "yes", UNSEEN: "yes", LOGIN: "yes", EMPTY: "partial",
             MISSING: "partial"},
}  # fmt: skip


def section_answer(check: Check, listed: list[Candidate], site: Site, mentioned: str) -> Answer:
    """The answer of a section or link check from its candidates, the surest first. `mentioned`
    is a longer text that holds the name of the section, empty if none."""
    worths = site.rules.confidence
    if not listed:
        return _not_found(check, site, mentioned)
    if any(one.place == "beneath" for one in listed):
        listed = [one for one in listed if one.place != "dead_link"]
    readings = [read(one, site, check) for one in listed[:_READ]]
    answers = _ANSWERS[check.kind]
    known = [r for r in readings if r.state in answers]
    if not known:
        first = readings[0]
        words = f"{first.candidate.words}: {first.why}"
        rule_id = f"{check.check_id}.unseen"
        return Answer(check.check_id, "not_observed", first.url, words, rule_id, 0)
    if known[0].candidate.confidence < worths["doubtful"]:
        return _doubtful(check, known[0], site)
    band = known[0].candidate.confidence - site.rules.numbers["band"]
    near = [r for r in known if r.candidate.confidence >= band]
    best = next((r for r in near if answers[r.state] == "yes"), near[0])
    worth = best.candidate.confidence
    if best.state == OUTSIDE and check.kind == "section":
        worth += worths["outside"]
    return Answer(
        check.check_id,
        answers[best.state],
        best.url,
        f"{best.candidate.words}: {best.why}",
        f"{check.check_id}.{best.candidate.place}",
        max(0, min(100, worth)),
    )


def _doubtful(check: Check, reading: Reading, site: Site) -> Answer:
    """No, to be looked at: what was found does not name the section clearly enough."""
    one = reading.candidate
    worth = min(site.rules.confidence["not_found_named"], 100 - one.confidence)
    rule_id = f"{check.check_id}.doubtful_{one.place}"
    return Answer(check.check_id, "no", reading.url, one.words, rule_id, max(0, worth))


def _not_found(check: Check, site: Site, mentioned: str) -> Answer:
    worths = site.rules.confidence
    place, worth = "not_found", worths["not_found"]
    if mentioned:
        worth = worths["not_found_named"]
    if site.home is None or len(site.home.links) < site.rules.numbers["few_links"]:
        worth = min(worth, worths["not_found_few"])
    url = site.home.url if site.home else site.home_url
    return Answer(check.check_id, "no", url, mentioned, f"{check.check_id}.{place}", worth)


def mentions(site: Site) -> dict[str, str]:
    """By check, the first longer text of the home page that holds its name."""
    found: dict[str, str] = {}
    for line in site.home.lines[:_MENTIONS] if site.home else ():
        for naming in site.rules.names(line.text):
            if naming.strong:
                found.setdefault(naming.check_id, line.text)
    return found
