"""The closed list of statuses of a visit: what each says of the site, in which words, who mends it.

Belongs here: reading `statuses.yaml`, what is worth another attempt, and telling an answer from a
page put before the site. Does not belong here: deciding on the other statuses (`client`,
`exchange`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.crawl.model import Visit

FILE = Path(__file__).with_name("statuses.yaml")


class StopVisitError(Exception):
    """Ends a visit with a status of the list and a line that says what exactly happened."""

    def __init__(self, status: str, detail: str) -> None:
        self.status = status
        self.detail = detail
        super().__init__(f"{status}: {detail}")


@dataclass(frozen=True)
class Status:
    """One way a visit can end; the fields are explained at the top of `statuses.yaml`."""

    code: str
    outcome: str
    because: str
    mended_by: str
    may_pass: bool
    vi: str
    en: str
    advice_vi: str
    advice_en: str


@dataclass(frozen=True)
class Blocked:
    """By what an answer is taken for being kept out."""

    http: frozenset[int]
    headers: Mapping[str, str]
    small_bytes: int
    words: tuple[bytes, ...]


@cache
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return declared


@cache
def statuses() -> dict[str, Status]:
    """Every status by its code, in the order of the file."""
    return {code: Status(code=code, **entry) for code, entry in _declared()["statuses"].items()}


@cache
def _blocked() -> Blocked:
    entry = _declared()["blocked"]
    return Blocked(
        frozenset(entry["http"]),
        entry["headers"],
        entry["small_bytes"],
        tuple(words.encode("ascii") for words in entry["words"]),
    )


def outcome(status: str) -> str:
    """up, down or not_measured. ValueError for a status that is not in the list."""
    known = statuses().get(status)
    if known is None:
        raise ValueError(
            f"{FILE.name}: {status!r} is no status; use one of {', '.join(statuses())}"
        )
    return known.outcome


def may_pass(visit: Visit) -> bool:
    """Whether another attempt a little later makes sense."""
    return statuses()[visit.status].may_pass or (
        visit.status in ("http-error", "blocked-suspected")
        and visit.http_status in _declared()["passing_http"]
    )


def kept_out(http_status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Why an answer is taken for being kept out, empty if it is not. Header names in lower case."""
    blocked = _blocked()
    if http_status in blocked.http:
        return f"HTTP {http_status}"
    for name, value in blocked.headers.items():
        if headers.get(name, "").lower().startswith(value):
            return f"header {name}: {value}"
    if len(body) <= blocked.small_bytes:
        lowered = body.lower()
        for words in blocked.words:
            if words in lowered:
                return f"the page says {words.decode('ascii')!r}"
    return ""
