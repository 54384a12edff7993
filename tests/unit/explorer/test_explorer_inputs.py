"""Which years the page shows: only those whose release says what the panel says; and
the refusal of a page that does not say what the lake says. All tables here are made up."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest
from explorer_samples import frame, inputs, value

from assets.explorer.assets import counted, read_inputs
from assets.explorer.compact import rows
from assets.explorer.data import build
from assets.explorer.inputs import RAW_TEXTS, Inputs
from assets.lake import Lake, staging
from assets.lake.parquet import encode

MARTS = "m" * 64


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def given() -> Inputs:
    return inputs()


def _promote(
    lake: Lake, unit: str, key: str, tables: Mapping[str, pa.Table], made_of: Mapping[str, str]
) -> str:
    with staging(lake, unit, key, "test") as stage:
        for name, table in tables.items():
            stage.write_bytes(f"{name}.parquet", encode(table))
        return stage.promote(made_of, "code", {}).content_sha256


def _year(lake: Lake, year: str, given: Inputs, marts: str = MARTS) -> None:
    """A release of the year, with the sources it is from."""
    tables = given.years[year]
    made_of = {"marts": marts}
    for unit, names in RAW_TEXTS.items():
        made_of[unit] = _promote(lake, unit, year, {n: tables[n] for n in names}, {})
    release = {n.removeprefix("rel_"): t for n, t in tables.items() if n.startswith("rel_")}
    _promote(lake, "release", year, release, made_of)


def _rest(lake: Lake, given: Inputs, panel_of_analysis: str | None = None) -> None:
    made_of = {f"marts {year}": MARTS for year in given.years}
    panel = _promote(lake, "panel", "all", dict(given.panel), made_of)
    _promote(lake, "analysis", "all", dict(given.analysis), {"panel": panel_of_analysis or panel})


def test_years_of_one_making_are_shown(tmp_path: Path, given: Inputs) -> None:
    lake = Lake(tmp_path)
    for year in given.years:
        _year(lake, year, given)
    _rest(lake, given)
    read = read_inputs(lake)
    assert sorted(read.years) == ["2016", "2017"]
    assert read.left_out == {}
    assert {"panel", "analysis", "release 2016", "release 2017"} <= set(read.hashes)


def test_a_year_without_release_or_that_says_otherwise_is_left_out_and_told(
    tmp_path: Path, given: Inputs
) -> None:
    lake = Lake(tmp_path)
    changed = value(2016, "P-48", 3, "0.900")
    _year(lake, "2016", inputs(values={2016: [value(2016, "P-10", 1, "1.000"), changed]}))
    _rest(lake, given)
    read = read_inputs(lake)
    assert read.left_out == {"2016": "release_says_otherwise", "2017": "no_release"}
    assert read.years == {}


def test_a_release_of_another_code_that_says_the_same_is_shown(
    tmp_path: Path, given: Inputs
) -> None:
    lake = Lake(tmp_path)
    _year(lake, "2016", given, marts="o" * 64)
    _rest(lake, given)
    assert sorted(read_inputs(lake).years) == ["2016"]


def test_sources_that_were_read_again_never_lend_their_text_to_another_file(
    tmp_path: Path, given: Inputs
) -> None:
    lake = Lake(tmp_path)
    _year(lake, "2016", given)
    _rest(lake, given)
    other = {"file_sha256": "e" * 64, "line_no": 7, "column_no": 1, "raw_text": "other"}
    tables = {name: given.years["2016"][name] for name in RAW_TEXTS["reports"]}
    tables["raw_report_cells"] = frame("raw_report_cells", other)
    _promote(lake, "reports", "2016", tables, {"other": "x"})
    core, _, _ = build(read_inputs(lake))
    assert [place["raw"] for place in rows(core["places"])] == [None]


def test_an_analysis_of_another_panel_stops_the_page(tmp_path: Path, given: Inputs) -> None:
    lake = Lake(tmp_path)
    _rest(lake, given, panel_of_analysis="p" * 64)
    with pytest.raises(dg.Failure, match="another panel"):
        read_inputs(lake)


def test_without_a_panel_the_page_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(dg.Failure, match="egov run"):
        read_inputs(Lake(tmp_path))


def test_the_count_is_a_check_that_names_the_first_differences() -> None:
    check = counted([f"value {n}" for n in range(9)])
    assert not check.passed
    assert check.description is not None
    assert "9 differences" in check.description
    assert "value 4" in check.description
    assert "value 5" not in check.description
    assert counted([]).passed
