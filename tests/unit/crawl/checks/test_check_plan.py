"""Which pages of a portal are asked for next, and which never."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.checks.plan import plan
from assets.crawl.checks.rules import rules
from assets.crawl.model import Visit
from tests.unit.crawl.portal_samples import (
    FRAME,
    HOME,
    TEXT,
    WELCOME,
    document,
    missing,
    portal,
    visit,
)

SECURE = "https://songxanh.gov.vn.test/"
MOST = rules().numbers["visits"]


def asked(body: str, pages: dict[str, str | Visit] | None = None) -> list[str]:
    """What is asked for after these visits, beside the home page by HTTPS."""
    return [url for url in plan(portal(body, pages), HOME, rules()) if url != SECURE]


def crawled(home: str, serve: Callable[[str], str], rounds: int = 60) -> dict[str, Visit]:
    """All visits of a portal that is served, until nothing more is asked for."""
    visits = {HOME: visit(HOME, home)}
    for _ in range(rounds):
        more = plan(visits, HOME, rules())
        if not more:
            return visits
        for url in more:
            visits[url] = visit(url, serve(url))
    raise AssertionError("it never ends")


def test_the_home_page_is_asked_for_by_both_schemes() -> None:
    assert plan({}, HOME, rules()) == [SECURE]
    assert plan({}, SECURE, rules()) == [HOME]
    ports = (8080, 8443)
    home = "http://songxanh.gov.vn.test:8080/"
    assert plan({}, home, rules(), ports) == ["https://songxanh.gov.vn.test:8443/"]


def test_the_best_page_of_each_check_is_asked_for() -> None:
    found = asked(
        '<a href="/gioi-thieu">Giới thiệu</a><a href="/hoi-dap">Hỏi đáp</a>'
        '<p>Theo <a href="/tin-2">giới thiệu</a> của ban tổ chức, hội thi năm nay có nhiều điểm mới'
        " so với các năm trước đây.</p>"
    )
    assert found[:2] == [f"{HOME}gioi-thieu", f"{HOME}hoi-dap"]


def test_nothing_is_asked_for_twice() -> None:
    body = (
        '<a href="/gioi-thieu/">Giới thiệu</a><a href="http://www.songxanh.gov.vn.test/">Home</a>'
    )
    found = asked(body, {"/gioi-thieu": f"<h1>Giới thiệu</h1>{TEXT}"})
    assert not any("gioi-thieu" in url or "www." in url for url in found)


def test_another_page_is_tried_where_the_first_is_missing() -> None:
    body = '<nav><a href="/a">Hỏi đáp</a></nav><a href="/b">Hỏi đáp</a>'
    assert asked(body)[0] == f"{HOME}a"
    assert asked(body, {"/a": missing("/a")})[0] == f"{HOME}b"
    assert asked(body, {"/a": f"<h1>Hỏi đáp</h1>{TEXT}"})[0] != f"{HOME}b"


@pytest.mark.parametrize(
    "href",
    [
        "http://khac.gov.vn.test/gioi-thieu",
        "http://songxanh.gov.vn.test.khac.vn.test/gioi-thieu",
        "//khac.gov.vn.test/",
        "/tai-lieu/gioi-thieu.pdf",
        "/lich?thang=2017-02",
        "/tin/2017/02/15/",
        "/gioi-thieu?page=2",
        "/dang-xuat",
        "mailto:a@songxanh.gov.vn.test",
        "javascript:mo()",
        "ftp://songxanh.gov.vn.test/gioi-thieu",
    ],
)
def test_what_is_never_asked_for(href: str) -> None:
    assert href not in asked(f'<a href="{href}">Giới thiệu</a>')
    assert not any("gioi-thieu" in url for url in asked(f'<a href="{href}">Giới thiệu</a>'))


def test_hosts_beneath_the_portal_are_its_own() -> None:
    service = "http://dichvucong.songxanh.gov.vn.test/"
    assert service in asked(f'<a href="{service}">Dịch vụ công trực tuyến</a>')


def test_hubs_are_followed_where_a_section_is_not_named() -> None:
    found = asked('<a href="/cong-khai">Thông tin công khai</a>')
    assert found[0] == f"{HOME}cong-khai"


def test_the_page_that_the_search_box_asks() -> None:
    assert f"{HOME}tim" in asked('<form action="/tim"><input name="q"></form>')
    assert f"{HOME}tim" not in asked('<form action="/tim" method="post"><input name="q"></form>')


def test_articles_are_asked_for_where_no_headline_bears_a_day() -> None:
    link = '<a href="/tin-1">Hội nghị sơ kết công tác quý và triển khai nhiệm vụ</a>'
    assert f"{HOME}tin-1" in asked(link)
    assert f"{HOME}tin-1" not in asked(f"<p>{link} (15/02/2017)</p>")


def test_a_home_page_that_sends_its_reader_on() -> None:
    sent = visit(HOME, '<meta http-equiv="refresh" content="0;url=/trang-chu.aspx">')
    assert plan({HOME: sent}, HOME, rules()) == [SECURE, f"{HOME}trang-chu.aspx"]
    away = visit(HOME, '<meta http-equiv="refresh" content="0;url=http://khac.vn.test/">')
    assert plan({HOME: away}, HOME, rules()) == [SECURE]


def test_a_ring_of_pages_that_send_on_comes_to_an_end() -> None:
    def serve(url: str) -> str:
        number = int(url.rsplit("/", 1)[1] or 0)
        return f'<meta http-equiv="refresh" content="0;url=/{number + 1}">'

    assert len(crawled(serve(HOME), serve)) <= MOST + 3


def test_a_home_page_that_was_not_read_asks_for_nothing_more() -> None:
    assert plan({HOME: visit(HOME, "", "timeout")}, HOME, rules()) == [SECURE]


@pytest.mark.parametrize("body", [f"<h1>Mục</h1>{TEXT}", "", "<h1>Trang không tồn tại</h1>"])
def test_never_more_visits_than_are_allowed(body: str) -> None:
    names = ("Giới thiệu", "Lãnh đạo", "Tin tức", "Hỏi đáp", "Văn bản", "Dự án", "Liên hệ")
    links = "".join(
        f'<li><a href="/muc/{number}/{place}">{name}</a></li>'
        for number, name in enumerate(names)
        for place in range(20)
    )
    visits = crawled(document(f"<nav>{links}</nav>{WELCOME}"), lambda url: document(body))
    assert len(visits) - 1 <= MOST + 2  # the two addresses of the home page are not counted


def test_an_endless_calendar_is_left_alone() -> None:
    def serve(url: str) -> str:
        links = "".join(
            f'<a href="/lich?thang=2017-{month}">Lịch công tác</a>' for month in range(1, 13)
        )
        return document(FRAME + WELCOME + links)

    visits = crawled(serve(HOME), serve)
    assert not any("thang=" in url for url in visits)


def test_sections_listed_for_programs_only() -> None:
    listed = [f"{HOME}van-ban-quy-pham-phap-luat", f"{HOME}tin-12", "http://khac.vn.test/hoi-dap"]
    found = plan(portal(""), HOME, rules(), sitemap=listed)
    assert listed[0] in found
    assert not {listed[1], listed[2]} & set(found)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Giới thiệu", "Tin tức", "Sơ đồ cổng", "English", "Tìm kiếm", "RSS"]),
            st.text(alphabet="/:.?#&=%abz019@-[]", max_size=40),
        ),
        max_size=12,
    )
)
def test_whatever_links_say_only_the_portal_is_asked(links: list[tuple[str, str]]) -> None:
    body = "".join(f'<a href="{href}">{name}</a>' for name, href in links)
    visits = portal(body)
    found = plan(visits, HOME, rules())
    assert len(found) == len(set(found)) <= MOST + 2
    for url in found:
        parts = urlsplit(url)
        assert parts.scheme in ("http", "https")
        assert (parts.hostname or "").removeprefix("www.").endswith("songxanh.gov.vn.test")
        assert url not in visits
