"""Where the engine rounds, and how: figures in, points and values to the last decimal."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from method_samples import RANKING, leaf, method_of, node, one, seen

from assets.method.engine import score
from assets.method.formulas import fixed


@pytest.mark.parametrize(
    ("figure", "status"),
    [
        ("999999999999.999999", "scored"),
        ("1000000000000", "out_of_range"),
        ("1E+999999", "out_of_range"),
        ("0.000001", "scored"),
        ("0.0000001", "out_of_range"),
    ],
)
def test_figures_have_at_most_18_digits_of_which_6_decimals(figure: str, status: str) -> None:
    ratio = leaf("r", "ratio", 20, numerator="n", denominator="d")
    assert one(ratio, n=Decimal(figure), d=3).status == status


def test_rounding_is_half_up_whatever_the_digit_before() -> None:
    halves = {"0.5": 1, "1.5": 2, "2.5": 3, "2.4999": 2, "0": 0}
    assert {x: fixed(Fraction(x), 0) for x in halves} == halves
    assert fixed(Fraction(2, 3), 15) == Fraction("0.666666666666667")


def test_points_have_15_decimals_and_values_12() -> None:
    result = one(leaf("r", "ratio", 7, numerator="n", denominator="d"), n=1, d=13)
    assert result.points == Fraction("0.538461538461538")  # 7/13 = 0.538461538461538461...
    assert result.value == Fraction("0.076923076923")


def test_a_ratio_is_rounded_once_and_not_by_way_of_its_share() -> None:
    tree = leaf("r", "ratio", 1000, numerator="n", denominator="d")
    assert one(tree, n=2, d=3).points == Fraction("666.666666666666667")  # not ...667000


def test_thirds_that_add_up_to_a_whole_tie_with_a_whole() -> None:
    thirds = [leaf(f"k{i}", "ratio", 10, numerator=f"n{i}", denominator="d") for i in range(3)]
    tree = node("top", "sum", 30, children=tuple(thirds), ranking="index")
    figures = {
        "A": {"n0": 1, "n1": 1, "n2": 1, "d": 3},
        "B": {"n0": 3, "n1": 0, "n2": 0, "d": 3},
        "C": {"n0": 1, "n1": 1, "n2": 0, "d": 3},
    }
    tops = [s for s in score(method_of(tree, rankings=(RANKING,)), seen(figures)) if s.rank]
    assert [(s.value, s.rank) for s in tops] == [
        (Fraction("0.333333333333"), 1),
        (Fraction("0.333333333333"), 1),
        (Fraction("0.222222222222"), 3),
    ]
    assert (tops[0].points, tops[1].points) == (Fraction("9.999999999999999"), 10)


def test_rates_and_shares_relative_to_the_block_are_rounded_on_the_way() -> None:
    tree = leaf("n", "normalised_block_max", 1000, numerator="n", denominator="d")
    figures = {"A": {"n": 1, "d": 3}, "B": {"n": 2, "d": 3}}
    points = {s.body_code: s.points for s in score(method_of(tree), seen(figures))}
    # 0.333333333333333 / 0.666666666666667 = 0.49999999999999925
    assert points == {"A": Fraction("499.999999999999000"), "B": 1000}


def test_rates_by_target_are_rounded_on_the_way() -> None:
    tree = leaf("t", "target_ratio", 1000, numerator="n", denominator="d", target="goal")
    result = one(tree, n=1, d=3, goal=Decimal("0.7"))
    assert result.points == Fraction("476.190476190476000")
    assert one(tree, n=2, d=3, goal=Decimal("0.666666")).points == 1000


def test_a_weighted_sum_adds_up_values_of_12_decimals() -> None:
    children = tuple(
        replace(leaf(f"k{i}", "ratio", 10, numerator=f"n{i}", denominator="d"), weight=Decimal(w))
        for i, w in enumerate(("0.5", "0.5"))
    )
    result = one(node("top", "weighted_sum", 1000, children=children), n0=1, n1=1, d=3)
    assert result.points == Fraction("333.333333333")
    assert result.value == Fraction("0.333333333333")


def test_points_of_a_weighted_sum_have_15_decimals() -> None:
    weights = {"0.333333": "n0", "0.666667": "n1"}
    children = tuple(
        replace(leaf(code, "ratio", 10, numerator=code, denominator="d"), weight=Decimal(weight))
        for weight, code in weights.items()
    )
    result = one(node("top", "weighted_sum", 7, children=children), n0=1, n1=0, d=7)
    # 0.333333 * 0.142857142857 * 7 = 0.333332999999666667
    assert result.points == Fraction("0.333332999999667")


def test_a_share_without_maximum_has_12_decimals() -> None:
    tree = leaf("r", "ratio", None, numerator="n", denominator="d")
    assert one(tree, n=1, d=3).value == Fraction("0.333333333333")
    # 4.999...e-13 is 0.000000000000500 to 15 decimals, and that rounds up
    assert one(tree, n=Decimal("0.000001"), d=2_000_001).value == Fraction("0.000000000001")


def test_a_sum_of_figures_is_exact() -> None:
    tree = node("u", "unscored", None, inputs={"addend": ["x", "y"]})
    result = one(tree, x=Decimal("999999999999.999999"), y=Decimal("0.000001"))
    assert result.value == 10**12
