"""The second home: the same definitions with Dagster's runs in a real Postgres, on a socket of
its own; runs from the queue keep to its limits."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.instance import HOMES, HomeError, settle_home
from tests.command import REPO, egov, environment
from tests.graphql import graphql

BINARIES = Path("/usr/lib/postgresql/15/bin")
DATABASE = "egov"
INIT = ("--auth=trust", "--locale=C", "--encoding=UTF8")
INTAKE = ["ingest", "raw_intake_files"]
LIMIT = 2
#: Two runs of one year among them.
QUEUED = ("2011", "2012", "2016", "2016")
DEADLINE_SECONDS = 420

needs_postgres = pytest.mark.skipif(
    not BINARIES.is_dir(),
    reason="Debian's postgresql-15 is not installed: the production home was not run",
)


def _as_postgres(*words: str) -> None:
    """Run one of Postgres' programs; it refuses to be root."""
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*user, *words], check=True, capture_output=True, cwd="/")


@contextmanager
def _postgres() -> Iterator[dict[str, str]]:
    """A server without a port, and the variables that lead to it."""
    folder = Path(tempfile.mkdtemp(prefix="egov-pg-"))  # a socket's path must be short
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data, log = str(folder / "data"), str(folder / "log")
    try:
        _as_postgres(str(BINARIES / "initdb"), "-D", data, "-U", DATABASE, *INIT)
        settings = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        control = str(BINARIES / "pg_ctl")
        _as_postgres(control, "-D", data, "-l", log, "-o", settings, "-w", "start")
        try:
            reach = {"PGHOST": str(folder), "PGUSER": DATABASE, "PGDATABASE": DATABASE}
            _as_postgres(str(BINARIES / "createdb"), "-h", str(folder), "-U", DATABASE, DATABASE)
            yield reach
        finally:
            _as_postgres(control, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def postgres() -> Iterator[dict[str, str]]:
    with _postgres() as reach:
        yield reach


@pytest.fixture(scope="module")
def home(postgres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a production home on a new lake, made by `egov status`."""
    lake = tmp_path_factory.mktemp("production") / "lake"
    folder = lake / "dagster_production"
    more = {**postgres, "EGOV_HOME": "production", "EGOV_MAX_RUNS": str(LIMIT)}
    code, said = egov(lake, "status", **more)
    assert code == 0, said
    return environment(lake, **more, DAGSTER_HOME=str(folder))


def _rows(home: dict[str, str], query: str) -> list[tuple[Any, ...]]:
    """What Postgres says, without Dagster."""
    import psycopg2

    connection = psycopg2.connect(host=home["PGHOST"], user=home["PGUSER"], dbname=DATABASE)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())
    finally:
        connection.close()


def test_both_homes_differ_only_where_they_should() -> None:
    laptop, production = (
        yaml.safe_load((HOMES / f"{kind}.yaml").read_text("utf-8"))
        for kind in ("laptop", "production")
    )
    assert set(production) - set(laptop) == {"storage", "run_coordinator"}
    assert set(laptop) - set(production) == {"concurrency"}
    assert all(laptop[key] == production[key] for key in laptop.keys() & production.keys())
    assert production["run_retries"]["retry_on_asset_or_op_failure"] is False


def test_the_packages_are_one_set() -> None:
    """Where they are not, pip has fallen back to a dagster-postgres years older."""
    assert version("dagster-postgres") == version("dagster-dbt")


def test_a_home_keeps_its_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EGOV_HOME", raising=False)
    settle_home(tmp_path)
    settings = tmp_path / "dagster.yaml"
    assert settings.read_bytes() == (HOMES / "laptop.yaml").read_bytes()
    settings.write_text(settings.read_text("utf-8") + "# mine\n", "utf-8")
    settle_home(tmp_path)
    assert settings.read_text("utf-8").endswith("# mine\n")
    monkeypatch.setenv("EGOV_HOME", "production")
    with pytest.raises(HomeError, match="EGOV_HOME=production; give another DAGSTER_HOME"):
        settle_home(tmp_path)


def test_an_unknown_kind_of_home_is_told(tmp_path: Path) -> None:
    code, said = egov(tmp_path / "lake", "status", EGOV_HOME="cloud")
    assert (code, said.strip()) == (
        2,
        "EGOV_HOME='cloud' is no kind of home; known are laptop, production",
    )


@needs_postgres
def test_a_run_of_the_real_definitions_is_in_postgres(home: dict[str, str]) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dagster", "asset", "materialize"),
            *("-m", "orchestration.definitions", "--select", "/".join(INTAKE)),
            *("--partition", "2016"),
        ],
        env=home,
        cwd=REPO,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert _rows(home, "select status, partition from runs") == [("SUCCESS", "2016")]
    made = "select count(*) from event_logs where dagster_event_type = 'ASSET_MATERIALIZATION'"
    assert _rows(home, made) == [(1,)]
    assert (Path(home["EGOV_LAKE"]) / "pointers" / "intake" / "2016.json").exists()
    assert not list(Path(home["DAGSTER_HOME"]).rglob("*.db")), "something went to SQLite"


@contextmanager
def _service(home: dict[str, str], log: Path, *words: str) -> Iterator[None]:
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", *words],
            env=home,
            cwd=REPO,
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # with the code server that it started
            process.wait(timeout=30)


LAUNCH = """mutation($params: ExecutionParams!) {
  launchPipelineExecution(executionParams: $params) {
    __typename ... on PythonError { message }
  }
}"""


def _queue_intake(port: int, year: str) -> None:
    selector = {
        "repositoryName": "__repository__",
        "repositoryLocationName": "egov",
        "pipelineName": "__ASSET_JOB",
        "assetSelection": [{"path": INTAKE}],
    }
    tags = [{"key": "dagster/partition", "value": year}]
    params = {"selector": selector, "mode": "default", "executionMetadata": {"tags": tags}}
    answer = graphql(f"http://127.0.0.1:{port}", LAUNCH, params=params)["launchPipelineExecution"]
    assert answer["__typename"] == "LaunchRunSuccess", answer


def _answers(port: int) -> bool:
    try:
        found = graphql(
            f"http://127.0.0.1:{port}",
            "{repositoriesOrError{... on RepositoryConnection{nodes{name}}}}",
        )
    except OSError:
        return False
    return bool(found["repositoriesOrError"].get("nodes"))


def _wait_for(condition: Any, what: str, *logs: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        said = "\n".join(log.read_text() for log in logs)
        assert time.monotonic() < deadline, f"waited in vain for {what}\n{said}"
        time.sleep(0.5)


@needs_postgres
def test_queued_runs_keep_to_the_limit(home: dict[str, str], tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    web, daemon = tmp_path / "web.log", tmp_path / "daemon.log"
    (before,) = _rows(home, "select count(*) from runs")[0]
    seen: list[list[str]] = []

    def all_ended() -> bool:
        rows = _rows(home, f"select status, partition from runs order by id offset {before}")
        seen.append([year for status, year in rows if status in ("STARTING", "STARTED")])
        assert not [status for status, _ in rows if status in ("FAILURE", "CANCELED")], rows
        return [status for status, _ in rows] == ["SUCCESS"] * len(QUEUED)

    with _service(
        home, web, "dagster_webserver", "-h", "127.0.0.1", "-p", str(port), "-w", "workspace.yaml"
    ):
        _wait_for(lambda: _answers(port), "the web server", web)
        for year in QUEUED:
            _queue_intake(port, year)
        waiting = _rows(home, f"select status from runs order by id offset {before}")
        assert waiting == [("QUEUED",)] * len(QUEUED)
        with _service(home, daemon, "dagster._daemon", "run", "-w", "workspace.yaml"):
            _wait_for(all_ended, "the queued runs", web, daemon)
    assert max(len(years) for years in seen) == LIMIT, "at once, never more and at times as many"
    assert all(len(set(years)) == len(years) for years in seen), "two runs of one year at once"
