"""The encoding of a text file, beyond doubt or not at all.

Belongs here: telling UTF-8, UTF-16 and Windows-1258 apart, whole or in chunks, and bytes into
UTF-8. Does not belong here: what the text says.

UTF-8 needs no mark; UTF-16 needs its mark. Windows-1258 has no mark of its own: it is taken only
if every letter beyond ASCII that comes out is a letter of Vietnamese. What the old fonts TCVN3 and
VNI wrote decodes to other letters, so it is refused and not guessed at.
"""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Iterable, Iterator

UTF_8, UTF_16, WINDOWS_1258 = "utf-8", "utf-16", "windows-1258"

#: Rules that refuse a file.
UNDECIDABLE, FONT = "encoding_undecidable", "font_encoding_suspected"

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_UTF_32_MARKS = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_MARKS_OF_TONE = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_SMALL = {
    unicodedata.normalize("NFC", vowel + tone)
    for vowel in "aăâeêioôơuưy"
    for tone in _MARKS_OF_TONE
} | {"đ"}
#: Signs beyond ASCII that a Vietnamese text may hold in Windows-1258.
_KNOWN = frozenset(
    _SMALL
    | {letter.upper() for letter in _SMALL}
    | set(_MARKS_OF_TONE)
    | set("\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022\u00a0₫«»°²³§·")
)
#: State of a decoder of UTF-8 that waits for no further byte.
_BETWEEN_LETTERS = (b"", 0)
#: Bytes that are shown of a place that does not decode.
_SHOWN = 40


class EncodingFault(ValueError):  # noqa: N818 (what a file has, not what we did)
    """A text whose encoding is not beyond doubt: the rule that says so, and what was found."""

    def __init__(self, rule_id: str, found: str) -> None:
        super().__init__(f"{rule_id}: {found}")
        self.rule_id, self.found = rule_id, found


def encoding_of(chunks: Iterable[bytes]) -> str:
    """The encoding of a text given in chunks: utf-8, utf-16 or windows-1258.

    `chunks` is read once if the text is UTF-8, else it is asked for again, so give a collection
    or an object that can be iterated twice. EncodingFault if the encoding is not beyond doubt.
    """
    first = next((chunk for chunk in chunks if chunk), b"")
    if first.startswith(_UTF_32_MARKS):
        raise EncodingFault(UNDECIDABLE, "UTF-32")
    if first.startswith(_UTF_16_MARKS):
        _check(chunks, UTF_16)
        return UTF_16
    if _is_utf_8(chunks):
        return UTF_8
    if first.startswith(codecs.BOM_UTF8):
        raise EncodingFault(UNDECIDABLE, "the mark of UTF-8, but bytes that are not UTF-8")
    for text in pieces(chunks, WINDOWS_1258):
        strange = sorted({sign for sign in text if not sign.isascii()} - _KNOWN)
        if strange:
            raise EncodingFault(FONT, "".join(strange)[:_SHOWN])
    return WINDOWS_1258


def _is_utf_8(chunks: Iterable[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in chunks:
            if b"\0" in chunk:
                raise EncodingFault(UNDECIDABLE, "bytes of value zero, and no mark of UTF-16")
            if not (chunk.isascii() and decoder.getstate() == _BETWEEN_LETTERS):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check(chunks: Iterable[bytes], encoding: str) -> None:
    for _ in pieces(chunks, encoding):
        pass


def pieces(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """The text in pieces of whole lines, NFC, without its mark, line ends as they are.

    EncodingFault where bytes are not of that encoding.
    """
    name = {UTF_8: "utf-8-sig", UTF_16: "utf-16", WINDOWS_1258: "cp1258"}[encoding]
    decoder = codecs.getincrementaldecoder(name)()
    kept = ""
    try:
        for chunk in chunks:
            text = kept + decoder.decode(chunk)
            end = text.rfind("\n") + 1
            kept = text[end:]
            if end:
                yield unicodedata.normalize("NFC", text[:end])
        kept += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        found = error.object[error.start : error.start + 1].hex()
        raise EncodingFault(UNDECIDABLE, f"byte {found} is not {encoding}") from None
    if kept:
        yield unicodedata.normalize("NFC", kept)


def decode(content: bytes) -> tuple[str, str]:
    """The text of a small file in NFC, and its encoding. EncodingFault as `encoding_of`."""
    encoding = encoding_of([content])
    return "".join(pieces([content], encoding)), encoding
