"""Files of service addresses: every line is a target, set aside with its reasons, or blank."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from target_samples import HEADER, Row, delivery, known, register, service, targets

from assets import registry
from assets.crawl.fetch.guard import Guard
from assets.crawl.fetch.limits import Limits
from assets.crawl.fetch.statuses import StopVisitError
from assets.crawl.targets import services
from assets.crawl.targets.register import targets_tables
from assets.crawl.targets.services import COLUMNS, reasons
from assets.gates import check


def faults(*lines: str, header: str = HEADER) -> list[tuple[int, str, str]]:
    """Line, column and rule of all that is set aside."""
    quarantine = register(delivery("\n".join([header, *lines])))["quarantine"]
    return [(row["line_no"], row["column_name"], row["rule_id"]) for row in quarantine]


def counts(content: bytes | str) -> tuple[int, int, int, int]:
    """Lines, accepted, quarantined, blank."""
    (row,) = register(delivery(content))["counts"]
    parts = ("rows_in", "rows_accepted", "rows_quarantined", "rows_blank")
    return tuple(row[part] for part in parts)


def test_a_line_becomes_a_target() -> None:
    line = service(service_name="Cấp  phép\u00a0xây dựng")
    file = delivery(f"{HEADER}\n{line}\n")
    row = targets(file)["DV-1"]
    assert {name: value for name, value in row.items() if value is not None} == {
        "target_id": "DV-1",
        "assessment_year": 2016,
        "target_kind": "service",
        "body_code": "P-10",
        "service_code": "DV-1",
        "service_name": "Cấp phép xây dựng",
        "declared_level": "3",
        "url": "https://dichvucong.laocai.gov.vn/dv?id=1",
        "printed_address": "https://dichvucong.laocai.gov.vn/dv?id=1",
        "address_rule": "declared",
        "file_sha256": file.file_sha256,
        "line_no": 2,
    }


def test_an_address_without_a_scheme_is_visited_by_plain_http_and_kept_as_written() -> None:
    row = targets(delivery(f"{HEADER}\n{service(url=' DVC.laocai.gov.vn/a ')}"))["DV-1"]
    assert row["url"] == "http://dvc.laocai.gov.vn/a"
    assert row["printed_address"] == " DVC.laocai.gov.vn/a "


def test_a_service_with_a_port_of_its_own_is_listed_and_the_visit_says_that_it_stays_away() -> None:
    url = "http://dvc.laocai.gov.vn.test:8443/a"
    row = targets(delivery(f"{HEADER}\n{service(url=url)}"))["DV-1"]
    assert (row["url"], row["exclusion_en"]) == (url, None)
    with pytest.raises(StopVisitError) as stopped:
        Guard().place(row["url"], Limits())
    assert stopped.value.status == "not-attempted"


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"service_code": ""}, [("service_code", "code_form")]),
        ({"service_code": "-x"}, [("service_code", "code_form")]),
        ({"service_code": "x" * 81}, [("service_code", "code_form")]),
        ({"service_code": "DV 1"}, [("service_code", "code_form")]),
        ({"service_code": "P-24"}, [("service_code", "code_of_a_body")]),
        ({"body_code": "P-99"}, [("body_code", "unknown_body")]),
        ({"body_code": ""}, [("body_code", "unknown_body")]),
        ({"service_name": " "}, [("service_name", "no_name")]),
        ({"service_name": "Cấp\u200bphép"}, [("service_name", "invisible_character")]),
        ({"service_name": "x" * 501}, [("service_name", "raw_crawl_targets.service_name.length")]),
        ({"declared_level": "2"}, [("declared_level", "level")]),
        ({"declared_level": ""}, [("declared_level", "level")]),
        ({"declared_level": "3.0"}, [("declared_level", "level")]),
        ({"url": ""}, [("url", "no_address")]),
        ({"url": "http://a\u202e.vn/"}, [("url", "invisible_character")]),
        ({"url": "ftp://a.vn/x"}, [("url", "not_http")]),
        ({"url": "javascript:alert(1)"}, [("url", "address_refused")]),
        ({"url": "http://a.vn:0/"}, [("url", "address_refused")]),
        ({"url": "http://a.vn:65536/"}, [("url", "address_refused")]),
        ({"url": "http://a:b@a.vn/"}, [("url", "address_refused")]),
        ({"url": "http://017700000001/"}, [("url", "address_refused")]),
        ({"url": "chưa có"}, [("url", "host_incomplete")]),
        ({"url": "a.vn/" + "ế" * 700}, [("url", "raw_crawl_targets.url.length")]),
        (
            {"service_code": "", "body_code": "", "declared_level": "x", "url": ""},
            [
                ("body_code", "unknown_body"),
                ("declared_level", "level"),
                ("service_code", "code_form"),
                ("url", "no_address"),
            ],
        ),
    ],
)
def test_a_faulty_line_is_set_aside_with_every_reason(
    cells: dict[str, str], found: list[tuple[str, str]]
) -> None:
    file = delivery("\n".join([HEADER, service(**cells), service(service_code="DV-2")]), "dv.csv")
    rows = register(file)
    told = {(row["column_name"], row["rule_id"]) for row in rows["quarantine"]}
    assert told == set(found)
    assert len(rows["quarantine"]) == len(found)
    for row in rows["quarantine"]:
        assert (row["file_name"], row["line_no"], row["assessment_year"]) == ("dv.csv", 2, 2016)
        assert row["file_sha256"] == file.file_sha256
        assert all(row[name] for name in ("reason_en", "reason_vi", "what_to_do"))
        assert row["replay_command"] == "egov run 2016"
        assert (row["raw_value"] or "").isprintable()
    assert {row["target_id"] for row in rows["targets"]} == {"P-06", "P-10", "P-24", "MOD", "DV-2"}
    (count,) = rows["counts"]
    assert (count["rows_in"], count["rows_accepted"], count["rows_quarantined"]) == (2, 1, 1)


def test_what_stands_in_the_cell_is_told() -> None:
    line = service(body_code="Lào\u200bCai")
    (row,) = register(delivery(f"{HEADER}\n{line}"))["quarantine"]
    assert row["raw_value"] == "Lào\\u200bCai"
    assert row["reason_en"] == "there is no such body in the year"
    (row,) = register(delivery(f"{HEADER}\n{service(declared_level='')}"))["quarantine"]
    assert row["raw_value"] is None


def test_a_code_given_twice_is_set_aside_on_every_line_also_across_files() -> None:
    first = delivery(f"{HEADER}\n{service()}\n{service(service_code='DV-2')}\n", "a.csv")
    second = delivery(f"{HEADER}\n{service(url='b.vn')}\n{service(url='c.vn')}\n", "b.csv")
    rows = register(first, second)
    told = {(r["file_name"], r["line_no"], r["rule_id"]) for r in rows["quarantine"]}
    assert told == {(f, n, "code_twice") for f, n in (("a.csv", 2), ("b.csv", 2), ("b.csv", 3))}
    assert [r["target_id"] for r in rows["targets"] if r["service_code"]] == ["DV-2"]
    assert rows == register(second, first)


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("DV-1,P-10,Cấp phép, lần đầu,3,a.vn", "row_shape"),
        ("DV-1,P-10", "row_shape"),
        ('DV-1,P-10,"Cấp phép,3,a.vn', "row_shape"),
        (f"DV-1,P-10,{'x' * 140_000},3,a.vn", "row_shape"),
    ],
)
def test_a_line_of_another_shape_does_not_swallow_the_next(line: str, rule: str) -> None:
    assert faults(line, service(service_code="DV-2")) == [(2, "", rule)]


def test_a_line_that_is_not_utf8_is_set_aside_alone() -> None:
    bad = service(service_name="?").encode().replace(b"?", b"C\xcap ph\xd0p")
    rows = register(delivery(b"\r\n".join([HEADER.encode(), bad, service().encode()])))
    (row,) = rows["quarantine"]
    assert (row["line_no"], row["column_name"], row["rule_id"]) == (2, "", "not_utf8")
    assert [r["line_no"] for r in rows["targets"] if r["service_code"]] == [3]


@pytest.mark.parametrize(
    "header",
    ["", HEADER.replace(",", ";"), HEADER + ",note", HEADER.upper(), "DV-1,P-10,Tên,3,a.vn"],
)
def test_under_another_header_no_line_means_anything(header: str) -> None:
    found = faults(service(), "", service(service_code="DV-2"), header=header)
    assert found == [(n, "", "wrong_header") for n in (1, 2, 4)]
    assert counts("\n".join([header, service(), "", service()])) == (4, 0, 3, 1)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"\ufeff{HEADER}\r\n{service()}\r\n\r\n,,,,\r\n", (3, 1, 0, 2)),
        (f"{HEADER}\r{service()}\r", (1, 1, 0, 0)),
        (HEADER, (0, 0, 0, 0)),
        ("\ufeff", (1, 0, 1, 0)),
        ("\n\n", (2, 0, 1, 1)),
    ],
    ids=["windows", "old mac", "header alone", "nothing", "blank lines"],
)
def test_lines_are_counted(content: str, expected: tuple[int, int, int, int]) -> None:
    assert counts(content) == expected


def test_a_file_too_large_to_read_is_told_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MAX_FILE_BYTES", 100)
    content = "\n".join([HEADER, service()])
    assert faults(service()) == [(1, "", "file_too_large")]
    assert counts(content) == (1, 0, 1, 0)


def test_twelve_thousand_services_are_read() -> None:
    lines = [service(service_code=f"DV-{n}", url=f"dvc{n % 60}.gov.vn/{n}") for n in range(12_000)]
    assert counts("\n".join([HEADER, *lines])) == (12_000, 12_000, 0, 0)


def test_every_reason_can_come_up_and_speaks_both_languages() -> None:
    portals_only = {"address_unknown"}
    raised = {
        "file_too_large", "wrong_header", "not_utf8", "row_shape", "code_form", "code_twice",
        "code_of_a_body", "unknown_body", "no_name", "invisible_character", "level", "no_address",
        "not_http", "host_incomplete", "address_refused",
    }  # fmt: skip
    assert set(reasons()) == raised | portals_only
    for reason in reasons().values():
        assert set(reason) == {"reason_en", "reason_vi", "what_to_do"}
        assert reason["reason_vi"] != reason["reason_en"]


def judged(content: bytes) -> dict[str, list[Row]]:
    """The register of a file, after its tables have passed their gates."""
    tables = targets_tables(known(), year=2016, services=[delivery(content)], filters=[])
    for name, frame in tables.items():
        assert check(registry.table(name), frame).failures.to_pylist() == []
    return {name.rsplit("_", 1)[1]: table.to_pylist() for name, table in tables.items()}


CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["DV-1", "DV-2", "P-10", "P-24", "3", "4", "a.vn", "http://b.vn/x", "Tên", ""]),
)
LINE = st.one_of(
    st.lists(CELL, min_size=5, max_size=5).map(lambda cells: ",".join(cells).encode()),
    st.binary(max_size=40),
)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(st.just(HEADER.encode()), st.binary(max_size=20)),
    st.lists(LINE, max_size=8),
    st.sampled_from([b"\n", b"\r\n", b"\r"]),
)
@example(HEADER.encode(), [b"\x00,\x00,\x00,3,\x00", b'"', b"\xff"], b"\n")
@example(b"", [], b"\n")
def test_no_line_of_any_file_is_lost(header: bytes, lines: list[bytes], end: bytes) -> None:
    content = end.join([header, *lines])
    rows = judged(content)
    (count,) = rows["counts"]
    accepted = [row["line_no"] for row in rows["targets"] if row["target_kind"] == "service"]
    set_aside = {row["line_no"] for row in rows["quarantine"]}
    assert (count["rows_accepted"], count["rows_quarantined"]) == (len(accepted), len(set_aside))
    assert set_aside.isdisjoint(accepted)
    assert count["rows_in"] == len(accepted) + len(set_aside) + count["rows_blank"]
    # Counted another way: every line after the header, and the header if it is none.
    text = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    in_file = text.count(b"\n") + (not text.endswith(b"\n")) if text else 1
    assert count["rows_in"] == in_file - (0 if 1 in set_aside else 1)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(CELL, min_size=5, max_size=5), max_size=8), st.randoms())
def test_the_order_of_lines_does_not_matter(
    lines: list[list[str]], shuffler: random.Random
) -> None:
    quoted = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in cells).replace("\n", " ")
        for cells in lines
    ]
    shuffled = list(quoted)
    shuffler.shuffle(shuffled)

    def read(order: list[str]) -> tuple[list[Row], list[list[str]]]:
        rows = judged("\n".join([HEADER, *order]).encode("utf-8", "replace"))
        places = ("file_sha256", "line_no")
        registered = [{k: v for k, v in r.items() if k not in places} for r in rows["targets"]]
        told = [[r["column_name"], r["rule_id"], r["raw_value"] or ""] for r in rows["quarantine"]]
        return registered, sorted(told)

    assert read(shuffled) == read(quoted)


def test_the_columns_are_those_of_the_register() -> None:
    assert set(COLUMNS) <= set(registry.table("raw_crawl_targets").column_names)
