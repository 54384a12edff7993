"""The arithmetic of methods without any rounding, for settled figures: what the engine must stay
near to. Knows only the kinds that the property tests draw, and leaves policies aside."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

from assets.method.model import Node

Figures = Mapping[str, Fraction]


def half_up(value: Fraction, decimals: int) -> Fraction:
    """The value rounded half up to that many decimals."""
    return Fraction(math.floor(value * 10**decimals + Fraction(1, 2)), 10**decimals)


def _rate(node: Node, figures: Figures) -> Fraction | None:
    by_role = {use.role: figures[use.code] for use in node.inputs}
    below = by_role.get("denominator", Fraction(1))
    return by_role["numerator"] / below if below else None


def _leaf(node: Node, figures: Figures, block: Sequence[Figures]) -> Fraction:
    """Share of the maximum; 0 where the engine has no value."""
    first = figures[node.inputs[0].code]
    if node.kind == "boolean":
        return first
    maximum = Fraction(node.max_points or 1)
    if node.kind == "tier":
        reached = [
            step.points for step in node.parameters.steps if Fraction(step.at_least or 0) <= first
        ]
        return Fraction(max(reached, default=0)) / maximum
    if node.kind == "count_capped":
        return min(Fraction(1), first * Fraction(node.parameters.points_per_item or 0) / maximum)
    own = _rate(node, figures) or Fraction(0)
    if node.kind == "normalised_block_max":
        best = max(rate for one in block if (rate := _rate(node, one)) is not None)
        return own / best if best else Fraction(0)
    return min(Fraction(1), own / Fraction(node.parameters.target or 1))


def exact_value(node: Node, figures: Figures, block: Sequence[Figures]) -> Fraction:
    """Index value of a node from 0 to 1 as a fraction; only where the engine has one as well."""
    maximum = Fraction(node.max_points or 1)
    if not node.children:
        return _leaf(node, figures, block)
    values = [exact_value(child, figures, block) for child in node.children]
    if node.kind == "weighted_sum":
        pairs = zip(node.children, values, strict=True)
        return sum((Fraction(c.weight or 0) * value for c, value in pairs), Fraction(0))
    pairs = zip(node.children, values, strict=True)
    points = [value * Fraction(c.max_points or 0) for c, value in pairs]
    return (sum(points, Fraction(0)) if node.kind == "sum" else max(points)) / maximum
