"""What a computed index is made of."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from analysis_samples import leaf, method_of, total

from assets.analysis.composition import computed_composition
from assets.analysis.lists import Entry, ListKey, RankedList

METHOD = method_of(
    total(
        "whole",
        "10",
        leaf("first", "boolean", "4", yes="seen"),
        leaf("second", "boolean", "6", yes="also_seen"),
    )
)
LIST = RankedList(
    key=ListKey("computed", "assessment", "ministry", 2016, "whole"),
    regime="assessment_2016",
    block="ministry",
    decimals=12,
    is_partial=False,
    bodies_held=1,
    bodies_expected=1,
    is_synthetic=True,
    entries={"MOT": Entry("MOT", "Made-up body", Fraction(4, 10), 1, "computed", None)},
)
SCORES = {
    ("MOT", "first"): {"points": Decimal(4), "max_points": Decimal(4)},
    ("MOT", "second"): {"points": Decimal(0), "max_points": Decimal(6)},
}


def test_a_computed_index_is_its_criteria() -> None:
    made = computed_composition(LIST, SCORES, METHOD)
    assert made is not None
    assert made.weights == {"first": Fraction(4, 10), "second": Fraction(6, 10)}
    assert made.total("MOT") == Fraction(4, 10)


def test_where_nobody_has_an_index_there_is_nothing_to_draw() -> None:
    entries = {"MOT": replace(LIST.entries["MOT"], value=None, rank=None)}
    assert computed_composition(replace(LIST, entries=entries), SCORES, METHOD) is None
