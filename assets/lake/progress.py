"""How far a transfer between a lake and its remote copy has come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """Files and bytes done, of how many; `seconds` since the transfer began."""

    files: int
    of_files: int
    bytes: int
    of_bytes: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes a second so far, 0 before the first."""
        return self.bytes / self.seconds if self.seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds to go at that rate, None before the first byte."""
        return (self.of_bytes - self.bytes) / self.rate if self.rate else None


Listener = Callable[[Progress], None]


class Meter:
    """Counts what passes and tells a listener after each chunk and file."""

    def __init__(self, sizes: Iterable[int], listener: Listener | None) -> None:
        known = list(sizes)
        self.of_files, self.of_bytes = len(known), sum(known)
        self.files = self.bytes = 0
        self._listener = listener
        self._began = time.monotonic()

    def passing(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The chunks, each counted as it passes."""
        for chunk in chunks:
            yield chunk
            self.bytes += len(chunk)
            self._tell()

    def file_done(self) -> None:
        """One file more is done."""
        self.files += 1
        self._tell()

    def now(self) -> Progress:
        """How far it has come by now."""
        seconds = time.monotonic() - self._began
        return Progress(self.files, self.of_files, self.bytes, self.of_bytes, seconds)

    def _tell(self) -> None:
        if self._listener:
            self._listener(self.now())
