"""Two years of one computed block, and every world between them, by the method's own engine.

Factors of a score: `own` figures of the body; `frontier`, the figures of the others, which move the
best of the block; `method` (tree, formulas, maxima, weights); `missing` (the rules for what is
missing or does not apply); `universe`, the bodies of the block. Of a rank: own, peers, method (with
its rules for what is missing), universe. A body that is in one universe only has the same figures
in every world: its coming or going is `universe`, and nothing else.

Belongs here: what a body would have in a world. Does not belong here: rows (`score_parts`,
`rank_parts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from assets.analysis.shapley import World
from assets.method.engine import (
    NodeScore,
    Observed,
    best_rates,
    declared,
    rank_key,
    score_one,
)
from assets.method.model import Method, Node

SCORE_FACTORS = ("own", "frontier", "method", "missing", "universe")
RANK_FACTORS = ("own", "peers", "method", "universe")

#: The best rate of each criterion that is relative to the best, in tree order.
_BestTuple = tuple[tuple[str, Fraction | None], ...]


@dataclass(frozen=True)
class Side:
    """One year of a block: its method and the figures of every member by body."""

    method: Method
    observed: Mapping[str, Observed]


class Between:
    """The worlds between two years of a block. Years are False (earlier) and True (later)."""

    def __init__(self, before: Side, after: Side) -> None:
        self._sides = {False: before, True: after}
        self._scores: dict[tuple[bool, bool, str, bool, _BestTuple], dict[str, NodeScore]] = {}
        self._rates: dict[tuple[bool, bool, str], dict[str, Fraction | None]] = {}
        self._declared: dict[tuple[bool, bool, str], Observed] = {}
        self._members = {year: sorted(side.observed) for year, side in self._sides.items()}

    @cached_property
    def changed(self) -> frozenset[str]:
        """Factors that can change anything: the others would get 0."""
        before, after = self._sides[False], self._sides[True]
        same_rules = self._policies(False) == self._policies(True)
        # The later tree under the earlier rules, for what is the tree's own.
        tree = replace(
            after.method,
            missing=before.method.missing,
            not_applicable=before.method.not_applicable,
            file=before.method.file,
            sha256=before.method.sha256,
        )
        relative = any(
            node.kind == "normalised_block_max"
            for side in (before, after)
            for _, node in side.method.walk()
        )
        return frozenset(
            name
            for name, moved in (
                ("own", True),
                ("peers", True),
                ("frontier", relative),
                ("method", tree != before.method),
                ("missing", not same_rules),
                ("universe", before.observed.keys() != after.observed.keys()),
            )
            if moved
        )

    def score_factors(self) -> tuple[str, ...]:
        """Factors of a score that can change anything."""
        return tuple(factor for factor in SCORE_FACTORS if factor in self.changed)

    def rank_factors(self) -> tuple[str, ...]:
        """Factors of a rank that can change anything."""
        moved = self.changed | ({"method"} if "missing" in self.changed else frozenset())
        return tuple(factor for factor in RANK_FACTORS if factor in moved)

    def _policies(self, year: bool) -> tuple[object, object]:
        method = self._sides[year].method
        return method.missing.value, method.not_applicable.value

    @cached_property
    def _methods(self) -> dict[tuple[bool, bool], Method]:
        """Method by the year of its tree and the year of its rules for what is missing."""
        return {
            (tree, rules): replace(
                self._sides[tree].method,
                missing=self._sides[rules].method.missing,
                not_applicable=self._sides[rules].method.not_applicable,
            )
            for tree in (False, True)
            for rules in (False, True)
        }

    def _figures(self, tree: bool, year: bool, body: str) -> Observed:
        """Figures of a body in a year, as the method of `tree` takes them; those of the other
        year where it was no member in this one."""
        key = (tree, year, body)
        if key not in self._declared:
            held = self._sides[year].observed
            found = held[body] if body in held else self._sides[not year].observed[body]
            self._declared[key] = declared(self._sides[tree].method, found)
        return self._declared[key]

    def _rate(self, tree: bool, year: bool, body: str) -> dict[str, Fraction | None]:
        key = (tree, year, body)
        if key not in self._rates:
            method = self._sides[tree].method
            self._rates[key] = best_rates(method, [self._figures(tree, year, body)])
        return self._rates[key]

    def _best(self, tree: bool, universe: bool, peers: bool, body: str, own: bool) -> _BestTuple:
        rates = [
            self._rate(tree, own if member == body else peers, member)
            for member in {*self._members[universe], body}
        ]
        slugs = rates[0].keys()
        return tuple(
            (slug, max((r for rate in rates if (r := rate[slug]) is not None), default=None))
            for slug in slugs
        )

    def _scored(
        self, tree: bool, rules: bool, body: str, year: bool, best: _BestTuple
    ) -> dict[str, NodeScore]:
        key = (tree, rules, body, year, best)
        if key not in self._scores:
            method = self._methods[tree, rules]
            figures = self._figures(tree, year, body)
            self._scores[key] = score_one(method, body, figures, dict(best))
        return self._scores[key]

    def scores(self, body: str, world: World) -> dict[str, NodeScore]:
        """What the body has at every node in a world of score factors."""
        tree, own = "method" in world, "own" in world
        best = self._best(tree, "universe" in world, "frontier" in world, body, own)
        return self._scored(tree, "missing" in world, body, own, best)

    def method(self, world: World) -> Method:
        """The method in force in a world."""
        return self._methods["method" in world, "missing" in world]

    def rank(self, body: str, slug: str, world: World) -> int | None:
        """The rank of the body at a ranked node in a world of rank factors; null where it is
        not ranked."""
        tree, own, peers = "method" in world, "own" in world, "peers" in world
        universe = "universe" in world
        method = self._methods[tree, tree]
        node = node_of(method, slug)
        if node is None or node.ranking is None:
            return None
        ranking = method.ranking(node.ranking)
        best = self._best(tree, universe, peers, body, own)

        def key(member: str, year: bool) -> tuple[Fraction, ...] | None:
            made = self._scored(tree, tree, member, year, best)[slug]
            return rank_key(made, ranking, method.decimals, self._figures(tree, year, member))

        mine = key(body, own)
        others = [key(m, peers) for m in self._members[universe] if m != body]
        if mine is None:
            return len(others) + 1 if ranking.missing == "last_rank" else None
        return 1 + sum(other > mine for other in others if other is not None)


def node_of(method: Method, slug: str) -> Node | None:
    """The node of that slug, null if the method has none."""
    return next((node for _, node in method.walk() if node.slug == slug), None)


def contributions(
    method: Method, slug: str, scores: Mapping[str, NodeScore]
) -> dict[str, Fraction] | None:
    """What each criterion beneath a node contributes to the node's value, by slug; null if the
    node has no value.

    Criteria of a sum contribute their points by the maximum that applies; those of a weighted sum
    by their weight; of several cases the first best one contributes all. They add up to the value
    but for its rounding.
    """
    node = node_of(method, slug)
    if node is None or scores[slug].value is None:
        return None
    found: dict[str, Fraction] = {}
    if not node.is_scored or scores[slug].max_points in (None, 0):
        return {slug: scores[slug].value or Fraction(0)}
    _share_out(node, Fraction(1) / (scores[slug].max_points or 1), scores, found)
    return found


def _share_out(
    node: Node, share: Fraction, scores: Mapping[str, NodeScore], into: dict[str, Fraction]
) -> None:
    """Shares out the points of a node, each point worth `share` of the value."""
    own = scores[node.slug]
    below = [
        child
        for child in node.children
        if child.is_scored and scores[child.slug].points is not None
    ]
    if node.kind == "best_of" and below:
        best = max(below, key=lambda child: scores[child.slug].points or Fraction(0))
        most = scores[best.slug].points
        scale = (own.points or Fraction(0)) / most if most else Fraction(0)
        _share_out(best, share * scale, scores, into)
    elif node.kind == "sum":
        for child in below:
            _share_out(child, share, scores, into)
    elif node.kind == "weighted_sum":
        for child in node.children:
            value, maximum = scores[child.slug].value, scores[child.slug].max_points
            worth = share * Fraction(child.weight or 0) * Fraction(node.max_points or 0)
            if scores[child.slug].points is not None and maximum:
                _share_out(child, worth / maximum, scores, into)
            elif child.is_scored and value is not None:  # a value without a known maximum
                into[child.slug] = into.get(child.slug, Fraction(0)) + worth * value
    else:
        into[node.slug] = into.get(node.slug, Fraction(0)) + (own.points or Fraction(0)) * share
