"""Turns, budgets, waits and attempts, on a clock that only moves when told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from assets.crawl.fetch.client import Client, Gate, open_gate
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.politeness import Ask, Crawler, retry_after
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.model import Visit

NOW = datetime(2017, 2, 20, 8, 0, tzinfo=UTC)
LIMITS = Limits(gap_seconds=1.0, backoff_seconds=4.0)


class Time:
    """A clock that sleeping moves, and nothing else."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class Scripted(Client):
    """A client whose answers are given: by address, one after the other, the last for ever.

    Each request takes half a second. `asked` are time and address of the requests made.
    """

    def __init__(self, limits: Limits, time: Time, answers: dict[str, list[Visit]]) -> None:
        super().__init__(limits, Guard(), "egov-index/0.1 (+https://egov.vn.test)")
        self.time = time
        self.answers = answers
        self.asked: list[tuple[float, str]] = []

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        gate: Gate = open_gate,
    ) -> Visit:
        try:
            async with gate(self.guard.place(url, self.limits)):
                self.asked.append((self.time.seconds, url))
                self.time.seconds += 0.5
        except StopVisitError as stop:
            return Visit(url, stop.status, stop.detail)
        answers = self.answers.get(url, [answer("http-error", 404)])
        given = answers.pop(0) if len(answers) > 1 else answers[0]
        return replace(given, url=url, final_url=url, attempts=1)


def answer(status: str = "completed", code: int | None = 200, **headers: str) -> Visit:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return Visit("", status, http_status=code, headers=headers, body=b"x")


def robots(text: str) -> Visit:
    return replace(answer(), body=text.encode())


def crawl(
    answers: dict[str, list[Visit]], urls: Iterable[str], limits: Limits = LIMITS, seed: int = 0
) -> tuple[list[Visit], Scripted]:
    """Visit addresses one after the other."""
    time = Time()
    client = Scripted(limits, time, answers)
    crawler = Crawler(client, seed=seed, clock=time.clock, now=time.now, sleep=time.sleep)

    async def run() -> list[Visit]:
        return [await crawler.fetch(url) for url in urls]

    return asyncio.run(run()), client


A, B = "http://a.vn/", "http://b.vn/"


def test_the_gap_is_kept_for_each_host_robots_included() -> None:
    answers = {url: [answer()] for url in (A, f"{A}1", B)}
    visits, client = crawl(answers, [A, f"{A}1", B])
    assert [visit.status for visit in visits] == ["completed"] * 3
    assert client.asked == [
        (0.0, f"{A}robots.txt"),
        (1.5, A),
        (3.0, f"{A}1"),
        (3.5, f"{B}robots.txt"),
        (5.0, B),
    ]


def test_a_crawl_delay_widens_the_gap_up_to_its_limit() -> None:
    for said, gap in (("3", 3.0), ("0.1", 1.0), ("9999", 30.0)):
        answers = {
            f"{A}robots.txt": [robots(f"User-agent: *\nCrawl-delay: {said}")],
            A: [answer()],
        }
        _, client = crawl(answers, [A, A])
        times = [at for at, _ in client.asked]
        assert times[1] == pytest.approx(0.5 + gap)
        assert times[2] == pytest.approx(times[1] + 0.5 + gap)


def test_what_robots_forbids_is_not_asked_and_robots_is_read_once() -> None:
    answers = {f"{A}robots.txt": [robots("User-agent: *\nDisallow: /kin")], A: [answer()]}
    visits, client = crawl(answers, [f"{A}kin", A, f"{A}kin/2"])
    assert [visit.status for visit in visits] == ["robots", "completed", "robots"]
    assert [visit.attempts for visit in visits] == [0, 1, 0]
    assert [url for _, url in client.asked] == [f"{A}robots.txt", A]


def test_robots_is_read_again_when_it_is_old() -> None:
    limits = replace(LIMITS, robots_seconds=10.0, gap_seconds=6.0)
    _, client = crawl({A: [answer()]}, [A, A, A], limits)
    assert [url for _, url in client.asked].count(f"{A}robots.txt") == 2
    assert Limits().robots_seconds <= 24 * 3_600


@pytest.mark.parametrize("status", ["reset", "refused", "timeout", "empty", "our-fault"])
def test_a_fault_that_may_pass_is_tried_again(status: str) -> None:
    visits, client = crawl({A: [answer(status, None), answer()]}, [A])
    assert (visits[0].status, visits[0].attempts) == ("completed", 2)
    between = client.asked[2][0] - client.asked[1][0] - 0.5
    assert 3.0 <= between <= 5.0


@pytest.mark.parametrize(
    ("status", "code", "attempts"),
    [
        ("http-error", 503, 3),
        ("http-error", 404, 1),
        ("blocked-suspected", 403, 1),
        ("blocked-suspected", 429, 3),
        ("tls-invalid", None, 1),
        ("parse-error", 200, 1),
    ],
)
def test_attempts_are_made_only_where_they_make_sense(
    status: str, code: int | None, attempts: int
) -> None:
    visits, client = crawl({A: [answer(status, code)]}, [A])
    assert (visits[0].status, visits[0].attempts) == (status, attempts)
    assert [url for _, url in client.asked].count(A) == attempts


def test_waits_between_attempts_grow_and_follow_the_seed() -> None:
    def waits(seed: int) -> list[float]:
        _, client = crawl({A: [answer("reset", None)]}, [A], seed=seed)
        times = [at for at, url in client.asked if url == A]
        return [round(b - a - 0.5, 6) for a, b in pairwise(times)]

    assert waits(1) == waits(1) != waits(2)
    for first, second in (waits(1), waits(2)):
        assert 3.0 <= first <= 5.0
        assert 6.0 <= second <= 10.0


def test_a_wait_asked_for_is_kept_by_all_requests_to_the_host() -> None:
    busy = answer("http-error", 503, retry_after="60")
    visits, client = crawl({A: [busy, answer()], f"{A}1": [answer()]}, [A, f"{A}1"])
    assert [visit.status for visit in visits] == ["completed", "completed"]
    first, again = (at for at, url in client.asked if url == A)
    assert again - first == pytest.approx(60.5)


def test_a_wait_beyond_the_limit_ends_visits_to_the_host_only() -> None:
    busy = answer("blocked-suspected", 429, retry_after="7200")
    visits, client = crawl({A: [busy], B: [answer()]}, [A, f"{A}1", B])
    assert [visit.status for visit in visits] == ["blocked-suspected", "budget", "completed"]
    assert "asks to wait for 7200 s" in visits[1].detail
    assert [url for _, url in client.asked].count(A) == 1


def test_the_budget_of_requests_is_kept() -> None:
    limits = replace(LIMITS, host_requests=3)
    visits, client = crawl({A: [answer()], B: [answer()]}, [A, A, A, B], limits)
    assert [visit.status for visit in visits] == ["completed", "completed", "budget", "completed"]
    assert sum(url.startswith(A) for _, url in client.asked) == 3
    assert visits[2].attempts == 0


def test_the_budget_of_time_is_kept() -> None:
    limits = replace(LIMITS, host_seconds=4.0)
    visits, _ = crawl({A: [answer()]}, [A] * 5, limits)
    assert [visit.status for visit in visits] == ["completed"] * 2 + ["budget"] * 3


def test_a_fault_seen_is_told_although_the_budget_ends_before_the_next_attempt() -> None:
    limits = replace(LIMITS, host_requests=2)
    visits, _ = crawl({A: [answer("reset", None)]}, [A], limits)
    assert (visits[0].status, visits[0].attempts) == ("reset", 1)


def test_a_run_calls_back_once_for_each_address_and_takes_more() -> None:
    limits = replace(LIMITS, hosts_at_once=2)
    time = Time()
    urls = {f"{n}": f"http://h{n}.vn/" for n in range(5)}
    client = Scripted(limits, time, {url: [answer()] for url in urls.values()})
    seen: list[tuple[str, str]] = []

    async def done(key: str, visit: Visit) -> list[Ask]:
        seen.append((key, visit.status))
        if key in urls:
            more = [Ask(f"{key}+", f"{urls[key]}x")]
            return [*more, Ask("moi", "http://moi.vn/")] if key == "0" else more
        return []

    asks = [Ask(key, url) for key, url in urls.items()]
    asks.append(Ask("bad", "ftp://a.vn/"))
    asyncio.run(Crawler(client, clock=time.clock, sleep=time.sleep).run(asks, done))
    assert sorted(seen) == sorted(
        [(key, "completed") for key in urls]
        + [(f"{key}+", "http-error") for key in urls]
        + [("bad", "not-attempted"), ("moi", "http-error")]
    )


def test_an_error_of_the_caller_ends_the_run() -> None:
    time = Time()

    async def done(key: str, visit: Visit) -> list[Ask]:
        raise KeyError(key)

    crawler = Crawler(Scripted(LIMITS, time, {}), clock=time.clock, sleep=time.sleep)
    with pytest.raises(ExceptionGroup) as errors:
        asyncio.run(crawler.run([Ask("a", A)], done))
    assert isinstance(errors.value.exceptions[0], KeyError)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 20 Feb 2017 08:01:30 GMT", 90.0),
        ("Mon, 20 Feb 2017 07:00:00 GMT", 0.0),
        ("Mon, 20 Feb 2017 15:01:00 +0700", 60.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("１２", None),
        ("9" * 400, 999_999_999.0),
        ("Mon, 99 Feb 2017 08:01:30 GMT", None),
    ],
)
def test_a_wait_asked_for_is_read(said: str, seconds: float | None) -> None:
    assert retry_after(answer("http-error", 503, retry_after=said), NOW) == seconds
    assert retry_after(answer("completed", 200, retry_after=said), NOW) is None


def test_limits_are_above_zero() -> None:
    with pytest.raises(ValueError, match="gap_seconds is not above zero"):
        Limits(gap_seconds=0)


@pytest.mark.parametrize(
    "agent", ["egov-index/0.1", "Mozilla/5.0 (X11; Linux)", "egov (+https://a.vn)", ""]
)
def test_a_visitor_says_who_it_is_and_where_to_complain(agent: str) -> None:
    with pytest.raises(ValueError, match="where to complain"):
        Client(LIMITS, Guard(), agent)


def test_a_mailbox_is_a_contact_too() -> None:
    assert Client(LIMITS, Guard(), "egov-index/0.1 (crawl@egov.vn.test)").product == "egov-index"
