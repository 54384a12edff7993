"""Draws of weights, normalisations and dropped parts: the same on every machine, and what a slow
recomputation in whole numbers says."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
from analysis_samples import composition_of

from assets.analysis import draws
from assets.analysis.composition import Composition
from assets.analysis.draws import VALUE_UNITS, VARIANTS, WEIGHT_UNITS, drawn, drawn_weights

WEIGHTS = {"a": "0.1", "b": "0.2", "c": "0.3", "d": "0.4"}


def sample(bodies: int = 9, seed: int = 4) -> Composition:
    draw = random.Random(seed)  # noqa: S311 - data for tests
    values = {
        f"P-{number:02}": {part: f"0.{draw.randint(0, 9999):04}" for part in WEIGHTS}
        for number in range(bodies)
    }
    values["P-03"] = dict(values["P-02"])  # a tie in every draw
    return composition_of(values, WEIGHTS)


def slowly(composition: Composition, many: int, seed: int) -> list[list[int]]:
    """Ranks by draw and body in Python's whole numbers, from the rules as they are written."""
    bodies, parts = sorted(composition.values), list(composition.weights)
    raw = [int(n) for n in np.random.PCG64(seed).random_raw(many * (len(parts) + 2))]
    rows = []
    for number in range(many):
        numbers = raw[number * (len(parts) + 2) :][: len(parts) + 2]
        below = [
            ((n >> 32) * limit) >> 32
            for n, limit in zip(numbers, [51] * len(parts) + [2 * len(parts), 4], strict=True)
        ]
        weights = [
            0 if below[len(parts)] == place
            else round(composition.weights[part] * WEIGHT_UNITS) * (75 + below[place])
            for place, part in enumerate(parts)
        ]  # fmt: skip
        variant = VARIANTS[below[-1]]
        columns = [
            draws._NORMALISE[variant](
                *draws.whole_column([composition.share(body, part) for body in bodies])
            )
            for part in parts
        ]
        totals = [
            sum(w * column[place] for w, column in zip(weights, columns, strict=True))
            for place in range(len(bodies))
        ]
        rows.append([1 + sum(other > own for other in totals) for own in totals])
    return rows


def test_ranks_are_those_of_a_slow_recomputation() -> None:
    composition, many = sample(), 300
    rows = slowly(composition, many, seed=11)
    found = drawn(composition, many, seed=11)
    for place in range(len(found.bodies)):
        ranks = sorted(row[place] for row in rows)
        assert (found.low[place], found.median[place], found.high[place]) == (
            ranks[14],
            ranks[149],
            ranks[284],
        )
    for first in range(len(found.bodies)):
        for second in range(len(found.bodies)):
            wins = sum(row[first] < row[second] for row in rows)
            assert found.above[first, second] == wins


def test_the_draws_are_the_same_for_ever() -> None:
    weights, variant = drawn_weights([Fraction(1, 4), Fraction(3, 4)], 3, 62)
    assert weights.astype(int).tolist() == [[265000, 847500], [275000, 915000], [292500, 652500]]
    assert variant.tolist() == [1, 3, 0]


def test_weights_stay_within_a_quarter_and_every_rule_is_used() -> None:
    weights, variant = drawn_weights([Fraction(1, 4)] * 4, 2000, 5)
    kept = weights[weights > 0]
    assert kept.min() == 2500 * 75
    assert kept.max() == 2500 * 125
    dropped = (weights == 0).sum(axis=1)
    assert set(dropped.tolist()) == {0, 1}
    assert 850 < dropped.sum() < 1150
    assert set(variant.tolist()) == {0, 1, 2, 3}


def test_two_parts_are_never_dropped() -> None:
    weights, _ = drawn_weights([Fraction(1, 2)] * 2, 500, 5)
    assert (weights > 0).all()


def test_the_order_of_bodies_does_not_matter() -> None:
    composition = sample()
    names = sorted(composition.values)
    renamed = dict(zip(names, reversed(names), strict=True))
    turned = Composition(
        composition.basis, composition.weights, composition.scale, composition.total_scale,
        {renamed[body]: own for body, own in composition.values.items()}, composition.trust,
    )  # fmt: skip
    one, other = drawn(composition, 400), drawn(turned, 400)
    for body in names:
        here, there = one.bodies.index(body), other.bodies.index(renamed[body])
        assert (one.low[here], one.median[here], one.high[here]) == (
            other.low[there],
            other.median[there],
            other.high[there],
        )


def test_low_median_and_high_are_in_order_and_ties_are_ties() -> None:
    found = drawn(sample(), 500)
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()
    two, three = found.bodies.index("P-02"), found.bodies.index("P-03")
    assert found.above[two, three] == found.above[three, two] == 0
    assert (np.diag(found.above) == 0).all()


def test_totals_are_whole_numbers_below_what_a_float_holds() -> None:
    values = {f"P-{n:03}": {part: str(int(n == 0)) for part in WEIGHTS} for n in range(200)}
    composition = composition_of(values, WEIGHTS)
    parts = tuple(WEIGHTS)
    shares = {p: [composition.share(b, p) for b in sorted(values)] for p in parts}
    largest = max(abs(matrix).max() for matrix in draws.normalised(shares, parts))
    assert largest > 10 * VALUE_UNITS  # a body far from all others
    assert largest * WEIGHT_UNITS * 125 < 2**53


def test_a_column_without_spread_ranks_nobody() -> None:
    flat = composition_of({b: {"a": "0.5", "b": "0.5"} for b in "ABC"}, {"a": "0.5", "b": "0.5"})
    found = drawn(flat, 50)
    assert found.low.tolist() == found.high.tolist() == [1, 1, 1]
