"""Every null of a measure has an observation status, by the one declared mapping."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from release_reseal import reseal
from release_samples import sources

from assets import gates, registry
from assets.lake.parquet import decode
from assets.release import build_tables, status, verify_release
from assets.release.tablefiles import copies_of, parquet_of

NUMBERS = {"int", "bigint", "decimal", "exact"}
TABLE = registry.table(status.NAME)

#: Codes of CL_OBS_STATUS, version 2.2.
CL_OBS_STATUS = set("ABDEFGHIJKLMNOPQRSUVW")


def release_tables() -> Iterator[registry.Table]:
    return (table for table in registry.tables(unit="release") if table.name != status.NAME)


def test_every_number_that_may_be_null_is_a_measure_or_said_not_to_be_one() -> None:
    mapped = status.mapped()
    declared = {(measure.table, measure.column) for measure in mapped.measures}
    open_ = {
        (table.name, column.name)
        for table in release_tables()
        for column in table.columns
        if ((column.nullable and column.type in NUMBERS) or column.status)
        and column.name not in mapped.not_measures
    }
    assert open_ - declared == set()
    assert all(table in {t.name for t in release_tables()} for table, _ in declared)


def test_every_word_of_a_status_column_is_mapped_to_a_code_of_the_list() -> None:
    mapped = status.mapped()
    assert set(mapped.codes) <= CL_OBS_STATUS
    for measure in mapped.measures:
        if measure.status is not None:
            column = registry.table(measure.table).column(measure.status)
            words = mapped.words[measure.status]
            assert set(column.codes) <= set(words), measure
            assert set(words.values()) <= set(mapped.codes)
    codes = set(mapped.codes) - {status.NORMAL}
    assert set(TABLE.column("obs_status").codes) == codes


def test_a_null_is_always_explained_by_its_word_or_by_the_measure() -> None:
    """The words that say that there is a figure need a code for a null that is there all the same,
    unless the gate forbids such a null."""
    mapped = status.mapped()
    for measure in mapped.measures:
        guarded = registry.table(measure.table).column(measure.column).status == measure.status
        if measure.status is None or not guarded:
            assert measure.when_null is not None, measure
            assert mapped.codes[measure.when_null]["missing"], measure


@pytest.mark.parametrize(
    ("column", "word", "is_null", "code"),
    [
        ("published_rank", "printed", False, "A"),
        ("published_rank", "derived", False, "I"),
        ("published_rank", "not_printed", True, "O"),
        ("published_value", "approximate", False, "E"),
        ("published_value", "no_service", True, "M"),
        ("published_value", "unreadable", True, "L"),
        ("published_value", "reported", True, None),  # nothing explains it: the gate stops it
        ("services_no_cases", "reported", True, "O"),
        ("online_share_pct", "share_only", False, "A"),
        ("all_cases", "share_only", True, "L"),
        ("bodies_expected", None, True, "O"),
        ("bodies_expected", None, False, "A"),
    ],
)
def test_a_cell_gets_the_code_of_its_word(
    column: str, word: str | None, is_null: bool, code: str | None
) -> None:
    mapped = status.mapped()
    measure = next(measure for measure in mapped.measures if measure.column == column)
    assert mapped.code(measure, word, is_null) == code


def test_a_word_without_a_code_stops_the_release() -> None:
    mapped = status.mapped()
    with pytest.raises(KeyError, match="guessed"):
        mapped.code(mapped.measures[0], "guessed", True)


def test_every_null_of_the_sample_is_listed_and_points_at_its_cell() -> None:
    built = build_tables(sources())
    rows = built[status.NAME].to_pylist()
    listed = {(row["table_name"], row["column_name"], row["data_row"]) for row in rows}
    nulls = {
        (measure.table.removeprefix("rel_"), measure.column, row)
        for measure in status.mapped().measures
        for row, value in enumerate(built[measure.table][measure.column].to_pylist(), start=1)
        if value is None
    }
    assert nulls
    assert nulls <= listed
    (row,) = [r for r in rows if r["table_name"] == "published_values" and r["data_row"] == 1][:1]
    assert row["row_key"] == (
        "index_code=assessment, universe=province_63, category=overall, body_code=P-02, "
        "value_key=x:3"
    )
    assert (row["body_code"], row["figure_status"], row["obs_status"]) == (
        "P-02",
        "not_printed",
        "O",
    )
    assert gates.check(TABLE, built[status.NAME]).passed


def test_a_null_that_nothing_explains_is_named_by_the_gate() -> None:
    built = build_tables(sources())
    values = built["rel_published_values"].to_pylist()
    values[1]["published_rank"] = None  # its status says printed
    schema = built["rel_published_values"].schema
    harmed = {**built, "rel_published_values": pa.Table.from_pylist(values, schema=schema)}

    result = gates.check(TABLE, status.observation_status(harmed))

    assert [r.rule_id for r in result.rules if not r.passed] == [
        "rel_observation_status.obs_status.nullable"
    ]
    (failure,) = result.failures.to_pylist()
    assert "table_name=published_values" in failure["where"]
    assert "column_name=published_rank" in failure["where"]


def test_a_status_taken_out_of_a_sealed_release_is_found(folder: Path) -> None:
    frame = decode((folder / "observation_status.parquet").read_bytes()).slice(1)
    for name, data in {**parquet_of(TABLE, frame), **copies_of(TABLE, frame)}.items():
        (folder / name).write_bytes(data)
    reseal(folder)
    found = [(f.file, f.rule) for f in verify_release(folder).findings]
    assert ("observation_status.parquet", "status") in found
