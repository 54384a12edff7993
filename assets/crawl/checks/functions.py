"""Functions of a portal that are no section: the search box, and how it can be reached.

Belongs here: reading forms and contact lines. Does not belong here: days (`freshness`), headers
and markup (`technical`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from assets.crawl.checks.sections import Candidate, read
from assets.crawl.checks.site import EMPTY, MISSING, OUTSIDE, UNSEEN, Seen, Site
from assets.crawl.checks.words import address_words, marked
from assets.crawl.model import Answer
from assets.crawl.pages.page import FRAME, Form, Page

_TYPED = ("text", "search", "")
_EMAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\[a\]|\(a\)|\{at\})\s?[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<!\d)\(?\+?(?:84|0)[\d\s().-]{7,18}\d|(?<!\d)1(?:8|9)00\s?\d{2,4}")
#: Ways to reach a portal.
_WAYS = ("phone", "address", "email")
#: Longest line that gives a way to reach the portal.
_CONTACT_WORDS = 60
_LABEL_WORDS = 6
#: Words beside an e-mail address that may be its label, words before the label of a number.
_ALONE_WORDS = 3
_BEFORE_LABEL = 3
#: What parts the ways to reach a body that stand in one line.
_PARTED = re.compile(r"[;,|•]|\s[-–]\s|\.\s")


def is_search(form: Form, site: Site) -> bool:
    """Whether a form looks for words on the portal."""
    words = frozenset(site.rules.functions["search"]["words"])
    typed = [f for f in form.fields if f.kind in _TYPED]
    if form.hint and len(typed) > site.rules.functions["search"]["most_fields"]:
        return False
    if any(f.kind == "password" for f in form.fields) and form.hint:
        return False
    hints = [f.hint for f in typed] + ([form.hint] if form.hint and len(typed) == 1 else [])
    buttons = [f.hint for f in form.fields if f.kind in ("submit", "button", "image")]
    if len(typed) == 1 and form.hint:
        hints += buttons
    return any(f.kind == "search" for f in typed) or any(_hints(hint, words) for hint in hints)


def _hints(hint: str, words: frozenset[str]) -> bool:
    plain = address_words(hint)
    pairs = {"".join(pair) for pair in pairwise(plain)}
    return bool(words & (set(plain) | pairs))


def search_address(form: Form, site: Site) -> str:
    """The page that a search box leads to; empty if it asks by other means than GET, or another
    site."""
    return form.action if form.action and site.same_site(form.action) else ""


def search(site: Site, listed: list[Candidate]) -> Answer:
    """Whether the portal has a search box, on its home page or behind a link that names it. One
    that leads to a page that is missing is partial."""
    assert site.home is not None  # noqa: S101
    worths = site.rules.confidence
    for form in site.home.forms:
        if is_search(form, site):
            words = next((f.hint for f in form.fields if f.kind in _TYPED), form.hint).strip()
            asked = site.behind(search_address(form, site))
            if asked is not None and _fails(asked, site):
                words, url = f"{words}: {asked.why}", asked.visit.url
                return Answer("search", "partial", url, words, "search.form", worths["heading"])
            return Answer("search", "yes", site.home.url, words, "search.form", worths["found"])
    links = [one for one in listed if one.line is None]
    readings = [_linked_search(one, site) for one in links]
    for answer in ("yes", "partial", "not_observed"):
        found = next((reading for reading in readings if reading.answer == answer), None)
        if found is not None:
            return found
    worth = worths["not_found"]
    return Answer("search", "no", site.home.url, "", "search.not_found", worth)


def _fails(asked: Seen, site: Site) -> bool:
    """Whether the page behind a search box is missing or says that it is not ready."""
    lines = [line for line in asked.page.lines if line.region not in FRAME]
    says = any(site.rules.has("updating", line.text) for line in lines)
    return asked.state == MISSING or (asked.state == EMPTY and says)


def _linked_search(one: Candidate, site: Site) -> Answer:
    """The answer by one link that names the search."""
    reading = read(one, site, site.rules.checks["search"])
    words, worth = f"{one.words}: {reading.why}", max(0, one.confidence)
    if reading.state in (UNSEEN, OUTSIDE):
        return Answer("search", "not_observed", reading.url, words, "search.unseen", 0)
    seen = site.behind(one.url) if one.url else None
    has_form = seen is not None and any(is_search(form, site) for form in seen.page.forms)
    answer = "yes" if has_form else "partial"
    return Answer("search", answer, reading.url, words, "search.link", worth)


def contacts(site: Site, listed: list[Candidate]) -> Answer:
    """Whether telephone, address and e-mail are given on the home page or a page of contacts."""
    assert site.home is not None  # noqa: S101
    pages = [site.home]
    for one in listed:
        seen = site.behind(one.url) if one.url else None
        if seen is not None and seen.state not in (MISSING, UNSEEN):
            pages.append(seen.page)
    found: dict[str, tuple[str, str]] = {}
    for what, words, url in _all_ways(pages, site):
        found.setdefault(what, (words[:200], url))
        if len(found) == len(_WAYS):
            break
    worths = site.rules.confidence
    if not found:
        unseen = next((one for one in listed if one.url and site.behind(one.url) is None), None)
        if unseen is not None and site.same_site(unseen.url):
            why = f"{unseen.words}: not visited"
            return Answer("contacts", "not_observed", unseen.url, why, "contacts.unseen", 0)
        worth = worths["not_found"]
        return Answer("contacts", "no", site.home.url, "", "contacts.not_found", worth)
    answer = "yes" if len(found) == len(_WAYS) else "partial"
    words = "; ".join(f"{what}: {text}" for what, (text, _) in sorted(found.items()))
    url = next(iter(found.values()))[1]
    return Answer("contacts", answer, url, words, "contacts.lines", worths["heading"])


def _all_ways(pages: list[Page], site: Site) -> Iterator[tuple[str, str, str]]:
    for page in pages:
        yield from ((what, words, page.url) for what, words in _ways(page, site))


def _is_of_the_portal(text: str, site: Site) -> bool:
    """Whether the e-mail address in a line is given as a way to reach the body: alone or labelled.
    In a list of officers it is one officer's."""
    if len(_EMAIL.sub("", text).split()) <= _ALONE_WORDS:
        return True
    return any(site.rules.has(f"contacts.{what}", text) for what in ("email", "phone", "address"))


def _is_address(text: str, site: Site) -> bool:
    """Whether a text gives the address of the body, and not the way there or another address."""
    has = site.rules.has
    return _is_label(has("contacts.address", text), text) and not has("contacts.not_address", text)


def _is_label(words: str, text: str) -> bool:
    """Whether the words stand at the beginning of a text, before a colon or alone."""
    label = marked(text.partition(":")[0])
    return bool(words) and len(label) <= _LABEL_WORDS and words in " ".join(label)


def _phone(texts: list[str], site: Site) -> str:
    """A telephone number in the first text with its label before it, or in the next ones if the
    first is the label; empty if there is none. In the midst of a sentence it may be anybody's."""
    text, *below = texts
    for found in _PHONE.finditer(text):
        before = _PARTED.split(text[: found.start()])[-1]
        label = site.rules.has("contacts.phone", before)
        words = " ".join(marked(before))
        if label and len(words.partition(label)[0].split()) <= _BEFORE_LABEL:
            return found[0]
    label = site.rules.has("contacts.phone", text)
    number = _PHONE.match(" ".join(below).lstrip(" :-"))
    return number[0] if number and label and len(marked(text)) <= _LABEL_WORDS else ""


def _ways(page: Page, site: Site) -> Iterator[tuple[str, str]]:
    """Ways to reach the portal that a page gives: phone, address or email, and its words."""
    texts = [line.text for line in page.lines]
    for number, text in enumerate(texts):
        if len(text.split()) > _CONTACT_WORDS:
            continue
        if _EMAIL.search(text) and _is_of_the_portal(text, site):
            yield "email", text
        if phone := _phone(texts[number : number + 3], site):
            yield "phone", phone
        with_next = " ".join(texts[number : number + 2])
        if _is_address(text, site) and len(with_next.split()) > 4:
            yield "address", text
    for link in page.links:
        for name in link.names if not link.url else ():
            if _EMAIL.fullmatch(name):
                yield "email", name
            elif _PHONE.fullmatch(name):
                yield "phone", name
