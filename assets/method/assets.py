"""Dagster asset of the unit `methods`: the methods in force in the year, as tables. Thin."""

import dagster as dg

from assets import registry
from assets.assetspec import describe, yearly
from assets.method.load import methods as all_methods
from assets.method.tables import in_force, method_tables
from assets.publication import Events, LakeResource, Work, gate_and_promote, gate_checks, open_stage

#: Root of the lineage of scores: the criteria trees kept with the code.
method_files = dg.AssetSpec(
    key=dg.AssetKey(["sources", "method_files"]),
    group_name="sources",
    owners=["team:warehouse"],
    kinds={"yaml"},
    description="Criteria trees under methods/, one file a regime and block. Every node says "
    "where it is known from; what is reconstructed says so.",
)


@dg.multi_asset(
    name="methods",
    specs=[
        describe(table, deps=[method_files], kinds={"python", "yaml", "parquet"})
        for table in registry.tables(unit="methods")
    ],
    check_specs=gate_checks("methods"),
    partitions_def=yearly,
)
def methods(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Lay the trees of the methods in force in the year out as tables."""
    opened = lake.open()
    year = context.partition_key
    held = in_force(all_methods(), int(year))
    context.log.info(f"methods in force: {', '.join(m.code for m in held) or 'none held'}")
    with open_stage(opened, "methods", year, context) as stage:
        work = Work(opened, "methods", year, stage, {m.file: m.sha256 for m in held})
        yield from gate_and_promote(context, work, method_tables(held, int(year)))
