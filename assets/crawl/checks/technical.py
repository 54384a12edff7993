"""What the markup of the home page and the answers of its server say.

Belongs here: HTTPS, HSTS, language tag, viewport, basics of accessibility. Does not belong here:
anything found by its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from urllib.parse import urlsplit

from assets.crawl.checks.rules import Rules
from assets.crawl.checks.site import Site, bare_host
from assets.crawl.model import Answer, Visit

_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][a-z0-9]{2,8}){0,3}", re.IGNORECASE)
_MAX_AGE = re.compile(r"max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_FILLED = ("text", "search", "email", "tel", "password", "textarea", "select", "number", "")


def viewport(site: Site) -> Answer:
    """Whether the page fits itself to small screens; a fixed width is partial."""
    assert site.home is not None  # noqa: S101
    declared = site.home.metas.get("viewport", "")
    fits = "device-width" in declared.lower() or "initial-scale" in declared.lower()
    answer = "yes" if fits else "partial" if declared else "no"
    return _found(site, "viewport", answer, declared or "no meta viewport")


def language_tag(site: Site) -> Answer:
    """Whether the page says which language it is in."""
    assert site.home is not None  # noqa: S101
    lang = site.home.lang
    answer = "yes" if _LANGUAGE.fullmatch(lang) else "no"
    return _found(site, "language_tag", answer, f"lang={lang}" if lang else "no lang")


def accessibility(site: Site) -> Answer:
    """Language tag, texts in place of pictures, and a link past the menu or labels on all
    controls: all three are yes, one or two partial. A page without pictures lacks no text."""
    assert site.home is not None  # noqa: S101
    page, settings = site.home, site.rules.functions["accessibility"]
    images, with_text = page.images
    met = []
    if _LANGUAGE.fullmatch(page.lang):
        met.append("lang")
    if Decimal(with_text) >= Decimal(settings["alt_share"]) * images:
        met.append(f"alt {with_text}/{images}")
    controls = [f for form in page.forms for f in form.fields if f.kind in _FILLED]
    if _has_skip_link(site):
        met.append("skip link")
    elif controls and all(control.labelled for control in controls):
        met.append("labels")
    answer = "yes" if len(met) == 3 else "partial" if met else "no"
    return _found(site, "accessibility", answer, ", ".join(met))


def _has_skip_link(site: Site) -> bool:
    assert site.home is not None  # noqa: S101
    anchors = site.rules.functions["accessibility"]["skip_anchors"]
    return any(
        (link.anchor and re.sub(r"[^a-z]", "", link.anchor.lower()) in anchors)
        or any(site.rules.has("accessibility.skip", name) for name in link.names)
        for link in site.home.links[:10]
    )


def _found(site: Site, check_id: str, answer: str, words: str) -> Answer:
    assert site.home is not None  # noqa: S101
    worth = site.rules.confidence["found"]
    return Answer(check_id, answer, site.home.url, words, f"{check_id}.markup", worth)


def over(visits: Mapping[str, Visit], home: str, scheme: str) -> list[Visit]:
    """The visits that asked for the home page of the portal, by this scheme."""
    host = bare_host(home)
    return [
        visit
        for url, visit in visits.items()
        if bare_host(url) == host
        and urlsplit(url).scheme == scheme
        and urlsplit(url).path in ("", "/", urlsplit(home).path)
    ]


def https(visits: Mapping[str, Visit], home: str, rules: Rules) -> Answer:
    """Yes if HTTPS works with a valid certificate and plain HTTP leads to it; partial if it
    works beside plain HTTP; no if it does not."""
    settings, worth = rules.functions["https"], rules.confidence["found"]
    plain, secure = over(visits, home, "http"), over(visits, home, "https")
    leading = [v for v in plain if urlsplit(v.final_url).scheme == "https"]
    answered = [v for v in (*secure, *leading) if v.status in settings["works"]]
    stood = answered or [v for v in secure if v.status in settings["answers"]]
    if stood:
        url = stood[0].url
        if any(v.status in settings["works"] for v in leading):
            return Answer(
                "https", "yes", leading[0].url, leading[0].final_url, "https.leads", worth
            )
        if any(v.status in (*settings["works"], *settings["fails"], "http-error") for v in plain):
            words = f"plain HTTP does not lead to it: {plain[0].status}"
            return Answer("https", "partial", url, words, "https.beside", worth)
        words = "over plain HTTP it was not seen"
        return Answer("https", "not_observed", url, words, "https.unseen", 0)
    failed = [v for v in (*secure, *plain) if v.status in settings["fails"]]
    failed = [v for v in failed if v in secure or "tls" in v.status]
    if failed:
        words = f"{failed[0].status} {failed[0].detail}".strip()
        return Answer("https", "no", failed[0].url, words, "https.fails", worth)
    why = secure[0].status if secure else "not visited"
    return Answer("https", "not_observed", home, f"over HTTPS: {why}", "https.unseen", 0)


def hsts(visits: Mapping[str, Visit], home: str, rules: Rules, offered: Answer) -> Answer:
    """Whether the portal tells browsers to keep to HTTPS; `offered` is the answer of HTTPS."""
    worth = rules.confidence["found"]
    visited = [*over(visits, home, "https"), *over(visits, home, "http")]
    secure = [v for v in visited if urlsplit(v.final_url).scheme == "https" and v.headers]
    for visit in secure:
        header = visit.headers.get("strict-transport-security", "")
        age = _MAX_AGE.search(header)
        if age and int(age[1]) > 0:
            return Answer("hsts", "yes", visit.url, header, "hsts.header", worth)
    if secure or offered.answer == "no":
        words = secure[0].headers.get("strict-transport-security", "") if secure else "no HTTPS"
        return Answer("hsts", "no", home, words, "hsts.header", worth)
    return Answer("hsts", "not_observed", home, "not seen over HTTPS", "hsts.unseen", 0)
