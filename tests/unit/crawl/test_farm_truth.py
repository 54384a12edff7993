"""The farm's answers: dealt as promised, the same each time, and what the pages really say."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.farm import CHECKS, TODAY
from tests.farm.farm_bodies import read_bodies
from tests.farm.farm_desk import Desk
from tests.farm.farm_pages import Page, Pages
from tests.farm.farm_plan import LAYOUTS, SECTIONS, SitePlan, draw_plans
from tests.farm.farm_words import ENCODINGS, encode, furniture, sections, without_marks

PLANS = draw_plans("1")
DESK = "http://desk.test/"


@pytest.fixture(scope="module")
def pages() -> dict[str, dict[str, Page]]:
    return {plan.host: Pages(plan, "http://h.test:1", DESK).all for plan in PLANS}


@pytest.fixture(scope="module")
def shown(pages: dict[str, dict[str, Page]]) -> dict[str, set[str]]:
    """Host -> every name its pages give to anything."""
    return {
        host: {name for page in held.values() for name in names_shown(page.text)}
        for host, held in pages.items()
    }


def plain(text: str) -> str:
    return " ".join(without_marks(text).lower().split())


def names_shown(page: str) -> Iterator[str]:
    """Whatever a page calls something: links, headings, titles of links, texts of pictures."""
    tree = LexborHTMLParser(page)
    for node in tree.css("a, h1, h2, h3, td.tieude, font b"):
        yield plain(node.text())
    for node in tree.css("[title]"):
        yield plain(node.attributes["title"] or "")
    for node in tree.css("[alt]"):
        yield plain(node.attributes["alt"] or "")


def test_the_same_seed_gives_the_same_farm_and_another_seed_another() -> None:
    assert draw_plans("1") == PLANS
    assert draw_plans("2") != PLANS
    first, again = (Pages(PLANS[5], "http://h.test:1", DESK).all for _ in range(2))
    assert first == again


def test_the_portals_are_those_of_the_90_bodies() -> None:
    codes = [plan.body.code for plan in PLANS]
    assert len(set(codes)) == 90
    assert {"P-10", "MOFA", "VTV"} <= set(codes)
    assert not {"MOD", "MPS", "OOG", "CMSC", "Q-01"} & set(codes)
    assert {plan.host for plan in PLANS} >= {"laocai.gov.vn.test", "www.mofa.gov.vn.test"}
    assert all(body.website for body in read_bodies())


@pytest.mark.parametrize("check", CHECKS)
def test_every_check_has_enough_of_each_answer(check: str) -> None:
    counts = Counter(plan.answers[check] for plan in PLANS)
    assert set(counts) <= {"yes", "partial", "no"}
    assert counts["yes"] >= 15
    assert counts["no"] >= 10
    if check not in ("viewport", "hsts", "language_tag"):
        assert counts["partial"] >= 5


def test_forms_of_sites_are_all_there() -> None:
    forms = [plan.form for plan in PLANS]
    assert set(Counter(form.layout for form in forms).values()) == {15}
    assert {form.layout for form in forms} == set(LAYOUTS)
    assert {form.encoding.name for form in forms} == set(ENCODINGS)
    assert {form.marks for form in forms} == {"with", "without", "mixed"}
    assert {form.scheme for form in forms} == {
        "http",
        "bad_certificate",
        "both",
        "https_only",
        "redirect",
    }
    assert sum(plan.host != plan.canonical for plan in PLANS) >= 10
    assert {plan.certificate for plan in PLANS} == {
        "good",
        "expired",
        "wrong_host",
        "unknown_issuer",
    }


@pytest.mark.parametrize("check", SECTIONS)
def test_sections_are_named_in_several_words_and_places(check: str) -> None:
    held = [plan.sections[check] for plan in PLANS if check in plan.sections]
    assert len({section.label for section in held}) >= 5
    assert len({section.place for section in held}) >= 3
    assert len(sections()[check]["labels"]) == len(set(sections()[check]["labels"]))


@pytest.mark.parametrize("check", SECTIONS)
def test_answers_of_sections_are_what_pages_show(
    check: str, pages: dict[str, dict[str, Page]], shown: dict[str, set[str]]
) -> None:
    for plan in PLANS:
        labels = {
            plain(label.format_map(vars(plan.body.names))) for label in sections()[check]["labels"]
        }
        assert bool(labels & shown[plan.host]) == (plan.answers[check] != "no"), (plan.host, check)
        if plan.answers[check] != "no":
            assert_behind(plan, check, pages[plan.host])


def assert_behind(plan: SitePlan, check: str, held: dict[str, Page]) -> None:
    section = plan.sections[check]
    if section.place == "block":
        assert section.fault in ("", "empty", "updating")
    elif section.answer == "yes" and check == "service_link":
        assert DESK in held["/"].text
    elif section.answer == "yes":
        text = LexborHTMLParser(held[section.path].text).body
        assert text is not None
        lead = sections()[check]["lead"].format_map(vars(plan.body.names) | {"date": "x"})
        found = plain(lead[:30]) in plain(text.text()) or check == "news"
        assert found, (plan.host, check)
    elif section.fault == "missing":
        assert section.path not in held
    else:
        assert held[section.path].status == 200


def read(held: dict[str, Page], path: str) -> str:
    return held[path].text if path in held else ""


def test_search_languages_and_feeds_are_what_pages_show(
    pages: dict[str, dict[str, Page]],
) -> None:
    for plan in PLANS:
        held, front = pages[plan.host], pages[plan.host]["/"].text
        kept = LexborHTMLParser(front)
        named = {
            "search": kept.css_first("form.tk input[type=text]") is not None,
            "languages": kept.css_first('a[href$="/en"]') is not None,
            "feeds": bool(kept.css('[href$="/rss.xml"], [href$="/kenh-rss"]')),
        }
        good = {
            "search": plain("Kết quả tìm kiếm") in plain(read(held, "/tim-kiem"))
            and not is_updating(read(held, "/tim-kiem")),
            "languages": "Welcome" in read(held, "/en"),
            "feeds": "<item>" in read(held, "/rss.xml"),
        }
        for check, is_named in named.items():
            answer = ("yes" if good[check] else "partial") if is_named else "no"
            assert plan.answers[check] == answer, (plan.host, check)


def is_updating(page: str) -> bool:
    words = {plain(text) for text in furniture()["updating"]}
    return any(plain(node.text()) in words for node in LexborHTMLParser(page).css("p"))


def test_contacts_are_those_at_the_foot_or_on_their_own_page(
    pages: dict[str, dict[str, Page]],
) -> None:
    lines = {
        "address": r"(dia chi|tru so|d/c): ",
        "phone": r"(dien thoai|dt|tel): ",
        "email": "mail|thu",
    }
    for plan in PLANS:
        held = pages[plan.host]
        tree = LexborHTMLParser(held["/"].text)
        feet = tree.css("footer, #chan-trang, td[align=center]")
        text = plain(" ".join(node.text() for node in feet[-1:]))
        own = LexborHTMLParser(read(held, plan.path("lien he"))).css("#noi-dung p, td p")
        text += plain(" ".join(node.text() for node in own))
        found = {field for field, form in lines.items() if re.search(form, text)}
        assert found >= set(plan.contact_fields), plan.host
        answer = {3: "yes", 0: "no"}.get(len(plan.contact_fields), "partial")
        assert plan.answers["contacts"] == answer
        if not plan.contact_fields:
            assert not {"address", "phone"} & found, plan.host


def test_sign_on_stands_at_the_portal_or_at_its_services(
    pages: dict[str, dict[str, Page]],
) -> None:
    names = {plain(text) for text in furniture()["sign_on"]}
    for plan in PLANS:
        held = pages[plan.host]
        desk = Desk(plan, "http://h.test:1")
        desks = desk.answer(desk.prefix + "/", 1).body.decode()
        links = [
            node for text in (held["/"].text, desks) for node in LexborHTMLParser(text).css("a")
        ]
        answer = plan.answers["single_sign_on"]
        assert bool(names & {plain(node.text()) for node in links}) == (answer != "no"), plan.host
        page = read(held, "/dang-nhap")
        assert ('type="password"' in page) == (answer == "yes")


def test_the_newest_item_decides_freshness(pages: dict[str, dict[str, Page]]) -> None:
    for plan in PLANS:
        age = (TODAY - plan.newest).days
        assert plan.answers["freshness"] == (
            "yes" if age <= 30 else "partial" if age <= 180 else "no"
        )
        day = without_marks(plan.newest.strftime(plan.date_style))
        shown = any(day in without_marks(page.text) for page in pages[plan.host].values())
        assert shown or plan.answers["news"] != "yes", plan.host


def test_accessibility_and_viewport_follow_from_the_front_page(
    pages: dict[str, dict[str, Page]],
) -> None:
    for plan in PLANS:
        tree = LexborHTMLParser(pages[plan.host]["/"].text)
        images = tree.css("img")
        alts = sum("alt" in image.attributes for image in images) / len(images)
        skip = tree.css_first("a.an") is not None
        lang = "lang" in tree.root.attributes if tree.root else False
        assert plan.form.accessible == (lang, alts >= 0.9, skip)
        assert alts >= 0.9 or alts <= 0.5
        met = sum((lang, alts >= 0.9, skip))
        assert plan.answers["accessibility"] == {3: "yes", 0: "no"}.get(met, "partial")
        viewport = tree.css_first('meta[name="viewport"]') is not None
        assert plan.answers["viewport"] == ("yes" if viewport else "no")


def test_links_within_a_portal_lead_somewhere_unless_planted(
    pages: dict[str, dict[str, Page]],
) -> None:
    for plan in PLANS:
        held = pages[plan.host]
        planted = {s.path for s in plan.sections.values() if s.fault == "missing"}
        planted |= {"/en", "/rss.xml", "/tim-kiem", "/dang-nhap"}
        for page in held.values():
            for node in LexborHTMLParser(page.text).css("a[href]"):
                href = (node.attributes["href"] or "").removeprefix("http://h.test:1")
                path = href.split("#")[0]
                if path.startswith("/"):
                    assert path in held or path in planted, (plan.host, href)


@pytest.mark.parametrize("name", ENCODINGS)
def test_every_encoding_keeps_the_text(name: str) -> None:
    text = "Đẩy mạnh phổ biến pháp luật: ẮẰẲẴẶ ắằẳẵặ ỖỘ ữự ỹỵ ìĩò"
    encoding = ENCODINGS[name]
    read = encode(text, encoding).decode(encoding.codec)
    if encoding.codec == "ascii":
        read = LexborHTMLParser(read).text()
    assert unicodedata.normalize("NFC", read) == text


def test_no_blank_is_left_unfilled(pages: dict[str, dict[str, Page]]) -> None:
    for held in pages.values():
        for page in held.values():
            assert "{" not in page.text, page.text[:300]
