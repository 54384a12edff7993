"""What the explorer is made from: promoted versions that belong together.

Belongs here: which years can be shown, and why others cannot. A year is shown if its sealed
release says what the panel says of it; otherwise figures and history of the page would differ.
Raw texts are looked up by hash of the file and line, so that those of another file never match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from assets import registry
from assets.lake import RELEASE, Lake, LakeError, Version, promoted
from assets.release.tablefiles import public_name
from assets.years import YEARS

#: Ingest tables that hold the raw text behind printed figures.
RAW_TEXTS: dict[str, tuple[str, ...]] = {
    "reports": ("raw_report_cells", "raw_corrections"),
    "history": ("raw_history_values",),
    "bodies": ("raw_bodies",),
}

#: Release tables that the page reads; a sealed release of an older program may lack others.
RELEASE_TABLES = (
    "rel_published_values",
    "rel_ranks",
    "rel_reconciliation",
    "rel_sources",
    "rel_service_counts",
    "rel_case_counts",
    "rel_websites",
    "rel_scores",
    "rel_observations",
    "rel_portal_checks",
    "rel_target_uptime",
    "rel_service_totals",
    "rel_service_ranks",
)

#: What a figure is told by.
FIGURE = (
    "index_code", "universe", "category", "body_code", "value_key", "published_rank",
    "published_value", "value_status",
)  # fmt: skip

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Inputs:
    """Tables by name: of the panel, of the analysis, and of each year shown (release and raw
    texts). `left_out` maps a year of the panel that is not shown to the reason, a code of
    `labels.yaml`. `hashes` names what all this is from, as a manifest does."""

    panel: Tables
    analysis: Tables
    years: Mapping[str, Tables]
    vintages: Mapping[str, str]
    left_out: Mapping[str, str]
    hashes: Mapping[str, str]


def gather(lake: Lake, panel: Version, analysis: Version) -> Inputs:
    """The promoted tables that belong to the given panel and analysis."""
    years: dict[str, Tables] = {}
    vintages: dict[str, str] = {}
    left_out: dict[str, str] = {}
    hashes = {"panel": panel.content_sha256, "analysis": analysis.content_sha256}
    tables = _unit(panel)
    for year in YEARS:
        if f"marts {year}" not in panel.manifest["inputs"]:
            continue
        release = promoted(lake, RELEASE, year)
        if release is None:
            left_out[year] = "no_release"
            continue
        published = _release(release)
        if not says_the_same(tables["pnl_value_history"], published, int(year)):
            left_out[year] = "release_says_otherwise"
            continue
        years[year] = {**published, **_raw(lake, year)}
        vintages[year] = release.path.name
        hashes[f"{RELEASE} {year}"] = release.content_sha256
        hashes |= {f"{unit} {year}": _held(lake, unit, year).content_sha256 for unit in RAW_TEXTS}
    return Inputs(tables, _unit(analysis), years, vintages, left_out, hashes)


def says_the_same(history: pa.Table, release: Tables, year: int) -> bool:
    """Whether every figure of the year in the panel is in its release, with rank and value."""
    published = _figures(release["rel_published_values"])
    return _figures(history.filter(pc.field("assessment_year") == year)) <= published


def _figures(table: pa.Table) -> set[tuple[object, ...]]:
    return set(zip(*(table[name].to_pylist() for name in FIGURE), strict=True))


def _unit(version: Version) -> dict[str, pa.Table]:
    return {table.name: version.table(table.name) for table in registry.tables(unit=version.unit)}


def _release(version: Version) -> dict[str, pa.Table]:
    return {name: version.table(public_name(registry.table(name))) for name in RELEASE_TABLES}


def _raw(lake: Lake, year: str) -> dict[str, pa.Table]:
    return {
        name: _held(lake, unit, year).table(name)
        for unit, names in RAW_TEXTS.items()
        for name in names
    }


def _held(lake: Lake, unit: str, year: str) -> Version:
    """The promoted sources of a year that has marts. LakeError if they are gone."""
    version = promoted(lake, unit, year)
    if version is None:
        raise LakeError(f"{unit} {year} is not in the lake any more; build {year} again")
    return version
