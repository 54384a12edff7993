"""A year of raw tables for both engines: 2016 from the bundled sources, and beside it random
blocks with a universe of their own, so that every formula has figures, and made-up cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from assets import registry
from assets.assetspec import INGEST_UNITS, key_of
from assets.lake import Lake, add_files, current, promoted
from assets.lake.parquet import encode
from assets.method.tables import method_tables
from assets.publication import LakeResource
from assets.services.cases.read import read_cases, write_parts
from assets.synthetic.cases import Wanted, described, write_cases
from assets.warehouse.assets import PANEL_SOURCES
from assets.warehouse.build import NodeResult
from assets.warehouse.database import read_tables
from tests.integration.random_blocks import Block, block_of

SOURCES = Path(__file__).parents[2] / "sources"
YEAR = "2016"
BLOCKS = 60
CASES = 2_000_000

Sources = dict[str, list[Path]]
Row = dict[str, Any]


@dataclass(frozen=True)
class Built:
    """What an engine built: the database that its tables are read from, and each node."""

    database: Path
    results: tuple[NodeResult, ...]

    @property
    def models(self) -> list[str]:
        """Names of the models, in the order they were built."""
        return [r.name for r in self.results if r.resource_type == "model"]

    def number(self, kind: str) -> int:
        """How many nodes of a kind there were: model, test, unit_test."""
        return sum(r.resource_type == kind for r in self.results)


def ingested(lake: Path) -> Sources:
    """The raw tables of 2016, made by the real ingest assets: name -> promoted files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EGOV_LAKE", str(lake))  # the definitions keep the parsed dbt project there
        from orchestration.definitions import build_definitions

        resource = LakeResource(root=str(lake), sources=str(SOURCES))
        job = build_definitions(lake=resource).resolve_job_def("one_year_unreleased")
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(
                instance=instance,
                partition_key=YEAR,
                asset_selection=[
                    key_of(table.name)
                    for table in registry.tables(stage="ingest")
                    if table.unit in INGEST_UNITS
                ],
            )
    assert result.success
    files = {}
    for unit in INGEST_UNITS:
        version = promoted(resource.open(), unit, YEAR)
        assert version is not None, unit
        for table in registry.tables(unit=unit):
            files[table.name] = version.paths(table.name)
    return files


def with_random_blocks(sources: Sources, folder: Path, blocks: int = BLOCKS) -> Sources:
    """The same year with random blocks: methods, members and figures in files of their own."""
    drawn = [block_of(seed) for seed in range(blocks)]
    added = {
        **method_tables([_of_own_index(block) for block in drawn], int(YEAR)),
        **{
            name: _table(name, [row for block in drawn for row in rows(block)])
            for name, rows in (
                ("raw_memberships", _memberships),
                ("raw_submission_values", _values),
            )
        },
        "raw_bodies": _table("raw_bodies", _bodies(drawn)),
    }
    made = {name: list(files) for name, files in sources.items()}
    for name, table in added.items():
        path = folder / f"{name}.parquet"
        path.write_bytes(encode(table))
        made[name].append(path)
    return made


def with_cases(sources: Sources, folder: Path, rows: int = CASES) -> Sources:
    """The same year with made-up case records of real bodies, and a catalogue of most of their
    services."""
    bodies = [f"P-{code}" for code in ("01", "10", "22", "27", "48", "56", "79", "92")]
    written = write_cases(Wanted(rows, 8, bodies, fault_share=0.02), folder / "cases")
    lake = Lake(folder / "lake_of_cases")
    add_files(lake, [(each.path, described(int(YEAR))) for each in written])
    spellings = {body: body for body in bodies}
    files = read_cases(
        lake, current(lake, int(YEAR)), year=int(YEAR), bodies=spellings, say=lambda line: None
    )
    parts = write_parts(files, folder / "cases")
    path = folder / "raw_services.parquet"
    path.write_bytes(encode(_table("raw_services", list(_services(bodies)))))
    return {**sources, **parts, "raw_services": [*sources["raw_services"], path]}


def _services(bodies: Sequence[str]) -> Iterator[Row]:
    """Two of three services, every other one with a new level from July."""
    for body in bodies:
        for number in range(0, 120, 3):
            for place in (number, number + 1):
                about = {
                    "service_code": f"{body}.{place:03d}", "assessment_year": int(YEAR),
                    "body_code": body, "service_name": f"Service {place}", "is_synthetic": True,
                    "known_at": date(2017, 2, 1), "file_sha256": "0" * 64, "line_no": place + 2,
                }  # fmt: skip
                changes = place % 2 == 0
                yield {
                    **about, "declared_level": "3", "valid_from": date(2015, 1, 1),
                    "valid_to": date(2016, 6, 30) if changes else None,
                }  # fmt: skip
                if changes:
                    yield {**about, "declared_level": "4", "valid_from": date(2016, 7, 1)}


def _index(block: Block) -> str:
    return f"random_{block.method.regime}"


def _of_own_index(block: Block) -> Any:
    """The method under an index of its own, so that no other body is asked for its figures."""
    return replace(block.method, index_code=_index(block))


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    """Rows as the registry declares the table; what a row does not name is null."""
    fields = [pa.field(c.name, c.arrow) for c in registry.table(name).columns]
    return pa.Table.from_pylist(list(rows), schema=pa.schema(fields))


def _memberships(block: Block) -> list[Row]:
    return [
        {
            "assessment_year": int(YEAR), "index_code": _index(block), "block": block.method.block,
            "universe": f"u_{block.method.regime}", "body_code": body, "is_member": True,
        }
        for body in block.bodies
    ]  # fmt: skip


def _bodies(blocks: Sequence[Block]) -> list[Row]:
    codes = sorted({body for block in blocks for body in block.bodies})
    return [
        {"body_code": code, "assessment_year": int(YEAR), "block": "province", "body_name": code}
        for code in codes
    ]


def _values(block: Block) -> list[Row]:
    about = {
        "assessment_year": int(YEAR), "index_code": _index(block), "regime": block.method.regime,
        "block": block.method.block, "is_current": True, "is_synthetic": True, "version_no": 1,
    }  # fmt: skip
    return [
        {
            **about,
            "value_key": f"{block.method.regime}/{body}/{code}",
            "body_code": body,
            "input_code": code,
            "value": None if isinstance(seen.value, str) else seen.value,
            "class_code": seen.value if isinstance(seen.value, str) else None,
            "observation_state": seen.state,
        }
        for (body, code), seen in block.observations.items()
    ]


def two_years(database: Path, folder: Path) -> Sources:
    """Promoted marts as the panel reads them: those of the year, and of a next one in which
    every second body holds another rank and value."""
    files: Sources = {}
    for name, table in read_tables(database, PANEL_SOURCES).items():
        this, following = (folder / f"{name}_{part}.parquet" for part in ("this", "next"))
        this.write_bytes(encode(table))
        later = _later(table.to_pylist())
        following.write_bytes(encode(pa.Table.from_pylist(later, schema=table.schema)))
        files[name] = [this, following]
    return files


def _later(rows: Sequence[Row]) -> list[Row]:
    changed = []
    for number, row in enumerate(rows):
        later = {**row, "assessment_year": row["assessment_year"] + 1}
        if "value_key" in row:
            later["value_key"] = f"later/{row['value_key']}"
        if number % 2 and row.get("published_rank") is not None:
            later["published_rank"] = row["published_rank"] + number % 5
        if number % 2 and row.get("published_value") is not None:
            later["published_value"] = (row["published_value"] / 2).quantize(row["published_value"])
        changed.append(later)
    return changed
