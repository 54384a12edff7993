"""From answers of checks to figures and scores, by the warehouse on the methods in force.

Three provinces: one with a form and a portal seen in two rounds, one with a portal of which one
check was never seen and no form, one with neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from scoring import as_row

from assets import gates, registry
from assets.crawl.checks.rules import rules
from assets.crawl.results.observes import observes_table
from assets.crawl.results.uptime import stability_rules_table
from assets.lake.parquet import encode
from assets.method.engine import score
from assets.method.load import methods
from assets.method.model import Method
from assets.method.observations import observations_of
from assets.method.tables import in_force, method_tables
from assets.warehouse.build import build
from assets.warehouse.database import create, read_tables
from assets.warehouse.project import ParsedProject

Row = dict[str, Any]
Tables = Mapping[str, pa.Table]

YEAR = 2016
SEEN, PARTLY, UNSEEN = BODIES = ("P-10", "P-02", "P-79")
FORM, FIRST, SECOND, DECISIONS = (digit * 64 for digit in "1234")
RECEIVED = {FIRST: date(2017, 3, 5), SECOND: date(2017, 4, 5)}
RECORD = "urn:uuid:00000000-0000-4000-8000-000000000000"

#: Mapped checks whose answer is not yes, by body and round; all others are yes.
NOT_YES = {
    (SEEN, 1): {"leadership": "yes", "site_map": "yes"},
    (SEEN, 2): {"leadership": "no", "site_map": "not_observed", "links": "partial"},
    (PARTLY, 1): {"introduction": "not_observed"},
    (PARTLY, 2): {"introduction": "not_observed", "search": "no"},
}


def of_crawl() -> dict[str, list[Row]]:
    """One window of two rounds over two portals and one service."""
    checks = sorted(set(observes_table()["check_id"].to_pylist()))
    shared: Row = {"window_code": "W", "assessment_year": YEAR, "is_synthetic": False}
    made: dict[str, list[Row]] = {name: [] for name in (
        "raw_crawl_rounds", "raw_crawl_visits", "raw_portal_checks", "raw_service_probes",
    )}  # fmt: skip
    for round_no, file in ((1, FIRST), (2, SECOND)):
        of_round = {**shared, "round_no": round_no, "file_sha256": file, "known_at": RECEIVED[file]}
        made["raw_crawl_rounds"].append(
            {**of_round, "shard": 1, "shards": 1, "line_no": 1, "crawler": "c", "user_agent": "u"}
            | {"round_date": date(2017, round_no + 1, 1)}
        )
        for body in (SEEN, PARTLY):
            target = {**of_round, "target_id": body, "body_code": body}
            is_up = (body, round_no) != (PARTLY, 2)
            made["raw_crawl_visits"].append(
                {**target, "target_kind": "portal", "url": f"http://{body}/", "redirects": 0}
                | {"visit_status": "completed" if is_up else "timeout", "attempts": 1}
                | {"outcome": "up" if is_up else "down", "is_rendered": False, "line_no": 2}
            )
            made["raw_portal_checks"] += [
                {**target, "check_id": check, "rule_id": "menu", "confidence": 90, "line_no": n}
                | {"check_answer": NOT_YES[body, round_no].get(check, "yes"), "record_id": RECORD}
                | {"needs_review": check == "search"}
                | {"captured_at": datetime(2017, round_no + 1, 1, tzinfo=UTC)}
                for n, check in enumerate(checks, start=3)
            ]
        made["raw_service_probes"].append(
            {**of_round, "target_id": "S.1", "body_code": SEEN, "service_code": "S.1"}
            | {"declared_level": "4", "url": "http://P-10/1", "visit_status": "completed"}
            | {"outcome": "up", "page_state": "content", "level_seen": "3", "line_no": 99}
            | {"contradicts_level": round_no == 2, "record_id": RECORD}
        )
    return made


def of_bodies() -> dict[str, list[Row]]:
    names = ("Lào Cai", "Hà Giang", "Thành phố Hồ Chí Minh")
    return {
        "raw_bodies": [
            {"body_code": code, "body_name": name, "name_en": name, "block": "province"}
            for code, name in zip(BODIES, names, strict=True)
        ],
        "raw_memberships": [
            {"assessment_year": YEAR, "index_code": "assessment", "block": "province"}
            | {"universe": "province_63", "body_code": code, "is_member": True}
            for code in BODIES
        ],
    }


def of_form() -> list[Row]:
    """The form of the body whose portal was seen."""
    shared = {
        "file_sha256": FORM, "assessment_year": YEAR, "index_code": "assessment",
        "regime": "assessment_2016", "block": "province", "body_code": SEEN, "cell_ref": "F1",
        "known_at": date(2017, 1, 20), "is_current": True, "is_synthetic": False,
        "observation_state": "reported", "version_no": 1, "parser_rule": "number",
    }  # fmt: skip
    reported = {
        "portal_introduction_met": 3, "portal_introduction_required": 3, "has_portal_search": 1,
        "staff_count_departments": 40,
    }  # fmt: skip
    return [
        {**shared, "value_key": code, "input_code": code, "value": Decimal(value), "raw_text": "x"}
        for code, value in reported.items()
    ]


def sources(folder: Path, rows: Mapping[str, list[Row]], tables: Tables) -> dict[str, list[Path]]:
    """Files of every raw table; those without rows have none."""
    files: dict[str, list[Path]] = {}
    for table in registry.tables(stage="ingest"):
        schema = pa.schema([pa.field(c.name, c.arrow) for c in table.columns])
        frame = tables.get(table.name)
        if frame is None and table.name in rows:
            frame = pa.Table.from_pylist(rows[table.name], schema=schema)
        files[table.name] = []
        if frame is not None:
            path = folder / f"{table.name}.parquet"
            path.write_bytes(encode(frame))
            files[table.name] = [path]
    return files


@pytest.fixture(scope="module")
def province() -> Method:
    (method,) = (m for m in in_force(methods(), YEAR) if m.block == "province")
    return method


@pytest.fixture(scope="module")
def marts(parsed: ParsedProject, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("checks")
    rows = {
        **of_bodies(),
        **of_crawl(),
        "raw_crawl_targets": [
            {"target_id": body, "assessment_year": YEAR, "target_kind": "portal"}
            | {"body_code": body, "url": f"http://{body}/", "address_rule": "as_printed"}
            for body in (SEEN, PARTLY)
        ]
        + [
            {"target_id": "S.1", "assessment_year": YEAR, "target_kind": "service"}
            | {"body_code": SEEN, "service_code": "S.1", "service_name": "Khai sinh"}
            | {"url": "http://P-10/1", "declared_level": "4", "address_rule": "declared"}
        ],
        "raw_check_decisions": [
            {"file_sha256": DECISIONS, "line_no": 2, "assessment_year": YEAR, "window_code": "W"}
            | {"round_no": 2, "target_id": SEEN, "check_id": "search", "found_answer": "yes"}
            | {"check_answer": "no", "decision_reason": "it finds nothing", "author": "M"}
            | {"evidence": "tried", "known_at": date(2017, 5, 1), "is_synthetic": False}
        ],
        "raw_submission_values": of_form(),
    }
    tables = {
        **method_tables(in_force(methods(), YEAR), YEAR),
        "raw_check_inputs": observes_table(),
        "raw_stability_rules": stability_rules_table([2], rules()),
    }
    database = folder / "egov.duckdb"
    create(database, sources(folder, rows, tables))
    results = build(parsed, database, select="egov.staging egov.indicators egov.index")
    assert {r.name: r.status for r in results if r.status not in ("success", "pass")} == {}
    return read_tables(database, [table.name for table in registry.tables(unit="marts")])


def figures(marts: Tables, body: str) -> dict[str, Row]:
    rows = marts["ind_observations"].to_pylist()
    return {row["input_code"]: row for row in rows if row["body_code"] == body}


def test_the_marts_pass_their_gates(marts: Tables) -> None:
    names = ("ind_portal_checks", "ind_check_figures", "ind_target_uptime", "ind_crawl_outcomes",
             "ind_observations", "idx_scores")  # fmt: skip
    failed = [
        (name, rule.rule_id)
        for name in names
        for rule in gates.check(registry.table(name), marts[name]).rules
        if not rule.passed
    ]
    assert failed == []
    assert all(marts[name].num_rows for name in names)


@pytest.mark.parametrize(
    ("name", "rule", "broken"),
    [
        ("ind_portal_checks", "observed_within_held", {"rounds_observed": 3}),
        ("ind_portal_checks", "evidence_present", {"record_id": None}),
        ("ind_target_uptime", "measured_within_held", {"rounds_measured": 3}),
        ("ind_target_uptime", "up_within_measured", {"rounds_up": 3}),
    ],
)
def test_a_mart_of_the_crawl_that_breaks_a_rule_is_refused(
    marts: Tables, name: str, rule: str, broken: Row
) -> None:
    first, *others = marts[name].to_pylist()
    altered = pa.Table.from_pylist([{**first, **broken}, *others], schema=marts[name].schema)
    result = gates.check(registry.table(name), altered)
    assert [r.rule_id for r in result.rules if not r.passed] == [f"{name}.{rule}"]


def test_a_figure_of_checks_stands_before_the_reported_one(marts: Tables) -> None:
    seen = figures(marts, SEEN)
    met = seen["portal_introduction_met"]
    assert (met["value"], met["reported_figure"], met["observed_figure"]) == (2, "3", "2")
    assert (met["observation_state"], met["origin"], met["is_open"]) == ("observed", "check", False)
    assert met["raw_text"] == "introduction yes, leadership no, official_contacts yes"
    assert (met["file_sha256"], met["cell_ref"]) == (SECOND, "window W, round 2")
    assert met["known_at"] == RECEIVED[SECOND]
    assert seen["portal_introduction_required"]["value"] == 3
    # partly there is not met; seen once is seen; a person's word holds and dates the figure
    assert seen["has_portal_links"]["value"] == 0
    assert (seen["has_portal_site_map"]["value"], seen["has_portal_site_map"]["cell_ref"]) == (
        1,
        "window W, round 1",
    )
    search = seen["has_portal_search"]
    assert (search["value"], search["reported_figure"]) == (0, "1")
    assert search["known_at"] == date(2017, 5, 1)
    # what no check makes stays as the form has it
    assert seen["staff_count_departments"]["origin"] == "submission"
    assert seen["staff_count_departments"]["observed_figure"] is None


def test_a_figure_with_a_check_that_was_never_seen_is_missing_not_zero(marts: Tables) -> None:
    partly = figures(marts, PARTLY)
    for code in ("portal_introduction_met", "portal_introduction_required"):
        assert (partly[code]["value"], partly[code]["observation_state"]) == (None, "not_observed")
    assert (partly["has_portal_search"]["value"], partly["has_portal_search"]["origin"]) == (
        0,
        "check",
    )
    states = {row["observation_state"] for row in figures(marts, UNSEEN).values()}
    assert states == {"not_observed"}


def scores_of(marts: Tables, body: str) -> dict[str, Row]:
    rows = marts["idx_scores"].to_pylist()
    return {row["criterion"]: row for row in rows if row["body_code"] == body}


def test_scores_follow_from_the_figures_of_checks(marts: Tables) -> None:
    seen, partly = scores_of(marts, SEEN), scores_of(marts, PARTLY)
    assert seen["portal_introduction"]["index_value"] == Decimal("0.666666666667000")
    assert (seen["portal"]["score_status"], seen["portal_search"]["points"]) == ("scored", 0)
    assert seen["portal"]["rank"] == 1
    assert partly["portal_introduction"]["score_status"] == "missing"
    assert (partly["portal"]["score_status"], partly["portal"]["rank"]) == ("incomplete", None)


def _exact(row: Row) -> Iterator[Any]:
    for name in ("score_status", "rank", "points", "max_points", "index_value", "quantity"):
        value = row[name]
        yield Fraction(value) if isinstance(value, Decimal | Fraction) else value


def test_the_reference_engine_agrees(marts: Tables, province: Method) -> None:
    observed = observations_of(marts["ind_observations"], "assessment", "province_63", "province")
    nodes = {node.slug: node for _, node in province.walk()}
    rows = [as_row(nodes, made) for made in score(province, observed, BODIES)]
    expected = {(row["body_code"], row["criterion"]): list(_exact(row)) for row in rows}
    found = {
        (row["body_code"], row["criterion"]): list(_exact(row))
        for row in marts["idx_scores"].to_pylist()
    }
    assert len(expected) == 3 * len(nodes)
    assert found == expected


def test_uptime_and_outcomes(marts: Tables) -> None:
    uptime = {row["target_id"]: row for row in marts["ind_target_uptime"].to_pylist()}
    assert (uptime[SEEN]["uptime"], uptime[PARTLY]["uptime"]) == (1, Decimal("0.5"))
    assert uptime[PARTLY]["stability"] == "too_few_rounds"
    service = uptime["S.1"]
    assert (service["declared_level"], service["contradicts_level"]) == ("4", True)
    assert (service["rounds_contradicted"], service["rounds_held"]) == (1, 2)
    outcomes = {
        (row["round_no"], row["visit_status"]): (row["targets"], row["share"])
        for row in marts["ind_crawl_outcomes"].to_pylist()
    }
    half = (1, Decimal("0.5"))
    assert outcomes == {(1, "completed"): (2, 1), (2, "completed"): half, (2, "timeout"): half}
