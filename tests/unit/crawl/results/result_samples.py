"""Documents of results made up for tests, and the same lines in each of the three formats."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from assets import registry
from assets.crawl.checks.rules import rules
from assets.crawl.results.document import (
    CHECK,
    FIELDS,
    LINE,
    PROBE,
    ROUND,
    SCHEMA,
    SCHEMA_KEY,
    VISIT,
    columns,
    wide_columns,
)
from assets.crawl.results.reading import read_result_files
from assets.received.delivery import Delivery

YEAR = 2016
NAMES = {
    "rounds": "raw_crawl_rounds",
    "visits": "raw_crawl_visits",
    "checks": "raw_portal_checks",
    "probes": "raw_service_probes",
    "counts": "raw_crawl_counts",
    "quarantine": "raw_crawl_quarantine",
}
RECEIVED = date(2017, 3, 1)
SHA = "ab" * 32
RECORD = "urn:uuid:0f8fad5b-d9cb-469f-a165-70867728950e"

Line = dict[str, Any]


def target(target_id: str, kind: str, **changes: Any) -> Line:
    row = dict.fromkeys(registry.table("raw_crawl_targets").column_names)
    service = {"service_code": target_id, "service_name": "Cấp giấy phép", "declared_level": "3"}
    return {
        **row,
        "target_id": target_id,
        "assessment_year": YEAR,
        "target_kind": kind,
        "body_code": "P-10" if kind == "service" else target_id,
        "url": f"http://{target_id.lower()}.example.test/",
        "address_rule": "printed",
        **(service if kind == "service" else {}),
        **changes,
    }


#: The register that the tests speak of: two portals, two services, one address left out.
TARGETS = [
    target("P-10", "portal"),
    target("P-15", "portal"),
    target("S-1", "service"),
    target("S-2", "service", declared_level="4"),
    target("S-9", "service", exclusion_en="asked us not to", exclusion_vi="đã đề nghị"),
]


def register(rows: Iterable[Line] = ()) -> pa.Table:
    schema = registry.table("raw_crawl_targets").arrow_schema
    loose = pa.schema([column.with_nullable(True) for column in schema])
    return pa.Table.from_pylist(list(rows) or TARGETS, schema=loose)


def round_(**changes: Any) -> Line:
    return {
        LINE: ROUND,
        SCHEMA_KEY: SCHEMA,
        "window_code": "W2017-02",
        "assessment_year": YEAR,
        "round_no": 1,
        "shard": 1,
        "shards": 1,
        "round_date": "2017-02-20",
        "crawler": "other/1.0",
        "user_agent": "other/1.0 (+https://example.test)",
        **changes,
    }


def visit(target_id: str, **changes: Any) -> Line:
    url = f"http://{target_id.lower()}.example.test/"
    return {
        LINE: VISIT,
        "target_id": target_id,
        "url": url,
        "final_url": url,
        "visit_status": "completed",
        "http_status": 200,
        "redirects": 0,
        "attempts": 1,
        "first_byte_ms": 120,
        "content_type": "text/html; charset=utf-8",
        "content_bytes": 5_000_000_000,
        "content_sha256": SHA,
        "fetched_at": "2017-02-20T03:04:05.678901+00:00",
        "is_rendered": False,
        "record_id": RECORD,
        "record_file": "shard_1/visits-0001.warc.gz",
        **changes,
    }


def check(target_id: str, check_id: str = "news", **changes: Any) -> Line:
    return {
        LINE: CHECK,
        "target_id": target_id,
        "check_id": check_id,
        "check_answer": "yes",
        "evidence_url": f"http://{target_id.lower()}.example.test/tin-tuc",
        "deciding_words": "Tin tức, sự kiện",
        "rule_id": f"{check_id}.link",
        "confidence": 95,
        "captured_at": "2017-02-20T10:04:05+07:00",
        "content_sha256": SHA,
        "record_id": RECORD,
        **changes,
    }


def probe(target_id: str, **changes: Any) -> Line:
    return {
        LINE: PROBE,
        "target_id": target_id,
        "url": f"http://{target_id.lower()}.example.test/",
        "visit_status": "completed",
        "page_state": "content",
        "level_seen": "3",
        "deciding_words": "form: Nộp hồ sơ",
        "captured_at": "2017-02-20T03:04:05Z",
        "content_sha256": SHA,
        "record_id": RECORD,
        **changes,
    }


def document(**about: Any) -> list[Line]:
    """A whole round of the register."""
    return [
        round_(**about),
        visit("P-10"),
        check("P-10"),
        check("P-10", "search", check_answer="not_observed", confidence=0, record_id=None),
        visit("P-15", visit_status="dns", final_url=None, http_status=None, record_id=None),
        check("P-15", check_answer="no", confidence=40),
        visit("S-1"),
        probe("S-1"),
        visit("S-2"),
        probe("S-2"),
    ]


def jsonl(lines: Iterable[Line]) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def wide(lines: Iterable[Line]) -> list[Line]:
    return [{name: line.get(name) for name in wide_columns()} for line in lines]


def csv_of(lines: Iterable[Line]) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(wide_columns())
    for row in wide(lines):
        writer.writerow(["" if row[name] is None else _cell(row[name]) for name in row])
    return buffer.getvalue().encode()


def _cell(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def arrow_of(lines: Iterable[Line]) -> pa.Table:
    """The wide table in the types of the registry: moments and days are no texts."""
    types: dict[str, pa.DataType] = {LINE: pa.string(), SCHEMA_KEY: pa.string()}
    for kind in FIELDS:
        types |= {name: column.arrow for name, column in columns(kind).items()}
    rows = [{name: _typed(row[name], types[name]) for name in row} for row in wide(lines)]
    return pa.Table.from_pylist(rows, schema=pa.schema(list(types.items())))


def _typed(value: Any, arrow: pa.DataType) -> Any:
    if value is None:
        return None
    if pa.types.is_timestamp(arrow):
        return datetime.fromisoformat(value).astimezone(UTC)
    return date.fromisoformat(value) if pa.types.is_date(arrow) else value


def parquet_of(lines: Iterable[Line]) -> bytes:
    return written(arrow_of(lines))


def written(frame: pa.Table, **options: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(frame, buffer, **options)
    return buffer.getvalue()


def delivery(content: bytes, **changes: Any) -> Delivery:
    about: Mapping[str, Any] = {
        "content": content,
        "file_name": "results.jsonl",
        "file_sha256": hashlib.sha256(content).hexdigest(),
        "known_at": RECEIVED,
        "is_synthetic": False,
        "order": 1,
        **changes,
    }
    return Delivery(**about)


def read(*contents: bytes | Delivery, rows: Iterable[Line] = ()) -> dict[str, list[Line]]:
    """The tables of documents, rows by short name; every line is accounted for."""
    files = [one if isinstance(one, Delivery) else delivery(one) for one in contents]
    tables = read_result_files(files, year=YEAR, targets=register(rows), rules=rules())
    found = {short: tables[name].to_pylist() for short, name in NAMES.items()}
    assert list(tables) == list(NAMES.values())
    assert_conserved(found, len(files))
    return found


def assert_conserved(found: dict[str, list[Line]], files: int) -> None:
    """Lines in = accepted + quarantined + blank, of every file."""
    assert len(found["counts"]) == files
    for count in found["counts"]:
        sha = count["file_sha256"]
        accepted = sum(
            row["file_sha256"] == sha
            for name in ("rounds", "visits", "checks", "probes")
            for row in found[name]
        )
        set_aside = [row["line_no"] for row in found["quarantine"] if row["file_sha256"] == sha]
        assert accepted == count["rows_accepted"]
        assert len(set_aside) == len(set(set_aside)) == count["rows_quarantined"]
        assert count["rows_in"] == accepted + len(set_aside) + count["rows_blank"]


def faults(found: dict[str, list[Line]]) -> list[tuple[int, str, str]]:
    """(line, rule, column) of every line set aside."""
    return [(r["line_no"], r["rule_id"], r["column_name"]) for r in found["quarantine"]]
