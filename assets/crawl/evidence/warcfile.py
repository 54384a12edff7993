"""The records of a WARC file that another program made, read with limits.

Belongs here: gzip, the frame of records, and their headers. Does not belong here: what a record
says (`warcpages`); the files that our own crawler writes (`records`).

Such a file is outside data. No more than a piece of it is held at once, and where the frame is
broken nothing after it is read: to look for the next thing that looks like a record would find
those that a page holds.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

#: Bytes of the headers of one record, and of one record.
HEADER_BYTES = 64 * 1024
RECORD_BYTES = 4 * 1024**3
#: A file may unfold to so many times its size, looked at beyond `RATIO_FROM_BYTES`.
RATIO = 200
RATIO_FROM_BYTES = 256 * 1024**2

_PIECE = 64 * 1024
_GZIP = b"\x1f\x8b"
_VERSION = re.compile(rb"WARC/(0\.17|0\.18|1\.\d)[ \t]*\r?\n")
_LENGTH = re.compile(r"\d{1,12}")


class NotWarcError(ValueError):
    """A file that is no WARC file, or cannot be opened; the message names it."""


class BrokenWarcError(ValueError):
    """A file that cannot be read on; the message says where and why, not which file it is."""


@dataclass(frozen=True)
class Block:
    """One record: where it (or the gzip member that it is in) begins, its headers by names in
    small letters, its size as declared and as much of its content as was asked for."""

    offset: int
    headers: Mapping[str, str]
    size: int
    content: bytes

    @property
    def kind(self) -> str:
        """Type of the record in small letters."""
        return self.headers.get("warc-type", "").lower()


def blocks(path: Path, kept: int) -> Iterator[Block]:
    """The records of a file in order, each with the first `kept` bytes of its content.

    NotWarcError if the file does not begin as a WARC file, BrokenWarcError where it cannot be
    read on.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise NotWarcError(f"{path}: cannot be read ({error.strerror})") from None
    with stream:
        source = _Source(stream)
        is_first = True
        try:
            while (block := _block(source, kept, is_first)) is not None:
                is_first = False
                yield block
        except BrokenWarcError as error:
            if is_first:
                raise NotWarcError(f"{path}: is no WARC file ({error})") from None
            raise
        if is_first:
            raise NotWarcError(f"{path}: is no WARC file (it is empty)")


def _block(source: _Source, kept: int, is_first: bool) -> Block | None:
    line = source.line(HEADER_BYTES)
    while line in (b"\r\n", b"\n") and not is_first:
        line = source.line(HEADER_BYTES)
    if not line:
        return None
    source.begin(line)
    if not _VERSION.fullmatch(line):
        raise source.broken("no record begins here")
    headers = _headers(source)
    length = headers.get("content-length", "")
    if not _LENGTH.fullmatch(length) or int(length) > RECORD_BYTES:
        raise source.broken(f"a record of {length[:40]!r} bytes")
    size = int(length)
    content = source.take(min(size, kept))
    if len(content) + source.skip(size - len(content)) < size:
        raise source.broken("the file ends within a record")
    return Block(source.offset, headers, size, content)


def _headers(source: _Source) -> dict[str, str]:
    headers: dict[str, str] = {}
    left, name = HEADER_BYTES, ""
    while True:
        line = source.line(left)
        left -= len(line)
        if not line.endswith(b"\n"):
            raise source.broken("headers that do not end, or that are too large")
        text = _text(line).rstrip("\r\n")
        if not text:
            return headers
        if text[0] in " \t" and name:
            headers[name] += f" {text.strip()}"
            continue
        name, _, value = text.partition(":")
        name = name.strip().lower()
        if name in headers:
            name = ""  # the first one holds; what goes on with this one is not wanted
        else:
            headers[name] = value.strip()


def _text(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


class _Source:
    """The bytes of a file, unfolded if they are gzip, a piece at a time. `offset` is where the
    record begins in the file, or the gzip member that it is in."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._raw = stream.read(_PIECE)
        self._consumed = len(self._raw)
        self._unfolded = 0
        self._is_gzip = self._raw.startswith(_GZIP)
        self._inflater: Any = None
        self._member = 0
        self._buffer = bytearray()
        self.offset = 0

    def begin(self, line: bytes) -> None:
        """A record begins with the line that was read last."""
        read = self._unfolded - len(self._buffer)
        self.offset = self._member if self._is_gzip else read - len(line)

    def broken(self, why: str) -> BrokenWarcError:
        return BrokenWarcError(f"at byte {self.offset}: {why}")

    def line(self, most: int) -> bytes:
        """The next line with its end, cut at so many bytes; empty at the end of the file."""
        searched = 0
        while (end := self._buffer.find(b"\n", searched) + 1) == 0:
            searched = len(self._buffer)
            if searched >= most or not self._fill():
                end = searched
                break
        return self._given(min(end, most))

    def take(self, size: int) -> bytes:
        """The next bytes; fewer at the end of the file."""
        while len(self._buffer) < size and self._fill():
            pass
        return self._given(size)

    def skip(self, size: int) -> int:
        """Pass bytes over; how many there were."""
        left = size
        while left:
            passed = len(self._given(left))
            left -= passed
            if not passed and not self._fill():
                break
        return size - left

    def _given(self, size: int) -> bytes:
        given = bytes(self._buffer[:size])
        del self._buffer[:size]
        return given

    def _fill(self) -> bool:
        """Another piece into the buffer; False at the end of the file."""
        piece = self._unfold() if self._is_gzip else self._read()
        self._buffer += piece
        self._unfolded += len(piece)
        if self._unfolded > max(RATIO_FROM_BYTES, RATIO * self._consumed):
            raise self.broken(f"it unfolds to more than {RATIO} times its size")
        return bool(piece)

    def _read(self) -> bytes:
        raw, self._raw = self._raw, b""
        if not raw:
            raw = self._stream.read(_PIECE)
            self._consumed += len(raw)
        return raw

    def _unfold(self) -> bytes:
        while True:
            raw = self._read()
            if self._inflater is None:
                if not raw:
                    return b""
                self._inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
                self._member = self._consumed - len(raw)
            try:
                piece: bytes = self._inflater.decompress(raw, _PIECE)
            except zlib.error as error:
                self.offset = self._member
                raise self.broken(f"damaged gzip ({error})") from None
            if not raw and not piece and not self._inflater.eof:
                raise self.broken("the file ends within a gzip member")
            self._raw = self._inflater.unconsumed_tail
            if self._inflater.eof:
                self._raw, self._inflater = self._inflater.unused_data, None
            if piece:
                return piece
