"""Dagster asset of the unit `analysis`: once after the panel, over all years held. Thin."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from assets import registry
from assets.analysis.crosswalk import Body
from assets.analysis.tables import UNIT, Figures, analysis_tables
from assets.assetspec import describe, key_of
from assets.entities.assets import read_catalogue
from assets.lake import Lake, Version, version_with
from assets.method.load import find_method, methods
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    require,
)
from assets.years import YEARS

KEY = "all"

#: What each table is made from.
_LISTS = ("idx_published_values", "idx_scores", "pnl_coverage", "raw_method_nodes")
_CHANGES = (*_LISTS, "pnl_rank_changes", "ind_observations")
DEPS = {
    "ana_score_changes": _CHANGES,
    "ana_rank_changes": (*_CHANGES, "raw_bodies"),
    "ana_body_summaries": (*_CHANGES, "idx_ranks", "raw_bodies"),
    "ana_rank_intervals": _LISTS,
    "ana_leave_one_out": _LISTS,
    "ana_dominance": _LISTS,
    "ana_audit": _LISTS,
    "ana_universe_ranks": ("idx_published_values", "pnl_coverage", "raw_intake_files"),
}


def read_figures(lake: Lake) -> tuple[Figures, dict[str, str]]:
    """The figures of every year in the panel, and the hashes of what they were read from.

    They are of exactly the marts that the panel was made from, even if a run beside this one has
    promoted newer ones by now: two states of the warehouse are never mixed. dg.Failure if there
    is no panel, or its marts are gone.
    """
    panel = require(lake, "panel", KEY)
    years = {}
    for year in YEARS:
        made_from = panel.manifest["inputs"].get(f"marts {year}")
        if made_from is not None:
            years[year] = _marts(lake, year, made_from)
    inputs = {f"marts {year}": marts.content_sha256 for year, marts in years.items()}
    newest = max(years)
    catalogue = read_catalogue(lake, newest).bodies
    bodies = [Body(b.body_code, b.name_vi, b.block, b.successor_code) for b in catalogue]
    figures = Figures(
        published_values=_rows(years, "idx_published_values"),
        ranks=_rows(years, "idx_ranks"),
        scores=_rows(years, "idx_scores"),
        observations={int(year): marts.table("ind_observations") for year, marts in years.items()},
        coverage=panel.table("pnl_coverage").to_pylist(),
        rank_changes=panel.table("pnl_rank_changes").to_pylist(),
        bodies=bodies,
        bodies_en={body.body_code: body.name_en for body in catalogue},
    )
    used = {"panel": panel, f"intake {newest}": require(lake, "intake", newest)}
    return figures, {**inputs, **hashes(used), **{m.file: m.sha256 for m in methods()}}


def _marts(lake: Lake, year: str, content_sha256: str) -> Version:
    version = version_with(lake, "marts", year, content_sha256)
    if version is None:
        raise dg.Failure(
            description=f"the marts of {year} that the panel was made from are gone; build the "
            f"panel again first (egov run {year} does everything in order).",
            allow_retries=False,
        )
    return version


def _rows(years: Mapping[str, Version], name: str) -> list[dict[str, Any]]:
    def each() -> Iterator[dict[str, Any]]:
        for marts in years.values():
            yield from marts.table(name).to_pylist()

    return list(each())


@dg.multi_asset(
    name=UNIT,
    specs=[
        describe(table, deps=[key_of(name) for name in DEPS[table.name]]).replace_attributes(
            automation_condition=dg.AutomationCondition.any_deps_updated().allow(
                dg.AssetSelection.groups("panel")
            )
            & ~dg.AutomationCondition.in_progress()
        )
        for table in registry.tables(unit=UNIT)
    ],
    check_specs=gate_checks(UNIT),
)
def analysis(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Analyse every year held, beside the official results."""
    opened = lake.open()
    with open_stage(opened, UNIT, KEY, context) as stage:
        figures, inputs = read_figures(opened)
        tables = analysis_tables(figures, find_method)
        context.log.info(f"analysis: {sum(t.num_rows for t in tables.values())} rows")
        yield from gate_and_promote(context, Work(opened, UNIT, KEY, stage, inputs), tables)
