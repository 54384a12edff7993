"""The comparison of two scorings, and the command."""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from method_samples import seen
from typer import Typer
from typer.testing import CliRunner
from whatif_samples import FIGURES, METHOD, PLACE, observation_rows, rows_of

from assets.lake import Lake, staging
from assets.method import load
from assets.method.formulas import Observation
from assets.method.model import MethodError
from assets.method.whatif import what_if
from orchestration.whatif_cli import whatif


def test_the_body_and_everybody_else_before_and_after() -> None:
    found = what_if(
        METHOD, seen(FIGURES), list(FIGURES), "A", {"has_plan": Observation(Decimal(1))}
    )
    policy, plan, officers, _ = found.own
    assert [move.slug for move in found.own] == ["policy", "plan", "officers", "audit"]
    assert (policy.before.value, policy.after.value) == (Fraction(1, 2), 1)
    assert (policy.before.rank, policy.after.rank) == (3, 1)
    assert (plan.before.points, plan.after.points) == (0, 10)
    assert not officers.is_changed
    assert [(m.slug, m.body_code, m.before.rank, m.after.rank) for m in found.others] == [
        ("policy", "B", 1, 2),
        ("policy", "C", 1, 2),
    ]


def test_a_better_best_of_the_block_moves_the_others_at_the_relative_criterion() -> None:
    found = what_if(METHOD, seen(FIGURES), list(FIGURES), "A", {"staff": Observation(Decimal(20))})
    moved = {(m.slug, m.body_code): (m.before.points, m.after.points) for m in found.others}
    assert moved == {
        ("policy", "B"): (15, Fraction(25, 2)),
        ("policy", "C"): (15, Fraction(25, 2)),
        ("officers", "B"): (5, Fraction(5, 2)),
        ("officers", "C"): (5, Fraction(5, 2)),
    }
    assert not any(move.is_changed for move in found.own)  # it was the best already


def test_nothing_changed_moves_nothing_and_the_given_observations_stay() -> None:
    held = seen(FIGURES)
    found = what_if(METHOD, held, list(FIGURES), "B", {"staff": Observation(Decimal(5))})
    assert not found.others
    assert not any(move.is_changed for move in found.own)
    what_if(METHOD, held, list(FIGURES), "B", {"staff": Observation(Decimal(9))})
    assert held == seen(FIGURES)


def test_a_body_without_figures_can_be_given_some() -> None:
    change = {"audit_class": Observation("full")}
    found = what_if(METHOD, seen(FIGURES), [*FIGURES, "D"], "D", change)
    assert (found.own[-1].before.status, found.own[-1].after.rank) == ("missing", 1)


def test_a_body_outside_the_block_is_refused() -> None:
    with pytest.raises(MethodError, match="Z is not among the 3 bodies of the block"):
        what_if(METHOD, seen(FIGURES), list(FIGURES), "Z", {})


# --- the command -------------------------------------------------------------------------------


def scores_rows(method_sha256: str) -> list[dict[str, Any]]:
    place = {**PLACE, "regime": "assessment_2016", "method_sha256": method_sha256}
    return [{**place, "body_code": body, "criterion": "policy"} for body in FIGURES]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the command looks for the lake; the sample method is the one held."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(load, "find_method", lambda regime, block: METHOD)
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path))
    return tmp_path


def promote(
    root: Path, method_sha256: str = METHOD.sha256, synthetic: bool = False, scored: bool = True
) -> None:
    names = [{"body_code": code, "body_name": f"Bộ {code}"} for code in (*FIGURES, "D")]
    units = {
        "bodies": {"raw_bodies": names, "raw_body_names": []},
        "marts": {
            "ind_observations": observation_rows(synthetic) if scored else [],
            "idx_scores": scores_rows(method_sha256) if scored else [],
        },
    }
    for unit, tables in units.items():
        with staging(Lake(root), unit, "2016", "run") as stage:
            for name, rows in tables.items():
                stage.write_table(name, rows_of(name, rows))
            stage.promote({}, "code", {})


def said(*arguments: str) -> tuple[int, str]:
    app = Typer()
    app.command()(whatif)
    result = CliRunner().invoke(app, list(arguments))
    return result.exit_code, result.output


def test_the_command_tells_value_rank_points_and_who_moves(lake: Path) -> None:
    promote(lake)
    assert said("bo a", "2016", "plan=Có", "staff=20") == (
        0,
        "Bộ A (A), 2016: assessment, ministry, assessment_2016/ministry\n"
        "  if has_plan were 1 (it is 0)\n"
        "  if staff were 20 (it is 10, confirmed)\n"
        "  policy                            0.500 -> 1.000                    rank 3 -> 1\n"
        "  audit                             0.250                             rank 2\n"
        "  criterion plan: 0 -> 10 points, maximum 10\n"
        "  criterion officers: 10 points, maximum 10\n"
        "  policy: moves for 2 others\n"
        "    Bộ B                          rank 1 -> 2        0.750 -> 0.625\n"
        "    Bộ C                          rank 1 -> 2        0.750 -> 0.625\n"
        "  officers: moves for 2 others (relative to the best of the block)\n",
    )


def test_a_move_too_small_for_the_printed_decimals_is_still_shown(lake: Path) -> None:
    promote(lake)
    code, text = said("B", "2016", "staff=5.000001")
    assert code == 0
    assert "0.750000000000 -> 0.750000050000" in text
    assert "policy: moves for 1 other\n    Bộ C                          rank 1 -> 2" in text


def test_values_that_are_none_say_why(lake: Path) -> None:
    promote(lake)
    code, text = said("B", "2016", "audit=not_observed")
    assert code == 0
    assert "if audit_class were not_observed (it is full)" in text
    assert "1.000 -> none (missing)" in text
    assert "rank 1 -> none" in text
    assert "criterion audit: 20 -> none (missing) points, maximum 20" in text


def test_synthetic_data_is_said_to_be_so(lake: Path) -> None:
    promote(lake, synthetic=True)
    assert "synthetic data" in said("A", "2016", "plan=0")[1]
    assert "nobody else moves" in said("A", "2016", "plan=0")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("A", "2015", "plan=1"), "2015 has no promoted bodies; build the year first"),
        (("D", "2016", "plan=1"), "Bộ D (D) has no computed scores in 2016: no form of its block"),
        (("Z", "2016", "plan=1"), "'Z' is no body of the year"),
        (("A", "2016", "plan"), "'plan': write CRITERION=VALUE"),
        (("A", "2016", "=1"), "'=1': write CRITERION=VALUE"),
        (("A", "2016", "plan=1", "plan=0"), "'plan=0': write CRITERION=VALUE, each once"),
        (("A", "2016", "plans=1"), "plans: no input and no criterion of assessment_2016/ministry"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(
    lake: Path, arguments: tuple[str, ...], words: str
) -> None:
    promote(lake)
    code, text = said(*arguments)
    assert (code, words in text, "Traceback" in text) == (2, True, False), text


def test_a_year_without_scores_and_a_changed_method_say_what_to_do(lake: Path) -> None:
    promote(lake, scored=False)
    assert "hand forms in (egov submit), then egov run 2016" in said("A", "2016", "plan=1")[1]
    promote(lake, method_sha256="1" * 64)
    code, text = said("A", "2016", "plan=1")
    assert (code, "has changed since 2016 was computed; egov run 2016 first" in text) == (2, True)
