"""What the page of one online service is, and which level its signs speak for.

Belongs here: reading one page of a service, and what that says of the service in this round.
Does not belong here: which words are signs (`rules.yaml`, group `probe`), uptime over rounds
(`results.uptime`), fetching.

A probe looks at the page and fills in nothing, so it sees signs and no proof: it never changes a
declared level, and what it could not see speaks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assets.crawl.checks.functions import is_search
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.site import (
    CONTENT,
    EMPTY,
    LOGIN,
    MISSING,
    UNSEEN,
    Site,
    address_key,
    page_kind,
    page_of,
    word_count,
)
from assets.crawl.fetch.statuses import outcome
from assets.crawl.model import DOWN, NOT_MEASURED, UP, Visit
from assets.crawl.pages.page import FRAME, Form, Line, Page

#: A page put before the service; all other states are those of `site`.
CHALLENGE = "challenge"

_STATES = {"soft_404": MISSING, "login": LOGIN, "challenge": CHALLENGE}
_OUTCOMES = {
    CONTENT: UP,
    LOGIN: UP,
    EMPTY: DOWN,
    MISSING: DOWN,
    CHALLENGE: NOT_MEASURED,
    UNSEEN: NOT_MEASURED,
}
#: Controls in which nothing is filled in, or only to log in.
_NOT_FILLED = frozenset(
    ("hidden", "submit", "button", "image", "reset", "checkbox", "radio", "password", "file")
)
#: What fills a page whose own markup is blank: only a browser sees it.
_FILLED_LATER = (b"<script", b"<iframe", b"<frame", b"<object", b"<embed")


@dataclass(frozen=True)
class Reading:
    """What the page of a service is.

    page_state  content, empty, missing (though the server says that it is there), login,
                challenge or unseen
    level_seen  level that its signs speak for; None if it shows none or was not seen
    words       what decided it, for a person
    """

    page_state: str
    level_seen: str | None
    words: str


def read_probe(visit: Visit, declared_level: str, rules: Rules) -> Reading:
    """What a visit to a service saw. The declared level decides nothing; `words` name it where
    the signs speak for another."""
    if visit.status != "completed":
        return Reading(UNSEEN, None, visit.detail or visit.status)
    page = page_of(visit)
    lines = [line for line in page.lines if line.region not in FRAME] or list(page.lines)
    form = _form(page, lines, Site({visit.url: visit}, visit.url, rules))
    if not form:
        return _without_form(visit, page, lines, rules)
    signs = {"form": form, "payment": _payment(page, lines, rules)}
    levels = [
        level
        for level, needed in rules.probe["levels"].items()
        if all(signs[sign] for sign in needed)
    ]
    level = max(levels, default=None)
    words = "; ".join(f"{sign}: {text}" for sign, text in signs.items() if text)
    if level is not None and declared_level and level != declared_level:
        words += f"; declared: level {declared_level}"
    return Reading(CONTENT, level, words)


def outcome_of(visit_status: str, page_state: str) -> str:
    """up, down or not_measured: what a visit to a service says of it. ValueError for a status or
    state that is not in the list."""
    said = outcome(visit_status)
    if page_state not in _OUTCOMES:
        raise ValueError(f"{page_state!r} is no state of a page; use one of {', '.join(_OUTCOMES)}")
    return _OUTCOMES[page_state] if visit_status == "completed" else said


def contradicts(declared_level: str | None, level_seen: str | None, outcome: str) -> bool:
    """Whether what is seen of a service that is up speaks for another level than it declares."""
    return (
        outcome == UP
        and None not in (declared_level, level_seen)
        and (declared_level != level_seen)
    )


def _form(page: Page, lines: Sequence[Line], site: Site) -> str:
    """The words by which a form on the page is one to hand in an application; empty if none is."""
    files = next((f for form in _handed_in(page) for f in form.fields if f.kind == "file"), None)
    said = _words_of("probe.submit", page, lines, site.rules)
    if files is not None:
        return said or f"file to attach: {files.hint}".strip()
    filled = max((_filled(form, site) for form in _handed_in(page)), default=0)
    return said if filled >= site.rules.probe["form_fields"] else ""


def _handed_in(page: Page) -> Iterator[Form]:
    """Forms that are no login."""
    return (form for form in page.forms if all(f.kind != "password" for f in form.fields))


def _filled(form: Form, site: Site) -> int:
    """How many controls of a form are to be filled in; those of a search box are not counted,
    as many pages are one single form with the search box in it."""
    return sum(
        f.kind not in _NOT_FILLED and not is_search(Form("", (f,)), site) for f in form.fields
    )


def _texts(page: Page, lines: Sequence[Line]) -> Iterator[str]:
    yield from (line.text for line in lines)
    yield from (field.hint for form in page.forms for field in form.fields)


def _words_of(group: str, page: Page, lines: Sequence[Line], rules: Rules) -> str:
    return next((w for text in _texts(page, lines) if (w := rules.has(group, text))), "")


def _payment(page: Page, lines: Sequence[Line], rules: Rules) -> str:
    """The words of paying online; a text that says that there is none, or that it is done on the
    spot, is none."""
    return next(
        (
            words
            for text in _texts(page, lines)
            if (words := rules.has("probe.payment", text))
            and not rules.has("probe.not_payment", text)
        ),
        "",
    )


def _without_form(visit: Visit, page: Page, lines: Sequence[Line], rules: Rules) -> Reading:
    kind = page_kind(page, rules, lines)
    if kind in _STATES:
        texts = [page.title, *(line.text for line in lines)]
        said = next((w for text in texts if (w := rules.has(kind, text))), kind)
        return Reading(_STATES[kind], None, said)
    if kind == "empty":
        return _blank(visit, page, lines)
    if _leads_home(visit):
        return Reading(MISSING, None, f"leads to the home page {visit.final_url}")
    said = _says_nothing(lines, rules)
    if said:
        return Reading(EMPTY, None, said)
    what = "a file, no page" if page.problem == "not_html" else f"{word_count(lines)} words"
    return Reading(CONTENT, None, page.title or what)


def _blank(visit: Visit, page: Page, lines: Sequence[Line]) -> Reading:
    """Next to nothing on the page: empty only if no browser could see more."""
    if page.refresh:
        return Reading(UNSEEN, None, f"sends its reader on to {page.refresh}")
    if not visit.rendered and any(mark in visit.body.lower() for mark in _FILLED_LATER):
        return Reading(UNSEEN, None, "the page is filled by scripts or frames")
    return Reading(EMPTY, None, f"{word_count(lines)} words, {len(page.links)} links")


def _leads_home(visit: Visit) -> bool:
    """Whether the address of a service leads to the home page of the same host."""
    asked, answered = address_key(visit.url), address_key(visit.final_url or visit.url)
    return (
        asked != answered
        and asked.startswith((f"{answered}/", f"{answered}?"))
        and ("/" not in answered and "?" not in answered)
    )


def _says_nothing(lines: Sequence[Line], rules: Rules) -> str:
    """What a page of few words says in place of the service, empty if it does not."""
    if word_count(lines) >= rules.numbers["updating_words"]:
        return ""
    for line in lines:
        said = rules.has("updating", line.text)
        if said or rules.only("nothing", line.text):
            return said or line.text
    return ""
