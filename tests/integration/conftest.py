"""The parsed dbt project, in a cache of the test session."""

from __future__ import annotations

import pytest

from assets.warehouse.project import ParsedProject, parsed_project


@pytest.fixture(scope="session")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> ParsedProject:
    """The project as it is now, unit tests included."""
    return parsed_project(tmp_path_factory.mktemp("cache"))
