"""A sealed sample release: one to read, and a copy for each test that harms it.

Nothing waits for the disk here: durability is tested with the lake.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from release_samples import promote_release, sources


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample release. Read only."""
    return promote_release(tmp_path_factory.mktemp("lake"), "sample", sources())


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    """A copy of the sample release that a test may harm; its name is not the vintage's."""
    copy = tmp_path / "received"
    shutil.copytree(sealed, copy)
    for path in copy.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return copy
