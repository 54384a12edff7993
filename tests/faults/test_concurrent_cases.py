"""Four years of case records taken in by four runs at once: every line of every year ends where it
belongs. Made-up cases, so nothing is released."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from assets.lake import Lake, add_files, promoted
from assets.lake.parquet import PartFiles
from assets.lake.read import Version
from assets.synthetic.cases import Wanted, described, write_cases
from tests.command import SECONDS, start

YEARS = (2016, 2017, 2018, 2019)
BODIES = ("P-01", "P-10", "P-48", "P-79")
COLUMNS = ["file_name", "line_no", "rule_id"]


def _received(root: Path, rows: int, files: int) -> dict[int, pl.DataFrame]:
    """Files of every year in the intake; what was planted in them, by year."""
    planted = {}
    for year in YEARS:
        wanted = Wanted(rows, files, BODIES, year=year, seed=year, fault_share=0.02)
        written = list(write_cases(wanted, root / "in"))
        add_files(Lake(root / "lake"), [(each.path, described(year)) for each in written])
        planted[year] = pl.concat(
            each.faults.with_columns(file_name=pl.lit(each.path.name)) for each in written
        )
    return planted


def _refused(cases: Version) -> pl.DataFrame:
    frames = PartFiles(cases.paths("raw_case_quarantine")).frames(COLUMNS)
    return pl.concat(pl.DataFrame(pl.from_arrow(frame)) for frame in frames).select(
        pl.col("file_name", "rule_id").cast(pl.String), pl.col("line_no").cast(pl.Int64)
    )


def _run_at_once(lake: Path, seconds: float) -> None:
    runs = [start(lake, "run", str(year), "--no-release") for year in YEARS]
    for run in runs:
        said, _ = run.communicate(timeout=seconds)
        assert run.returncode == 0, said
        for fault in ("Traceback", "is locked", "LockTimeout", "Conflicting lock"):
            assert fault not in said, said


def _ended_right(root: Path, rows: int, seconds: float, files: int) -> None:
    planted = _received(root, rows, files)
    _run_at_once(root / "lake", seconds)
    for year in YEARS:
        cases = promoted(Lake(root / "lake"), "cases", str(year))
        marts = promoted(Lake(root / "lake"), "marts", str(year))
        assert cases is not None
        assert marts is not None
        refused, wanted = _refused(cases), planted[year]
        assert refused.join(wanted, on=COLUMNS, how="anti").is_empty()
        assert wanted.join(refused, on=COLUMNS, how="anti").is_empty()
        table = cases.table("raw_case_files")
        lines = wanted.select("file_name", "line_no").unique().height
        assert sum(table["rows_in"].to_pylist()) == rows
        assert sum(table["rows_accepted"].to_pylist()) == rows - lines
        counted = marts.table("ind_service_cases")
        assert sum(counted["cases_received"].to_pylist()) == rows - lines
        assert counted["is_synthetic"].to_pylist() == [True] * counted.num_rows


def test_four_years_of_cases_at_once(tmp_path: Path) -> None:
    _ended_right(tmp_path, 20_000, SECONDS, files=4)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_four_years_of_five_million_cases_at_once(tmp_path: Path) -> None:
    _ended_right(tmp_path, 5_000_000, 3000, files=20)
