"""Files from outside read in processes that can harm nothing: see `worker` for the limits.

Belongs here: handing out files, two at a time, and turning what a process did into a result. A
file that makes its process crash, hang or run out of memory is refused like any other; the other
files are read all the same.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue
from threading import Lock
from typing import Any, BinaryIO, cast

from assets.submissions.rawform import RawForm
from assets.submissions.refusal import UNKNOWN, FileRefused, reasons
from assets.submissions.worker import CRASHED, MEMORY, TIMEOUT, Limits, receive, send

#: Files read at the same time.
AT_ONCE = 2

READER = "assets.submissions.reader:read_plain"
LIMITS = Limits()

#: Rule by which a file is refused, by what its process did.
RULES = {CRASHED: "reader_crashed", TIMEOUT: "reader_timeout", MEMORY: "reader_memory"}


@dataclass(frozen=True)
class Reading:
    """A file as read: its name, the result, wall seconds and the peak memory of its process."""

    file_name: str
    result: RawForm | FileRefused
    seconds: float
    peak_bytes: int


OnDone = Callable[[Reading], None]


def read_forms(
    files: Sequence[tuple[bytes, str]],
    on_done: OnDone | None = None,
    *,
    reader: str = READER,
    limits: Limits = LIMITS,
) -> list[RawForm | FileRefused]:
    """The forms in (content, file name), in that order; never an error for what is in a file.

    `on_done` is called for each file as it is done, in the caller's thread. `reader` names the
    function `module:function` that the processes call with the bytes.
    """
    results: dict[int, RawForm | FileRefused] = {}
    if not files:
        return []
    with ExitStack() as stack:
        free: SimpleQueue[_Server] = SimpleQueue()
        servers = []
        for _ in range(min(AT_ONCE, len(files))):
            server = _Server(reader, limits)
            stack.callback(server.close)
            servers.append(server)
            free.put(server)
        pool = ThreadPoolExecutor(len(servers))
        stack.callback(pool.shutdown, cancel_futures=True)
        for server in servers:  # first of all on the way out, so that nothing is waited for
            stack.callback(server.stop)
        futures = {
            pool.submit(_read, free, content, name): position
            for position, (content, name) in enumerate(files)
        }
        for future in as_completed(futures):
            reading = future.result()
            results[futures[future]] = reading.result
            if on_done is not None:
                on_done(reading)
    return [results[position] for position in range(len(files))]


def ask_once(reader: str, content: bytes, limits: Limits) -> dict[str, Any]:
    """What a process of its own says of one file: `outcome` (see `worker`) and `result`."""
    server = _Server(reader, limits)
    try:
        return server.ask(content)
    finally:
        server.stop()
        server.close()


def _read(free: SimpleQueue[_Server], content: bytes, name: str) -> Reading:
    server = free.get()
    try:
        answer = server.ask(content)
    finally:
        free.put(server)
    result = _result(answer)
    return Reading(name, result, answer["seconds"], answer["peak_bytes"])


def _result(answer: dict[str, Any]) -> RawForm | FileRefused:
    """What a process said, believed only if it is a form or a refusal that we know."""
    if answer["outcome"] in RULES:
        return FileRefused(RULES[answer["outcome"]], answer["outcome"])
    try:
        if "form" in answer["result"]:
            return RawForm.from_plain(answer["result"]["form"])
        rule_id, detail, file_format = answer["result"]["refused"]
        if rule_id in reasons():
            return FileRefused(str(rule_id), str(detail), str(file_format))
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return FileRefused("reader_crashed", "its result is neither a form nor a refusal", UNKNOWN)


class _Server:
    """A worker process, started again if it ends before it is stopped."""

    def __init__(self, reader: str, limits: Limits) -> None:
        self.command = [
            sys.executable, "-m", "assets.submissions.worker", reader, limits.as_text()
        ]  # fmt: skip
        self.lock = Lock()
        self.is_stopped = False
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "LC_ALL": "C.UTF-8"}
        return subprocess.Popen(  # noqa: S603 (our own module, nothing from outside)
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )

    def ask(self, content: bytes) -> dict[str, Any]:
        """What the worker says of a file; `crashed` if the worker itself is gone."""
        into, out = self.process.stdin, self.process.stdout
        try:
            send(cast(BinaryIO, into), content)
            frame = receive(cast(BinaryIO, out))
        except (OSError, EOFError):
            frame = None
        if frame is None:
            self.restart()
            return {"outcome": CRASHED, "result": None, "seconds": 0.0, "peak_bytes": 0}
        answer: dict[str, Any] = json.loads(frame)
        return answer

    def restart(self) -> None:
        with self.lock:
            if not self.is_stopped:
                self.process.kill()
                self.close()
                self.process = self.start()

    def stop(self) -> None:
        """End the process; whoever waits for its answer is told that it crashed."""
        with self.lock:
            self.is_stopped = True
            self.process.kill()

    def close(self) -> None:
        """Free what is left of an ended process."""
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                cast(BinaryIO, pipe).close()
