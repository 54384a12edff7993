"""Jobs: one for a year, one for the panel. A year is one run; the panel runs once after."""

from __future__ import annotations

import dagster as dg

marts_selection = dg.AssetSelection.groups("ingest", "staging", "indicators", "index")
year_selection = marts_selection | dg.AssetSelection.groups("release")
panel_selection = dg.AssetSelection.groups("panel")

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
    description="All years side by side, from the promoted marts of every year.",
)
