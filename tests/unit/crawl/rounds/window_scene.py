"""A lake in which one round of a window was made, at a small farm."""

from __future__ import annotations

import json
from pathlib import Path

from assets.crawl.campaign import Campaign, Made, Wanted
from assets.crawl.fetch.web import Web, rehearsal_web
from assets.crawl.rounds.season import season
from assets.lake import Lake
from tests.farm import TODAY, Farm
from tests.farm.farm_web import target_table, write_web

PORTALS, SERVICES = 3, 10


class Scene:
    """A lake in which one round of a window was made."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.lake = Lake(folder / "lake")
        self.web: Web = rehearsal_web(write_web(farm, folder / "web.json"), season().limits)
        self.targets = [*farm.targets()[:PORTALS], *farm.service_targets()[:SERVICES]]
        self.said: list[str] = []
        self.wanted = Wanted(
            year=2016, window_code="w1", round_no=None, shard=1, rounds=2, weeks=2, shards=1,
            day=TODAY,
        )  # fmt: skip
        self.made = self.make(self.wanted)

    def make(self, wanted: Wanted) -> Made | None:
        campaign = Campaign(self.lake, self.web, say=self.said.append)
        return campaign.make(wanted, target_table(self.targets))

    def lines(self) -> list[dict[str, object]]:
        assert self.made is not None
        return [json.loads(line) for line in self.made.results.read_text("utf-8").splitlines()]
