"""The search box, and the ways to reach a portal."""

from __future__ import annotations

import pytest

from assets.crawl.model import Visit
from tests.unit.crawl.portal_samples import HOME, TEXT, answer_to, missing, visit

ADDRESS = "<p>Địa chỉ: số 12, đường Trần Phú, thành phố Sông Xanh</p>"
PHONE = "<p>Điện thoại: (0236) 3555 666</p>"
MAIL = "<p>Email: vanphong@songxanh.gov.vn.test</p>"


@pytest.mark.parametrize(
    "form",
    [
        '<form action="/tim"><input name="q"></form>',
        '<form><input id="txtSearch" name="ctl00$t"></form>',
        '<form><input name="ten" placeholder="Tìm kiếm..."></form>',
        '<form>Tìm kiếm <input name="t1"></form>',
        '<form><input type="search" name="t1"></form>',
        '<form><input name="t1"><input type="submit" value="Tìm"></form>',
        '<form><input name="t1"><input type="image" alt="Tim kiem"></form>',
        '<form id="searchForm"><input name="t1"></form>',
        '<div>Từ khóa <input name="keyword"></div>',
    ],
)
def test_search_boxes(form: str) -> None:
    made = answer_to("search", form)
    assert (made.answer, made.rule_id) == ("yes", "search.form")


@pytest.mark.parametrize(
    "form",
    [
        "",
        '<form>Tên <input name="ten"> Mật khẩu <input type="password" name="mk"></form>',
        '<form>Thư của bạn <input name="thu"><button>Đăng ký</button></form>',
        "<form>" + "".join(f'<input name="tim{n}">' for n in range(7)) + "</form>",
        '<form><input type="hidden" name="search"></form>',
        "<!-- <form><input name=q></form> -->",
    ],
)
def test_what_is_no_search_box(form: str) -> None:
    assert answer_to("search", form).answer == "no"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (missing("/tim"), "partial"),
        ("<h1>Kết quả tìm kiếm</h1><p>Đang cập nhật</p>", "partial"),
        ("<h1>Kết quả tìm kiếm</h1><p>Không có kết quả nào.</p>", "yes"),
        (f"<h1>Kết quả tìm kiếm</h1>{TEXT}", "yes"),
    ],
)
def test_the_page_that_a_search_box_asks(page: str | Visit, said: str) -> None:
    form = '<form action="/tim"><input name="q"></form><p>Đang cập nhật</p>'
    assert answer_to("search", form, {"/tim": page}).answer == said


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ('<form><input name="q"></form>', "yes"),
        (f"<h1>Tìm kiếm</h1>{TEXT}", "partial"),
        (visit(f"{HOME}tim-kiem", "", "timeout"), "not_observed"),
    ],
)
def test_a_link_to_the_search(page: str | Visit, said: str) -> None:
    made = answer_to("search", '<a href="/tim-kiem">Tìm kiếm</a>', {"/tim-kiem": page})
    assert made.answer == said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (ADDRESS + PHONE + MAIL, "yes"),
        (f"<p>Trụ sở: 12 Trần Phú, Sông Xanh - ĐT: 0236.3555666 - Fax: 0236.3555667</p>{MAIL}",
         "yes"),
        ("<p>Dia chi: 12 Tran Phu, Song Xanh. Tel: +84 236 3555 666</p>" + MAIL, "yes"),
        (f"{ADDRESS}<table><tr><td>Điện thoại<td>:<td>0236 3555 666</table>{MAIL}", "yes"),
        (ADDRESS + PHONE + "<p>E-mail: vp[at]songxanh.gov.vn.test</p>", "yes"),
        (ADDRESS + PHONE + '<a href="mailto:vp@songxanh.gov.vn.test">Gửi thư</a>', "yes"),
        (ADDRESS + "<p>Đường dây nóng: 1900 1234</p>" + MAIL, "yes"),
        (ADDRESS + PHONE, "partial"),
        (MAIL, "partial"),
        ("<p>Chào mừng quý khách</p>", "no"),
    ],
)  # fmt: skip
def test_ways_to_reach_a_portal(lines: str, said: str) -> None:
    assert answer_to("contacts", f"<footer>{lines}</footer>").answer == said


@pytest.mark.parametrize(
    "line",
    [
        "Bạn đọc cần giúp đỡ gọi đường dây nóng của bệnh viện: (0236) 3555 666",
        "Nguyễn Văn An, Chánh Văn phòng, (0236) 3555 666, an12@songxanh.gov.vn.test",
        "Số điện thoại và thư điện tử công vụ của người có thẩm quyền",
        "Mã số ĐT.147: phục tráng giống lúa đặc sản",
        "Địa chỉ đường đi đến trụ sở",
        "Giấy phép số 0236355566 cấp ngày 01/02/2016",
    ],
)
def test_what_is_no_way_to_reach_the_portal(line: str) -> None:
    assert answer_to("contacts", f"<p>{line}</p>").answer == "no"


def test_ways_given_on_a_page_of_contacts() -> None:
    pages = {"/lien-he": f"<h1>Liên hệ</h1>{ADDRESS}{MAIL}"}
    made = answer_to("contacts", f'<a href="/lien-he">Liên hệ</a>{PHONE}', pages)
    assert made.answer == "yes"
    assert all(word in made.words for word in ("address: ", "email: ", "phone: "))


def test_a_page_of_contacts_that_was_not_visited() -> None:
    assert answer_to("contacts", '<a href="/lien-he">Liên hệ</a>').answer == "not_observed"
