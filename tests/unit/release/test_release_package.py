"""The files of a release: the same bytes everywhere, and what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
import release_samples
from release_samples import FORMULA, REPORT, YEAR, promote_release, shuffled, sources

from assets import registry
from assets.release import build_tables, package
from assets.release.package import file_names

PROJECT = Path(__file__).parents[3]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("zone", "hash_seed", "locale", "threads", "shuffle"),
    [("Asia/Ho_Chi_Minh", "1", "vi_VN.UTF-8", "1", "7"), ("America/Lima", "2", "C", "4", "8")],
)
def test_another_lake_process_zone_locale_and_row_order_give_the_same_bytes(
    sealed: Path,
    tmp_path: Path,
    zone: str,
    hash_seed: str,
    locale: str,
    threads: str,
    shuffle: str,
) -> None:
    lake = tmp_path / "another lake"
    done = subprocess.run(
        [sys.executable, release_samples.__file__, str(lake), f"run-{shuffle}", shuffle],
        env={
            **os.environ,
            "PYTHONPATH": str(PROJECT),
            "TZ": zone,
            "PYTHONHASHSEED": hash_seed,
            "LC_ALL": locale,
            "OMP_NUM_THREADS": threads,
        },
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    folder = Path(done.stdout.strip())

    assert folder.is_relative_to(lake)
    assert folder.name == sealed.name
    assert contents(folder) == contents(sealed)


def test_shuffled_and_chunked_rows_give_the_same_package() -> None:
    one = package(build_tables(sources()), YEAR)
    assert package(build_tables(shuffled(sources(), 3)), YEAR) == one


def test_other_figures_give_another_vintage(sealed: Path, tmp_path: Path) -> None:
    tables = {**sources(), "ind_websites": release_samples.table("ind_websites")}
    assert promote_release(tmp_path, "other", tables).name != sealed.name


def test_a_release_holds_exactly_the_declared_files(sealed: Path) -> None:
    assert set(contents(sealed)) == {*file_names(), "manifest.json"}
    assert {"csv/published_values.csv", "csv_excel/sources.csv", "ranks.parquet"} <= set(
        file_names()
    )


def test_sha256sum_accepts_the_manifest(sealed: Path) -> None:
    listed = (sealed / "MANIFEST.sha256").read_text().splitlines()
    names = [line.split("  ", 1)[1] for line in listed]
    assert names == sorted(set(file_names()) - {"MANIFEST.sha256"})
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "MANIFEST.sha256"], cwd=sealed, check=False
    )
    assert done.returncode == 0


def test_parquet_stays_raw_where_csv_is_disarmed(sealed: Path) -> None:
    table = pq.read_table(sealed / "published_values.parquet")
    assert FORMULA in table["source_ref"].to_pylist()
    quoted = "\"'" + FORMULA.replace('"', '""') + '"'
    for folder in ("csv", "csv_excel"):
        text = (sealed / folder / "published_values.csv").read_bytes().decode("utf-8-sig")
        assert f",{quoted}," in text


def test_views_read_every_table_and_describe_it(
    sealed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(sealed)
    with duckdb.connect() as connection:
        connection.execute((sealed / "views.sql").read_text("utf-8"))
        for table in registry.tables(unit="release"):
            name = table.name.removeprefix("rel_")
            (rows,) = connection.execute(f"select count(*) from {name}").fetchone() or (None,)
            assert rows == pq.read_metadata(sealed / f"{name}.parquet").num_rows
        comments = connection.execute(
            "select column_name, comment from duckdb_columns() "
            "where table_name = 'published_values'"
        ).fetchall()
    described = registry.table("rel_published_values").columns
    assert comments == [(column.name, column.description_en) for column in described]


def test_the_readme_says_what_a_reader_must_know_in_both_languages(sealed: Path) -> None:
    vietnamese, english = (sealed / "README.md").read_text("utf-8").split("\n# E-government")

    assert "năm 2016" in vietnamese
    assert "53 trên 63" in vietnamese
    assert "Số liệu công bố và số liệu tính lại không bao giờ trộn lẫn" in vietnamese
    assert (
        "This year is partial: assessment province_63 overall: 3 of an unknown number;" in english
    )
    assert "assessment province_63 policy: 53 of 63" in english
    assert (
        "| assessment | assessment_2016 | province | province_63 | policy | 53 of 63 |" in english
    )
    assert "Published and computed values are never mixed" in english
    assert "| source_error | source error | 1 |" in english
    assert "| unexplained | unexplained | 0 |" in english
    assert "sha256sum --check MANIFEST.sha256" in english
    assert "- official document" in english
    assert f"| 1557/BTTTT-THH | \\|\\*a\\*\\| | {REPORT} |" in english  # markup of outside origin
    assert "$" not in vietnamese + english


def test_a_full_year_says_so() -> None:
    full = {"bodies_held": 63, "bodies_expected": 63, "is_partial": False}
    tables = {
        **sources(),
        "idx_coverage": release_samples.table(
            "idx_coverage", {**release_samples.PROVINCE, "category": "policy", **full}
        ),
    }
    text = package(build_tables(tables), YEAR)["README.md"].decode()
    assert "Every list holds all the bodies that belong to it." in text
    assert "partial" not in text
