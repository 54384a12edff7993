"""Services and cases from raw tables to marts, held against a count in plain Python.

Eight provinces with made-up catalogues, monthly counts of three kinds and case records: seeded,
with levels that change within the year, figures that are not known, services that no catalogue
has, months that nobody counts.
"""

from __future__ import annotations

import random
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from assets import gates, registry
from assets.lake.parquet import encode
from assets.services.rankings import rankings_table
from assets.warehouse.build import build
from assets.warehouse.database import create, read_tables
from assets.warehouse.project import ParsedProject

Row = dict[str, Any]
Tables = Mapping[str, list[Row]]

YEAR, SEED = 2016, 20170401
BODIES = tuple(f"P-{number}" for number in ("01", "02", "04", "06", "08", "10", "11", "12"))
#: What each body hands in beside a catalogue; the last hands in nothing at all.
COUNTED = BODIES[:5]
RECORDED = (*BODIES[1:4], *BODIES[5:7])
CHANNELS = ("online", "in_person", "postal")
COUNTS, CATALOGUE, RECORDS = (digit * 64 for digit in "123")
MARTS = ("ind_service_cases", "ind_case_months", "ind_case_years", "ind_services",
         "ind_service_totals", "ind_case_coverage", "idx_service_ranks")  # fmt: skip
KNOWN, NONE = ("reported", "none_arisen"), "no_service"


# --- what is handed in ------------------------------------------------------------------------


def catalogue_of(chance: random.Random) -> list[Row]:
    """Four services a body: one as it was, one that changes level, one that began in the year,
    one that ended in it."""
    rows = []
    for body in BODIES[:-1]:
        changed = date(YEAR, chance.randint(3, 9), 15)
        periods = [
            ("a", "3", date(2014, 1, 1), None),
            ("b", "3", date(2015, 1, 1), changed),
            ("b", "4", changed.replace(day=16), None),
            ("c", "4", date(YEAR, chance.randint(2, 6), 1), None),
            ("d", "3", date(2014, 1, 1), date(YEAR, 10, 31)),
        ]
        for number, (name, level, begins, ends) in enumerate(periods, start=2):
            rows.append(
                {"service_code": f"{body}.{name}", "assessment_year": YEAR, "body_code": body}
                | {"service_name": name, "declared_level": level, "valid_from": begins}
                | {"valid_to": ends, "known_at": date(2017, 1, 9), "is_synthetic": False}
                | {"file_sha256": CATALOGUE, "line_no": number}
            )
    return rows


def counts_of(chance: random.Random) -> list[Row]:
    """The first body counts by service, the second by level, the others both; a service without
    any case, and figures that are not known."""
    rows: list[Row] = []
    for place, body in enumerate(COUNTED):
        subjects: list[tuple[str | None, str | None]] = []
        if place != 1:
            subjects += [(f"{body}.{name}", None) for name in "abcx"]
        if place != 0:
            subjects += [(None, "3"), (None, "4")]
        for service, level in subjects:
            for month in range(1, 12 if place == 4 else 13):
                for channel in CHANNELS[: 1 if place == 3 else 3]:
                    drawn = chance.random()
                    status = "reported"
                    if drawn < 0.1 or service == "P-01.c":
                        status = "none_arisen"
                    elif place > 1 and drawn < 0.3:
                        status = chance.choice(("not_stated", "no_figure", NONE))
                    received = chance.randint(0, 400) if status == "reported" else None
                    resolved = None
                    if received is not None and drawn < 0.9:
                        resolved = chance.randint(0, received)
                    rows.append(
                        {"assessment_year": YEAR, "body_code": body, "service_code": service}
                        | {"declared_level": level, "channel": channel, "value_status": status}
                        | {"month": date(YEAR, month, 1), "cases_received": received}
                        | {"cases_resolved": resolved, "cases_on_time": resolved and resolved // 2}
                        | {"known_at": date(2017, 1, 9), "is_synthetic": place == 4}
                        | {"file_sha256": COUNTS, "line_no": len(rows) + 2}
                    )
    return rows


def records_of(chance: random.Random, counts: Iterable[Row]) -> list[Row]:
    """As many records as the second body counts in its first four months, but one more a level
    online in April; drawn days for the others, of which the fourth files online only."""
    rows: list[Row] = []

    def add(body: str, service: str, channel: str, day: date) -> None:
        rows.append(
            {"case_id": f"H-{len(rows)}", "body_code": body, "service_code": service}
            | {"channel": channel, "received_on": day, "assessment_year": YEAR}
            | {"case_result": chance.choice(("on_time", "late", "in_progress", "returned"))}
            | {"fee_payment": chance.choice(("online", "offline", "none"))}
            | {"is_synthetic": False, "file_sha256": RECORDS, "line_no": len(rows) + 2}
        )

    for row in counts:
        if row["body_code"] == BODIES[1] and row["month"].month <= 4:
            extra = row["month"].month == 4 and row["channel"] == "online"
            for _ in range((row["cases_received"] or 0) + extra):
                add(BODIES[1], f"{BODIES[1]}.a", row["channel"], row["month"])
    for body in RECORDED[1:]:
        for _ in range(600):
            month = chance.randint(1, 12)
            day = date(YEAR, month, chance.randint(1, monthrange(YEAR, month)[1]))
            channel = "online" if body == RECORDED[3] else chance.choice(CHANNELS)
            add(body, f"{body}.{chance.choice('abcdx')}", channel, day)
    return rows


def raw_rows() -> dict[str, list[Row]]:
    chance = random.Random(SEED)  # noqa: S311 - made-up data, no secret
    counts = counts_of(chance)
    return {
        "raw_bodies": [
            {"body_code": code, "body_name": f"Tỉnh {code}", "block": "province"} for code in BODIES
        ],
        "raw_memberships": [
            {"assessment_year": YEAR, "index_code": "assessment", "block": "province"}
            | {"universe": "province_63", "body_code": code, "is_member": True}
            for code in BODIES
        ],
        "raw_services": catalogue_of(chance),
        "raw_monthly_cases": counts,
        "raw_cases": records_of(chance, counts),
        "raw_service_rankings": rankings_table().to_pylist(),
    }


@pytest.fixture(scope="module")
def given() -> dict[str, list[Row]]:
    return raw_rows()


@pytest.fixture(scope="module")
def frames(
    parsed: ParsedProject, given: Tables, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, pa.Table]:
    """The marts that dbt builds, their generated tests passed."""
    folder = tmp_path_factory.mktemp("services")
    files: dict[str, list[Path]] = {}
    for table in registry.tables(stage="ingest"):
        files[table.name] = []
        if table.name in given:
            path = folder / f"{table.name}.parquet"
            shape = pa.schema([pa.field(c.name, c.arrow) for c in table.columns])
            path.write_bytes(encode(pa.Table.from_pylist(given[table.name], schema=shape)))
            files[table.name] = [path]
    database = folder / "egov.duckdb"
    create(database, files)
    results = build(parsed, database, select="egov.staging egov.indicators egov.index")
    assert {r.name: r.status for r in results if r.status not in ("success", "pass")} == {}
    return read_tables(database, [table.name for table in registry.tables(unit="marts")])


@pytest.fixture(scope="module")
def marts(frames: Mapping[str, pa.Table]) -> dict[str, list[Row]]:
    return {name: frame.to_pylist() for name, frame in frames.items()}


# --- the count in Python ------------------------------------------------------------------------


def level_on(given: Tables, service: str, day: date) -> str | None:
    for row in given["raw_services"]:
        ends = row["valid_to"] or day
        if row["service_code"] == service and row["valid_from"] <= day <= ends:
            return str(row["declared_level"])
    return None


def record_cells(given: Tables) -> dict[tuple[str, str | None, str, date], int]:
    """Records by (body, service or None for all, channel, month)."""
    cells: dict[tuple[str, str | None, str, date], int] = defaultdict(int)
    for row in given["raw_cases"]:
        month = row["received_on"].replace(day=1)
        for service in (row["service_code"], None):
            cells[row["body_code"], service, row["channel"], month] += 1
    return cells


def count_cells(given: Tables) -> dict[tuple[str, str | None, str, date], int | None]:
    """Counts by the same cells; None where a part is not known. A body's own count by level
    stands before the sum of its services, unless a part of it is not known."""
    parts: dict[Any, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in given["raw_monthly_cases"]:
        place = (row["channel"], row["month"])
        if row["service_code"]:
            parts[row["body_code"], row["service_code"], *place]["services"].append(row)
            parts[row["body_code"], None, *place]["services"].append(row)
        else:
            parts[row["body_code"], None, *place]["levels"].append(row)
    return {cell: _first_known(ways["levels"], ways["services"]) for cell, ways in parts.items()}


def _first_known(*ways: list[Row]) -> int | None:
    for rows in ways:
        states = {row["value_status"] for row in rows}
        if states & set(KNOWN) and states <= {*KNOWN, NONE}:
            return sum(row["cases_received"] or 0 for row in rows)
    return None


def cells_of(given: Tables) -> dict[tuple[str, str, str | None, str, date], int | None]:
    cells: dict[Any, int | None] = {("records", *c): n for c, n in record_cells(given).items()}
    return cells | {("counts", *cell): number for cell, number in count_cells(given).items()}


def year_of(given: Tables, source: str, body: str, service: str | None) -> tuple[Any, ...]:
    """(online, months online, all channels, months of these, share online) of the year."""
    months: dict[date, dict[str, int | None]] = defaultdict(dict)
    for (kind, whose, which, channel, month), number in cells_of(given).items():
        if (kind, whose, which) == (source, body, service):
            months[month][channel] = number
    online = [by["online"] for by in months.values() if by.get("online") is not None]
    whole = []
    for by in months.values():
        others = [number for channel, number in by.items() if channel != "online"]
        if by.get("online") is not None and others and None not in others:
            whole.append((by["online"], sum(n for n in others if n is not None)))
    total = sum(a + b for a, b in whole if a is not None)
    share = None
    if total:
        share = (Decimal(sum(a for a, _ in whole if a is not None)) / total).quantize(
            Decimal("0.000001"), ROUND_HALF_UP
        )
    return (
        sum(n for n in online if n is not None) if online else None, len(online),
        total if whole else None, len(whole), share,
    )  # fmt: skip


def figures(row: Row) -> tuple[Any, ...]:
    return tuple(
        row[name]
        for name in ("cases_online", "months_online", "cases_total", "months_total",
                     "online_share")
    )  # fmt: skip


# --- what is asked ------------------------------------------------------------------------------


def test_the_marts_hold_rows_and_pass_their_gates(frames: Mapping[str, pa.Table]) -> None:
    failed = [
        (name, rule.rule_id)
        for name in (*MARTS, "idx_reconciliation")
        for rule in gates.check(registry.table(name), frames[name]).rules
        if not rule.passed
    ]
    assert failed == []
    assert all(frames[name].num_rows for name in MARTS)


@pytest.mark.parametrize(
    ("name", "rule", "broken"),
    [
        ("ind_service_cases", "resolved_within_received", {"cases_resolved": 10**6}),
        ("ind_case_months", "on_time_within_resolved", {"cases_on_time": 10**6}),
        ("ind_service_totals", "every_service_once", {"services_no_cases": 3}),
        ("ind_service_totals", "online_within_any", {"services_online_cases": 99}),
    ],
)
def test_a_mart_that_breaks_a_rule_is_refused(
    frames: Mapping[str, pa.Table], name: str, rule: str, broken: Row
) -> None:
    rows = frames[name].to_pylist()
    place = next(
        n for n, row in enumerate(rows)
        if row.get("cases_resolved", 0) is not None and row.get("cases_received", 0) is not None
        and row.get("services_any_cases", 0) is not None and row.get("services_no_cases") != 3
    )  # fmt: skip
    rows[place] = {**rows[place], **broken}
    altered = pa.Table.from_pylist(rows, schema=frames[name].schema)
    result = gates.check(registry.table(name), altered)
    assert [r.rule_id for r in result.rules if not r.passed] == [f"{name}.{rule}"]


def test_no_case_is_lost_and_levels_are_those_in_force(given: Tables, marts: Tables) -> None:
    expected: dict[Any, int] = defaultdict(int)
    for row in given["raw_cases"]:
        level = level_on(given, row["service_code"], row["received_on"])
        month = row["received_on"].replace(day=1)
        expected[row["service_code"], level, row["channel"], month] += 1
    found = {
        (r["service_code"], r["declared_level"], r["channel"], r["month"]): r["cases_received"]
        for r in marts["ind_service_cases"]
        if r["counted_from"] == "records"
    }
    assert found == expected
    counts = [r for r in marts["ind_service_cases"] if r["counted_from"] == "counts"]
    assert len(counts) == len(given["raw_monthly_cases"])
    assert sum(r["cases_received"] or 0 for r in counts) == sum(
        r["cases_received"] or 0 for r in given["raw_monthly_cases"]
    )
    unknown = {r["level_status"] for r in marts["ind_service_cases"] if r["service_code"]
               and r["service_code"].endswith("x")}  # fmt: skip
    assert unknown == {"no_catalogue_row"}


def test_a_count_takes_a_level_only_from_a_row_of_the_whole_month(
    given: Tables, marts: Tables
) -> None:
    for row in marts["ind_service_cases"]:
        if row["counted_from"] == "counts" and row["service_code"]:
            first = row["month"]
            last = first.replace(day=monthrange(first.year, first.month)[1])
            levels = {level_on(given, row["service_code"], day) for day in (first, last)}
            level = levels.pop() if len(levels) == 1 else None
            assert row["declared_level"] == level
            assert row["level_status"] == ("catalogue" if level else "no_catalogue_row")


def test_months_are_as_counted_in_python(given: Tables, marts: Tables) -> None:
    found = {
        (r["counted_from"], r["body_code"], r["service_code"], r["channel"], r["month"]):
            r["cases_received"]
        for r in marts["ind_case_months"]
    }  # fmt: skip
    assert found == cells_of(given)
    states = {r["value_status"] for r in marts["ind_case_months"]}
    assert states >= {"reported", "by_part", "no_figure", "not_stated", "no_service"}


def test_years_are_as_counted_in_python(given: Tables, marts: Tables) -> None:
    assert len(marts["ind_case_years"]) > 40
    for row in marts["ind_case_years"]:
        whose = (row["counted_from"], row["body_code"], row["service_code"])
        assert figures(row) == year_of(given, *whose), whose
    parts = {r["total_status"] for r in marts["ind_case_years"]}
    assert {"reported", "by_part"} <= parts


def test_totals_of_bodies_are_as_counted_in_python(given: Tables, marts: Tables) -> None:
    totals = {row["body_code"]: row for row in marts["ind_service_totals"]}
    assert tuple(totals) == BODIES
    for body in BODIES[:-1]:
        row, source = totals[body], "counts" if body in COUNTED else "records"
        assert (row["services_total"], row["services_level3"], row["services_level4"]) == (3, 1, 2)
        assert row["counted_from"] == source
        assert figures(row) == year_of(given, source, body, None)
    nothing = totals[BODIES[-1]]
    assert nothing["services_status"] == nothing["online_status"] == "not_stated"
    assert nothing["services_total"] is nothing["cases_online"] is nothing["counted_from"] is None
    assert [body for body, row in totals.items() if row["is_synthetic"]] == [BODIES[4]]


def test_a_service_without_cases_is_one_whose_counts_say_so(marts: Tables) -> None:
    states = {row["service_code"]: row["cases_state"] for row in marts["ind_services"]}
    assert len(states) == 3 * (len(BODIES) - 1)
    assert [code for code, state in states.items() if state == "none"] == ["P-01.c"]
    # the second body counts no service by itself, and its records are of the first alone
    assert {code[-1]: state for code, state in states.items() if code[:4] == BODIES[1]} == {
        "a": "online", "b": "not_known", "c": "not_known",
    }  # fmt: skip
    first = next(r for r in marts["ind_service_totals"] if r["body_code"] == "P-01")
    assert (first["services_any_cases"], first["services_no_cases"]) == (2, 1)
    assert first["services_unknown"] == 0


def test_coverage_says_for_whom_and_which_months_cases_are_known(
    given: Tables, marts: Tables
) -> None:
    found = {row["counted_from"]: row for row in marts["ind_case_coverage"]}
    assert set(found) == {"records", "counts"}
    assert (found["counts"]["coverage"], found["records"]["coverage"]) == ("5 of 8", "5 of 8")
    assert found["counts"]["months_missing"] == "none"
    assert found["counts"]["first_month"] == date(YEAR, 1, 1)
    assert (found["counts"]["is_synthetic"], found["records"]["is_synthetic"]) == (True, False)


def test_ranks_are_competition_ranks_under_the_policies(marts: Tables) -> None:
    ranks = {(r["ranking"], r["body_code"]): r for r in marts["idx_service_ranks"]}
    totals = {row["body_code"]: row for row in marts["ind_service_totals"]}
    for name in ("cases_online", "online_share"):
        valued = {b: row[name] for b, row in totals.items() if row[name] is not None}
        for body, value in valued.items():
            better = sum(other > value for other in valued.values())
            assert ranks[name, body]["rank"] == 1 + better, (name, body)
        assert {ranks[name, body]["coverage"] for body in valued} == {f"{len(valued)} of 8"}
    last = BODIES[-1]
    assert (ranks["cases_online", last]["rank"], ranks["online_share", last]["rank"]) == (8, None)
    assert ranks["online_share", last]["rank_state"] == "unranked"
    # the same number of services at each level for all but the one without a catalogue
    provided = {body: ranks["services_provided", body]["rank"] for body in BODIES}
    assert provided == {**dict.fromkeys(BODIES[:-1], 1), last: 8}
    partial = {body: ranks["cases_online", body]["is_partial"] for body in BODIES}
    assert (partial[BODIES[4]], partial["P-01"]) == (True, False)


def test_the_ledger_holds_records_against_counts(given: Tables, marts: Tables) -> None:
    rows = [r for r in marts["idx_reconciliation"] if r["item"] == "case_sources"]
    counts, records = count_cells(given), record_cells(given)
    lines = {row["line_no"] for row in given["raw_monthly_cases"]}
    for row in rows:
        month, channel = row["subject"].split(", ")
        cell = (row["body_code"], None, channel, date.fromisoformat(f"{month}-01"))
        said, seen = counts.get(cell), records.get(cell)
        if said is None or (seen is None and said):
            assert row["class"] == "not_recomputable", row
        else:
            assert row["class"] == ("match" if said == (seen or 0) else "sources_differ"), row
        assert row["line_no"] in lines
        assert row["file_sha256"] == COUNTS
    compared = {(r["body_code"], *r["subject"].split(", ")) for r in rows}
    expected = {
        (body, f"{month:%Y-%m}", channel)
        for body, service, channel, month in {*counts, *records}
        if service is None and body in COUNTED and body in RECORDED
    }
    assert compared == expected
    april = [r for r in rows if r["body_code"] == BODIES[1] and r["subject"] == "2016-04, online"]
    assert [(r["class"], r["rule"], r["difference"]) for r in april] == [
        ("sources_differ", "records_differ_from_counts", -2)
    ]
