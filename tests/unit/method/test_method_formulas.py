"""Each kind of formula, alone and in a tree, with figures worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from method_samples import RANKING, leaf, method_of, node, one, seen

from assets.method.engine import NodeScore, as_decimal, score
from assets.method.formulas import Observation
from assets.method.model import (
    KINDS,
    Method,
    MethodError,
    Node,
    NotItemised,
    Parameters,
    Policy,
    Step,
    Text,
)

SAID = NotItemised(Text("chưa thấy", "not seen"))


def triple(result: NodeScore) -> tuple[Fraction | None, Fraction | None, str]:
    return result.value, result.points, result.status


RATIO = leaf("r", "ratio", 20, numerator="n", denominator="d")


@pytest.mark.parametrize(
    ("n", "d", "expected"),
    [
        (1, 3, (Fraction("0.333333333333"), Fraction("6.666666666666667"), "scored")),
        (5, 4, (Fraction(1), Fraction(20), "scored")),
        (0, 4, (Fraction(0), Fraction(0), "scored")),
        (1, 0, (None, None, "zero_denominator")),
        (0, 0, (None, None, "zero_denominator")),
        (-1, 4, (None, None, "out_of_range")),
        (None, 4, (None, None, "missing")),
        (1, None, (None, None, "missing")),
        ("many", 4, (None, None, "out_of_range")),
        (Decimal("NaN"), 4, (None, None, "out_of_range")),
    ],
)
def test_ratio(n: object, d: object, expected: tuple[object, ...]) -> None:
    assert triple(one(RATIO, n=n, d=d)) == expected


def test_ratio_with_a_fixed_denominator() -> None:
    tree = replace(leaf("r", "ratio", 18, numerator="n"), parameters=Parameters(out_of=Decimal(18)))
    assert triple(one(tree, n=9)) == (Fraction(1, 2), Fraction(9), "scored")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (1, (Fraction(1), Fraction(35), "scored")),
        (0, (Fraction(0), Fraction(0), "scored")),
        (2, (None, None, "out_of_range")),
        (None, (None, None, "missing")),
    ],
)
def test_boolean(answer: object, expected: tuple[object, ...]) -> None:
    assert triple(one(leaf("b", "boolean", 35, answer="a"), a=answer)) == expected


def tier(*steps: Step) -> Node:
    return replace(leaf("t", "tier", 20, measure="m"), parameters=Parameters(steps=steps))


MEETINGS = tier(*(Step(Decimal(p), at_least=Decimal(n)) for n, p in [(4, 20), (3, 15), (1, 5)]))


@pytest.mark.parametrize(("m", "points"), [(9, 20), (4, 20), (3, 15), (2, 5), (1, 5), (0, 0)])
def test_tier_over_numbers(m: int, points: int) -> None:
    assert one(MEETINGS, m=m).points == points


def test_tier_over_classes() -> None:
    tree = tier(Step(Decimal(20), is_class="audited"), Step(Decimal(5), is_class="noticed"))
    number = method_of(tree)
    classes = replace(number, inputs=(replace(number.inputs[0], kind="class"),))

    def result(method: Method, measure: object) -> tuple[Fraction | None, str]:
        (made,) = score(method, seen({"A": {"m": measure}}))
        return made.points, made.status

    assert result(classes, "noticed") == (5, "scored")
    assert result(classes, "unheard_of") == (None, "out_of_range")
    assert result(classes, 3) == (None, "out_of_range")
    assert result(number, 3) == (None, "out_of_range")  # steps are classes, the input a number
    steps = replace(classes, roots=(MEETINGS,))
    assert result(steps, "audited") == (None, "out_of_range")


@pytest.mark.parametrize(("count", "points"), [(0, 0), (3, 3), (5, 5), (8, 5)])
def test_count_capped(count: int, points: int) -> None:
    tree = replace(
        leaf("c", "count_capped", 5, count="n"), parameters=Parameters(points_per_item=Decimal(1))
    )
    assert one(tree, n=count).points == points


def test_normalised_block_max_moves_with_the_best() -> None:
    tree = leaf("n", "normalised_block_max", 40, numerator="n", denominator="d")
    first = {"A": {"n": 50, "d": 100}, "B": {"n": 100, "d": 100}, "C": {"n": 1, "d": 0}}
    points = {s.body_code: s.points for s in score(method_of(tree), seen(first))}
    assert points == {"A": 20, "B": 40, "C": None}
    first["B"] = {"n": 200, "d": 100}
    points = {s.body_code: s.points for s in score(method_of(tree), seen(first))}
    assert points == {"A": 10, "B": 40, "C": None}


def test_normalised_block_max_of_a_block_of_zeros_has_no_value() -> None:
    tree = leaf("n", "normalised_block_max", 40, numerator="n")
    assert triple(one(tree, n=0)) == (None, None, "zero_denominator")


def test_target_ratio() -> None:
    tree = replace(
        leaf("t", "target_ratio", 6, numerator="n", denominator="d"),
        parameters=Parameters(target=Decimal("0.8")),
    )
    assert triple(one(tree, n=40, d=100)) == (Fraction(1, 2), Fraction(3), "scored")
    assert one(tree, n=90, d=100).points == 6
    given = leaf("t", "target_ratio", 6, numerator="n", target="goal")
    assert one(given, n=1, goal=4).points == Fraction(3, 2)
    assert one(given, n=1, goal=0).status == "zero_denominator"


def pair(kind: str, *maxima: int, **more: object) -> Node:
    """A node over one boolean child a maximum; child 0 answers a0, and so on."""
    children = tuple(
        leaf(f"k{i}", "boolean", maximum, answer=f"a{i}") for i, maximum in enumerate(maxima)
    )
    top = max(maxima) if kind == "best_of" else sum(maxima)
    return node("top", kind, top, children=children, **more)


def test_sum() -> None:
    result = one(pair("sum", 30, 10), a0=1, a1=0)
    assert (result.value, result.points, result.max_points) == (Fraction(3, 4), 30, 40)
    assert result.coverage == 1


def test_sum_with_an_open_child_is_null_and_says_its_coverage() -> None:
    result = one(pair("sum", 30, 10), a0=1)
    assert triple(result) == (None, None, "incomplete")
    assert result.coverage == Fraction(1, 2)


def test_sum_that_is_not_itemised_has_no_points() -> None:
    assert triple(one(pair("sum", 30, 10, not_itemised=SAID), a0=1, a1=1)) == (
        None,
        None,
        "rule_unknown",
    )


def test_not_applicable_leaves_points_and_maximum_or_points_only() -> None:
    method = method_of(pair("sum", 30, 10))
    observed = {**seen({"A": {"a0": 1}}), ("A", "a1"): Observation(None, "not_applicable")}
    leaves = score(method, observed)[0]
    assert (leaves.value, leaves.points, leaves.max_points) == (1, 30, 30)
    assert leaves.coverage == 1
    keeps = score(replace(method, not_applicable=Policy("keeps_maximum", ())), observed)[0]
    assert (keeps.value, keeps.points, keeps.max_points) == (Fraction(3, 4), 30, 40)


def test_a_node_of_which_nothing_applies_does_not_apply() -> None:
    tree = node("top", "sum", 10, children=(node("x", "not_applicable", 10),))
    result = one(tree)
    assert (*triple(result), result.max_points) == (None, None, "not_applicable", None)
    assert result.coverage is None


def weighted(**more: object) -> Node:
    children = tuple(
        replace(leaf(f"k{i}", "boolean", 10, answer=f"a{i}"), weight=Decimal(weight))
        for i, weight in enumerate(("0.2", "0.8"))
    )
    return node("top", "weighted_sum", 1000, children=children, **more)


def test_weighted_sum() -> None:
    assert triple(one(weighted(), a0=1, a1=0)) == (Fraction(1, 5), 200, "scored")
    assert triple(one(weighted(), a0=1)) == (None, None, "incomplete")
    assert one(weighted(not_itemised=SAID), a0=1, a1=1).status == "rule_unknown"


def test_weighted_sum_without_a_part_that_does_not_apply() -> None:
    observed = {**seen({"A": {"a0": 1}}), ("A", "a1"): Observation(None, "not_applicable")}
    leaves = score(method_of(weighted()), observed)[0]
    assert (leaves.value, leaves.points, leaves.max_points) == (1, 200, 200)
    keeps = replace(method_of(weighted()), not_applicable=Policy("keeps_maximum", ()))
    assert score(keeps, observed)[0].value == Fraction(1, 5)


def test_best_of() -> None:
    tree = pair("best_of", 35, 20)
    assert one(tree, a0=1, a1=1).points == 35
    assert one(tree, a0=0, a1=1).points == 20
    assert one(tree, a0=1).points == 35  # the open case could not be better
    assert triple(one(tree, a1=1)) == (None, None, "incomplete")


def test_best_of_with_cases_not_seen() -> None:
    tree = pair("best_of", 35, 20, not_itemised=SAID)
    assert one(tree, a0=1, a1=0).points == 35
    assert one(tree, a0=0, a1=1).status == "rule_unknown"


def test_unscored_adds_up_figures_and_earns_no_points() -> None:
    tree = node("u", "unscored", None, inputs={"addend": ["x", "y"]})
    result = one(tree, x=56, y=158)
    assert (result.value, result.points, result.max_points) == (214, None, None)
    assert one(tree, x=56).status == "missing"
    parent = node("top", "sum", 10, children=(leaf("b", "boolean", 10, answer="a"), tree))
    assert triple(one(parent, a=1)) == (1, 10, "scored")


def test_an_unknown_maximum_leaves_the_share_and_no_points() -> None:
    tree = leaf("r", "ratio", None, numerator="n", denominator="d")
    assert triple(one(tree, n=1, d=2)) == (Fraction(1, 2), None, "rule_unknown")
    assert one(node("top", "sum", 10, children=(tree,)), n=1, d=2).status == "rule_unknown"


@pytest.mark.parametrize(
    ("state", "status"),
    [
        ("reported", "scored"),
        ("observed", "scored"),
        ("confirmed", "scored"),
        ("overridden", "scored"),
        ("disputed", "disputed"),
        ("not_observed", "missing"),
        ("not_applicable", "not_applicable"),
    ],
)
def test_states_of_observations(state: str, status: str) -> None:
    tree = leaf("b", "boolean", 10, answer="a")
    (result,) = score(method_of(tree), {("A", "a"): Observation(Decimal(1), state)})
    assert result.status == status
    assert (result.points is None) == (status != "scored")


def test_unknown_inputs_and_states_are_refused() -> None:
    method = method_of(leaf("b", "boolean", 10, answer="a"))
    with pytest.raises(MethodError, match=r"A: zz: no input of .*declare it"):
        score(method, seen({"A": {"zz": 1}}))
    with pytest.raises(MethodError, match="state 'guessed' is not known"):
        score(method, {("A", "a"): Observation(Decimal(1), "guessed")})


def test_every_kind_is_computed() -> None:
    from assets.method.formulas import FORMULAS
    from assets.method.model import INNER_KINDS

    assert {*FORMULAS, *INNER_KINDS, "not_applicable"} == set(KINDS)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (Fraction(7, 12), "0.583"),
        (Fraction(5835, 10000), "0.584"),
        (Fraction(58349999, 10**8), "0.583"),
        (Fraction(1), "1.000"),
        (Fraction(0), "0.000"),
        (Fraction(1, 10**30), "0.000"),
    ],
)
def test_printed_values_round_half_up(value: Fraction, printed: str) -> None:
    assert str(as_decimal(value, 3)) == printed


@pytest.mark.parametrize(
    ("kind", "value", "status"),
    [
        ("count", Decimal("1.5"), "out_of_range"),
        ("count", Decimal(2), "scored"),
        ("number", Decimal("1.5"), "scored"),
        ("number", Decimal(11), "out_of_range"),
        ("number", Decimal("0.5"), "out_of_range"),
        ("number", Decimal("Infinity"), "out_of_range"),
        ("number", Decimal("1.500000"), "scored"),
        ("number", Decimal("1.50000000"), "scored"),
        ("number", Decimal("1.5000001"), "out_of_range"),
        ("number", Decimal("1E-999999"), "out_of_range"),
        ("boolean", Decimal(2), "out_of_range"),
        ("class", Decimal(2), "out_of_range"),
        ("number", "many", "out_of_range"),
    ],
)
def test_a_figure_that_its_input_does_not_allow_has_no_points(
    kind: str, value: object, status: str
) -> None:
    tree = replace(leaf("r", "ratio", 20, numerator="n"), parameters=Parameters(out_of=Decimal(10)))
    method = method_of(tree)
    entry = replace(method.inputs[0], kind=kind, min=Decimal(1), max=Decimal(10))
    (result,) = score(replace(method, inputs=(entry,)), seen({"A": {"n": value}}))
    assert result.status == status
    assert (result.points is None) == (status != "scored")


def test_ranks_share_places_break_ties_and_put_bodies_without_value_last() -> None:
    tree = node("u", "unscored", None, {"addend": ["x", "y"]}, ranking="index")
    figures = {
        "A": {"x": 3, "y": 1},
        "B": {"x": 2, "y": 2},
        "C": {"x": 3, "y": 1},
        "D": {"x": 0, "y": 1},
        "E": {"x": None, "y": 1},
        "F": {},
    }

    def ranks(**policy: object) -> list[int | None]:
        method = method_of(tree, rankings=(replace(RANKING, **policy),))  # type: ignore[arg-type]
        return [s.rank for s in score(method, seen(figures), list(figures))]

    assert ranks() == [1, 1, 1, 4, None, None]
    assert ranks(missing="last_rank") == [1, 1, 1, 4, 6, 6]
    assert ranks(tie_break=("y",)) == [2, 1, 2, 4, None, None]


def test_ranks_on_printed_values_share_what_prints_alike() -> None:
    tree = replace(leaf("r", "ratio", 1, numerator="n", denominator="d"), ranking="index")
    figures = {"A": {"n": 58321, "d": 100000}, "B": {"n": 58319, "d": 100000}}
    exact = method_of(tree, rankings=(RANKING,))
    assert [s.rank for s in score(exact, seen(figures))] == [1, 2]
    printed = method_of(tree, rankings=(replace(RANKING, on="printed"),))
    assert [s.rank for s in score(printed, seen(figures))] == [1, 1]
