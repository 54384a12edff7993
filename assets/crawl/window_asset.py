"""Dagster asset of crawl windows: one round of one shard, from targets to results taken in. Thin.

Not part of the yearly run, and in a group of its own, so that a year that is selected as a whole
in the UI visits nobody: visits are made in their season, by the job `crawl_round`, its schedule or
`egov crawl run`. What they found comes into a year like any other file received.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from assets.assetspec import key_of, yearly
from assets.crawl.campaign import Campaign, Wanted
from assets.crawl.fetch.statuses import outcome, statuses
from assets.crawl.fetch.web import Web, WebError, public_web, rehearsal_web
from assets.crawl.rounds.season import season
from assets.crawl.rounds.window import WindowError
from assets.lake.errors import LakeError
from assets.publication import LakeResource, require, text_table

TARGETS = "raw_crawl_targets"

CRAWL_WINDOW = dg.AssetKey(["visits", "crawl_window"])


class WebResource(dg.ConfigurableResource[Any]):
    """The web that is visited: the public internet under the name of a contact, or a rehearsal."""

    contact: str = ""
    rehearsal: str = ""

    def open(self) -> Web:
        """WebError if neither is given, or the rehearsal's file is at fault."""
        if self.rehearsal:
            return rehearsal_web(Path(self.rehearsal), season().limits)
        return public_web(self.contact, season().limits)


class RoundConfig(dg.Config):
    """Which round to make. Empty or 0: the year's own window, the round that is due.

    `rounds`, `weeks` and `shards` are for a window that is opened now; `day` is today if empty.
    """

    window_code: str = ""
    round_no: int = 0
    shard: int = 1
    rounds: int = season().rounds
    weeks: int = season().weeks
    shards: int = season().shards
    again: bool = False
    day: str = ""


@dg.asset(
    key=CRAWL_WINDOW,
    group_name="visits",
    owners=["team:warehouse"],
    kinds={"python", "warc"},
    deps=[key_of(TARGETS)],
    partitions_def=yearly,
    output_required=False,
    description="Visits to every portal and online service of the year: one round of a crawl "
    "window, gone on with where it stopped. What it found is taken into the intake as a document "
    "of results; the yearly run reads it from there.",
)
def crawl_window(
    context: dg.AssetExecutionContext,
    config: RoundConfig,
    lake: LakeResource,
    web: WebResource,
) -> Any:
    """Make a round of the year's window, or go on with it; nothing if no round is due."""
    opened = lake.open()
    year = context.partition_key
    targets = require(opened, "targets", year).table(TARGETS)
    wanted = Wanted(
        year=int(year),
        window_code=config.window_code or year,
        round_no=config.round_no or None,
        shard=config.shard,
        rounds=config.rounds,
        weeks=config.weeks,
        shards=config.shards,
        again=config.again,
        day=date.fromisoformat(config.day) if config.day else date.today(),
    )
    try:
        made = Campaign(opened, web.open(), say=context.log.info).make(wanted, targets)
    except (LakeError, WebError, WindowError) as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    if made is None:
        return
    yield dg.MaterializeResult(
        metadata={
            "window": made.window_code,
            "round": made.round_no,
            "visits": made.visits,
            "visits_a_second": round(made.visits / made.seconds, 2) if made.seconds else 0.0,
            "seconds": round(made.seconds, 1),
            "results": dg.MetadataValue.path(str(made.results)),
            "outcomes": outcome_table(made.outcomes),
        }
    )


def outcome_table(outcomes: Mapping[tuple[str, str], int]) -> dg.MetadataValue:
    """Targets by kind and status, as the UI shows them."""
    return text_table(
        ("targets", "outcome", "count", "status", "meaning"),
        [
            (kind, outcome(status), count, status, statuses()[status].en)
            for (kind, status), count in sorted(outcomes.items())
        ],
    )
