"""The dbt assets: one set for a year (staging, indicators, index), one for the panel.

Thin decorators over `build`: make the run's database, call dbt, export the marts, then hand
them to the gate. dbt never writes a public file.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
from dagster_dbt import build_dbt_asset_specs

from assets import gates, registry
from assets.assetspec import INGEST_UNITS, key_of, yearly
from assets.lake import Lake, Version, promoted, run_folder
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    preview,
    refusal,
    require,
)
from assets.warehouse.build import NodeResult, build, failing_rows
from assets.warehouse.database import MARTS_SCHEMA, RAW_SCHEMA, create, read_tables
from assets.warehouse.lineage import column_lineage
from assets.warehouse.project import ParsedProject
from assets.warehouse.spark import build_on_spark
from assets.warehouse.translator import RegistryTranslator, check_name, check_spec
from assets.years import YEARS

YEARLY_SELECT = "egov.staging egov.indicators egov.index"
PANEL_SELECT = "egov.panel"

#: Rows of ranked lists that the UI shows of a year.
RANKED_ROWS = 1000

#: Promoted marts that the panel reads, one file a year.
PANEL_SOURCES = ("idx_published_values", "idx_coverage")


def _checks(
    parsed: ParsedProject, specs: Sequence[dg.AssetSpec], unit: str
) -> list[dg.AssetCheckSpec]:
    """Gate checks of the unit and one check a dbt test of the selected models."""
    selected = {spec.key for spec in specs}
    tests = [
        (_tested_key(parsed, props), props)
        for _, props in sorted(parsed.manifest["nodes"].items())
        if props["resource_type"] == "test"
    ]
    return [
        *gate_checks(unit),
        *(check_spec(key, props) for key, props in tests if key in selected),
    ]


def _tested_key(parsed: ParsedProject, props: Mapping[str, Any]) -> dg.AssetKey:
    """The model a test judges: the one it is attached to, else the first it reads."""
    node = props.get("attached_node") or props["depends_on"]["nodes"][0]
    return key_of(parsed.manifest["nodes"][str(node)]["name"])


def _specs(parsed: ParsedProject, select: str) -> list[dg.AssetSpec]:
    return list(
        build_dbt_asset_specs(
            manifest=parsed.manifest, dagster_dbt_translator=RegistryTranslator(), select=select
        )
    )


@contextmanager
def _database(lake: Lake, run_id: str) -> Iterator[Path]:
    with run_folder(lake, run_id) as folder:
        yield folder / "egov.duckdb"


def _built(
    parsed: ParsedProject,
    database: Path,
    sources: Mapping[str, Sequence[Path]],
    *,
    schema: str,
    select: str,
) -> tuple[NodeResult, ...]:
    """The models built by the engine in force; they are read from `database` whichever it is."""
    if parsed.on_spark:
        return build_on_spark(parsed, database, sources, select=select)
    create(database, sources, schema=schema)
    return build(parsed, database, select=select)


def _judged(
    parsed: ParsedProject, results: Sequence[NodeResult], database: Path
) -> tuple[list[dg.AssetCheckResult], dict[str, pa.Table]]:
    """dbt tests as checks, and the rows that the failed ones found, by model and test."""
    checks = []
    found: dict[str, pa.Table] = {}
    for result in results:
        if result.resource_type != "test" or result.status == "skipped":
            continue
        props = parsed.manifest["nodes"][result.unique_id]
        key, name = _tested_key(parsed, props), check_name(props)
        passed = result.status == "pass"
        description = "no offending rows"
        if not passed:
            found[f"{key.path[-1]}.{name}"] = rows = failing_rows(result, database)
            description = f"{rows.num_rows} offending rows; first: {rows.slice(0, 3).to_pylist()}"
        checks.append(
            dg.AssetCheckResult(
                asset_key=key,
                check_name=name,
                passed=passed,
                severity=dg.AssetCheckSeverity.ERROR,
                description=description[:2000],
                metadata={"offending_rows": result.failures, "seconds": result.seconds},
            )
        )
    return checks, found


def _lineage(
    parsed: ParsedProject, results: Sequence[NodeResult], cache: Path
) -> dict[str, dict[str, dg.TableColumnLineage]]:
    compiled = {r.name: r.compiled_sql for r in results if r.resource_type == "model"}
    return {
        model: {
            "dagster/column_lineage": dg.TableColumnLineage(
                {
                    column: [dg.TableColumnDep(key_of(t), c) for t, c in pairs]
                    for column, pairs in columns.items()
                }
            )
        }
        for model, columns in column_lineage(
            compiled, cache, "spark" if parsed.on_spark else "duckdb"
        ).items()
    }


def ranked_lists(scores: pa.Table) -> pa.Table:
    """The computed ranked lists in words, one after the other: list, rank, body, value."""
    rows = [row for row in scores.to_pylist() if row["ranking"] is not None]
    last = len(rows) + 1
    rows.sort(key=lambda r: (r["universe"], r["position"], r["rank"] or last, r["body_code"]))
    value = {True: "index_value", False: "quantity"}
    return pa.table(
        {
            "list": [f"{row['universe']}: {row['criterion_en']}" for row in rows],
            "rank": ["not ranked" if r["rank"] is None else str(r["rank"]) for r in rows],
            "body": [f"{row['body_name']} ({row['body_code']})" for row in rows],
            "value": [_shown(row[value[row["formula_kind"] != "unscored"]]) for row in rows],
            "criteria": [row["coverage"] for row in rows],
            "state": [_state(row) for row in rows],
        }
    )


def _shown(value: Decimal | None) -> str:
    return "none" if value is None else format(value.normalize(), "f")


def _state(score: Mapping[str, Any]) -> str:
    said = [
        score["score_status"] if score["is_incomplete"] else "complete",
        *(["reconstructed"] if score["is_reconstructed"] else []),
        *(["SYNTHETIC"] if score["is_synthetic"] else []),
    ]
    return ", ".join(said)


def _lists_shown(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, dg.MetadataValue]]:
    """The ranked lists as a table of the UI, where forms of bodies made any."""
    if "idx_scores" not in tables or tables["idx_scores"].num_rows == 0:
        return {}
    lists = ranked_lists(tables["idx_scores"])
    return {"idx_scores": {"ranked_lists": preview(lists, RANKED_ROWS)}}


def _build_unit(
    context: dg.AssetExecutionContext,
    parsed: ParsedProject,
    lake: Lake,
    *,
    unit: str,
    key: str,
    select: str,
    sources: Mapping[str, Sequence[Path]],
    schema: str,
    inputs: Mapping[str, str],
    gate_context: gates.Context | None = None,
) -> Events:
    with (
        open_stage(lake, unit, key, context) as stage,
        _database(lake, context.run.run_id) as database,
    ):
        results = _built(parsed, database, sources, schema=schema, select=select)
        work = Work(lake, unit, key, stage, inputs)
        checks, found = _judged(parsed, results, database)
        if found:
            yield from checks
            raise refusal(work, context.run.run_id, {}, checks, found)
        seconds = {r.name: r.seconds for r in results if r.resource_type == "model"}
        built = read_tables(database, list(seconds))
        tables = {table.name: built[table.name] for table in registry.tables(unit=unit)}
        lineage = _lineage(parsed, results, lake.root / "cache")
        lists = _lists_shown(tables)
        yield from gate_and_promote(
            context,
            work,
            tables,
            gate_context=gate_context,
            metadata={
                model: {**lists.get(model, {}), **lineage[model], "build_seconds": spent}
                for model, spent in seconds.items()
            },
            views={model: frame for model, frame in built.items() if model not in tables},
            order=list(seconds),
            before=checks,
        )


def _files(versions: Mapping[str, Version]) -> dict[str, list[Path]]:
    return {
        table.name: version.paths(table.name)
        for unit, version in versions.items()
        for table in registry.tables(unit=unit)
    }


def marts_assets(parsed: ParsedProject) -> dg.AssetsDefinition:
    """The yearly dbt assets: from promoted raw tables to promoted indicator and index marts."""
    specs = _specs(parsed, YEARLY_SELECT)

    @dg.multi_asset(
        name="marts",
        specs=specs,
        check_specs=_checks(parsed, specs, "marts"),
        partitions_def=yearly,
    )
    def marts(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
        opened = lake.open()
        year = context.partition_key
        versions = {unit: require(opened, unit, year) for unit in INGEST_UNITS}
        yield from _build_unit(
            context,
            parsed,
            opened,
            unit="marts",
            key=year,
            select=YEARLY_SELECT,
            sources=_files(versions),
            schema=RAW_SCHEMA,
            inputs=hashes(versions),
            gate_context=gates.Context(memberships=versions["bodies"].table("raw_memberships")),
        )

    return marts


def panel_assets(parsed: ParsedProject) -> dg.AssetsDefinition:
    """The unpartitioned dbt assets over the promoted marts of every year that has them."""
    specs = [
        spec.replace_attributes(
            automation_condition=dg.AutomationCondition.any_deps_updated()
            & ~dg.AutomationCondition.in_progress()
        )
        for spec in _specs(parsed, PANEL_SELECT)
    ]

    @dg.multi_asset(name="panel", specs=specs, check_specs=_checks(parsed, specs, "panel"))
    def panel(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
        opened = lake.open()
        years = {
            year: version
            for year in YEARS
            if (version := promoted(opened, "marts", year)) is not None
        }
        context.log.info(f"panel over {len(years)} years: {', '.join(years)}")
        yield from _build_unit(
            context,
            parsed,
            opened,
            unit="panel",
            key="all",
            select=PANEL_SELECT,
            sources={
                name: [version.file(f"{name}.parquet") for version in years.values()]
                for name in PANEL_SOURCES
            },
            schema=MARTS_SCHEMA,
            inputs={f"marts {year}": v.content_sha256 for year, v in years.items()},
        )

    return panel
