"""The data package of the real 2016: the same bytes everywhere, valid, and no null unexplained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import release_rebuild
from frictionless import Package
from pipeline_run import YEAR, YearRun

from assets import registry
from assets.release import status, verify_release

PROJECT = Path(__file__).parents[2]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def tables(released: YearRun) -> dict[str, Any]:
    return {
        table.name: released.table("release", table.name.removeprefix("rel_"))
        for table in registry.tables(unit="release")
    }


def descriptor(released: YearRun) -> dict[str, Any]:
    return dict(json.loads((released.version("release").path / "datapackage.json").read_bytes()))


@pytest.mark.parametrize(
    ("zone", "locale", "hash_seed", "seed", "threads"),
    [
        ("Asia/Ho_Chi_Minh", "vi_VN.UTF-8", "1", "11", "1"),
        ("Pacific/Kiritimati", "C", "2", "12", "2"),
        ("America/Lima", "tr_TR.UTF-8", "3", "13", "7"),
    ],
)
def test_another_process_folder_zone_locale_row_order_and_threads_give_the_same_bytes(
    released: YearRun,
    tmp_path: Path,
    zone: str,
    locale: str,
    hash_seed: str,
    seed: str,
    threads: str,
) -> None:
    folder = tmp_path / "một nơi khác" / seed
    subprocess.run(
        [
            sys.executable, release_rebuild.__file__,
            str(released.lake.root), YEAR, str(folder), seed, threads,
        ],
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "TZ": zone,
            "LANG": locale,
            "LC_ALL": locale,
            "PYTHONHASHSEED": hash_seed,
            "OMP_NUM_THREADS": threads,
            "POLARS_MAX_THREADS": threads,
        },
        cwd=tmp_path,
        check=True,
    )  # fmt: skip
    assert contents(folder) == contents(released.version("release").path)


def test_the_release_verifies_and_a_reader_of_data_packages_accepts_it(released: YearRun) -> None:
    folder = released.version("release").path
    verification = verify_release(folder)
    assert verification.passed, verification.as_text()
    assert verification.note is None

    described = descriptor(released)
    profile = json.loads((files("dplib") / "profiles/2.0/datapackage.json").read_text("utf-8"))
    jsonschema.Draft7Validator(profile).validate(described)
    csvs = [r for r in described["resources"] if r["path"].startswith(("csv/", "csv_excel/"))]
    report = Package.from_descriptor(
        {**described, "resources": csvs}, basepath=str(folder)
    ).validate()
    assert report.flatten(["name", "fieldName", "type", "note"]) == []
    assert report.stats["tasks"] == 2 * len(registry.tables(unit="release"))


def test_every_null_of_2016_has_its_code(released: YearRun) -> None:
    held = tables(released)
    rows = held[status.NAME].to_pylist()
    listed = {(row["table_name"], row["column_name"], row["data_row"]) for row in rows}
    nulls = {
        (measure.table.removeprefix("rel_"), measure.column, row)
        for measure in status.mapped().measures
        for row, value in enumerate(held[measure.table][measure.column].to_pylist(), start=1)
        if value is None
    }
    assert nulls <= listed
    values = listed - nulls
    assert {column for _, column, _ in values} == {"online_cases", "services_online_cases"}
    counted = Counter((row["figure_status"], row["obs_status"]) for row in rows)
    assert counted["no_service", "M"] == 15  # five bodies without a service: levels and total
    assert counted["approximate", "E"] == 2
