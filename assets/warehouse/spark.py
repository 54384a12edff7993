"""Building the models on Spark: names for the raw Parquet in, Parquet of every model out.

Spark writes each model as Parquet into the run's folder. From there all is as with DuckDB: a
DuckDB file with one view a model over exactly those files, read, gated and exported by the same
code, so that a promoted version does not depend on the engine. A run has a schema of its own on
the cluster, which dbt drops at its end.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from assets import registry
from assets.registry import Table
from assets.warehouse.build import DbtBuildError, NodeResult, run_dbt
from assets.warehouse.database import MARTS_SCHEMA, create
from assets.warehouse.project import ParsedProject

#: Environment variable with the first part of the names of the runs' schemas.
SCHEMA_VARIABLE = "EGOV_SPARK_SCHEMA"


def run_schema(run_id: str) -> str:
    """The schema of a run: egov_<run id>, in letters that need no quotes."""
    prefix = os.environ.get(SCHEMA_VARIABLE) or "egov"
    return f"{prefix}_{run_id}".replace("-", "_").lower()


def select_files(table: Table, files: Sequence[Path]) -> str:
    """Spark SQL that reads exactly these Parquet files, or an empty relation of that shape."""
    if not files:
        columns = ", ".join(f"cast(null as {c.spark}) as {c.name}" for c in table.columns)
        return f"select {columns} where false"
    columns = ", ".join(table.column_names)
    return " union all ".join(f"select {columns} from parquet.`{path}`" for path in files)


def build_on_spark(
    parsed: ParsedProject,
    database: Path,
    sources: Mapping[str, Sequence[Path]],
    *,
    select: str,
    unit_tests: bool = False,
) -> tuple[NodeResult, ...]:
    """`dbt build --select SELECT` on Spark over these raw tables (name -> files).

    Leaves in `database` what DuckDB would have: the built models under the same names, here as
    views over Spark's Parquet beside it, which Spark's workers must see at this path. Raises
    `DbtBuildError` as `build.run_dbt` does.
    """
    _keep_ansi()
    folder = database.parent / "spark"
    schema = run_schema(database.parent.name)
    relations = [
        f"create view {schema}.{name} as {select_files(registry.table(name), files)}"
        for name, files in sources.items()
    ]
    results = tuple(
        replace(result, compiled_sql=result.compiled_sql.replace(f"{schema}.", f"{MARTS_SCHEMA}."))
        for result in run_dbt(
            _in_schema(parsed, schema),
            parsed.engine,
            database.parent / "dbt",
            select,
            variables={"relations": relations, "tables_folder": str(folder)},
            unit_tests=unit_tests,
        )
    )
    built = {
        result.name: sorted((folder / result.name).glob("part-*.parquet"))
        for result in results
        if result.resource_type == "model" and result.status == "success"
    }
    check_types(built)
    create(database, built, schema=MARTS_SCHEMA)
    return results


def _in_schema(parsed: ParsedProject, schema: str) -> Any:
    """The manifest with every relation in one schema, that of the run."""
    manifest = parsed.loaded_manifest()
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.schema = schema
    return manifest


def check_types(built: Mapping[str, Sequence[Path]]) -> None:
    """Hold the types that Spark wrote against the registry, as contracts do on DuckDB.

    Raises `DbtBuildError` that names table, column and both types.
    """
    wrong = []
    for name, files in built.items():
        table = registry.table(name)
        for path in files[:1] if table.unit in ("marts", "panel") else ():
            found = pq.read_schema(path)
            wrong += [
                f"  {name}.{c.name}: declared {c.arrow}, built as {found.field(c.name).type}"
                for c in table.columns
                if found.field(c.name).type != c.arrow
            ]
    if wrong:
        raise DbtBuildError("columns are not of their declared types:\n" + "\n".join(wrong))


def _keep_ansi() -> None:
    """Have dbt-spark leave Spark's ANSI mode on. From 1.11 it turns it off whatever the profile
    says; then a bad cast or an overflow is a null without a word, and "name" is a text."""
    from dbt.adapters.spark import Plugin
    from dbt.adapters.spark.connections import SparkCredentials

    @dataclass
    class AnsiCredentials(SparkCredentials):
        def __post_init__(self) -> None:
            super().__post_init__()
            self.server_side_parameters["spark.sql.ansi.enabled"] = "true"

    Plugin.credentials = AnsiCredentials
