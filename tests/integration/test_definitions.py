"""What Dagster and dbt load: one module, a reviewed graph, assets that describe themselves, no
drift from the registry, and the traps of the two together that cost others their nights."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import yaml
from graph_snapshot import COMMAND, PROJECT, SNAPSHOT, as_text, shape

from assets import registry
from assets.assetspec import column_schema, key_of
from assets.registry import dictionary
from assets.warehouse import dbt_yaml
from assets.warehouse.assets import YEARLY_SELECT
from assets.warehouse.build import NodeResult, build
from assets.warehouse.database import create
from assets.warehouse.lineage import column_lineage
from assets.warehouse.project import PROJECT_DIR, ParsedProject

MODELS = PROJECT_DIR / "models"

#: The root of the lineage lies outside the warehouse, visits and the explorer are files: none of
#: them has a table of its own.
VISITS = dg.AssetKey(["visits", "crawl_window"])
EXPLORER = dg.AssetKey(["explorer", "explorer"])
DOCUMENTS = dg.AssetKey(["sources", "source_documents"])
METHOD_FILES = dg.AssetKey(["sources", "method_files"])


# --- one module, one graph ---------------------------------------------------------------------


def test_every_way_into_dagster_names_the_same_module() -> None:
    tools = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["tool"]
    (location,) = yaml.safe_load((PROJECT / "workspace.yaml").read_text("utf-8"))["load_from"]
    workspace = location["python_module"]
    dg_project = tools["dg"]["project"]
    modules = {
        workspace["module_name"],
        dg_project["code_location_target_module"],
        tools["dagster"]["module_name"],
    }
    names = {
        workspace["location_name"],
        dg_project["code_location_name"],
        tools["dagster"]["code_location_name"],
    }
    assert (modules, names) == ({"orchestration.definitions"}, {"egov"})


def test_the_graph_is_the_reviewed_one(definitions: dg.Definitions) -> None:
    now = shape(definitions)
    reviewed = json.loads(SNAPSHOT.read_text("utf-8"))
    told = f"the graph has changed; look at the change, then run `{COMMAND}` and commit graph.json"
    assert now == reviewed, told
    assert as_text(now) == SNAPSHOT.read_text("utf-8"), told


def test_every_table_of_the_registry_is_an_asset_and_nothing_else_is(
    definitions: dg.Definitions,
) -> None:
    keys = definitions.resolve_asset_graph().get_all_asset_keys()
    assert keys == {
        DOCUMENTS,
        METHOD_FILES,
        VISITS,
        EXPLORER,
        *(key_of(table.name) for table in registry.tables()),
    }


# --- assets that describe themselves -----------------------------------------------------------


def test_every_asset_says_whose_it_is_what_it_is_and_where_it_stands(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.owners, f"{key} has no owner"
        assert node.kinds, f"{key} has no kind"
        assert node.description, f"{key} has no description"
        assert node.group_name == key.path[0], f"{key} is in group {node.group_name}"
        assert node.group_name in {
            "sources",
            "visits",
            "explorer",
            *(table.stage for table in registry.tables()),
        }


def test_every_asset_speaks_and_names_its_columns_as_the_registry_does(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    for table in registry.tables():
        node = graph.get(key_of(table.name))
        assert node.owners == [table.owner]
        assert node.is_partitioned == table.partitioned
        assert table.description_en in (node.description or "")
        assert table.description_vi in (node.description or "")
        shown = node.metadata["dagster/column_schema"].columns
        assert tuple(column.name for column in shown) == table.column_names
        assert all(column.description for column in shown)


def test_column_types_and_nulls_are_shown_as_the_registry_declares_them(
    definitions: dg.Definitions,
) -> None:
    graph = definitions.resolve_asset_graph()
    differing = [
        table.name
        for table in registry.tables()
        if graph.get(key_of(table.name)).metadata["dagster/column_schema"] != column_schema(table)
    ]
    assert differing == []


def test_every_check_is_described_and_stops_what_comes_after(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    gated = {key for unit in {table.unit for table in registry.tables()} for key in _gated(unit)}
    specs = [graph.get_check_spec(key) for key in graph.asset_check_keys]
    assert {spec.asset_key for spec in specs if spec.name == "gate"} == gated
    assert all(spec.description for spec in specs)
    assert all(spec.blocking for spec in specs)


def _gated(unit: str) -> list[dg.AssetKey]:
    """Tables of a unit that is promoted; staging and the parts of the ledger are views."""
    if unit in ("staging", "ledger"):
        return []
    return [key_of(table.name) for table in registry.tables(unit=unit)]


# --- no drift from the registry ----------------------------------------------------------------


def test_dbt_yaml_follows_from_the_registry() -> None:
    for path, text in dbt_yaml.documents().items():
        assert path.read_text("utf-8") == text, f"{path} has drifted: run `egov generate`"
    written_by_hand = set(MODELS.rglob("*.yml")) - set(dbt_yaml.documents())
    assert {path.name for path in written_by_hand} == {"_unit_tests.yml"}


def test_the_data_dictionary_follows_from_the_registry() -> None:
    assert dictionary.PATH.read_text("utf-8") == dictionary.text(), (
        f"{dictionary.PATH} has drifted: run `egov generate`"
    )


def _nodes(parsed: ParsedProject, kind: str) -> dict[str, dict[str, Any]]:
    return {
        node["name"]: node
        for node in parsed.manifest["nodes"].values()
        if node["resource_type"] == kind
    }


def test_every_model_and_column_is_documented_and_declared(parsed: ParsedProject) -> None:
    models = _nodes(parsed, "model")
    folders = ("staging", "indicators", "index", "panel")
    declared = {table.name: table for stage in folders for table in registry.tables(stage=stage)}
    assert models.keys() == declared.keys()
    assert {path.stem for path in MODELS.rglob("*.sql")} == declared.keys()
    for name, model in models.items():
        assert model["description"], f"{name} has no description"
        assert tuple(model["columns"]) == declared[name].column_names
        for column in model["columns"].values():
            assert column["description"], f"{name}.{column['name']} has no description"
            assert column["data_type"] == declared[name].column(column["name"]).sql.lower()


def test_every_mart_has_a_contract_and_its_tests(parsed: ParsedProject) -> None:
    tested: dict[str, set[str]] = {}
    for test in _nodes(parsed, "test").values():
        model = parsed.manifest["nodes"][test["attached_node"]]["name"]
        tested.setdefault(model, set()).add(test["test_metadata"]["name"])
    marts = {table.name for unit in ("marts", "panel") for table in registry.tables(unit=unit)}
    models = _nodes(parsed, "model")
    assert {name for name, model in models.items() if model["contract"]["enforced"]} == marts
    assert tested == {mart: {"unique_key", "no_nulls"} for mart in marts}


def test_sources_carry_no_dbt_tests(parsed: ParsedProject) -> None:
    """A test of a source would make a step of its own; raw tables pass their gate instead."""
    on_sources = [
        test["name"]
        for test in _nodes(parsed, "test").values()
        if any(node.startswith("source.") for node in test["depends_on"]["nodes"])
    ]
    assert on_sources == []
    assert len(parsed.manifest["sources"]) == len(registry.tables(stage="ingest"))


# --- traps -------------------------------------------------------------------------------------


def test_both_packages_are_installed_not_only_found_in_the_working_folder(tmp_path: Path) -> None:
    code = (
        "import assets, orchestration; print(assets.__path__[0], list(orchestration.__path__)[0])"
    )
    result = subprocess.run(
        [sys.executable, "-I", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"install the project (make test does):\n{result.stderr}"
    found = [Path(line) for line in result.stdout.split()]
    assert found == [PROJECT / "assets", PROJECT / "orchestration"]


def test_two_builds_in_one_process_leave_no_lock_behind(
    parsed: ParsedProject, built: tuple[NodeResult, ...], empty_year: Path, tmp_path: Path
) -> None:
    again = tmp_path / "egov.duckdb"
    create(again, {table.name: [] for table in registry.tables(stage="ingest")})
    results = build(parsed, again, select=YEARLY_SELECT)
    assert {r.name: r.status for r in results} == {r.name: r.status for r in built}
    assert {r.status for r in results} == {"success", "pass"}
    for database in (empty_year, again):
        with duckdb.connect(str(database)) as connection:  # read and write: nobody holds it
            connection.execute("create table probe as select 1 as one")
            connection.execute("drop table probe")


def test_a_yearly_build_runs_every_model_and_test_but_no_unit_test(
    parsed: ParsedProject, built: tuple[NodeResult, ...]
) -> None:
    assert {r.resource_type for r in built} == {"model", "test"}
    assert parsed.manifest["unit_tests"]
    models = {r.name for r in built if r.resource_type == "model"}
    stages = ("staging", "indicators", "index")
    assert models == {table.name for stage in stages for table in registry.tables(stage=stage)}
    marts = registry.tables(unit="marts")
    assert sum(1 for r in built if r.resource_type == "test") == 2 * len(marts)


def test_column_lineage_runs_from_raw_over_staging_to_the_index(
    built: tuple[NodeResult, ...], tmp_path: Path
) -> None:
    compiled = {r.name: r.compiled_sql for r in built if r.resource_type == "model"}
    lineage = column_lineage(compiled, tmp_path)
    assert lineage["idx_published_values"]["published_value"] == [
        ("stg_history_values", "published_value"),
        ("stg_report_values", "value"),
    ]
    assert lineage["stg_report_values"]["value"] == [("raw_report_values", "value")]
    assert lineage["stg_history_values"]["published_value"] == [
        ("raw_history_values", "published_value")
    ]
    assert ("idx_published_values", "published_value") in lineage["idx_ranks"]["rank_key"]
    assert column_lineage(compiled, tmp_path) == lineage, "what is kept differs from what was found"

    for model, columns in lineage.items():
        assert tuple(columns) == registry.table(model).column_names
        for upstream in (pair for pairs in columns.values() for pair in pairs):
            assert upstream[1] in registry.table(upstream[0]).column_names
        assert any(columns.values()), f"{model} comes from nowhere"


def test_a_year_never_visits_anybody(definitions: dg.Definitions) -> None:
    for name in ("one_year", "one_year_unreleased", "all_years"):
        job = definitions.resolve_job_def(name)
        assert VISITS not in job.asset_layer.selected_asset_keys
    assert VISITS in definitions.resolve_job_def("crawl_round").asset_layer.selected_asset_keys


def test_the_season_is_off_by_default_and_visits_for_the_year_before(
    definitions: dg.Definitions,
) -> None:
    schedule = definitions.resolve_schedule_def("crawl_season")
    assert schedule.default_status is dg.DefaultScheduleStatus.STOPPED

    def evening(text: str) -> dg.ScheduleEvaluationContext:
        return dg.build_schedule_context(
            scheduled_execution_time=datetime.fromisoformat(text),
            repository_def=definitions.get_repository_def(),
        )

    (request,) = schedule.evaluate_tick(evening("2017-02-20T20:00:00+07:00")).run_requests or []
    assert request.partition_key == "2016"
    skipped = schedule.evaluate_tick(evening("2099-02-20T20:00:00+07:00"))
    assert not skipped.run_requests
    assert "2098 is not among the years" in str(skipped.skip_message)
