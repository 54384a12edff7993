"""Command `python -m tests.spark_cluster`: 2016 on a Spark cluster of this machine, against DuckDB.

Starts a master, two workers and a Thrift server from the pyspark wheel on loopback, builds 2016
there by the real `egov run 2016`, then once more while one worker is killed in mid-build, and
holds every promoted table against DuckDB's. Ends only what it started. Not part of the tests: it
takes minutes and 4 GB (docs/engines.md).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.lake import Lake, promoted
from tests.command import REPO, environment

HOST = "127.0.0.1"
WORKERS = 2
#: Models that are written before the worker is killed, of 55.
WRITTEN_BEFORE_KILL = 25
UP_WITHIN_SECONDS = 300
RUN_WITHIN_SECONDS = 3600


class ClusterError(Exception):
    """The cluster did not come up; the message holds the end of what the process said."""


@dataclass(frozen=True)
class Part:
    """A process of the cluster, and the file that holds what it says."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self, words: str) -> bool:
        """Whether it has said this yet. ClusterError if it has ended."""
        if self.process.poll() is not None:
            raise ClusterError(f"{self.log.name} has ended:\n{self.log.read_text()[-2000:]}")
        return words in self.log.read_text(errors="replace")


@dataclass(frozen=True)
class Cluster:
    """A running cluster: the Thrift port, and the workers."""

    port: int
    workers: list[Part]


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_for(what: str, come: Callable[[], bool], seconds: float = UP_WITHIN_SECONDS) -> None:
    """Wait until it has come. ClusterError if that takes too long."""
    end = time.monotonic() + seconds
    while not come():
        if time.monotonic() > end:
            raise ClusterError(f"{what} did not come within {seconds:.0f} s")
        time.sleep(0.5)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A master, two workers and a Thrift server, ended when the block is left."""
    import pyspark

    home = Path(pyspark.__file__).parent
    local = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST}
    parts: list[Part] = []

    def started(name: str, *command: str) -> Part:
        log = folder / f"{name}.log"
        with log.open("wb") as said:
            process = subprocess.Popen(
                [str(home / "bin" / command[0]), *command[1:]],
                cwd=folder,
                env=local,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
        parts.append(Part(process, log))
        return parts[-1]

    master_port, thrift_port = free_port(), free_port()
    address = f"spark://{HOST}:{master_port}"
    deploy = "org.apache.spark.deploy"
    listens = ("--host", HOST, "--webui-port", "0")
    try:
        master = started(
            "master", "spark-class", f"{deploy}.master.Master", *listens, "--port", str(master_port)
        )
        wait_for("the master", lambda: master.said("New state: ALIVE"))
        workers = [
            started(
                f"worker{number}", "spark-class", f"{deploy}.worker.Worker", *listens,
                "--cores", "1", "--memory", "1g", "--work-dir", str(folder / f"work{number}"),
                address,
            )
            for number in range(WORKERS)
        ]  # fmt: skip
        for worker in workers:
            wait_for("a worker", lambda w=worker: w.said("Successfully registered with master"))
        thrift = started(
            "thrift", "spark-submit", "--master", address,
            "--class", "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2",
            "--driver-memory", "1g", "--executor-memory", "600m",
            *(option for setting in (
                f"spark.driver.host={HOST}", f"spark.driver.bindAddress={HOST}",
                "spark.executor.cores=1", "spark.cores.max=2", "spark.ui.enabled=false",
                "spark.sql.shuffle.partitions=2",
                f"spark.sql.warehouse.dir={folder / 'warehouse'}",
            ) for option in ("--conf", setting)),
            "spark-internal",
            "--hiveconf", f"hive.server2.thrift.port={thrift_port}",
            "--hiveconf", f"hive.server2.thrift.bind.host={HOST}",
        )  # fmt: skip
        wait_for("the Thrift server", lambda: thrift.said("HiveThriftServer2 started"))
        yield Cluster(thrift_port, workers)
    finally:
        for part in reversed(parts):
            part.process.terminate()
        for part in parts:
            try:
                part.process.wait(30)
            except subprocess.TimeoutExpired:
                part.process.kill()


@dataclass(frozen=True)
class Outcome:
    """A run: how it ended, its seconds, and what became of the worker."""

    code: int
    seconds: float
    killed: str = "-"


def run(lake: Path, spark: Cluster | None, kill: Part | None = None) -> Outcome:
    """`egov run 2016` on a lake of its own; `kill` ends a worker once half the models stand."""
    chosen = {} if spark is None else {"EGOV_ENGINE": "spark", "EGOV_SPARK_PORT": str(spark.port)}
    begun = time.monotonic()
    log = lake.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "run", "2016", "--no-release"],
            env=environment(lake, **chosen),
            cwd=REPO,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    killed = "-"
    if kill is not None:
        wait_for(
            "half of the models",
            lambda: process.poll() is not None or _written(lake) >= WRITTEN_BEFORE_KILL,
            RUN_WITHIN_SECONDS,
        )
        killed = f"after {_written(lake)} of 55 models"
        kill.process.kill()
    process.wait(RUN_WITHIN_SECONDS)
    if process.returncode:
        print(log.read_text()[-3000:])
    return Outcome(process.returncode, time.monotonic() - begun, killed)


def _written(lake: Path) -> int:
    """Models that Spark has written whole, in the run that is under way."""
    return len(list(lake.glob("runs/*/spark/*/_SUCCESS")))


def compared(lake: Path, with_duckdb: Path) -> str:
    """How many promoted tables of a lake hold the very bytes that DuckDB's hold."""
    same = total = 0
    for unit, key in (("marts", "2016"), ("panel", "all")):
        mine, theirs = (promoted(Lake(root), unit, key) for root in (lake, with_duckdb))
        if mine is None or theirs is None:
            return f"{unit} was not promoted"
        total += len(theirs.files)
        same += sum(theirs.files[name] == facts for name, facts in mine.files.items())
    return f"{same} of {total} tables have the same bytes"


def main() -> None:
    """Run all three and say what came of them; exit code 1 unless all is equal."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the cluster ends with us
    folder = Path(tempfile.mkdtemp(prefix="egov-cluster-"))
    try:
        lakes = {name: folder / name for name in ("duckdb", "spark", "spark_killed")}
        outcomes = {"duckdb": run(lakes["duckdb"], None)}
        with cluster(folder) as spark:
            outcomes["spark"] = run(lakes["spark"], spark)
            outcomes["spark_killed"] = run(lakes["spark_killed"], spark, spark.workers[-1])
        results = {name: compared(lakes[name], lakes["duckdb"]) for name in outcomes}
        print("| run | exit code | seconds | worker killed | against DuckDB |")
        print("|---|---|---|---|---|")
        for name, made in outcomes.items():
            row = (name, made.code, f"{made.seconds:.0f}", made.killed, results[name])
            print("| " + " | ".join(map(str, row)) + " |")
        failed = any(made.code for made in outcomes.values()) or len(set(results.values())) > 1
        raise SystemExit(1 if failed else 0)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
