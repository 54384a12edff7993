"""The reference engine: observations of one block to points, index values, coverage and ranks.

Rounds only where docs/methods.md ("Arithmetic") says so: points to 15 decimals, values to 12.
Shares no code with the SQL of the warehouse. Rules: the method's file; formulas of single criteria
and the rounding itself in `formulas`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from fractions import Fraction

from assets.method.formulas import (
    POINT_DECIMALS,
    SCORED,
    SETTLED,
    STATES,
    Observation,
    as_declared,
    best_rate,
    fixed,
    share_of,
)
from assets.method.model import INNER_KINDS, Method, MethodError, Node, Ranking

Observed = Mapping[str, Observation]

#: Decimals of index values, on which bodies are ranked.
VALUE_DECIMALS = 12


@dataclass(frozen=True)
class NodeScore:
    """What one body has at one node.

    `value` is points / maximum from 0 to 1, to 12 decimals (a plain sum at an unscored node);
    `points` have 15 decimals; `max_points` is the maximum that applies to this body. Null
    figures: `status` says why (not_applicable, missing, disputed, zero_denominator,
    out_of_range, rule_unknown, incomplete).
    `coverage` is the share of applicable criteria beneath that have a value; null if none apply.
    """

    body_code: str
    slug: str
    value: Fraction | None
    points: Fraction | None
    max_points: Fraction | None
    status: str
    coverage: Fraction | None
    rank: int | None = None


@dataclass(frozen=True)
class _Tally:
    """A node's result while the tree is computed; `known` of `asked` criteria have a value."""

    value: Fraction | None
    points: Fraction | None
    max_points: Fraction | None
    status: str
    known: int
    asked: int


def as_decimal(value: Fraction, decimals: int) -> Decimal:
    """The value rounded half up to that many decimals, as it would be printed."""
    with localcontext() as context:
        context.prec = 60
        return Decimal(int(fixed(value, decimals) * 10**decimals)).scaleb(-decimals)


def _exact(value: Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def _null(node: Node, status: str, children: Sequence[_Tally]) -> _Tally:
    return _Tally(
        None,
        None,
        None if status == "not_applicable" else _exact(node.max_points),
        status,
        sum(child.known for child in children),
        sum(child.asked for child in children),
    )


def _value(points: Fraction, maximum: Fraction) -> Fraction:
    return fixed(points / maximum, VALUE_DECIMALS)


def _leaf(node: Node, observed: Observed, best: Fraction | None) -> _Tally:
    share = share_of(node, observed, best)
    asked = 0 if share.status == "not_applicable" else 1
    known = 0 if share.value is None else 1
    if share.value is None or not node.is_scored:
        maximum = None if share.status == "not_applicable" else _exact(node.max_points)
        return _Tally(share.value, None, maximum, share.status, known, asked)
    if node.max_points is None:
        value = fixed(fixed(share.value, POINT_DECIMALS), VALUE_DECIMALS)
        return _Tally(value, None, None, "rule_unknown", known, asked)
    maximum = Fraction(node.max_points)
    points = fixed(share.value * maximum, POINT_DECIMALS)
    return _Tally(_value(points, maximum), points, maximum, SCORED, known, asked)


def _open(children: Sequence[_Tally]) -> str:
    """The status of a node with open children: the rule is not known, or figures are not."""
    unknown = any(child.status == "rule_unknown" for child in children)
    return "rule_unknown" if unknown else "incomplete"


def _scored(points: Fraction, maximum: Fraction, children: Sequence[_Tally]) -> _Tally:
    known, asked = sum(c.known for c in children), sum(c.asked for c in children)
    return _Tally(_value(points, maximum), points, maximum, SCORED, known, asked)


def _sum(node: Node, children: Sequence[_Tally], keeps_maximum: bool) -> _Tally:
    if node.not_itemised is not None or node.max_points is None:
        return _null(node, "rule_unknown", children)
    applicable = [c for c in children if c.status != "not_applicable"]
    points, maxima = [c.points for c in applicable], [c.max_points for c in applicable]
    if any(p is None for p in points) or any(m is None for m in maxima):
        return _null(node, _open(applicable), children)
    won = sum((p for p in points if p is not None), Fraction(0))
    maximum = (
        Fraction(node.max_points)
        if keeps_maximum
        else sum((m for m in maxima if m is not None), Fraction(0))
    )
    return _scored(won, maximum, children)


def _weighted(node: Node, children: Sequence[_Tally], keeps_maximum: bool) -> _Tally:
    weights = [_exact(child.weight) for child in node.children if child.is_scored]
    if node.not_itemised is not None or node.max_points is None or None in weights:
        return _null(node, "rule_unknown", children)
    pairs = [
        (weight, child)
        for weight, child in zip(weights, children, strict=True)
        if weight is not None and child.status != "not_applicable"
    ]
    if any(child.value is None for _, child in pairs):
        return _null(node, _open([child for _, child in pairs]), children)
    reached = sum((w * c.value for w, c in pairs if c.value is not None), Fraction(0))
    applies = Fraction(1) if keeps_maximum else sum((w for w, _ in pairs), Fraction(0))
    maximum = Fraction(node.max_points)
    return _scored(fixed(reached * maximum, POINT_DECIMALS), applies * maximum, children)


def _best_of(node: Node, children: Sequence[_Tally], keeps_maximum: bool) -> _Tally:
    """The best case counts. An open case leaves the node open unless it could not be better."""
    if node.max_points is None:
        return _null(node, "rule_unknown", children)
    maximum = Fraction(node.max_points)
    applicable = [c for c in children if c.status != "not_applicable"]
    best = max((c.points for c in applicable if c.points is not None), default=Fraction(0))
    undecided = [c for c in applicable if c.points is None and (c.max_points or maximum) > best]
    if undecided:
        return _null(node, _open(undecided), children)
    if node.not_itemised is not None and best < maximum:
        return _null(node, "rule_unknown", children)
    return _scored(min(best, maximum), maximum, children)


_COMBINE = {"sum": _sum, "weighted_sum": _weighted, "best_of": _best_of}


#: The largest rate of a block by criterion, for criteria relative to the best of the block.
Best = Mapping[str, Fraction | None]


def best_rates(method: Method, observed: Collection[Observed]) -> dict[str, Fraction | None]:
    """The largest rate among these bodies at every criterion that is relative to the best."""
    return {
        node.slug: best_rate(node, observed)
        for _, node in method.walk()
        if node.kind == "normalised_block_max"
    }


class _Block:
    """One block under one method, with the best rates among its bodies."""

    def __init__(self, method: Method, best: Best) -> None:
        self.keeps_maximum = method.not_applicable.value == "keeps_maximum"
        self.best = best

    def tally(self, node: Node, observed: Observed, into: dict[str, _Tally]) -> _Tally:
        """The result of a node and, in `into`, of every node beneath."""
        below = [(child, self.tally(child, observed, into)) for child in node.children]
        counting = [made for child, made in below if child.is_scored]
        if node.kind not in INNER_KINDS:
            made = _leaf(node, observed, self.best.get(node.slug))
            if not node.inputs and node.kind == "unscored":  # a heading over unscored nodes
                made = _Tally(None, None, None, "unscored", 0, 0)
        elif all(child.status == "not_applicable" for child in counting):
            made = _null(node, "not_applicable", counting)
        else:
            made = _COMBINE[node.kind](node, counting, self.keeps_maximum)
        into[node.slug] = made
        return made


def rank_key(
    score: NodeScore, ranking: Ranking, decimals: int, observed: Observed
) -> tuple[Fraction, ...] | None:
    """What a body is ranked by, the larger first; null when it has no value. A tie-breaking
    figure that is not known comes after every known one."""
    if score.value is None:
        return None
    value = score.value
    if ranking.on == "printed":
        value = fixed(value, decimals)
    ties = []
    for code in ranking.tie_break:
        tie = observed.get(code, Observation(None, "not_observed"))
        figure = tie.value if tie.state in SETTLED else None
        ties.append(Fraction(figure) if isinstance(figure, Decimal) else Fraction(-1))
    return (value, *ties)


def _ranked(
    scores: list[NodeScore], ranking: Ranking, decimals: int, block: Mapping[str, Observed]
) -> list[NodeScore]:
    keys = [rank_key(score, ranking, decimals, block[score.body_code]) for score in scores]
    known = [key for key in keys if key is not None]
    missing = len(scores) if ranking.missing == "last_rank" else None
    return [
        replace(score, rank=missing if key is None else 1 + sum(other > key for other in known))
        for score, key in zip(scores, keys, strict=True)
    ]


def _by_body(
    method: Method,
    observations: Mapping[tuple[str, str], Observation],
    bodies: Collection[str],
) -> dict[str, dict[str, Observation]]:
    declared = {entry.code: entry for entry in method.inputs}
    block: dict[str, dict[str, Observation]] = {body: {} for body in sorted(bodies)}
    for (body, code), observation in sorted(observations.items(), key=lambda item: item[0]):
        if code not in declared:
            raise MethodError(
                f"{method.file}: {body}: {code}: no input of {method.code}; "
                f"declare it under inputs or leave it out"
            )
        if observation.state not in STATES:
            raise MethodError(
                f"{method.file}: {body}: {code}: state {observation.state!r} is not known; "
                f"use one of {', '.join(STATES)}"
            )
        block.setdefault(body, {})[code] = as_declared(declared[code], observation)
    return dict(sorted(block.items()))


def score(
    method: Method,
    observations: Mapping[tuple[str, str], Observation],
    bodies: Collection[str] = (),
) -> list[NodeScore]:
    """Scores of a whole block at every node, by body code and then in tree order.

    `observations` are keyed by (body_code, input_code). `bodies` names the members of the block
    that may have none at all; they are scored as missing. The whole block must be given at once:
    block-relative criteria and ranks depend on every body. MethodError for an unknown input.
    """
    block = _by_body(method, observations, bodies)
    engine = _Block(method, best_rates(method, block.values()))
    tallies: dict[str, dict[str, _Tally]] = {}
    for body, observed in block.items():
        tallies[body] = {}
        for root in method.roots:
            engine.tally(root, observed, tallies[body])
    scores: dict[tuple[str, str], NodeScore] = {}
    for _, node in method.walk():
        at_node = [_published(body, node, tallies[body][node.slug]) for body in block]
        if node.ranking is not None:
            at_node = _ranked(at_node, method.ranking(node.ranking), method.decimals, block)
        scores.update({(one.body_code, one.slug): one for one in at_node})
    return [scores[body, node.slug] for body in block for _, node in method.walk()]


def score_one(method: Method, body: str, observed: Observed, best: Best) -> dict[str, NodeScore]:
    """One body at every node by slug, unranked, against given best rates of its block.

    `observed` holds figures as `declared` gives them. For worlds that never were: `score` is
    what a block really has.
    """
    tallies: dict[str, _Tally] = {}
    engine = _Block(method, best)
    for root in method.roots:
        engine.tally(root, observed, tallies)
    return {node.slug: _published(body, node, tallies[node.slug]) for _, node in method.walk()}


def declared(method: Method, observed: Observed) -> dict[str, Observation]:
    """The figures that the method asks for, each marked if its input does not allow it."""
    return {
        entry.code: as_declared(entry, observed[entry.code])
        for entry in method.inputs
        if entry.code in observed
    }


def _published(body: str, node: Node, made: _Tally) -> NodeScore:
    return NodeScore(
        body_code=body,
        slug=node.slug,
        value=made.value,
        points=made.points,
        max_points=made.max_points,
        status=made.status,
        coverage=Fraction(made.known, made.asked) if made.asked else None,
    )
