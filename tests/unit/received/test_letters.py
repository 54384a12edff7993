"""Text typed with the fonts of before Unicode: understood, and told from proper text."""

from __future__ import annotations

import pytest

from assets.received.letters import (
    SUSPECT_WORDS,
    from_font,
    is_font_encoded,
    refuse_font_encoding,
    telling,
)
from assets.received.refusal import FileRefusedError

PHRASES = telling(["Số liệu", "Ghi chú"])

#: Unicode -> the same as typed with TCVN3 and with VNI fonts.
TYPED = [
    ("Sở Thông tin", "Së Th«ng tin", "Sôû Thoâng tin"),
    ("và Truyền thông", "vµ TruyÒn th«ng", "vaø Truyeàn thoâng"),
    ("Đơn vị", "§¬n vÞ", "Ñôn vò"),
    ("người", "ng­êi", "ngöôøi"),
    ("tỷ lệ", "tû lÖ", "tyû leä"),
    ("Ghi chú", "Ghi chó", "Ghi chuù"),
    ("xã hội", "x· héi", "xaõ hoäi"),
]


@pytest.mark.parametrize(("text", "tcvn3", "vni"), TYPED)
def test_old_fonts_are_understood(text: str, tcvn3: str, vni: str) -> None:
    assert from_font(tcvn3, "tcvn3") == text
    assert from_font(vni, "vni") == text
    assert is_font_encoded(tcvn3, text)
    assert is_font_encoded(vni, text)
    assert not is_font_encoded(text, text)


def test_vni_capitals_have_marks() -> None:
    assert from_font("BAÙO CAÙO", "vni") == "BÁO CÁO"


def test_phrases_that_tell_nothing_are_left_out() -> None:
    assert telling(["Ghi chú", "điểm", "Note", "So\u0302\u0301 liệu"]) == ("ghi chú", "số liệu")


@pytest.mark.parametrize("text", ["Ghi chó", "Ghi chuù"])
def test_a_phrase_in_an_old_font_is_refused_unless_it_is_there_plainly_too(text: str) -> None:
    with pytest.raises(FileRefusedError, match="ghi chú"):
        refuse_font_encoding(f"x;{text};y", PHRASES)
    refuse_font_encoding(f"x;{text};y", ())
    refuse_font_encoding(f"x;{text};Ghi chú", PHRASES)


def test_free_text_is_refused_from_so_many_words_on() -> None:
    words = ["c«ng", "nghÖ", "huyÖn", "tØnh", "ph¸t"]
    assert len(words) == SUSPECT_WORDS
    refuse_font_encoding(" ".join(words[1:] * 2), PHRASES)
    with pytest.raises(FileRefusedError, match="font_encoding_suspected"):
        refuse_font_encoding(" ".join(words), PHRASES)


@pytest.mark.parametrize(
    "text",
    [
        "Sở Thông tin và Truyền thông tỉnh Thừa Thiên Huế, Đắk Lắk, Bà Rịa - Vũng Tàu",
        "Windows® Office™ «trích» § 12, ½ giờ, 5 µm, ± 3 °C, café, résumé",
        "https://mic.gov.vn/?a=1&b=2 ; email: a@b.vn ; 15/2017/QĐ-UBND",
    ],
)
def test_proper_text_is_not_suspected(text: str) -> None:
    refuse_font_encoding(text, PHRASES)
