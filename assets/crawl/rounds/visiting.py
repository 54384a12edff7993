"""One round of one shard: every target visited once, each visit kept before it counts.

Belongs here: which visits a round still has to make, the second pass in the browser, and when to
stop because the fault is ours. Does not belong here: a single visit and politeness (`fetch`),
what a visit says of a target (`results.findings`).

All that a round knows is in the journal, so that a killed round goes on as if nothing had been:
what had answered is not asked again, robots.txt included.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

from assets.crawl.checks.plan import plan
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.site import page_kind, page_of
from assets.crawl.evidence.journal import PAGE, RESOURCE, ROBOTS, TAKEN_BACK, Entry, Journal
from assets.crawl.evidence.records import Archive
from assets.crawl.fetch.browser import Browser
from assets.crawl.fetch.politeness import Ask, Crawler
from assets.crawl.fetch.sitemap import read_sitemaps
from assets.crawl.fetch.statuses import StopVisitError, statuses
from assets.crawl.fetch.web import Web
from assets.crawl.model import Target, Visit
from assets.crawl.rounds.progress import Progress, Say
from assets.crawl.rounds.season import Season, fitted
from assets.crawl.rounds.window import Window, WindowError, shard_targets, site_of
from assets.lake.locks import held
from assets.webaddress import host_of

#: Statuses that our own network can be the cause of as well as a site.
_OF_A_NETWORK = frozenset(("dns", "timeout", "reset", "refused", "our-fault"))
_ROBOTS_PATH = "/robots.txt"
#: Seconds of work that a power cut may cost.
_SYNC_SECONDS = 1.0


class OwnNetworkError(WindowError):
    """Target after target does not answer: most likely our own network is at fault."""


class Round:
    """A shard of a round under way: `with Round(...) as one: asyncio.run(one.run())`.

    Holds the lock of the shard; LockTimeoutError if another process has it. With `again`, visits
    that failed through our own fault (budget, our-fault) are made again.
    """

    def __init__(
        self,
        window: Window,
        round_no: int,
        shard: int,
        web: Web,
        rules: Rules,
        numbers: Season,
        *,
        again: bool = False,
        say: Say = print,
        clock: Callable[[], float] = time.monotonic,
        lock_seconds: float = 5.0,
    ) -> None:
        self.window, self.round_no, self.shard = window, round_no, shard
        self.targets = {
            target.target_id: target
            for target in shard_targets(window.targets(), shard, window.facts.shards)
        }
        self._web, self._rules, self._numbers = web, rules, numbers
        self._again, self._say, self._clock = again, say, clock
        self._lock_seconds = lock_seconds
        self._stack = AsyncExitStack()
        self._waiting: Counter[str] = Counter()
        self._silent: dict[str, list[Entry]] = {}
        self._sitemaps: dict[str, tuple[str, ...]] = {}
        self._plans: dict[str, list[list[str]]] = {}  # by target; all but the last are finished
        self._rendering = asyncio.Lock()
        self._browser: Browser | None = None
        self._synced = clock()
        self.progress = Progress(self.targets.values(), numbers, clock, say)

    def __enter__(self) -> Self:
        folder = self.window.shard_folder(self.shard)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = held(folder / ".lock", "crawl", timeout=self._lock_seconds, on_wait=self._say)
        self._lock.__enter__()
        self.journal = Journal(folder, self.round_no)
        self._archive = Archive(folder, self.journal.known)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._archive.close()
        self.journal.close()
        self._lock.__exit__(kind, error, traceback)

    async def run(self) -> None:
        """Make every visit of the round that has not been made.

        OwnNetworkError if so many targets in a row do not answer that our network must be at
        fault: what was visited of them is taken back.
        """
        self._load()
        limits = fitted(self._web.limits, (target.url for target in self.targets.values()))
        client = self._web.client(limits)
        robots = {
            entry.visit.url.removesuffix(_ROBOTS_PATH): self.journal.visit(entry)
            for entry in self.journal.entries.values()
            if entry.part == ROBOTS
        }
        self._crawler = Crawler(
            client, robots_seen=robots, on_robots=lambda visit: self._keep(visit, "", ROBOTS)
        )
        was_begun = bool(self._pages)
        for target_id, pages in list(self._pages.items()):
            if self.targets[target_id].url in pages:
                await self._read_sitemap(self.targets[target_id])
        asks = [ask for target in self._in_order() for ask in self._next(target)]
        if was_begun:
            self._say(f"goes on where it stopped: {self.progress.line()}")
        async with self._stack:
            try:
                await self._crawler.run(asks, self._done)
            except ExceptionGroup as group:
                raise _first(group) from None
        self._say(self.progress.line())

    def _load(self) -> None:
        self._pages: dict[str, dict[str, Entry]] = defaultdict(dict)
        for entry in list(self.journal.entries.values()):
            if self._again and statuses()[entry.visit.status].mended_by == "crawler":
                self.journal.forget(entry.key)
            elif entry.part == PAGE:
                self._pages[entry.target_id][entry.visit.url] = entry
                self.progress.known(entry.target_id)

    def _in_order(self) -> list[Target]:
        """Targets of hosts with most to visit first: they decide how long the round takes."""
        left = self.progress.left()
        return sorted(
            self.targets.values(),
            key=lambda t: (-left[host_of(t.url)], host_of(t.url), t.target_id),
        )

    def _next(self, target: Target) -> list[Ask]:
        """What is to be visited next of a target; nothing if it is done."""
        made = self._pages[target.target_id]
        wanted = self._planned(target)
        asks = []
        for url in wanted:
            entry = self.journal.entries.get((self.round_no, target.target_id, url))
            if entry is not None:  # asked for by a script before: now a page too
                self._page(entry.visit, target.target_id, entry)
            else:
                asks.append(self._ask(target.target_id, url))
        self._waiting[target.target_id] += len(asks)
        if wanted and not asks:
            return self._next(target)
        if not asks:
            self.progress.ended(target, made[target.url].visit)
        return asks

    def _planned(self, target: Target) -> list[str]:
        """Pages of the present plan that were not visited yet; the first plan is the target itself.

        The next plan is made only when all pages of the one before are there, and from these: a
        round that was killed in the middle of a plan goes on with that very plan.
        """
        made = self._pages[target.target_id]
        plans = self._plans.setdefault(target.target_id, [[target.url]])
        while True:
            left = [url for url in plans[-1] if url not in made]
            if left or not plans[-1]:
                return left
            # In the order of addresses: the order in which they came says nothing.
            seen = sorted(url for planned in plans for url in planned)
            plans.append(self._next_plan(target, {url: made[url] for url in seen}))

    def _next_plan(self, target: Target, pages: Mapping[str, Entry]) -> list[str]:
        if target.kind != "portal":
            return []
        visits = {url: self.journal.visit(entry) for url, entry in pages.items()}
        sitemap = self._sitemaps.get(target.target_id, ())
        return plan(visits, target.url, self._rules, self._web.ports_of, sitemap)

    async def _read_sitemap(self, target: Target) -> None:
        """What a portal lists of itself in the sitemaps that its robots.txt names."""
        if target.kind != "portal":
            return
        try:
            robots = await self._crawler.robots(target.url)
        except StopVisitError:
            return

        async def fetch(url: str) -> Visit:
            return await self._resource(target.target_id, url)

        named = robots.sitemaps[: self._web.limits.sitemap_files]
        found = await read_sitemaps(fetch, named, self._web.limits)
        self._sitemaps[target.target_id] = found.urls

    async def _resource(self, target_id: str, url: str) -> Visit:
        """Something that is needed to read a target and is no page of it; asked for once."""
        entry = self.journal.entries.get((self.round_no, target_id, url))
        if entry is not None:
            return self.journal.visit(entry)
        found = self._whole(await self._crawler.fetch(url))
        self._keep(found, target_id, RESOURCE)
        return found

    def _ask(self, target_id: str, url: str) -> Ask:
        earlier = self.journal.earlier.get(url)
        if earlier is None:
            return Ask(target_id, url)
        headers = earlier.visit.headers
        return Ask(target_id, url, headers.get("etag"), headers.get("last-modified"))

    async def _done(self, target_id: str, visit: Visit) -> Iterable[Ask]:
        target = self.targets[target_id]
        visit = self._whole(visit)
        if target.kind == "portal" and self._is_written_by_scripts(visit):
            visit = await self._rendered(visit, target_id)
        self._page(visit, target_id)
        self.progress.visited(target_id)
        self._listen(target, visit)
        if visit.url == target.url:
            await self._read_sitemap(target)
        self._waiting[target_id] -= 1
        return [] if self._waiting[target_id] else self._next(target)

    def _page(self, visit: Visit, target_id: str, known: Entry | None = None) -> None:
        entry = self._keep(visit, target_id, PAGE, known)
        self._pages[target_id][visit.url] = entry

    def _keep(self, visit: Visit, target_id: str, part: str, known: Entry | None = None) -> Entry:
        """Evidence first, then the line of the journal."""
        record = known.record if known is not None else None
        if record is None and visit.http_status is not None and visit.body:
            record = self._archive.write(self.window.code, self.round_no, visit)
        entry = self.journal.append(visit, target_id, record, part)
        if self._clock() - self._synced >= _SYNC_SECONDS:
            self._archive.sync()
            self.journal.sync()
            self._synced = self._clock()
        return entry

    def _whole(self, visit: Visit) -> Visit:
        """A page that has not changed, with the content it had."""
        earlier = self.journal.earlier.get(visit.url)
        if visit.http_status != 304 or earlier is None:
            return visit
        headers = {**earlier.visit.headers, **visit.headers}
        return replace(visit, headers=headers, body=self.journal.visit(earlier).body)

    def _is_written_by_scripts(self, visit: Visit) -> bool:
        return (
            visit.status == "completed"
            and b"<script" in visit.body.lower()
            and page_kind(page_of(visit), self._rules) == "empty"
        )

    async def _rendered(self, visit: Visit, target_id: str) -> Visit:
        """The page as a browser shows it, or as it was if there is no browser or it fails."""

        async def fetch(url: str) -> Visit:
            return await self._resource(target_id, url)

        async with self._rendering:
            if self._browser is None:
                self._browser = await self._stack.enter_async_context(Browser(self._web.limits))
            made = await self._browser.render(visit, fetch)
        return made if made.status == "completed" else replace(visit, detail=made.detail)

    def _listen(self, target: Target, visit: Visit) -> None:
        """Notes targets that do not answer; any answer says that our network is there."""
        if visit.status not in _OF_A_NETWORK:
            self._silent.clear()
            return
        entry = self._pages[target.target_id][visit.url]
        self._silent.setdefault(site_of(visit.url), []).append(entry)
        if len(self._silent) < self._numbers.suspect_after:
            return
        for taken in (entry for listed in self._silent.values() for entry in listed):
            self.journal.append(taken.visit, taken.target_id, None, TAKEN_BACK)
        raise OwnNetworkError(
            f"{len(self._silent)} sites in a row did not answer (the last: {visit.url}: "
            f"{visit.status}, {visit.detail}). That is most likely our own network: check it and "
            f"the name server, then go on with the same command; these sites are visited again"
        )


def _first(group: ExceptionGroup[Exception]) -> Exception:
    error: Exception = group
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
