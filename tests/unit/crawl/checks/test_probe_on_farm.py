"""Probes of services against planted truth: the farm's services, visited over the wire in two
rounds by the crawler's own client."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from assets.crawl.checks.probe import CHALLENGE, Reading, contradicts, outcome_of, read_probe
from assets.crawl.checks.rules import rules
from assets.crawl.fetch.client import Client
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.politeness import Ask, Crawler
from assets.crawl.model import DOWN, UP, Target, Visit
from tests.farm import Farm

LIMITS = Limits(gap_seconds=0.001, backoff_seconds=0.001, attempts=1, hosts_at_once=16)

#: Of a round: by target the visit, its reading, and the truth.
Seen = dict[str, tuple[Visit, Reading, str]]


def _visited(farm: Farm, targets: list[Target]) -> dict[str, Visit]:
    visits: dict[str, Visit] = {}

    async def resolve(host: str) -> list[str]:
        return [farm.resolver[host]]

    async def done(target_id: str, visit: Visit) -> list[Ask]:
        visits[target_id] = visit
        return []

    async def run() -> None:
        guard = Guard(resolve, networks=["127.0.0.1/32"], ports=(farm.port, farm.port))
        trust = ssl.create_default_context(cafile=str(farm.ca_pem))
        client = Client(LIMITS, guard, "egov-index/1.0 (+https://example.org)", trust=trust)
        await Crawler(client).run([Ask(t.target_id, t.url) for t in targets], done)

    asyncio.run(run())
    return visits


@pytest.fixture(scope="module")
def rounds() -> tuple[dict[str, Target], list[Seen]]:
    book = rules()
    found: list[Seen] = []
    with Farm() as farm:
        targets = {target.target_id: target for target in farm.service_targets()}
        for _ in range(2):
            truth = farm.service_truth()
            found.append(
                {
                    target_id: (
                        visit,
                        read_probe(visit, targets[target_id].declared_level, book),
                        truth[target_id],
                    )
                    for target_id, visit in _visited(farm, list(targets.values())).items()
                }
            )
            farm.next_round()
    return targets, found


def _outcome(visit: Visit, reading: Reading) -> str:
    return outcome_of(visit.status, reading.page_state)


def test_services_that_are_up_are_told_from_those_that_are_not(
    rounds: tuple[dict[str, Target], list[Seen]],
) -> None:
    targets, found = rounds
    assert len(targets) == 360
    for seen in found:
        assert seen.keys() == targets.keys()
        pairs = [(_outcome(visit, reading), truth) for visit, reading, truth in seen.values()]
        both = sum(said == truth == UP for said, truth in pairs)
        assert both / sum(said == UP for said, _ in pairs) >= 0.95
        assert both / sum(truth == UP for _, truth in pairs) >= 0.95
        assert not [pair for pair in pairs if pair == (DOWN, UP)]


def test_the_levels_of_pages_seen_are_read(
    rounds: tuple[dict[str, Target], list[Seen]],
) -> None:
    targets, found = rounds
    for seen in found:
        levels = [
            (reading.level_seen, targets[target_id].declared_level)
            for target_id, (visit, reading, truth) in seen.items()
            if truth == UP and visit.status == "completed" and reading.page_state != CHALLENGE
        ]
        assert {declared for _, declared in levels} == {"3", "4"}
        assert sum(said == declared for said, declared in levels) / len(levels) >= 0.95


def test_what_is_not_up_speaks_for_no_level(
    rounds: tuple[dict[str, Target], list[Seen]],
) -> None:
    targets, found = rounds
    for seen in found:
        for target_id, (visit, reading, truth) in seen.items():
            if truth == DOWN:
                said = _outcome(visit, reading)
                declared = targets[target_id].declared_level
                assert reading.level_seen is None
                assert not contradicts(declared, reading.level_seen, said)


def test_flaky_services_change_between_rounds(
    rounds: tuple[dict[str, Target], list[Seen]],
) -> None:
    first, second = rounds[1]
    changed = [t for t in first if _outcome(*first[t][:2]) != _outcome(*second[t][:2])]
    planted = [t for t in first if first[t][2] != second[t][2]]
    assert planted
    assert set(changed) <= set(planted)
    assert len(changed) >= 0.95 * len(planted)
