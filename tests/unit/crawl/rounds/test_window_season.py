"""What a season costs, how far a round is, and which web is visited."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.web import WebError, public_web, rehearsal_web, user_agent
from assets.crawl.model import Target, Visit
from assets.crawl.rounds.progress import Progress
from assets.crawl.rounds.season import due_on, fitted, round_seconds, season
from assets.crawl.rounds.window import shard_targets, site_of
from tests.farm.farm_web import target_table


def test_the_declared_season_is_that_of_the_mission() -> None:
    numbers = season()
    assert (numbers.rounds, numbers.weeks) == (6, 8)
    assert numbers.limits.gap_seconds >= 1
    assert numbers.limits.hosts_at_once <= 8


def test_rounds_are_spread_evenly() -> None:
    opened = date(2017, 2, 1)
    days = [due_on(opened, n, 6, 8) for n in range(1, 7)]
    assert days[0] == opened
    assert (days[-1] - opened).days == 46
    assert {(b - a).days for a, b in itertools.pairwise(days)} <= {9, 10}


def test_a_round_takes_as_long_as_its_busiest_host_at_least() -> None:
    numbers = season()
    each = numbers.gap_seconds + numbers.request_seconds
    assert round_seconds([1_374, *[1] * 80], numbers) == 1_374 * each
    assert round_seconds([100] * numbers.hosts_at_once * 3, numbers) == 300 * each
    assert round_seconds([], numbers) == 0


@given(st.lists(st.integers(0, 500), max_size=60))
def test_a_round_is_within_the_bounds_of_any_order(requests: list[int]) -> None:
    numbers = season()
    each = numbers.gap_seconds + numbers.request_seconds
    least = max([sum(requests) / numbers.hosts_at_once, *requests]) * each
    found = round_seconds(requests, numbers)
    assert least - 1e-6 <= found <= 2 * least + 1e-6


def test_the_budget_of_a_host_grows_with_its_targets() -> None:
    limits = Limits()
    many = fitted(limits, [f"http://a.vn/{n}" for n in range(1_374)])
    assert many.host_requests >= limits.host_requests + 1_374
    assert many.host_seconds > 1_374 * (limits.gap_seconds + 1)
    assert fitted(limits, []) == limits


def test_progress_counts_targets_rates_and_what_is_left() -> None:
    now = [0.0]
    said: list[str] = []
    targets = [
        Target("P-01", "portal", "P-01", "http://a.vn/"),
        Target("S-1", "service", "P-01", "http://b.vn/1"),
        Target("S-2", "service", "P-01", "http://b.vn/2"),
    ]
    progress = Progress(targets, season(), lambda: now[0], said.append, every_seconds=10)
    for target, status, at in zip(targets, ("completed", "dns", "robots"), (4, 8, 20), strict=True):
        now[0] = at
        progress.visited(target.target_id)
        progress.ended(target, Visit(target.url, status))
    assert said == [
        "1 of 1 portals, 2 of 2 services, 3 addresses visited, 0.1 a second; "
        "up 1, down 1, not measured 1"
    ]
    assert progress.seconds_left() == 0


def test_progress_says_how_long_it_will_take() -> None:
    targets = [Target("P-01", "portal", "P-01", "http://a.vn/")]
    progress = Progress(targets, season(), lambda: 0.0, print)
    each = season().gap_seconds + season().request_seconds
    assert progress.seconds_left() == season().pages_a_portal * each
    assert "about 65 s to go" in progress.line()


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("http://hanoi.gov.vn/", "hanoi.gov.vn"),
        ("https://dichvucong.hanoi.gov.vn/a?b", "hanoi.gov.vn"),
        ("http://www.vss.gov.vn", "vss.gov.vn"),
        ("http://mic.gov.vn:8080/x", "mic.gov.vn"),
        ("http://chinhphu.vn/", "chinhphu.vn"),
        ("http://a.b.gov.vn.test/", "b.gov.vn.test"),
        ("http://gov.vn/", "gov.vn"),
        ("", ""),
    ],
)
def test_hosts_beneath_one_registered_name_are_one_site(url: str, site: str) -> None:
    assert site_of(url) == site


def test_shards_cut_the_targets_without_cutting_a_site() -> None:
    targets = [
        Target(f"S-{n}", "service", "P-01", f"http://x{n % 3}.s{n % 17}.gov.vn/{n}",
               service_code=f"S-{n}", declared_level="3")
        for n in range(200)
    ]  # fmt: skip
    table = target_table(targets)
    parts = [shard_targets(table, shard, 4) for shard in range(1, 5)]
    assert sorted(t.target_id for part in parts for t in part) == sorted(
        t.target_id for t in targets
    )
    sites = [{site_of(t.url) for t in part} for part in parts]
    assert sum(map(len, sites)) == len(set().union(*sites)) == 17


@pytest.mark.parametrize("contact", ["", "nobody", "ftp://x", "http://"])
def test_nobody_is_visited_without_a_contact(contact: str) -> None:
    with pytest.raises(WebError, match="EGOV_CRAWLER_CONTACT"):
        public_web(contact, Limits())


def test_the_name_of_visits_says_who_and_where() -> None:
    assert user_agent("https://ministry.example/crawler").startswith("egov-index/")
    assert "(+crawler@ministry.example)" in user_agent("crawler@ministry.example")
    assert public_web("crawler@ministry.example", Limits()).is_synthetic is False


@pytest.mark.parametrize(
    ("declared", "why"),
    [
        ({"hosts": {}, "networks": [], "ports": [], "more": 1}, "unknown keys more"),
        ({"hosts": {}, "networks": []}, "ports"),
        ({"hosts": {}, "networks": ["x"], "ports": []}, "x"),
        ({"hosts": {}, "networks": [], "ports": [], "limits": {"speed": 9}}, "speed"),
        ({"hosts": {}, "networks": [], "ports": [], "limits": {"gap_seconds": 0}}, "gap_seconds"),
    ],
)
def test_a_rehearsal_at_fault_is_named(tmp_path: Path, declared: object, why: str) -> None:
    path = tmp_path / "web.json"
    path.write_text(json.dumps(declared), "utf-8")
    with pytest.raises(WebError, match=why) as told:
        rehearsal_web(path, Limits())
    assert "web.json" in str(told.value)
    with pytest.raises(WebError, match=r"none\.json"):
        rehearsal_web(tmp_path / "none.json", Limits())


def test_what_a_rehearsal_brings_is_synthetic(tmp_path: Path) -> None:
    path = tmp_path / "web.json"
    path.write_text(json.dumps({"hosts": {}, "networks": [], "ports": []}), "utf-8")
    assert rehearsal_web(path, Limits()).is_synthetic
