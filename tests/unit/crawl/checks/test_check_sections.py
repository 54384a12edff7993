"""Sections: where a portal names one, and whether anything is behind or beneath the name."""

from __future__ import annotations

import pytest

from assets.crawl.checks.rules import rules
from assets.crawl.model import Visit
from tests.unit.crawl.portal_samples import HOME, TEXT, answer_to, missing, visit

LINK = '<a href="/gioi-thieu">Giới thiệu</a>'


@pytest.mark.parametrize(
    "named",
    [
        LINK,
        '<a href="/gioi-thieu">GIOI THIEU CHUNG</a>',
        '<a href="/gioi-thieu"><img src=n.gif alt="Giới thiệu"></a>',
        '<a href="/gioi-thieu" title="Giới thiệu"><i></i></a>',
        '<td bgcolor="#003399"><font color=white><a href="gioi-thieu">Giới thiệu</a></font></td>',
        '<ul><li><a href="#">Giới thiệu</a><ul><li><a href="/gioi-thieu">Chung</a></ul></ul>',
        '<select><option value="/gioi-thieu">Giới thiệu</option></select>',
    ],
)
def test_a_link_with_content_behind_is_yes(named: str) -> None:
    made = answer_to("introduction", named, {"/gioi-thieu": f"<h1>Giới thiệu</h1>{TEXT}"})
    assert made.answer == "yes"
    assert made.url == f"{HOME}gioi-thieu"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (missing("/gioi-thieu"), "http-error 404"),
        ("<p>Không tìm thấy trang bạn yêu cầu.</p>", "soft_404"),
        ("<h1>Giới thiệu</h1><p>Nội dung đang được cập nhật.</p>", "đang được cập nhật"),
        ("<h1>Giới thiệu</h1><p>Hiện chưa có bài viết nào trong mục này.</p>", "hiện chưa có"),
        ("<h1>Giới thiệu</h1><p>Trang sau</p>", "2 words"),
        (f"<h1>Đăng nhập</h1><form>Mật khẩu <input type=password></form>{LINK * 4}", "login"),
    ],
)
def test_a_name_with_nothing_behind_is_partial(page: str | Visit, said: str) -> None:
    made = answer_to("introduction", LINK, {"/gioi-thieu": page})
    assert made.answer == "partial"
    assert said in made.words


def test_what_was_not_visited_is_not_observed() -> None:
    for pages in ({}, {"/gioi-thieu": visit(f"{HOME}gioi-thieu", "", "timeout")}):
        made = answer_to("introduction", LINK, pages)
        assert (made.answer, made.rule_id) == ("not_observed", "introduction.unseen")


def test_a_challenge_in_place_of_the_page_is_not_observed() -> None:
    page = "<p>Hệ thống đang kiểm tra trình duyệt của bạn.</p>" + LINK * 4
    assert answer_to("introduction", LINK, {"/gioi-thieu": page}).answer == "not_observed"


def test_nothing_named_is_no() -> None:
    made = answer_to("introduction", "<h2>Chào mừng quý khách</h2>")
    assert (made.answer, made.rule_id) == ("no", "introduction.not_found")


def test_a_headline_that_holds_a_name_is_no_and_goes_to_review() -> None:
    text = "Hội nghị triển khai công tác phổ biến, giáo dục pháp luật năm 2017 tại các xã vùng cao"
    made = answer_to("law_dissemination", f'<p><a href="/tin-1">{text}</a></p>')
    assert (made.answer, made.words) == ("no", text)
    assert made.confidence < rules().confidence["review"]


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (f"<section><h2>Giới thiệu</h2>{TEXT}</section>", "yes"),
        (f'<div class="box-title">Giới thiệu</div><div>{TEXT}</div>', "yes"),
        (f"<table><tr><td><b>GIỚI THIỆU</b></td></tr><tr><td>{TEXT}</td></tr></table>", "yes"),
        ("<section><h2>Giới thiệu</h2></section><section><h2>Khác</h2></section>", "partial"),
        ("<h2>Giới thiệu</h2><p>Đang cập nhật</p>", "partial"),
        (f"<h2>Giới thiệu</h2><h2>Khác</h2>{TEXT}", "partial"),
        ("<div><h2>Giới thiệu</h2></div><footer>Bản quyền thuộc về tỉnh Sông Xanh</footer>",
         "partial"),
    ],
)  # fmt: skip
def test_a_heading_with_and_without_text_beneath(block: str, said: str) -> None:
    assert answer_to("introduction", block).answer == said


def test_beneath_the_last_heading_of_a_list_stands_nothing_of_what_follows_the_list() -> None:
    row = "<tr><td class=tieude>{}</td></tr><tr><td>{}</td></tr>"
    body = (
        f"<table><tr><td><table>{row.format('Tin tức', TEXT)}{row.format('Giới thiệu', '')}"
        f"</table></td></tr><tr><td>{TEXT}</td></tr></table>"
    )
    assert answer_to("introduction", body).answer == "partial"
    assert answer_to("news", body).answer == "yes"


@pytest.mark.parametrize(("text", "said"), [(TEXT, "yes"), ("", "partial")])
def test_a_link_to_a_place_of_the_same_page(text: str, said: str) -> None:
    body = f'<a href="#gt">Giới thiệu</a><div id="gt"><h3>Giới thiệu</h3>{text}</div><h3>Khác</h3>'
    assert answer_to("introduction", body).answer == said


def test_a_link_to_a_place_that_is_not_there() -> None:
    made = answer_to("introduction", '<a href="#gt">Giới thiệu</a>')
    assert (made.answer, "no place is named gt" in made.words) == ("partial", True)


def test_a_dead_entry_of_a_menu_is_partial() -> None:
    assert (
        answer_to("introduction", '<a href="javascript:void(0)">Giới thiệu</a>').answer == "partial"
    )


def test_named_only_on_another_page_of_the_portal() -> None:
    pages = {
        "/thong-tin": f'{TEXT}<ul><li><a href="/danh-ba">Danh bạ điện thoại</a></li></ul>',
        "/danh-ba": f"<h1>Danh bạ điện thoại</h1>{TEXT}",
    }
    made = answer_to("official_contacts", '<a href="/thong-tin">Thông tin công khai</a>', pages)
    assert (made.answer, made.url) == ("yes", f"{HOME}danh-ba")


def test_a_page_named_by_its_address_only_is_for_review() -> None:
    pages = {"/SoDoCong.aspx": f"<h1>Trang</h1>{TEXT}"}
    made = answer_to("site_map", '<a href="/SoDoCong.aspx">Xem</a>', pages)
    assert (made.answer, made.rule_id) == ("yes", "site_map.address")
    assert made.confidence < rules().confidence["review"]


def test_another_site_behind_a_section_is_yes_with_less_confidence() -> None:
    outside = '<a href="http://vbpl.vn.test/sx">Văn bản quy phạm pháp luật</a>'
    made = answer_to("legal_documents", outside)
    inside = answer_to(
        "legal_documents", '<a href="/vb">Văn bản quy phạm pháp luật</a>', {"/vb": TEXT}
    )
    assert (made.answer, inside.answer) == ("yes", "yes")
    assert made.confidence < inside.confidence


def test_the_language_version_of_a_portal_does_not_name_its_sections() -> None:
    english = f'<h1>Song Xanh</h1>{TEXT}<a href="/en/about">About us</a>'
    made = answer_to("introduction", '<a href="/en">English</a>', {"/en": english})
    assert made.answer == "no"


@pytest.mark.parametrize(
    ("check_id", "body"),
    [
        ("languages", '<a href="/en">English</a>'),
        ("languages", '<a href="/en"><img src=en.gif alt="English"></a>'),
        ("feeds", '<a href="/rss.xml">RSS</a>'),
        ("service_link", '<a href="http://dichvucong.songxanh.gov.vn.test/">Nộp hồ sơ</a>'),
        ("service_link", '<a href="http://dvc.songxanh.gov.vn.test/">Dịch vụ công trực tuyến</a>'),
        ("single_sign_on", '<a href="http://sso.songxanh.gov.vn.test/">Đăng nhập một lần</a>'),
    ],
)
def test_for_a_link_being_named_is_enough(check_id: str, body: str) -> None:
    assert answer_to(check_id, body).answer == "yes"


def test_a_link_that_fails_is_partial() -> None:
    made = answer_to("languages", '<a href="/en">English</a>', {"/en": missing("/en")})
    assert made.answer == "partial"


FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>Tin</title>{}</channel></rss>'


@pytest.mark.parametrize(
    ("items", "said"), [("<item><title>Một</title></item>", "yes"), ("", "partial")]
)
def test_a_feed_has_items(items: str, said: str) -> None:
    feed = visit(f"{HOME}rss.xml", FEED.format(items), content_type="application/rss+xml")
    assert answer_to("feeds", '<a href="/rss.xml">RSS</a>', {"/rss.xml": feed}).answer == said


def test_a_page_of_nothing_but_headlines_of_the_home_page_is_news() -> None:
    rows = "".join(
        f'<li><a href="/tin-{n}">Khởi công công trình trọng điểm số {n} của tỉnh</a> (0{n}/02/2017)'
        for n in range(1, 6)
    )
    body = f'<h2><a href="/tin">Tin tức</a></h2><main><ul>{rows}</ul></main>'
    made = answer_to("news", body, {"/tin": f"<h1>Tin tức</h1><main><ul>{rows}</ul></main>"})
    assert (made.answer, "5 headlines" in made.words) == ("yes", True)


def test_the_heading_of_a_page_is_no_content_though_a_menu_below_names_it_too() -> None:
    label = "Hướng dẫn thực hiện chính sách, pháp luật"
    menu = f'<footer><ul><li><a href="/hd">{label}</a></li></ul></footer>'
    made = answer_to("law_dissemination", menu, {"/hd": f"<h1>{label}</h1>{menu}"})
    assert made.answer == "partial"


def test_lines_that_all_pages_share_are_no_content() -> None:
    frame = "<p>Giấy phép của cơ quan quản lý nhà nước về báo chí số mười hai cấp năm nay</p>"
    others = {f"/muc-{n}": f"<h1>Mục</h1>{TEXT}{frame}" for n in range(1, 5)}
    made = answer_to("introduction", LINK, {"/gioi-thieu": f"<h1>Giới thiệu</h1>{frame}", **others})
    assert made.answer == "partial"
