"""The process that reads files for `sandbox`: a small server that forks one child for each file.

Run as `python -m assets.received.worker MODULE:FUNCTION LIMITS`. The server never looks into a
file. A child has limits on memory, processor time and files (it can open none, so no socket
either), its own process group, and gives its result as JSON through a pipe. Does not belong here:
what is read; the function is named by the caller and imported before the first fork. If its module
has a `warm_up`, that is called too, for whatever would be loaded from a file later.

Frames on stdin and stdout: length in 8 bytes, then the bytes. In: a file. Out: JSON with
`outcome` (done, crashed, timeout or memory), `result`, `seconds` and `peak_bytes`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

DONE, CRASHED, TIMEOUT, MEMORY = "done", "crashed", "timeout", "memory"

_LENGTH = struct.Struct(">Q")
_CHUNK = 1 << 16
_OUT_OF_MEMORY = b'{"out_of_memory": true}'


@dataclass(frozen=True)
class Limits:
    """What a child may use: address space and result in bytes, processor and wall time in
    seconds."""

    memory_bytes: int = 1024**3
    cpu_seconds: int = 30
    wall_seconds: float = 60.0
    result_bytes: int = 64 * 1024 * 1024

    def as_text(self) -> str:
        return json.dumps(asdict(self))


Read = Callable[[bytes], Any]


def send(stream: BinaryIO, data: bytes) -> None:
    """Write one frame."""
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: BinaryIO) -> bytes | None:
    """Read one frame; None at the end of the stream. EOFError inside a frame."""
    head = stream.read(_LENGTH.size)
    if not head:
        return None
    length = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else -1
    data = stream.read(length) if length >= 0 else b""
    if len(data) != length:
        raise EOFError("the stream ended inside a frame")
    return data


def serve(read: Read, limits: Limits) -> None:
    """Answer each frame of stdin until it ends."""
    while (content := receive(sys.stdin.buffer)) is not None:
        send(sys.stdout.buffer, json.dumps(_read_apart(read, content, limits)).encode())


def _read_apart(read: Read, content: bytes, limits: Limits) -> dict[str, Any]:
    begin = time.monotonic()
    out, into = os.pipe()
    child = os.fork()
    if child == 0:
        _run(read, content, limits, into)
    os.close(into)
    data, outcome = _collect(out, begin + limits.wall_seconds, limits.result_bytes)
    os.close(out)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    _, status, used = os.wait4(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU:
        outcome = TIMEOUT
    result = _result(data) if outcome == DONE else None
    if outcome == DONE:
        outcome = CRASHED if result is None else DONE
        outcome = MEMORY if result and result.get("out_of_memory") else outcome
    return {
        "outcome": outcome,
        "result": result,
        "seconds": round(time.monotonic() - begin, 3),
        "peak_bytes": used.ru_maxrss * 1024,
    }


def _collect(out: int, deadline: float, limit: int) -> tuple[bytes, str]:
    """Everything the child writes until it closes its pipe, and how that ended."""
    pieces: list[bytes] = []
    size = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([out], [], [], left)[0]:
            return b"", TIMEOUT
        piece = os.read(out, _CHUNK)
        if not piece:
            return b"".join(pieces), DONE
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            return b"", CRASHED


def _result(data: bytes) -> dict[str, Any] | None:
    try:
        result = json.loads(data)
    except ValueError:
        return None
    return result if isinstance(result, dict) else None


def _run(read: Read, content: bytes, limits: Limits, into: int) -> None:
    """The child: read, write the result, end. Never returns."""
    code = 1
    try:
        os.setpgid(0, 0)
        _confine(limits)
        try:
            data = json.dumps(read(content)).encode()
        except MemoryError:
            data = _OUT_OF_MEMORY
        view = memoryview(data)
        while view:
            view = view[os.write(into, view) :]
        code = 0
    finally:
        os._exit(code)


def _confine(limits: Limits) -> None:
    signal.alarm(math.ceil(limits.wall_seconds) + 1)  # ends the child even if the server is gone
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    cpu = limits.cpu_seconds
    for what, soft, hard in (
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes),
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, 0, 0),
        (resource.RLIMIT_NOFILE, 0, 0),
    ):
        resource.setrlimit(what, (soft, hard))


def main(target: str, limits: str) -> None:
    """Import the function, then serve with everything it needs already loaded."""
    name, _, function = target.partition(":")
    module = importlib.import_module(name)
    read: Read = getattr(module, function)
    getattr(module, "warm_up", lambda: None)()
    gc.collect()
    gc.freeze()
    serve(read, Limits(**json.loads(limits)))


if __name__ == "__main__":
    main(*sys.argv[1:])
