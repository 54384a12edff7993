"""The bundled tables of the 2016 report, read once, and helpers to look values up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets.reports import ReportContent, find_layout, read_report

REPO = Path(__file__).parents[3]
SHA = "a" * 64


@pytest.fixture(scope="session")
def tables_text() -> str:
    return (REPO / "sources/2016/report_tables.md").read_text("utf-8")


@pytest.fixture(scope="session")
def read() -> Callable[[str], ReportContent]:
    layout = find_layout("assessment_report_2016")

    def read_text(text: str) -> ReportContent:
        return read_report(
            text.encode(), file_sha256=SHA, file_name="report_tables.md", layout=layout
        )

    return read_text


@pytest.fixture(scope="session")
def report(read: Callable[[str], ReportContent], tables_text: str) -> ReportContent:
    return read(tables_text)


@pytest.fixture(scope="session")
def values(report: ReportContent) -> list[dict[str, Any]]:
    return report.values.to_pylist()


@pytest.fixture(scope="session")
def find(values: list[dict[str, Any]]) -> Callable[..., list[dict[str, Any]]]:
    def matching(**wanted: Any) -> list[dict[str, Any]]:
        return [v for v in values if all(v[key] == value for key, value in wanted.items())]

    return matching
