"""Forms read apart: in processes that can harm nothing (`assets.received.sandbox`).

Belongs here: what the processes call, and turning what one said into a form or a refusal. A file
that makes its process crash, hang or run out of memory is refused like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assets.received.refusal import UNKNOWN, FileRefused
from assets.received.sandbox import RULES, Said, ask_each
from assets.received.worker import Limits
from assets.submissions.rawform import RawForm
from assets.submissions.reasons import reasons

READER = "assets.submissions.reader:read_plain"
LIMITS = Limits()


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

    def take(position: int, said: Said) -> None:
        results[position] = _result(said)
        if on_done is not None:
            name = files[position][1]
            on_done(Reading(name, results[position], said["seconds"], said["peak_bytes"]))

    ask_each(reader, [content for content, _ in files], limits, take)
    return [results[position] for position in range(len(files))]


def _result(said: Said) -> RawForm | FileRefused:
    """What a process said, believed only if it is a form or a refusal that we know."""
    if said["outcome"] in RULES:
        return FileRefused(RULES[said["outcome"]], said["outcome"])
    try:
        if "form" in said["result"]:
            return RawForm.from_plain(said["result"]["form"])
        rule_id, detail, file_format = said["result"]["refused"]
        if rule_id in reasons():
            return FileRefused(str(rule_id), str(detail), str(file_format))
    except (AttributeError, KeyError, TypeError, ValueError):
        pass
    return FileRefused("reader_crashed", "its result is neither a form nor a refusal", UNKNOWN)
