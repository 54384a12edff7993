"""Fault test N1: every case ends with the status listed, and no trap is ever reached."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from fault_cases import CASES, COUNTS, Case
from fault_net import LIMITS, QUICK, Net, page

from assets.crawl.fetch.politeness import Crawler
from assets.crawl.model import Visit


async def _visit(case: Case) -> tuple[Visit, Net]:
    is_slow = case.group == "slow" or case.name == "silent"
    async with Net(QUICK if is_slow else LIMITS) as net:
        url = await case.build(net)
        client = net.client()
        if case.group == "robots":
            return await Crawler(client).fetch(url), net
        return await client.fetch(url), net


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}-{case.name}")
def test_a_fault_ends_with_its_status(case: Case) -> None:
    visit, net = asyncio.run(_visit(case))
    assert (visit.status, net.trapped) == (case.status, []), visit.detail
    assert case.says in visit.detail
    assert len(visit.body) <= net.limits.body_bytes
    if case.group == "ssrf":
        assert net.connections == 0
    if case.group == "robots" and case.status == "robots":
        assert {asked.path for asked in net.log} == {"/robots.txt"}


def test_every_case_of_the_plan_is_there() -> None:
    assert Counter(case.group for case in CASES) == COUNTS
    assert sum(COUNTS.values()) == len({(case.group, case.name) for case in CASES}) == 44


def test_the_traps_work() -> None:
    """A trap that cannot be sprung would prove nothing."""

    async def spring() -> list[str]:
        async with Net() as net:
            port = await net.serve(page())
            for address in ("127.0.0.2", "::1"):
                _, writer = await asyncio.open_connection(address, port)
                writer.close()
            _, writer = await asyncio.open_connection("127.0.0.1", net.closed_port)
            writer.close()
            await asyncio.sleep(0.05)
            return net.trapped

    assert sorted(asyncio.run(spring())) == ["127.0.0.2", "::1", "closed port"]
