"""Bytes of a page into text, whatever its headers claim.

Belongs here: choosing the encoding. Does not belong here: markup (`html`).

What the bytes prove comes before what anybody declares: a mark of UTF-8 or UTF-16, the zero bytes
of UTF-16, valid UTF-8 with letters beyond ASCII. Only then is a declared encoding tried, beside
Windows-1258, and the reading with more letters of Vietnamese is taken.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from dataclasses import dataclass

#: Bytes in which a declaration inside the page is looked for.
_HEAD_BYTES = 4096
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([a-z0-9_:.-]{2,40})", re.IGNORECASE)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Letters that only Vietnamese has, or hardly any other language.
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
#: Signs that stand in a word only if the wrong encoding was chosen.
_STRANGE = re.compile(
    r"[\ufffd\x80-\x9f]|(?<=\w)[\u00a1-\u00bf\u0192\u2020-\u203a](?=\w)|[ÐÞðþÕåæ]"
)
#: Share of zero bytes at even or odd places from which bytes without a mark are UTF-16.
_ZERO_SHARE = 4


@dataclass(frozen=True)
class Decoded:
    """Text in NFC; the encoding it was read in; what is wrong with it, empty if nothing."""

    text: str
    charset: str
    problem: str


def decode(body: bytes, content_type: str) -> Decoded:
    """The text of a page from its bytes and its Content-Type header. Never raises.

    problem `charset_wrong`: another encoding is declared than the one the bytes are in;
    `charset_doubtful`: some bytes could not be read and stand as U+FFFD.
    """
    declared = _declared(body, content_type)
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return _made(body[len(mark) :], charset, declared)
    wide = _wide(body)
    if wide is not None:
        return _made(body, wide, declared)
    if _is_utf8(body):
        return _made(body, "utf-8", declared)
    tried = dict.fromkeys([*declared[:1], "cp1258", "utf-8"])
    readings = {charset: _read(body, charset) for charset in tried}
    best = max(readings, key=lambda charset: _likeness(readings[charset]))
    return _made(body, best, declared)


def _declared(body: bytes, content_type: str) -> list[str]:
    """Known encodings that the header and the page declare, the header first."""
    found = _HEADER.findall(content_type)[:1]
    found += [name.decode("ascii") for name in _META.findall(body[:_HEAD_BYTES])[:1]]
    names = []
    for name in found:
        try:
            codec = codecs.lookup(name)
        except LookupError:
            continue
        if getattr(codec, "_is_text_encoding", False):  # leaves out rot13, hex, zlib
            names.append(codec.name)
    return names


def _wide(body: bytes) -> str | None:
    sample = body[:_HEAD_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) * 2 * _ZERO_SHARE < len(sample) or even == odd:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _is_utf8(body: bytes) -> bool:
    """Whether the bytes are UTF-8; a letter cut off at the very end is no fault."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _read(body: bytes, charset: str) -> str:
    try:
        text = body.decode(charset, "replace")
    except (LookupError, UnicodeError, ValueError):
        text = body.decode("utf-8", "replace")
    # Lone surrogates of broken UTF-16 or UTF-7 cannot be handed to the parser.
    text = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFC", text)


def _likeness(text: str) -> int:
    """Letters of Vietnamese less signs that stand where none should."""
    return len(_VIETNAMESE.findall(text)) - 2 * len(_STRANGE.findall(text))


def _made(body: bytes, charset: str, declared: list[str]) -> Decoded:
    text = _read(body, charset)
    problem = ""
    if "\ufffd" in text:
        problem = "charset_doubtful"
    elif declared and not _agree(declared[0], charset, body):
        problem = "charset_wrong"
    return Decoded(text, charset, problem)


def _agree(declared: str, charset: str, body: bytes) -> bool:
    return declared == charset or declared in charset or body.isascii()
