"""The document of results as it is written, and as docs/crawl_results.md describes it."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from result_samples import Line, read, target

from assets import registry
from assets.crawl.checks.names import check_names
from assets.crawl.checks.probe import Reading
from assets.crawl.evidence.records import Record
from assets.crawl.fetch.statuses import statuses
from assets.crawl.model import Answer, Timings, Visit
from assets.crawl.results.account import reasons
from assets.crawl.results.document import (
    CHECK,
    FIELDS,
    LINE,
    PROBE,
    ROUND,
    TABLES,
    VISIT,
    Round,
    as_jsonl,
    check_line,
    columns,
    document_name,
    probe_line,
    round_line,
    visit_line,
    wide_columns,
)
from assets.crawl.results.lines import LONGEST
from assets.received.parquet import MOST_LINES

DOC = Path(__file__).parents[4] / "docs/crawl_results.md"
ABOUT = Round("W2017-02", 2016, 1, 1, 1, date(2017, 2, 20), "egov/1", "egov/1 (+mailto:a@b.test)")
SEEN = datetime(2017, 2, 20, 10, 4, 5, tzinfo=timezone(timedelta(hours=7)))
KEPT = Record("visits-0001.warc.gz", 0, 10, "urn:uuid:" + "0" * 36, "cd" * 32, 42)
#: What the tables hold besides the fields of the document: derived on reading.
DERIVED = {
    "raw_crawl_rounds": set(),
    "raw_crawl_visits": {"target_kind", "body_code", "outcome"},
    "raw_portal_checks": {"body_code", "needs_review"},
    "raw_service_probes": {
        "body_code", "service_code", "declared_level", "outcome", "contradicts_level",
    },
}  # fmt: skip
SOURCE = {
    "assessment_year", "window_code", "round_no", "known_at", "is_synthetic", "file_sha256",
    "line_no",
}  # fmt: skip


def visited(**changes: Any) -> Visit:
    facts: dict[str, Any] = {
        "url": "http://s-1.example.test/",
        "status": "completed",
        "final_url": "https://s-1.example.test/",
        "http_status": 200,
        "redirects": ("http://s-1.example.test/",),
        "headers": {"content-type": "text/html"},
        "body": b"x" * 42,
        "tls": {"version": "TLSv1.3", "issuer": "CN=A", "not_after": "2018-01-01T00:00:00+00:00"},
        "timings": Timings(resolve_ms=3, first_byte_ms=70),
        "fetched_at": SEEN,
        "attempts": 1,
        **changes,
    }
    return Visit(**facts)


def lines(**changes: Any) -> list[Line]:
    visit = visited(**changes)
    answer = Answer("news", "yes", "http://p-10.example.test/tin", "Tin tức", "news.link", 90)
    return [
        round_line(ABOUT),
        visit_line("P-10", visited(url="http://p-10.example.test/"), KEPT, "shard_1"),
        check_line("P-10", answer, SEEN, KEPT.content_sha256, KEPT.record_id),
        visit_line("S-1", visit, KEPT, "shard_1"),
        probe_line("S-1", visit, Reading("content", "4", "form: nộp hồ sơ"), KEPT),
    ]


def test_lines_have_exactly_their_fields_in_order() -> None:
    for line in lines():
        more = ("schema",) if line[LINE] == ROUND else ()
        assert tuple(line) == (LINE, *more, *FIELDS[line[LINE]])


def test_a_table_is_the_fields_and_what_is_derived() -> None:
    for kind, name in TABLES.items():
        held = set(registry.table(name).column_names)
        assert held == set(FIELDS[kind]) | DERIVED[name] | SOURCE


def test_what_is_written_is_read_again() -> None:
    found = read(
        b"".join(as_jsonl(lines())), rows=[target("P-10", "portal"), target("S-1", "service")]
    )
    assert found["quarantine"] == []
    visit = next(row for row in found["visits"] if row["target_id"] == "S-1")
    probe, check = found["probes"][0], found["checks"][0]
    assert visit["fetched_at"] == probe["captured_at"] == check["captured_at"] == SEEN
    assert (visit["redirects"], visit["resolve_ms"], visit["connect_ms"]) == (1, 3, None)
    assert (visit["tls_version"], visit["record_file"]) == (
        "TLSv1.3",
        "shard_1/visits-0001.warc.gz",
    )
    assert (visit["content_bytes"], visit["content_type"]) == (42, "text/html")
    assert (probe["level_seen"], probe["declared_level"]) == ("4", "3")
    assert (check["check_answer"], check["confidence"], check["rule_id"]) == (
        "yes",
        90,
        "news.link",
    )
    assert found["rounds"][0]["round_date"] == ABOUT.round_date


def test_the_document_is_the_same_bytes_each_time_whatever_the_zone() -> None:
    content = list(as_jsonl(lines()))
    assert content == list(as_jsonl(lines(fetched_at=SEEN.astimezone(UTC))))
    for line in content:
        assert line.count(b"\n") == 1
        assert list(json.loads(line)) == sorted(json.loads(line))
    assert "nộp hồ sơ".encode() in content[-1]


def test_texts_of_outside_are_cut_and_made_fit() -> None:
    words = "Tin\u200b tức\n" + "x" * 1_000
    line = check_line(
        "P-10", Answer("news", "yes", "http://a.test/", words, "r", 90), None, None, None
    )
    assert line["deciding_words"].startswith("Tin\\u200b tức\\nxxx")
    assert len(line["deciding_words"]) == 500
    line = visit_line("S-1", visited(headers={"content-type": "a\x00" * 200}), None, "shard_1")
    assert line["content_type"].startswith("a\\x00a")
    assert len(line["content_type"]) == 200


def test_what_is_not_there_is_null() -> None:
    bare = Visit(url="http://s-1.example.test/", status="dns")
    visit = visit_line("S-1", bare, None, "shard_1")
    filled = {name for name, value in visit.items() if value is not None}
    assert filled == {
        LINE, "target_id", "url", "visit_status", "redirects", "attempts", "is_rendered",
    }  # fmt: skip
    probe = probe_line("S-1", bare, Reading("unseen", None, ""), None)
    assert {probe[name] for name in ("level_seen", "deciding_words", "record_id")} == {None}


def test_the_name_of_a_document() -> None:
    assert document_name(ABOUT) == "crawl_2016_W2017-02_r1_s1of1.jsonl"


def described() -> dict[str, str]:
    """The lines of the tables of the page, by section and field."""
    made: dict[str, str] = {}
    section = ""
    for line in DOC.read_text("utf-8").splitlines():
        heading = re.match(r"#+ (\w+)", line)
        section = heading[1] if heading else section
        field = re.match(r"\| `([^`]+)` \|", line)
        if field:
            made[f"{section} {field[1]}"] = line
    return made


@pytest.mark.parametrize("kind", [ROUND, VISIT, CHECK, PROBE])
def test_the_page_describes_every_field_as_declared(kind: str) -> None:
    page = described()
    for name, column in columns(kind).items():
        _, _, told, needed, *_ = page[f"{kind} {name}"].split("|")
        assert needed.strip() == ("" if column.nullable else "yes"), name
        bounds = [bound for bound in (column.min, column.max) if bound is not None]
        facts = [*(str(bound) for bound in bounds), *([column.pattern] if column.pattern else [])]
        facts += [f"{column.max_length:,} characters"] if column.max_length else []
        facts += [f"`{code}`" for code in column.codes] if name != "visit_status" else []
        assert all(fact in told for fact in facts), (name, told)


def test_the_page_names_every_rule_check_and_status() -> None:
    page = described()
    for rule_id, said in reasons().items():
        assert said["reason_en"] in page[f"What {rule_id}"]
        assert said["what_to_do"] in page[f"What {rule_id}"]
    for check_id, name in check_names().items():
        assert name.en in page[f"check {check_id}"]
    for code, status in statuses().items():
        assert f"| {status.outcome} | {status.en} |" in page[f"visit {code}"]


def test_the_page_names_nothing_else() -> None:
    known = {f"{kind} {name}" for kind in FIELDS for name in FIELDS[kind]}
    known |= {f"What {rule_id}" for rule_id in reasons()}
    known |= {f"check {check_id}" for check_id in check_names()}
    known |= {f"visit {code}" for code in statuses()}
    assert set(described()) == known


def test_the_page_and_the_reasons_state_the_limits() -> None:
    page = DOC.read_text("utf-8")
    assert f"{MOST_LINES:,} lines" in page
    assert f"{LONGEST:,} characters" in page
    assert f"{MOST_LINES:,}" in reasons()["too_many_lines"]["reason_en"]
    assert f"{LONGEST:,}" in reasons()["line_too_long"]["reason_en"]


def test_every_reason_is_told_in_both_languages_and_says_what_to_do() -> None:
    for rule_id, said in reasons().items():
        assert set(said) == {"reason_en", "reason_vi", "what_to_do"}, rule_id
        assert all(said.values())


def test_the_examples_of_the_page_are_taken_and_are_the_same() -> None:
    blocks = dict(re.findall(r"```(json|csv)\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL))
    register = [target("P-10", "portal"), target("S-17", "service")]
    by_format = [read(blocks[name].encode(), rows=register) for name in ("json", "csv")]
    for found in by_format:
        assert found["quarantine"] == []
        sizes = [len(found[name]) for name in ("rounds", "visits", "checks", "probes")]
        assert sizes == [1, 2, 1, 1]
    assert blocks["csv"].splitlines()[0].split(",") == list(wide_columns())
