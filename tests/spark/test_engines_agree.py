"""DuckDB and Spark build the same tables from the same raw ones: every relation, every type,
every row, and so the same bytes of what is promoted."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

if shutil.which("java") is None or importlib.util.find_spec("pyspark") is None:
    pytest.skip(
        "Java 17 or pyspark is not on this machine; CI has both and allows no skip",
        allow_module_level=True,
    )

from spark_year import Built, Sources

from assets import registry
from assets.lake.parquet import encode
from assets.warehouse.build import DbtBuildError, failing_rows
from assets.warehouse.database import read_tables
from assets.warehouse.project import ParsedProject
from assets.warehouse.spark import build_on_spark, check_types, run_schema

#: Spark takes minutes where many share a machine.
pytestmark = pytest.mark.timeout(1800)

YEARLY = [t for s in ("staging", "indicators", "index") for t in registry.tables(stage=s)]
PANEL = list(registry.tables(stage="panel"))


def described(database: Path, name: str) -> dict[str, str]:
    """Column -> type of a built table, as it is before anything casts it."""
    with duckdb.connect(str(database), read_only=True) as connection:
        return {row[0]: row[1] for row in connection.sql(f"describe main.{name}").fetchall()}


def only_in(first: pa.Table, second: pa.Table) -> pa.Table:
    """Rows of the first table, one for one, that the second does not have."""
    with duckdb.connect() as connection:
        connection.register("first", first)
        connection.register("second", second)
        return connection.sql("from first except all from second").to_arrow_table()


def assert_same(name: str, left: Built, right: Built) -> None:
    """The table has the same types, rows and exported bytes in both."""
    assert described(left.database, name) == described(right.database, name)
    mine, theirs = (read_tables(b.database, [name])[name] for b in (left, right))
    assert only_in(mine, theirs).to_pylist() == []
    assert only_in(theirs, mine).to_pylist() == []
    assert encode(mine) == encode(theirs)


def test_every_model_test_and_unit_test_passes_on_spark(on_spark: Built, on_duckdb: Built) -> None:
    assert {r.status for r in on_spark.results} == {"pass", "success"}
    assert on_spark.number("test") == on_duckdb.number("test") > 30
    assert sorted(on_spark.models) == sorted(table.name for table in YEARLY)


def test_every_unit_test_of_the_sql_was_among_them(
    projects: dict[str, ParsedProject], on_spark: Built, panels: dict[str, Built]
) -> None:
    assert {r.status for r in panels["spark_local"].results} == {"pass", "success"}
    run = on_spark.number("unit_test") + panels["spark_local"].number("unit_test")
    assert run == len(projects["spark_local"].manifest["unit_tests"]) > 30


@pytest.mark.parametrize("name", [table.name for table in YEARLY])
def test_they_build_the_same(name: str, on_duckdb: Built, on_spark: Built) -> None:
    assert_same(name, on_duckdb, on_spark)


@pytest.mark.parametrize("name", [table.name for table in PANEL])
def test_they_build_the_same_panel(name: str, panels: dict[str, Built]) -> None:
    assert_same(name, panels["duckdb"], panels["spark_local"])
    assert read_tables(panels["duckdb"].database, [name])[name].num_rows > 20


def test_what_was_compared_holds_figures_of_every_kind(on_duckdb: Built) -> None:
    built = read_tables(on_duckdb.database, ["idx_scores", "ind_criterion_scores", "idx_ranks"])
    assert built["idx_ranks"].num_rows > 500
    scores = built["idx_scores"].to_pylist()
    assert len(scores) > 1000
    assert {row["score_status"] for row in scores} >= {"scored", "unscored", "incomplete"}
    kinds = {r["formula_kind"] for r in built["ind_criterion_scores"].to_pylist() if r["points"]}
    assert kinds == {
        "ratio", "boolean", "tier", "count_capped", "normalised_block_max", "target_ratio",
    }  # fmt: skip
    rates = [r["best_rate"] for r in built["ind_criterion_scores"].to_pylist() if r["best_rate"]]
    assert max(rates) > 10**9, "no rate is beyond what 18 digits hold"


def test_the_order_of_every_mart_is_total() -> None:
    for table in (*registry.tables(unit="marts"), *registry.tables(unit="panel")):
        assert set(table.key) <= set(table.sort), f"rows of {table.name} could tie"


def test_a_run_leaves_no_name_behind(on_spark: Built) -> None:
    from pyspark.sql import SparkSession

    named = [row[0] for row in SparkSession.builder.getOrCreate().sql("show schemas").collect()]
    assert run_schema(on_spark.database.parent.name) not in named


def test_a_failed_test_shows_its_rows(
    projects: dict[str, ParsedProject], sources: Sources, tmp_path: Path
) -> None:
    twice = {**sources, "raw_report_values": sources["raw_report_values"] * 2}
    database = tmp_path / "broken" / "egov.duckdb"
    database.parent.mkdir()
    results = build_on_spark(
        projects["spark_local"], database, twice, select="stg_report_values ind_statistics"
    )
    (failed,) = (r for r in results if r.resource_type == "test" and r.status == "fail")
    rows = failing_rows(failed, database)
    assert rows.num_rows == failed.failures > 0
    assert {row["row_count"] for row in rows.to_pylist()} == {2}


def test_a_type_that_is_not_declared_is_refused(tmp_path: Path) -> None:
    fields = [
        (c.name, pa.int64() if c.name == "total" else c.arrow)
        for c in registry.table("ind_service_counts").columns
    ]
    right, wrong = tmp_path / "right.parquet", tmp_path / "wrong.parquet"
    pq.write_table(pa.schema(fields).empty_table(), right)
    fields = [(n, pa.decimal128(38, 6) if n == "total" else t) for n, t in fields]
    pq.write_table(pa.schema(fields).empty_table(), wrong)
    check_types({"ind_service_counts": [right]})
    with pytest.raises(DbtBuildError, match=r"ind_service_counts\.total: declared int64"):
        check_types({"ind_service_counts": [wrong]})
