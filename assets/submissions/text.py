"""Bytes into text, and text typed with the fonts of before Unicode.

Belongs here: encodings, NFC, and telling TCVN3 and VNI. Nothing is converted from a font encoding:
capitals with tone marks cannot be told from small letters there, so such a file is refused.

Windows-1258 has no mark of its own. It is taken only if the decoded text holds the origin line
that every form has, with its marks right.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from assets.submissions.form import (
    COLUMNS,
    HEAD,
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    STATUS_WORDS,
    UNIT_WORDS,
)
from assets.submissions.refusal import FileRefusedError

#: Different words that look like a font encoding, from which free text is taken for it.
SUSPECT_WORDS = 5

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SHORTEST_PHRASE = 5
_VOWELS = "aeiouyAEIOUYôöÔÖ"
_WORD = re.compile(r"[A-Za-z\u00a1-\u00ff]+")
#: Signs of Latin-1 that are no letters of Vietnamese, right beside a plain letter.
_SIGNS = "¡¢£¤¥¦¨©ª«¬\u00ad®µ¶¸¹¼½¾ÆÇËÎÏÐÑÖ×ØÜÞßäåæçëîïñö÷øûüþ"
_SIGN = re.compile(f"[A-Za-z][{_SIGNS}]|[{_SIGNS}][A-Za-z]")
_VIETNAMESE = re.compile(
    r"[a-zđăâêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ]+"
)


def warm_up() -> None:
    """Load what decoding needs, so that a process that may open no files can decode."""
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258", "latin-1"):
        codecs.lookup(encoding)
    _fonts()


def nfc(text: str) -> str:
    """The text with each letter and its marks as one character."""
    return unicodedata.normalize("NFC", text)


def decode(content: bytes) -> str:
    """The text of a text file, NFC. FileRefusedError if its encoding is not beyond doubt."""
    if content.startswith(_UTF_32):
        raise FileRefusedError("encoding_undecidable", "UTF-32")
    try:
        if content.startswith(_UTF_16):
            return nfc(content.decode("utf-16"))
        return nfc(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        if content.startswith((*_UTF_16, codecs.BOM_UTF8)):
            raise FileRefusedError("encoding_undecidable", str(error)) from None
    return _decode_old(content)


def _decode_old(content: bytes) -> str:
    try:
        text = nfc(content.decode("cp1258"))
    except UnicodeDecodeError:
        text = ""
    if any(_origin_words(origin) in text for origin in (ORIGIN_REAL, ORIGIN_SYNTHETIC)):
        return text
    _refuse_phrases(content.decode("latin-1"))
    raise FileRefusedError(
        "encoding_undecidable",
        "neither UTF-8 nor UTF-16 with its mark, and not surely Windows-1258",
    )


def refuse_font_encoding(text: str) -> None:
    """FileRefusedError if fixed phrases of the form, or several words, are font-encoded."""
    _refuse_phrases(text)
    words = sorted({word for word in _WORD.findall(text) if _is_suspect(word)})
    if len(words) >= SUSPECT_WORDS:
        raise FileRefusedError("font_encoding_suspected", ", ".join(words))


def _refuse_phrases(text: str) -> None:
    folded = text.casefold()
    for name in _fonts():
        decoded = from_font(text, name).casefold()
        if decoded == folded:
            continue
        for phrase in _phrases():
            if phrase in decoded and phrase not in folded:
                raise FileRefusedError("font_encoding_suspected", f"{name.upper()}: {phrase}")


def is_font_encoded(text: str, expected: str) -> bool:
    """Whether a text is the expected one as typed with an old font."""
    wanted = expected.casefold()
    return text.casefold() != wanted and any(
        from_font(text, name).casefold() == wanted for name in _fonts()
    )


def from_font(text: str, name: str) -> str:
    """What a text typed with fonts of `tcvn3` or `vni` reads like; NFC."""
    letters, marks = _fonts()[name]["letters"], _fonts()[name]["marks"]

    def marked(match: re.Match[str]) -> str:
        return letters.get(match[1], match[1]) + marks[match[2].lower()]

    if marks:
        signs = "".join(marks)
        text = re.sub(f"([{_VOWELS}])([{signs}{signs.upper()}])", marked, text)
    return nfc("".join(letters.get(sign, sign) for sign in text))


@cache
def _fonts() -> dict[str, dict[str, Mapping[str, str]]]:
    declared: dict[str, dict[str, Mapping[str, str]]] = yaml.safe_load(
        Path(__file__).with_name("fonts.yaml").read_text("utf-8")
    )
    return declared


@cache
def _phrases() -> tuple[str, ...]:
    """Fixed phrases of every form that have letters beyond ASCII, small letters."""
    pairs = [*HEAD.values(), *COLUMNS.values(), *STATUS_WORDS.values()]
    phrases = [vietnamese for vietnamese, _ in pairs] + list(UNIT_WORDS.values())
    phrases += [_origin_words(ORIGIN_REAL), _origin_words(ORIGIN_SYNTHETIC)]
    return tuple(
        nfc(phrase).casefold()
        for phrase in phrases
        if len(phrase) >= _SHORTEST_PHRASE and not phrase.isascii()
    )


def _origin_words(origin: str) -> str:
    """The Vietnamese part of an origin."""
    return nfc(origin.split(" / ")[0])


def _is_suspect(word: str) -> bool:
    return bool(_SIGN.search(word)) and any(
        _VIETNAMESE.fullmatch(from_font(word, name).casefold()) for name in _fonts()
    )
