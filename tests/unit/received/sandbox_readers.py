"""Readers that do what a reader must not do; the sandbox must survive each of them."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from typing import Any


def misbehave(content: bytes) -> Any:
    """Do what the bytes name; of anything else, say how long it is."""
    act = _ACTS.get(content)
    return act() if act else {"bytes": len(content)}


def _memory() -> Any:
    return [bytearray(1 << 20) for _ in range(1 << 20)]


def _spin() -> Any:
    while True:
        pass


def _sleep() -> Any:
    time.sleep(1_000)


def _die() -> Any:
    os.kill(os.getpid(), signal.SIGSEGV)


def _raise() -> Any:
    raise RuntimeError("a defect of the reader")


def _flood() -> Any:
    return {"refused": ["x" * (1 << 20) for _ in range(10)]}


def _open() -> Any:
    with open(os.devnull) as stream:
        return {"refused": ["file_empty", stream.read(), "csv"]}


def _connect() -> Any:
    with socket.socket() as made:
        return {"refused": ["file_empty", str(made), "csv"]}


def _print() -> Any:
    os.write(1, b"x" * 100)
    print("text on the server's pipe", flush=True)
    return {"bytes": 0}


def _kill_server() -> Any:
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(1)


_ACTS: dict[bytes, Callable[[], Any]] = {
    b"memory": _memory,
    b"spin": _spin,
    b"sleep": _sleep,
    b"die": _die,
    b"raise": _raise,
    b"flood": _flood,
    b"open": _open,
    b"connect": _connect,
    b"print": _print,
    b"kill server": _kill_server,
    b"list": lambda: [1, 2],
    b"not json": lambda: {1, 2},
}
