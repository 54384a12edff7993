"""The dbt unit tests of the SQL, run by dbt itself in this process on an empty database.

A unit test needs the upstream relations for their column types only, so the models are first
built over raw tables without a row.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner

from assets import registry
from assets.warehouse.build import DATABASE_VARIABLE
from assets.warehouse.database import create
from assets.warehouse.project import PROJECT_DIR, ParsedProject, project_arguments


def declared() -> dict[str, str]:
    """Name of each unit test in the YAML files -> the model it is of."""
    found: dict[str, str] = {}
    for path in sorted((PROJECT_DIR / "models").rglob("_unit_tests.yml")):
        for test in yaml.safe_load(path.read_text("utf-8"))["unit_tests"]:
            assert test["name"] not in found, f"{test['name']} is declared twice"
            found[test["name"]] = test["model"]
    return found


def dbt(parsed: ParsedProject, database: Path, *arguments: str) -> list[tuple[str, str, str]]:
    """(node, status, message) of each node that a dbt command ran."""
    runner = dbtRunner(manifest=parsed.dbt_manifest)
    options = project_arguments(PROJECT_DIR, database.parent / "dbt")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(DATABASE_VARIABLE, str(database))
        try:
            outcome = runner.invoke(["--quiet", *arguments, *options])
        finally:
            DuckDBConnectionManager.close_all_connections()
    assert outcome.result is not None, outcome.exception
    return [
        (r.node.name, str(r.status), str(r.message or ""))
        for r in outcome.result
        if r.node.resource_type != "operation"
    ]


@pytest.fixture(scope="module")
def outcomes(parsed: ParsedProject, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Unit test -> 'pass', or what dbt said."""
    database = tmp_path_factory.mktemp("unit_tests") / "egov.duckdb"
    create(database, {table.name: [] for table in registry.tables(stage="ingest")})
    built = dbt(parsed, database, "run")
    assert {status for _, status, _ in built} == {"success"}, built
    results = dbt(parsed, database, "test", "--select", "test_type:unit")
    return {
        name: status if status == "pass" else f"{status}: {message}"
        for name, status, message in results
    }


def test_every_declared_unit_test_is_run_and_passes(outcomes: dict[str, str]) -> None:
    assert outcomes == dict.fromkeys(declared(), "pass")


@pytest.mark.parametrize(
    ("model", "number"),
    [
        ("ind_case_counts", 7),
        ("idx_ranks", 3),
        ("idx_ledger_ranks", 3),
        ("idx_ledger_shares", 2),
        ("idx_reconciliation", 1),
        ("ind_service_cases", 2),
        ("ind_case_months", 2),
        ("ind_case_years", 1),
        ("ind_services", 1),
        ("ind_service_totals", 1),
        ("ind_case_coverage", 1),
        ("idx_service_ranks", 1),
        ("idx_ledger_cases", 2),
        ("stg_portal_checks", 2),
        ("stg_crawl_visits", 1),
        ("stg_crawl_rounds", 1),
        ("ind_portal_checks", 1),
        ("ind_check_figures", 1),
        ("ind_target_uptime", 1),
        ("ind_crawl_outcomes", 1),
        ("ind_observations", 3),
        ("idx_ledger_scores", 1),
        ("idx_ledger_parts", 1),
        ("pnl_rank_changes", 3),
    ],
)
def test_the_models_that_decide_are_unit_tested(model: str, number: int) -> None:
    assert list(declared().values()).count(model) == number
