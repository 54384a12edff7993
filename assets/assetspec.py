"""What every asset says of itself.

Belongs here: turning a registry table into a Dagster asset spec, and the yearly partitions.
Does not belong here: how a table passes its gate and becomes visible (`publication`).
"""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg

from assets import registry
from assets.registry import Table
from assets.years import YEARS

yearly = dg.StaticPartitionsDefinition(YEARS)

#: Units of the ingest stage, in the order they are made.
INGEST_UNITS = tuple(dict.fromkeys(table.unit for table in registry.tables(stage="ingest")))


def key_of(name: str) -> dg.AssetKey:
    """Asset key of a table: its stage, then its name."""
    return dg.AssetKey([registry.table(name).stage, name])


def column_schema(table: Table) -> dg.TableSchema:
    """The declared columns as the UI shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.sql,
                description=column.description_en,
                constraints=dg.TableColumnConstraints(
                    nullable=column.nullable, unique=table.key == (column.name,)
                ),
            )
            for column in table.columns
        ]
    )


def describe(
    table: Table,
    *,
    deps: Iterable[dg.CoercibleToAssetDep] = (),
    kinds: Iterable[str] = ("python", "parquet"),
    skippable: bool = False,
) -> dg.AssetSpec:
    """The asset spec of a table: key, group, owner, kinds, description, columns."""
    return dg.AssetSpec(
        key=key_of(table.name),
        deps=deps,
        group_name=table.stage,
        owners=[table.owner],
        kinds=set(kinds),
        description=f"{table.description_en}\n\n{table.description_vi}\n\nGrain: {table.grain}.",
        metadata={
            "dagster/column_schema": column_schema(table),
            "dagster/table_name": table.name,
            "key": ", ".join(table.key),
        },
        partitions_def=yearly if table.partitioned else None,
        skippable=skippable,
    )


def describe_unit(unit: str, deps: Iterable[str]) -> list[dg.AssetSpec]:
    """The asset specs of every table of a unit, each made from all the tables named."""
    keys = [key_of(name) for name in deps]
    return [describe(table, deps=keys) for table in registry.tables(unit=unit)]
