"""Every kind of rule, broken once over a version that is already promoted: nothing moves.

The good tables of a released year are broken in one place and go down the real path: a Dagster
run, a stage in the lake, `gate_and_promote`. (No postponed annotations here: Dagster reads them.)
"""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from broken_tables import CASES, Case, put
from pipeline_run import YEAR, YearRun, altered_sources, promoted_place, replacing, run_year

from assets import gates, registry
from assets.assetspec import describe, key_of, yearly
from assets.gates.rules import rules_of
from assets.lake import Lake
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    open_stage,
)
from assets.reports import assets as report_assets
from assets.reports.report import read_report

Tables = dict[str, pa.Table]

DBT_TEST = "a_dbt_test"


@pytest.fixture(scope="module")
def lake(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A released year of this module's own; its promoted place never changes."""
    return Lake(
        Path(shutil.copytree(released.lake.root, tmp_path_factory.mktemp("gates") / "lake"))
    )


def good_tables(released: YearRun, unit: str) -> Tables:
    """The tables of a unit as they passed its gate; a release names its files without rel_."""
    return {
        table.name: released.table(unit, table.name.removeprefix("rel_"))
        for table in registry.tables(unit=unit)
    }


def through_the_gate(
    lake: Lake, released: YearRun, unit: str, tables: Tables, before: Sequence[bool] = ()
) -> dg.ExecuteInProcessResult:
    """One Dagster run that hands the tables to the gate; `before`: outcomes of checks that were
    made on the way, as those of dbt tests."""
    first = key_of(registry.tables(unit=unit)[0].name)
    inputs = released.version(unit).manifest["inputs"]
    specs = [dg.AssetCheckSpec(name=DBT_TEST, asset=first, blocking=True)]

    @dg.multi_asset(
        name="unit_under_test",
        specs=[describe(table) for table in registry.tables(unit=unit)],
        check_specs=[*gate_checks(unit), *(specs if before else [])],
        partitions_def=yearly,
    )
    def unit_under_test(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
        opened = lake.open()
        with open_stage(opened, unit, YEAR, context) as stage:
            yield from gate_and_promote(
                context,
                Work(opened, unit, YEAR, stage, inputs),
                tables,
                gate_context=gates.Context(
                    memberships=released.table("bodies", "raw_memberships"),
                    targets=released.table("targets", "raw_crawl_targets"),
                ),
                before=[
                    dg.AssetCheckResult(
                        asset_key=first,
                        check_name=DBT_TEST,
                        passed=passed,
                        description="1 offending rows; first: [{'body_code': 'P-10'}]",
                    )
                    for passed in before
                ],
            )

    return materialize(lake, unit_under_test)


def materialize(lake: Lake, assets: dg.AssetsDefinition) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [assets],
            resources={"lake": LakeResource(root=str(lake.root), sources="none")},
            partition_key=YEAR,
            instance=instance,
            raise_on_error=False,
        )


def failure_text(result: dg.ExecuteInProcessResult) -> str:
    """The words with which the run failed."""
    (event,) = (e for e in result.all_events if e.is_step_failure)
    data = event.step_failure_data
    assert data.user_failure_data is not None, data.error
    return str(data.user_failure_data.description)


def kept_rows(lake: Lake, run_id: str, unit: str, table: str) -> list[dict[str, Any]]:
    """The failing rows of a table, kept as Parquet beside the run."""
    path = lake.root / "failures" / run_id / f"{unit}.{YEAR}.{table}.parquet"
    return pq.read_table(path).to_pylist()


def test_every_kind_of_rule_of_the_registry_has_a_case() -> None:
    declared = {"columns", "dtype"}
    for table in registry.tables():
        declared |= {rule.kind for rule in (*rules_of(table), *table.table_rules)}
    assert {case.kind for case in CASES} == declared


@pytest.mark.parametrize("unit", ["reports", "marts"])
def test_good_tables_pass_and_change_nothing(lake: Lake, released: YearRun, unit: str) -> None:
    before = promoted_place(lake, unit)
    result = through_the_gate(lake, released, unit, good_tables(released, unit), before=[True])
    assert result.success
    assert {e.passed for e in result.get_asset_check_evaluations()} == {True}
    assert len(result.get_asset_materialization_events()) == len(registry.tables(unit=unit))
    assert promoted_place(lake, unit) == before


@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}-{case.table}" for case in CASES])
def test_a_broken_rule_leaves_the_promoted_place_as_it_was(
    lake: Lake, released: YearRun, case: Case
) -> None:
    unit = registry.table(case.table).unit
    tables = good_tables(released, unit)
    tables[case.table] = case.broken(tables[case.table])
    before = promoted_place(lake, unit)
    result = through_the_gate(lake, released, unit, tables)

    assert not result.success
    text = failure_text(result)
    assert f"gate of {unit} {YEAR} refused" in text
    assert "nothing was promoted" in text
    for words in (case.rule, "What to do:", *case.words):
        assert words in text
    assert not [e for e in result.all_events if e.is_step_materialization]
    failed = {e.asset_key for e in result.get_asset_check_evaluations() if not e.passed}
    assert failed == {key_of(case.table)}

    rows = [
        row
        for row in kept_rows(lake, result.run_id, unit, case.table)
        if row["rule_id"] == case.rule
    ]
    assert len(rows) == case.failing
    assert all(r["reason_en"] and r["reason_vi"] and r["what_to_do"] for r in rows)
    if case.raw is not None:
        assert case.raw in [row["raw_value"] for row in rows]
    assert promoted_place(lake, unit) == before


def test_a_failed_dbt_test_refuses_tables_that_pass_their_gates(
    lake: Lake, released: YearRun
) -> None:
    before = promoted_place(lake, "marts")
    result = through_the_gate(
        lake, released, "marts", good_tables(released, "marts"), before=[False]
    )
    assert not result.success
    text = failure_text(result)
    assert DBT_TEST in text
    assert "'body_code': 'P-10'" in text
    assert registry.tables(unit="marts")[0].name in text, "the table that was tested is not named"
    assert not [e for e in result.all_events if e.is_step_materialization]
    failed = {
        (e.asset_key, e.check_name) for e in result.get_asset_check_evaluations() if not e.passed
    }
    assert failed == {(key_of("ind_service_counts"), DBT_TEST)}
    assert promoted_place(lake, "marts") == before


def test_a_dbt_test_that_fails_in_a_real_run_names_rule_and_rows(
    lake_copy: Callable[[], Path], tmp_path: Path
) -> None:
    """Two bodies registered under one address: the printed one then belongs to both. A correction
    lets it pass the register of targets, whose gate would refuse it before."""
    root = lake_copy()
    alter = replacing(("tuyenquang.gov.vn", "laocai.gov.vn"))
    sources = altered_sources(tmp_path / "sources", alter, Path("bodies", "bodies.csv"))
    with (sources / "2016" / "corrections_2016.csv").open("a", encoding="utf-8") as corrections:
        corrections.write(
            "2016,4.4,website,P-10,P-08,tuyenquang.gov.vn,laocai.gov.vn,source_error,a,b,c,d\n"
        )
    before = promoted_place(Lake(root), "marts", "release")
    run = run_year(sources, root)
    assert promoted_place(run.lake, "marts", "release") == before
    assert not run.success
    assert "gate of marts 2016 refused" in run.message
    assert "unique_key" in run.message
    assert "ind_websites" in run.message
    assert "P-10" in run.message
    assert "CatalogException" not in run.message
    (kept,) = (run.lake.root / "failures").glob("*/marts.2016.ind_websites.unique_key.parquet")
    assert [row["body_code"] for row in pq.read_table(kept).to_pylist()] == ["P-10"]


def _misread(column: str, value: object) -> Callable[..., Any]:
    """The real reader of the report, but for one value of Lào Cai in table 4.9."""

    def read(*args: Any, **kwargs: Any) -> Any:
        content = read_report(*args, **kwargs)
        broken = put(column, value, table_no="4.9", body_printed="Lào Cai", measure="index_value")
        return replace(content, values=broken(content.values))

    return read


@pytest.mark.parametrize(
    ("column", "value", "kind", "raw"),
    [
        ("body_printed", "Lào Cai " * 51, "length", ("Lào Cai " * 51)[:200]),
        ("value", None, "status", "value=null, value_status=reported"),
        ("unit", None, None, None),
        ("decimals", 7, "range", "7"),
        ("measure", "hearsay", "codes", "hearsay"),
        ("index_code", None, "nullable", None),
    ],
    ids=["length", "status", "nothing wrong", "range", "codes", "nullable"],
)
def test_a_row_that_breaks_a_row_rule_is_quarantined_and_the_others_go_on(
    released: YearRun,
    lake_copy: Callable[[], Path],
    monkeypatch: pytest.MonkeyPatch,
    column: str,
    value: object,
    kind: str | None,
    raw: str | None,
) -> None:
    monkeypatch.setattr(report_assets, "read_report", _misread(column, value))
    root = lake_copy()
    result = materialize(Lake(root), report_assets.reports)
    assert result.success
    run = YearRun(True, "", Lake(root))
    bad = 0 if kind is None else 1

    rows = run.rows("reports", "raw_report_quarantine")
    assert [row["rule_id"] for row in rows] == [f"raw_report_values.{column}.{kind}"] * bad
    for row in rows:
        assert (row["table_no"], row["line_no"], row["raw_value"]) == ("4.9", _line(released), raw)
        assert row["column_name"] == column
        assert all(row[name] for name in ("file_name", "reason_en", "reason_vi", "what_to_do"))
        assert row["replay_command"] == f"egov run {YEAR}"
    (counts,) = run.rows("reports", "raw_report_counts", table_no="4.9")
    (true_counts,) = released.rows("reports", "raw_report_counts", table_no="4.9")
    assert counts == {
        **true_counts,
        "file_sha256": counts["file_sha256"],
        "rows_accepted": true_counts["rows_accepted"] - bad,
        "rows_quarantined": bad,
    }
    accepted = run.table("reports", "raw_report_values")
    assert accepted.num_rows == released.table("reports", "raw_report_values").num_rows - bad


def _line(released: YearRun) -> int:
    (value,) = released.rows(
        "reports",
        "raw_report_values",
        table_no="4.9",
        body_printed="Lào Cai",
        measure="index_value",
    )
    assert value["value"] == Decimal(1)
    return int(value["line_no"])
