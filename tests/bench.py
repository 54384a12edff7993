"""`make bench`: one year, a backfill and a round of forms against bare `dbt build` on the same
inputs.

Every figure is of this very run, on this machine, as a whole process: medians of several runs,
and ratios against the baseline. No test depends on it.
"""

from __future__ import annotations

import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from assets.assetspec import INGEST_UNITS
from assets.lake import Lake, promoted
from assets.registry import tables
from assets.warehouse.assets import YEARLY_SELECT
from assets.warehouse.database import RAW_SCHEMA, create
from assets.warehouse.project import PROJECT_DIR, project_arguments
from assets.years import YEARS
from tests.command import environment

ROUNDS = 3
YEAR = "2016"


def _seconds(command: list[str], env: dict[str, str]) -> tuple[float, str]:
    started = time.monotonic()
    done = subprocess.run(
        command, env=env, cwd=PROJECT_DIR.parent, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
    return time.monotonic() - started, done.stdout


def _egov(lake: Path, *words: str) -> tuple[float, str]:
    return _seconds([sys.executable, "-m", "orchestration.cli", *words], environment(lake))


def _bare(lake: Path, year: str, work: Path) -> float:
    """`dbt build` alone, as its own process, on the promoted raw tables of the year."""
    folder = work / f"bare-{year}-{time.monotonic_ns()}"
    folder.mkdir()
    sources = {}
    for unit in INGEST_UNITS:
        held = promoted(Lake(lake), unit, year)
        if held is None:
            raise SystemExit(f"{unit} {year} is not promoted")
        for table in tables(unit=unit):
            sources[table.name] = held.paths(table.name)
    create(folder / "egov.duckdb", sources, schema=RAW_SCHEMA)
    command = [
        str(Path(sys.executable).parent / "dbt"), "--quiet", "build",
        "--exclude-resource-type", "unit_test", "--select", *YEARLY_SELECT.split(),
        *project_arguments(PROJECT_DIR, work / "target"),
    ]  # fmt: skip
    env = {**os.environ, "EGOV_RUN_DB": str(folder / "egov.duckdb"), "DO_NOT_TRACK": "1"}
    return _seconds(command, env)[0]


def _where_the_time_went(said: str) -> str:
    return next(line.strip() for line in said.splitlines() if line.startswith("  time  "))


def _line(what: str, seconds: float, baseline: float) -> None:
    print(f"  {what:44} {seconds:8.2f} s   {seconds / baseline:5.2f} x bare", flush=True)


def _forms(work: Path, bare: float) -> None:
    """90 forms handed in, then taken in, gated and scored by one run of the year."""
    lake = work / "forms-lake"
    shutil.copytree(work / "lake", lake)
    _egov(lake, "synth", YEAR, "--to", str(work / "forms"))
    submit, _ = _egov(
        lake, "submit", str(work / "forms"), "--year", YEAR, "--received", "2017-01-20",
        "--synthetic",
    )  # fmt: skip
    score, said = _egov(lake, "run", YEAR, "--no-release")
    print("\n90 forms, about 60 figures each; target 60 s together, 1,024 MiB")
    _line("egov submit: hashed, read, receipts", submit, bare)
    _line("one run: read, gated, scored; panel", score, bare)
    _line("  together", submit + score, bare)
    print("  " + _where_the_time_went(said))


def main() -> None:
    """Measure and print; a failing command ends the benchmark with its output."""
    names = ("dagster", "dbt-core", "dbt-duckdb", "duckdb", "pandera", "pyarrow")
    python = platform.python_version()
    print(f"machine   {platform.machine()}, {os.cpu_count()} cores, Python {python}")
    print("versions  " + ", ".join(f"{name} {version(name)}" for name in names))
    with tempfile.TemporaryDirectory() as folder:
        work, lake = Path(folder), Path(folder) / "lake"
        cold, _ = _egov(lake, "run", YEAR)
        _bare(lake, YEAR, work)  # leaves dbt's partial parse behind: the baseline is warm too
        bare = statistics.median(_bare(lake, YEAR, work) for _ in range(ROUNDS))
        warm_runs = [_egov(lake, "run", YEAR) for _ in range(ROUNDS)]
        warm = statistics.median(seconds for seconds, _ in warm_runs)
        print(f"\none year ({YEAR}), whole process, median of {ROUNDS}")
        _line("bare dbt build (warm partial parse)", bare, bare)
        _line("egov run, first time (parses the project)", cold, bare)
        _line("egov run, warm; target 3 x", warm, bare)
        print("  " + _where_the_time_went(warm_runs[-1][1]))

        backfill, _ = _egov(lake, "backfill", f"{YEARS[0]}-{YEARS[-1]}")
        held = [year for year in YEARS if promoted(Lake(lake), "marts", year)]
        bare_years = sum(_bare(lake, year, work) for year in held)
        print(f"\nbackfill of {len(held)} years held, {YEARS[0]} to {YEARS[-1]}, one run")
        _line("bare dbt build, one process a year", bare_years, bare_years)
        _line("egov backfill; target 1.5 x", backfill, bare_years)
        _line("  per year held", backfill / len(held), bare_years / len(held))
        _forms(work, bare)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"\npeak memory of any process: {peak:,.0f} MiB")


if __name__ == "__main__":
    main()
