"""Dagster's instance: made on first use, safe for several processes, cleaned of dead runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.paths import dagster_home, home_kind

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance

HOMES = Path(__file__).parent / "homes"
SETTINGS = "dagster.yaml"

#: Tag of runs started by `egov`: the process that runs them, as host:pid:start time.
PROCESS_TAG = "egov/process"


class HomeError(Exception):
    """Dagster's home is not what EGOV_HOME asks for. Says what to do."""


@contextmanager
def opened_instance() -> Iterator[DagsterInstance]:
    """The instance at DAGSTER_HOME. Its storage is made under a lock, so that several first
    runs at once do not trip over each other's tables. HomeError as for `settle_home`."""
    home = dagster_home()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        settle_home(home)
        from dagster import DagsterInstance

        instance = DagsterInstance.get()
        # Touching each store makes its tables now, under the lock.
        instance.get_runs_count()
        instance.get_latest_materialization_event(_never())
    with instance:
        yield instance


def settle_home(home: Path) -> None:
    """Give a new home the settings of its kind; a home that has settings keeps them.

    HomeError for a kind that does not exist, for settings of another kind than EGOV_HOME names,
    and where the extra packages of a production home are missing.
    """
    kind = home_kind()
    template, settings = HOMES / f"{kind}.yaml", home / SETTINGS
    if not template.is_file():
        known = ", ".join(sorted(path.stem for path in HOMES.glob("*.yaml")))
        raise HomeError(f"EGOV_HOME={kind!r} is no kind of home; known are {known}")
    if kind == "production" and find_spec("dagster_postgres") is None:
        raise HomeError("a production home needs pip install 'egov-index[production]'")
    if not settings.exists():
        shutil.copyfile(template, home / f"{SETTINGS}.new")
        os.replace(home / f"{SETTINGS}.new", settings)
    elif "EGOV_HOME" in os.environ and _head(settings) != _head(template):
        raise HomeError(
            f"{settings} does not begin as {template}, but EGOV_HOME={kind}; give another "
            f"DAGSTER_HOME, or copy that first line to its head if it was written by hand"
        )


def _head(path: Path) -> str:
    return path.read_text("utf-8").partition("\n")[0]


def _never() -> AssetKey:
    from dagster import AssetKey

    return AssetKey("never_materialised")


def process_mark(pid: int | None = None) -> str:
    """host:pid:start of a process; the start tells a reused pid from the same process."""
    pid = pid or os.getpid()
    try:
        start = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except OSError:
        start = "gone"
    return f"{socket.gethostname()}:{pid}:{start}"


def close_dead_runs(instance: DagsterInstance) -> list[str]:
    """Mark runs as failed whose process on this machine is no more; returns their ids.

    Dagster itself would show a run whose process was killed as started for ever.
    """
    from dagster import DagsterRunStatus, RunsFilter

    closed = []
    for run in instance.get_runs(
        RunsFilter(statuses=[DagsterRunStatus.STARTED, DagsterRunStatus.STARTING])
    ):
        mark = run.tags.get(PROCESS_TAG)
        if mark is None or mark.split(":")[0] != socket.gethostname():
            continue
        if process_mark(int(mark.split(":")[1])) != mark:
            instance.report_run_failed(run, "the process of this run ended without a word")
            closed.append(run.run_id)
    return closed
