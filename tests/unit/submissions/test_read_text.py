"""Encodings: what is decoded, what is refused, and what old fonts look like."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.submissions.form import ORIGIN_REAL, STATUS_WORDS
from assets.submissions.refusal import FileRefusedError
from assets.submissions.text import (
    SUSPECT_WORDS,
    decode,
    from_font,
    is_font_encoded,
    refuse_font_encoding,
)

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


@pytest.mark.parametrize("text", ["Kh«ng cã sè liÖu", "Khoâng coù soá lieäu"])
def test_a_fixed_phrase_in_an_old_font_is_refused(text: str) -> None:
    with pytest.raises(FileRefusedError, match=STATUS_WORDS["reported"][0].casefold()):
        refuse_font_encoding(f"x;{text};y")


def test_free_text_is_refused_from_so_many_words_on() -> None:
    words = ["c«ng", "nghÖ", "huyÖn", "tØnh", "ph¸t"]
    assert len(words) == SUSPECT_WORDS
    refuse_font_encoding(" ".join(words[1:] * 2))
    with pytest.raises(FileRefusedError, match="font_encoding_suspected"):
        refuse_font_encoding(" ".join(words))


@pytest.mark.parametrize(
    "text",
    [
        "Sở Thông tin và Truyền thông tỉnh Thừa Thiên Huế, Đắk Lắk, Bà Rịa - Vũng Tàu",
        "Windows® Office™ «trích» § 12, ½ giờ, 5 µm, ± 3 °C, café, résumé",
        "https://mic.gov.vn/?a=1&b=2 ; email: a@b.vn ; 15/2017/QĐ-UBND",
        ORIGIN_REAL,
    ],
)
def test_proper_text_is_not_suspected(text: str) -> None:
    refuse_font_encoding(text)


def test_windows_1258_is_taken_only_with_the_origin_line_right() -> None:
    origin = ORIGIN_REAL.replace("Ủ", "U\u0309").replace("Ơ", "Ơ")
    assert decode(f"origin,{origin}".encode("cp1258")) == f"origin,{ORIGIN_REAL}"
    with pytest.raises(FileRefusedError, match="encoding_undecidable"):
        decode(b"origin,B\xc1O C\xc1O")


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00\x00a\x00\x00\x00",
        b"\xff\xfea",
        b"\xef\xbb\xbf\xff",
        b"abc\xff",
        b"\xd0\xcf",
    ],
)
def test_what_is_not_beyond_doubt_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefusedError, match="encoding_undecidable"):
        decode(content)


@given(st.text())
def test_decoding_gives_nfc_in_every_encoding_with_a_mark(text: str) -> None:
    try:
        utf8 = unicodedata.normalize("NFD", text).encode()
    except UnicodeEncodeError:
        return
    if utf8.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        return
    wanted = unicodedata.normalize("NFC", text)
    assert decode(b"\xef\xbb\xbf" + utf8) == wanted
    if not text.startswith("\0"):  # FF FE 00 00 is the mark of UTF-32
        assert decode(text.encode("utf-16")) == wanted


@given(st.binary(max_size=200))
def test_any_bytes_are_text_or_refused(content: bytes) -> None:
    try:
        outcome = "NFC" if unicodedata.is_normalized("NFC", decode(content)) else "not NFC"
    except FileRefusedError as error:
        outcome = error.rule_id
    assert outcome in ("NFC", "encoding_undecidable", "font_encoding_suspected")
