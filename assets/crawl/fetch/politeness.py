"""Many visits, politely: robots.txt obeyed, one request at a time and a gap for each host.

Belongs here: turns at a host, its budget, waits it asks for, further attempts, and visiting hosts
side by side. Does not belong here: a single visit (`client`) and what is done with it.

A host is a host name, whatever the scheme and port. Every request takes a turn at its host:
robots.txt, redirects and further attempts too. A redirect to another host is first checked
against that host's robots.txt.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from assets.crawl.fetch.client import Client, Gate
from assets.crawl.fetch.exchange import utc_now
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.robots import Robots, read_robots
from assets.crawl.fetch.statuses import StopVisitError, may_pass
from assets.crawl.model import Visit
from assets.webaddress import Place

Sleep = Callable[[float], Awaitable[None]]


class Ask(NamedTuple):
    """An address to visit; `key` comes back with its visit. `etag` and `last_modified` are of an
    earlier answer from the same address."""

    key: str
    url: str
    etag: str | None = None
    last_modified: str | None = None


#: Hears of each visit as it ends; what it returns is visited too.
Done = Callable[[str, Visit], Awaitable[Iterable[Ask]]]


@dataclass
class _Host:
    """A host in this crawl; times are of the clock. `free_at` is when its next turn may begin."""

    gap_seconds: float
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    first_at: float | None = None
    free_at: float = float("-inf")
    requests: int = 0


class Turns:
    """Turns at hosts: one at a time, with a gap between, within the host's budget."""

    def __init__(self, limits: Limits, clock: Callable[[], float], sleep: Sleep) -> None:
        self._limits = limits
        self._clock = clock
        self._sleep = sleep
        self._hosts: dict[str, _Host] = defaultdict(lambda: _Host(limits.gap_seconds))

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:
        """Waits for a turn. StopVisitError (budget) if there is none left."""
        host = self._hosts[place.host]
        async with host.lock:
            self._check(place.host, host)
            while (wait := host.free_at - self._clock()) > 0:
                await self._sleep(wait)
            if host.first_at is None:
                host.first_at = self._clock()
            host.requests += 1
            try:
                yield
            finally:
                host.free_at = max(host.free_at, self._clock() + host.gap_seconds)

    def _check(self, name: str, host: _Host) -> None:
        limits = self._limits
        now = self._clock()
        wait = max(0.0, host.free_at - now)
        if host.requests >= limits.host_requests:
            raise StopVisitError("budget", f"{name}: {limits.host_requests} requests were made")
        if wait > max(limits.retry_after_seconds, host.gap_seconds):
            raise StopVisitError("budget", f"{name} asks to wait for {wait:.0f} s")
        if host.first_at is not None and now + wait - host.first_at > limits.host_seconds:
            raise StopVisitError("budget", f"{name}: {limits.host_seconds:g} s were spent")

    def widen_gap(self, host: str, seconds: float) -> None:
        """A host asks for a longer gap; taken up to the limit, never for a shorter one."""
        asked = min(seconds, self._limits.crawl_delay_seconds)
        self._hosts[host].gap_seconds = max(self._hosts[host].gap_seconds, asked)
        if self._hosts[host].requests:
            self.wait(host, asked)

    def wait(self, host: str, seconds: float) -> None:
        """A host asks not to be visited for so long from now."""
        self._hosts[host].free_at = max(self._hosts[host].free_at, self._clock() + seconds)


class Crawler:
    """Visits many hosts side by side. One object is one crawl: budgets are its own.

    `seed` decides the jitter of waits between attempts. `robots_seen` are visits of robots.txt by
    origin, of a crawl that was broken off: they are believed for as long as any. `on_robots` hears
    of each new one.
    """

    def __init__(
        self,
        client: Client,
        *,
        seed: int = 0,
        robots_seen: Mapping[str, Visit] | None = None,
        on_robots: Callable[[Visit], object] = lambda visit: None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._client = client
        self._limits = client.limits
        self._seed = seed
        self._clock = clock
        self._now = now
        self._sleep = sleep
        self._turns = Turns(client.limits, clock, sleep)
        self._robots_seen = dict(robots_seen or {})
        self._on_robots = on_robots
        self._robots: dict[str, tuple[float, Robots]] = {}
        self._reading: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, asks: Iterable[Ask], done: Done) -> None:
        """Visit addresses, in their order at each host, at most `hosts_at_once` hosts at a time.

        `done` is called once for each address; an error it raises ends the run.
        """
        queues: dict[str, deque[Ask]] = defaultdict(deque)
        at_work: set[str] = set()
        places = asyncio.Semaphore(self._limits.hosts_at_once)

        async def work(host: str) -> None:
            async with places:
                while queues[host]:
                    ask = queues[host].popleft()
                    visit = await self.fetch(
                        ask.url, etag=ask.etag, last_modified=ask.last_modified
                    )
                    add(await done(ask.key, visit))
                at_work.discard(host)

        def add(more: Iterable[Ask]) -> None:
            for ask in more:
                host = self._host(ask.url)
                queues[host].append(ask)
                if host not in at_work:
                    at_work.add(host)
                    group.create_task(work(host))

        async with asyncio.TaskGroup() as group:
            add(asks)

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Visit:
        """Visit one address politely, in further attempts if its fault may pass."""
        return await self._attempts(url, self._gate, etag, last_modified)

    async def robots(self, url: str) -> Robots:
        """The robots.txt in force at an address. StopVisitError if it may not be visited."""
        return await self._robots_of(self._client.guard.place(url, self._limits))

    def _host(self, url: str) -> str:
        try:
            return self._client.guard.place(url, self._limits).host
        except StopVisitError:
            return ""

    async def _attempts(
        self, url: str, gate: Gate, etag: str | None = None, last_modified: str | None = None
    ) -> Visit:
        before: Visit | None = None
        made = 0
        for attempt in range(1, self._limits.attempts + 1):
            visit = await self._client.fetch(url, etag=etag, last_modified=last_modified, gate=gate)
            if before is not None and visit.status == "budget":
                return before  # what was seen says more than that there was no time to look again
            made += visit.attempts
            before = visit = replace(visit, attempts=made)
            asked = retry_after(visit, self._now())
            if asked is not None:
                self._turns.wait(self._host(visit.final_url), asked)
                if asked > self._limits.retry_after_seconds:
                    return visit
            if attempt == self._limits.attempts or not may_pass(visit):
                return visit
            await self._sleep(self._backoff(url, attempt))
        raise AssertionError("unreachable: the last attempt returns")

    def _backoff(self, url: str, attempt: int) -> float:
        jitter = random.Random(f"{self._seed} {url} {attempt}").uniform(0.75, 1.25)  # noqa: S311
        return float(self._limits.backoff_seconds * 2 ** (attempt - 1) * jitter)

    @asynccontextmanager
    async def _gate(self, place: Place) -> AsyncIterator[None]:
        robots = await self._robots_of(place)
        robots.check(place.url)
        async with self._turns.turn(place):
            yield

    async def _robots_of(self, place: Place) -> Robots:
        async with self._reading[place.origin]:
            until, robots = self._robots.get(place.origin, (0.0, None))
            if robots is None or self._clock() >= until:
                visit, seconds = await self._robots_visit(place.origin)
                robots = read_robots(visit, self._client.product, self._limits)
                self._robots[place.origin] = (self._clock() + seconds, robots)
                if robots.delay is not None:
                    self._turns.widen_gap(place.host, robots.delay)
            return robots

    async def _robots_visit(self, origin: str) -> tuple[Visit, float]:
        """The robots.txt of an origin, and for how many seconds it is believed from now."""
        seconds = self._limits.robots_seconds
        seen = self._robots_seen.pop(origin, None)
        if seen is not None and seen.fetched_at is not None:
            left = seconds - (self._now() - seen.fetched_at).total_seconds()
            if left > 0:
                return seen, left
        visit = await self._attempts(f"{origin}/robots.txt", self._turns.turn)
        self._on_robots(visit)
        return visit, seconds


def retry_after(visit: Visit, now: datetime) -> float | None:
    """Seconds that an answer asks to wait, None if it does not; in a 429 or a 5xx only."""
    said = visit.headers.get("retry-after", "").strip()
    code = visit.http_status or 0
    if not said or (code != 429 and code < 500):
        return None
    if said.isascii() and said.isdecimal():
        return float(said[:9])
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return max(0.0, (until - now).total_seconds())
