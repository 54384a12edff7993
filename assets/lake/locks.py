"""Locks between processes, and fences against runs that outlived their lock.

A lock is a flock: the kernel frees it when its holder dies, however it dies. A fence is a
counter raised whenever someone starts to build a (unit, key); who does not hold the newest one
may not publish, even if a deleted lock file or a stopped process let two runs in.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.lake.atomic import checked_json, ensure_folder, read_checked_json, write_durable
from assets.lake.errors import LakeError, LockTimeoutError, Superseded
from assets.lake.paths import Place

POLL_SECONDS = 0.05

log = logging.getLogger("egov.lake")


def try_lock(path: Path) -> int | None:
    """Take the flock of a file and return its descriptor, or None if someone holds it.

    The file is made if need be. Closing the descriptor frees the lock.
    """
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # A file that was removed meanwhile locks nothing: begin again with the new one.
            if os.path.exists(path) and os.path.samestat(os.fstat(descriptor), os.stat(path)):
                return descriptor
        except BlockingIOError:
            os.close(descriptor)
            return None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)


@contextmanager
def held(
    path: Path,
    run_id: str,
    *,
    timeout: float,
    on_wait: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Hold a lock for the length of the block; wait at most `timeout` seconds for it.

    While waiting, one message that names the holder goes to `on_wait` (default: the log).
    LockTimeoutError names the holder's run and process id.
    """
    ensure_folder(path.parent)
    deadline = time.monotonic() + timeout
    told = False
    while (descriptor := try_lock(path)) is None:
        holder = _holder(path)
        if time.monotonic() >= deadline:
            raise LockTimeoutError(
                f"{path} is still held by {holder} after {timeout:g} s; wait for that run to end "
                f"or end it, then run again. Do not delete the lock file."
            )
        if not told:
            (on_wait or log.info)(f"waiting for {holder}, which holds {path}")
            told = True
        time.sleep(POLL_SECONDS)
    try:
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"run_id": run_id, "pid": os.getpid()}).encode())
        yield
    finally:
        # Unlock by name: a forked child may still have the descriptor open.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _holder(path: Path) -> str:
    try:
        holder = json.loads(path.read_bytes())
        return f"run {holder['run_id']} (process {holder['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "a run that has not given its name"


@dataclass(frozen=True)
class Fence:
    """The right of one run to publish one (unit, key), until a later run raises the fence."""

    place: Place
    counter: int
    run_id: str

    def check(self) -> None:
        """Superseded, naming the later run, unless this is still the newest fence."""
        newest = _read_fence(self.place)
        if newest != self:
            by = f"run {newest.run_id}" if newest else "an unknown run (the fence file is gone)"
            raise Superseded(
                f"{self.place}: run {self.run_id} is superseded by {by}; nothing changed. "
                f"Run again if its result is still wanted."
            )


def raise_fence(place: Place, run_id: str) -> Fence:
    """Become the newest run of a place. The caller holds the lock of the place."""
    newest = _read_fence(place)
    fence = Fence(place, newest.counter + 1 if newest else 1, run_id)
    data = checked_json({"counter": fence.counter, "run_id": run_id})
    write_durable(place.fence, [data], "fence")
    return fence


def _read_fence(place: Place) -> Fence | None:
    try:
        value = read_checked_json(place.fence)
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise LakeError(f"{error}. When no run is active, delete it and run again.") from None
    return Fence(place, value["counter"], value["run_id"])
