"""Dagster's instance: made on first use, safe for several processes, cleaned of dead runs."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.paths import dagster_home

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance

TEMPLATE = Path(__file__).parent / "dagster.yaml"

#: Tag of runs started by `egov`: the process that runs them, as host:pid:start time.
PROCESS_TAG = "egov/process"


@contextmanager
def opened_instance() -> Iterator[DagsterInstance]:
    """The instance at DAGSTER_HOME. Its storage is made under a lock, so that several first
    runs at once do not trip over each other's tables."""
    home = dagster_home()
    home.mkdir(parents=True, exist_ok=True)
    os.environ["DAGSTER_HOME"] = str(home)
    with (home / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "dagster.yaml").exists():
            shutil.copyfile(TEMPLATE, home / "dagster.yaml.new")
            os.replace(home / "dagster.yaml.new", home / "dagster.yaml")
        from dagster import DagsterInstance

        instance = DagsterInstance.get()
        # Touching each store makes its tables now, under the lock.
        instance.get_runs_count()
        instance.get_latest_materialization_event(_never())
    with instance:
        yield instance


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
