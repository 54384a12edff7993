"""Documents of results into rows: what follows from a line, and what each fault does."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from result_samples import (
    RECEIVED,
    Line,
    check,
    delivery,
    document,
    faults,
    jsonl,
    probe,
    read,
    register,
    round_,
    target,
    visit,
)

from assets.crawl.checks.rules import rules
from assets.crawl.results.document import CHECK, FIELDS, PROBE, VISIT, columns
from assets.crawl.results.reading import read_result_files
from assets.received.setaside import told

BIG = 2**31
TOO_LONG = "http://a.test/" + "x" * 4_000


def changed(kind: str, of: str, changes: Line) -> bytes:
    """The document with the first such line of a target changed."""
    lines = document()
    line = next(one for one in lines if one["line"] == kind and one["target_id"] == of)
    line.update(changes)
    return jsonl(lines)


def test_a_round_becomes_rows() -> None:
    found = read(jsonl(document()))
    assert found["quarantine"] == []
    assert [found["counts"][0][n] for n in ("rows_in", "rows_accepted", "rows_blank")] == [
        10,
        10,
        0,
    ]
    (about,) = found["rounds"]
    assert (about["round_date"], about["crawler"]) == (date(2017, 2, 20), "other/1.0")
    portal, failed, first, second = found["visits"]
    assert [row["target_id"] for row in found["visits"]] == ["P-10", "P-15", "S-1", "S-2"]
    assert [row["outcome"] for row in found["visits"]] == ["up", "down", "up", "up"]
    assert [portal["target_kind"], second["target_kind"]] == ["portal", "service"]
    assert [failed["body_code"], first["body_code"]] == ["P-15", "P-10"]
    assert portal["fetched_at"] == datetime(2017, 2, 20, 3, 4, 5, 678901, tzinfo=UTC)
    assert (portal["window_code"], portal["round_no"], portal["known_at"]) == (
        "W2017-02",
        1,
        RECEIVED,
    )
    assert (portal["content_bytes"], portal["line_no"]) == (5_000_000_000, 2)
    assert failed["http_status"] is None


def test_a_probe_is_held_against_the_level_declared() -> None:
    found = read(jsonl(document()))
    assert [
        (row["service_code"], row["declared_level"], row["level_seen"], row["contradicts_level"])
        for row in found["probes"]
    ] == [("S-1", "3", "3", False), ("S-2", "4", "3", True)]


@pytest.mark.parametrize(
    ("status", "state", "expected"),
    [
        ("completed", "login", "up"),
        ("completed", "missing", "down"),
        ("completed", "challenge", "not_measured"),
        ("timeout", "unseen", "down"),
        ("our-fault", "unseen", "not_measured"),
    ],
)
def test_what_a_probe_says_follows_from_status_and_page(
    status: str, state: str, expected: str
) -> None:
    lines = document()
    lines[6:8] = [
        visit("S-1", visit_status=status),
        probe("S-1", visit_status=status, page_state=state, level_seen=None),
    ]
    found = read(jsonl(lines))
    assert faults(found) == []
    assert found["probes"][0]["outcome"] == expected


def test_an_answer_that_is_not_sure_needs_review_but_not_what_was_not_seen() -> None:
    limit = rules().confidence["review"]
    lines = document()
    lines[2:4] = [
        check("P-10", confidence=limit),
        check("P-10", "search", confidence=limit - 1),
        check("P-10", "links", check_answer="not_observed", confidence=0, record_id=None),
    ]
    unsure = {row["check_id"]: row["needs_review"] for row in read(jsonl(lines))["checks"][:3]}
    assert unsure == {"news": False, "search": True, "links": False}


def test_what_the_description_of_the_file_says_is_in_every_row() -> None:
    file = delivery(jsonl(document()), known_at=date(2017, 5, 6), is_synthetic=True)
    found = read(file)
    for name in ("rounds", "visits", "checks", "probes"):
        assert {row["known_at"] for row in found[name]} == {date(2017, 5, 6)}
        assert {row["is_synthetic"] for row in found[name]} == {True}
        assert {row["file_sha256"] for row in found[name]} == {file.file_sha256}


def test_no_documents_make_empty_tables() -> None:
    assert not any(read().values())


def test_blank_lines_are_counted() -> None:
    lines = jsonl(document()).split(b"\n")
    found = read(b"\n  \n" + b"\r\n\n".join(lines))
    assert found["quarantine"] == []
    assert found["counts"][0]["rows_accepted"] == 10
    assert found["counts"][0]["rows_blank"] == 12
    assert found["rounds"][0]["line_no"] == 3


@pytest.mark.parametrize(
    ("kind", "target_id", "changes", "rule", "column"),
    [
        (VISIT, "S-1", {"line": "page"}, "unknown_line", "line"),
        (VISIT, "S-1", {"line": None}, "unknown_line", "line"),
        (VISIT, "S-1", {"line": ["visit"]}, "unknown_line", "line"),
        (VISIT, "S-1", {"color": "red"}, "unknown_field", "color"),
        (VISIT, "S-1", {"page_state": "content"}, "unknown_field", "page_state"),
        (VISIT, "S-1", {"redirects": None}, "missing_field", "redirects"),
        (VISIT, "S-1", {"url": ""}, "missing_field", "url"),
        (VISIT, "S-1", {"attempts": 1.0}, "wrong_type", "attempts"),
        (VISIT, "S-1", {"attempts": "1"}, "wrong_type", "attempts"),
        (VISIT, "S-1", {"attempts": True}, "wrong_type", "attempts"),
        (VISIT, "S-1", {"attempts": BIG}, "wrong_type", "attempts"),
        (VISIT, "S-1", {"content_bytes": 2**63}, "wrong_type", "content_bytes"),
        (VISIT, "S-1", {"is_rendered": "false"}, "wrong_type", "is_rendered"),
        (VISIT, "S-1", {"detail": 5}, "wrong_type", "detail"),
        (VISIT, "S-1", {"detail": {"a": 1}}, "wrong_type", "detail"),
        (VISIT, "S-1", {"fetched_at": "yesterday"}, "wrong_type", "fetched_at"),
        (VISIT, "S-1", {"fetched_at": "2017-02-20T03:04:05"}, "wrong_type", "fetched_at"),
        (VISIT, "S-1", {"fetched_at": "2017-02-30T03:04:05Z"}, "wrong_type", "fetched_at"),
        (VISIT, "S-1", {"fetched_at": "0001-01-01T00:00:00+14:00"}, "wrong_type", "fetched_at"),
        (VISIT, "S-1", {"fetched_at": "9999-12-31T23:59:59-14:00"}, "wrong_type", "fetched_at"),
        (VISIT, "S-1", {"target_id": "S-3"}, "unknown_target", "target_id"),
        (VISIT, "S-1", {"target_id": "S-9"}, "unknown_target", "target_id"),
        (VISIT, "S-1", {"http_status": 99}, "raw_crawl_visits.http_status.range", "http_status"),
        (VISIT, "S-1", {"redirects": -1}, "raw_crawl_visits.redirects.range", "redirects"),
        (VISIT, "S-1", {"url": TOO_LONG}, "raw_crawl_visits.url.length", "url"),
        (
            VISIT,
            "S-1",
            {"visit_status": "up"},
            "raw_crawl_visits.visit_status.codes",
            "visit_status",
        ),
        (VISIT, "S-1", {"record_id": "1"}, "raw_crawl_visits.record_id.pattern", "record_id"),
        (VISIT, "S-1", {"record_id": None}, "raw_crawl_visits.evidence_present", "record_id"),
        (
            VISIT,
            "S-1",
            {"content_sha256": None},
            "raw_crawl_visits.content_hashed",
            "content_sha256",
        ),
        (PROBE, "S-1", {"target_id": "P-10"}, "wrong_kind_of_target", "target_id"),
        (PROBE, "S-1", {"page_state": "odd"}, "raw_service_probes.page_state.codes", "page_state"),
        (PROBE, "S-1", {"level_seen": "5"}, "raw_service_probes.level_seen.codes", "level_seen"),
        (PROBE, "S-1", {"level_seen": 3}, "wrong_type", "level_seen"),
        (PROBE, "S-1", {"record_id": None}, "raw_service_probes.evidence_present", "record_id"),
        (CHECK, "P-15", {"target_id": "S-1"}, "wrong_kind_of_target", "target_id"),
        (CHECK, "P-15", {"check_id": "weather"}, "unknown_check", "check_id"),
        (
            CHECK,
            "P-15",
            {"check_answer": "maybe"},
            "raw_portal_checks.check_answer.codes",
            "check_answer",
        ),
        (CHECK, "P-15", {"confidence": 101}, "raw_portal_checks.confidence.range", "confidence"),
        (CHECK, "P-15", {"record_id": None}, "raw_portal_checks.evidence_present", "record_id"),
    ],
)  # fmt: skip
def test_a_line_at_fault_is_set_aside(
    kind: str, target_id: str, changes: Line, rule: str, column: str
) -> None:
    found = read(changed(kind, target_id, changes))
    first = next(row for row in found["quarantine"] if row["rule_id"] != "target_incomplete")
    assert (first["rule_id"], first["column_name"]) == (rule, column)
    assert first["reason_en"]
    assert first["reason_vi"]
    assert first["what_to_do"]
    assert first["replay_command"] == "egov run 2016"
    held = {row["target_id"] for row in found["visits"]}
    assert {"P-10", "S-2"} <= held


@pytest.mark.parametrize(
    "line",
    [
        "no json", "[1, 2]", '"text"', "12", '{"line": "visit"', '{"line": "visit"} {}', "\x00",
        '{"line": "visit", "target_id": "S-1", "target_id": "S-1"}',
        '{"line": "visit", "attempts": NaN}', '{"line": "visit", "attempts": -Infinity}',
        '{"attempts": ' + "9" * 5_000 + "}", "[" * 50_000, '{"a":' * 16_000,
    ],
)  # fmt: skip
def test_a_line_that_is_no_object_is_set_aside(line: str) -> None:
    found = read(jsonl(document()) + line.encode() + b"\n")
    assert faults(found) == [(11, "not_an_object", "")]
    assert len(found["quarantine"][0]["raw_value"]) <= 200


@pytest.mark.parametrize("number", ["1e999", "-1e999", "1.5", "9" * 4_000, "-" + "9" * 30])
def test_a_number_that_is_none_of_ours_is_set_aside(number: str) -> None:
    line = json.dumps(visit("S-1", url="http://x.test/")).replace(
        '"attempts": 1', f'"attempts": {number}'
    )
    found = read(jsonl(document()) + line.encode())
    assert faults(found)[-1] == (11, "wrong_type", "attempts")


def test_a_lone_surrogate_is_no_text() -> None:
    bad = [visit("S-1", detail="\ud800"), {"line": "visit", "\udfff": 1}, {"line": "\ud800"}]
    content = "\n".join(json.dumps(line) for line in bad).encode()
    found = read(jsonl(document()) + content)
    kinds = [(rule, column) for _, rule, column in faults(found) if rule != "target_incomplete"]
    assert kinds == [
        ("wrong_type", "detail"), ("unknown_field", "\\udfff"), ("unknown_line", "line"),
    ]  # fmt: skip


def test_a_giant_line_is_set_aside() -> None:
    found = read(jsonl([*document(), visit("S-1", detail="x" * 200_000)]))
    assert faults(found) == [(11, "line_too_long", "")]


def test_words_of_pages_stay_text() -> None:
    words = "=cmd|' /C calc'!A0 <script>alert(1)</script> \u202e\u200b\n@SUM(A1)"
    lines = document()
    lines[2]["deciding_words"] = words
    found = read(jsonl(lines))
    assert found["quarantine"] == []
    held = next(row for row in found["checks"] if row["deciding_words"].startswith("=cmd"))
    assert held["deciding_words"].endswith("\\u202e\\u200b\\n@SUM(A1)")


def test_of_lines_with_the_same_key_none_is_taken() -> None:
    lines = [*document(), check("P-10", check_answer="no")]
    found = read(jsonl(lines))
    keys = [line for line, rule, _ in faults(found) if rule == "raw_portal_checks.key"]
    assert keys == [3, 11]
    assert "P-10" not in {row["target_id"] for row in found["visits"]}


def test_a_target_counts_whole_or_not_at_all() -> None:
    found = read(changed(CHECK, "P-10", {"confidence": -5}))
    assert faults(found) == [
        (2, "target_incomplete", "target_id"),
        (3, "raw_portal_checks.confidence.range", "confidence"),
        (4, "target_incomplete", "target_id"),
    ]
    assert {row["target_id"] for row in found["visits"]} == {"P-15", "S-1", "S-2"}


def test_a_target_is_left_out_of_its_round_only() -> None:
    bad = document(round_no=2)
    bad[7]["level_seen"] = "9"
    found = read(jsonl(document()), jsonl(bad))
    assert [r["round_no"] for r in found["visits"] if r["target_id"] == "S-1"] == [1]


@pytest.mark.parametrize("rule", ["unknown_check", "wrong_kind_of_target"])
def test_what_nobody_asks_takes_no_target_with_it(rule: str) -> None:
    extra = {"unknown_check": check("P-10", "weather"), "wrong_kind_of_target": check("S-1")}
    found = read(jsonl([*document(), extra[rule]]))
    assert [name for _, name, _ in faults(found)] == [rule]


@pytest.mark.parametrize(
    "lines",
    [
        [*document()[:7], *document()[8:]],  # visited, not probed
        [*document()[:6], *document()[7:]],  # probed, not visited
        [*document()[:6], visit("S-1", visit_status="dns"), *document()[7:]],
        [*document()[:6], visit("S-1", url="http://other.test/"), *document()[7:]],
    ],
)
def test_a_service_needs_its_visit_and_its_probe(lines: list[Line]) -> None:
    found = read(jsonl(lines))
    assert {rule for _, rule, _ in faults(found)} == {"target_incomplete"}
    assert {row["target_id"] for row in found["visits"]} == {"P-10", "P-15", "S-2"}
    assert {row["target_id"] for row in found["probes"]} == {"S-2"}


def test_a_service_may_have_further_visits() -> None:
    more = visit("S-1", url="http://s-1.example.test/frame", visit_status="timeout")
    assert read(jsonl([*document(), more]))["quarantine"] == []


WHOLE: list[tuple[str, bytes]] = [
    ("not_utf8", jsonl(document()) + b'{"detail": "\xff"}'),
    ("not_utf8", jsonl(document()).decode().encode("utf-16")),
    ("wrong_columns", b"no document of ours\nat all\n"),
    ("wrong_columns", b"[" + b",".join(jsonl(document()).splitlines()) + b"]"),
    ("wrong_columns", b"   \n"),
    ("wrong_columns", b"%PDF-1.4\n"),
    ("no_round_line", jsonl(document()[1:])),
    ("no_round_line", jsonl([*document(), round_()])),
    ("no_round_line", jsonl([document()[1], document()[0], *document()[2:]])),
    ("other_schema", jsonl(document(schema="egov-crawl/2"))),
    ("other_schema", jsonl(document(schema=None))),
    ("other_year", jsonl(document(assessment_year=2017))),
    ("round_contradicts", jsonl(document(shard=2))),
    ("round_incomplete", jsonl(document(shards=4))),
]


@pytest.mark.parametrize(("rule", "content"), WHOLE)
def test_a_document_at_fault_is_set_aside_line_by_line(rule: str, content: bytes) -> None:
    found = read(content, jsonl(document(window_code="good")))
    assert {name for _, name, _ in faults(found)} == {rule}
    assert {row["window_code"] for row in found["visits"]} == {"good"}
    assert len(found["quarantine"]) == max(1, sum(bool(x.strip()) for x in content.split(b"\n")))


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ({"window_code": "a b"}, ("raw_crawl_rounds.window_code.pattern", "window_code")),
        ({"round_no": 0}, ("raw_crawl_rounds.round_no.range", "round_no")),
        ({"shard": 0}, ("raw_crawl_rounds.shard.range", "shard")),
        ({"crawler": "x" * 201}, ("raw_crawl_rounds.crawler.length", "crawler")),
        ({"crawler": None}, ("missing_field", "crawler")),
        ({"round_date": "20/02/2017"}, ("wrong_type", "round_date")),
        ({"shards": 1.0}, ("wrong_type", "shards")),
        ({"more": 1}, ("unknown_field", "more")),
    ],
)
def test_a_round_line_at_fault_takes_its_document_with_it(
    changes: Line, first: tuple[str, str]
) -> None:
    found = read(jsonl(document(**changes)))
    told = faults(found)
    assert told[0] == (1, *first)
    assert {rule for _, rule, _ in told[1:]} == {"no_round_line"}
    assert len(told) == 10


def shards(count: int, **changes: Any) -> list[list[Line]]:
    """The round cut into shards: a target or two each."""
    parts = [document()[1:4], document()[4:6], document()[6:8], document()[8:]]
    cut = [parts[0] + parts[1], parts[2] + parts[3]] if count == 2 else parts
    return [
        [round_(shard=number, shards=count, **changes), *part]
        for number, part in enumerate(cut, start=1)
    ]


def test_a_round_is_whole_with_all_its_shards() -> None:
    parts = [jsonl(part) for part in shards(4)]
    found = read(*parts)
    assert found["quarantine"] == []
    assert len(found["rounds"]) == 4
    assert [row["target_id"] for row in found["visits"]] == ["P-10", "P-15", "S-1", "S-2"]
    assert found == read(*reversed(parts))
    missing = read(*parts[:3])
    assert {rule for _, rule, _ in faults(missing)} == {"round_incomplete"}
    assert {row["raw_value"] for row in missing["quarantine"]} == {
        "window W2017-02, round 1: 3 of 4 shards"
    }
    assert missing["visits"] == []


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        ("round_contradicts", [shards(2)[0], shards(4)[1]]),
        ("round_contradicts", [shards(2)[0], shards(2, round_date="2017-02-21")[1]]),
        ("shard_twice", [*shards(2), [*shards(2)[0], check("P-10", "links")]]),
        ("shard_twice", [document(), document(crawler="later/1")]),
    ],
)
def test_documents_of_a_round_that_contradict_each_other(
    rule: str, files: list[list[Line]]
) -> None:
    good = jsonl(document(round_no=2))
    found = read(*(jsonl(lines) for lines in files), good)
    assert {name for _, name, _ in faults(found)} == {rule}
    assert {row["round_no"] for row in found["visits"]} == {2}
    assert len(found["quarantine"]) == sum(map(len, files))


def test_a_round_is_not_half_synthetic() -> None:
    one, two = (jsonl(part) for part in shards(2))
    found = read(delivery(one, is_synthetic=True), delivery(two))
    assert {rule for _, rule, _ in faults(found)} == {"round_contradicts"}


def test_of_a_document_with_too_many_lines_there_is_one_line() -> None:
    found = read(b"{}\n" * 500_001)
    assert faults(found) == [(1, "too_many_lines", "")]
    assert found["counts"][0]["rows_in"] == 1


def test_what_is_set_aside_is_told_in_lines() -> None:
    bad = document()
    bad[2]["confidence"] = 500
    bad[9]["page_state"] = "\u202eodd"
    many = [*document(round_no=2), *(visit("S-1", **{f"f{n}": 1}) for n in range(3))]
    files = [delivery(jsonl(bad), file_name="a.jsonl"), delivery(jsonl(many), file_name="b.jsonl")]
    tables = read_result_files(files, year=2016, targets=register(), rules=rules())
    lines = told(tables["raw_crawl_quarantine"])
    assert len(lines) == 5
    assert (
        "a.jsonl: raw_portal_checks.confidence.range: 1 lines set aside, first line 3, "
        "confidence '500': "
    ) in "".join(lines)
    assert any("'\\\\u202eodd'" in line for line in lines)
    assert any("unknown_field: 3 lines set aside, first line 11, f0 '1'" in line for line in lines)


def test_reasons_are_not_told_without_end() -> None:
    files = [delivery(b"\xff%d" % number, file_name=f"{number}.csv") for number in range(25)]
    tables = read_result_files(files, year=2016, targets=register(), rules=rules())
    lines = told(tables["raw_crawl_quarantine"])
    assert len(lines) == 21
    assert lines[-1] == "and 5 more reasons"


def test_progress_is_told() -> None:
    said: list[tuple[int, int]] = []
    files = [delivery(jsonl(part)) for part in shards(4)]
    read_result_files(
        files, year=2016, targets=register(), rules=rules(), on_done=lambda *n: said.append(n)
    )
    assert said == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_every_field_can_be_at_fault_by_its_type() -> None:
    """No field of any kind takes a list, and the line is told by the name of that field."""
    for kind, target_id in ((VISIT, "S-1"), (CHECK, "P-15"), (PROBE, "S-1")):
        for name in FIELDS[kind]:
            found = read(changed(kind, target_id, {name: []}))
            told = [fault for fault in faults(found) if fault[1] != "target_incomplete"]
            assert [fault[1:] for fault in told] == [("wrong_type", name)], (kind, name)
            assert columns(kind)[name].name == name


def test_the_register_is_by_target() -> None:
    moved = [target("P-10", "portal"), target("S-1", "service", body_code="P-99")]
    found = read(jsonl([document()[0], *document()[6:8]]), rows=moved)
    assert found["probes"][0]["body_code"] == "P-99"
