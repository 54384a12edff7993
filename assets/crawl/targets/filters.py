"""Addresses that are known and not visited: the file of filters.

Belongs here: what a filter may say, reading the file strictly, and whether a filter fits. Does not
belong here: which addresses there are (`register`). A filter only ever leaves a target out; the
first one that fits gives the reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assets import registry
from assets.entities.rows import Row
from assets.received.reviewed import Entry, filled, read_entries
from assets.webaddress import host_of

TABLE = "raw_crawl_targets"

#: Columns of the file, in order.
COLUMNS = ("target_kind", "part", "match", "text", "reason_en", "reason_vi", "author")

#: Any kind of target.
ANY = "any"

#: How the text of a filter is compared with the part of the target, both in lower case.
MATCHES: dict[str, Callable[[str, str], bool]] = {
    "is": lambda part, text: part == text,
    "begins_with": str.startswith,
    "ends_with": str.endswith,
    "contains": lambda part, text: text in part,
    "beneath": lambda part, text: part == text or part.endswith(f".{text}"),
}

#: What of a target is looked at; None where the target has no such part.
PARTS: dict[str, Callable[[Mapping[str, Any]], str | None]] = {
    "host": lambda target: target["url"] and host_of(target["url"]),
    "url": lambda target: target["url"],
    "body_code": lambda target: target["body_code"],
    "target_id": lambda target: target["target_id"],
}

_KINDS = registry.table(TABLE).column("target_kind").codes
_REASON_LENGTH = registry.table(TABLE).column("exclusion_en").max_length or 0
_HOST = re.compile(r"[a-z0-9._-]+")


@dataclass(frozen=True)
class Filter:
    """One filter: which targets it leaves out, why, and who says so."""

    target_kind: str
    part: str
    match: str
    text: str
    reason_en: str
    reason_vi: str
    author: str

    def fits(self, target: Mapping[str, Any]) -> bool:
        """Whether a row of raw_crawl_targets is one of those left out."""
        part = PARTS[self.part](target)
        if part is None or self.target_kind not in (ANY, target["target_kind"]):
            return False
        return MATCHES[self.match](part.lower(), self.text.lower())


def first_fitting(filters: Iterable[Filter], target: Mapping[str, Any]) -> Filter | None:
    """The filter that leaves a target out, None if it is visited."""
    return next((each for each in filters if each.fits(target)), None)


def read_filters(content: bytes, file_name: str) -> list[Filter]:
    """The filters of a file, in its order. ReviewedFileError names file, line, column, rule and
    what to do, for every fault: one refuses the whole file."""
    seen: set[tuple[str, ...]] = set()

    def judge(row: Row) -> Entry:
        entry = {
            "target_kind": row.coded("target_kind", (*_KINDS, ANY)),
            "part": row.coded("part", tuple(PARTS)),
            "match": row.coded("match", tuple(MATCHES)),
            "text": _text(row),
            "reason_en": _said(row, "reason_en"),
            "reason_vi": _said(row, "reason_vi"),
            "author": _said(row, "author"),
        }
        about = tuple(str(entry[name]).lower() for name in COLUMNS[:4])
        if about in seen:
            message = "the same filter stands further up"
            row.fault("text", "filter_twice", message, "Keep one of the two.")
        seen.add(about)
        return entry

    return [Filter(**entry) for entry in read_entries(content, file_name, COLUMNS, judge)]


def _text(row: Row) -> str:
    """What is compared. A text that no target could ever have is a fault."""
    text, part, match = filled(row, "text"), row.cells["part"], row.cells["match"]
    if not text:
        row.fault("text", "required", "the cell is empty", "Fill it in.")
    elif part == "host" and not _HOST.fullmatch(text):
        message = f"{text!r} is no host name or part of one"
        what_to_do = "Write it in lower case and ASCII, without http:// and without a path."
        row.fault("text", "host", message, what_to_do)
    if match == "beneath" and part in PARTS and part != "host":
        message = f"beneath says nothing of a {part}"
        row.fault("match", "match", message, "Use beneath with host, or another way to compare.")
    return text


def _said(row: Row, column: str) -> str:
    """A text for people that has to be there."""
    text = filled(row, column)
    if not text:
        row.fault(column, "required", "the cell is empty", "Fill it in.")
    elif len(text) > _REASON_LENGTH:
        message = f"the text has {len(text)} characters, the limit is {_REASON_LENGTH}"
        row.fault(column, "too_long", message, "Shorten it.")
    return text
