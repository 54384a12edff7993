"""The same work on one thing after the other, by threads that are a few things ahead.

For work that leaves the interpreter's lock: polars, Arrow, numpy on large arrays.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Given = TypeVar("Given")
Made = TypeVar("Made")

#: Things worked on at the same time.
THREADS = 2


def ahead(make: Callable[[Given], Made], given: Iterable[Given]) -> Iterator[Made]:
    """`make` of each, in the order given. The first error ends it."""
    with ThreadPoolExecutor(THREADS) as threads:
        coming: deque[Future[Made]] = deque()
        for each in given:
            coming.append(threads.submit(make, each))
            if len(coming) > THREADS:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
