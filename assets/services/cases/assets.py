"""Dagster asset of the unit `cases`: case records of the year, one row a case. Thin."""

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
from assets.services.cases.layout import KIND
from assets.services.cases.read import (
    FILES,
    case_files_table,
    forget_others,
    read_cases,
    write_parts,
)
from assets.services.tables.deliver import bodies_of
from assets.services.told import listed, rejected

DEPS = ("raw_intake_files", "raw_bodies", "raw_body_names")
_SHOWN = ("file_name", "file_state", "rows_in", "rows_accepted", "rows_quarantined", "rows_blank",
          "rule_id", "raw_value")  # fmt: skip


@dg.multi_asset(
    name="cases",
    specs=describe_unit("cases", DEPS),
    check_specs=gate_checks("cases"),
    partitions_def=yearly,
)
def cases(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Stream the files of case records of the year into parts, each line accepted or refused."""
    opened = lake.open()
    key = context.partition_key
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "bodies")}
    with open_stage(opened, "cases", key, context) as stage:
        files = read_cases(
            opened,
            files_of_kind(opened, key, KIND),
            year=int(key),
            bodies=bodies_of(upstream["bodies"], int(key)).codes,
            say=context.log.info,
        )
        table = case_files_table(files)
        context.log.info(_said(table) if files else f"no case records are held for {key}")
        for line in rejected(table):
            context.log.warning(line)
        parts = write_parts(files, stage.path)
        work = Work(opened, "cases", key, stage, hashes(upstream))
        shown = {FILES: {"files": listed(table, _SHOWN)}}
        yield from gate_and_promote(context, work, {FILES: table}, parts=parts, metadata=shown)
        forget_others(opened, files, key)


def _said(table: pa.Table) -> str:
    """What was read, in a line."""
    sums = {name: sum(table[name].to_pylist()) for name in table.column_names if "rows_" in name}
    return (
        f"{table.num_rows} files of cases: {sums['rows_in']:,} lines, "
        f"{sums['rows_accepted']:,} accepted, {sums['rows_quarantined']:,} refused, "
        f"{sums['rows_blank']:,} blank"
    )
