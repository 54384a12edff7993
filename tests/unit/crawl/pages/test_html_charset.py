"""Bytes into text, whatever the page and its server claim of them."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.crawl.pages.charset import decode
from tests.unit.crawl.portal_samples import read

TEXT = "Giới thiệu, chức năng nhiệm vụ; văn bản quy phạm pháp luật; đấu thầu và mua sắm"
#: The text as typed with fonts of before Unicode, as its bytes look in Latin-1.
TCVN3 = "Giíi thiÖu, chøc n¨ng nhiÖm vô; v¨n b¶n quy ph¹m ph¸p luËt; ®Êu thÇu vµ mua s¾m"
VNI = (
    "Giôùi thieäu, chöùc naêng nhieäm vuï; vaên baûn quy phaïm phaùp luaät; ñaáu thaàu vaø mua saém"
)


def windows_1258(text: str) -> bytes:
    """Letters that the encoding lacks, written as a letter with its tone behind it."""
    made = b""
    for letter in text:
        try:
            made += letter.encode("cp1258")
        except UnicodeEncodeError:
            loose = unicodedata.normalize("NFD", letter)
            tone = next(m for m in loose if m in "\u0300\u0301\u0303\u0309\u0323")
            base = unicodedata.normalize("NFC", loose.replace(tone, ""))
            made += (base + tone).encode("cp1258")
    return made


@pytest.mark.parametrize(
    "header", ["text/html; charset=utf-8", "text/html", "", "text/html;charset="]
)
@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (TEXT.encode(), "utf-8"),
        (unicodedata.normalize("NFD", TEXT).encode(), "utf-8"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "utf-8"),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "utf-16-le"),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (windows_1258(TEXT), "cp1258"),
    ],
)
def test_what_the_bytes_prove_comes_first(body: bytes, charset: str, header: str) -> None:
    read_as = decode(body, header)
    assert (read_as.text, read_as.charset) == (TEXT, charset)


@pytest.mark.parametrize("declared", ["iso-8859-1", "windows-1252", "windows-1258", "ascii"])
def test_a_wrong_header_is_said_and_not_believed(declared: str) -> None:
    made = decode(TEXT.encode(), f"text/html; charset={declared}")
    assert (made.text, made.problem) == (TEXT, "charset_wrong")


def test_a_wrong_declaration_in_the_page() -> None:
    page = f'<meta charset="windows-1252"><p>{TEXT}</p>'.encode()
    made = decode(page, "text/html")
    assert (TEXT in made.text, made.problem) == (True, "charset_wrong")


@pytest.mark.parametrize("declared", ["none-such", "rot13", "hex", "x" * 60, "utf-8-sig"])
def test_strange_names_of_encodings_do_no_harm(declared: str) -> None:
    assert decode(TEXT.encode(), f"text/html; charset={declared}").text == TEXT


@pytest.mark.parametrize(
    ("typed", "font", "charset"),
    [(TCVN3, ".VnTime", "tcvn3"), (TCVN3, ".VnArial", "tcvn3"), (VNI, "VNI-Times", "vni")],
)
@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_fonts_of_before_unicode(typed: str, font: str, charset: str, encoding: str) -> None:
    """As bytes of the font, or as such letters copied into a page of today."""
    page = f'<font face="{font}">{typed}</font>'.encode(encoding)
    made = decode(page, "text/html")
    assert (made.charset, TEXT in made.text) == (charset, True)


def test_a_page_of_today_that_names_an_old_font_stays_as_it_is() -> None:
    page = f'<p style="font-family: .VnTime">{TEXT}</p>'
    made = decode(page.encode(), "text/html; charset=utf-8")
    assert (made.text, made.charset, made.problem) == (page, "utf-8", "")


def test_entities_are_letters_once_the_page_is_read() -> None:
    body = TEXT.encode("ascii", "xmlcharrefreplace")
    assert read(body, content_type="text/html; charset=iso-8859-1").lines[0].text == TEXT


def test_a_letter_cut_off_at_the_end_is_no_fault() -> None:
    made = decode(TEXT.encode() + "ệ".encode()[:1], "text/html; charset=utf-8")
    assert made.charset == "utf-8"
    assert made.text.startswith(TEXT)


def test_bytes_that_cannot_be_read_are_said() -> None:
    made = decode(b"\xe1\xbb" * 3 + b"\xff\xfe\x81 abc", "text/html; charset=utf-8")
    assert made.problem


@given(st.binary(max_size=400), st.text(max_size=60))
def test_any_bytes_give_text(body: bytes, header: str) -> None:
    made = decode(body, header)
    assert made.text == unicodedata.normalize("NFC", made.text)
    made.text.encode("utf-8")
