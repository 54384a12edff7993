"""What the solver does with targets that cannot be met, and with targets of any kind."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from synth_samples import BLOCKS, INDICES, altered, block_2016, made_up, marts, solved_2016

from assets.method.load import find_method
from assets.synthetic import Published, Solution, SynthesisError, Target, Unreached, solve
from assets.synthetic.criteria import obstacles
from assets.synthetic.lists import printed, ties_of
from assets.synthetic.proof import MISPLACED, NO_COMPETITION, OFF_GRID, Plan, prove
from assets.synthetic.targets import published_of, solvable_methods


def solved(published: Published, seed: int = 1) -> Solution:
    return solve(published.method, published.targets, published.counts, seed)


def changed(body: str, slug: str, value: str | None, rank: int | None) -> Published:
    """The government agencies with one other target."""
    target = Target(None if value is None else Decimal(value), rank)
    return altered(block_2016("gov_agency"), {(body, slug): target})


# --- what is not reachable ---------------------------------------------------------------------


def test_a_value_off_the_grid_is_named_with_the_nearest_one() -> None:
    """Points of 140: 0.986 is 138 of them and 0.993 is 139; nothing prints as 0.990."""
    base = block_2016("gov_agency").targets
    (first,) = [body for body in base if base[body]["policy"].rank == 1]
    solution = solved(changed(first, "policy", "0.990", 1))
    assert solution.unreached == (
        Unreached(first, "policy", "value", Decimal("0.990"), Decimal("0.993"), OFF_GRID),
    )
    assert solution.reached("value") == 39


def test_a_value_above_the_maximum_is_named_with_the_maximum() -> None:
    solution = solved(changed("VTV", "portal", "1.200", 1))
    values = [one for one in solution.unreached if one.item == "value"]
    assert [(one.body_code, one.printed, one.nearest) for one in values] == [
        ("VTV", Decimal("1.200"), Decimal("1.000"))
    ]


def test_a_value_below_what_an_application_in_use_gives_is_named() -> None:
    """One application in use is a point of at most seven; none at all is 0."""
    solution = solved(changed("VTV", "internal_apps", "0.100", 8))
    (value,) = [one for one in solution.unreached if one.item == "value"]
    assert (value.body_code, value.node, value.reason) == ("VTV", "internal_apps", OFF_GRID)
    assert value.nearest is not None
    assert Decimal("0.142") < value.nearest < Decimal("0.170")


def test_values_that_print_alike_cannot_be_ranked_apart_on_a_grid() -> None:
    base = block_2016("gov_agency").targets
    first, second = sorted(base, key=lambda body: base[body]["policy"].rank or 0)[:2]
    alike = base[first]["policy"].value
    solution = solved(changed(second, "policy", str(alike), 2))
    (rank,) = solution.unreached
    assert (rank.body_code, rank.item, rank.printed, rank.nearest) == (second, "rank", 2, 1)
    assert rank.reason == MISPLACED


def test_a_printed_rank_that_contradicts_the_values_is_named() -> None:
    base = block_2016("gov_agency").targets
    last = max(base, key=lambda body: base[body]["portal"].rank or 0)
    solution = solved(changed(last, "portal", str(base[last]["portal"].value), 4))
    (rank,) = solution.unreached
    assert (rank.body_code, rank.printed, rank.nearest, rank.reason) == (last, 4, 8, NO_COMPETITION)
    assert str(rank) == f"{last} portal: rank printed 4, reached 8: {NO_COMPETITION}"


# --- errors --------------------------------------------------------------------------------------


def test_a_category_without_a_published_value_is_refused() -> None:
    rule = "assessment_2016/gov_agency: VTV: portal: no index value is published"
    with pytest.raises(SynthesisError, match=re.escape(rule)):
        solved(changed("VTV", "portal", None, 3))


def test_a_method_whose_rules_are_not_known_is_refused_with_its_nodes() -> None:
    method = find_method("assessment_2017", "ministry")
    assert "overall (its maximum is not known)" in obstacles(method)
    assert "infrastructure (its criteria are not all known)" in obstacles(method)
    with pytest.raises(SynthesisError, match=r"no figures can be found for overall \(its maximum"):
        solve(method, {}, {}, 1)
    weighted = find_method("dti_2022", "province")
    assert "overall (kind weighted_sum is not solved for here)" in obstacles(weighted)


def test_years_that_cannot_be_made_say_which_nodes_are_not_known() -> None:
    assert [method.block for method in solvable_methods(2016)] == list(BLOCKS)
    with pytest.raises(SynthesisError) as told:
        solvable_methods(2017)
    assert all(f"assessment_2017/{block}: overall" in str(told.value) for block in BLOCKS)
    with pytest.raises(SynthesisError, match="no method is held for 2011"):
        solvable_methods(2011)


def test_an_input_without_a_size_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.synthetic import sizes

    without = {**sizes._file(), "blocks": {}}
    monkeypatch.setattr(sizes, "_file", lambda: without)
    with pytest.raises(SynthesisError, match="computers_count, staff_count, units_count: no size"):
        solved(block_2016("gov_agency"))


def test_a_value_published_twice_is_refused() -> None:
    tables = dict(marts())
    rows = tables["idx_published_values"]
    tables["idx_published_values"] = rows.from_batches([*rows.to_batches(), *rows.to_batches()])
    with pytest.raises(SynthesisError, match="published by more than one source"):
        published_of(find_method("assessment_2016", "ministry"), tables)


@pytest.mark.parametrize(
    ("code", "value"), [("portal_introduction_met", "0"), ("has_wan", "Không")]
)
def test_answers_that_the_engine_does_not_confirm_are_never_handed_out(
    code: str, value: str
) -> None:
    published, solution = block_2016("gov_agency"), solved_2016("gov_agency", 1)
    lists = {slug: ties_of(published.targets, slug, 3) for slug in INDICES}
    plan = Plan(published.method, published.targets, lists, frozenset(), frozenset())
    assert prove(plan, solution.answers) == (solution.asked, ())
    body = max(solution.answers, key=lambda b: published.targets[b]["portal"].value or 0)
    tampered = replace(solution.answers[body][code], value=value)
    answers = {**solution.answers, body: {**solution.answers[body], code: tampered}}
    with pytest.raises(SynthesisError, match=f"{body}: .*: the engine gives .*, printed is"):
        prove(plan, answers)


def test_a_rank_that_the_engine_does_not_confirm_is_never_handed_out() -> None:
    published, solution = block_2016("gov_agency"), solved_2016("gov_agency", 1)
    lists = {slug: ties_of(published.targets, slug, 3) for slug in INDICES}
    lists["portal"] = tuple(replace(tie, rank=tie.rank + 1) for tie in lists["portal"])
    wrong = altered(published, {("VTV", "portal"): Target(Decimal("0.311"), 7)})
    plan = Plan(published.method, wrong.targets, lists, frozenset(), frozenset())
    with pytest.raises(SynthesisError, match="portal: the engine ranks it 6, printed is 7"):
        prove(plan, solution.answers)


# --- any targets ---------------------------------------------------------------------------------


def _thousandths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number).scaleb(-3))


def _on_grid(points: int) -> Decimal:
    value = printed(Fraction(points, 140), 3)
    return Decimal(int(value * 1000)).scaleb(-3)


Values = list[dict[str, Decimal]]


def _values(low: int, policy: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Values]:
    """Values of up to four bodies by category."""
    value = _thousandths(low, 980) | st.just(Decimal("1.000"))
    by_category = {slug: policy if slug == "policy" else value for slug in INDICES}
    return st.lists(st.fixed_dictionaries(by_category), min_size=1, max_size=4)


@settings(max_examples=30, deadline=None)
@given(_values(350, st.integers(1, 140).map(_on_grid)), st.integers(0, 10**6))
def test_every_list_of_common_values_is_reached(values: Values, seed: int) -> None:
    solution = solved(made_up(values), seed)
    assert solution.unreached == ()
    assert solution.asked["value"] == solution.asked["rank"] == 5 * len(values)


@settings(max_examples=20, deadline=None)
@given(_values(0, _thousandths(0, 1000)), st.integers(0, 10**6))
def test_whatever_is_printed_each_value_is_reached_or_named(values: Values, seed: int) -> None:
    published = made_up(values)
    solution = solved(published, seed)
    named = [one for one in solution.unreached if one.item == "value"]
    assert all(one.nearest != one.printed for one in named)
    assert solution.reached("value") + len(named) == 5 * len(values)
    on_grid = {_on_grid(points) for points in range(141)}
    for body, at in published.targets.items():
        is_named = any((one.body_code, one.node) == (body, "policy") for one in named)
        assert is_named == (at["policy"].value not in on_grid)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 9)), min_size=1, max_size=9),
)
def test_windows_are_apart_in_the_order_of_the_list_and_print_as_asked(
    rows: list[tuple[int, int]],
) -> None:
    targets = {
        f"B{n}": {"portal": Target(Decimal(value).scaleb(-3), rank)}
        for n, (value, rank) in enumerate(rows)
    }
    ties = ties_of(targets, "portal", 3)
    assert sorted(body for tie in ties for body in tie.bodies) == sorted(targets)
    for tie in ties:
        assert 0 <= tie.window.low <= tie.window.high <= 1
        assert printed(tie.window.low, 3) == printed(tie.window.high, 3) == tie.window.aim
    for above, below in pairwise(ties):
        assert above.window.low > below.window.high
        assert below.rank == above.rank + len(above.bodies)
