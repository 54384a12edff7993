"""The file of rules: what is refused of it, and with which words."""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import yaml

from assets.crawl.checks.rules import FILE, KINDS, RulesError, load_rules, rules


@cache
def whole() -> Any:
    return yaml.safe_load(FILE.read_text("utf-8"))


def changed(*path: str, to: Any) -> bytes:
    """The rules of the project with one value changed; None removes it. JSON is YAML."""
    top = entry = deepcopy(whole())
    for key in path[:-1]:
        entry = entry[key]
    if to is None:
        del entry[path[-1]]
    else:
        entry[path[-1]] = to
    return json.dumps(top).encode()


def refusal(content: bytes) -> str:
    with pytest.raises(RulesError) as error:
        load_rules(content, "rules.yaml")
    return str(error.value)


def test_the_rules_of_the_project_load() -> None:
    book = rules()
    assert len(book.checks) == 27
    assert {check.kind for check in book.checks.values()} == set(KINDS)
    assert book is rules()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "rules.yaml: top level: no YAML in UTF-8"),
        (b"a: [", "rules.yaml: top level: no YAML in UTF-8"),
        (b"- a", "rules.yaml: top level: a mapping is expected; write key: value"),
        (b"", "rules.yaml: top level: a mapping is expected; write key: value"),
        (b"spare: 2", "rules.yaml: top level: the key band is missing; add it"),
        (changed("colour", to=1), "top level: the key colour is not known; remove it or mend it"),
        (changed("visits", to=None), "top level: the key visits is missing; add it"),
        (changed("visits", to=0), "visits: 0 is no whole number from 1 to 100000; mend it"),
        (changed("visits", to="24"), "visits: '24' is no whole number"),
        (changed("visits", to=True), "visits: True is no whole number"),
        (changed("confidence", "near", to=-101), "confidence: near: -101 is no whole number"),
        (changed("skip_addresses", to=["("]), "skip_addresses: no pattern"),
        (changed("confidence", to=[]), "confidence: a mapping is expected"),
        (changed("checks", to=3), "checks: a mapping is expected"),
        (changed("pages", "odd", to={}), "pages: the key odd is not known"),
        (changed("pages", "login", "few", to=1), "pages: login: the key few is not known"),
        (changed("pages", "empty", "most_words", to="x"), "pages: empty: most_words: 'x' is no"),
        (changed("functions", "search", to=None), "functions: the key search is missing"),
        (changed("functions", "https", "works", to="completed"), "functions: https: works: 'comp"),
        (changed("functions", "accessibility", "alt_share", to="2"), "alt_share: '2' is no share"),
        (changed("fillers", to="tin"), "fillers: 'tin' is no list of phrases"),
        (changed("checks", "news", "kind", to="odd"), "checks: news: kind: 'odd'; use section"),
        (changed("checks", "news", "kind", to=None), "checks: news: the key kind is missing"),
        (changed("checks", "news", "colour", to=[]), "checks: news: the key colour is not known"),
        (changed("checks", "news", "names", to=[]), "checks: news: it has no names; list phrases"),
        (changed("checks", "news", "names", to=["tin", 2]), "checks: news: ['tin', 2] is no list"),
        (changed("checks", "news", "weak", to=["[tin"]), "checks: news: weak: '[tin' is no phrase"),
        (changed("checks", "news", "weak", to=["-"]), "checks: news: weak: '-' is no phrase"),
    ],
)
def test_a_fault_is_refused_with_its_place_and_what_to_do(content: bytes, said: str) -> None:
    assert said in refusal(content)


def test_addresses_of_a_check_are_its_names_and_those_listed() -> None:
    check = rules().checks["site_map"]
    assert {"sodotrang", "sitemap", "bandowebsite"} <= check.addresses
    assert "map" not in check.addresses  # too short to be told by


@pytest.mark.parametrize(
    ("url", "skipped"),
    [
        ("http://a.vn.test/van-ban/qd-12.pdf", True),
        ("http://a.vn.test/tai-ve.DOCX?id=3", True),
        ("http://a.vn.test/lich?thang=2017-02", True),
        ("http://a.vn.test/tin/page/12", True),
        ("http://a.vn.test/lich/2017/02/", True),
        ("http://a.vn.test/thoat/logout", True),
        ("http://a.vn.test/van-ban.aspx", False),
        ("http://a.vn.test/trang-chu", False),
        ("http://a.vn.test/?page=gioi-thieu", False),
        ("http://a.vn.test/tin-2017", False),
    ],
)
def test_addresses_never_visited(url: str, skipped: bool) -> None:
    assert bool(rules().skip_addresses.search(url)) == skipped
