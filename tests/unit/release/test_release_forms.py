"""Forms, answers and decisions in a release: which files are named as sources, and what is
published of figures and scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from release_samples import (
    BODIES,
    CHECKED,
    CORRECTIONS,
    HISTORY,
    LAO_CAI,
    LISTED,
    REPORT,
    Row,
    Tables,
    source,
    sources,
    with_rows,
)

from assets import gates, registry
from assets.release import build_tables

FORM, OLD_FORM, REJECTED, ANSWERS, NO_ANSWERS, DECISIONS, REVIEWED = (d * 64 for d in "1234567")

#: Sources of the sample without any form.
WITHOUT = {REPORT, HISTORY, BODIES, CORRECTIONS}

#: A body of which neither a catalogue nor cases are held.
NOTHING_STATED = dict.fromkeys(
    [
        "services_status",
        "service_cases_status",
        "online_status",
        "total_status",
        "online_share_status",
        "on_time_status",
    ],
    "not_stated",
)

#: Tables of a release that show a mart as it is.
OF_BODIES = [
    ("rel_scores", "idx_scores"),
    ("rel_observations", "ind_observations"),
    ("rel_portal_checks", "ind_portal_checks"),
    ("rel_target_uptime", "ind_target_uptime"),
    ("rel_service_totals", "ind_service_totals"),
    ("rel_service_ranks", "idx_service_ranks"),
    ("rel_case_coverage", "ind_case_coverage"),
    ("rel_services", "ind_services"),
]


def received(sha256: str, kind: str, **more: Any) -> Row:
    """A file of a body, in the intake."""
    return source(sha256, kind, file_name=f"{sha256[0]}.xlsx", **more)


def with_forms(**synthetic: bool) -> Tables:
    """A form in force, the one it replaced, a rejected one; answers, an answer file without an
    answer, and decisions on figures and on checks. `synthetic` names those that are made up."""
    files = {
        "form": (FORM, "submission"),
        "old_form": (OLD_FORM, "submission"),
        "rejected": (REJECTED, "submission"),
        "answers": (ANSWERS, "confirmation"),
        "no_answers": (NO_ANSWERS, "confirmation"),
        "decisions": (DECISIONS, "observation_override"),
        "reviewed": (REVIEWED, "check_decisions"),
    }
    tables = with_rows(
        sources(),
        "raw_intake_files",
        *(
            received(sha256, kind, is_synthetic=synthetic.get(name, False))
            for name, (sha256, kind) in files.items()
        ),
    )
    body = {"body_code": LAO_CAI["body_code"]}
    tables = with_rows(
        tables,
        "raw_submission_files",
        {**body, "file_sha256": FORM, "file_state": "accepted", "is_current": True},
        {**body, "file_sha256": OLD_FORM, "file_state": "accepted", "is_current": False},
        {**body, "file_sha256": REJECTED, "file_state": "rejected", "is_current": False},
    )
    tables = with_rows(tables, "raw_confirmations", {**body, "file_sha256": ANSWERS})
    tables = with_rows(tables, "raw_overrides", {**body, "file_sha256": DECISIONS})
    return with_rows(tables, "raw_check_decisions", {"file_sha256": REVIEWED})


def named(tables: Tables) -> set[str]:
    """Hashes of the files that the release names as its sources."""
    hashes = build_tables(tables)["rel_sources"]["file_sha256"].to_pylist()
    assert len(hashes) == len(set(hashes))
    return set(hashes)


def refused(tables: Tables, name: str) -> Sequence[str]:
    """Rules of a release table that fail."""
    result = gates.check(registry.table(name), build_tables(tables)[name])
    return [rule.rule_id for rule in result.rules if not rule.passed]


def test_sources_are_the_forms_in_force_and_the_files_that_say_something() -> None:
    assert named(sources()) == WITHOUT
    assert named(with_forms()) == WITHOUT | {FORM, ANSWERS, DECISIONS, REVIEWED}


@pytest.mark.parametrize(
    ("table", "sha256"),
    [
        ("raw_confirmations", NO_ANSWERS),
        ("raw_overrides", NO_ANSWERS),
        ("raw_check_decisions", NO_ANSWERS),
    ],
)
def test_one_line_in_a_file_makes_it_a_source(table: str, sha256: str) -> None:
    assert sha256 in named(with_rows(with_forms(), table, {"file_sha256": sha256}))


def test_a_form_is_a_source_again_when_it_is_in_force_again() -> None:
    tables = with_rows(
        with_forms(), "raw_submission_files", {"file_sha256": OLD_FORM, "is_current": True}
    )
    assert OLD_FORM in named(tables)


@pytest.mark.parametrize("which", ["form", "answers", "decisions", "reviewed"])
def test_a_synthetic_file_that_is_in_force_refuses_the_release(which: str) -> None:
    assert refused(with_forms(), "rel_sources") == []
    assert refused(with_forms(**{which: True}), "rel_sources") == ["rel_sources.no_synthetic"]


@pytest.mark.parametrize("which", ["old_form", "rejected", "no_answers"])
def test_a_synthetic_file_that_says_nothing_any_more_refuses_nothing(which: str) -> None:
    assert refused(with_forms(**{which: True}), "rel_sources") == []


@pytest.mark.parametrize(("table", "mart"), OF_BODIES)
def test_a_synthetic_figure_or_score_refuses_the_release(table: str, mart: str) -> None:
    row = {
        "idx_scores": {**LAO_CAI, "criterion": "overall", "score_status": "missing"},
        "ind_observations": {**LAO_CAI, "input_code": "staff"},
        "ind_portal_checks": {**CHECKED, "check_id": "links", "check_answer": "not_observed"}
        | {"found_answer": "not_observed"},
        "ind_target_uptime": {**CHECKED, "target_id": "S-2", "url": "http://laocai.gov.vn/2"}
        | {"uptime_status": "not_measured"},
        "ind_service_totals": {**LISTED, "body_code": "P-11"} | NOTHING_STATED,
        "idx_service_ranks": {**LISTED, "body_code": "P-11", "ranking": "cases_online"}
        | {"rank_state": "unranked", "coverage": "0 of 1"},
        "ind_case_coverage": {**LISTED, "counted_from": "records", "bodies_expected": 63}
        | {"coverage": "1 of 63"},
        "ind_services": {**CHECKED, "service_code": "P-10.003", "service_name": "Cấp lại"}
        | {"uptime_status": "not_probed", "online_status": "no_figure"}
        | {"total_status": "no_figure"},
    }[mart]
    assert refused(with_rows(sources(), mart, row), table) == []
    made_up = with_rows(sources(), mart, {**row, "is_synthetic": True})
    assert refused(made_up, table) == [f"{table}.no_synthetic"]


@pytest.mark.parametrize(("table", "mart"), OF_BODIES)
def test_figures_and_scores_are_published_as_the_marts_hold_them(table: str, mart: str) -> None:
    tables = sources()
    made = build_tables(tables)[table]
    assert made.num_rows == tables[mart].num_rows > 0
    columns = list(registry.table(table).column_names)
    key = registry.table(table).key

    def in_order(rows: list[Row]) -> list[Row]:
        return sorted(rows, key=lambda row: [str(row[column]) for column in key])

    assert in_order(made.to_pylist()) == in_order(tables[mart].select(columns).to_pylist())


def test_what_was_not_observed_stays_without_a_value() -> None:
    rows = {
        row["body_code"]: row for row in build_tables(sources())["rel_observations"].to_pylist()
    }
    missing = rows["P-02"]
    assert (missing["value"], missing["observation_state"]) == (None, "not_observed")
    scores = {row["body_code"]: row for row in build_tables(sources())["rel_scores"].to_pylist()}
    assert (scores["P-02"]["points"], scores["P-02"]["rank"]) == (None, None)
