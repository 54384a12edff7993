"""Bytes of a page into text, whatever its headers claim.

Belongs here: choosing the encoding. Does not belong here: markup (`html`).

What the bytes prove comes before what anybody declares: a mark of UTF-8 or UTF-16, the zero bytes
of UTF-16, valid UTF-8 with letters beyond ASCII. Only then is a declared encoding tried, beside
Windows-1258, and the reading with more letters of Vietnamese is taken. A page that names a font
of before Unicode is also tried as what its letters look like in that font.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assets.received.letters import from_font

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
#: Those of them that no font of before Unicode can show, and letters that such fonts show.
_UNICODE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_LATIN = re.compile("[\u00a1-\u00ff]")
#: Signs that stand in a word only if the wrong encoding was chosen.
_STRANGE = re.compile(
    r"[\ufffd\x80-\x9f]|(?<=\w)[\u00a1-\u00bf\u0192\u2020-\u203a](?=\w)|[ÐÞðþÕåæ]"
)
#: Fonts whose letters stand in place of those of Latin-1, as they are named in markup.
_FONTS = (
    ("tcvn3", re.compile(rb"[\"':,\s]\.vn[a-z]{2,20}", re.IGNORECASE)),
    ("vni", re.compile(rb"[\"':,\s]vni-[a-z]{2,20}", re.IGNORECASE)),
)
#: Longest page that is tried in them: no page of their time is longer.
_FONT_BYTES = 500_000
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

    charset `tcvn3` and `vni` are those of fonts of before Unicode.
    problem `charset_wrong`: another encoding is declared than the one the bytes are in;
    `charset_doubtful`: some bytes could not be read and stand as U+FFFD.
    """
    declared = _declared(body, content_type)
    charset, start = _proven(body)
    if start or charset.startswith("utf-16"):
        return _made(_read(body[start:], charset), charset, declared, body)
    tried = [charset] if charset else [*declared[:1], "cp1258", "utf-8"]
    readings = {name: _read(body, name) for name in dict.fromkeys(tried)}
    readings |= _typed_in_fonts(body, readings.get("utf-8", "") if charset else "")
    best, *others = readings
    if others:
        best = max(readings, key=lambda name: _likeness(readings[name]))
    return _made(readings[best], best, declared, body)


def _proven(body: bytes) -> tuple[str, int]:
    """The encoding that the bytes themselves prove, empty if none, and the length of its mark."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return charset, len(mark)
    return _wide(body) or ("utf-8" if _is_utf8(body) else ""), 0


def _typed_in_fonts(body: bytes, text: str) -> Iterator[tuple[str, str]]:
    """What a page reads like in each old font that it names, the name first. `text` is that of
    a page in UTF-8: such letters may have been copied into it, if it has hardly any others."""
    if len(_UNICODE.findall(text)) * 10 > len(_LATIN.findall(text)):
        return
    for name, named in _FONTS if len(body) <= _FONT_BYTES else ():
        if named.search(body):
            yield name, from_font(text or _read(body, "latin-1"), name)


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


def _made(text: str, charset: str, declared: list[str], body: bytes) -> Decoded:
    problem = ""
    if "\ufffd" in text:
        problem = "charset_doubtful"
    elif declared and not _agree(declared[0], charset, body):
        problem = "charset_wrong"
    return Decoded(text, charset, problem)


def _agree(declared: str, charset: str, body: bytes) -> bool:
    return declared == charset or declared in charset or body.isascii()
