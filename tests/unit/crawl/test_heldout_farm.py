"""The held-out farm says what its truth says, the same on every run."""

from __future__ import annotations

import hashlib
import html
import os
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from heldout_reading import Reading, folded

import tests.farm_heldout as farm
from tests.farm_heldout.plan import Section, data, sites

REPO = Path(__file__).parents[3]
HOSTS = farm.hosts()
SECTIONS = tuple(data("wording")["sections"])
CHECKS = (
    *SECTIONS,
    *("freshness", "language_tag", "viewport", "https", "hsts", "accessibility"),
)
#: Content of a page is longer than this, what stands in a gap shorter, in characters.
CONTENT_CHARACTERS = 100
#: Texts with a day that is not the day of an item.
CLOCK_OR_DEADLINE = "hom nay|^(. )?thu hai, 20/02/2017 08:12|bay gio|thoi han"


def text_of(host: str, path: str) -> str:
    return farm.pages(host)[path][2].decode(farm.charset(host))


def home_path(host: str) -> str:
    return farm.pages(host)["/"][1].get("location", "/")


@cache
def reading(host: str, path: str) -> Reading:
    return Reading(text_of(host, path))


def home(host: str) -> Reading:
    return reading(host, home_path(host))


@cache
def near(host: str) -> tuple[Reading, ...]:
    """The home page and the pages that its menus lead to."""
    inner = {href for _, href in home(host).links if href.startswith("/")}
    kinds = {p: farm.pages(host)[p][1]["content-type"] for p in inner}
    return (home(host), *(reading(host, p) for p in sorted(inner) if "html" in kinds[p]))


def own_text(host: str, path: str, name: str) -> str:
    """What a page shows and the other pages do not, but for its name."""
    chrome = Counter(reading(host, _other(host, path)).texts)
    own = (Counter(reading(host, path).texts) - chrome).elements()
    return " ".join(text for text in own if not folded(text).endswith(folded(name)))


def _other(host: str, path: str) -> str:
    hrefs = dict(home(host).links)
    return next(h for h in (hrefs["tuyen dung"], hrefs["cong khai ngan sach"]) if h != path)


def planted() -> list[tuple[str, Section]]:
    return [(host, section) for host, site in sites().items() for section in site.sections]


def places_of(host: str, section: Section) -> set[str]:
    return {h for page in near(host) for name, h in page.links if name == folded(section.label)}


def digest() -> str:
    total = hashlib.sha256()
    for host in HOSTS:
        for path, (status, headers, body) in sorted(farm.pages(host).items()):
            total.update(f"{host}{path}{status}{sorted(headers.items())}".encode() + body)
    return total.hexdigest()


def test_another_process_makes_the_same_bytes() -> None:
    code = (
        "import sys; sys.path[:0] = ['tests/unit/crawl'];"
        "import test_heldout_farm as t; print(t.digest())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPO,
        env={**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": str(REPO)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == digest()


def test_forty_sites_of_known_bodies() -> None:
    codes = {line.split(",")[0] for line in (REPO / "sources/bodies/bodies.csv").open()}
    assert len(set(HOSTS)) == 40
    assert {site.code for site in sites().values()} <= codes
    assert len({site.skin for site in sites().values()}) == 8


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_both_answers(check: str) -> None:
    count = Counter(answers[check] for answers in farm.truth().values())
    assert set(count) <= {"yes", "partial", "no"}
    assert count["yes"] >= 8
    assert count["no"] >= 6


def test_truth_is_of_the_agreed_checks_only() -> None:
    assert {tuple(sorted(answers)) for answers in farm.truth().values()} == {tuple(sorted(CHECKS))}


@pytest.mark.parametrize("host", HOSTS)
def test_pages_decode_and_name_their_owner(host: str) -> None:
    owner = sites()[host].owner
    for path, (status, headers, body) in farm.pages(host).items():
        if status == 200 and headers["content-type"].startswith("text/html"):
            text = unicodedata.normalize("NFC", body.decode(farm.charset(host)))
            title = re.search("<title>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
            assert title is not None
            assert folded(owner) in folded(html.unescape(title[1])), path
            assert "\ufffd" not in text


def test_scripts_differ_as_planned() -> None:
    raw = {site.script: farm.pages(host)[home_path(host)][2] for host, site in sites().items()}
    assert raw["utf16"].startswith((b"\xff\xfe", b"\xfe\xff"))
    assert b"windows-1258" in raw["windows1258"]
    with pytest.raises(UnicodeDecodeError):
        raw["windows1258"].decode("utf-8")
    assert raw["entities"].isascii()
    assert "Ban quyen thuoc ve" in raw["utf8_without_marks"].decode()
    decomposed = raw["utf8_decomposed"].decode()
    assert unicodedata.normalize("NFC", decomposed) != decomposed


@pytest.mark.parametrize("host", HOSTS)
def test_no_link_within_the_site_is_broken_by_chance(host: str) -> None:
    pages = farm.pages(host)
    for page in near(host):
        inner = [href for _, href in page.links if href.startswith("/")]
        assert set(inner) <= set(pages)
        pictures = [found["src"] for found in page.attributes("img")]
        assert set(pictures) <= set(pages)


@pytest.mark.parametrize("check", SECTIONS)
def test_a_section_is_named_and_holds_what_the_truth_says(check: str) -> None:
    without_page = {"inline", "select", "foot_text", "service_page"}
    seen = 0
    for host, section in planted():
        unnamed = check in ("search", "feeds") and not section.gap
        if section.check_id != check or unnamed or section.place in without_page:
            continue
        hrefs = places_of(host, section)
        assert len(hrefs) == 1, (host, section)
        path = hrefs.pop()
        status = farm.pages(host)[path][0]
        shown = len(own_text(host, path, section.label)) if status == 200 else 0
        assert (status == 404) == (section.gap == "missing"), (host, section)
        assert (shown > CONTENT_CHARACTERS) == (not section.gap), (host, section, shown)
        seen += 1
    assert seen >= 5


def test_sections_without_a_page_are_on_the_home_page() -> None:
    outside = [url for _, url in data("texts")["links"]]
    seen: Counter[str] = Counter()
    for host, section in planted():
        if section.place in ("inline", "select"):
            page = home(host)
            assert folded(section.label) in page.named(), (host, section)
            hrefs = {href for _, href in page.links}
            hrefs |= {found["value"] or "" for found in page.attributes("option")}
            assert (set(outside) <= hrefs) == (not section.gap), (host, section)
        elif section.place == "foot_text":
            assert "banbientap@" in text_of(host, home_path(host))
        seen[section.place] += 1
    assert seen["inline"] >= 3
    assert seen["select"] >= 3
    assert seen["foot_text"] >= 3


def test_sign_in_is_found_on_the_page_of_services() -> None:
    seen = 0
    for host, section in planted():
        if section.place == "service_page":
            services = sites()[host].section("service_link")
            assert services is not None
            (path,) = places_of(host, services)
            names = dict(reading(host, path).links)
            status = farm.pages(host)[names[folded(section.label)]][0]
            assert (status == 404) == (section.gap == "missing")
            seen += 1
    assert seen >= 3


@pytest.mark.parametrize("check", SECTIONS)
def test_what_is_refused_is_not_named_anywhere_near(check: str) -> None:
    rule = data("wording")["sections"][check]
    for host, site in sites().items():
        if site.answers[check] == "no":
            phrases = {folded(site.say(phrase)) for phrase in rule["phrases"]}
            for page in near(host):
                assert not phrases & page.named(), host


def test_most_refusals_have_a_decoy() -> None:
    names = {h: {name for name, _ in home(h).links} for h in HOSTS}
    assert all(folded(decoy) in names[h] for h in HOSTS for decoy in sites()[h].decoys)
    assert sum(len(site.decoys) for site in sites().values()) >= 150


@pytest.mark.parametrize("host", HOSTS)
def test_the_newest_item_is_as_old_as_the_truth_says(host: str) -> None:
    days: set[date] = set()
    for page in near(host):
        days |= page.dates(but_not=CLOCK_OR_DEADLINE)
    age = (farm.TODAY - max(days)).days
    answer = "yes" if age <= 30 else "partial" if age <= 180 else "no"
    assert answer == farm.truth()[host]["freshness"]
    assert max(days) == sites()[host].newest


@pytest.mark.parametrize("host", HOSTS)
def test_the_machine_side_is_as_the_truth_says(host: str) -> None:
    answers, page = farm.truth()[host], home(host)
    tagged = bool(page.attributes("html")[0].get("lang"))
    assert tagged == (answers["language_tag"] == "yes")
    metas = {found.get("name"): found for found in page.attributes("meta")}
    assert ("viewport" in metas) == (answers["viewport"] == "yes")
    images = page.attributes("img")
    share = sum(1 for found in images if found.get("alt")) / len(images)
    assert len(images) >= 8
    assert share >= 0.9 or share <= 0.5
    labels = {found["for"] for found in page.attributes("label")}
    fields = {
        found.get("id")
        for found in [*page.attributes("input"), *page.attributes("select")]
        if found.get("type") in ("text", "search", "password", None)
    }
    helped = any(href == "#main" for _, href in page.links)
    assert fields == labels if helped else not labels
    count = tagged + (share >= 0.9) + helped
    expected = "yes" if count == 3 else "partial" if count else "no"
    assert answers["accessibility"] == expected
    searched = any(
        found.get("type") in ("text", "search") and found.get("id") != "lg_u"
        for found in page.attributes("input")
    )
    assert searched == (answers["search"] == "yes")


@pytest.mark.parametrize("host", HOSTS)
def test_a_feed_is_there_where_the_truth_says(host: str) -> None:
    feeds = {
        path
        for path, (_, headers, _) in farm.pages(host).items()
        if headers.get("content-type", "").endswith("+xml")
    }
    hrefs = {href for page in near(host) for _, href in page.links}
    hrefs |= {found.get("href") or "" for found in home(host).attributes("link")}
    assert bool(feeds & hrefs) == (farm.truth()[host]["feeds"] == "yes")
