"""Letters: each with its marks as one character, and those of the fonts of before Unicode.

Belongs here: NFC, and telling TCVN3 and VNI. Nothing is converted from a font encoding: capitals
with tone marks cannot be told from small letters there, so such a file is refused. Does not belong
here: bytes into text (`encoding`), and the phrases that a file of some kind holds for sure.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import yaml

from assets.received.refusal import FileRefusedError

#: Different words that look like a font encoding, from which free text is taken for it.
SUSPECT_WORDS = 5

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


def telling(texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts by which an old font can be told, as `refuse_phrases` wants them: with
    letters beyond ASCII and not too short, in small letters."""
    return tuple(
        nfc(text).casefold()
        for text in texts
        if len(text) >= _SHORTEST_PHRASE and not text.isascii()
    )


def refuse_font_encoding(text: str, phrases: Sequence[str]) -> None:
    """FileRefusedError if one of the phrases (of `telling`), or several words, are font-encoded."""
    refuse_phrases(text, phrases)
    words = sorted({word for word in _WORD.findall(text) if _is_suspect(word)})
    if len(words) >= SUSPECT_WORDS:
        raise FileRefusedError("font_encoding_suspected", ", ".join(words))


def refuse_phrases(text: str, phrases: Sequence[str]) -> None:
    """FileRefusedError if one of the phrases is there as an old font spells it, and only so."""
    folded = text.casefold()
    for name in _fonts():
        decoded = from_font(text, name).casefold()
        if decoded == folded:
            continue
        for phrase in phrases:
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


def _is_suspect(word: str) -> bool:
    return bool(_SIGN.search(word)) and any(
        _VIETNAMESE.fullmatch(from_font(word, name).casefold()) for name in _fonts()
    )
