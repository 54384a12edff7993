"""What the integration tests share: the parsed project, the definitions, a built empty year."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from graph_snapshot import load_definitions

from assets import registry
from assets.warehouse.build import NodeResult, build
from assets.warehouse.database import create
from assets.warehouse.project import ParsedProject, parsed_project


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where what is derived from the code is kept, as under a lake."""
    return tmp_path_factory.mktemp("integration")


@pytest.fixture(scope="session")
def parsed(cache: Path) -> ParsedProject:
    """The dbt project as it is now, unit tests included."""
    return parsed_project(cache / "cache")


@pytest.fixture(scope="session")
def definitions(cache: Path) -> dg.Definitions:
    """The definitions that Dagster loads."""
    return load_definitions(cache)


@pytest.fixture(scope="session")
def empty_year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's database over raw tables without a row."""
    database = tmp_path_factory.mktemp("run") / "egov.duckdb"
    create(database, {table.name: [] for table in registry.tables(stage="ingest")})
    return database


@pytest.fixture(scope="session")
def built(parsed: ParsedProject, empty_year: Path) -> tuple[NodeResult, ...]:
    """What a yearly build did in that database."""
    return build(parsed, empty_year, select="egov.staging egov.indicators egov.index")
