"""Running a year end to end in this process, on sources and a lake of the test's own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from assets.lake import Lake, Version, promoted
from assets.publication import LakeResource

SOURCES = Path(__file__).parents[2] / "sources"
YEAR = "2016"
REPORT = Path("2016", "report_tables.md")

Row = dict[str, Any]


@dataclass(frozen=True)
class YearRun:
    """What became of a run: `message` is the failure in the words a person gets, else empty."""

    success: bool
    message: str
    lake: Lake
    year: str = YEAR

    def version(self, unit: str) -> Version:
        """The promoted version of a unit, which must be there."""
        version = promoted(self.lake, unit, self.year)
        assert version is not None, f"{unit} {self.year} was not promoted:\n{self.message}"
        return version

    def table(self, unit: str, name: str) -> pa.Table:
        """A promoted table of the year."""
        return self.version(unit).table(name)

    def rows(self, unit: str, name: str, **where: object) -> list[Row]:
        """Rows of a promoted table that hold these values."""
        return [
            row
            for row in self.table(unit, name).to_pylist()
            if all(row[column] == value for column, value in where.items())
        ]

    def ledger(self, **where: object) -> list[Row]:
        """Rows of the promoted ledger that hold these values."""
        return self.rows("marts", "idx_reconciliation", **where)


def run_year(sources: Path, lake: Path, year: str = YEAR) -> YearRun:
    """`egov run` of a year without the panel: the real job, on an instance thrown away after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EGOV_LAKE", str(lake))  # the definitions keep the parsed dbt project there
        from orchestration.definitions import build_definitions
        from orchestration.runner import Runner

        resource = LakeResource(root=str(lake), sources=str(sources))
        with dg.DagsterInstance.ephemeral() as instance:
            outcome = Runner(build_definitions(lake=resource), instance).run_year(year)
    return YearRun(outcome.status == "done", outcome.message, resource.open())


def altered_sources(folder: Path, alter: Callable[[str], str], file: Path = REPORT) -> Path:
    """A copy of the bundled sources, sidecars included, with one file altered by `alter`."""
    shutil.copytree(SOURCES, folder)
    before = (folder / file).read_bytes().decode("utf-8")
    after = alter(before)
    assert after != before, "the alteration changed nothing"
    (folder / file).write_bytes(after.encode("utf-8"))
    return folder


def replacing(*pairs: tuple[str, str]) -> Callable[[str], str]:
    """An alteration: each text, which must be there exactly once, becomes the other."""

    def alter(text: str) -> str:
        for old, _ in pairs:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return alter


def hashes(*folders: Path) -> dict[str, str]:
    """sha256 of every file below the folders, by path."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def promoted_place(lake: Lake, *units: str) -> dict[str, str]:
    """Hash of every file that readers of these units can be led to: pointers and versions."""
    places = [lake.place(unit, YEAR) for unit in units]
    return hashes(*(folder for p in places for folder in (p.versions, p.pointer.parent)))
