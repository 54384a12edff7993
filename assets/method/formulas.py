"""The formulas of single criteria: figures in, share of the maximum out; and how to round. A share
that cannot be computed is null with a status, never zero. Knows nothing of trees or ranks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from assets.method.model import Input, Node

#: States of an observation whose value counts; the others leave the criterion without a value.
SETTLED = ("reported", "observed", "confirmed", "overridden")
STATES = (*SETTLED, "disputed", "not_observed", "not_applicable")

#: Mark of an observation whose value its input does not allow; set by `as_declared` only.
OUT_OF_RANGE = "out_of_range"


#: Decimals of points, and of the rates and shares that are rounded on the way to them.
POINT_DECIMALS = 15

#: What a figure may be: below 10^12, with at most 6 decimals.
FIGURE_LIMIT, FIGURE_DECIMALS = Decimal(10**12), 6


def fixed(value: Fraction, decimals: int) -> Fraction:
    """The value, not negative, rounded half up to that many decimals."""
    scale = 10**decimals
    return Fraction(
        (2 * value.numerator * scale + value.denominator) // (2 * value.denominator), scale
    )


@dataclass(frozen=True)
class Observation:
    """One input value of one body: a Decimal (1 or 0 for yes or no), or the code of a class."""

    value: Decimal | str | None
    state: str = "reported"


@dataclass(frozen=True)
class Share:
    """A share of the maximum from 0 to 1 (a plain sum for unscored criteria), or why not.

    Not rounded itself, so that points are rounded once; where a rule divides twice, the first
    quotient is rounded.
    """

    value: Fraction | None
    status: str


SCORED = "scored"


class _RefusedError(Exception):
    """A figure that the formula cannot take; the argument is the status."""


Given = Mapping[str, list[Observation]]


def _number(given: Given, role: str) -> Fraction:
    value = given[role][0].value
    if not isinstance(value, Decimal) or not value.is_finite() or value < 0:
        raise _RefusedError(OUT_OF_RANGE)
    return Fraction(value)


def _divided(numerator: Fraction, denominator: Fraction) -> Fraction:
    if denominator == 0:
        raise _RefusedError("zero_denominator")
    return numerator / denominator


def _rate(node: Node, given: Given) -> Fraction:
    """Numerator by denominator; by the fixed denominator; or the numerator alone."""
    numerator = _number(given, "numerator")
    if "denominator" in given:
        return _divided(numerator, _number(given, "denominator"))
    return _divided(numerator, Fraction(node.parameters.out_of or 1))


def _fixed_rate(node: Node, given: Given) -> Fraction:
    return fixed(_rate(node, given), POINT_DECIMALS)


def _ratio(node: Node, given: Given, best: Fraction | None) -> Fraction:
    return min(Fraction(1), _rate(node, given))


def _boolean(node: Node, given: Given, best: Fraction | None) -> Fraction:
    answer = _number(given, "answer")
    if answer not in (0, 1):
        raise _RefusedError(OUT_OF_RANGE)
    return answer


def _of_maximum(node: Node, points: Fraction) -> Fraction:
    if node.max_points is None:
        raise _RefusedError("rule_unknown")
    return min(Fraction(1), points / Fraction(node.max_points))


def _tier(node: Node, given: Given, best: Fraction | None) -> Fraction:
    value = given["measure"][0].value
    if isinstance(value, str):
        for step in node.parameters.steps:
            if step.is_class == value:
                return _of_maximum(node, Fraction(step.points))
        raise _RefusedError(OUT_OF_RANGE)
    measured = _number(given, "measure")
    thresholds = [step for step in node.parameters.steps if step.at_least is not None]
    if not thresholds:
        raise _RefusedError(OUT_OF_RANGE)
    reached = [step for step in thresholds if Fraction(step.at_least or 0) <= measured]
    if not reached:
        return Fraction(0)
    return _of_maximum(node, Fraction(max(reached, key=lambda s: s.at_least or 0).points))


def _count_capped(node: Node, given: Given, best: Fraction | None) -> Fraction:
    each = Fraction(node.parameters.points_per_item or 0)
    return _of_maximum(node, _number(given, "count") * each)


def _normalised(node: Node, given: Given, best: Fraction | None) -> Fraction:
    return fixed(_divided(_fixed_rate(node, given), best or Fraction(0)), POINT_DECIMALS)


def _target(node: Node, given: Given, best: Fraction | None) -> Fraction:
    target = (
        _number(given, "target") if "target" in given else Fraction(node.parameters.target or 0)
    )
    return min(Fraction(1), fixed(_divided(_fixed_rate(node, given), target), POINT_DECIMALS))


def _unscored(node: Node, given: Given, best: Fraction | None) -> Fraction:
    numbers = [observation.value for observation in given.get("addend", [])]
    if any(not isinstance(n, Decimal) or not n.is_finite() or n < 0 for n in numbers):
        raise _RefusedError(OUT_OF_RANGE)
    return sum((Fraction(n) for n in numbers if isinstance(n, Decimal)), Fraction(0))


FORMULAS: dict[str, Callable[[Node, Given, Fraction | None], Fraction]] = {
    "ratio": _ratio,
    "boolean": _boolean,
    "tier": _tier,
    "count_capped": _count_capped,
    "normalised_block_max": _normalised,
    "target_ratio": _target,
    "unscored": _unscored,
}


def _unsettled(node: Node, given: Given) -> str | None:
    """Why the observations give no figure; null when they do."""
    observations = [one for group in given.values() for one in group]
    if node.kind == "not_applicable" or any(o.state == "not_applicable" for o in observations):
        return "not_applicable"
    if any(o.state == "not_observed" or o.value is None for o in observations):
        return "missing"
    if any(o.state == OUT_OF_RANGE for o in observations):
        return OUT_OF_RANGE
    if any(o.state not in SETTLED for o in observations):
        return "disputed"
    return None


def _fits(value: Decimal) -> bool:
    """Whether a figure has a size and decimals that the warehouse can hold."""
    return (
        value.is_finite() and abs(value) < FIGURE_LIMIT and value == round(value, FIGURE_DECIMALS)
    )


def _allowed(entry: Input, value: Decimal | str) -> bool:
    if entry.kind == "class" or isinstance(value, str):
        return entry.kind == "class" and isinstance(value, str)
    if not _fits(value) or (entry.kind == "boolean" and value not in (0, 1)):
        return False
    if entry.kind == "count" and value != value.to_integral_value():
        return False
    return (entry.min is None or value >= entry.min) and (entry.max is None or value <= entry.max)


def as_declared(entry: Input, observation: Observation) -> Observation:
    """The observation, marked out of range when its value is not one that the input allows."""
    if observation.state not in SETTLED or observation.value is None:
        return observation
    if _allowed(entry, observation.value):
        return observation
    return replace(observation, state=OUT_OF_RANGE)


def given_of(node: Node, observed: Mapping[str, Observation]) -> Given:
    """The observations of one body by role; an input without observation is not observed."""
    absent = Observation(None, "not_observed")
    given: dict[str, list[Observation]] = {}
    for use in node.inputs:
        given.setdefault(use.role, []).append(observed.get(use.code, absent))
    return given


def share_of(node: Node, observed: Mapping[str, Observation], best: Fraction | None) -> Share:
    """The share that one body reaches of a criterion's maximum.

    `best` is the largest rate of the block (`best_rate`), needed by `normalised_block_max` only.
    Statuses of a null: not_applicable, missing, disputed, zero_denominator, out_of_range,
    rule_unknown.
    """
    given = given_of(node, observed)
    if (why := _unsettled(node, given)) is not None:
        return Share(None, why)
    try:
        value = FORMULAS[node.kind](node, given, best)
    except _RefusedError as refused:
        return Share(None, str(refused))
    return Share(value, SCORED if node.is_scored else "unscored")


def best_rate(node: Node, block: Iterable[Mapping[str, Observation]]) -> Fraction | None:
    """The largest rate of a block, to 15 decimals; null when no body has one."""
    rates = []
    for observed in block:
        given = given_of(node, observed)
        if _unsettled(node, given) is None:
            try:
                rates.append(_fixed_rate(node, given))
            except _RefusedError:
                continue
    return max(rates, default=None)
