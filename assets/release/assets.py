"""The release assets: one sealed folder a year, refused while anything is open. Thin."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from assets import registry
from assets.assetspec import INGEST_UNITS, describe, key_of, yearly
from assets.lake import RELEASE, Lake, Version
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    preview,
    require,
)
from assets.release.package import write_package
from assets.release.tables import column_sources, release_tables, unexplained
from assets.release.verify import release_facts

LEDGER = "rel_reconciliation"
LEDGER_CHECK = "ledger_explained"

#: Columns of the ledger that a person needs to see what is open.
SHOWN_COLUMNS = (
    "item", "table_no", "universe", "category", "body_code", "subject", "printed", "recomputed",
    "rule", "line_no",
)  # fmt: skip
SHOWN_ROWS = 50
FIRST_ROWS = 5


def ledger_check(ledger: pa.Table) -> dg.AssetCheckResult:
    """Whether every row of the ledger is explained; if not, the open rows as a table."""
    open_rows = unexplained(ledger)
    number = open_rows.num_rows
    first = "".join(
        f"\n  {row['item']}, table {row['table_no']}, body {row['body_code']}, line "
        f"{row['line_no']}: printed {row['printed']!r}, recomputed {row['recomputed']!r} "
        f"(rule {row['rule']})"
        for row in open_rows.slice(0, FIRST_ROWS).to_pylist()
    )
    metadata: dict[str, dg.MetadataValue] = {
        "rows": dg.MetadataValue.int(ledger.num_rows),
        "unexplained": dg.MetadataValue.int(number),
    }
    if number:
        shown = open_rows.select(list(SHOWN_COLUMNS))
        metadata["unexplained_rows"] = preview(shown, SHOWN_ROWS)
    return dg.AssetCheckResult(
        asset_key=key_of(LEDGER),
        check_name=LEDGER_CHECK,
        passed=number == 0,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{number} of {ledger.num_rows} rows are unexplained.{first}",
        metadata=metadata,
    )


def one_history(marts: Version, ingest: Mapping[str, Version]) -> None:
    """Raise dg.Failure unless the marts were built from exactly these ingest versions.

    Otherwise sources and quarantine of the release would not be those of its figures.
    """
    for unit, version in ingest.items():
        if marts.manifest["inputs"].get(unit) != version.content_sha256:
            raise dg.Failure(
                description=f"the marts of {marts.key} were built from another version of "
                f"{unit} than the one promoted now; build the marts again first "
                f"(egov run {marts.key} does everything in order).",
                allow_retries=False,
            )


def _lineage(name: str) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(key_of(source), column) for source in sources]
            for column, sources in column_sources(registry.table(name)).items()
        }
    )


def _vintage(lake: Lake, year: str, facts: Mapping[str, Any]) -> dict[str, dg.MetadataValue]:
    """Where the release that was just promoted lies, for the UI."""
    version = require(lake, RELEASE, year)
    return {
        "folder": dg.MetadataValue.path(str(version.path)),
        "vintage": dg.MetadataValue.text(version.path.name),
        "files": dg.MetadataValue.int(len(version.files) + 1),  # and manifest.json
        "ledger": dg.MetadataValue.json(facts["ledger"]),
    }


@dg.multi_asset(
    name="release",
    specs=[
        describe(table, deps=[key_of(source) for source in table.sources], kinds={"parquet", "csv"})
        for table in registry.tables(unit=RELEASE)
    ],
    check_specs=[
        *gate_checks(RELEASE),
        dg.AssetCheckSpec(
            name=LEDGER_CHECK,
            asset=key_of(LEDGER),
            blocking=True,
            description="Every difference between a printed and a recomputed figure is explained; "
            "one that is not stops the release.",
        ),
    ],
    partitions_def=yearly,
)
def release(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Write the release of the year, judge its tables, and seal it or refuse it as a whole."""
    opened = lake.open()
    year = context.partition_key
    marts = require(opened, "marts", year)
    ingest = {unit: require(opened, unit, year) for unit in INGEST_UNITS}
    one_history(marts, ingest)
    versions = {"marts": marts, **ingest}
    with open_stage(opened, RELEASE, year, context) as stage:
        tables = release_tables(marts, ingest)
        names = write_package(stage, tables, int(year))
        facts = release_facts(tables, int(year))
        context.log.info(f"{len(names)} files, {tables[LEDGER].num_rows} rows in the ledger")
        work = Work(
            lake=opened,
            unit=RELEASE,
            key=year,
            stage=stage,
            inputs=hashes(versions),
            facts=facts,
        )
        vintage: dict[str, dg.MetadataValue] = {}
        for event in gate_and_promote(
            context,
            work,
            tables,
            metadata={name: {"dagster/column_lineage": _lineage(name)} for name in tables},
            before=[ledger_check(tables[LEDGER])],
        ):
            if isinstance(event, dg.MaterializeResult):  # promoted, and our lock is still held
                vintage = vintage or _vintage(opened, year, facts)
                yield event._replace(metadata={**(event.metadata or {}), **vintage})
            else:
                yield event
