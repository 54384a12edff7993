"""What a total is made of: its parts, what each weighs, and what every body has in it.

Belongs here: taking a total apart as far as published values, or criteria, allow. Does not belong
here: what is done with the parts (`draws`, `audit`, `score_parts`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from assets.analysis.lists import TRUST, ListKey, Lists, RankedList, Row
from assets.method.engine import VALUE_DECIMALS
from assets.method.formulas import fixed
from assets.method.model import Method, MethodError, Node

#: The unpublished parts of a total taken as one: what the total leaves when the others are taken
#: off.
REST = "rest"

#: Rows of idx_scores by body and criterion.
Scores = Mapping[tuple[str, str], Row]

#: The method of a regime and block; MethodError if none is held.
FindMethod = Callable[[str, str], Method]


@dataclass(frozen=True)
class Composition:
    """Parts of a total. `weights` add up to 1; `scale` is the value of a part that earns its whole
    weight, `total_scale` the total that is all of it; `values` by body and part, complete; `trust`
    the lowest among them."""

    basis: str
    weights: Mapping[str, Fraction]
    scale: Mapping[str, Fraction]
    total_scale: Fraction
    values: Mapping[str, Mapping[str, Fraction]]
    trust: str | None

    def share(self, body: str, part: str) -> Fraction:
        """The value of a body in a part as a share of what earns the whole weight."""
        return self.values[body][part] / self.scale[part]

    def contribution(self, body: str, part: str) -> Fraction:
        """What a part of a body adds to its total, in the units of the total."""
        return self.weights[part] * self.share(body, part) * self.total_scale

    def total(self, body: str, leave_out: str | None = None) -> Fraction:
        """Weighted shares of a body added up, to the 12 decimals that ranks compare; without one
        part, the weights are not stretched: ranks do not need it."""
        added = sum(
            (w * self.share(body, part) for part, w in self.weights.items() if part != leave_out),
            Fraction(0),
        )
        return fixed(added, VALUE_DECIMALS)


def held_method(find: FindMethod, regime: str, block: str) -> Method | None:
    """The method of a list, null where none is held."""
    try:
        return find(regime, block)
    except MethodError:
        return None


def _root(method: Method, slug: str) -> Node | None:
    """The node that a total is computed at, if all of it is known."""
    for _, node in method.walk():
        if node.slug == slug and node.kind in ("sum", "weighted_sum"):
            known = node.max_points is not None and node.not_itemised is None
            return node if known else None
    return None


def _weight(node: Node, child: Node) -> Fraction | None:
    """The part of a child in its parent, null where it is not known."""
    if node.kind == "weighted_sum":
        return None if child.weight is None else Fraction(child.weight)
    if child.max_points is None or node.max_points is None:
        return None
    return Fraction(child.max_points) / Fraction(node.max_points)


def published_composition(
    total: RankedList, lists: Lists, method: Method | None
) -> Composition | None:
    """The published parts of a published total; null where they or their weights are not known.

    Parts of a `sum` are printed in points, those of a `weighted_sum` from 0 to 1. Where only some
    parts of a `weighted_sum` are published for every body, the others are taken as one: `rest`.
    """
    node = None if method is None else _root(method, total.key.category)
    if node is None or not total.is_whole:
        return None
    children = [child for child in node.children if child.is_scored]
    weights = {child.slug: _weight(node, child) for child in children}
    known = {slug: weight for slug, weight in weights.items() if weight is not None}
    if len(known) < len(children) or sum(known.values()) != 1:
        return None
    held = {slug: _beside(total, lists, slug) for slug in known}
    parts = {slug: found for slug, found in held.items() if found is not None}
    points = {child.slug: Fraction(child.max_points or 1) for child in children}
    scale = {slug: points[slug] if node.kind == "sum" else Fraction(1) for slug in known}
    values = {
        body: {slug: part.values[body] or Fraction(0) for slug, part in parts.items()}
        for body in total.entries
    }
    marks = [total.trust, *(part.trust for part in parts.values())]
    trust = max((mark for mark in marks if mark), key=TRUST.index, default=None)
    if len(parts) == len(children):
        whole = Fraction(node.max_points or 1) if node.kind == "sum" else Fraction(1)
        return Composition("categories", known, scale, whole, values, trust)
    if not parts or node.kind != "weighted_sum":
        return None
    return _with_rest(total, {slug: known[slug] for slug in parts}, values, trust)


def _beside(total: RankedList, lists: Lists, category: str) -> RankedList | None:
    """The list of a part, if it holds every body of the total with a value."""
    found = lists.get(total.key._replace(category=category))
    if found is None or not found.is_whole or found.entries.keys() != total.entries.keys():
        return None
    return found


def _with_rest(
    total: RankedList,
    weights: Mapping[str, Fraction],
    values: Mapping[str, Mapping[str, Fraction]],
    trust: str | None,
) -> Composition | None:
    """The published parts and the rest; null if the rest of any body is no share of a maximum,
    so that the published parts cannot be those of the total."""
    left = 1 - sum(weights.values(), Fraction(0))
    complete = {}
    for body, value in total.values.items():
        taken = sum((w * values[body][slug] for slug, w in weights.items()), Fraction(0))
        rest = ((value or Fraction(0)) - taken) / left
        if not 0 <= rest <= 1:
            return None
        complete[body] = {**values[body], REST: rest}
    ones = {slug: Fraction(1) for slug in (*weights, REST)}
    return Composition(
        "categories_and_rest", {**weights, REST: left}, ones, Fraction(1), complete, trust
    )


def computed_composition(
    total: RankedList, scores: Scores, method: Method | None
) -> Composition | None:
    """The criteria of a computed index: the nodes beneath that are no sums themselves. Bodies that
    have no index are left out. A criterion that does not apply to a body counts as its index does,
    so that it changes nothing; as 0 where the regime keeps the maximum. None where no body has an
    index."""
    node = None if method is None else _root(method, total.key.category)
    if method is None or node is None:
        return None
    weights = dict(_parts(node, Fraction(1)))
    if len(weights) < 2 or any(weight is None for weight in weights.values()):
        return None
    keeps = method.not_applicable.value == "keeps_maximum"
    values = {}
    for body, index in total.values.items():
        if index is not None:
            absent = Fraction(0) if keeps else index
            values[body] = {
                part: absent if (own := scores[body, part])["points"] is None
                else Fraction(own["points"]) / Fraction(own["max_points"])
                for part in weights
            }  # fmt: skip
    if not values:
        return None
    known = {part: weight for part, weight in weights.items() if weight is not None}
    scale = {part: Fraction(1) for part in known}
    return Composition("criteria", known, scale, Fraction(1), values, None)


def _parts(node: Node, share: Fraction) -> Iterator[tuple[str, Fraction | None]]:
    """Criteria beneath a sum with their share in it; null where a weight is not known."""
    for child in node.children:
        if not child.is_scored or child.kind == "not_applicable":
            continue
        weight = _weight(node, child)
        if weight is None:
            yield child.slug, None
        elif child.kind in ("sum", "weighted_sum"):
            yield from _parts(child, share * weight)
        else:
            yield child.slug, share * weight


def compositions(
    lists: Lists, scores: Mapping[ListKey, Scores], find: FindMethod
) -> dict[ListKey, Composition]:
    """The composition of every total that has one. `scores` by key of a computed list, of its body
    and criterion."""
    found = {}
    for key, total in lists.items():
        method = held_method(find, total.regime, total.block)
        if key.figures_from == "computed":
            made = computed_composition(total, scores[key], method)
        else:
            made = published_composition(total, lists, method)
        if made is not None:
            found[key] = made
    return found
