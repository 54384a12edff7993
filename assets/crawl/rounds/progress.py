"""How far a round is, in words: counts, rate and the time to go.

Belongs here: counting targets and visits of a round. Does not belong here: making visits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from assets.crawl.fetch.statuses import outcome
from assets.crawl.model import OUTCOMES, Target, Visit
from assets.crawl.rounds.season import Season, round_seconds
from assets.webaddress import host_of

Say = Callable[[str], None]


class Progress:
    """Counts of a round. `say` hears a line at most every `every_seconds`."""

    def __init__(
        self,
        targets: Iterable[Target],
        numbers: Season,
        clock: Callable[[], float],
        say: Say,
        every_seconds: float = 10.0,
    ) -> None:
        self._clock, self._say, self._every = clock, say, every_seconds
        self._numbers = numbers
        self._began = self._said = clock()
        self.total: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        self.visits = 0
        self._host: dict[str, str] = {}
        self._left: dict[str, int] = {}
        for target in targets:
            self.total[target.kind] += 1
            self._host[target.target_id] = host_of(target.url)
            self._left[target.target_id] = numbers.requests_of(target.kind)

    def left(self) -> Counter[str]:
        """Requests that are still to come at each host, as far as they are known."""
        found: Counter[str] = Counter()
        for target_id, count in self._left.items():
            found[self._host[target_id]] += count
        return found

    def known(self, target_id: str) -> None:
        """An address of the target was visited before."""
        self._left[target_id] = max(0, self._left[target_id] - 1)

    def visited(self, target_id: str) -> None:
        """An address of the target was visited now."""
        self.visits += 1
        self.known(target_id)

    def ended(self, target: Target, own: Visit | None) -> None:
        """A target is done; `own` is the visit of its own address."""
        self.done[target.kind] += 1
        self._left[target.target_id] = 0
        if own is not None:
            self.outcomes[outcome(own.status)] += 1
        if self._clock() - self._said >= self._every:
            self._said = self._clock()
            self._say(self.line())

    def line(self) -> str:
        """All of it in one line."""
        seconds = max(self._clock() - self._began, 0.001)
        parts = [
            f"{self.done[kind]:,} of {self.total[kind]:,} {kind}s" for kind in sorted(self.total)
        ]
        rate = self.visits / seconds
        parts.append(f"{self.visits:,} addresses visited, {rate:.1f} a second")
        if left := self.seconds_left():
            parts.append(f"about {_span(left)} to go")
        states = (f"{state.replace('_', ' ')} {self.outcomes[state]:,}" for state in OUTCOMES)
        return ", ".join(parts) + "; " + ", ".join(states)

    def seconds_left(self) -> float:
        """Seconds to go, by the requests left at each host and the pace kept so far."""
        return round_seconds(self.left().values(), self._paced())

    def _paced(self) -> Season:
        if self.visits < self._numbers.hosts_at_once:
            return self._numbers
        seconds = self._clock() - self._began
        each = seconds * min(self._numbers.hosts_at_once, len(self._host)) / self.visits
        return replace(self._numbers, request_seconds=each, gap_seconds=0.0)


def _span(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
