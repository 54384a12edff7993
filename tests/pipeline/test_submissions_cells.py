"""One cell of one form is altered, removed or doubled: what hangs on it changes, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from pipeline_run import YearRun
from submission_cells import (
    ALTERED,
    AS_THEY_ARE,
    DOUBLED,
    KINDS,
    LEADER,
    REMOVED,
    Case,
    Held,
    Reach,
    cases_of,
    changed_columns,
    changed_rows,
    held_cases,
    reach_of,
    told_apart,
)
from submission_run import Agencies, agencies_of, assert_engines_agree

from assets.warehouse.project import parsed_project

#: Columns of a score that a figure of another body can move at a criterion that compares bodies.
BY_OTHERS = {"points", "index_value", "rank"}


@dataclass(frozen=True)
class Cells:
    """All cases as the warehouse has them, beside the block as it is."""

    agencies: Agencies
    before: Held
    after: dict[Case, Held]

    def of_kind(self, kind: str) -> list[tuple[Case, Held, Reach]]:
        """The cases of a kind with what the tree lets them touch."""
        method = self.agencies.method
        return [(c, h, reach_of(method, c.code)) for c, h in self.after.items() if c.kind == kind]


@pytest.fixture(scope="module")
def cells(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> Cells:
    agencies = told_apart(agencies_of(released.lake))
    cases = cases_of(agencies)
    parsed = parsed_project(released.lake.root / "cache")
    folder = tmp_path_factory.mktemp("cells")
    before, *after = held_cases(agencies, [AS_THEY_ARE, *cases], parsed, folder)
    return Cells(agencies, before, dict(zip(cases, after, strict=True)))


def test_every_line_is_changed_in_every_way_and_what_is_relative_in_every_body(
    cells: Cells,
) -> None:
    lines = {line.input_code for line in cells.agencies.form("VTV").lines}
    assert {(case.kind, case.code) for case in cells.after} == {
        (kind, code) for kind in KINDS for code in lines
    }
    assert {case.body for case in cells.after} == set(cells.agencies.names)
    relative = {case for case, _, reach in cells.of_kind(ALTERED) if reach.relative}
    assert {case.body for case in relative} == set(cells.agencies.names)
    assert {case.code for case in relative} == {"it_officers_count", "units_count"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_score_is_that_of_the_reference_engine(cells: Cells, kind: str) -> None:
    for _, held, _ in cells.of_kind(kind):
        scores = held.scores.to_pylist()
        assert_engines_agree(cells.agencies.method, scores, held.observations, held.universe)


@pytest.mark.parametrize("kind", KINDS)
def test_the_one_figure_changes_and_no_other(cells: Cells, kind: str) -> None:
    for case, held, _ in cells.of_kind(kind):
        assert changed_rows(cells.before, held, "ind_observations") == {(case.body, case.code)}


@pytest.mark.parametrize("kind", KINDS)
def test_the_criteria_of_the_figure_change_and_no_others(cells: Cells, kind: str) -> None:
    others = set(cells.agencies.names)
    for case, held, reach in cells.of_kind(kind):
        changed = changed_rows(cells.before, held, "ind_criterion_scores")
        must = {(case.body, slug) for slug in reach.uses}
        may = must | {(body, slug) for body in others for slug in reach.relative}
        assert must <= changed <= may, case


@pytest.mark.parametrize("kind", KINDS)
def test_the_nodes_above_change_and_of_other_nodes_nothing(cells: Cells, kind: str) -> None:
    for case, held, reach in cells.of_kind(kind):
        touched = reach.uses | reach.above
        compared = reach.relative | reach.above_relative
        for body, slug in changed_rows(cells.before, held, "idx_scores"):
            columns = changed_columns(cells.before, held, "idx_scores", (body, slug))
            if body == case.body:
                assert slug in touched, (case, slug)
            elif slug in compared:
                assert columns <= BY_OTHERS, (case, body, slug)
            else:
                assert slug in touched, (case, body, slug)
                assert columns == {"rank"}, (case, body, slug)


def test_the_best_of_the_block_moves_the_others_and_nobody_else_does(cells: Cells) -> None:
    moved: dict[str, set[str]] = {body: set() for body in cells.agencies.names}
    for case, held, reach in cells.of_kind(REMOVED):
        for body, slug in changed_rows(cells.before, held, "ind_criterion_scores"):
            if slug in reach.relative and body != case.body:
                moved[case.body].add(body)
    others = set(cells.agencies.names) - {LEADER}
    assert moved == {LEADER: others, **{body: set() for body in others}}


@pytest.mark.parametrize("kind", [REMOVED, DOUBLED])
def test_a_figure_that_is_gone_is_missing_all_the_way_up(cells: Cells, kind: str) -> None:
    for case, held, reach in cells.of_kind(kind):
        row = held.rows["ind_observations"][case.body, case.code]
        assert (row["value"], row["observation_state"]) == (None, "not_observed")
        assert row["is_open"] is (kind == DOUBLED)
        was = cells.before.rows["idx_scores"]
        now = held.rows["idx_scores"]
        for slug in reach.uses:
            assert now[case.body, slug]["score_status"] == "missing", (case, slug)
        for slug in reach.above:
            assert now[case.body, slug]["score_status"] == "incomplete", (case, slug)
        for slug in reach.uses | reach.above:
            one, other = was[case.body, slug], now[case.body, slug]
            assert _figures(other) == (None, None, None, None), (case, slug)
            assert other["is_incomplete"]
            assert other["criteria_asked"] == one["criteria_asked"]
            lost = one["criteria_known"] - other["criteria_known"]
            assert lost == reach.uses_below[slug], (case, slug)


def _figures(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("points", "index_value", "quantity", "rank"))


def test_an_altered_figure_counts_with_its_new_value(cells: Cells) -> None:
    for case, held, reach in cells.of_kind(ALTERED):
        old = cells.before.rows["ind_observations"][case.body, case.code]
        new = held.rows["ind_observations"][case.body, case.code]
        step = 1 - 2 * old["value"] if old["input_kind"] == "boolean" else Decimal(1)
        assert new["value"] - old["value"] == step, case
        assert (new["observation_state"], new["is_open"]) == ("reported", False)
        for slug in reach.uses | reach.above:
            one, other = (h.rows["idx_scores"][case.body, slug] for h in (cells.before, held))
            assert other["criteria_known"] == one["criteria_known"], (case, slug)


def test_a_doubled_line_is_quarantined_twice_and_nothing_else_is(cells: Cells) -> None:
    assert cells.before.rows["raw_submission_quarantine"] == {}
    for case, held, _ in cells.of_kind(DOUBLED):
        rows = held.rows["raw_submission_quarantine"]
        found = [(key[0], row["input_code"], row["rule_id"]) for key, row in rows.items()]
        assert found == [(case.body, case.code, "code_twice")] * 2
        assert len({row["cell_ref"] for row in rows.values()}) == 2
        assert _moved_counts(cells.before, held) == {
            case.body: {"rows_in": 1, "rows_accepted": -1, "rows_quarantined": 2}
        }


@pytest.mark.parametrize(
    ("kind", "moved"),
    [(ALTERED, {}), (REMOVED, {"rows_accepted": -1, "rows_blank": 1})],
)
def test_other_lines_are_read_as_before(cells: Cells, kind: str, moved: dict[str, int]) -> None:
    for case, held, _ in cells.of_kind(kind):
        assert held.rows["raw_submission_quarantine"] == {}
        assert _moved_counts(cells.before, held) == ({case.body: moved} if moved else {})
        assert changed_rows(cells.before, held, "raw_submission_files") == set()


def _moved_counts(before: Held, after: Held) -> dict[str, dict[str, int]]:
    """By how much each count of lines of each body moved, where it did."""
    name = "raw_submission_counts"
    return {
        key[0]: {
            column: after.rows[name][key][column] - before.rows[name][key][column]
            for column in changed_columns(before, after, name, key)
        }
        for key in changed_rows(before, after, name)
    }
