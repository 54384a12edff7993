"""Dagster asset of the unit `targets`: the register of portals and services to visit. Thin."""

from collections.abc import Mapping

import dagster as dg
import pyarrow as pa

from assets.assetspec import describe_unit, yearly
from assets.crawl.targets.filters import Filter, read_filters
from assets.crawl.targets.register import (
    CONTRADICTED,
    CORRECTED,
    UNKNOWN,
    Cell,
    Known,
    rules_counted,
    targets_tables,
)
from assets.crawl.targets.services import QUARANTINE, TABLE, reasons
from assets.entities.bodies import read_bodies
from assets.intake import files_of_kind
from assets.lake import Lake, read_source
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    require,
    text_table,
)
from assets.received.delivery import received

FILTERS, SERVICES = "target_filters", "service_addresses"

DEPS = (
    "raw_intake_files",
    "raw_report_values",
    "raw_corrections",
    "raw_bodies",
    "raw_memberships",
    "raw_body_matches",
)


@dg.multi_asset(
    name="targets",
    specs=describe_unit("targets", DEPS),
    check_specs=gate_checks("targets"),
    partitions_def=yearly,
)
def targets(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Register the portals of the bodies assessed and the services of the year, with the address
    to visit and what it rests on."""
    opened = lake.open()
    key = context.partition_key
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "reports", "bodies")}
    with open_stage(opened, "targets", key, context) as stage:
        bodies = upstream["bodies"]
        known = Known(
            memberships=bodies.table("raw_memberships"),
            bodies=bodies.table("raw_bodies"),
            report_values=upstream["reports"].table("raw_report_values"),
            corrections=upstream["reports"].table("raw_corrections"),
            body_matches=bodies.table("raw_body_matches"),
            registered_at=registered_at(opened, key),
        )
        tables = targets_tables(
            known,
            year=int(key),
            services=[received(opened, record) for record in files_of_kind(opened, key, SERVICES)],
            filters=filters_of(opened, key),
        )
        context.log.info(_said(tables))
        for line in _to_look_at(tables[TABLE], known.bodies):
            context.log.warning(line)
        work = Work(
            opened,
            "targets",
            key,
            stage,
            hashes(upstream),
        )
        names = ("targets", "address", "count", "visited")
        counted = text_table(names, rules_counted(tables[TABLE]))
        yield from gate_and_promote(
            context, work, tables, metadata={TABLE: {"address_rules": counted}}
        )


def registered_at(lake: Lake, year: str) -> dict[str, Cell]:
    """Where each body stands in the files of bodies."""
    return {
        body.body_code: Cell(record.file_sha256, body.line_no)
        for record in files_of_kind(lake, year, "bodies")
        for body in read_bodies(read_source(lake, record), record.file_name)
    }


def filters_of(lake: Lake, year: str) -> list[Filter]:
    """The filters of the year, by name of the file, then in its order. ReviewedFileError for a
    file with a fault."""
    return [
        each
        for record in files_of_kind(lake, year, FILTERS)
        for each in read_filters(read_source(lake, record), record.file_name)
    ]


def _said(tables: Mapping[str, pa.Table]) -> str:
    """What was registered, in a line."""
    register = tables[TABLE]
    kinds = register["target_kind"].to_pylist()
    rules = register["address_rule"].to_pylist()
    excluded = register.num_rows - register["exclusion_en"].null_count
    return (
        f"{kinds.count('portal')} portals, {kinds.count('service')} services; "
        f"{excluded} left out, {rules.count(CORRECTED)} addresses corrected, "
        f"{rules.count(CONTRADICTED)} contradicted, "
        f"{tables[QUARANTINE].num_rows} faults of lines quarantined"
    )


def _to_look_at(register: pa.Table, bodies: pa.Table) -> list[str]:
    """Portals that somebody has to do something about."""
    registered = dict(
        zip(*(bodies[c].to_pylist() for c in ("body_code", "registered_website")), strict=True)
    )
    lines = []
    for row in register.to_pylist():
        code = row["body_code"]
        if row["address_rule"] == CONTRADICTED:
            lines.append(
                f"{code}: {row['printed_address']!r} is printed, {registered[code]!r} registered"
            )
        elif row["address_rule"] == UNKNOWN:
            reason = reasons()["address_unknown"]
            lines.append(f"{code}: {reason['reason_en']}; {reason['what_to_do']}")
    return lines
