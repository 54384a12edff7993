"""What the page of a service is: pages written here, in other words than those of the farm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.crawl.checks.probe import Reading, contradicts, outcome_of, read_probe
from assets.crawl.checks.rules import rules
from assets.crawl.fetch.statuses import statuses
from assets.crawl.model import Visit

URL = "https://dvc.example.test/thu-tuc/12/ke-khai"
FIELDS = '<p>Họ tên <input name="a"></p><p>Số giấy tờ <input name="b"></p>'
LONG = "<p>" + "Hồ sơ gồm đơn theo mẫu, bản sao giấy tờ và lệ phí theo quy định. " * 4 + "</p>"


def seen(body: str, *, final: str = URL, declared: str = "4", rendered: bool = False) -> Reading:
    visit = Visit(
        URL,
        "completed",
        final_url=final,
        http_status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=f"<html><head><title>Dịch vụ công</title></head><body>{body}</body></html>".encode(),
        rendered=rendered,
    )
    return read_probe(visit, declared, rules())


@pytest.mark.parametrize(
    ("body", "level"),
    [
        (f"<form>{FIELDS}<button>Gửi hồ sơ trực tuyến</button></form>", "3"),
        (f"<form>{FIELDS}<input type=submit value='Đăng ký trực tuyến'></form>", "3"),
        ("<h2>Kê khai thông tin</h2><form><input type=file name=t> Tiếp tục</form>", "3"),
        (f"<h1>Nop ho so qua mang</h1><form>{FIELDS}<textarea name=c></textarea></form>", "3"),
        (f"<form>{FIELDS}<button>Nộp đơn</button></form><p>Thanh toán qua VNPay</p>", "4"),
        (f"<form>{FIELDS}<button>Submit application</button> Online payment</form>", "4"),
        # what stands in the frame of the portal is not of the service
        (f"<nav>Thanh toán trực tuyến</nav><form>{FIELDS}<button>Nộp đơn</button></form>", "3"),
        # said to be not possible, or on the spot
        (f"<form>{FIELDS}<b>Nộp hồ sơ</b></form><p>Chưa hỗ trợ thanh toán qua VNPay</p>", "3"),
        (f"<form>{FIELDS}<b>Nộp hồ sơ</b></form><p>Nộp lệ phí tại bộ phận một cửa</p>", "3"),
        (f"<form>{FIELDS}<b>Nộp hồ sơ</b></form><p>Thanh toán trực tiếp khi nhận</p>", "3"),
    ],
)
def test_levels_by_their_signs(body: str, level: str) -> None:
    reading = seen(body)
    assert (reading.page_state, reading.level_seen) == ("content", level)
    assert reading.words.startswith("form: ")


@pytest.mark.parametrize(
    "body",
    [
        LONG,
        f"<h1>Nộp hồ sơ</h1>{LONG}",
        # a search box and a choice of language in the one form that the page is
        f"<form><input name=txtSearch><input name=tukhoa><h1>Nộp hồ sơ</h1>{LONG}</form>",
        # fields, but nothing says that an application is handed in
        f"<form>{FIELDS}<button>Tra cứu</button></form>{LONG}",
        # one field only
        f"<form><input name=a><button>Nộp hồ sơ</button></form>{LONG}",
        # words of payment without a form speak for nothing
        f"{LONG}<p>Thanh toán trực tuyến</p>",
        # the fields are those of a login
        f"<form>{FIELDS}<input type=password name=p><button>Nộp hồ sơ</button></form>{LONG}",
    ],
)
def test_pages_without_clear_signs_speak_for_no_level(body: str) -> None:
    reading = seen(body)
    assert (reading.page_state, reading.level_seen) == ("content", None)


@pytest.mark.parametrize(
    ("body", "state", "words"),
    [
        ("<h1>Lỗi 404</h1>", "missing", "lỗi 404"),
        ("<p>Nội dung bạn tìm không tồn tại</p>", "missing", ""),
        (f"<nav>{LONG}</nav><p>Không tìm thấy dữ liệu</p>", "missing", ""),
        ("<p>Hệ thống đang gặp sự cố</p>", "missing", "hệ thống đang gặp sự cố"),
        ("<form>Tài khoản <input name=u><input type=password>Đăng nhập</form>", "login", ""),
        ("<p>Vui lòng đăng nhập để thực hiện</p>", "login", "đăng nhập"),
        ("<p>Xác nhận bạn không phải là người máy</p>", "challenge", ""),
        ("<h1>Cấp phép xây dựng</h1><p>Dịch vụ đang được xây dựng</p>", "empty", ""),
        ("<h1>Thủ tục</h1><p>Không có dữ liệu</p><a href=/a>A</a><a href=/b>B</a>"
         "<a href=/c>C</a><a href=/d>D</a>", "empty", ""),
        ("<p>Thủ tục</p>", "empty", "2 words"),
        ("", "empty", "0 words"),
        ("<div id=app></div><script src=/app.js></script>", "unseen", "scripts"),
        ("<iframe src=/khung></iframe>", "unseen", "frames"),
        ("<meta http-equiv=refresh content='0;url=/moi'>", "unseen", "/moi"),
    ],
)  # fmt: skip
def test_what_is_no_service(body: str, state: str, words: str) -> None:
    reading = seen(body)
    assert (reading.page_state, reading.level_seen) == (state, None)
    assert words in reading.words
    assert reading.words


def test_a_file_in_place_of_a_page_is_there_and_shows_no_level() -> None:
    visit = Visit(URL, "completed", final_url=URL, body=b"%PDF-1.4 \x00\x01")
    assert read_probe(visit, "3", rules()) == Reading("content", None, "a file, no page")


def test_a_browser_that_saw_nothing_saw_an_empty_page() -> None:
    assert seen("<div></div><script>1</script>", rendered=True).page_state == "empty"


def test_a_form_is_a_service_whatever_else_the_page_says() -> None:
    body = f"<form>{FIELDS}Nhập mã xác nhận (captcha)<input name=c><button>Nộp đơn</button></form>"
    assert seen(body).page_state == "content"
    assert seen(f"{body}<p>Thông tin đang cập nhật</p>").page_state == "content"


@pytest.mark.parametrize(
    ("final", "state"),
    [
        ("https://dvc.example.test/", "missing"),
        ("http://www.dvc.example.test/trang-chu", "missing"),
        ("https://dvc.example.test/thu-tuc/99", "content"),
        ("https://moi.example.test/", "content"),  # moved: what is there was not judged as a home
        (URL, "content"),
    ],
)
def test_an_address_that_leads_to_the_home_page_is_missing(final: str, state: str) -> None:
    assert seen(LONG, final=final).page_state == state


def test_a_service_at_the_root_of_its_host_leads_nowhere_else() -> None:
    url = "http://mot-cua.example.test/"
    visit = Visit(url, "completed", final_url=url.replace("http:", "https:"), body=LONG.encode())
    assert read_probe(visit, "3", rules()).page_state == "content"


@pytest.mark.parametrize("status", [code for code in statuses() if code != "completed"])
def test_what_did_not_answer_is_unseen_and_its_status_speaks(status: str) -> None:
    reading = read_probe(Visit(URL, status, "one line", body=b"<p>404</p>"), "4", rules())
    assert reading == Reading("unseen", None, "one line")
    assert outcome_of(status, reading.page_state) == statuses()[status].outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        ("content", "up"),
        ("login", "up"),
        ("empty", "down"),
        ("missing", "down"),
        ("challenge", "not_measured"),
        ("unseen", "not_measured"),
    ],
)
def test_outcomes_of_pages(state: str, outcome: str) -> None:
    assert outcome_of("completed", state) == outcome


def test_unknown_statuses_and_states_are_refused() -> None:
    with pytest.raises(ValueError, match="'gone' is no status"):
        outcome_of("gone", "content")
    with pytest.raises(ValueError, match="'fine' is no state of a page; use one of content"):
        outcome_of("completed", "fine")


@pytest.mark.parametrize(
    ("declared", "level", "outcome", "is_one"),
    [
        ("4", "3", "up", True),
        ("3", "4", "up", True),
        ("4", "4", "up", False),
        ("4", None, "up", False),
        (None, "3", "up", False),
        ("4", "3", "down", False),
        ("4", "3", "not_measured", False),
    ],
)
def test_only_what_is_seen_contradicts(
    declared: str | None, level: str | None, outcome: str, is_one: bool
) -> None:
    assert contradicts(declared, level, outcome) is is_one


def test_the_words_name_the_declared_level_where_the_signs_speak_for_another() -> None:
    body = f"<form>{FIELDS}<button>Nộp hồ sơ</button></form>"
    assert seen(body, declared="4").words == "form: nộp hồ sơ; declared: level 4"
    assert seen(body, declared="3").words == "form: nộp hồ sơ"


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read(body: bytes, rendered: bool) -> None:
    visit = Visit(URL, "completed", final_url=URL, body=body, rendered=rendered)
    reading = read_probe(visit, "4", rules())
    assert outcome_of("completed", reading.page_state) in ("up", "down", "not_measured")
    assert reading.level_seen is None or reading.page_state == "content"
