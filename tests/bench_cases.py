"""`make bench-cases`: case records from files to gated Parquet and marts, against bare DuckDB.

Every figure is of this very run: each measure is a process of its own, medians of several runs.
`--rows` is how many made-up cases, 2 % of them at fault in ten known ways; the run ends with an
error if anything but the planted faults is in quarantine. No test depends on it.

    bare      casts, filters and aggregates the files; keeps nothing
    bare_kept the same, and keeps the rows as Parquet
    ours      read and judged line by line, quarantine, parts, gates, one sealed version, marts
    rules     plain DuckDB SQL that counts the breaches of the same rules, the key included
    gates     the gates over the same Parquet
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from assets import gates, registry
from assets.lake import Lake, add_files, current, promoted, staging
from assets.lake.parquet import PartFiles
from assets.services.cases.layout import layout
from assets.services.cases.read import case_files_table, read_cases, write_parts
from assets.synthetic.cases import COLUMNS, Wanted, described, write_cases
from assets.warehouse.build import build
from assets.warehouse.database import create
from assets.warehouse.project import parsed_project

BODIES = [f"P-{number:02d}" for number in range(1, 64)]
YEAR = "2016"
MARTS = "stg_cases stg_services stg_monthly_cases ind_service_cases"
#: Memory that both sides may use.
MEMORY = "2GB"


def _connect() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute(f"set memory_limit = '{MEMORY}'")
    return connection


def _cast(folder: Path) -> str:
    """The rows of the files cast and filtered, as one would write it in an afternoon."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in COLUMNS)
    codes = {
        name: ", ".join(f"'{code}'" for code in registry.table("raw_cases").column(name).codes)
        for name in ("channel", "case_result", "fee_payment")
    }
    days = ", ".join(
        f"try_cast(nullif({name}, '') as date) as {name}"
        for name in COLUMNS
        if layout().read[name] == "date"
    )
    others = ", ".join(name for name in COLUMNS if layout().read[name] != "date")
    return f"""
        select {others}, {days}
        from read_csv(
            '{folder}/in/*.csv', header = true, delim = ',', auto_detect = false,
            columns = {{{columns}}}, ignore_errors = true
        )
        where case_id <> '' and body_code like 'P-%'
            and year(try_cast(received_on as date)) = {YEAR}
            and {" and ".join(f"{name} in ({said})" for name, said in codes.items())}
    """


_MARTS = """
    create table marts as
    select
        body_code, service_code, channel, date_trunc('month', received_on) as month,
        count(*) as cases_received,
        count(resolved_on) as cases_resolved,
        count(*) filter (where case_result = 'on_time') as cases_on_time,
        count(*) filter (where fee_payment = 'online') as cases_fee_online
    from {rows}
    group by all
"""


def bare(folder: Path) -> None:
    with _connect() as connection:
        connection.execute(_MARTS.format(rows=f"({_cast(folder)})"))


def bare_kept(folder: Path) -> None:
    with _connect() as connection:
        kept = folder / "kept.parquet"
        connection.execute(f"copy ({_cast(folder)}) to '{kept}' (format parquet, codec zstd)")
        connection.execute(_MARTS.format(rows=f"read_parquet('{kept}')"))


def ours(folder: Path) -> None:
    lake = Lake(folder / "lake")
    shutil.rmtree(lake.work, ignore_errors=True)
    shutil.rmtree(lake.versions, ignore_errors=True)
    shutil.rmtree(lake.pointers, ignore_errors=True)
    files = read_cases(
        lake,
        current(lake, int(YEAR)),
        year=int(YEAR),
        bodies={body: body for body in BODIES},
        say=lambda line: print(line, file=sys.stderr),
    )
    with staging(lake, "cases", YEAR, "bench") as stage:
        table = case_files_table(files)
        parts = write_parts(files, stage.path)
        for name, paths in parts.items():
            result = gates.check_parts(registry.table(name), PartFiles(paths))
            if not result.passed:
                raise SystemExit(gates.as_text(result))
        stage.write_table("raw_case_files", table)
        stage.promote(inputs={}, code_version="bench", facts={})
    _build_marts(lake, folder)


def _build_marts(lake: Lake, folder: Path) -> None:
    held = promoted(lake, "cases", YEAR)
    if held is None:
        raise SystemExit("nothing was promoted")
    work = folder / "marts"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    sources = {
        table.name: held.paths(table.name) if table.unit == "cases" else []
        for table in registry.tables(stage="ingest")
    }
    create(work / "egov.duckdb", sources)
    build(parsed_project(folder / "parsed"), work / "egov.duckdb", select=MARTS)


def _parts(folder: Path, name: str) -> list[Path]:
    held = promoted(Lake(folder / "lake"), "cases", YEAR)
    if held is None:
        raise SystemExit("nothing was promoted")
    return held.paths(name)


def gates_over(folder: Path) -> None:
    parts = PartFiles(_parts(folder, "raw_cases"))
    result = gates.check_parts(registry.table("raw_cases"), parts)
    if not result.passed:
        raise SystemExit(gates.as_text(result))


def rules(folder: Path) -> None:
    """The same rules by hand: every column's nulls, forms, codes and bounds, the rules on rows,
    and the key."""
    table = registry.table("raw_cases")
    breaches = [f"{c.name} is null" for c in table.columns if not c.nullable]
    breaches += [
        f"not regexp_full_match({c.name}, '{c.pattern.strip('^$')}')"
        for c in table.columns
        if c.pattern
    ]
    breaches += [
        f"{c.name} not in ({', '.join(repr(code) for code in c.codes)})"
        for c in table.columns
        if c.codes
    ]
    breaches += [f"{c.name} < {c.min}" for c in table.columns if c.min is not None]
    breaches += [f"{c.name} > {c.max}" for c in table.columns if c.max is not None]
    breaches += [f"length({c.name}) > {c.max_length}" for c in table.columns if c.max_length]
    breaches += [
        "received_on > resolved_on",
        "received_on > due_on",
        "case_result in ('on_time', 'late') and resolved_on is null",
    ]
    counted = ", ".join(f"count(*) filter (where {breach})" for breach in breaches)
    names = ", ".join(f"'{path}'" for path in _parts(folder, "raw_cases"))
    with _connect() as connection:
        connection.execute(f"set temp_directory = '{folder}/spill'")
        found = connection.execute(f"select {counted} from read_parquet([{names}])").fetchone()
        twice = connection.execute(
            f"select count(*) from (select 1 from read_parquet([{names}]) "
            "group by body_code, case_id having count(*) > 1)"
        ).fetchone()
    if any(found or ()) or any(twice or ()):
        raise SystemExit(f"the rules are broken: {found}, {twice}")


STEPS: dict[str, Callable[[Path], None]] = {
    "bare": bare,
    "bare_kept": bare_kept,
    "ours": ours,
    "rules": rules,
    "gates": gates_over,
}


def _step(name: str, folder: Path) -> None:
    """Run one measure in this process and print what it took."""
    began = time.monotonic()
    STEPS[name](folder)
    seconds = time.monotonic() - began
    own = resource.getrusage(resource.RUSAGE_SELF)
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(used.ru_utime + used.ru_stime for used in (own, readers))
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


def _resident(pid: int) -> int:
    """Bytes of memory that a process and those it has started hold now."""
    held = 0
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
        held = pages * os.sysconf("SC_PAGE_SIZE")
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text("ascii").split():
                held += _resident(int(child))
    except (OSError, IndexError):  # it has just ended
        pass
    return held


def _measured(name: str, folder: Path, runs: int) -> dict[str, float]:
    """Medians of seconds and of processor time, the largest peak of memory: of the process and its
    readers together, looked at ten times a second."""
    results: list[dict[str, Any]] = []
    for _ in range(runs):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench_cases", "--step", name, "--folder", str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _resident(process.pid))
            time.sleep(0.1)
        said = process.stdout.read() if process.stdout else ""
        if process.returncode:
            raise SystemExit(f"{name} failed")
        results.append({**json.loads(said.splitlines()[-1]), "peak_mib": peak / 2**20})
    return {
        "seconds": statistics.median(each["seconds"] for each in results),
        "cpu": statistics.median(each["cpu"] for each in results),
        "peak_mib": max(each["peak_mib"] for each in results),
    }


def _make(folder: Path, rows: int) -> pl.DataFrame:
    """Made-up files in the intake of a lake, and every fault planted in them."""
    files = max(2, rows // 250_000)
    written, planted = [], []
    for each in write_cases(Wanted(rows, files, BODIES, fault_share=0.02), folder / "in"):
        written.append((each.path, described(int(YEAR))))
        planted.append(each.faults.with_columns(file_name=pl.lit(each.path.name)))
    size = sum(path.stat().st_size for path, _ in written)
    print(f"{rows:,} rows in {files} files, {size / 1e6:,.0f} MB of CSV")
    parsed_project(folder / "parsed")  # kept between runs, as in a lake
    began = time.monotonic()
    add_files(Lake(folder / "lake"), written)
    print(f"  taken into the intake (hash, copy, hash)    {time.monotonic() - began:8.1f} s")
    return pl.concat(planted)


def _only_planted(folder: Path, planted: pl.DataFrame) -> None:
    columns = ["file_name", "line_no", "rule_id"]
    frames = PartFiles(_parts(folder, "raw_case_quarantine")).frames(columns)
    found = pl.concat([pl.DataFrame(pl.from_arrow(frame)) for frame in frames]).select(
        pl.col("file_name", "rule_id").cast(pl.String), pl.col("line_no").cast(pl.Int64)
    )
    missed = planted.join(found, on=columns, how="anti").height
    extra = found.join(planted, on=columns, how="anti").height
    print(
        f"  planted {planted.height:,}, in quarantine {found.height:,}, "
        f"{missed} missed, {extra} more"
    )
    if missed or extra:
        raise SystemExit("the quarantine is not what was planted")


def main() -> None:
    """The whole benchmark for each number of rows, or one measure of it."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--rows", type=int, nargs="+", default=[5_000_000])
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--step", choices=STEPS)
    arguments.add_argument("--folder", type=Path)
    given = arguments.parse_args()
    if given.step:
        _step(given.step, given.folder)
        return
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"duckdb {duckdb.__version__}, polars {pl.__version__}; medians of {given.runs}"
    )
    for rows in given.rows:
        with tempfile.TemporaryDirectory(prefix="bench-cases-") as folder:
            _report(Path(folder), rows, given.runs)


def _report(folder: Path, rows: int, runs: int) -> None:
    planted = _make(folder, rows)
    found = {}
    for name in STEPS:
        found[name] = _measured(name, folder, runs)
        print(
            f"  {name:<10} {found[name]['seconds']:8.1f} s  {found[name]['cpu']:8.1f} s of cpu  "
            f"{found[name]['peak_mib']:8,.0f} MiB  {rows / found[name]['seconds']:12,.0f} rows/s"
        )
        if name == "ours":
            _only_planted(folder, planted)
    for name, base, target in (
        ("ours", "bare", 1.5),
        ("ours", "bare_kept", None),
        ("gates", "rules", 2.0),
    ):
        ratio = found[name]["seconds"] / found[base]["seconds"]
        of_cpu = found[name]["cpu"] / found[base]["cpu"]
        aim = f"; target {target}" if target else ""
        print(f"  {name} to {base}: {ratio:.2f} in time, {of_cpu:.2f} in cpu{aim}")


if __name__ == "__main__":
    main()
