"""Two made-up years under random methods: parts of scores and ranks against a slow recomputation of
whole blocks by the reference engine, over all orders in which the factors can change."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import permutations

import pytest
from random_blocks import Block, block_of

from assets.analysis.counterfactual import Between, Side, contributions
from assets.analysis.shapley import World, shapley, worlds
from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation
from assets.method.model import Method

SEEDS = range(40)

Years = tuple[Block, Block]


def two_years(seed: int) -> Years:
    """A random block, and the same method a year later: other figures for most bodies, one body
    gone and one come, and for some seeds other maxima and the other rule for not applicable."""
    before, draw = block_of(seed), random.Random(seed)  # noqa: S311 - data for tests
    observations = {
        place: draw.choice([observation, *before.observations.values()])
        if draw.random() < 0.3
        else observation
        for place, observation in before.observations.items()
    }
    bodies = before.bodies
    if len(bodies) > 2 and draw.random() < 0.6:
        gone, copied = bodies[-1], bodies[0]
        bodies = (*bodies[:-1], "NEW")
        for (body, code), observation in list(observations.items()):
            if body == gone:
                del observations[body, code]
            elif body == copied:
                observations["NEW", code] = observation
    method = before.method
    if draw.random() < 0.5:
        method = replace(method, roots=tuple(_doubled(root) for root in method.roots))
    if draw.random() < 0.5:
        policies = {"leaves_maximum": "keeps_maximum", "keeps_maximum": "leaves_maximum"}
        rule = method.not_applicable
        method = replace(method, not_applicable=replace(rule, value=policies[rule.value]))
    return before, Block(method, bodies, observations)


def _doubled(node):  # type: ignore[no-untyped-def]
    maximum = None if node.max_points is None else node.max_points * 2
    children = tuple(_doubled(child) for child in node.children)
    return replace(node, max_points=maximum, children=children)


def side(block: Block) -> Side:
    observed: dict[str, dict[str, Observation]] = {body: {} for body in block.bodies}
    for (body, code), observation in block.observations.items():
        observed[body][code] = observation
    return Side(block.method, observed)


def slow_scores(years: Years, body: str, world: Mapping[str, bool]) -> dict[str, NodeScore]:
    """The whole block of a world, scored by the engine; the body's scores by slug.

    `world` says of own, peers, method, missing and universe whether it stands as in the later year.
    """
    tree, rules = years[world["method"]].method, years[world["missing"]].method
    method: Method = replace(tree, missing=rules.missing, not_applicable=rules.not_applicable)
    members = {*years[world["universe"]].bodies, body}
    observed = {}
    for member in members:
        later = world["own"] if member == body else world["peers"]
        year = years[later] if member in years[later].bodies else years[not later]
        for (who, code), observation in year.observations.items():
            if who == member:
                observed[who, code] = observation
    return {s.slug: s for s in score(method, observed, sorted(members)) if s.body_code == body}


def by_orders(factors: tuple[str, ...], worth: Callable[[World], Fraction]) -> dict[str, Fraction]:
    parts = dict.fromkeys(factors, Fraction(0))
    orders = list(permutations(factors))
    for order in orders:
        world: World = frozenset()
        for factor in order:
            parts[factor] += (worth(world | {factor}) - worth(world)) / len(orders)
            world = world | {factor}
    return parts


def ranked(block: Block) -> list[str]:
    return [node.slug for _, node in block.method.walk() if node.ranking is not None]


def staying(years: Years) -> list[str]:
    return [body for body in years[0].bodies if body in years[1].bodies]


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_of_every_world_are_those_of_the_whole_block(seed: int) -> None:
    years = two_years(seed)
    between = Between(side(years[0]), side(years[1]))
    factors = between.score_factors()
    for body in staying(years)[:3]:
        for world in worlds(factors):
            named = {
                "own": "own" in world, "peers": "frontier" in world, "method": "method" in world,
                "missing": "missing" in world, "universe": "universe" in world,
            }  # fmt: skip
            slow = slow_scores(years, body, named)
            found = between.scores(body, world)
            assert {s: one.value for s, one in found.items()} == {
                s: one.value for s, one in slow.items()
            }
            for slug in ranked(years[0]):
                shared = contributions(between.method(world), slug, found)
                if slow[slug].value is None:
                    assert shared is None
                else:
                    assert shared is not None
                    assert abs(sum(shared.values()) - slow[slug].value) < Fraction(1, 10**9)


@pytest.mark.parametrize("seed", SEEDS)
def test_parts_of_a_rank_are_the_mean_over_all_orders(seed: int) -> None:
    years = two_years(seed)
    between = Between(side(years[0]), side(years[1]))
    factors = ("own", "peers", "method", "universe")
    for body in staying(years)[:2]:
        for slug in ranked(years[0])[:2]:
            slow = {}
            for world in worlds(factors):
                rule = "method" in world
                named = {
                    "own": "own" in world, "peers": "peers" in world, "method": rule,
                    "missing": rule, "universe": "universe" in world,
                }  # fmt: skip
                slow[world] = slow_scores(years, body, named)[slug].rank
            found = {world: between.rank(body, slug, world) for world in slow}
            assert found == slow
            if None in slow.values():
                continue
            worth = {world: Fraction(rank or 0) for world, rank in slow.items()}
            expected = by_orders(factors, worth.__getitem__)
            asked = between.rank_factors()
            made = shapley(asked, worth.__getitem__)
            assert expected == {name: made.get(name, Fraction(0)) for name in factors}
            assert sum(made.values()) == worth[frozenset(factors)] - worth[frozenset()]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_names_and_order_of_bodies_do_not_matter(seed: int) -> None:
    years = two_years(seed)
    names = sorted({*years[0].bodies, *years[1].bodies})
    renamed = dict(zip(names, reversed(names), strict=True))

    def turned(block: Block) -> Block:
        observations = {(renamed[b], c): o for (b, c), o in block.observations.items()}
        return Block(block.method, tuple(renamed[b] for b in block.bodies), observations)

    here = Between(side(years[0]), side(years[1]))
    there = Between(side(turned(years[0])), side(turned(years[1])))
    assert here.score_factors() == there.score_factors()
    for body in staying(years)[:2]:
        for world in worlds(here.rank_factors()):
            for slug in ranked(years[0])[:2]:
                assert here.rank(body, slug, world) == there.rank(renamed[body], slug, world)
