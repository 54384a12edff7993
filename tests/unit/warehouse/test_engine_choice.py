"""The engine that EGOV_ENGINE names, and what is said when there is none of that name."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from assets import registry
from assets.warehouse import project
from assets.warehouse.project import ENGINE_VARIABLE, ENGINES, EngineError, engine_name
from assets.warehouse.spark import run_schema, select_files
from tests.command import REPO, environment


def test_duckdb_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENGINE_VARIABLE, raising=False)
    assert engine_name() == "duckdb"
    monkeypatch.setenv(ENGINE_VARIABLE, "")
    assert engine_name() == "duckdb"


@pytest.mark.parametrize("name", ENGINES)
def test_every_engine_can_be_chosen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ENGINE_VARIABLE, name)
    assert engine_name() == name


def test_an_unknown_engine_is_told_in_a_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "run", "2016"],
        env=environment(tmp_path / "lake", **{ENGINE_VARIABLE: "sparc"}),
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "EGOV_ENGINE is 'sparc'; write one of duckdb, spark_local, spark" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_engine_that_is_not_installed_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(package: str) -> str:
        if package == "dbt-spark":
            raise PackageNotFoundError(package)
        return "1"

    monkeypatch.setattr(project, "version", missing)
    with pytest.raises(EngineError, match=r"needs dbt-spark; install egov-index\[spark\]"):
        project.project_hash("spark")


def test_each_engine_has_a_parse_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "version", lambda _: "1")
    assert len({project.project_hash(name) for name in ENGINES}) == len(ENGINES)


def test_a_run_has_a_schema_of_plain_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EGOV_SPARK_SCHEMA", raising=False)
    assert run_schema("0b5E-77") == "egov_0b5e_77"
    monkeypatch.setenv("EGOV_SPARK_SCHEMA", "mic")
    assert run_schema("0b5E-77") == "mic_0b5e_77"


def test_spark_reads_the_files_it_is_told_and_no_pattern() -> None:
    table = registry.table("raw_method_steps")
    columns = ", ".join(table.column_names)
    read = select_files(table, [Path("/a/1.parquet"), Path("/a/2.parquet")])
    assert read == (
        f"select {columns} from parquet.`/a/1.parquet` union all "
        f"select {columns} from parquet.`/a/2.parquet`"
    )
    empty = select_files(table, [])
    assert empty.startswith("select cast(null as STRING) as ")
    assert empty.endswith(" where false")
