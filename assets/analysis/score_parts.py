"""Rows of ana_score_changes: the change of a score between two years, in parts that add up exactly.

Belongs here: published totals by published categories, computed ones by criterion and factor. Does
not belong here: the worlds between two years (`counterfactual`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from assets.analysis.composition import Composition
from assets.analysis.counterfactual import Between, contributions
from assets.analysis.lists import ListKey
from assets.analysis.numbers import written
from assets.analysis.pairs import Pair
from assets.analysis.shapley import World, shapley, worlds

#: Decimals of a part as written.
DECIMALS = 15

#: Part of a change by item and factor.
Parts = Mapping[tuple[str, str], Fraction]


def score_rows(
    pair: Pair, compositions: Mapping[ListKey, Composition], between: Between | None
) -> Iterator[dict[str, Any]]:
    """The rows of one pair; none where the two are not comparable or a value is missing.

    `between` holds the worlds of a computed pair. The rounding row takes what is left, so that
    the parts as written add up to the change.
    """
    change = pair.score_change
    if change is None:
        return
    if between is not None:
        basis, parts = "criteria", _by_criteria(pair, between, change)
    else:
        basis, parts = _by_categories(pair, compositions, change)
    category = pair.after.key.category
    about = {**pair.about(), "basis": basis, "score_change": written(change, DECIMALS)}
    left = change
    for (item, factor), part in parts.items():
        rounded = round(part, DECIMALS)
        left -= rounded
        if rounded:
            yield {**about, "item": item, "factor": factor, "part": written(rounded, DECIMALS)}
    yield {**about, "item": category, "factor": "rounding", "part": written(left, DECIMALS)}


def _by_categories(
    pair: Pair, compositions: Mapping[ListKey, Composition], change: Fraction
) -> tuple[str, Parts]:
    """By published category, if all of them are published in both years; else the whole change
    as the body's own."""
    before, after = compositions.get(pair.before.key), compositions.get(pair.after.key)
    if before is None or after is None or {before.basis, after.basis} != {"categories"}:
        return "total", {(pair.after.key.category, "own"): change}
    body = pair.body_code
    return "categories", {
        (item, "own"): after.contribution(body, item) - before.contribution(body, item)
        for item in after.weights
    }


def _by_criteria(pair: Pair, between: Between, change: Fraction) -> Parts:
    """By criterion and factor. Where a world between the two years has no score, the factors
    cannot be told apart: one part, `joint`."""
    category, factors = pair.after.key.category, between.score_factors()
    found: dict[World, dict[str, Fraction]] = {}
    for world in worlds(factors):
        scores = between.scores(pair.body_code, world)
        parts = contributions(between.method(world), category, scores)
        if parts is None:
            return {(category, "joint"): change}
        found[world] = parts
    made = {}
    for item in dict.fromkeys(item for parts in found.values() for item in parts):
        own = {world: parts.get(item, Fraction(0)) for world, parts in found.items()}
        for factor, part in shapley(factors, own.__getitem__).items():
            made[item, factor] = part
    return made
