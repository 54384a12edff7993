"""The answers of all checks of one portal, from what was visited of it.

Belongs here: putting the checks together. Does not belong here: how each is read, and fetching.
Pure: the same visits, rules and day give the same answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from assets.crawl.checks import functions, technical
from assets.crawl.checks.freshness import freshness
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.sections import candidates, mentions, section_answer
from assets.crawl.checks.site import Site
from assets.crawl.model import Answer, Visit

#: Checks answered by headers and addresses, even where the home page cannot be read.
_BY_SERVER = ("https", "hsts")


def answers(visits: Mapping[str, Visit], home: str, rules: Rules, today: date) -> list[Answer]:
    """An answer for every check of the rules, in their order.

    `visits` are by the address asked for, `home` is the address of the portal among them,
    `today` the day by which freshness is judged. A check whose page was not seen is
    not_observed, with the reason in `words`: never no.
    """
    site = Site(visits, home, rules)
    offered = technical.https(visits, home, rules)
    made = {"https": offered, "hsts": technical.hsts(visits, home, rules, offered)}
    if site.home is None:
        for check_id in rules.checks:
            unseen = Answer(check_id, "not_observed", home, site.why, f"{check_id}.unseen", 0)
            made.setdefault(check_id, unseen)
    else:
        made |= _read(site, today)
    return [made[check_id] for check_id in rules.checks]


def _read(site: Site, today: date) -> dict[str, Answer]:
    found, mentioned = candidates(site), mentions(site)
    made = {
        "search": functions.search(site, found["search"]),
        "contacts": functions.contacts(site, found["contacts"]),
        "accessibility": technical.accessibility(site),
        "viewport": technical.viewport(site),
        "language_tag": technical.language_tag(site),
    }
    for check_id, check in site.rules.checks.items():
        if check.kind != "function":
            made[check_id] = section_answer(
                check, found[check_id], site, mentioned.get(check_id, "")
            )
    made["freshness"] = freshness(site, found["news"], made["news"], today)
    return made


def unsure(listed: list[Answer], rules: Rules) -> list[Answer]:
    """The answers that a person has to decide: read, but with too little confidence."""
    limit = rules.confidence["review"]
    return [one for one in listed if one.answer != "not_observed" and one.confidence < limit]
