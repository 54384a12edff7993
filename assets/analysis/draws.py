"""How sure a rank is: ranks over many draws of weights, normalisation and dropped parts.

Every number is a whole number, held in 64-bit floats only where it stays below 2^53: sums are then
exact in any order, and every machine finds the same ranks. Rules of a draw:

- each weight times 75 % to 125 %, in whole percents, each as likely as another;
- one of four normalisations, each as likely: as published (share of the maximum), min-max, z-score,
  rank (share of the bodies that are beaten, half for ties);
- one part dropped in half of the draws, each as likely; never, if there are fewer than three.

The random numbers are the raw stream of PCG64, which no version of numpy changes.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt, lcm

import numpy as np
import numpy.typing as npt

from assets.analysis.composition import Composition

DRAWS = 2000
SEED = 20170509

#: Units of a normalised value, and of all weights together: with 125 % of each and z-scores of
#: at most 14 (200 bodies) a total stays below 2^53.
VALUE_UNITS, WEIGHT_UNITS = 10**8, 10**4
VARIANTS = ("published", "min_max", "z_score", "rank")

#: What a root is multiplied by before it is cut.
_ROOT = 10**18

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Drawn:
    """What the draws say. `low`, `median`, `high` by body in the order of `bodies`; `above[a, b]`
    counts the draws in which a ranks above b, so that ties are what is left."""

    bodies: tuple[str, ...]
    low: Ints
    median: Ints
    high: Ints
    above: Ints
    draws: int
    seed: int


def drawn(composition: Composition, draws: int = DRAWS, seed: int = SEED) -> Drawn:
    """Ranks of the bodies of a total over the draws; bodies in the order of their codes."""
    bodies = tuple(sorted(composition.values))
    parts = tuple(composition.weights)
    shares = {part: [composition.share(body, part) for body in bodies] for part in parts}
    variants = normalised(shares, parts)
    weights, variant = drawn_weights([composition.weights[part] for part in parts], draws, seed)
    totals = np.empty((draws, len(bodies)))
    for number, values in enumerate(variants):
        chosen = variant == number
        totals[chosen] = weights[chosen] @ values
    ranks, above = ranked(totals)
    ordered = np.sort(ranks, axis=0)
    return Drawn(
        bodies,
        low=ordered[(draws * 5 + 99) // 100 - 1],
        median=ordered[(draws + 1) // 2 - 1],
        high=ordered[(draws * 95 + 99) // 100 - 1],
        above=above,
        draws=draws,
        seed=seed,
    )


def drawn_weights(
    weights: Sequence[Fraction], draws: int, seed: int
) -> tuple[Floats, npt.NDArray[np.uint64]]:
    """Weights by draw and part, whole numbers, and the number of the variant of each draw."""
    many = len(weights)
    raw = np.random.PCG64(seed).random_raw(draws * (many + 2)).reshape(draws, many + 2)
    units = np.array([round(weight * WEIGHT_UNITS) for weight in weights], dtype=np.float64)
    drawn_units = units * (75 + _below(raw[:, :many], 51)).astype(np.float64)
    if many > 2:
        dropped = _below(raw[:, many], 2 * many)
        drawn_units[dropped[:, None] == np.arange(many, dtype=np.uint64)] = 0
    return drawn_units, _below(raw[:, many + 1], len(VARIANTS))


def _below(raw: npt.NDArray[np.uint64], limit: int) -> npt.NDArray[np.uint64]:
    """Whole numbers from 0 to limit - 1 from raw 64-bit ones."""
    return ((raw >> np.uint64(32)) * np.uint64(limit)) >> np.uint64(32)


def normalised(shares: Mapping[str, Sequence[Fraction]], parts: Sequence[str]) -> list[Floats]:
    """One matrix a variant, parts by bodies, in whole units."""
    columns = [whole_column(shares[part]) for part in parts]
    return [
        np.array([_NORMALISE[variant](*column) for column in columns], dtype=np.float64)
        for variant in VARIANTS
    ]


def whole_column(values: Sequence[Fraction]) -> tuple[list[int], int]:
    """The values as whole numbers of a common unit, and how many units are 1."""
    common = lcm(*(value.denominator for value in values))
    return [value.numerator * (common // value.denominator) for value in values], common


def _units(numerator: int, denominator: int) -> int:
    """A quotient in units of a normalised value, rounded half up."""
    return (2 * numerator * VALUE_UNITS + denominator) // (2 * denominator)


def _published(values: Sequence[int], one: int) -> list[int]:
    return [_units(value, one) for value in values]


def _min_max(values: Sequence[int], one: int) -> list[int]:
    low, span = min(values), max(values) - min(values)
    return [_units(value - low, span) if span else 0 for value in values]


def _z_score(values: Sequence[int], one: int) -> list[int]:
    """(n x - sum) / root(n sum of squares - square of sum), the root cut to 18 further digits."""
    many, total = len(values), sum(values)
    spread = many * sum(value * value for value in values) - total * total
    root = isqrt(spread * _ROOT * _ROOT)
    return [_units((many * value - total) * _ROOT, root) if root else 0 for value in values]


def _rank(values: Sequence[int], one: int) -> list[int]:
    ordered = sorted(values)
    others = max(len(values) - 1, 1)
    return [
        _units(bisect_left(ordered, value) + bisect_right(ordered, value) - 1, 2 * others)
        for value in values
    ]


_NORMALISE: dict[str, Callable[[Sequence[int], int], list[int]]] = {
    "published": _published,
    "min_max": _min_max,
    "z_score": _z_score,
    "rank": _rank,
}


def ranked(totals: Floats) -> tuple[Ints, Ints]:
    """Competition ranks by draw and body, and how often each body is above each other."""
    draws, bodies = totals.shape
    order = np.argsort(-totals, axis=1, kind="stable")
    ordered = np.take_along_axis(totals, order, axis=1)
    place = np.arange(1, bodies + 1, dtype=np.int64)
    first = np.ones((draws, bodies), dtype=bool)
    first[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    ranks = np.empty((draws, bodies), dtype=np.int64)
    np.put_along_axis(ranks, order, np.maximum.accumulate(np.where(first, place, 0), axis=1), 1)
    by_body = np.ascontiguousarray(ranks.T.astype(np.int16))
    above = np.array([np.count_nonzero(own < by_body, axis=1) for own in by_body], dtype=np.int64)
    return ranks, above
