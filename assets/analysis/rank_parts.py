"""Parts of a change of rank: the body itself, its peers, the method, the universe, and what the
print hides. They add up to the places gained exactly.

Belongs here: counterfactual ranks of a pair. Does not belong here: sentences (`sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from assets.analysis.counterfactual import Between
from assets.analysis.numbers import written
from assets.analysis.pairs import Pair
from assets.analysis.shapley import World, apportioned, shapley, worlds

#: Decimals of a part: halves, sixths and twenty-fourths of a place are written in millionths.
DECIMALS = 6

Values = Mapping[str, Fraction | None]
PARTS = ("own", "peers", "method", "universe")


def rank_parts(pair: Pair, between: Between | None) -> dict[str, Decimal | None]:
    """The columns own_part to rounding_part; all null where the two cannot be compared, a rank is
    missing, or a world between the two years has no rank."""
    none: dict[str, Decimal | None] = {f"{name}_part": None for name in (*PARTS, "rounding")}
    gained = pair.places_gained
    if not pair.is_comparable or gained is None:
        return none
    ranks = _computed(pair, between) if between is not None else _published(pair)
    if ranks is None:
        return none
    factors, found = ranks
    parts = {name: -part for name, part in shapley(factors, found.__getitem__).items()}
    whole = apportioned(parts, DECIMALS)
    hidden = gained - sum(whole.values(), Fraction(0))
    full = {**{name: whole.get(name, Fraction(0)) for name in PARTS}, "rounding": hidden}
    return {f"{name}_part": written(part, DECIMALS) for name, part in full.items()}


#: Factors that can change anything, and the rank in every world.
_Ranks = tuple[tuple[str, ...], dict[World, Fraction]]


def _published(pair: Pair) -> _Ranks | None:
    """Counterfactual ranks by published values. Both years stand under one method."""
    before, after = pair.before.values, pair.after.values
    moved = ("universe",) if before.keys() != after.keys() else ()
    factors = ("own", "peers", *moved)
    return factors, {
        world: Fraction(_rank(pair.body_code, before, after, world)) for world in worlds(factors)
    }


def _rank(body: str, before: Values, after: Values, world: World) -> int:
    """The rank of a body by the values of a world; without a value it shares the last."""
    members = (after if "universe" in world else before).keys() | {body}

    def value(member: str, later: bool) -> Fraction | None:
        year, other = (after, before) if later else (before, after)
        return year[member] if member in year else other[member]

    own = value(body, "own" in world)
    if own is None:
        return len(members)
    others = (value(member, "peers" in world) for member in members if member != body)
    return 1 + sum(other > own for other in others if other is not None)


def _computed(pair: Pair, between: Between) -> _Ranks | None:
    factors = between.rank_factors()
    found = {}
    for world in worlds(factors):
        rank = between.rank(pair.body_code, pair.after.key.category, world)
        if rank is None:
            return None
        found[world] = Fraction(rank)
    return factors, found
