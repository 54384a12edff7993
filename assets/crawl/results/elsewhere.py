"""Results from the WARC files of another crawler, as lines of our own document of results.

Belongs here: which pages of an archive are of which target, and the lines that follow from them.
Does not belong here: reading the files (`evidence`), the shape of the lines (`document`), taking
them in (`reading`).

A portal is read by the pages that our own crawler would have asked for, as far as the archive has
them; every other page of its site is a visit too. What the archive does not have was not seen: it
is never down and never no.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from assets.crawl.checks.answers import answers
from assets.crawl.checks.plan import plan
from assets.crawl.checks.probe import read_probe
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.site import address_key, bare_host
from assets.crawl.evidence.records import Record
from assets.crawl.evidence.shown import ELSEWHERE
from assets.crawl.evidence.warcpages import Page, Pages
from assets.crawl.fetch.limits import Limits
from assets.crawl.model import Answer, Target, Visit
from assets.crawl.results.document import Round, probe_line, round_line, visit_line
from assets.crawl.results.findings import check_lines
from assets.crawl.rounds.window import shard_targets
from assets.crawl.targets.register import to_visit

Line = dict[str, Any]

_NOT_STATED = "not stated"
_NOT_IN = "not in the archive"


class About(NamedTuple):
    """The round that an archive is the only shard of; portals are judged by its day."""

    window_code: str
    assessment_year: int
    round_no: int
    round_date: date


class Found(NamedTuple):
    """A visit, and the page that answered it; None if the archive has none."""

    visit: Visit
    page: Page | None


def from_warc(
    paths: Sequence[Path], targets: pa.Table, about: About, rules: Rules
) -> tuple[Iterator[Line], list[str]]:
    """The lines of a document of results, and what of the files was not used and why.

    `targets` are rows of raw_crawl_targets; those that are left out have no lines. The files are
    read before this returns, the lines are made as they are asked for. NotWarcError names a file
    that is no WARC file; any other fault is one of the lines of what was not used. Lines name
    records as of files of the same names in the folder `shown.ELSEWHERE` of the window.
    """
    pages = Pages(paths, Limits())
    archive = _Archive(pages, shard_targets(to_visit(targets), 1, 1), rules)
    problems = [*pages.problems, *archive.of_no_target()]
    facts = Round(
        window_code=about.window_code,
        assessment_year=about.assessment_year,
        round_no=about.round_no,
        shard=1,
        shards=1,
        round_date=about.round_date,
        crawler=pages.crawler or _NOT_STATED,
        user_agent=pages.user_agent or _NOT_STATED,
    )
    return archive.lines(facts), problems


class _Archive:
    """An archive seen by the targets."""

    def __init__(self, pages: Pages, targets: Sequence[Target], rules: Rules) -> None:
        self._pages, self._rules = pages, rules
        self._targets = sorted(targets, key=lambda target: target.target_id)
        services = {address_key(t.url) for t in targets if t.kind == "service"}
        self._portals = {bare_host(t.url): t.target_id for t in targets if t.kind == "portal"}
        self._site: dict[str, list[Page]] = {target_id: [] for target_id in self._portals.values()}
        self._others = 0
        for page in pages.all():
            owner = self._owner(page.url)
            if address_key(page.url) in services:
                continue
            if owner is None:
                self._others += 1
            else:
                self._site[owner].append(page)

    def of_no_target(self) -> list[str]:
        """What to say of pages that are of no target."""
        return [f"{self._others} pages are of no target"] if self._others else []

    def lines(self, about: Round) -> Iterator[Line]:
        """The lines of the round, targets in the order of their ids."""
        try:
            yield round_line(about)
            for target in self._targets:
                if target.kind == "portal":
                    yield from self._portal(target, about.round_date)
                else:
                    yield from self._service(target)
        finally:
            self._pages.close()

    def _owner(self, url: str) -> str | None:
        """The portal whose host the address is of, or beneath; the nearest if there are several."""
        labels = bare_host(url).split(".")
        hosts = (".".join(labels[n:]) for n in range(len(labels)))
        return next((self._portals[host] for host in hosts if host in self._portals), None)

    def _service(self, target: Target) -> Iterator[Line]:
        found, _ = self._asked(target.url, any_scheme=True)
        yield _visit_line(target.target_id, found)
        reading = read_probe(found.visit, target.declared_level, self._rules)
        yield probe_line(target.target_id, found.visit, reading, _record(found))

    def _portal(self, target: Target, day: date) -> Iterator[Line]:
        found, used = self._planned(target)
        left = [page for page in self._site[target.target_id] if page not in used]
        for one in found.values():
            if one.page is not None or one.visit.url == target.url:
                yield _visit_line(target.target_id, one)
        for page in left:
            visit, way = self._pages.visit(page.url, page)
            yield _visit_line(target.target_id, Found(visit, way[-1]))
        visits = {url: one.visit for url, one in found.items()}
        records = {url: _record(one) for url, one in found.items()}
        listed = map(self._careful, answers(visits, target.url, self._rules, day))
        yield from check_lines(target, visits, records, listed)

    def _planned(self, target: Target) -> tuple[dict[str, Found], list[Page]]:
        """The pages that our crawler would have asked for, by the address asked for, the home page
        first; and every page on the way to one."""
        home, used = self._asked(target.url, any_scheme=True)
        found = {target.url: home}
        while more := plan({u: f.visit for u, f in found.items()}, target.url, self._rules):
            for url in more:
                found[url], way = self._asked(url)
                used = used + way
        first, *others = found.items()
        return dict([first, *sorted(others)]), used

    def _asked(self, url: str, *, any_scheme: bool = False) -> tuple[Found, list[Page]]:
        page = self._pages.find(url, any_scheme=any_scheme)
        if page is None:
            return Found(Visit(url, "not-attempted", _NOT_IN), None), []
        visit, way = self._pages.visit(url, page)
        return Found(visit, way[-1]), way

    def _careful(self, answer: Answer) -> Answer:
        """An archive does not say whether certificates were checked: HTTPS goes to a person."""
        if answer.check_id != "https" or answer.answer == "not_observed":
            return answer
        return replace(
            answer,
            confidence=min(answer.confidence, self._rules.confidence["review"] - 1),
            words=f"{answer.words}; whether the certificate was checked is not stated",
        )


def _record(found: Found) -> Record | None:
    """The record of a visit, if there is any content to look at again."""
    return found.page.record if found.page is not None and found.visit.body else None


def _visit_line(target_id: str, found: Found) -> Line:
    return visit_line(target_id, found.visit, _record(found), ELSEWHERE)
