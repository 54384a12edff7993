"""Links and forms as read: their names, where they lead, and what stands around them."""

from __future__ import annotations

import pytest

from assets.crawl.pages.html import MAX_LINKS, absolute
from assets.crawl.pages.page import Link
from tests.unit.crawl.portal_samples import HOME, read


def only_link(body: str) -> Link:
    (link,) = read(body).links
    return link


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<a href=/x>Giới thiệu</a>", ("Giới thiệu",)),
        ("<a href=/x> Giới\n thiệu </a>", ("Giới thiệu",)),
        ('<a href=/x title="Giới thiệu"><i class=icon></i></a>', ("Giới thiệu",)),
        ('<a href=/x aria-label="Giới thiệu"></a>', ("Giới thiệu",)),
        ('<a href=/x><img src=n.gif alt="Giới thiệu"></a>', ("Giới thiệu",)),
        ('<a href=/x><img src=n.gif title="Giới thiệu"></a>', ("Giới thiệu",)),
        ('<a href=/x title="Trang">Giới thiệu</a>', ("Giới thiệu", "Trang")),
        ('<map><area href=/x alt="Giới thiệu"></map>', ("Giới thiệu",)),
        ("<a href=/x>Gi&#7899;i thi&#7879;u</a>", ("Giới thiệu",)),
        ("<a href=/x><div>Giới</div><div>thiệu</div></a>", ("Giới thiệu",)),
        ("<a href=/x></a>", ()),
    ],
)
def test_what_a_link_is_called(body: str, names: tuple[str, ...]) -> None:
    link = only_link(body)
    assert (link.names, link.url) == (names, f"{HOME}x")


@pytest.mark.parametrize(
    ("href", "url", "anchor"),
    [
        ("/a/b?c=1#d", f"{HOME}a/b?c=1", "d"),
        ("tin.aspx", f"{HOME}tin.aspx", ""),
        ("  /tin  ", f"{HOME}tin", ""),
        ("//khac.vn.test/x", "http://khac.vn.test/x", ""),
        ("HTTPS://Khac.vn.test/X", "https://Khac.vn.test/X", ""),
        ("#tin", HOME, "tin"),
        ("#", "", ""),
        ("", "", ""),
        ("javascript:void(0)", "", ""),
        ("mailto:a@songxanh.gov.vn.test", "", ""),
        ("http://[::1", "", ""),
        ("http://songxanh.gov.vn.test:99999/", "", ""),
    ],
)
def test_where_a_link_leads(href: str, url: str, anchor: str) -> None:
    link = only_link(f'<a href="{href}">Mục</a>')
    assert (link.url, link.anchor) == (url, anchor)


def test_addresses_follow_the_base_of_the_page() -> None:
    assert only_link('<base href="/vn/"><a href="tin">Mục</a>').url == f"{HOME}vn/tin"
    assert absolute("http://[bad", "tin") == ("", "")


def test_addresses_for_mail_and_telephone_are_names() -> None:
    page = read(
        '<a href="mailto:vp@sx.gov.vn.test?subject=x">Gửi</a><a href="tel:02363555">Gọi</a>'
    )
    assert [link.names for link in page.links] == [
        ("Gửi", "vp@sx.gov.vn.test"),
        ("Gọi", "02363555"),
    ]


def test_choices_that_lead_somewhere_are_links() -> None:
    page = read(
        "<select><option value=''>Liên kết website</option>"
        "<option value='http://khac.vn.test/'>Trang khác</option>"
        "<option value='/tin.aspx'>Tin</option><option value='12'>Số</option></select>"
    )
    assert [link.url for link in page.links] == ["http://khac.vn.test/", f"{HOME}tin.aspx"]


def test_the_entry_of_a_menu_that_a_link_stands_beneath() -> None:
    page = read(
        "<ul><li><a href='#'>Giới thiệu</a><ul><li><a href=/a>Chung</a></li></ul></li>"
        "<li><a href=/b>Tin</a></li></ul>"
    )
    assert [(link.names[0], link.above) for link in page.links] == [
        ("Giới thiệu", ""),
        ("Chung", "Giới thiệu"),
        ("Tin", ""),
    ]


def test_links_know_their_region_their_line_and_its_linked_characters() -> None:
    page = read("<header>Chào</header><p>Xem <a href=/x>tin tức</a> mới</p>")
    assert (page.links[0].region, page.links[0].line) == ("", 1)
    assert page.lines[1].linked == len("tin tức")


def test_no_page_has_more_links_than_are_kept() -> None:
    assert len(read("<a href=/x>Mục</a>" * (MAX_LINKS + 50)).links) == MAX_LINKS


def test_a_form_with_its_controls() -> None:
    page = read(
        '<form action="/tim" class="tk"><label for="q">Từ khóa</label><input id="q" name="q">'
        '<input type="submit" value="Tìm"></form>'
    )
    (form,) = page.forms
    assert (form.action, form.hint.split()) == (f"{HOME}tim", ["/tim", "tk"])
    assert [(f.kind, f.labelled, f.name) for f in form.fields] == [
        ("text", True, "q"),
        ("submit", False, ""),
    ]
    assert "Từ khóa" in form.fields[0].hint


def test_a_form_that_posts_has_no_address_to_ask() -> None:
    assert read('<form method="POST" action="/tim"><input name=q></form>').forms[0].action == ""


def test_controls_outside_of_any_form() -> None:
    (form,) = read('<div>Tìm kiếm <input id="txtSearch"></div>').forms
    assert (form.hint, form.action) == ("", "")
    assert "txtSearch" in form.fields[0].hint


@pytest.mark.parametrize(
    "control",
    [
        '<label>Tên <input name="a"></label>',
        '<label for="a">Tên</label><input id="a">',
        '<input aria-label="Tên">',
        '<input title="Tên">',
    ],
)
def test_ways_to_label_a_control(control: str) -> None:
    assert [f.labelled for f in read(f"<form>{control}</form>").forms[0].fields] == [True]
