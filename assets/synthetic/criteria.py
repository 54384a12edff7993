"""A method as the solver sees it: switches (yes or no) and counts, category by category.

Belongs here: which figure moves which points. Does not belong here: choosing figures (`fill`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assets.method.model import Method, Node
from assets.synthetic.model import SynthesisError

#: Kinds of criteria that figures can be found for.
COUNTED = ("ratio", "normalised_block_max", "count_capped")
SOLVED = (*COUNTED, "boolean")


@dataclass(frozen=True)
class Switch:
    """A criterion that is met by a yes. `weight` in points."""

    slug: str
    code: str
    weight: Fraction


@dataclass(frozen=True)
class Part:
    """A criterion that earns points with a count: weight * count / most.

    `most` is the figure of `out_of` (times the best rate of the block where `of_best`), or the
    fixed number `items`.
    """

    slug: str
    code: str
    weight: Fraction
    out_of: str | None = None
    items: int | None = None
    of_best: bool = False


def points_of(criteria: Iterable[Switch | Part]) -> Fraction:
    """The points of criteria that are wholly met."""
    return sum((one.weight for one in criteria), Fraction(0))


@dataclass(frozen=True)
class Category:
    """A root with an index: its criteria in the order of the method."""

    slug: str
    switches: tuple[Switch, ...]
    parts: tuple[Part, ...]
    keeps_maximum: bool

    @property
    def weight(self) -> Fraction:
        """The maximum, in points, when every criterion applies."""
        return points_of(self.switches) + points_of(self.parts)

    @property
    def denominators(self) -> tuple[str, ...]:
        """Inputs that counts are measured by, each once."""
        return tuple(dict.fromkeys(part.out_of for part in self.parts if part.out_of))


def _roles(node: Node) -> dict[str, str]:
    return {use.role: use.code for use in node.inputs}


def _items(node: Node) -> Fraction:
    """How many items earn the maximum of a capped count."""
    return Fraction(node.max_points or 0) / Fraction(node.parameters.points_per_item or 1)


def _obstacle(node: Node, is_root: bool) -> str | None:
    """Why no figures can be found for a scored node; null if they can."""
    if node.max_points is None:
        return "its maximum is not known"
    if node.not_itemised is not None:
        return "its criteria are not all known"
    if node.kind != "sum" if is_root else node.kind not in SOLVED:
        return f"kind {node.kind} is not solved for here"
    if node.kind == "ratio" and "denominator" not in _roles(node):
        return "a ratio without a denominator is not solved for"
    if node.kind == "count_capped" and _items(node).denominator != 1:
        return "its maximum is no whole number of items"
    return None


def obstacles(method: Method) -> tuple[str, ...]:
    """The nodes of a method that no figures can be found for, each with why; empty if none."""
    roots = {root.slug for root in method.roots}
    return tuple(
        f"{node.slug} ({why})"
        for _, node in method.walk()
        if node.is_scored and (why := _obstacle(node, node.slug in roots))
    )


def categories(method: Method) -> tuple[Category, ...]:
    """The scored roots of a method. SynthesisError names the nodes that are not solved for."""
    if found := obstacles(method):
        raise SynthesisError(
            f"{method.code}: no figures can be found for {'; '.join(found)}; take a method that is "
            f"a sum of criteria with known maxima"
        )
    keeps = method.not_applicable.value == "keeps_maximum"
    return tuple(_category(root, keeps) for root in method.roots if root.is_scored)


def _category(root: Node, keeps_maximum: bool) -> Category:
    scored = [child for child in root.children if child.is_scored]
    return Category(
        slug=root.slug,
        switches=tuple(
            Switch(node.slug, _roles(node)["answer"], Fraction(node.max_points or 0))
            for node in scored
            if node.kind == "boolean"
        ),
        parts=tuple(_part(node) for node in scored if node.kind in COUNTED),
        keeps_maximum=keeps_maximum,
    )


def _part(node: Node) -> Part:
    roles, weight = _roles(node), Fraction(node.max_points or 0)
    if node.kind == "count_capped":
        return Part(node.slug, roles["count"], weight, items=int(_items(node)))
    of_best = node.kind == "normalised_block_max"
    return Part(node.slug, roles["numerator"], weight, roles.get("denominator"), of_best=of_best)
