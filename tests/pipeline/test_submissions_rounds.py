"""Forms of eight agencies over two rounds: versions, quarantine, answers, decisions, vintages and
the year as it was known on a day. What the agencies do is in `submission_rounds`."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pipeline_run import YEAR, YearRun, hashes
from submission_rounds import (
    AFTER,
    BAD_CODE,
    BAD_VALUE,
    BEFORE,
    BETWEEN,
    COMMENT,
    DECIDED_CODE,
    DISPUTED_CODE,
    DISPUTES,
    FIRST,
    HAS_BAD_CELL,
    OTHER_YEAR,
    PLAIN,
    RESENT_CODE,
    REVIEWER,
    SAYS_TOO_LITTLE,
    SAYS_TOO_MUCH,
    SECOND,
    SENDS_AGAIN,
    SENDS_REJECTED,
    SILENT,
    STALE_FIGURE,
    Rounds,
    of_year,
    two_rounds,
)
from submission_run import BLOCK, assert_engines_agree, figure, nodes, run_marts

from assets.lake import lake_as_of
from assets.submissions.merged import look_at_confirmation

#: Categories of indices that no figure of another body moves.
OWN = ("infrastructure", "internal_apps", "portal", "policy")
CATEGORY = "infrastructure"


@pytest.fixture(scope="module")
def rounds(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> Rounds:
    return two_rounds(released, tmp_path_factory.mktemp("rounds"))


def versions(run: YearRun, body: str) -> list[dict[str, Any]]:
    """Files of a body, the first version first."""
    rows = run.rows("submissions", "raw_submission_files", body_code=body)
    return sorted(rows, key=lambda row: row["version_no"])


# --- what is taken in ----------------------------------------------------------------------------


def test_what_each_file_is_told_is_what_the_run_makes_of_it(rounds: Rounds) -> None:
    rejected = {
        "first/undeclared.xlsx": "synthetic_not_declared",
        "first/overdeclared.csv": "synthetic_not_declared",
        f"second/{SENDS_REJECTED}.csv": "other_method_version",
    }
    assert {n: s for n, s in rounds.states.items() if s != "accepted"} == rejected
    files = rounds.second.rows("submissions", "raw_submission_files")
    assert Counter(row["rule_id"] or row["file_state"] for row in files) == Counter(
        rounds.states.values()
    )
    assert all(row["reason_vi"] and row["what_to_do"] for row in files if row["rule_id"])


@pytest.mark.parametrize(("body", "is_declared"), [(SAYS_TOO_LITTLE, False), (SAYS_TOO_MUCH, True)])
def test_bytes_and_sidecar_must_agree_on_what_is_synthetic(
    rounds: Rounds, body: str, is_declared: bool
) -> None:
    good, bad = versions(rounds.second, body)
    assert (good["file_state"], good["is_current"], good["is_synthetic"]) == (
        "accepted",
        True,
        False,
    )
    assert (bad["file_state"], bad["rule_id"]) == ("rejected", "synthetic_not_declared")
    assert (bad["is_current"], bad["is_synthetic"]) == (False, is_declared)
    values = rounds.second.rows("submissions", "raw_submission_values", body_code=body)
    assert {row["file_sha256"] for row in values} == {good["file_sha256"]}


def test_lines_of_every_form_are_conserved(rounds: Rounds) -> None:
    counts = rounds.second.rows("submissions", "raw_submission_counts")
    read, set_aside = (
        Counter(rounds.second.table("submissions", name)["file_sha256"].to_pylist())
        for name in ("raw_submission_values", "raw_submission_quarantine")
    )
    assert len(counts) == 8
    for row in counts:
        assert row["rows_accepted"] == read[row["file_sha256"]]
        assert row["rows_quarantined"] == set_aside[row["file_sha256"]]
        assert row["rows_in"] == len(rounds.agencies.form(PLAIN).lines)
        assert row["rows_blank"] == row["rows_in"] - row["rows_accepted"] - row["rows_quarantined"]


# --- a cell that cannot be read, and a body without a form ---------------------------------------


def test_a_quarantined_cell_leaves_its_body_incomplete(rounds: Rounds) -> None:
    (bad,) = rounds.first.rows("submissions", "raw_submission_quarantine")
    assert (bad["body_code"], bad["input_code"], bad["raw_value"], bad["rule_id"]) == (
        HAS_BAD_CELL,
        BAD_CODE,
        BAD_VALUE,
        "text_for_number",
    )
    row = figure(rounds.first, HAS_BAD_CELL, BAD_CODE)
    assert (row["value"], row["observation_state"], row["is_open"], row["raw_text"]) == (
        None,
        "not_observed",
        True,
        BAD_VALUE,
    )
    assert (row["file_sha256"], row["cell_ref"]) == (bad["file_sha256"], bad["cell_ref"])
    found = nodes(rounds.first, HAS_BAD_CELL)
    leaf, root = found["units_on_wan"], found[CATEGORY]
    assert (leaf["score_status"], leaf["points"], leaf["coverage"]) == ("missing", None, "0 of 1")
    assert (root["score_status"], root["points"], root["index_value"], root["rank"]) == (
        "incomplete",
        None,
        None,
        None,
    )
    assert (root["coverage"], root["is_incomplete"]) == ("3 of 4", True)
    scored = {name: found[name]["rank"] is not None for name in OWN}
    assert scored == {name: name != CATEGORY for name in OWN}


def test_a_body_without_a_form_is_missing_and_never_zero(rounds: Rounds) -> None:
    rows = rounds.first.rows("marts", "ind_observations", body_code=SILENT)
    assert len(rows) == len(rounds.agencies.form(SILENT).lines)
    for row in rows:
        assert (row["value"], row["class_code"], row["figure"]) == (None, None, None)
        assert (row["observation_state"], row["origin"], row["is_open"]) == (
            "not_observed",
            "none",
            False,
        )
    for row in nodes(rounds.first, SILENT).values():
        assert (row["points"], row["index_value"], row["quantity"], row["rank"]) == (None,) * 4
        assert row["score_status"] in ("missing", "incomplete", "unscored"), row["criterion"]
        assert row["criteria_known"] == 0


def test_the_other_bodies_have_the_printed_indices_still(rounds: Rounds) -> None:
    rows = [row for row in rounds.first.ledger(item="computed_index") if row["category"] in OWN]
    found = {(row["category"], row["body_code"]): row["rule"] for row in rows}
    expected = {
        (category, body): "equal_at_printed_precision"
        for category in OWN
        for body in rounds.agencies.names
    }
    expected |= {(category, SILENT): "not_computed_incomplete" for category in OWN}
    expected[CATEGORY, HAS_BAD_CELL] = "not_computed_incomplete"
    assert found == expected
    ranked = Counter(
        row["criterion"]
        for row in rounds.first.rows("marts", "idx_scores")
        if row["criterion"] in OWN and row["rank"] is not None
    )
    assert ranked == {name: 6 if name == CATEGORY else 7 for name in OWN}


@pytest.mark.parametrize("which", ["first", "second"])
def test_every_score_is_that_of_the_reference_engine(rounds: Rounds, which: str) -> None:
    run: YearRun = getattr(rounds, which)
    scores = run.rows("marts", "idx_scores")
    assert {row["block"] for row in scores} == {BLOCK}
    assert {row["is_synthetic"] for row in scores} == {False}
    observations = run.table("marts", "ind_observations")
    assert_engines_agree(rounds.agencies.method, scores, observations, "gov_agency")


# --- versions ------------------------------------------------------------------------------------


def test_a_new_version_is_in_force_and_the_old_one_stays_as_history(rounds: Rounds) -> None:
    old, new = versions(rounds.second, SENDS_AGAIN)
    assert [row["is_current"] for row in (old, new)] == [False, True]
    assert [row["known_at"] for row in (old, new)] == [FIRST, SECOND]
    assert (old["supersedes_sha256"], new["supersedes_sha256"]) == (None, old["file_sha256"])
    values = rounds.second.rows("submissions", "raw_submission_values", body_code=SENDS_AGAIN)
    was, now = (Decimal(value) for value in rounds.resent)
    said = {r["version_no"]: r["value"] for r in values if r["input_code"] == RESENT_CODE}
    assert said == {1: was, 2: now}
    row = figure(rounds.second, SENDS_AGAIN, RESENT_CODE)
    assert (row["value"], row["file_sha256"]) == (now, new["file_sha256"])
    kept = [row for row in values if row["version_no"] == 1]
    before = rounds.first.rows("submissions", "raw_submission_values", body_code=SENDS_AGAIN)
    assert {row.pop("is_current") for row in before} == {True}
    assert {row.pop("is_current") for row in kept} == {False}
    assert kept == before


def test_a_file_that_is_rejected_leaves_the_one_before_in_force(rounds: Rounds) -> None:
    good, bad = versions(rounds.second, SENDS_REJECTED)
    assert (good["is_current"], good["version_no"]) == (True, 1)
    assert (bad["is_current"], bad["version_no"], bad["supersedes_sha256"]) == (False, 2, None)
    before, after = (
        run.rows("marts", "ind_observations", body_code=SENDS_REJECTED)
        for run in (rounds.first, rounds.second)
    )
    assert before == after
    for name in OWN:
        one, other = (nodes(run, SENDS_REJECTED)[name] for run in (rounds.first, rounds.second))
        assert one["index_value"] == other["index_value"] is not None


def test_the_second_round_touches_no_other_year(rounds: Rounds) -> None:
    assert rounds.others_before
    assert of_year(rounds.second.lake.root, OTHER_YEAR) == rounds.others_before


# --- answers and decisions -----------------------------------------------------------------------


def test_confirmed_figures_are_confirmed_and_scored_as_before(rounds: Rounds) -> None:
    rows = rounds.second.rows("marts", "ind_observations", body_code=DISPUTES)
    states = Counter(row["observation_state"] for row in rows if row["figure"])
    # What does not apply stays so when it is confirmed; the answer is its origin.
    assert states == {
        "confirmed": sum(states.values()) - 2,
        "disputed": 1,
        "not_applicable": 1,
    }
    assert {row["author"] for row in rows if row["origin"] == "confirmation"} == {"Văn phòng"}
    for name in ("internal_apps", "portal", "policy"):
        one, other = (nodes(run, DISPUTES)[name] for run in (rounds.first, rounds.second))
        assert other["score_status"] == "scored"
        assert (one["points"], one["index_value"]) == (other["points"], other["index_value"])


def test_a_disputed_figure_is_open_and_so_is_what_stands_on_it(rounds: Rounds) -> None:
    row = figure(rounds.second, DISPUTES, DISPUTED_CODE)
    assert (row["observation_state"], row["origin"], row["is_open"]) == (
        "disputed",
        "confirmation",
        True,
    )
    assert (row["decision_reason"], row["known_at"]) == (COMMENT, SECOND)
    found = nodes(rounds.second, DISPUTES)
    assert found["staff_with_computer"]["score_status"] == "disputed"
    root = found[CATEGORY]
    assert (root["score_status"], root["rank"], root["index_value"]) == ("incomplete", None, None)
    assert nodes(rounds.first, DISPUTES)[CATEGORY]["rank"] is not None


def test_a_decision_closes_what_could_not_be_read(rounds: Rounds) -> None:
    row = figure(rounds.second, HAS_BAD_CELL, BAD_CODE)
    assert (row["value"], row["observation_state"], row["origin"], row["is_open"]) == (
        Decimal(rounds.decided),
        "overridden",
        "override",
        False,
    )
    assert row["author"] == REVIEWER
    assert row["decision_reason"].startswith("Quyết định thử")
    assert row["raw_text"] == BAD_VALUE
    root = nodes(rounds.second, HAS_BAD_CELL)[CATEGORY]
    assert (root["score_status"], root["coverage"]) == ("scored", "4 of 4")
    assert root["rank"] is not None
    (printed,) = rounds.second.ledger(
        item="computed_index", category=CATEGORY, body_code=HAS_BAD_CELL
    )
    assert printed["class"] == "match"


def test_a_decision_gives_a_figure_to_a_body_without_a_form(rounds: Rounds) -> None:
    row = figure(rounds.second, SILENT, DECIDED_CODE)
    assert (row["value"], row["observation_state"], row["file_sha256"]) == (1, "overridden", None)
    found = nodes(rounds.second, SILENT)
    assert found["wan_built"]["score_status"] == "scored"
    assert (found[CATEGORY]["score_status"], found[CATEGORY]["coverage"]) == (
        "incomplete",
        "1 of 4",
    )


def test_an_answer_speaks_only_for_the_value_it_was_made_about(
    rounds: Rounds, tmp_path: Path
) -> None:
    answers = rounds.second.rows("submissions", "raw_confirmations", body_code=SENDS_AGAIN)
    assert (RESENT_CODE, rounds.resent[0]) in {(r["input_code"], r["figure"]) for r in answers}
    rows = rounds.second.rows("marts", "ind_observations", body_code=SENDS_AGAIN)
    assert {r["input_code"] for r in rows if r["observation_state"] == "reported"} == {RESENT_CODE}
    assert figure(rounds.second, SENDS_AGAIN, RESENT_CODE)["origin"] == "submission"
    looked = rounds.looked[SENDS_AGAIN]
    assert looked.moot == []
    path = tmp_path / looked.offer.path.name
    path.write_bytes(looked.offer.content)
    again = look_at_confirmation(rounds.second.lake, path, received_at=AFTER, is_synthetic=False)
    assert [entry["input_code"] for entry in again.moot] == [RESENT_CODE]


def test_a_decision_on_a_value_that_stands_nowhere_decides_nothing(rounds: Rounds) -> None:
    decisions = rounds.second.rows("submissions", "raw_overrides", body_code=PLAIN)
    assert [row["figure"] for row in decisions] == [STALE_FIGURE]
    assert [e["body_code"] for e in rounds.looked["overrides"].moot] == [PLAIN]
    one, other = (figure(run, PLAIN, DISPUTED_CODE) for run in (rounds.first, rounds.second))
    assert one == other
    assert other["observation_state"] == "reported"


# --- releases ------------------------------------------------------------------------------------


def test_every_round_is_a_vintage_of_its_own_and_the_older_ones_stay(
    released: YearRun, rounds: Rounds
) -> None:
    made = [run.version("release") for run in (released, rounds.first, rounds.second)]
    assert [version.counter for version in made] == [1, 2, 3]
    assert len({version.content_sha256 for version in made}) == 3
    last = rounds.second.lake.place("release", YEAR).versions
    for version in made:
        assert _below(last / version.path.name) == _below(version.path)


def _below(folder: Path) -> dict[str, str]:
    """Hashes of the files of a folder by path in it."""
    return {str(Path(p).relative_to(folder)): sha256 for p, sha256 in hashes(folder).items()}


def test_a_release_names_the_forms_in_force_and_no_others(rounds: Rounds) -> None:
    for run in (rounds.first, rounds.second):
        files = run.rows("submissions", "raw_submission_files")
        sources = [r for r in run.rows("release", "sources") if r["kind"] == "submission"]
        current = {row["file_sha256"] for row in files if row["is_current"]}
        assert {row["file_sha256"] for row in sources} == current
        assert len(current) == 7
        assert {row["is_synthetic"] for row in run.rows("release", "sources")} == {False}
    kinds = Counter(row["kind"] for row in rounds.second.rows("release", "sources"))
    assert (kinds["confirmation"], kinds["observation_override"]) == (2, 1)


def test_what_is_released_is_what_the_marts_hold(rounds: Rounds) -> None:
    for name in ("scores", "observations"):
        mart = {"scores": "idx_scores", "observations": "ind_observations"}[name]
        table = rounds.second.table("release", name)
        held = rounds.second.table("marts", mart).select(table.column_names)
        assert table.to_pylist() == held.to_pylist()


# --- as of a day ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "which"), [(BEFORE, "released"), (BETWEEN, "first"), (AFTER, "second")]
)
def test_the_marts_of_a_day_are_those_that_were_known_then(
    released: YearRun, rounds: Rounds, tmp_path: Path, day: date, which: str
) -> None:
    lake, kept = lake_as_of(rounds.second.lake, day, tmp_path / "lake")
    assert {record.sidecar.received_at <= day for record in kept} == {True}
    run = run_marts(lake.root, sources=tmp_path / "no_sources")
    assert run.success, run.message
    known = {"released": released, "first": rounds.first, "second": rounds.second}[which]
    for unit in ("submissions", "marts"):
        one, other = (_files(r, unit) for r in (known, run))
        assert one == other, unit
    shutil.rmtree(lake.root)


def _files(run: YearRun, unit: str) -> dict[str, str]:
    """Hash of each table that is promoted."""
    return {name: facts.sha256 for name, facts in run.version(unit).files.items()}
