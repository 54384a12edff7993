"""The release assets: one sealed folder a year, refused while anything is open. Thin."""

from collections.abc import Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from assets import registry
from assets.assetspec import INGEST_UNITS, describe, key_of, yearly
from assets.codeversion import code_version
from assets.lake import (
    RELEASE,
    Because,
    CorruptVersion,
    Lake,
    LakeError,
    Unreasoned,
    Version,
    promoted,
)
from assets.lake.atomic import canonical_json, sha256_of
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
from assets.registry import Table
from assets.release.diff.between import diff, side_of
from assets.release.diff.cause import method_hashes
from assets.release.diff.effect import recorded_diff
from assets.release.diff.model import Side
from assets.release.package import write_package
from assets.release.tables import column_sources, release_tables, unexplained
from assets.release.verify import release_facts
from assets.release.vintages.changelog import effect_lines, write_changelog
from assets.release.vintages.vintage import VintageError, because_of, current_vintage

LEDGER = "rel_reconciliation"
LEDGER_CHECK = "ledger_explained"

#: Tags of a run that change what was signed: who, and why.
BY_TAG, REASON_TAG = "egov/by", "egov/reason"
SIGNED_YEARS = (
    f"A year that was signed changes only with a name and a reason: give the run the tags {BY_TAG} "
    f"and {REASON_TAG} (Launch run, Tags), or `egov run YEAR --by NAME --reason TEXT`."
)

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
    """Where the release that was just promoted lies and how it stands, for the UI."""
    version = require(lake, RELEASE, year)
    write_changelog(lake, year)
    vintage = current_vintage(lake, year)
    return {
        "folder": dg.MetadataValue.path(str(version.path)),
        "vintage": dg.MetadataValue.text(version.path.name),
        "signed": dg.MetadataValue.bool(vintage is not None and vintage.is_signed),
        "effect": dg.MetadataValue.text("\n".join(effect_lines(vintage.says) if vintage else [])),
        "files": dg.MetadataValue.int(len(version.files) + 1),  # and manifest.json
        "ledger": dg.MetadataValue.json(facts["ledger"]),
    }


def because_of_run(context: dg.AssetExecutionContext, says: Mapping[str, Any]) -> Because:
    """Who made the release and why: the tags of the run, or the run itself.

    dg.Failure if only one of the two tags is given, or one cannot be used.
    """
    by, reason = (context.run.tags.get(tag, "") for tag in (BY_TAG, REASON_TAG))
    if not (by or reason):
        return Because(f"run {context.run.run_id[:8]}", "", says)
    try:
        return because_of(by, reason, says)
    except VintageError as error:
        said = f"tags {BY_TAG} and {REASON_TAG} go together: {error}"
        raise dg.Failure(description=said, allow_retries=False) from None


def differences(parent: Version | None, made: Side) -> dict[str, Any]:
    """What taking the place of `parent` does, as it is recorded: rows, causes, ranks and values.

    Nothing where there is no parent, or its tables cannot be read any more.
    """
    try:
        return {} if parent is None else recorded_diff(diff(side_of(parent), made))
    except LakeError:
        return {}


def _parent(lake: Lake, year: str) -> Version | None:
    """The vintage whose place is taken; None if there is none, or it is damaged and repaired."""
    try:
        return promoted(lake, RELEASE, year)
    except CorruptVersion:
        return None


def _refused(year: str, error: Unreasoned, says: Mapping[str, Any]) -> dg.Failure:
    """The failure of a change that nobody answers for, with what it would have done."""
    lines = "".join(f"\n  {line}" for line in effect_lines(says))
    return dg.Failure(
        description=f"{error}{lines}\n  egov run {year} --by NAME --reason TEXT, or in the UI "
        f"the tags {BY_TAG} and {REASON_TAG} of the run.",
        allow_retries=False,
    )


def _spec(table: Table) -> dg.AssetSpec:
    deps = [key_of(source) for source in table.sources]
    spec = describe(table, deps=deps, kinds={"parquet", "csv"})
    return spec.replace_attributes(description=f"{spec.description}\n\n{SIGNED_YEARS}")


@dg.multi_asset(
    name="release",
    specs=[_spec(table) for table in registry.tables(unit=RELEASE)],
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
        methods = method_hashes(ingest["methods"].table("raw_methods"))
        facts = {**release_facts(tables, int(year)), "methods": methods}
        made = Side(year, year, 0, "", code_version(), hashes(versions), methods, tables, {})
        says = {
            "method_sha256": sha256_of(canonical_json(methods)),
            **differences(_parent(opened, year), made),
        }
        context.log.info(f"{len(names)} files, {tables[LEDGER].num_rows} rows in the ledger")
        work = Work(
            lake=opened,
            unit=RELEASE,
            key=year,
            stage=stage,
            inputs=hashes(versions),
            facts=facts,
            because=because_of_run(context, says),
        )
        vintage: dict[str, dg.MetadataValue] = {}
        events = gate_and_promote(
            context,
            work,
            tables,
            metadata={name: {"dagster/column_lineage": _lineage(name)} for name in tables},
            before=[ledger_check(tables[LEDGER])],
        )
        try:
            for event in events:
                if isinstance(event, dg.MaterializeResult):  # promoted, our lock is still held
                    vintage = vintage or _vintage(opened, year, facts)
                    yield event._replace(metadata={**(event.metadata or {}), **vintage})
                else:
                    yield event
        except Unreasoned as error:
            raise _refused(year, error, says) from None
