"""Calling dbt in this process with a manifest that is already loaded.

A dbt process start and parse cost several times the work of one year, so a run calls dbt's
runner and a backfill calls it once a year in one process. After each call dbt-duckdb's
connection is closed: it would otherwise keep the file locked for the next call. What is told
apart for Spark is in `spark`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.warehouse.database import CLOSED
from assets.warehouse.project import PROJECT_DIR, ParsedProject, project_arguments

#: Environment variable that tells dbt's profile which file is the run's database.
DATABASE_VARIABLE = "EGOV_RUN_DB"

#: Kinds of dbt nodes without which there is nothing to judge: models, and the hooks around them.
BUILT = ("model", "operation")


class DbtBuildError(Exception):
    """dbt could not build the models; the message names node and cause for each failure."""


@dataclass(frozen=True)
class NodeResult:
    """What became of one dbt node. `failures` counts the failing rows of a test."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    failures: int
    message: str
    seconds: float
    compiled_sql: str


def build(parsed: ParsedProject, database: Path, *, select: str) -> tuple[NodeResult, ...]:
    """`dbt build --select SELECT` in the given DuckDB file; results in execution order.

    Raises `DbtBuildError` as `run_dbt` does.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    before = os.environ.get(DATABASE_VARIABLE)
    os.environ[DATABASE_VARIABLE] = str(database)
    try:
        return run_dbt(parsed.dbt_manifest, parsed.engine, database.parent / "dbt", select)
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        if before is None:
            del os.environ[DATABASE_VARIABLE]
        else:
            os.environ[DATABASE_VARIABLE] = before


def run_dbt(
    manifest: Any,
    engine: str,
    artifacts: Path,
    select: str,
    *,
    variables: Mapping[str, Any] | None = None,
    unit_tests: bool = False,
) -> tuple[NodeResult, ...]:
    """`dbt build --select SELECT` on an engine; results in execution order. With `unit_tests`
    the unit tests of the models run too, each before its model.

    A failing test does not raise: it is among the results, and what reads the failed model is
    skipped. Raises `DbtBuildError` when dbt itself fails (no results at all) or a model cannot
    be built.
    """
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner

    outcome = dbtRunner(manifest=manifest).invoke(
        [
            "--quiet",
            "--no-write-json",
            "build",
            "--select",
            *select.split(),
            "--vars",
            json.dumps(variables or {}),
            *(() if unit_tests else ("--exclude-resource-type", "unit_test")),
            *project_arguments(PROJECT_DIR, artifacts, engine),
        ]
    )
    if not isinstance(outcome.result, RunExecutionResult):
        raise DbtBuildError(f"dbt stopped before building anything: {outcome.exception}")
    results = tuple(_node_result(result) for result in outcome.result.results)
    broken = [r for r in results if r.resource_type in BUILT and r.status == "error"]
    if broken:
        lines = "\n".join(f"  {r.name}: {r.message}" for r in broken)
        raise DbtBuildError(f"dbt could not build {len(broken)} node(s):\n{lines}")
    return tuple(result for result in results if result.resource_type != "operation")


def _node_result(result: Any) -> NodeResult:
    node = result.node
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        resource_type=str(node.resource_type),
        status=str(result.status),
        failures=int(result.failures or 0),
        message=str(result.message or ""),
        seconds=float(result.execution_time),
        compiled_sql=getattr(node, "compiled_code", None) or "",
    )


def failing_rows(result: NodeResult, database: Path) -> pa.Table:
    """The rows that a failed test found."""
    import duckdb

    with duckdb.connect(str(database), read_only=True, config=CLOSED) as connection:
        return connection.sql(result.compiled_sql).to_arrow_table()
