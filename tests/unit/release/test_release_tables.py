"""What rows and columns a release publishes."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from release_samples import (
    BODIES,
    CORRECTIONS,
    HISTORY,
    REPORT,
    REVIEW,
    sources,
    table,
    with_rows,
)

from assets import gates, registry
from assets.release import build_tables, unexplained
from assets.release.tables import column_sources

RELEASE_TABLES = registry.tables(unit="release")


def rows(tables: dict[str, pa.Table], name: str, **equal: Any) -> list[dict[str, Any]]:
    return [
        row
        for row in tables[name].to_pylist()
        if all(row[column] == value for column, value in equal.items())
    ]


@pytest.mark.parametrize("table", RELEASE_TABLES, ids=lambda table: table.name)
def test_every_table_has_the_declared_schema_and_passes_its_gate(table: registry.Table) -> None:
    frame = build_tables(sources())[table.name]

    assert frame.schema.equals(table.arrow_schema, check_metadata=True)
    assert frame.num_rows > 0
    result = gates.check(table, frame)
    assert result.passed, gates.as_text(result)


@pytest.mark.parametrize("table", RELEASE_TABLES, ids=lambda table: table.name)
def test_every_column_has_a_source_but_those_of_the_status(table: registry.Table) -> None:
    orphans = set(table.column_names) - set(column_sources(table))
    made = {"table_name", "column_name", "data_row", "row_key", "figure_status", "obs_status"}
    assert orphans == (made if table.name == "rel_observation_status" else set())


def test_rows_are_in_declared_order_with_missing_ranks_last() -> None:
    published = build_tables(sources())["rel_published_values"]
    assert [(r["category"], r["published_rank"]) for r in published.to_pylist()] == [
        ("overall", None),
        ("policy", 1),
        ("policy", 2),
    ]


def test_a_printed_total_is_a_row_of_its_own_without_the_figures_of_a_level() -> None:
    built = build_tables(sources())

    (total,) = rows(built, "rel_case_counts", body_code="P-10", level="total")
    assert total["online_cases"] == 3640
    assert (total["status"], total["parts"], total["line_no"]) == ("reported", 0, 1)
    assert total["services_online_cases"] is None  # the sum over levels is not the printed total
    assert total["all_cases"] is None
    (level,) = rows(built, "rel_case_counts", body_code="P-10", level="3")
    assert level["services_any_cases"] == 29
    (missing,) = rows(built, "rel_case_counts", body_code="P-02", level="total")
    assert (missing["online_cases"], missing["status"]) == (None, "not_stated")
    assert missing["line_no"] == 642


def test_the_quarantine_holds_both_kinds_of_sources() -> None:
    quarantine = build_tables(sources())["rel_quarantine"]
    assert quarantine["file_sha256"].to_pylist() == [REPORT, HISTORY]


def test_reference_files_are_sources_only_when_something_rests_on_them() -> None:
    tables = {**sources(), "raw_corrections": table("raw_corrections")}
    assert set(build_tables(tables)["rel_sources"]["file_sha256"].to_pylist()) == {
        REPORT,
        HISTORY,
        BODIES,
    }
    tables = with_rows(tables, "raw_corrections", {"file_sha256": CORRECTIONS})
    tables = with_rows(tables, "raw_body_matches", {"match_rule": "review"})
    assert {CORRECTIONS, REVIEW} <= set(
        build_tables(tables)["rel_sources"]["file_sha256"].to_pylist()
    )


def test_a_null_that_may_not_be_is_left_for_the_gate_to_name() -> None:
    tables = with_rows(sources(), "ind_websites", {"body_code": None, "table_no": "4.4"})
    frame = build_tables(tables)["rel_websites"]
    result = gates.check(registry.table("rel_websites"), frame)
    assert "rel_websites.body_code.nullable" in {r.rule_id for r in result.rules if not r.passed}


def test_unexplained_rows_are_found() -> None:
    tables = with_rows(sources(), "idx_reconciliation", {"class": "unexplained", "item": "share"})
    found = unexplained(build_tables(tables)["rel_reconciliation"])
    assert found["item"].to_pylist() == ["share"]


def test_texts_of_the_report_are_the_cells_below_the_headers_that_hold_words() -> None:
    (text,) = rows(build_tables(sources()), "rel_report_texts")
    assert (text["column_name"], text["raw_text"], text["clean_text"]) == (
        "body",
        "<b>Lào Cai</b>",
        "Lào Cai",
    )


def test_a_printed_name_has_its_body_and_the_note_beside_it() -> None:
    (name,) = rows(build_tables(sources()), "rel_printed_names")
    assert (name["body_printed"], name["body_code"], name["body_note"]) == (
        "Lào Cai",
        "P-10",
        "ghi chú",
    )
