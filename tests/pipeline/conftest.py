"""One year run end to end once, and copies of its lake for tests that go on from there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pipeline_run import SOURCES, YearRun, hashes, run_year


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearRun]:
    """2016 from the bundled sources, released. To be read, never written: see `lake_copy`."""
    root = tmp_path_factory.mktemp("released") / "lake"
    run = run_year(SOURCES, root)
    assert run.success, run.message
    before = hashes(root)
    yield run
    assert hashes(root) == before, "a test wrote into the lake that all tests share"


@pytest.fixture
def lake_copy(released: YearRun, tmp_path: Path) -> Callable[[], Path]:
    """Makes a lake of the test's own in which the year is already released."""

    def copy() -> Path:
        return Path(shutil.copytree(released.lake.root, tmp_path / "lake"))

    return copy
