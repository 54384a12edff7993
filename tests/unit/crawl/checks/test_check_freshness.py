"""How old the newest item is: days of items, and days that are none of an item."""

from __future__ import annotations

from datetime import timedelta

import pytest

from assets.crawl.checks.rules import rules
from assets.crawl.model import Visit
from tests.unit.crawl.portal_samples import HOME, TEXT, TODAY, answer_to, visit

TITLE = "Khởi công tuyến đường liên xã Sông Xanh"


def item(day: str, title: str = TITLE) -> str:
    return f'<li><a href="/tin-1">{title}</a> <span>{day}</span></li>'


def days_ago(count: int) -> str:
    return f"{TODAY - timedelta(days=count):%d/%m/%Y}"


@pytest.mark.parametrize(
    ("age", "said"), [(0, "yes"), (30, "yes"), (31, "partial"), (180, "partial"), (181, "no")]
)
def test_the_newest_item_decides(age: int, said: str) -> None:
    body = f"<ul>{item(days_ago(age + 40))}{item(days_ago(age))}{item(days_ago(age + 200))}</ul>"
    made = answer_to("freshness", body)
    assert (made.answer, made.rule_id) == (said, "freshness.item")
    assert made.words.startswith(f"{TODAY - timedelta(days=age)}")


@pytest.mark.parametrize(
    "body",
    [
        f"<p>{days_ago(3)}</p><h3>{TITLE}</h3>",
        f"<h3>{TITLE}</h3><p>{days_ago(3)}</p>",
        f"<h3>{TITLE}</h3><p>Sáng nay, đông đủ bà con đã đến.</p><p>{days_ago(3)}</p>",
        f"<table><tr><td><a href=/t>{TITLE}</a><td>{days_ago(3)}</table>",
        f'<a href=/t>{TITLE}</a><time datetime="2017-02-17">vừa đăng</time>',
        f"<a href=/t>{TITLE}</a> <i>3 ngày trước</i>",
        f"<article><header><a href=/t>{TITLE}</a></header><footer>{days_ago(3)}</footer></article>",
        f"<article><footer>{days_ago(3)}</footer><a href=/t>{TITLE}</a></article>",
    ],
)
def test_where_the_day_of_an_item_stands(body: str) -> None:
    made = answer_to("freshness", body)
    assert (made.answer, made.words[:10]) == ("yes", "2017-02-17")


OLD = f"<ul>{item(days_ago(400))}</ul>"


@pytest.mark.parametrize(
    "other",
    [
        f"<p>Hôm nay, thứ hai, {days_ago(0)}</p>",
        f"<div>{days_ago(0)} 08:00 GMT+7</div>",
        f'<div><a href="/en">English</a> Thứ hai, {days_ago(0)}</div>',
        f'<div><a href="/dn">Đăng nhập một lần (SSO)</a> {days_ago(0)}</div>'
        '<p><a href="/vb">Văn bản quy phạm pháp luật</a></p>',
        f"<footer>Bản quyền thuộc về tỉnh. {days_ago(5)}</footer>",
        f"<p>Giấy phép số 12/GP cấp ngày {days_ago(5)}</p>",
        f"<p>Hạn nộp hồ sơ: {days_ago(5)}</p>",
        f"<h2>Văn bản mới</h2><p>Quyết định số 12 ngày {days_ago(5)}</p>",
        f"<h2>Lịch công tác tuần</h2><p>Thứ hai, {days_ago(5)}: họp giao ban</p>",
        f"<ul>{item('25/12/2018')}</ul>",
    ],
)
def test_days_that_are_not_those_of_items(other: str) -> None:
    assert answer_to("freshness", other + OLD).answer == "no"
    assert answer_to("freshness", OLD + other).answer == "no"


def test_a_clock_in_the_frame_of_all_pages_is_a_clock_even_beside_a_long_link() -> None:
    clock = f'<div><a href="/tv">Đăng nhập thư điện tử công vụ</a>Thứ hai, {days_ago(0)}</div>'
    pages = {f"/muc-{n}": f"{clock}<h1>Mục</h1>{TEXT}" for n in range(1, 5)}
    assert answer_to("freshness", clock + OLD, pages).answer == "no"


def test_items_after_the_end_of_a_list_of_documents_count() -> None:
    body = f"<h2>Văn bản mới</h2><p>Quyết định số 12 ngày {days_ago(300)}</p><h2>Điểm nóng</h2>"
    assert answer_to("freshness", f"{body}<ul>{item(days_ago(3))}</ul>").answer == "yes"


def test_a_day_without_its_year_counts_where_there_is_no_other_and_goes_to_review() -> None:
    made = answer_to("freshness", f"<ul>{item('(15/02)')}</ul>")
    assert (made.answer, made.rule_id) == ("yes", "freshness.no_year")
    assert made.confidence < rules().confidence["review"]
    assert answer_to("freshness", f"<ul>{item('(15/02)')}</ul>{OLD}").answer == "no"


NEWS = '<h2><a href="/tin">Tin tức</a></h2>'


def test_days_on_the_page_of_news() -> None:
    made = answer_to("freshness", NEWS, {"/tin": f"<h1>Tin tức</h1><ul>{item(days_ago(9))}</ul>"})
    assert (made.answer, made.url) == ("yes", f"{HOME}tin")


def test_days_of_a_feed_and_not_the_day_it_was_made() -> None:
    feed = (
        '<rss version="2.0"><channel><lastBuildDate>Mon, 20 Feb 2017 01:00:00 GMT</lastBuildDate>'
        "<item><title>Tin</title><pubDate>Fri, 20 Jan 2017 01:00:00 GMT</pubDate></item>"
        "</channel></rss>"
    )
    pages = {"/rss.xml": visit(f"{HOME}rss.xml", feed, content_type="application/rss+xml")}
    made = answer_to("freshness", '<a href="/rss.xml">RSS</a>', pages)
    assert (made.answer, made.words[:10]) == ("partial", "2017-01-20")


@pytest.mark.parametrize(("age", "said"), [(3, "yes"), (300, "no")])
def test_days_of_articles_where_nothing_else_bears_one(age: int, said: str) -> None:
    title = "Hội nghị sơ kết công tác quý và triển khai nhiệm vụ"
    article = f"<h1>{title}</h1><p>Đăng ngày {days_ago(age)}</p>{TEXT}<p>{days_ago(0)}</p>"
    made = answer_to("freshness", f'<a href="/tin-1">{title}</a>', {"/tin-1": article})
    assert made.answer == said


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"/tin": f"<h1>Tin tức</h1>{TEXT}"}, "not_observed"),
        ({"/tin": "<h1>Tin tức</h1><p>Đang cập nhật</p>"}, "no"),
        ({}, "not_observed"),
    ],
)
def test_without_any_day(pages: dict[str, str | Visit], said: str) -> None:
    assert answer_to("freshness", NEWS, pages).answer == said


def test_without_news_there_is_no_newest_item() -> None:
    made = answer_to("freshness", "<p>Chào mừng quý khách</p>")
    assert (made.answer, made.rule_id) == ("no", "freshness.no_news")
