"""Other weights: the rule that the explorer repeats in the browser, by hand and as a property."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.analysis.whatif import Standing, reweighted

D = Decimal
SCALE = {"x": D(20), "y": D(1)}
VALUES: dict[str, dict[str, Decimal | None]] = {
    "A": {"x": D("12.5"), "y": D("0.4")},
    "B": {"x": D("5"), "y": D("0.775")},
    "C": {"x": D("20"), "y": None},
}


def test_totals_are_weighted_shares_over_all_weights() -> None:
    assert reweighted(VALUES, {"x": D(3), "y": D(1)}, SCALE) == [
        Standing("A", D("0.568750"), 1),  # (3 x 12.5/20 + 0.4) / 4
        Standing("B", D("0.381250"), 2),
        Standing("C", None, None),
    ]


def test_ties_share_the_better_rank_and_a_dropped_part_needs_no_value() -> None:
    values = {**VALUES, "D": {"x": D("12.50")}}
    made = {one.body_code: one for one in reweighted(values, {"x": D(1), "y": D(0)}, SCALE)}
    assert {body: one.rank for body, one in made.items()} == {"C": 1, "A": 2, "D": 2, "B": 4}


def test_ranks_are_of_unrounded_totals_and_totals_are_half_up() -> None:
    values = {"A": {"y": D("0.0000005")}, "B": {"y": D("0.0000006")}, "C": {"y": D("0.00000049")}}
    made = reweighted(values, {"y": D(1)}, SCALE)
    assert [(one.value, one.rank) for one in made] == [
        (D("0.000001"), 2),
        (D("0.000001"), 1),
        (D("0.000000"), 3),
    ]


@pytest.mark.parametrize(
    ("weights", "scale", "said"),
    [
        ({"x": D(-1)}, SCALE, "weight of x is -1"),
        ({"x": D("NaN")}, SCALE, "give a number not below 0"),
        ({"x": D(0)}, SCALE, "every weight is 0"),
        ({}, SCALE, "every weight is 0"),
        ({"z": D(1)}, SCALE, "z has a weight but no scale"),
        ({"x": D(1)}, {"x": D(0)}, "x has a weight but no scale"),
    ],
)
def test_what_cannot_be_weighted_is_refused(
    weights: dict[str, Decimal], scale: dict[str, Decimal], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        reweighted(VALUES, weights, scale)


shares = st.decimals(min_value=0, max_value=1, places=4)
bodies = st.dictionaries(
    st.text("ABCDEF", min_size=1, max_size=2),
    st.fixed_dictionaries({"x": shares, "y": shares, "z": shares}),
    min_size=1,
    max_size=7,
)
weightings = st.fixed_dictionaries(
    {part: st.decimals(min_value=0, max_value=100, places=2) for part in "xyz"}
).filter(lambda weights: any(weights.values()))


@given(bodies, weightings, st.integers(min_value=1, max_value=999))
def test_only_the_proportion_of_weights_counts(
    values: dict[str, dict[str, Decimal | None]], weights: dict[str, Decimal], times: int
) -> None:
    ones = dict.fromkeys("xyz", D(1))
    made = reweighted(values, weights, ones)
    assert made == reweighted(values, {p: w * times for p, w in weights.items()}, ones)
    for one in made:
        own = values[one.body_code]
        exact = sum(
            (Fraction(weights[p]) * Fraction(own[p] or 0) for p in "xyz"), Fraction(0)
        ) / sum(Fraction(w) for w in weights.values())
        assert one.value is not None
        assert 0 <= one.value <= 1
        assert abs(Fraction(one.value) - exact) <= Fraction(1, 2_000_000)
