"""What the Spark tests share: one year built on both engines, and the time they took.

One Spark runs in this process for all of them; it ends with the process.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from spark_year import Built, Sources, ingested, two_years, with_random_blocks

from assets.warehouse.assets import PANEL_SELECT, YEARLY_SELECT
from assets.warehouse.build import build
from assets.warehouse.database import MARTS_SCHEMA, create
from assets.warehouse.project import ParsedProject, parsed_project

_started = time.monotonic()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how long the tests of both engines took."""
    terminalreporter.write_line(f"both engines: {time.monotonic() - _started:.0f} s")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this session keeps its lake, runs and parsed projects."""
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="session")
def projects(folder: Path) -> dict[str, ParsedProject]:
    """The dbt project as each engine sees it."""
    return {
        engine: parsed_project(folder / "cache", engine=engine)
        for engine in ("duckdb", "spark_local")
    }


@pytest.fixture(scope="session")
def sources(folder: Path) -> Sources:
    """2016 and random blocks, as raw tables."""
    return with_random_blocks(ingested(folder / "lake"), folder)


@pytest.fixture(scope="session")
def on_duckdb(projects: dict[str, ParsedProject], sources: Sources, folder: Path) -> Built:
    """The year on DuckDB."""
    database = folder / "duckdb" / "egov.duckdb"
    database.parent.mkdir()
    create(database, sources)
    return Built(database, build(projects["duckdb"], database, select=YEARLY_SELECT))


@pytest.fixture(scope="session")
def on_spark(projects: dict[str, ParsedProject], sources: Sources, folder: Path) -> Built:
    """The same year on Spark, the unit tests of the SQL among it."""
    from assets.warehouse.spark import build_on_spark

    database = folder / "run-2016" / "egov.duckdb"
    database.parent.mkdir()
    results = build_on_spark(
        projects["spark_local"], database, sources, select=YEARLY_SELECT, unit_tests=True
    )
    return Built(database, results)


@pytest.fixture(scope="session")
def panels(projects: dict[str, ParsedProject], on_duckdb: Built, folder: Path) -> dict[str, Built]:
    """The panel on both engines over two years: 2016, and what the next might have been."""
    from assets.warehouse.spark import build_on_spark

    marts = two_years(on_duckdb.database, folder)
    built = {}
    for engine, project in projects.items():
        database = folder / f"panel-{engine}" / "egov.duckdb"
        database.parent.mkdir()
        if project.on_spark:
            results = build_on_spark(project, database, marts, select=PANEL_SELECT, unit_tests=True)
        else:
            create(database, marts, schema=MARTS_SCHEMA)
            results = build(project, database, select=PANEL_SELECT)
        built[engine] = Built(database, results)
    return built
