"""Shapley values: they add up, null players get nothing, order does not matter; and how they are
written so that they still add up."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.analysis.shapley import World, apportioned, shapley, worlds

FACTORS = ("own", "frontier", "method")

fractions = st.fractions(min_value=-100, max_value=100, max_denominator=97)
games = st.fixed_dictionaries(dict.fromkeys(worlds(FACTORS), fractions))


def by_orders(factors: tuple[str, ...], worth: dict[World, Fraction]) -> dict[str, Fraction]:
    """The definition, slowly: the mean over all orders of what a factor adds."""
    parts = dict.fromkeys(factors, Fraction(0))
    orders = list(permutations(factors))
    for order in orders:
        world: World = frozenset()
        for factor in order:
            parts[factor] += (worth[world | {factor}] - worth[world]) / len(orders)
            world = world | {factor}
    return parts


def test_worlds_go_from_the_earlier_year_to_the_later() -> None:
    made = worlds(FACTORS)
    assert len(made) == len(set(made)) == 8
    assert made[0] == frozenset()
    assert made[-1] == frozenset(FACTORS)


@given(games)
def test_the_parts_are_the_mean_over_all_orders_and_add_up(worth: dict[World, Fraction]) -> None:
    parts = shapley(FACTORS, worth.__getitem__)
    assert parts == by_orders(FACTORS, worth)
    assert sum(parts.values()) == worth[frozenset(FACTORS)] - worth[frozenset()]


@given(games)
def test_the_order_of_the_factors_does_not_matter(worth: dict[World, Fraction]) -> None:
    expected = shapley(FACTORS, worth.__getitem__)
    for order in permutations(FACTORS):
        assert shapley(order, worth.__getitem__) == expected


@given(games)
def test_a_factor_that_changes_nothing_gets_nothing(worth: dict[World, Fraction]) -> None:
    still = {world: worth[world - {"method"}] for world in worth}
    parts = shapley(FACTORS, still.__getitem__)
    assert parts["method"] == 0
    assert {name: parts[name] for name in FACTORS[:2]} == shapley(FACTORS[:2], still.__getitem__)


@given(
    st.lists(st.fractions(min_value=-60, max_value=60, max_denominator=24), min_size=1, max_size=5),
    st.integers(min_value=0, max_value=6),
)
def test_parts_as_written_add_up_to_the_whole(parts: list[Fraction], decimals: int) -> None:
    named = {f"p{number}": part for number, part in enumerate(parts)}
    named["rest"] = round(sum(parts, Fraction(0))) - sum(parts, Fraction(0))
    written = apportioned(named, decimals)
    assert sum(written.values()) == sum(named.values())
    for name, part in named.items():
        assert abs(written[name] - part) < Fraction(1, 10**decimals)
        assert (written[name] * 10**decimals).denominator == 1
        if part == 0:
            assert written[name] == 0


def test_the_units_left_go_to_the_largest_rests() -> None:
    third = Fraction(1, 3)
    assert apportioned({"a": third, "b": third, "c": third}, 2) == {
        "a": Fraction(34, 100),
        "b": Fraction(33, 100),
        "c": Fraction(33, 100),
    }


def test_a_sum_that_cannot_be_written_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 2 decimals"):
        apportioned({"a": Fraction(1, 3)}, 2)
