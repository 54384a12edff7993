"""Politeness proved from the servers' log: one request in flight and a gap for each host, few
hosts at once, robots.txt obeyed, waits kept."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from fault_net import LIMITS, QUICK, Answer, Asked, Net, page, paths, redirect, server_tls

from assets.crawl.fetch.politeness import Ask, Crawler
from assets.crawl.model import Visit

#: The server stamps the end of an answer a moment after the visitor can have read it.
STAMP_SECONDS = 0.005


def violations(log: Sequence[Asked], gap_seconds: float) -> list[str]:
    """Pairs of requests to one host that were side by side or too close."""
    by_host: dict[str, list[Asked]] = defaultdict(list)
    for asked in sorted(log, key=lambda asked: asked.began):
        by_host[asked.host].append(asked)
    found = []
    for host, requests in by_host.items():
        for first, second in pairwise(requests):
            gap = second.began - first.ended
            if gap < gap_seconds - STAMP_SECONDS:
                found.append(f"{host}: {first.path} then {second.path} after {gap:.3f} s")
    return found


def most_at_once(log: Sequence[Asked]) -> int:
    return max(sum(a.began <= b.began < a.ended for a in log) for b in log)


def once(first: Answer, then: Answer) -> Answer:
    """One answer the first time, another one after."""
    asked_before = False

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        nonlocal asked_before
        at, asked_before = (then if asked_before else first), True
        await at(asked, writer)

    return answer


async def _crawl(net: Net) -> tuple[dict[str, Visit], list[Asked]]:
    slow = page("Tin tức", delay=0.03)
    site = {"/": slow, "/a": slow, "/b": slow, "/kín": slow, "/go": page()}
    asks = []
    ports: list[int] = []
    for number in range(6):
        name = f"h{number}.vn"
        here = dict(site)
        if number == 1:
            here["/robots.txt"] = page("User-agent: *\nCrawl-delay: 0.15\nDisallow: /b\n")
        if number == 2:
            busy = page("", 503, ["Retry-After: 1"])
            here["/a"] = once(busy, page())
        if number == 3:
            here["/go"] = redirect(f"http://h1.vn:{ports[1]}/b")
            here["/b"] = redirect("/a")
        port = await net.serve(paths(here), name)
        ports.append(port)
        asks += [Ask(f"{number}{path}", f"http://{name}:{port}{path}") for path in ("/", "/b")]
        if number == 4:
            secure = await net.serve(paths(here), name, tls=server_tls("valid", name))
            asks.append(Ask("4s/", f"https://{name}:{secure}/"))
    visits: dict[str, Visit] = {}

    async def done(key: str, visit: Visit) -> Iterable[Ask]:
        visits[key] = visit
        if key.endswith("/") and key != "4s/":
            return [Ask(key + path, visit.url + path) for path in ("a", "go")]
        return []

    await Crawler(net.client()).run(asks, done)
    return visits, net.log


def test_a_crawl_of_many_hosts_is_polite() -> None:
    limits = replace(LIMITS, hosts_at_once=3, attempts=2)

    async def crawl() -> tuple[dict[str, Visit], list[Asked]]:
        async with Net(limits) as net:
            found = await _crawl(net)
            assert net.trapped == []
            return found

    visits, log = asyncio.run(crawl())
    assert len(visits) == 6 * 4 + 1
    statuses = {key: visit.status for key, visit in visits.items()}
    # h1 forbids /b, also to who is led there from h3.
    refused = {"1/b", "3/go"}
    assert {key for key, status in statuses.items() if status == "robots"} == refused
    assert all(s == "completed" for key, s in statuses.items() if key not in refused), statuses
    assert visits["2/a"].attempts == 2

    assert violations(log, limits.gap_seconds) == []
    assert violations([a for a in log if a.host == "h1.vn"], 0.15) == []
    again = [asked for asked in log if (asked.host, asked.path) == ("h2.vn", "/a")]
    assert again[1].began - again[0].ended >= 1.0 - STAMP_SECONDS
    assert 1 < most_at_once(log) <= 3

    asked_for = [(asked.host, asked.path) for asked in log]
    assert ("h1.vn", "/b") not in asked_for
    for number in range(6):
        first = next(path for host, path in asked_for if host == f"h{number}.vn")
        assert first == "/robots.txt"
        expected = 2 if number == 4 else 1  # one for each scheme and port
        assert asked_for.count((f"h{number}.vn", "/robots.txt")) == expected


def test_requests_to_one_host_take_turns_wherever_they_come_from() -> None:
    async def rush() -> list[Asked]:
        async with Net() as net:
            two = await net.serve(page(delay=0.03), "hai.vn")
            on = redirect(f"http://hai.vn:{two}/")
            one = await net.serve(paths({"/": on}), "mot.vn")
            crawler = Crawler(net.client())
            urls = [f"http://hai.vn:{two}/", f"http://mot.vn:{one}/"] * 2
            visits = await asyncio.gather(*(crawler.fetch(url) for url in urls))
            assert [visit.status for visit in visits] == ["completed"] * 4
            return net.log

    log = asyncio.run(rush())
    assert violations(log, LIMITS.gap_seconds) == []
    assert [asked.host for asked in log].count("hai.vn") == 1 + 4


def test_the_log_shows_impolite_visits() -> None:
    """The same reading of the log finds fault with a client without turns."""

    async def rush() -> list[Asked]:
        async with Net() as net:
            url = f"http://mot.vn:{await net.serve(page(delay=0.03), 'mot.vn')}/"
            client = net.client()
            await asyncio.gather(client.fetch(url), client.fetch(url))
            await client.fetch(url)
            return net.log

    # A gap of a minute: however slow the machine, each visit comes too soon after the one before.
    assert len(violations(asyncio.run(rush()), 60.0)) == 2


def test_a_silent_host_is_given_up_at_robots() -> None:
    """Nothing is asked beyond robots.txt, in all attempts; a dead host is down, not forbidden."""

    async def crawl() -> tuple[list[Visit], list[Asked]]:
        async with Net(replace(QUICK, attempts=2)) as net:
            hung = await net.serve(page(delay=5), "treo.vn")
            net.names["chet.vn"] = ["127.0.0.1"]
            dead = await net.unused_port()
            urls = [
                f"http://treo.vn:{hung}/",
                f"http://chet.vn:{dead}/",
                f"http://khong.vn:{dead}/",
            ]
            crawler = Crawler(net.client())
            return [await crawler.fetch(url) for url in urls], net.log

    visits, log = asyncio.run(crawl())
    assert [visit.status for visit in visits] == ["robots", "refused", "dns"]
    assert [asked.path for asked in log] == ["/robots.txt"] * 2
    assert all(visit.detail.startswith("robots.txt: ") for visit in visits)
