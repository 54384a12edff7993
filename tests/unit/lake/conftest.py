"""An empty lake, a valid sidecar to vary, and no waiting for files to settle or for the disk.

That the disk is asked to make things durable, and when, is one test of test_lake_promote.
"""

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.lake import Lake, Sidecar, intake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def describe() -> Callable[..., Sidecar]:
    def make(**changes: Any) -> Sidecar:
        values: dict[str, Any] = {
            "kind": "published_values",
            "years": [2016],
            "issuer": "Bộ Thông tin và Truyền thông",
            "document_no": None,
            "document_date": None,
            "source_ref": "https://example.vn/a",
            "received_at": date(2017, 5, 20),
            "licence": "official document",
            "is_synthetic": False,
        }
        return Sidecar(**{**values, **changes})

    return make
