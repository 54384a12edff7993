"""Intervals from the print, leave-one-out, dominance: against slow recomputations."""

from __future__ import annotations

from fractions import Fraction

from analysis_samples import composition_of, ranked_list
from hypothesis import given
from hypothesis import strategies as st

from assets.analysis.certainty import (
    dominance_rows,
    interval_rows,
    leave_one_out_rows,
)
from assets.analysis.draws import drawn
from assets.analysis.lists import places, print_interval

TENTH = Fraction(1, 10)

printed = st.dictionaries(
    st.text("ABCDEFGH", min_size=1, max_size=3),
    st.integers(min_value=0, max_value=12).map(lambda n: Fraction(n, 10)),
    min_size=1,
    max_size=9,
)


@given(printed)
def test_the_rank_lies_within_what_the_print_allows(values: dict[str, Fraction]) -> None:
    for body, (best, worst) in print_interval(values, TENTH).items():
        assert 1 <= best <= places(values)[body] <= worst <= len(values)


@given(printed, st.data())
def test_every_value_that_prints_so_ranks_within(
    values: dict[str, Fraction], data: st.DataObject
) -> None:
    """Any true values that round half up to the printed ones give ranks within the interval."""
    hidden = st.integers(min_value=-50, max_value=49).map(lambda n: Fraction(n, 1000))
    true = {body: value + data.draw(hidden) for body, value in values.items()}
    allowed = print_interval(values, TENTH)
    for body, rank in places(true).items():
        assert allowed[body][0] <= rank <= allowed[body][1]


def test_both_ends_of_the_interval_are_reached() -> None:
    values = {
        "A": Fraction(5, 10),
        "B": Fraction(5, 10),
        "C": Fraction(4, 10),
        "D": Fraction(6, 10),
    }
    assert print_interval(values, TENTH)["A"] == (2, 3)
    assert print_interval({"A": Fraction(5, 10), "B": Fraction(6, 10)}, TENTH) == {
        "A": (2, 2),
        "B": (1, 1),
    }


def test_a_partial_list_speaks_only_if_it_is_the_head_of_the_ranking() -> None:
    head = ranked_list({"A": "9", "B": "8"}, ranks={"A": 1, "B": 2}, is_partial=True)
    tail = ranked_list({"A": "9", "B": "8"}, ranks={"A": 1, "B": 5}, is_partial=True)
    assert [(r["print_low"], r["basis"]) for r in interval_rows(head, None, None)] == [
        (1, "print_only"),
        (2, "print_only"),
    ]
    assert [(r["print_low"], r["basis"]) for r in interval_rows(tail, None, None)] == [
        (None, "none"),
        (None, "none"),
    ]


VALUES = {
    "A": {"x": "0.9", "y": "0.2", "z": "0.5"},
    "B": {"x": "0.5", "y": "0.9", "z": "0.5"},
    "C": {"x": "0.1", "y": "0.8", "z": "0.9"},
}
WEIGHTS = {"x": "0.5", "y": "0.3", "z": "0.2"}


def test_leave_one_out_is_the_rank_of_the_other_parts() -> None:
    composition = composition_of(VALUES, WEIGHTS)
    held = ranked_list(dict.fromkeys(VALUES, "1"))
    rows = {(r["item"], r["body_code"]): r for r in leave_one_out_rows(held, composition)}
    assert len(rows) == 9
    # A 0.61, B 0.62, C 0.47; without x: A 0.16, B 0.37, C 0.42.
    assert [rows["x", body]["rank"] for body in "ABC"] == [2, 1, 3]
    assert [rows["x", body]["rank_without"] for body in "ABC"] == [3, 2, 1]
    assert [rows["x", body]["places_gained"] for body in "ABC"] == [-1, -1, 2]


def test_shares_of_dominance_add_up_to_one_for_every_two() -> None:
    composition = composition_of(VALUES, WEIGHTS)
    held = ranked_list(dict.fromkeys(VALUES, "1"))
    rows = list(dominance_rows(held, composition, drawn(composition, 200)))
    assert [(r["body_code"], r["other_body_code"]) for r in rows] == [
        ("A", "B"),
        ("A", "C"),
        ("B", "C"),
    ]
    for row in rows:
        assert row["share_above"] + row["share_tied"] + row["share_below"] == 1
