"""Encodings of forms: what is decoded, what is refused, and their phrases in old fonts."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.received.refusal import FileRefusedError
from assets.submissions.form import ORIGIN_REAL, STATUS_WORDS
from assets.submissions.text import decode, refuse_fonts


@pytest.mark.parametrize("text", ["Kh«ng cã sè liÖu", "Khoâng coù soá lieäu"])
def test_a_fixed_phrase_in_an_old_font_is_refused(text: str) -> None:
    with pytest.raises(FileRefusedError, match=STATUS_WORDS["reported"][0].casefold()):
        refuse_fonts(f"x;{text};y")


def test_the_words_of_a_form_are_not_suspected() -> None:
    refuse_fonts(ORIGIN_REAL)


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
