"""Files from outside read in processes that can harm nothing: see `worker` for the limits.

Belongs here: handing out files, two at a time, and what becomes of a file that makes its process
crash, hang or run out of memory: the other files are read all the same. Does not belong here: what
an answer means, which only whoever asks knows; it comes from a process that read an outside file.
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
from queue import SimpleQueue
from threading import Lock
from typing import Any, BinaryIO, cast

from assets.received.worker import CRASHED, MEMORY, TIMEOUT, Limits, receive, send

#: Files read at the same time.
AT_ONCE = 2

#: Rule by which a file is refused, by what its process did.
RULES = {CRASHED: "reader_crashed", TIMEOUT: "reader_timeout", MEMORY: "reader_memory"}

#: What a process says of a file: `outcome`, `result`, `seconds` and `peak_bytes` (see `worker`).
Said = dict[str, Any]


def ask_each(
    reader: str, contents: Sequence[bytes], limits: Limits, on_answer: Callable[[int, Said], None]
) -> None:
    """Let processes read files. `on_answer` is given the place of each file and what was said of
    it, as it is done, in the caller's thread.

    `reader` names the function `module:function` that the processes call with the bytes.
    """
    if not contents:
        return
    with ExitStack() as stack:
        free: SimpleQueue[_Server] = SimpleQueue()
        servers = []
        for _ in range(min(AT_ONCE, len(contents))):
            server = _Server(reader, limits)
            stack.callback(server.close)
            servers.append(server)
            free.put(server)
        pool = ThreadPoolExecutor(len(servers))
        stack.callback(pool.shutdown, cancel_futures=True)
        for server in servers:  # first of all on the way out, so that nothing is waited for
            stack.callback(server.stop)
        futures = {
            pool.submit(_ask, free, content): position for position, content in enumerate(contents)
        }
        for future in as_completed(futures):
            on_answer(futures.pop(future), future.result())


def ask_once(reader: str, content: bytes, limits: Limits) -> Said:
    """What a process of its own says of one file."""
    server = _Server(reader, limits)
    try:
        return server.ask(content)
    finally:
        server.stop()
        server.close()


def _ask(free: SimpleQueue[_Server], content: bytes) -> Said:
    server = free.get()
    try:
        return server.ask(content)
    finally:
        free.put(server)


class _Server:
    """A worker process, started again if it ends before it is stopped."""

    def __init__(self, reader: str, limits: Limits) -> None:
        self.command = [
            sys.executable, "-m", "assets.received.worker", reader, limits.as_text()
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

    def ask(self, content: bytes) -> Said:
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
        answer: Said = json.loads(frame)
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
