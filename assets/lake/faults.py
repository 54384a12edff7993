"""Named fault points inside the product code, so that tests can hit every one of them.

A point does nothing unless the environment says `EGOV_FAULT="<name>:kill"` (the process kills
itself with SIGKILL) or `EGOV_FAULT="<name>:raise"` (OSError, as on a full disk); with a number
behind, as in `promote.before_rename:kill:3`, the third time the process comes by.
"""

from __future__ import annotations

import errno
import os
import signal
from collections import Counter

VARIABLE = "EGOV_FAULT"

#: Steps of one durable write (atomic.write_durable); the label says what is being written.
WRITE_STEPS = (
    "before_write",
    "half_written",
    "before_sync",
    "before_replace",
    "after_replace",
    "after_sync",
)
WRITE_LABELS = ("object", "record", "fence", "staged", "manifest", "pointer", "journal")

POINTS = (
    *(f"{label}.{step}" for label in WRITE_LABELS for step in WRITE_STEPS),
    "work.before_rename",
    "work.after_rename",
    "stage.after_lock",
    "stage.after_folder",
    "stage.before_cleanup",
    "promote.before_hash",
    "promote.before_file_sync",
    "promote.before_folder_sync",
    "promote.before_recheck",
    "promote.before_rename",
    "promote.after_rename",
    "promote.after_sync",
    "journal.before_record",
    "journal.after_record",
    "clean.before_rename",
    "clean.after_rename",
    "push.before_put",
    "push.half_put",
    "push.after_put",
    "push.after_check",
)


#: How often this process came by the point of a fault; only a fault with a number counts.
_passed: Counter[str] = Counter()


def point(name: str) -> None:
    """Fail here if the environment asks for it. OSError (ENOSPC) in the `raise` form."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    at, _, how = wanted.partition(":")
    how, _, number = how.partition(":")
    if at not in POINTS or how not in ("kill", "raise") or not (number or "1").isdecimal():
        raise ValueError(f"{VARIABLE}={wanted!r}: no such fault; see assets/lake/faults.py")
    if at != name:
        return
    _passed[wanted] += 1
    if number and _passed[wanted] != int(number):
        return
    if how == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(errno.ENOSPC, f"fault point {name}")
