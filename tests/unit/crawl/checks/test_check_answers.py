"""The answers of all checks together: their order, what is never said, what a person decides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.checks.answers import answers, unsure
from assets.crawl.checks.plan import plan
from assets.crawl.checks.probe import read_probe
from assets.crawl.checks.rules import rules
from assets.crawl.model import ANSWERS, Answer, Visit
from assets.crawl.pages.html import read_page
from assets.crawl.pages.page import Page
from tests.unit.crawl.portal_samples import HOME, TEXT, TODAY, document, portal, visit

CHECKS = list(rules().checks)


def made_of(visits: dict[str, Visit]) -> list[Answer]:
    return answers(visits, HOME, rules(), TODAY)


def test_every_check_is_answered_in_the_order_of_the_rules() -> None:
    for visits in ({}, portal(""), {HOME: visit(HOME, "", "timeout")}):
        assert [one.check_id for one in made_of(visits)] == CHECKS


def test_the_same_visits_give_the_same_answers() -> None:
    visits = portal(
        '<a href="/gioi-thieu">Giới thiệu</a><form action="/tim"><input name="q"></form>',
        {"/gioi-thieu": f"<h1>Giới thiệu</h1>{TEXT}", "/tim": TEXT},
    )
    other_order = dict(reversed(visits.items()))
    assert made_of(visits) == made_of(dict(visits)) == made_of(other_order)


@pytest.mark.parametrize(
    ("home", "why"),
    [
        (None, "the home page was not visited"),
        (visit(HOME, "", "timeout"), "home page: timeout"),
        (visit(HOME, ""), "home page: empty"),
        (visit(HOME, document("<p>Chào</p>")), "home page: empty"),
        (visit(HOME, document("<p>Không tìm thấy trang bạn yêu cầu</p>")), "home page: soft_404"),
        (visit(HOME, document("<p>Checking your browser</p>")), "home page: challenge"),
        (visit(HOME, document("<p>Vui lòng đăng nhập để tiếp tục</p>")), "home page: login"),
    ],
)
def test_what_was_not_seen_is_never_no(home: Visit | None, why: str) -> None:
    made = made_of({HOME: home} if home else {})
    by_markup = [one for one in made if one.check_id not in ("https", "hsts")]
    assert {one.answer for one in by_markup} == {"not_observed"}
    assert {one.words for one in by_markup} == {why}


def test_the_home_page_behind_a_page_that_sends_its_reader_on() -> None:
    sent = visit(HOME, '<meta http-equiv="refresh" content="0;url=/trang-chu.aspx">')
    real = portal('<meta name="viewport" content="width=device-width">')[HOME]
    url = f"{HOME}trang-chu.aspx"
    made = made_of({HOME: sent, url: visit(url, real.body)})
    assert next(one for one in made if one.check_id == "viewport").answer == "yes"


def test_every_answer_says_where_and_by_which_rule() -> None:
    for one in made_of(portal('<a href="/gioi-thieu">Giới thiệu</a>')):
        assert one.answer in ANSWERS
        assert one.url.startswith("http")
        assert one.rule_id.startswith(f"{one.check_id}.")
        assert 0 <= one.confidence <= 100
        assert (one.confidence == 0) == (one.answer == "not_observed")


def test_unsure_answers_are_those_read_with_too_little_confidence() -> None:
    limit = rules().confidence["review"]
    listed = [
        Answer("news", "yes", HOME, "", "news.link", limit),
        Answer("links", "no", HOME, "", "links.not_found", limit - 1),
        Answer("feeds", "not_observed", HOME, "", "feeds.unseen", 0),
    ]
    assert unsure(listed, rules()) == [listed[1]]


PIECES = st.sampled_from(
    [
        b"<a href='/gioi-thieu'>Gi\xe1\xbb\x9bi thi\xe1\xbb\x87u</a>",
        b"<h2>Tin t\xe1\xbb\xa9c</h2>",
        b"<a href='", b"<form action='//[::1", b"<input name=q>", b"<!--", b"-->", b"<table><tr>",
        b"<base href='http://[x/'>", b"<meta http-equiv=refresh content='0;url=http://x:99999/'>",
        b"<meta charset=utf-7>", b"<meta charset=utf-16>", b"</", b"<p>20/02/2017</p>", b"\x00",
        b"<select><option value='//'>", b"&#0;&#xd800;&#x110000;", b"<rss><item>", b"\xff\xfe",
        b"<title>", b"<script>", b"<a name=x><a href='#x'>Li\xc3\xaan h\xe1\xbb\x87</a>", b"<svg>",
    ]
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=600), st.lists(st.one_of(PIECES, st.binary(max_size=9))).map(b"".join)
)


@settings(max_examples=300, deadline=timedelta(seconds=5))
@given(BODIES, st.text(max_size=60), st.sampled_from(["", "gioi-thieu", "rss.xml", "tim?q=a"]))
def test_any_bytes_and_any_header_give_a_page_and_answers(
    body: bytes, content_type: str, path: str
) -> None:
    headers = {"content-type": content_type}
    strange = Visit(HOME + path, "completed", final_url=HOME + path, headers=headers, body=body)
    assert isinstance(read_page(strange), Page)
    body_of_home = '<a href="/gioi-thieu">Giới thiệu</a><a href="/rss.xml">RSS</a>'
    visits = portal(f'{body_of_home}<form action="/tim"><input name="q"></form>')
    visits[strange.url] = strange
    assert [one.check_id for one in made_of(visits)] == CHECKS
    assert len(plan(visits, HOME, rules())) <= rules().numbers["visits"] + 2
    assert read_probe(strange, "4", rules()).page_state
