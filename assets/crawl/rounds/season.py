"""The season of visits as `season.yaml` declares it, and what one costs.

Belongs here: reading the file, the limits a round works under, the time a season takes. Does not
belong here: making visits (`visiting`).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from assets.crawl.fetch.limits import Limits

FILE = Path(__file__).with_name("season.yaml")

#: Requests to a host beyond one for each of its targets: robots.txt, redirects, attempts.
_SPARE = 3


@dataclass(frozen=True)
class Season:
    """The numbers of a season; explained at the top of `season.yaml`."""

    rounds: int
    weeks: int
    shards: int
    at: str
    time_zone: str
    hosts_at_once: int
    gap_seconds: float
    request_seconds: float
    pages_a_portal: int
    suspect_after: int
    record_bytes: int

    def requests_of(self, target_kind: str) -> int:
        """Requests that a target is taken to need in a round."""
        return self.pages_a_portal if target_kind == "portal" else 1

    @property
    def limits(self) -> Limits:
        """The limits of a visit in the season."""
        return Limits(hosts_at_once=self.hosts_at_once, gap_seconds=self.gap_seconds)


@cache
def season() -> Season:
    """The declared season. TypeError for a key that is missing or not known."""
    return Season(**yaml.safe_load(FILE.read_text("utf-8")))


def due_on(opened_on: date, round_no: int, rounds: int, weeks: int) -> date:
    """The day from which a round may begin: rounds are spread evenly over the weeks."""
    return opened_on + timedelta(days=(round_no - 1) * weeks * 7 // rounds)


def fitted(limits: Limits, urls: Iterable[str]) -> Limits:
    """The limits with a budget of each host that its targets fit into.

    A host may serve more than a thousand services: the budget is there to stop what is endless,
    not what was asked for.
    """
    most = max(Counter(urlsplit(url).hostname for url in urls).values(), default=0)
    requests = limits.host_requests + _SPARE * most
    seconds = limits.host_seconds + _SPARE * most * (limits.gap_seconds + limits.total_seconds)
    return replace(limits, host_requests=requests, host_seconds=seconds)


def round_seconds(requests: Iterable[int], numbers: Season) -> float:
    """The time of one round, in seconds, by the requests of each host.

    A host takes its requests one by one with the gap between them; so many hosts go side by side,
    those with most requests first.
    """
    places = [0.0] * numbers.hosts_at_once
    each = numbers.gap_seconds + numbers.request_seconds
    for count in sorted(requests, reverse=True):
        heapq.heappush(places, heapq.heappop(places) + count * each)
    return max(places)
