"""The bytes of a form into text, and the phrases that every form holds.

Windows-1258 has no mark of its own. It is taken only if the decoded text holds the origin line
that every form has, with its marks right. Does not belong here: old fonts as such
(`assets.received.letters`).
"""

from __future__ import annotations

import codecs
from functools import cache

from assets.received import letters
from assets.received.letters import nfc
from assets.received.refusal import FileRefusedError
from assets.submissions.form import (
    COLUMNS,
    HEAD,
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    STATUS_WORDS,
)

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


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
    letters.refuse_phrases(content.decode("latin-1"), _phrases())
    raise FileRefusedError(
        "encoding_undecidable",
        "neither UTF-8 nor UTF-16 with its mark, and not surely Windows-1258",
    )


def refuse_fonts(text: str) -> None:
    """FileRefusedError if fixed phrases of the form, or several words, are font-encoded."""
    letters.refuse_font_encoding(text, _phrases())


@cache
def _phrases() -> tuple[str, ...]:
    """Fixed phrases of every form."""
    pairs = [*HEAD.values(), *COLUMNS.values(), *STATUS_WORDS.values()]
    phrases = [vietnamese for vietnamese, _ in pairs]
    phrases += [_origin_words(ORIGIN_REAL), _origin_words(ORIGIN_SYNTHETIC)]
    return letters.telling(phrases)


def _origin_words(origin: str) -> str:
    """The Vietnamese part of an origin."""
    return nfc(origin.split(" / ")[0])
