"""What the fault tests run in child processes, and how they start them.

Children come from a fork server that has the product code loaded, so that one costs
milliseconds, and are ended by the fault or by the test.
"""

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from datetime import date
from multiprocessing.process import BaseProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.lake import (
    Because,
    Lake,
    Promotion,
    RemoteError,
    Sidecar,
    Superseded,
    add_file,
    intake,
    pull,
    push,
    remote_of,
    staging,
)

ROWS = 60
START = multiprocessing.get_context("forkserver")
START.set_forkserver_preload(["pyarrow.parquet", "lake_publisher"])

#: Exit codes of a child beside 0.
REFUSED_BY_DISK, SUPERSEDED = 11, 12


def publish(
    root: Path, value: int, run_id: str = "run", unit: str = "marts", reason: str = ""
) -> Promotion:
    """Promote a version whose every row holds `value`."""
    rows = {"v": [value] * ROWS}
    with staging(Lake(root), unit, "2016", run_id) as area:
        area.write_table("values", pa.table({**rows, "n": list(range(ROWS))}))
        area.write_table("ranks", pa.table(rows))
        totals = {"value": value, "rows": ROWS, "sum": value * ROWS}
        area.write_bytes("totals.json", json.dumps(totals).encode())
        because = Because(f"author of {value}", reason)
        return area.promote({"raw": str(value)}, "code", {"value": value}, because)


def take_in(root: Path, source: Path) -> None:
    """Take one source file in."""
    intake.SETTLE_SECONDS = 0.001
    sidecar = Sidecar(
        "bodies", (2016,), "issuer", None, None, "ref", date(2017, 1, 1), "free", True
    )
    add_file(Lake(root), source, sidecar)


def publish_for_ever(root: Path, first: int, acknowledged: Path, unit: str = "marts") -> None:
    """Promote first, first + 1, ...; after each, append its number to a file."""
    value = first
    while True:
        publish(root, value, unit=unit)
        with acknowledged.open("ab", buffering=0) as stream:
            stream.write(b"%d\n" % value)
        value += 1


def publish_when_told(root: Path, value: int, ready: Event, go: Event, run_id: str) -> None:
    """Promote once `go` is set."""
    ready.set()
    go.wait(30)
    publish(root, value, run_id)


def stage_and_wait(root: Path, value: int, ready: Event, go: Event, run_id: str) -> None:
    """Stage a version, then promote it only once `go` is set."""
    with staging(Lake(root), "marts", "2016", run_id) as area:
        area.write_bytes("totals.json", b"%d" % value)
        ready.set()
        go.wait(30)
        area.promote({}, "code", {})


def transfer(way: str, root: Path, address: str, environment: dict[str, str]) -> None:
    """Push the lake to an address, or pull it from there."""
    os.environ.update(environment)
    try:
        if way == "push":
            push(Lake(root), remote_of(address))
        else:
            pull(remote_of(address), Lake(root))
    except RemoteError as error:
        raise OSError(str(error)) from error


def _run(work: Callable[..., Any], arguments: tuple[Any, ...], fault: str | None) -> None:
    if fault:
        os.environ["EGOV_FAULT"] = fault
    try:
        work(*arguments)
    except Superseded:
        os._exit(SUPERSEDED)
    except OSError as error:
        os._exit(REFUSED_BY_DISK if "fault point" in str(error) else 1)


def start(work: Callable[..., Any], *arguments: Any, fault: str | None = None) -> BaseProcess:
    """Start `work` in a child process, with a fault if one is named."""
    child = START.Process(target=_run, args=(work, arguments, fault), daemon=True)
    child.start()
    return child


def exit_code(child: BaseProcess) -> int | None:
    """Wait for a child; negative = killed by that signal."""
    child.join(60)
    return child.exitcode


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 30) -> None:
    """Wait until a condition holds; AssertionError after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.005)
