"""Text to bytes as portals of the time sent it: charsets, declarations, loose marks, entities.

Belongs here: the last step from a page's text to its bytes and its declarations. Does not belong
here: what the page says.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

#: Tone marks that windows-1258 writes after their letter: grave, acute, tilde, hook, dot below.
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True)
class Script:
    """A way to write pages.

    codec     charset the bytes really are in
    header    charset of the Content-Type header; empty if it names none
    meta      charset that the page names itself; empty if it names none
    """

    codec: str
    header: str
    meta: str


SCRIPTS = {
    "utf8": Script("utf-8", "utf-8", "utf-8"),
    "utf8_meta_only": Script("utf-8", "", "UTF-8"),
    "utf8_decomposed": Script("utf-8", "utf-8", "utf-8"),
    "utf8_without_marks": Script("utf-8", "utf-8", "utf-8"),
    "entities": Script("ascii", "", "iso-8859-1"),
    "windows1258": Script("cp1258", "", "windows-1258"),
    "utf8_declared_latin1": Script("utf-8-sig", "ISO-8859-1", "utf-8"),
    "utf16": Script("utf-16", "utf-16", ""),
}


def without_marks(text: str) -> str:
    """Vietnamese text in plain letters; letters of other scripts stay."""
    loose = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(c for c in loose if not unicodedata.combining(c))


@cache
def _tone_apart(letter: str) -> str:
    """A letter composed with circumflex, breve or horn, its tone after it: what cp1258 can hold."""
    loose = unicodedata.normalize("NFD", letter)
    tones = "".join(c for c in loose if c in _TONES)
    base = "".join(c for c in loose if c not in _TONES)
    return unicodedata.normalize("NFC", base) + tones


def encoded(html: str, script: str) -> bytes:
    """The page in the named script of `SCRIPTS`; what its charset lacks becomes an entity."""
    if script == "utf8_decomposed":
        html = unicodedata.normalize("NFD", html)
    elif script == "utf8_without_marks":
        html = without_marks(html)
    elif script == "windows1258":
        html = "".join(map(_tone_apart, unicodedata.normalize("NFC", html)))
    return html.encode(SCRIPTS[script].codec, "xmlcharrefreplace")
