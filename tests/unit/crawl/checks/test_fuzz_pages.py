"""Broken pages of the farm: all are read, none raises or takes long. A run of hours is by hand."""

from __future__ import annotations

import time

import pytest

from assets.crawl.pages.html import read_page
from tests.fuzz_pages import CHANGES, LIMIT, broken_page, outcomes, read_broken
from tests.unit.crawl.portal_samples import HOME, visit

SEED = 20170220


@pytest.mark.parametrize("start", range(0, 250, 50))
def test_broken_pages_are_read(start: int) -> None:
    failed = [
        f"{one.broken.number} {one.broken.changes}: {one.raised or one.seconds}"
        for one in outcomes(SEED, range(start, start + 50))
        if one.failed
    ]
    assert failed == []


def test_the_same_number_gives_the_same_page() -> None:
    first, again = broken_page(SEED, 7), broken_page(SEED, 7)
    assert (first.visit, first.changes) == (again.visit, again.changes)
    assert first.visit.body != broken_page(SEED, 8).visit.body


def test_every_change_is_made_within_a_few_hundred_pages() -> None:
    made = {name for n in range(200) for name in broken_page(SEED, n).changes.split("+")}
    assert made == {change.__name__.lstrip("_") for change in CHANGES}


def test_what_is_raised_and_what_takes_long_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = broken_page(SEED, 1)
    assert not read_broken(broken).failed
    monkeypatch.setattr("tests.fuzz_pages.plan", lambda *_: 1 // 0)
    told = read_broken(broken)
    assert told.failed
    assert "ZeroDivisionError" in told.raised
    monkeypatch.setattr("tests.fuzz_pages.plan", lambda *_: ["http://a.vn.test/"] * 99)
    assert "AssertionError" in read_broken(broken).raised


@pytest.mark.parametrize(
    "markup",
    [
        "<div>" * 30_000,
        "<ul><li>Tin " * 15_000,
        "<b><i><font>" * 10_000 + "<p>chữ" * 10_000,
        "<select>" + "<option value=/x.html>Tin tức" * 14_000,
        "<math>" + "<a href=/x>Tin tức" * 14_000,
        "<time datetime=2017-02-20>x" * 14_000,
        "<a " + " ".join(f"a{n}" for n in range(400_000)),
        "<a title='" + "\"' " * 900_000,
        "<" * 2_900_000,
        "<!--" * 700_000,
        "<table><tr><td>" * 5_000,
        "<meta http-equiv=refresh content='0;url=" + '"' * 900_000,
        "<rss><item>" + "<pubDate>" * 300_000,
        "<p>" + "a\u0301" * 900_000,
        "<p>" + "Giới thiệu " * 250_000,
        "<i style='font:.VnTime'>" + "¸" * 200_000,
    ],
    ids=lambda markup: markup[:20],
)
def test_the_cost_of_a_page_is_bounded(markup: str) -> None:
    began = time.process_time()
    read_page(visit(HOME, markup))
    assert time.process_time() - began < LIMIT
