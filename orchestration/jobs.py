"""Jobs: one for a year, one for the panel. A year is one run; the panel runs once after."""

from __future__ import annotations

import dagster as dg

year_selection = dg.AssetSelection.groups("ingest", "staging", "indicators", "index", "release")
panel_selection = dg.AssetSelection.groups("panel")

year_job = dg.define_asset_job(
    "one_year",
    selection=year_selection,
    description="One year end to end: sources to gated marts and a sealed release.",
)

panel_job = dg.define_asset_job(
    "all_years",
    selection=panel_selection,
    description="All years side by side, from the promoted marts of every year.",
)
