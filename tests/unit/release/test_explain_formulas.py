"""Each kind of formula as a sentence with its numbers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from score_samples import TREE, figures, node, one, scored, text_of


@pytest.mark.parametrize(
    ("kind", "points", "maximum", "numbers", "said"),
    [
        ("ratio", "9.9", "10", {"numerator": "4950", "denominator": "5000"},
         "ratio: 4950 / 5000 x 10 = 9.9"),
        ("ratio", "10", "10", {"numerator": "6", "denominator": "5"},
         "ratio: 6 / 5, at most 1, x 10 = 10"),
        ("ratio", "5", "10", {"numerator": "0.5"}, "ratio: 0.5 x 10 = 5"),
        ("ratio", "10", "10", {"numerator": "1.5"}, "ratio: 1.5, at most 1, x 10 = 10"),
        ("boolean", "0", "35", {"numerator": "0"}, "boolean: no x 35 = 0"),
        ("normalised_block_max", "4", "10",
         {"numerator": "50", "denominator": "100", "best_rate": "1.25"},
         "normalised_block_max: own rate 0.5 (50 / 100) / best rate 1.25 x 10 = 4"),
        ("normalised_block_max", "4", "10", {"numerator": "2", "best_rate": "5"},
         "normalised_block_max: own rate 2 / best rate 5 x 10 = 4"),
        ("target_ratio", "3", "6",
         {"numerator": "1", "denominator": "3", "target_value": "0.666667"},
         "target_ratio: rate 0.333333333333333 (1 / 3) / target 0.666667, at most 1, x 6 = 3"),
        ("count_capped", "5", "5", {"numerator": "8"}, "count_capped: 8 x 0.5, at most 5 = 5"),
        ("tier", "15", "20", {"numerator": "3"},
         "tier: 3 on the steps from 4: 20, from 3: 15 = 15"),
    ],
)  # fmt: skip
def test_formulas_show_their_numbers(
    kind: str, points: str, maximum: str, numbers: dict[str, str], said: str
) -> None:
    steps = [
        {
            **TREE,
            "criterion": "x",
            "step_no": 2,
            "step_points": Decimal(15),
            "at_least": Decimal(3),
        },
        {
            **TREE,
            "criterion": "x",
            "step_no": 1,
            "step_points": Decimal(20),
            "at_least": Decimal(4),
        },
    ]
    line = one(
        scored("x", kind, points, maximum),
        node("x", kind, maximum, points_per_item=Decimal("0.5")),
        figures("x", **numbers),
        raw_method_steps=steps,
    )
    assert line == said


def test_a_tier_over_classes_shows_the_class_and_the_steps() -> None:
    line = one(
        scored("x", "tier", "5", "20"),
        node("x", "tier", "20"),
        figures("x", class_code="part"),
        raw_method_steps=[
            {**TREE, "criterion": "x", "step_no": n, "step_points": Decimal(p), "step_class": c}
            for n, p, c in ((1, 20, "full"), (2, 5, "part"))
        ],
    )
    assert line == "tier: part on the steps full: 20, part: 5 = 5"


def test_criteria_that_carry_no_points() -> None:
    row = scored("x", "unscored", None, None, score_status="unscored", quantity=Decimal(214))
    assert one(row, node("x", "unscored", None)) == "unscored: 214, no points"
    text = text_of("x", idx_scores=[row | {"ranking": "index", "rank": 3}])
    assert "    quantity: 214\n    rank: 3\n" in text
    heading = row | {"quantity": None}
    assert one(heading, node("x", "unscored", None)) == "unscored: no points"


def parents(kind: str, points: str | None, of: str, **more: Any) -> str:
    """The line of a criterion over four parts, of which one does not apply and one carries none."""
    below = {"parent_criterion": "x"}
    parts = [
        scored("a", "boolean", "20", "20", position=2, **below),
        scored("b", "boolean", "0", "10", position=3, **below),
        scored("c", "boolean", None, None, position=4, score_status="not_applicable", **below),
        scored("d", "unscored", None, None, position=5, score_status="unscored", **below),
    ]
    text = text_of(
        "x",
        idx_scores=[scored("x", kind, points, of, **more), *parts],
        raw_method_nodes=[
            node("x", kind, "1000"),
            node("a", "boolean", "20", weight=Decimal("0.2")),
            node("b", "boolean", "10", weight=Decimal("0.8")),
        ],
        ind_criterion_scores=[figures("a", numerator="1"), figures("b", numerator="0")],
    )
    (line,) = [line for line in text.splitlines() if "(Tiêu chí x)" in line]
    return line.partition("): ")[2]


def test_parts_that_do_not_apply_or_carry_no_points_are_not_in_the_sum() -> None:
    assert parents("sum", "20", "30") == "sum: 20 + 0 = 20 of 30"
    assert (
        parents("weighted_sum", "200", "1000")
        == "weighted_sum: (0.2 x 1 + 0.8 x 0) x 1000 = 200 of 1000"
    )
    assert parents("best_of", "20", "20") == "best_of: best of 20, 0 = 20 of 20"


@pytest.mark.parametrize("status", ["missing", "disputed", "zero_denominator", "not_applicable"])
def test_a_criterion_without_points_says_why(status: str) -> None:
    row = scored("x", "ratio", None, "10", score_status=status)
    assert one(row, node("x", "ratio", "10")) == f"ratio: none ({status})"
    assert f"index value: none ({status})" in text_of("x", idx_scores=[row])


def test_a_share_without_known_maximum_is_shown_and_no_points() -> None:
    row = scored("x", "ratio", None, None, score_status="rule_unknown")
    line = one(row | {"index_value": Decimal("0.5")}, node("x", "ratio", None))
    assert line == "ratio: share 0.5, no points (rule_unknown)"
