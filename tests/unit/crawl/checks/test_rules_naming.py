"""Which section a text names: exactly, nearly, with other words beside, or not at all."""

from __future__ import annotations

import pytest

from assets.crawl.checks.rules import Naming, rules
from assets.crawl.checks.sections import grade
from assets.crawl.checks.words import address_words, expand, marked, unmarked


def naming(text: str, check_id: str) -> Naming | None:
    return next((n for n in rules().names(text) if n.check_id == check_id), None)


def exact(text: str) -> set[str]:
    """The checks that a text names strongly and with nothing else in it."""
    return {n.check_id for n in rules().names(text) if n.strong and not n.leftover}


@pytest.mark.parametrize(
    ("text", "check_id"),
    [
        ("Giới thiệu", "introduction"),
        ("GIỚI THIỆU CHUNG", "introduction"),
        ("Chức năng - Nhiệm vụ", "introduction"),
        ("Sơ đồ tổ chức bộ máy", "introduction"),
        ("Tiểu sử lãnh đạo", "leadership"),
        ("Danh bạ điện thoại", "official_contacts"),
        ("Ý kiến chỉ đạo của Thủ trưởng cơ quan", "directions"),
        ("Tuyên truyền, phổ biến, giáo dục pháp luật", "law_dissemination"),
        ("Chiến lược - Quy hoạch - Kế hoạch", "strategies"),
        ("Hệ thống văn bản QPPL", "legal_documents"),
        ("Dự án - Đấu thầu - Mua sắm công", "projects"),
        ("Đề tài khoa học cấp tỉnh", "research"),
        ("Góp ý dự thảo văn bản", "consultation"),
        ("Lịch làm việc tuần của lãnh đạo", "leaders_schedule"),
        ("Tin tức và sự kiện", "news"),
        ("Bản đồ website", "site_map"),
        ("Hỏi - đáp", "questions"),
        ("Liên kết website", "links"),
        ("Dịch vụ công trực tuyến mức độ 3, 4", "service_link"),
        ("Đăng nhập một lần (SSO)", "single_sign_on"),
        ("About us", "introduction"),
        ("Public consultation", "consultation"),
    ],
)
def test_names_of_sections(text: str, check_id: str) -> None:
    assert exact(text) == {check_id}


@pytest.mark.parametrize("check_id", ["introduction", "leadership", "news", "questions"])
@pytest.mark.parametrize("text", ["Giới thiệu", "Tiểu sử lãnh đạo", "Tin tức", "Hỏi đáp"])
def test_marks_left_out_change_nothing(text: str, check_id: str) -> None:
    bare = " ".join(unmarked(text))
    with_marks, without = naming(text, check_id), naming(bare, check_id)
    assert (with_marks is None) == (without is None)
    if without is not None:
        assert (without.marks_right, without.leftover) == (True, ())


def test_old_and_new_places_of_marks_and_spellings_are_the_same() -> None:
    assert marked("Hoà bình, kĩ thuật, quản lí") == marked("Hòa bình, kỹ thuật, quản lý")


def test_wrong_marks_count_less() -> None:
    made = naming("Giời thiệu", "introduction")
    assert made is not None
    assert not made.marks_right
    assert grade(made, rules(), frozenset()) == rules().confidence["no_marks"]


@pytest.mark.parametrize(
    "text",
    [
        "Giới thiệu việc làm",
        "Lãnh đạo thăm và làm việc tại cơ sở",
        "Liên kết sản xuất theo chuỗi",
        "Bản đồ hành chính",
        "Tìm kiếm cứu nạn",
        "Lịch sử",
        "Ban chỉ đạo",
        "Sở Kế hoạch và Đầu tư",
        "Danh bạ doanh nghiệp",
    ],
)
def test_what_holds_a_name_and_means_something_else(text: str) -> None:
    book = rules()
    graded = [grade(n, book, frozenset()) for n in book.names(text)]
    assert all(worth is None or worth <= book.confidence["weak"] for worth in graded)


def test_without_marks_what_is_never_meant_does_not_undo_a_name_that_holds_it() -> None:
    """`sự lãnh đạo` is never meant, and `tieu su lanh dao` holds it."""
    assert naming("su lanh dao", "leadership") is None
    made = naming("tieu su lanh dao", "leadership")
    assert made is not None
    assert made.strong


def test_a_name_within_a_longer_name_of_another_check_names_nothing() -> None:
    assert exact("Góp ý dự thảo văn bản quy phạm pháp luật") == {"consultation"}
    assert naming("Góp ý văn bản quy phạm pháp luật", "legal_documents") is None


def test_alone_counts_only_alone() -> None:
    assert naming("Văn bản", "legal_documents") is not None
    assert naming("Văn bản thôn bản", "legal_documents") is None


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("Giới thiệu", 0),
        ("Giới thiệu về Sông Xanh", 0),  # words of the portal's own title
        ("Giới thiệu vườn hoa", rules().confidence["near"]),
        ("Giới thiệu vườn hoa xuân bên bờ hồ", None),  # a headline that holds the word
        ("Thông tin về chúng ta", rules().confidence["near"] + rules().confidence["weak"]),
    ],
)
def test_what_other_words_beside_a_name_cost(text: str, worth: int | None) -> None:
    made = naming(text, "introduction")
    own = frozenset(marked("Cổng thông tin điện tử tỉnh Sông Xanh"))
    assert made is not None
    assert grade(made, rules(), own) == worth


def test_long_texts_name_nothing() -> None:
    assert rules().names("giới thiệu " * 30) == ()
    assert rules().names("!!! --- ???") == ()


def test_choices_in_phrases() -> None:
    assert expand("[tin/bản tin] mới") == ["tin mới", "bản tin mới"]
    assert expand("tin [/rất] mới") == ["tin mới", "tin rất mới"]


@pytest.mark.parametrize(
    ("segment", "words"),
    [
        ("SoDoCong.aspx", ("so", "do", "cong")),
        ("van-ban_phap-luat.html", ("van", "ban", "phap", "luat")),
        ("VBQPPLMoi", ("vbqppl", "moi")),
        ("giới-thiệu", ("gioi", "thieu")),
    ],
)
def test_words_of_addresses(segment: str, words: tuple[str, ...]) -> None:
    assert address_words(segment) == words


@pytest.mark.parametrize(
    ("group", "text", "found"),
    [
        ("updating", "Nội dung đang được cập nhật", "đang được cập nhật"),
        ("updating", "Noi dung dang duoc cap nhat", "dang duoc cap nhat"),
        ("updating", "Cập nhật lúc 8 giờ", ""),
        ("nothing", "Hiện chưa có văn bản nào", "hiện chưa có văn bản"),
        ("soft_404", "Trang bạn yêu cầu không tồn tại", "trang bạn yêu cầu không tồn tại"),
    ],
)
def test_phrases_of_groups(group: str, text: str, found: str) -> None:
    assert rules().has(group, text) == found


def test_a_text_that_is_a_phrase_and_nothing_else() -> None:
    assert rules().only("hubs", "Dành cho người dân")
    assert rules().only("hubs", "Danh cho nguoi dan")
    assert not rules().only("hubs", "Người dân phấn khởi")
