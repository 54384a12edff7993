"""What a reader finds in markup: lines, their ranks and regions, and what no reader sees."""

from __future__ import annotations

import pytest

from assets.crawl.pages.page import BOLD, CAPTION, TITLE
from tests.unit.crawl.portal_samples import read


def lines(body: str) -> list[str]:
    return [line.text for line in read(body).lines]


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ("<p>Một</p><p>Hai</p>", ["Một", "Hai"]),
        ("Một<br>Hai<hr>Ba", ["Một", "Hai", "Ba"]),
        ("<div>Một<div>Hai</div>Ba</div>", ["Một", "Hai", "Ba"]),
        ("<p>Một <b>hai</b> <a href=/x>ba</a></p>", ["Một hai ba"]),
        ("<p>Một\n   hai\t ba&nbsp;bốn</p>", ["Một hai ba bốn"]),
        ("<table><tr><td>Một<td>Hai<tr><td>Ba</table>", ["Một", "Hai", "Ba"]),
        ("<ul><li>Một<li>Hai", ["Một", "Hai"]),
        ("<p>Một<p>Hai<div>Ba", ["Một", "Hai", "Ba"]),
        ("<b><i>Một</b> hai</i>", ["Một hai"]),
        ("<font color=red><center>Một</font></center>", ["Một"]),
        ('<img src=x alt="Biểu trưng"> Một', ["Biểu trưng Một"]),
        ("<select><option>Một<option>Hai</select>", ["Một", "Hai"]),
        ('<input type=submit value="Tìm kiếm">', ["Tìm kiếm"]),
    ],
)
def test_lines_end_where_a_reader_sees_a_break(body: str, texts: list[str]) -> None:
    assert lines(body) == texts


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>document.write('Giới thiệu')</script>",
        "<style>.a:after{content:'Giới thiệu'}</style>",
        "<!-- <a href=/gioi-thieu>Giới thiệu</a> -->",
        "<noscript>Giới thiệu</noscript>",
        "<template><p>Giới thiệu</p></template>",
        "<svg><text>Giới thiệu</text></svg>",
        '<input type=hidden value="Giới thiệu">',
    ],
)
def test_what_no_reader_sees_is_not_read(unseen: str) -> None:
    page = read(f"<p>Trước</p>{unseen}<p>Sau</p>")
    assert [line.text for line in page.lines] == ["Trước", "Sau"]
    assert page.links == ()


def test_an_open_comment_hides_the_rest() -> None:
    assert lines("<p>Trước</p><!-- <p>Sau</p>") == ["Trước"]


@pytest.mark.parametrize(
    ("body", "rank"),
    [
        ("<h1>Mục</h1>", 1),
        ("<h4><a href=/x>Mục</a></h4>", 4),
        ('<div class="box-title">Mục</div>', TITLE),
        ('<td class="tieude">Mục</td>', TITLE),
        ("<table><caption>Mục</caption></table>", CAPTION),
        ("<p><b>Mục</b></p>", BOLD),
        ("<p><strong><font size=4>Mục</font></strong></p>", BOLD),
        ("<p><b>Mục</b> thường</p>", 0),
        ("<p>Mục</p>", 0),
    ],
)
def test_ranks_of_lines_that_stand_over_others(body: str, rank: int) -> None:
    table = f"<table><tr>{body}</table>" if body.startswith("<td") else body
    assert [line.rank for line in read(table).lines] == [rank]


@pytest.mark.parametrize(
    ("body", "region"),
    [
        ("<nav>Mục</nav>", "nav"),
        ("<header>Mục</header>", "header"),
        ("<footer><div>Mục</div></footer>", "footer"),
        ("<main>Mục</main>", "main"),
        ('<div role="navigation">Mục</div>', "nav"),
        ('<div id="mainMenu">Mục</div>', "nav"),
        ('<div class="page-footer">Mục</div>', "footer"),
        ('<div id="chantrang">Mục</div>', "footer"),
        ('<table><tr><td id="dautrang">Mục</table>', "header"),
        ('<div class="noidung">Mục</div>', "main"),
        # the head and the foot of a part are not those of the page
        ("<article><header>Mục</header></article>", ""),
        ('<ul><li><div class="card-footer">Mục</div></ul>', ""),
        ("<main><article><footer>Mục</footer></article></main>", "main"),
        ('<body class="menu">Mục', ""),
    ],
)
def test_regions(body: str, region: str) -> None:
    assert [line.region for line in read(body).lines] == [region]


def test_elements_around_a_line_are_known_by_their_lines() -> None:
    page = read("<body><div><h2>Mục</h2><p>Một</p></div><p>Hai</p></body>")
    heading, first, second = page.lines
    assert heading.around[:2] == ((0, 1), (0, 2))
    assert first.around[:2] == ((1, 2), (0, 2))
    assert second.around[:2] == ((2, 3), (0, 3))


def test_named_places() -> None:
    page = read('<p>Đầu</p><section id="tin"><h2>Tin</h2><p>Một</p></section><a name="cuoi"></a>')
    assert page.starts == {"tin": (1, 3), "cuoi": (3, 3)}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('<time datetime="2017-02-18T08:00">hôm kia</time>', "2017-02-18 hôm kia"),
        ('<time datetime="2017-02-18">18/02/2017</time>', "18/02/2017"),
        ('<time datetime="08:00">sáng nay</time>', "sáng nay"),
    ],
)
def test_the_day_that_a_time_carries(body: str, text: str) -> None:
    assert lines(body) == [text]


def test_language_title_and_what_the_head_declares() -> None:
    page = read(
        '<html lang="vi-VN"><head><title> Cổng  thông tin </title>'
        '<meta name="Viewport" content="width=device-width">'
        '<link rel=alternate type="application/rss+xml" href="/rss.xml">'
        '<link rel=alternate hreflang="EN" href="/en/">'
        '<meta http-equiv="refresh" content="0; URL=\'/trang-chu.aspx\'"></head></html>'
    )
    assert (page.title, page.lang) == ("Cổng thông tin", "vi-VN")
    assert page.metas["viewport"] == "width=device-width"
    assert page.feeds == ("http://songxanh.gov.vn.test/rss.xml",)
    assert page.alternates == (("en", "http://songxanh.gov.vn.test/en/"),)
    assert page.refresh == "http://songxanh.gov.vn.test/trang-chu.aspx"


@pytest.mark.parametrize("content", ["5", "0;url=javascript:go()", "", "soon; url=/x"])
def test_a_refresh_that_leads_nowhere(content: str) -> None:
    assert read(f'<meta http-equiv="refresh" content="{content}">').refresh == ""


def test_pictures_with_and_without_a_text_in_their_place() -> None:
    page = read('<img src=a alt="Biểu trưng"><img src=b><img src=c alt="">')
    assert page.images == (3, 1)


def test_items_of_a_feed_and_their_days() -> None:
    page = read(
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>'
        "<pubDate>Mon, 20 Feb 2017 08:00:00 +0700</pubDate>"
        "<item><title>Một</title><pubDate>Thu, 05 Jan 2017 08:00:00 +0700</pubDate></item>"
        "<item><title>Hai</title><pubDate><![CDATA[04/01/2017 09:00]]></pubDate></item>"
        "</channel></rss>"
    )
    assert page.feed_items == 2
    # the day of the feed itself is when it was made
    assert page.feed_days == ("Thu, 05 Jan 2017 08:00:00 +0700", "04/01/2017 09:00")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "empty"),
        (b"  \r\n\t", "empty"),
        (b"%PDF-1.4 ...", "not_html"),
        (b"PK\x03\x04....", "not_html"),
        (b"\x89PNG\r\n\x1a\n", "not_html"),
        (b"<p>" + b"<a b>" * 20_000, "cut"),
        ("<p>Bình thường</p>".encode(), ""),
    ],
)
def test_what_is_wrong_with_a_page_is_said(body: bytes, problem: str) -> None:
    assert read(body).problem == problem
