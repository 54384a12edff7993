"""Forms of a name: what each takes away and what it leaves."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.entities.names import exact_form, plain_form, stripped_form, tone_form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hoà Bình", "Hòa Bình"),
        ("Thanh Hoá", "Thanh Hóa"),
        ("Uỷ ban", "Ủy ban"),
        ("THUỶ", "THỦY"),
        ("khoẻ", "khỏe"),
        ("Hoàng Hoài toán", "Hoàng Hoài toán"),
        ("quý quỷ Quỳ", "quý quỷ Quỳ"),
        ("Huế", "Huế"),
    ],
)
def test_tone_marks_take_their_new_place(text: str, expected: str) -> None:
    assert tone_form(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TP. Hà Nội", "hà nội"),
        ("TP.Hà Nội", "hà nội"),
        ("Tp Hà Nội", "hà nội"),
        ("T.P. Hà Nội", "hà nội"),
        ("THÀNH PHỐ HÀ NỘI", "hà nội"),
        ("UBND tỉnh Hoà Bình", "hòa bình"),
        ("Uỷ ban nhân dân tỉnh Hà Nam", "hà nam"),
        ("Bà Rịa-Vũng Tàu", "bà rịa vũng tàu"),
        ("Bà Rịa – Vũng Tàu", "bà rịa vũng tàu"),
        ("TT- Huế", "tt huế"),
        ("TPHCM", "tphcm"),
        ("Tỉnh", "tỉnh"),
        ("Thanh Hóa", "thanh hóa"),
    ],
)
def test_plain_form(text: str, expected: str) -> None:
    assert plain_form(text) == expected


def test_stripped_form_also_drops_prefixes_that_lost_their_marks() -> None:
    assert stripped_form("Đắk Lắk") == stripped_form("Tinh Dak Lak") == "dak lak"
    assert stripped_form("Thanh pho Ho Chi Minh") == "ho chi minh"


@given(st.text(max_size=30))
def test_forms_are_stable_and_do_not_depend_on_normalisation(text: str) -> None:
    for form in (exact_form, tone_form, plain_form, stripped_form):
        nfd, nfc = (unicodedata.normalize(kind, text) for kind in ("NFD", "NFC"))
        assert form(nfd) == form(nfc)
    assert exact_form(exact_form(text)) == exact_form(text)
    assert tone_form(tone_form(text)) == tone_form(text)
