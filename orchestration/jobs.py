"""Jobs: a year, the panel and the analysis, a round of visits; and the schedule of the season of
visits.

A year is one run; panel and analysis run once after. Visits are no part of a year: what they find
is taken in, and the next run of the year reads it.
"""

from __future__ import annotations

from datetime import datetime

import dagster as dg

from assets import registry
from assets.assetspec import key_of
from assets.crawl.rounds.season import season
from assets.crawl.window_asset import CRAWL_WINDOW
from assets.years import YEARS

# A year never visits anybody: what visits found comes in as files.
marts_selection = dg.AssetSelection.groups("ingest", "staging", "indicators", "index")
year_selection = marts_selection | dg.AssetSelection.groups("release")
panel_selection = dg.AssetSelection.groups("panel", "analysis", "explorer")

year_job = dg.define_asset_job(
    "one_year",
    selection=year_selection,
    description="One year end to end: sources to gated marts and a sealed release.",
)

marts_job = dg.define_asset_job(
    "one_year_unreleased",
    selection=marts_selection,
    description="One year from sources to gated marts, without a release: synthetic years, and "
    "years as they were known on a day.",
)

panel_job = dg.define_asset_job(
    "all_years",
    selection=panel_selection,
    description="All years side by side, from the promoted marts of every year, their analysis "
    "beside the official results, and the explorer.",
)

#: What the list of targets is made from, and the list.
UNITS_OF_TARGETS = ("intake", "reports", "history", "bodies", "targets")

crawl_job = dg.define_asset_job(
    "crawl_round",
    selection=dg.AssetSelection.assets(
        CRAWL_WINDOW,
        *(key_of(table.name) for unit in UNITS_OF_TARGETS for table in registry.tables(unit=unit)),
    ),
    description="The targets of a year, then one round of visits to them: the round that is due, "
    "or the one that was broken off. Needs a contact (EGOV_CRAWLER_CONTACT) or a rehearsal.",
)


@dg.schedule(
    name="crawl_season",
    job=crawl_job,
    cron_schedule=season().at,
    execution_timezone=season().time_zone,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every evening of the season: goes on with the round that is due. Off by default.",
)
def crawl_season(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A run for the year before the season's; skipped if the warehouse does not know that year."""
    evening: datetime = context.scheduled_execution_time
    assessed = str(evening.year - 1)
    if assessed not in YEARS:
        return dg.SkipReason(f"{assessed} is not among the years of the warehouse (assets/years)")
    return dg.RunRequest(run_key=f"{evening:%Y-%m-%d}", partition_key=assessed)
