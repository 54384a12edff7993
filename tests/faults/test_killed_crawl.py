"""A crawl that is killed at any moment goes on, ends with the same rows, and asks nobody twice.

The farm lives in the test's own process and outlives every kill; its log says what was asked.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lake_publisher import wait_for

from assets.crawl.evidence.journal import NAME, ROBOTS, Entry, entries_of
from tests.farm import TODAY, Farm
from tests.farm.farm_web import target_table, write_web

PROJECT = Path(__file__).parents[2]

#: What differs between two runs of the same round and says nothing of what was found.
OF_THE_MOMENT = ("_ms", "fetched_at", "captured_at", "attempts", "record_file", "window_code")
PORTALS, SERVICES = 12, 60

Asked = Counter[tuple[str, str, str]]


@dataclass
class Scene:
    """A farm with some of its targets, and the lake that a crawl of them writes to."""

    farm: Farm
    folder: Path

    def start(self, window: str) -> subprocess.Popen[str]:
        names = [self.folder / "lake", self.folder / "web.json", self.folder / "targets.parquet"]
        return subprocess.Popen(
            [sys.executable, "-m", "tests.crawl_child", *map(str, names), window, "1", f"{TODAY}"],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, window: str) -> None:
        """Go on with the window to its end."""
        child = self.start(window)
        said, _ = child.communicate(timeout=240)
        assert child.returncode == 0, said
        assert said.rstrip().endswith("done")

    def kill(self, window: str, requests: int, after: float) -> None:
        """Begin or go on with the window and kill it some seconds after the farm has seen so many
        requests in all."""
        child = self.start(window)
        wait_for(
            lambda: len(self.farm.log) >= requests or child.poll() is not None,
            f"{requests} requests",
            seconds=240,
        )
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert child.returncode in (-signal.SIGKILL, 0)

    def rows(self, window: str) -> list[dict[str, Any]]:
        """The document of results, without what is of the moment and without record ids."""
        (path,) = (self.folder / "lake/crawl/2016" / window / "results").glob("*.jsonl")
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [
            {k: v for k, v in row.items() if not k.endswith(OF_THE_MOMENT) and k != "record_id"}
            for row in rows
        ]

    def answered(self, window: str) -> list[tuple[str, str, str]]:
        """Addresses whose answer is in the journal, asked once and without redirects."""
        return [
            _address(entry.visit.url)
            for entry in self.journal(window)
            if not entry.visit.redirects and (entry.visit.attempts == 1 or entry.part == ROBOTS)
        ]

    def led_to(self, window: str) -> set[tuple[str, str, str]]:
        """Addresses that others redirect to: an interrupted visit to those asks here again."""
        return {
            _address(url)
            for entry in self.journal(window)
            if entry.visit.redirects
            for url in (*entry.visit.redirects[1:], entry.visit.final_url)
        }

    def journal(self, window: str) -> list[Entry]:
        path = self.folder / "lake/crawl/2016" / window / "shard-1-of-1" / NAME
        return list(entries_of(path)) if path.exists() else []

    def asked(self, since: int) -> Asked:
        """How often each address was asked for since a line of the farm's log."""
        return Counter((x.scheme, x.host, x.target) for x in self.farm.log[since:])


def _address(url: str) -> tuple[str, str, str]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, parts.hostname or "", path


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("killed-crawl")
    with Farm(seed=1) as farm:
        write_web(farm, folder / "web.json")
        targets = [*farm.targets()[::8][:PORTALS], *farm.service_targets()[:SERVICES]]
        pq.write_table(target_table(targets), folder / "targets.parquet")
        yield Scene(farm, folder)


def _killed(scene: Scene, window: str, chance: random.Random, times: int) -> int:
    """Kill a window at moments of its course, finish it, and hold it against one that was left
    alone; how many addresses had answered at the kills, all together."""
    since = len(scene.farm.log)
    scene.finish(f"{window}-whole")
    whole_asked, whole = scene.asked(since), scene.rows(f"{window}-whole")
    since = len(scene.farm.log)
    kills = []
    for share in sorted(chance.uniform(0, 1) for _ in range(times)):
        scene.kill(window, since + int(share * whole_asked.total()), chance.uniform(0, 0.3))
        kills.append((len(scene.farm.log), set(scene.answered(window))))
    scene.finish(window)
    assert scene.rows(window) == whole
    assert len(whole) > PORTALS * 27 + SERVICES
    led_to = scene.led_to(window)
    for at, answered in kills:
        asked_after = scene.asked(at)
        once = {a for a in answered - led_to if whole_asked[a] == 1}
        assert {a: asked_after[a] for a in once if asked_after[a]} == {}
    asked = scene.asked(since)
    # What was in flight when it was killed is asked again: a request at each of the hosts at work.
    extra = asked - whole_asked
    assert len({host for _, host, _ in extra}) <= 8 * times, extra
    return sum(len(answered) for _, answered in kills)


def test_a_killed_round_ends_with_the_same_rows_and_asks_nobody_twice(scene: Scene) -> None:
    seed = int(os.environ.get("EGOV_KILL_SEED", "1"))
    chance = random.Random(seed)  # noqa: S311 (moments of kills)
    assert _killed(scene, "ci", chance, 3) > 100


@pytest.mark.slow
def test_killed_at_twenty_random_moments(scene: Scene) -> None:
    seed = int(os.environ.get("EGOV_KILL_SEED", "0")) or random.SystemRandom().randrange(10**6)
    print(f"EGOV_KILL_SEED={seed}")
    chance = random.Random(seed)  # noqa: S311 (moments of kills)
    answered = [_killed(scene, f"k{n}", chance, 1) for n in range(20)]
    assert sum(count > 0 for count in answered) >= 5
    assert _killed(scene, "often", chance, 20) > 100
