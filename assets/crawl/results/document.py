"""The document of results, "egov-crawl/1": what a crawl hands to the warehouse.

Belongs here: the lines and their fields, making lines, writing them as JSON Lines. Does not belong
here: what is found (`findings`, `elsewhere`), and reading documents (`reading`).

A field is the registry's column of the same name: its type, codes and bounds are declared there and
nowhere else. docs/crawl_results.md describes the document for people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from assets import registry
from assets.crawl.checks.probe import Reading
from assets.crawl.evidence.records import Record
from assets.crawl.model import Answer, Visit
from assets.plaintext import plain
from assets.registry import Column

SCHEMA = "egov-crawl/1"

#: Kind of such documents in the intake.
KIND = "crawl_results"

#: The key that says what a line is, and the key of the document's schema in its round line.
LINE, SCHEMA_KEY = "line", "schema"

ROUND, VISIT, CHECK, PROBE = "round", "visit", "check", "probe"

#: Kinds of lines -> the table that their rows go to.
TABLES = {
    ROUND: "raw_crawl_rounds",
    VISIT: "raw_crawl_visits",
    CHECK: "raw_portal_checks",
    PROBE: "raw_service_probes",
}

#: Fields of each kind of line, in order. Whatever else the tables hold is derived on reading.
FIELDS: dict[str, tuple[str, ...]] = {
    ROUND: (
        "window_code", "assessment_year", "round_no", "shard", "shards", "round_date", "crawler",
        "user_agent",
    ),
    VISIT: (
        "target_id", "url", "final_url", "visit_status", "detail", "http_status", "redirects",
        "attempts", "resolve_ms", "connect_ms", "tls_ms", "first_byte_ms", "transfer_ms",
        "tls_version", "tls_issuer", "tls_not_after", "content_type", "content_bytes",
        "content_sha256", "fetched_at", "is_rendered", "record_id", "record_file",
    ),
    CHECK: (
        "target_id", "check_id", "check_answer", "evidence_url", "deciding_words", "rule_id",
        "confidence", "captured_at", "content_sha256", "record_id",
    ),
    PROBE: (
        "target_id", "url", "visit_status", "page_state", "level_seen", "deciding_words",
        "captured_at", "content_sha256", "record_id",
    ),
}  # fmt: skip

Line = dict[str, Any]


@dataclass(frozen=True)
class Round:
    """What a document is of: one shard of one round of a window."""

    window_code: str
    assessment_year: int
    round_no: int
    shard: int
    shards: int
    round_date: date
    crawler: str
    user_agent: str


@cache
def columns(kind: str) -> dict[str, Column]:
    """The registry's columns of the fields of a kind of line, in order."""
    table = registry.table(TABLES[kind])
    return {name: table.column(name) for name in FIELDS[kind]}


def wide_columns() -> tuple[str, ...]:
    """The columns of a document in CSV or Parquet: every field of every kind once."""
    every = (name for kind in FIELDS for name in FIELDS[kind])
    return (LINE, SCHEMA_KEY, *dict.fromkeys(every))


def document_name(about: Round) -> str:
    """The file name of a document, as crawl_2016_season_r1_s1of4.jsonl."""
    return (
        f"crawl_{about.assessment_year}_{about.window_code}"
        f"_r{about.round_no}_s{about.shard}of{about.shards}.jsonl"
    )


def round_line(about: Round) -> Line:
    """The first line of a document."""
    return {LINE: ROUND, SCHEMA_KEY: SCHEMA, **_fitted(ROUND, asdict(about))}


def visit_line(target_id: str, visit: Visit, record: Record | None, folder: str) -> Line:
    """The line of a visit; `folder` is the one of its record, below the window's."""
    found = {
        "target_id": target_id,
        "url": visit.url,
        "final_url": visit.final_url or None,
        "visit_status": visit.status,
        "detail": visit.detail or None,
        "http_status": visit.http_status,
        "redirects": len(visit.redirects),
        "attempts": visit.attempts,
        **asdict(visit.timings),
        "tls_version": visit.tls.get("version"),
        "tls_issuer": visit.tls.get("issuer"),
        "tls_not_after": visit.tls.get("not_after"),
        "content_type": visit.headers.get("content-type") or None,
        "content_bytes": record.content_bytes if record else None,
        "content_sha256": record.content_sha256 if record else None,
        "fetched_at": visit.fetched_at,
        "is_rendered": visit.rendered,
        "record_id": record.record_id if record else None,
        "record_file": f"{folder}/{record.file_name}" if record else None,
    }
    return {LINE: VISIT, **_fitted(VISIT, found)}


def check_line(
    target_id: str,
    answer: Answer,
    captured_at: datetime | None,
    content_sha256: str | None,
    record_id: str | None,
) -> Line:
    """The line of an answer, with when and where the page that decided it was seen."""
    found = {
        "target_id": target_id,
        "check_id": answer.check_id,
        "check_answer": answer.answer,
        "evidence_url": answer.url or None,
        "deciding_words": answer.words or None,
        "rule_id": answer.rule_id,
        "confidence": answer.confidence,
        "captured_at": captured_at,
        "content_sha256": content_sha256,
        "record_id": record_id,
    }
    return {LINE: CHECK, **_fitted(CHECK, found)}


def probe_line(target_id: str, visit: Visit, reading: Reading, record: Record | None) -> Line:
    """The line of a service's probe."""
    found = {
        "target_id": target_id,
        "url": visit.url,
        "visit_status": visit.status,
        "page_state": reading.page_state,
        "level_seen": reading.level_seen,
        "deciding_words": reading.words or None,
        "captured_at": visit.fetched_at,
        "content_sha256": record.content_sha256 if record else None,
        "record_id": record.record_id if record else None,
    }
    return {LINE: PROBE, **_fitted(PROBE, found)}


def as_jsonl(lines: Iterable[Line]) -> Iterator[bytes]:
    """The document as JSON Lines, a chunk a line: UTF-8, keys sorted."""
    for line in lines:
        yield json.dumps(line, ensure_ascii=False, sort_keys=True, allow_nan=False).encode() + b"\n"


def _fitted(kind: str, values: Line) -> Line:
    """Values as the document writes them: dates and times as text, texts of outside made fit."""
    return {name: _fit(values[name], column) for name, column in columns(kind).items()}


def _fit(value: Any, column: Column) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return plain(value, column.max_length or len(value) * 12)
    return value
