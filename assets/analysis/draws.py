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

import numpy as np
import numpy.typing as npt

from assets.analysis.composition import Composition
from assets.analysis.numbers import root

DRAWS = 2000
SEED = 20170509

#: Units of a normalised value, and of all weights together: with 125 % of each and z-scores of
#: at most 14 (200 bodies) a total stays below 2^53.
VALUE_UNITS, WEIGHT_UNITS = 10**8, 10**4
VARIANTS = ("published", "min_max", "z_score", "rank")

#: Numbers compared at once: draws x bodies x bodies.
CHUNK = 1 << 22

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
    made: list[list[list[int]]] = [
        [_NORMALISE[v](shares[part]) for part in parts] for v in VARIANTS
    ]
    return [np.array(rows, dtype=np.float64) for rows in made]


def _units(value: Fraction) -> int:
    return round(value * VALUE_UNITS)


def _published(values: Sequence[Fraction]) -> list[int]:
    return [_units(value) for value in values]


def _min_max(values: Sequence[Fraction]) -> list[int]:
    low, span = min(values), max(values) - min(values)
    return [_units((value - low) / span) if span else 0 for value in values]


def _z_score(values: Sequence[Fraction]) -> list[int]:
    mean = sum(values, Fraction(0)) / len(values)
    deviation = root(sum(((v - mean) ** 2 for v in values), Fraction(0)) / len(values), 18)
    return [_units((value - mean) / deviation) if deviation else 0 for value in values]


def _rank(values: Sequence[Fraction]) -> list[int]:
    ordered = sorted(values)
    others = max(len(values) - 1, 1)
    made = []
    for value in values:
        below, up_to = bisect_left(ordered, value), bisect_right(ordered, value)
        made.append(_units(Fraction(below + up_to - 1, 2 * others)))
    return made


_NORMALISE: dict[str, Callable[[Sequence[Fraction]], list[int]]] = {
    "published": _published,
    "min_max": _min_max,
    "z_score": _z_score,
    "rank": _rank,
}


def ranked(totals: Floats) -> tuple[Ints, Ints]:
    """Competition ranks by draw and body, and how often each body is above each other."""
    draws, bodies = totals.shape
    ranks = np.empty((draws, bodies), dtype=np.int64)
    above = np.zeros((bodies, bodies), dtype=np.int64)
    step = max(1, CHUNK // (bodies * bodies))
    for start in range(0, draws, step):
        part = totals[start : start + step]
        higher = part[:, :, None] > part[:, None, :]
        ranks[start : start + step] = 1 + higher.sum(axis=1)
        above += higher.sum(axis=0)
    return ranks, above
