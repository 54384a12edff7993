"""Content undone from its coding piece by piece, so that a small answer cannot become a large one.

Belongs here: gzip and deflate with a limit on what comes out. Does not belong here: character sets
and what the content means.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError

ACCEPTED = "gzip, deflate"

#: Largest piece that is inflated at once.
_PIECE = 64 * 1024

#: How a part of a gzip file begins; its second byte may come with the next piece.
_PART = b"\x1f"
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Decoder:
    """Takes what comes over the wire and keeps the decoded content.

    `coding` is the Content-Encoding. StopVisitError from `feed` and `finish`: too-large beyond the
    limits, parse-error for a coding not asked for, damaged content, or content cut off. What was
    decoded until then stays in `content`.
    """

    def __init__(self, coding: str, limits: Limits) -> None:
        self.content = bytearray()
        self.received = 0
        self._limits = limits
        named = coding.strip().lower().removeprefix("x-")
        if named in ("", "identity"):
            self._inflate: Callable[[bytes], None] | None = None
        elif named in ("gzip", "deflate"):
            self._inflate = self._gzip if named == "gzip" else self._deflate
        else:
            raise StopVisitError(
                "parse-error", f"content coding {coding[:80]!r}; only {ACCEPTED} were asked for"
            )
        self._inflater: Any = None

    def feed(self, data: bytes) -> None:
        self.received += len(data)
        if self.received > self._limits.body_bytes:
            raise self._too_large()
        if self._inflate is None:
            self._keep(data)
        elif data:
            try:
                self._inflate(data)
            except zlib.error as error:
                raise StopVisitError("parse-error", f"damaged content ({error})") from error

    def finish(self) -> None:
        """The end of the answer: a coding that has begun must have ended."""
        if self._inflater is not None and not self._inflater.eof:
            raise StopVisitError("parse-error", "the compressed content ends before its end")

    def _keep(self, data: bytes) -> None:
        room = self._limits.body_bytes - len(self.content)
        self.content += data[:room]
        if len(data) > room:
            raise self._too_large()
        if (
            len(self.content) > self._limits.ratio_from_bytes
            and len(self.content) > self.received * self._limits.inflate_ratio
        ):
            raise StopVisitError(
                "too-large",
                f"content unfolds to more than {self._limits.inflate_ratio} times its size",
            )

    def _too_large(self) -> StopVisitError:
        return StopVisitError("too-large", f"content of more than {self._limits.body_bytes} bytes")

    def _gzip(self, data: bytes) -> None:
        # A gzip file may hold several parts; what else follows the last one is of no account.
        while data:
            if self._inflater is None or (self._inflater.eof and data.startswith(_PART)):
                self._inflater = zlib.decompressobj(_GZIP)
            elif self._inflater.eof:
                return
            data = self._drain(data)

    def _deflate(self, data: bytes) -> None:
        if self._inflater is None:
            # Some servers send the bare stream without the frame that the name stands for.
            is_framed = data[0] & 0x0F == 8 and data[0] >> 4 <= 7
            self._inflater = zlib.decompressobj(_ZLIB if is_framed else _RAW)
        self._drain(data)

    def _drain(self, data: bytes) -> bytes:
        """Inflate in pieces; returns what follows the end of the stream."""
        inflater = self._inflater
        while not inflater.eof:
            piece = inflater.decompress(data, _PIECE)
            self._keep(piece)
            data = inflater.unconsumed_tail
            if not data and len(piece) < _PIECE:
                break
        rest: bytes = inflater.unused_data
        return rest
