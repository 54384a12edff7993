"""The one Definitions object: assets, jobs, resources, executor.

Named by workspace.yaml, [tool.dg] and [tool.dagster] alike.
"""

from __future__ import annotations

import dagster as dg

from assets.analysis.assets import analysis
from assets.crawl.assets import crawl
from assets.crawl.targets.assets import targets
from assets.crawl.window_asset import WebResource, crawl_window
from assets.entities.assets import bodies
from assets.explorer.assets import explorer
from assets.intake import intake, source_documents
from assets.method.assets import method_files, methods
from assets.publication import LakeResource
from assets.release.assets import release
from assets.reports.assets import history, reports
from assets.services.cases.assets import cases
from assets.services.tables.assets import services
from assets.submissions.assets import submissions
from assets.warehouse.assets import marts_assets, panel_assets
from assets.warehouse.project import parsed_project
from orchestration.jobs import crawl_job, crawl_season, marts_job, panel_job, year_job
from orchestration.logs import plain_console
from orchestration.paths import crawler_contact, lake_root, rehearsal, sources_root


def build_definitions(**overrides: object) -> dg.Definitions:
    """The definitions of the warehouse; `overrides` replace resources by name (tests)."""
    parsed = parsed_project(lake_root() / "cache")
    return dg.Definitions(
        assets=[
            source_documents,
            method_files,
            intake,
            reports,
            history,
            bodies,
            methods,
            submissions,
            targets,
            crawl_window,
            crawl,
            services,
            cases,
            marts_assets(parsed),
            panel_assets(parsed),
            analysis,
            release,
            explorer,
        ],
        jobs=[year_job, marts_job, panel_job, crawl_job],
        schedules=[crawl_season],
        loggers={"console": plain_console},
        resources={
            "lake": LakeResource(root=str(lake_root()), sources=str(sources_root())),
            "web": WebResource(contact=crawler_contact(), rehearsal=rehearsal()),
            **overrides,
        },
        # One process a run: steps share imports and the parsed project, and a killed run
        # leaves no orphan that could still write.
        executor=dg.in_process_executor,
    )


defs = build_definitions()
