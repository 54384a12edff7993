"""What each portal of the farm is: its answers and its form, dealt so that there is enough of each.

Belongs here: what is true of a site and how it says so. Does not belong here: its pages
(`farm_pages`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple, TypeVar
from zlib import crc32

from tests.farm.farm_bodies import FarmBody, read_bodies
from tests.farm.farm_words import ENCODINGS, Encoding, furniture, sections, seeded, slug_of

T = TypeVar("T")

#: The farm's stated day.
TODAY = date(2017, 2, 20)

#: Checks decided by a section: (sites that say yes, sites that say partial); the others say no.
SECTIONS: Mapping[str, tuple[int, int]] = {
    "introduction": (60, 14),
    "leadership": (48, 12),
    "official_contacts": (38, 14),
    "directions": (44, 14),
    "law_dissemination": (40, 14),
    "strategies": (42, 16),
    "legal_documents": (58, 14),
    "projects": (36, 18),
    "research": (32, 14),
    "consultation": (36, 18),
    "leaders_schedule": (40, 12),
    "news": (64, 8),
    "site_map": (42, 12),
    "questions": (46, 14),
    "links": (50, 12),
    "service_link": (52, 14),
}
_TOOLS = {"search": (50, 14), "languages": (34, 14), "feeds": (32, 14), "contacts": (40, 34)}
_OTHERS = ("freshness", "accessibility", "viewport", "https", "hsts", "language_tag")
#: Every check the farm knows the answer of.
CHECKS = (*SECTIONS, *_TOOLS, *_OTHERS, "single_sign_on")

LAYOUTS = ("top_menu", "side_menu", "footer", "table", "one_page", "grouped")
_SCHEMES = {"http": 32, "bad_certificate": 10, "both": 14, "https_only": 8, "redirect": 26}
_HTTPS = {"redirect": "yes", "both": "partial", "https_only": "partial"}
_HSTS = {"max-age=31536000": 11, "max-age=31536000; includeSubDomains": 8, "max-age=0": 4, "": 25}
_ENCODING_COUNTS = (40, 6, 8, 7, 5, 4, 6, 6, 4, 4)
_ACCESSIBLE = (  # (lang attribute, alt texts, skip link and labels), sites
    ((True, True, True), 22),
    ((True, True, False), 12),
    ((True, False, True), 8),
    ((True, False, False), 12),
    ((False, True, True), 6),
    ((False, True, False), 8),
    ((False, False, True), 6),
    ((False, False, False), 16),
)
_PATH_STYLES = ("/{slug}", "/{slug}.html", "/Pages/{slug}.aspx", "/vn/{slug}/", "query")
_DATE_STYLES = ("%d/%m/%Y", "%d-%m-%Y", "ngày %d tháng %m năm %Y", "%d.%m.%Y")
_PLACES = {
    "top_menu": ("menu", "menu", "block", "block_link", "image", "icon", "inside"),
    "side_menu": ("menu", "menu", "block_link", "image", "inside"),
    "footer": ("menu", "menu", "icon", "block"),
    "table": ("menu", "image", "image", "block", "inside"),
    "one_page": ("block",),
    "grouped": ("group", "group", "menu", "inside"),
}
_PLACES_OF = {
    "service_link": ("menu", "menu", "image", "icon"),
    "site_map": ("menu", "icon", "image"),
}
_PARENTS = {
    "leadership": "introduction",
    "official_contacts": "introduction",
    "consultation": "legal_documents",
    "law_dissemination": "legal_documents",
}
_FAULTS = ("missing", "soft_missing", "empty", "updating")


@dataclass(frozen=True)
class Section:
    """How one section stands on a site.

    place   menu, image (a picture that links), icon (named by its title only), block (heading on
            the front page, content beneath), block_link (heading that links), group (on a page of
            links), inside (on the page of another section)
    parent  name of the group, or check of the section it is inside of
    fault   what is wrong with a partial one: missing, soft_missing, empty, updating
    """

    check: str
    answer: str
    label: str
    place: str
    parent: str
    fault: str
    path: str


class Form(NamedTuple):
    """What is dealt to a site besides its answers.

    scheme      http, bad_certificate, both (no redirect), https_only or redirect (to https)
    hsts        value of the header, empty if not sent
    marks       with, without, or mixed (none in menus and headings)
    accessible  lang attribute, alt texts, skip link and labels
    """

    layout: str
    scheme: str
    hsts: str
    encoding: Encoding
    marks: str
    accessible: tuple[bool, bool, bool]


@dataclass(frozen=True)
class SitePlan:
    """One portal. `host` is the address known, `canonical` the one that serves pages.

    certificate    good, expired, wrong_host or unknown_issuer
    desk           host of the service portal, or a path of the portal that begins with "/"
    newest         date of the newest item
    contact_fields of address, phone, email; `contact_page` if they stand on a page of their own
    lookalikes     checks whose lookalike stands in the menu; `comments` those commented out
    """

    body: FarmBody
    seed: str
    host: str
    canonical: str
    form: Form
    certificate: str
    upper: bool
    path_style: str
    absolute: bool
    answers: Mapping[str, str]
    sections: Mapping[str, Section]
    newest: date
    date_style: str
    clock: bool
    contact_fields: tuple[str, ...]
    contact_page: bool
    desk: str
    sign_on_at_desk: bool
    lookalikes: tuple[str, ...]
    comments: tuple[str, ...]

    @property
    def link_scheme(self) -> str:
        """Scheme its pages are linked with."""
        return "https" if self.form.scheme in _HTTPS else "http"

    def rng(self, *spot: object) -> Random:
        """A generator for one spot of the site."""
        return seeded(self.seed, self.body.code, *spot)

    def path(self, name: str) -> str:
        """Address of the page called so, in the style of the site's software."""
        slug = slug_of(name)
        if self.path_style == "query":
            number = crc32(slug.encode())
            return f"/index.php?option=com_content&view=article&id={number}"
        return self.path_style.format(slug=slug)


def draw_plans(seed: str) -> tuple[SitePlan, ...]:
    """The plans of the 90 portals, the same for the same seed."""
    bodies = read_bodies()
    answers = _answers(seed, len(bodies))
    plans = []
    for body, asked, form in zip(bodies, answers, _forms(seed), strict=True):
        settled = asked | {
            "https": _HTTPS.get(form.scheme, "no"),
            "hsts": "yes" if form.scheme in _HTTPS and "=3" in form.hsts else "no",
            "language_tag": "yes" if form.accessible[0] else "no",
            "accessibility": {3: "yes", 0: "no"}.get(sum(form.accessible), "partial"),
        }
        plans.append(_plan(seed, body, settled, form))
    return tuple(plans)


def draw_one(seed: str, body: FarmBody, layout: str, wording: str) -> SitePlan:
    """A plan outside the 90: plain http, utf-8. The same `seed` gives the same answers, in
    whatever `layout` and `wording`."""
    answers = _answers(seed, len(read_bodies()))[0] | {
        "https": "no",
        "hsts": "no",
        "language_tag": "yes",
        "accessibility": "yes",
    }
    form = Form(layout, "http", "", ENCODINGS["utf-8"], "with", (True, True, True))
    plan = _plan(wording, body, answers, form)
    return replace(plan, canonical=plan.host)


def _dealt(rng: Random, counts: Iterable[tuple[T, int]]) -> list[T]:
    cards = [card for card, count in counts for _ in range(count)]
    rng.shuffle(cards)
    return cards


def _forms(seed: str) -> list[Form]:
    schemes = _dealt(seeded(seed, "scheme"), _SCHEMES.items())
    headers = iter(_dealt(seeded(seed, "hsts"), _HSTS.items()))
    # sites without good TLS may send the header too: over plain http it means nothing
    hsts = [
        next(headers) if scheme in _HTTPS else "max-age=31536000" if n % 7 == 0 else ""
        for n, scheme in enumerate(schemes)
    ]
    encodings = zip(ENCODINGS.values(), _ENCODING_COUNTS, strict=True)
    marks = {"with": 62, "without": 14, "mixed": 14}
    columns = (
        _dealt(seeded(seed, "layout"), [(layout, 15) for layout in LAYOUTS]),
        schemes,
        hsts,
        _dealt(seeded(seed, "encoding"), encodings),
        _dealt(seeded(seed, "marks"), marks.items()),
        _dealt(seeded(seed, "accessible"), _ACCESSIBLE),
    )
    return [Form(*row) for row in zip(*columns, strict=True)]


def _answers(seed: str, count: int) -> list[dict[str, str]]:
    """The answers that do not follow from the form, dealt over all sites."""
    sites: list[dict[str, str]] = [{} for _ in range(count)]
    for check, quota in {**SECTIONS, **_TOOLS, "viewport": (52, 0)}.items():
        _deal(seed, sites, check, quota)
    for check, within, quota in (
        ("freshness", "news", (30, 18)),
        ("single_sign_on", "service_link", (20, 8)),
    ):
        for site in sites:
            site[check] = "no"
        _deal(seed, [site for site in sites if site[within] == "yes"], check, quota)
    return sites


def _deal(seed: str, sites: Sequence[dict[str, str]], check: str, quota: tuple[int, int]) -> None:
    counts = (("yes", quota[0]), ("partial", quota[1]), ("no", len(sites) - sum(quota)))
    for site, answer in zip(sites, _dealt(seeded(seed, check), counts), strict=True):
        site[check] = answer


def _plan(seed: str, body: FarmBody, answers: dict[str, str], form: Form) -> SitePlan:
    rng = seeded(seed, body.code)
    host = f"{body.website}.test"
    other = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
    absent = [check for check in SECTIONS if answers[check] == "no"]
    bad = rng.choice(("expired", "wrong_host", "unknown_issuer"))
    at_portal = rng.random() < 0.5 and answers["service_link"] == "yes"
    plan = SitePlan(
        body=body,
        seed=seed,
        host=host,
        canonical=other if rng.random() < 0.2 else host,
        form=form,
        certificate=bad if form.scheme == "bad_certificate" else "good",
        upper=rng.random() < 0.3,
        path_style=rng.choice(_PATH_STYLES),
        absolute=rng.random() < 0.15,
        answers={check: answers[check] for check in CHECKS},
        sections={},
        newest=_newest(rng, answers["freshness"]),
        date_style=rng.choice(_DATE_STYLES),
        clock=rng.random() < 0.45,
        contact_fields=_contact_fields(rng, answers["contacts"]),
        contact_page=rng.random() < 0.4,
        desk="/mot-cua" if at_portal else f"dichvucong.{body.names.domain}",
        sign_on_at_desk=rng.random() < 0.5,
        lookalikes=tuple(rng.sample(absent, min(4, len(absent) // 2))),
        comments=tuple(check for check in absent if rng.random() < 0.25),
    )
    held = {check: _section(plan, check) for check in SECTIONS if answers[check] != "no"}
    return replace(plan, sections={c: _nested(section, held) for c, section in held.items()})


def _newest(rng: Random, freshness: str) -> date:
    days = {"yes": (0, 30), "partial": (31, 180), "no": (181, 900)}[freshness]
    return TODAY - timedelta(days=rng.randint(*days))


def _contact_fields(rng: Random, answer: str) -> tuple[str, ...]:
    count = {"yes": 3, "partial": rng.choice((1, 2)), "no": 0}[answer]
    return tuple(sorted(rng.sample(("address", "email", "phone"), count)))


def _section(plan: SitePlan, check: str) -> Section:
    rng, answer = plan.rng("section", check), plan.answers[check]
    label = rng.choice(sections()[check]["labels"]).format_map(vars(plan.body.names))
    place = rng.choice(_PLACES_OF.get(check, _PLACES[plan.form.layout]))
    faults = _FAULTS[2:] if place == "block" else _FAULTS
    fault = rng.choice(faults) if answer == "partial" else ""
    group = rng.choice(furniture()["groups"]) if place == "group" else ""
    return Section(check, answer, label, place, group, fault, plan.path(f"{label} {check[:2]}"))


def _nested(section: Section, held: Mapping[str, Section]) -> Section:
    """The section inside another one's page if that page is good, else in the menu."""
    if section.place != "inside":
        return section
    parent = held.get(_PARENTS.get(section.check, ""))
    if parent is None or parent.answer != "yes" or parent.place == "block":
        return replace(section, place="menu")
    return replace(section, parent=parent.check)
