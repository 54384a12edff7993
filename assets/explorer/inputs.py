"""What the explorer is made from: promoted versions that belong together.

Belongs here: which years can be shown, and why others cannot. A year is shown if its sealed
release was made from the very marts that the panel read; otherwise figures and history of the
page would not be of one making.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from assets import registry
from assets.lake import RELEASE, Lake, Version, promoted
from assets.release.package import public_name
from assets.years import YEARS

#: Ingest tables that hold the raw text behind printed figures.
RAW_TEXTS: dict[str, tuple[str, ...]] = {
    "reports": ("raw_report_cells", "raw_corrections"),
    "history": ("raw_history_values",),
    "bodies": ("raw_bodies",),
}

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
    for year in YEARS:
        marts = panel.manifest["inputs"].get(f"marts {year}")
        if marts is None:
            continue
        release = promoted(lake, RELEASE, year)
        raw = {unit: promoted(lake, unit, year) for unit in RAW_TEXTS}
        if release is None:
            left_out[year] = "no_release"
        elif release.manifest["inputs"].get("marts") != marts:
            left_out[year] = "release_of_other_marts"
        elif any(
            version is None or version.content_sha256 != release.manifest["inputs"].get(unit)
            for unit, version in raw.items()
        ):
            left_out[year] = "release_of_other_sources"
        else:
            held = {unit: version for unit, version in raw.items() if version is not None}
            years[year] = {**_release(release), **_raw(held)}
            vintages[year] = release.path.name
            hashes[f"{RELEASE} {year}"] = release.content_sha256
    return Inputs(
        panel=_unit(panel),
        analysis=_unit(analysis),
        years=years,
        vintages=vintages,
        left_out=left_out,
        hashes=hashes,
    )


def _unit(version: Version) -> dict[str, pa.Table]:
    return {table.name: version.table(table.name) for table in registry.tables(unit=version.unit)}


def _release(version: Version) -> dict[str, pa.Table]:
    return {
        table.name: version.table(public_name(table)) for table in registry.tables(unit=RELEASE)
    }


def _raw(versions: Mapping[str, Version]) -> dict[str, pa.Table]:
    return {name: versions[unit].table(name) for unit, names in RAW_TEXTS.items() for name in names}
