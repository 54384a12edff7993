"""How dbt nodes appear in Dagster: one flat key a table, group = stage, words from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from assets import registry
from assets.assetspec import describe, key_of
from assets.warehouse.project import ENGINES, engine_name


class RegistryTranslator(DagsterDbtTranslator):
    """Keys, groups, owners, kinds and descriptions come from the registry, not from dbt."""

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        props = self.get_resource_props(manifest, unique_id)
        spec = super().get_asset_spec(manifest, unique_id, project)
        own = describe(registry.table(props["name"]), deps=spec.deps, kinds={"dbt", _engine_kind()})
        return own.replace_attributes(metadata={**spec.metadata, **own.metadata})

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return key_of(dbt_resource_props["name"])


def _engine_kind() -> str:
    return "spark" if ENGINES[engine_name()] == "dbt-spark" else "duckdb"


def check_spec(tested: dg.AssetKey, test_props: Mapping[str, Any]) -> dg.AssetCheckSpec:
    """A dbt test as a blocking check of the model it judges."""
    name = check_name(test_props)
    return dg.AssetCheckSpec(
        name=name,
        asset=tested,
        description=test_props.get("description") or f"dbt test {name}",
        blocking=True,
    )


def check_name(test_props: Mapping[str, Any]) -> str:
    """Short name of a dbt test: the generic test's name, or the singular test's own."""
    metadata = test_props.get("test_metadata")
    return str(metadata["name"]) if metadata else str(test_props["name"])
