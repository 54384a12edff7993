"""The worlds between two computed years: the worked case of the reference, each factor alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from analysis_samples import MadeUpYear, figures_of, finder, leaf, method_of, seen, total

from assets.analysis.counterfactual import Between, Side, contributions
from assets.analysis.numbers import written
from assets.analysis.score_parts import DECIMALS
from assets.analysis.shapley import shapley, worlds
from assets.analysis.tables import analysis_tables
from assets.method.formulas import Observation
from assets.method.model import Method, Policy

Figures = Mapping[str, Mapping[str, str | None]]


def method(points: int = 40) -> Method:
    """100 points: bandwidth relative to the best of the block, and a plan."""
    bandwidth = leaf("bandwidth", "normalised_block_max", str(points), numerator="rate")
    plan = leaf("plan", "boolean", str(100 - points), answer="has_plan")
    return method_of(total("policy", "100", bandwidth, plan))


def side(figures: Figures, made: Method) -> Side:
    by_body: dict[str, dict[str, Observation]] = {body: {} for body in figures}
    for (body, code), observation in seen(figures).items():
        by_body[body][code] = observation
    return Side(made, by_body)


def parts(between: Between, body: str) -> dict[tuple[str, str], Fraction]:
    """Part of the change of `policy` by criterion and factor, none left out."""
    factors = between.score_factors()
    found = {
        world: contributions(between.method(world), "policy", between.scores(body, world)) or {}
        for world in worlds(factors)
    }
    return {
        (item, factor): part
        for item in ("bandwidth", "plan")
        for factor, part in shapley(
            factors, {w: own.get(item, Fraction(0)) for w, own in found.items()}.__getitem__
        ).items()
    }


BEFORE = {"A": {"rate": "0.5", "has_plan": "0"}, "B": {"rate": "1", "has_plan": "1"}}
AFTER = {"A": {"rate": "0.6", "has_plan": "0"}, "B": {"rate": "1.5", "has_plan": "1"}}


def test_the_worked_case_of_the_reference() -> None:
    """Raw .50 to .60, best 1.0 to 1.5, points 40 to 50: 20 points before and after, of 100."""
    made = parts(Between(side(BEFORE, method(40)), side(AFTER, method(50))), "A")
    points = {factor: part * 100 for (item, factor), part in made.items() if item == "bandwidth"}
    assert {factor: written(part, 2) for factor, part in points.items()} == {
        "own": Decimal("3.72"),
        "frontier": Decimal("-8.28"),
        "method": Decimal("4.56"),
    }
    assert abs(sum(points.values())) < Fraction(1, 10**12)
    assert all(part == 0 for (item, _), part in made.items() if item == "plan")


def test_a_body_that_leads_moves_its_own_best() -> None:
    """B is the best in both years: its own growth cannot raise it, and nobody else moves it."""
    made = parts(Between(side(BEFORE, method()), side(AFTER, method())), "B")
    assert made["bandwidth", "own"] == -made["bandwidth", "frontier"] == 0


def test_the_best_that_leaves_is_universe_and_not_frontier() -> None:
    """A alone stays as it is; C, the best, leaves: A is now best itself."""
    before = {"A": {"rate": "1", "has_plan": "1"}, "C": {"rate": "4", "has_plan": "1"}}
    after = {"A": {"rate": "1", "has_plan": "1"}}
    between = Between(side(before, method()), side(after, method()))
    made = {key: part for key, part in parts(between, "A").items() if part}
    assert made == {("bandwidth", "universe"): Fraction(30, 100)}


def test_the_rule_for_what_does_not_apply_is_a_factor_of_its_own() -> None:
    figures = {"A": {"rate": "1"}, "B": {"rate": "2"}}
    keeps = replace(method(), not_applicable=Policy("keeps_maximum", ("seen",)))
    before, after = side(figures, method()), side(figures, keeps)
    for one in (before, after):
        one.observed["A"]["has_plan"] = Observation(None, "not_applicable")  # type: ignore[index]
        one.observed["B"]["has_plan"] = Observation(Decimal(1))  # type: ignore[index]
    between = Between(before, after)
    assert between.score_factors() == ("own", "frontier", "missing")
    made = {key: part for key, part in parts(between, "A").items() if part}
    # 20 of 40 points, then 20 of 100.
    assert made == {("bandwidth", "missing"): Fraction(20, 100) - Fraction(20, 40)}


def rows(years: Mapping[int, tuple[Figures, Method]], name: str) -> list[dict[str, Any]]:
    made = {
        year: MadeUpYear(chosen, seen(figures), list(figures))
        for year, (figures, chosen) in years.items()
    }
    last = years[max(years)][1]
    return analysis_tables(figures_of(made), finder(last))[name].to_pylist()


def test_a_world_without_a_score_is_told_as_joint() -> None:
    """Another method asks for another figure, so that between the two no score can be made."""
    other = method_of(total("policy", "100", leaf("plan", "boolean", "100", answer="has_law")))
    figures = {
        2016: ({b: {"rate": "1", "has_plan": "1"} for b in "AB"}, method()),
        2017: ({b: {"has_law": "0"} for b in "AB"}, other),
    }
    found = [r for r in rows(figures, "ana_score_changes") if r["body_code"] == "A"]
    assert [(r["item"], r["factor"], r["part"]) for r in found] == [
        ("policy", "joint", Decimal(-1).quantize(Decimal(1).scaleb(-DECIMALS))),
        ("policy", "rounding", Decimal(0).quantize(Decimal(1).scaleb(-DECIMALS))),
    ]


def test_a_method_file_that_changed_since_is_told_and_nothing_is_made_up() -> None:
    figures = {2016: (BEFORE, replace(method(), sha256="1" * 64)), 2017: (AFTER, method())}
    (row, *_) = rows(figures, "ana_rank_changes")
    assert (row["comparability"], row["own_part"]) == ("method_file_changed", None)
    assert "tệp phương pháp đã thay đổi" in row["sentence_vi"]
    assert rows(figures, "ana_score_changes") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [("A", {"own_part": 0, "peers_part": -1}), ("B", {"own_part": 1, "peers_part": 0})],
)
def test_a_rank_moves_by_the_body_or_by_its_peers(body: str, expected: dict[str, int]) -> None:
    before = {
        "A": {"rate": "2", "has_plan": "0"},
        "B": {"rate": "1", "has_plan": "0"},
        "C": {"rate": "3", "has_plan": "1"},
    }
    after = {**before, "B": {"rate": "2.5", "has_plan": "0"}}
    figures = {2016: (before, method()), 2017: (after, method())}
    found = {r["body_code"]: r for r in rows(figures, "ana_rank_changes")}
    assert {name: found[body][name] for name in expected} == expected
    assert found[body]["is_synthetic"]
