"""A round cut off after any line of its journal goes on to the very visits and rows of a whole one:
what is planned next follows from finished plans, not from which pages happened to come first."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from window_scene import Scene

from assets.crawl.campaign import Campaign
from assets.crawl.checks.rules import rules
from assets.crawl.evidence.journal import NAME, PAGE, entries_of
from assets.crawl.rounds import visiting
from assets.crawl.rounds.season import season
from assets.crawl.rounds.window import windows
from assets.lake import Lake
from tests.farm import Farm
from tests.farm.farm_web import target_table

WINDOW, SHARD = "crawl/2016/w1", "shard-1-of-1"
#: What differs between two runs of the same round and says nothing of what was found.
OF_THE_MOMENT = ("_ms", "fetched_at", "captured_at", "attempts", "record_file", "record_id")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Farm(seed=3) as farm:
        yield Scene(farm, tmp_path_factory.mktemp("whole"))


def pages(lake: Path) -> set[tuple[str, str]]:
    """The pages visited, with their target."""
    entries = entries_of(lake / WINDOW / SHARD / NAME)
    return {(entry.target_id, entry.visit.url) for entry in entries if entry.part == PAGE}


def rows(lake: Path) -> list[dict[str, Any]]:
    """The document of results, without what is of the moment."""
    (path,) = (lake / WINDOW / "results").glob("*.jsonl")
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [{k: v for k, v in x.items() if not k.endswith(OF_THE_MOMENT)} for x in lines]


def test_a_plan_is_finished_before_the_next_is_made(
    whole: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    (window,) = windows(whole.lake, 2016)
    one = visiting.Round(window, 1, 1, whole.web, rules(), season(), say=lambda line: None)
    with one:
        one._load()
        portal = next(t for t in one.targets.values() if len(one._pages[t.target_id]) > 4)
        made = dict(one._pages[portal.target_id])
        first, second, third, other = sorted(set(made) - {portal.url})[:4]
        plans = {
            frozenset({portal.url}): [first, second],
            frozenset({portal.url, first, second}): [third],
            frozenset({portal.url, first, second, third}): [],
        }
        monkeypatch.setattr(
            visiting, "plan", lambda visits, *_: plans.get(frozenset(visits), [other])
        )
        for held, left in (
            ({first}, [second]),
            ({second}, [first]),
            ({first, second}, [third]),
            ({first, second, third}, []),
        ):
            one._plans.clear()
            one._pages[portal.target_id] = {url: made[url] for url in (portal.url, *held)}
            assert one._planned(portal) == left


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_round_cut_off_makes_the_visits_of_a_whole_one(
    whole: Scene, tmp_path: Path, share: float
) -> None:
    root = tmp_path / "lake"
    shutil.copytree(whole.lake.root / WINDOW, root / WINDOW)
    shutil.rmtree(root / WINDOW / "results")
    journal = root / WINDOW / SHARD / NAME
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[: int(len(lines) * share)]))
    held = pages(root)
    assert held < pages(whole.lake.root)

    campaign = Campaign(Lake(root), whole.web, say=lambda line: None)
    assert campaign.make(whole.wanted, target_table(whole.targets)) is not None
    assert pages(root) == pages(whole.lake.root)
    assert rows(root) == rows(whole.lake.root)
