"""The declared rankings on the counts that the report of 2016 prints: they give its ranks. And
what the marts of services and cases say of a year of which only the report is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pipeline_run import YearRun

from assets import registry
from assets.warehouse.build import build
from assets.warehouse.database import CLOSED, create, read_tables
from assets.warehouse.project import parsed_project

Row = dict[str, Any]

NOT_HELD = ("ind_service_cases", "ind_case_months", "ind_case_years", "ind_services",
            "ind_service_totals", "idx_service_ranks")  # fmt: skip
#: Ranking -> category of the printed lists.
LISTS = {"services_provided": "online_services", "cases_online": "online_cases"}


def printed_totals(released: YearRun) -> list[Row]:
    """The printed counts in the columns of ind_service_totals; a body said to have no service
    has none of them."""
    cases = {row["body_code"]: row for row in released.rows("marts", "ind_case_totals")}
    rows = []
    for body in released.rows("marts", "ind_service_counts"):
        of_body = cases.get(body["body_code"], {})
        online = of_body.get("online_cases")
        rows.append(
            {name: body[name] for name in ("assessment_year", "index_code", "block", "universe")}
            | {"body_code": body["body_code"], "body_name": body["body_name"]}
            | {"services_total": body["total"] or 0, "services_level4": body["level4"] or 0}
            | {"services_online_cases": of_body.get("services_online_cases")}
            | {"services_status": "reported", "months_held": 12, "months_online": 12}
            | {"cases_online": online, "months_total": 0, "is_synthetic": False}
        )
    return rows


@pytest.fixture(scope="module")
def ranked(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """idx_service_ranks over the printed counts."""
    folder: Path = tmp_path_factory.mktemp("ranks")
    policies = released.version("services").file("raw_service_rankings.parquet")
    database = folder / "egov.duckdb"
    create(database, {"raw_service_rankings": [policies]})
    declared = registry.table("ind_service_totals")
    schema = pa.schema([pa.field(c.name, c.arrow) for c in declared.columns])
    totals = folder / "totals.parquet"
    pq.write_table(pa.Table.from_pylist(printed_totals(released), schema=schema), totals)
    with duckdb.connect(str(database), config=CLOSED) as connection:
        connection.execute(f"create table ind_service_totals as from read_parquet('{totals}')")
    build(
        parsed_project(folder / "cache"),
        database,
        select="stg_service_rankings idx_service_ranks",
    )
    return read_tables(database, ["idx_service_ranks"])["idx_service_ranks"].to_pylist()


@pytest.mark.parametrize(("ranking", "category"), LISTS.items())
def test_the_policies_give_the_ranks_of_the_report(
    released: YearRun, ranked: list[Row], ranking: str, category: str
) -> None:
    found = {r["body_code"]: r["rank"] for r in ranked if r["ranking"] == ranking}
    lists = released.rows("marts", "idx_ranks", category=category, trust="official_full")
    printed = {r["body_code"]: r["published_rank"] for r in lists if r["table_no"]}
    assert {r["body_code"]: r["recomputed_rank"] for r in lists if r["table_no"]} == {
        body: found[body] for body in printed
    }
    ledger = released.ledger(item="rank", category=category)
    explained = {r["body_code"] for r in ledger if r["table_no"] and r["class"] != "match"}
    differing = {body for body, rank in printed.items() if rank != found[body]}
    assert differing == explained, (ranking, differing ^ explained)
    assert len(printed) > 70
    assert len(differing) < 5


def test_nothing_is_made_up_where_only_the_report_is_held(released: YearRun) -> None:
    assert {name: released.table("marts", name).num_rows for name in NOT_HELD} == dict.fromkeys(
        NOT_HELD, 0
    )
    assert released.ledger(item="case_sources") == released.ledger(item="case_statements") == []
    coverage = released.rows("marts", "ind_case_coverage")
    assert {(r["universe"], r["counted_from"]): r["coverage"] for r in coverage} == {
        ("province_63", "published"): "23 of 63",
        ("ministry", "published"): "11 of 19",
    }
