"""The checks against planted truth: both farms, visited by the crawler's own client over the wire.

The second farm was written apart from the rules, with other wording and layouts, so that it tells
how far they carry. The floors are what the rules reach today; they may only rise.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import tests.farm as first
import tests.farm_heldout as second
from assets.crawl.checks.answers import answers
from assets.crawl.checks.plan import plan
from assets.crawl.checks.rules import rules
from assets.crawl.fetch.client import Client
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.politeness import Ask, Crawler
from assets.crawl.model import Answer, Visit

LIMITS = Limits(gap_seconds=0.001, backoff_seconds=0.001, attempts=1)
USER_AGENT = "egov-index/1.0 (+https://example.org/crawler)"

#: Precision and recall of `yes`: of each check of a farm, and over all of its checks.
FLOORS = {"first": (0.95, 0.95), "second": (0.85, 0.85)}
OVERALL = {"first": (0.98, 0.98), "second": (0.95, 0.94)}

Found = dict[str, dict[str, Answer]]


def _crawled(
    homes: Mapping[str, str], resolver: Mapping[str, str], ca_pem: Path, ports: tuple[int, int]
) -> dict[str, dict[str, Visit]]:
    """Every portal as the crawler sees it: home pages, then what the plan asks for."""
    book = rules()
    seen: dict[str, dict[str, Visit]] = {host: {} for host in homes}

    async def resolve(host: str) -> list[str]:
        return [resolver[host]]

    async def run() -> None:
        guard = Guard(resolve, networks=["127.0.0.1/32"], ports=ports)
        trust = ssl.create_default_context(cafile=str(ca_pem))
        crawler = Crawler(Client(LIMITS, guard, USER_AGENT, trust=trust))
        asked: dict[str, set[str]] = {host: {home} for host, home in homes.items()}

        async def done(host: str, visit: Visit) -> list[Ask]:
            seen[host][visit.url] = visit
            if asked[host] - seen[host].keys():
                return []
            more = plan(seen[host], homes[host], book, ports)
            asked[host] |= set(more)
            return [Ask(host, url) for url in more]

        await crawler.run([Ask(host, home) for host, home in homes.items()], done)

    asyncio.run(run())
    return seen


@pytest.fixture(scope="module", params=["first", "second"])
def measured(request: pytest.FixtureRequest) -> tuple[str, Found, dict[str, dict[str, str]]]:
    book = rules()
    if request.param == "first":
        with first.Farm() as farm:
            homes = {urlsplit(t.url).hostname or "": t.url for t in farm.targets()}
            seen = _crawled(homes, farm.resolver, farm.ca_pem, (farm.port, farm.port))
            truth, today = farm.truth(), first.TODAY
    else:
        with second.serve() as served:
            homes = {urlsplit(t.url).hostname or "": t.url for t in served.targets()}
            ports = (served.http_port, served.https_port)
            seen = _crawled(homes, served.resolver, served.ca_pem, ports)
            truth, today = second.truth(), second.TODAY
    found = {
        host: {a.check_id: a for a in answers(seen[host], home, book, today)}
        for host, home in homes.items()
    }
    return str(request.param), found, truth


def _precision_recall(found: Found, truth: dict[str, dict[str, str]], *checks: str) -> list[float]:
    pairs = [(found[h][c].answer, truth[h][c]) for h in truth for c in checks if c in truth[h]]
    right = sum(said == is_ == "yes" for said, is_ in pairs)
    said_yes = sum(said == "yes" for said, _ in pairs)
    is_yes = sum(is_ == "yes" for _, is_ in pairs)
    assert said_yes, "nothing was found at all"
    assert is_yes, "nothing was planted at all"
    return [right / said_yes, right / is_yes]


def test_what_was_planted_is_found(
    measured: tuple[str, Found, dict[str, dict[str, str]]],
) -> None:
    farm, found, truth = measured
    checks = sorted({check for planted in truth.values() for check in planted})
    assert len(checks) == 27
    reached = {check: _precision_recall(found, truth, check) for check in checks}
    below = {
        c: r for c, r in reached.items() if any(x < y for x, y in zip(r, FLOORS[farm], strict=True))
    }
    assert below == {}
    overall = _precision_recall(found, truth, *checks)
    assert all(x >= y for x, y in zip(overall, OVERALL[farm], strict=True)), overall


def test_every_answer_says_where_and_why(
    measured: tuple[str, Found, dict[str, dict[str, str]]],
) -> None:
    _, found, _ = measured
    for by_check in found.values():
        for answer in by_check.values():
            assert answer.url.startswith("http")
            assert answer.rule_id
            assert answer.words or answer.answer == "no"
            assert 0 <= answer.confidence <= 100


def test_what_was_not_seen_is_never_no() -> None:
    home = "http://down.test/"
    visits = {home: Visit(home, "timeout")}
    made = answers(visits, home, rules(), first.TODAY)
    assert {answer.answer for answer in made} == {"not_observed"}
