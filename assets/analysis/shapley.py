"""Exact Shapley values over a few factors, and parts that add up when they are written down.

Pure arithmetic. Belongs here: how a change is shared among factors. Does not belong here: what the
factors are and what a world is worth (`counterfactual`, `rank_parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from math import factorial, floor

#: The factors that stand as in the later year; the others stand as in the earlier one.
World = frozenset[str]


def worlds(factors: Sequence[str]) -> list[World]:
    """Every world between the two years, the earlier year first, the later one last."""
    return [
        frozenset(chosen)
        for size in range(len(factors) + 1)
        for chosen in combinations(factors, size)
    ]


def shapley(factors: Sequence[str], worth: Callable[[World], Fraction]) -> dict[str, Fraction]:
    """What each factor adds, on average over all orders in which they can change.

    The parts add up to `worth(all) - worth(none)` exactly; a factor that changes nothing gets 0;
    the order of `factors` does not matter. `worth` is asked once for each world.
    """
    known = {world: worth(world) for world in worlds(factors)}
    many = len(factors)
    parts = {}
    for factor in factors:
        part = Fraction(0)
        for world, value in known.items():
            if factor not in world:
                orders = factorial(len(world)) * factorial(many - len(world) - 1)
                part += Fraction(orders, factorial(many)) * (known[world | {factor}] - value)
        parts[factor] = part
    return parts


def apportioned(parts: Mapping[str, Fraction], decimals: int) -> dict[str, Fraction]:
    """The parts with that many decimals, adding up to their exact sum by largest remainders: each
    is cut, and the units left go to the largest cut-off rests, in the order given where rests are
    equal. The sum must itself have no more decimals; ValueError otherwise."""
    scale = 10**decimals
    total = sum(parts.values(), Fraction(0)) * scale
    if total.denominator != 1:
        raise ValueError(f"the sum of the parts has more than {decimals} decimals")
    cut = {name: floor(part * scale) for name, part in parts.items()}
    left = int(total) - sum(cut.values())
    by_rest = sorted(parts, key=lambda name: cut[name] - parts[name] * scale)
    for name in by_rest[:left]:
        cut[name] += 1
    return {name: Fraction(units, scale) for name, units in cut.items()}
