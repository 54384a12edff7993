"""A computed criterion as one sentence: its formula with the numbers that were put in.

Belongs here: words. Does not belong here: finding the rows (`scores`), or computing: every number
is one that the marts hold, but for the own rate, which is the quotient beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assets.explain.evidence import Row, plain
from assets.method.engine import as_decimal
from assets.method.formulas import POINT_DECIMALS

#: What a reconstructed maximum rests on, in words.
_MAXIMUM_BASES = {"implied": "implied by printed values", "convention": "equal by convention"}


@dataclass(frozen=True)
class Scored:
    """A criterion of one body: its row of idx_scores, of raw_method_nodes, of
    ind_criterion_scores (empty for criteria with parts), its steps, and its scored parts."""

    score: Row
    node: Row
    figures: Row
    steps: Sequence[Row]
    parts: Sequence[Scored]


def formula(criterion: Scored) -> str:
    """The formula with its numbers and the points, or why there are none; then the basis if the
    criterion is reconstructed."""
    score = criterion.score
    kind = score["formula_kind"]
    status = score["score_status"]
    if status in ("scored", "unscored"):
        said = f"{kind}: {_SENTENCES[kind](criterion)}"
    elif score["index_value"] is not None:
        said = f"{kind}: share {number(score['index_value'])}, no points ({status})"
    else:
        said = f"{kind}: none ({status})"
    return f"{said}{_basis(criterion.node)}"


def number(value: Decimal | None) -> str:
    """A number of the marts without trailing zeros; `not known` for null."""
    return "not known" if value is None else plain(value)


def _basis(node: Row) -> str:
    if node.get("basis") != "reconstructed":
        return ""
    maximum = _MAXIMUM_BASES.get(node["maximum_basis"])
    return f" [reconstructed{f'; maximum {maximum}' if maximum else ''}]"


def _earned(criterion: Scored) -> str:
    return f"x {number(criterion.score['max_points'])} = {number(criterion.score['points'])}"


def _quotient(figures: Row) -> str:
    below = figures["denominator"]
    above = number(figures["numerator"])
    return above if below is None else f"{above} / {number(below)}"


def _rate(figures: Row) -> str:
    """The own rate as the engines round it, with its figures."""
    if figures["denominator"] is None:
        return number(figures["numerator"])
    rate = Fraction(figures["numerator"]) / Fraction(figures["denominator"])
    return f"{plain(as_decimal(rate, POINT_DECIMALS))} ({_quotient(figures)})"


def _ratio(criterion: Scored) -> str:
    figures = criterion.figures
    is_cut = figures["numerator"] > (
        1 if figures["denominator"] is None else figures["denominator"]
    )
    return f"{_quotient(figures)}{', at most 1,' if is_cut else ''} {_earned(criterion)}"


def _boolean(criterion: Scored) -> str:
    return f"{'yes' if criterion.figures['numerator'] else 'no'} {_earned(criterion)}"


def _tier(criterion: Scored) -> str:
    """What was measured, all steps, and the points: nothing is looked up anew."""
    figures = criterion.figures
    measured = figures["class_code"] or number(figures["numerator"])
    steps = ", ".join(
        f"{s['step_class'] or 'from ' + number(s['at_least'])}: {number(s['step_points'])}"
        for s in criterion.steps
    )
    return f"{measured} on the steps {steps} = {number(criterion.score['points'])}"


def _count_capped(criterion: Scored) -> str:
    each = number(criterion.node.get("points_per_item"))
    return (
        f"{number(criterion.figures['numerator'])} x {each}, at most "
        f"{number(criterion.score['max_points'])} = {number(criterion.score['points'])}"
    )


def _normalised(criterion: Scored) -> str:
    best = number(criterion.figures["best_rate"])
    return f"own rate {_rate(criterion.figures)} / best rate {best} {_earned(criterion)}"


def _target(criterion: Scored) -> str:
    target = number(criterion.figures["target_value"])
    return f"rate {_rate(criterion.figures)} / target {target}, at most 1, {_earned(criterion)}"


def _unscored(criterion: Scored) -> str:
    quantity = criterion.score["quantity"]
    return "no points" if quantity is None else f"{number(quantity)}, no points"


def _counting(criterion: Scored) -> list[Scored]:
    """The parts that carry points and apply to the body."""
    out = ("not_applicable", "unscored")
    return [part for part in criterion.parts if part.score["score_status"] not in out]


def _of(criterion: Scored) -> str:
    score = criterion.score
    return f"= {number(score['points'])} of {number(score['max_points'])}"


def _sum(criterion: Scored) -> str:
    points = " + ".join(number(part.score["points"]) for part in _counting(criterion))
    return f"{points} {_of(criterion)}"


def _weighted_sum(criterion: Scored) -> str:
    terms = " + ".join(
        f"{number(part.node.get('weight'))} x {number(part.score['index_value'])}"
        for part in _counting(criterion)
    )
    return f"({terms}) x {number(criterion.node.get('max_points'))} {_of(criterion)}"


def _best_of(criterion: Scored) -> str:
    points = [part.score["points"] for part in _counting(criterion)]
    cases = ", ".join("open" if p is None else number(p) for p in points)
    return f"best of {cases} {_of(criterion)}"


_SENTENCES: Mapping[str, Callable[[Scored], str]] = {
    "ratio": _ratio,
    "boolean": _boolean,
    "tier": _tier,
    "count_capped": _count_capped,
    "normalised_block_max": _normalised,
    "target_ratio": _target,
    "unscored": _unscored,
    "sum": _sum,
    "weighted_sum": _weighted_sum,
    "best_of": _best_of,
}
