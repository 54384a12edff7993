"""Dagster asset of the unit `services`: the service catalogue and monthly counts of cases. Thin."""

from collections.abc import Mapping

import dagster as dg
import pyarrow as pa

from assets.assetspec import describe_unit, yearly
from assets.intake import files_of_kind
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    require,
)
from assets.received.setaside import told
from assets.services.layouts import layouts
from assets.services.rankings import TABLE as RANKINGS
from assets.services.rankings import rankings_table
from assets.services.tables.catalogue import FILES, QUARANTINE, read_service_files
from assets.services.tables.deliver import bodies_of, service_file
from assets.services.told import listed, rejected

DEPS = ("raw_intake_files", "raw_bodies", "raw_body_names")
_SHOWN = ("file_name", "kind", "file_state", "rows_in", "rows_accepted", "rows_quarantined",
          "rows_blank", "rule_id")  # fmt: skip


@dg.multi_asset(
    name="services",
    specs=describe_unit("services", DEPS),
    check_specs=gate_checks("services"),
    partitions_def=yearly,
)
def services(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Take the catalogue of services and the monthly counts of cases into the year."""
    opened = lake.open()
    key = context.partition_key
    year = int(key)
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "bodies")}
    with open_stage(opened, "services", key, context) as stage:
        records = [r for kind in layouts() for r in files_of_kind(opened, key, kind)]
        files = [service_file(opened, record) for record in records]
        bodies = bodies_of(upstream["bodies"], year)
        read = read_service_files(files, year=year, bodies=bodies)
        tables = {**read, RANKINGS: rankings_table()}
        context.log.info(_said(tables) if files else f"no catalogue or counts are held for {key}")
        for line in (*rejected(tables[FILES]), *told(tables[QUARANTINE])):
            context.log.warning(line)
        shown = listed(tables[FILES], _SHOWN)
        work = Work(opened, "services", key, stage, hashes(upstream))
        yield from gate_and_promote(context, work, tables, metadata={FILES: {"files": shown}})


def _said(tables: Mapping[str, pa.Table]) -> str:
    """What was read, in a line."""
    states = tables[FILES]["file_state"].to_pylist()
    return (
        f"{len(states)} files, {states.count('rejected')} rejected; "
        f"{tables['raw_services'].num_rows} services, "
        f"{tables['raw_monthly_cases'].num_rows} monthly counts, "
        f"{tables[QUARANTINE].num_rows} faults of lines quarantined"
    )
