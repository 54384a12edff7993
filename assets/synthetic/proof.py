"""Proves the made-up answers with the engine: every printed value and rank is met, or listed with
the reason why not. What is neither is an error of the solver and raised.

Belongs here: comparing what the engine gives with print. Does not belong here: making figures.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assets.method.engine import NodeScore, as_decimal, score
from assets.method.formulas import Observation
from assets.method.model import NO_WORDS, YES_WORDS, Method
from assets.submissions.form import Answer, Answers
from assets.synthetic.lists import Tie
from assets.synthetic.model import RANK, VALUE, SynthesisError, Targets, Unreached

OFF_GRID = "no figures that were tried give the printed value"
MISPLACED = "no figures that were tried give the values of this list in the order of its ranks"
NO_COMPETITION = "the printed rank does not follow from what is printed beside it"
NO_FIGURE = "no figure is published; the method gives such bodies the last rank of the block"
NO_TIE_RULE = "bodies with equal figures share a rank in the method"
UNRANKED = "the method gives no rank here"

_WORDS = {YES_WORDS[0]: "1", NO_WORDS[0]: "0"}


@dataclass(frozen=True)
class Plan:
    """What was to be met, and what the solver knows it does not meet: `missed` are (body, category)
    whose value prints otherwise, `misplaced` categories with a value outside its window."""

    method: Method
    targets: Targets
    lists: Mapping[str, tuple[Tie, ...]]
    missed: frozenset[tuple[str, str]]
    misplaced: frozenset[str]


def observation(answer: Answer) -> Observation:
    """The answer as the engine takes it."""
    if answer.status:
        return Observation(None, answer.status)
    return Observation(Decimal(_WORDS.get(answer.value, answer.value)))


def prove(
    plan: Plan, answers: Mapping[str, Answers]
) -> tuple[dict[str, int], tuple[Unreached, ...]]:
    """How many values and ranks were asked for, and those not met, by body.

    SynthesisError names the first that is not met without the solver having said so.
    """
    observed = {
        (body, code): observation(answer)
        for body, given in answers.items()
        for code, answer in given.items()
    }
    scores = {(s.body_code, s.slug): s for s in score(plan.method, observed, list(answers))}
    asked = Counter({VALUE: 0, RANK: 0})
    unreached: list[Unreached] = []
    for body in sorted(plan.targets):
        for slug, target in plan.targets[body].items():
            made = scores[body, slug]
            if target.value is not None:
                asked[VALUE] += 1
                unreached += _value(plan, made, target.value)
            if target.rank is not None:
                asked[RANK] += 1
                unreached += _rank(plan, made, target.rank, scores)
    return dict(asked), tuple(unreached)


def _value(plan: Plan, made: NodeScore, asked: Decimal) -> list[Unreached]:
    given = None
    if made.value is not None:
        given = as_decimal(Fraction(made.value), plan.method.decimals)
    if given == asked:
        return []
    if given is None or (made.body_code, made.slug) not in plan.missed:
        raise _unproven(plan, made, f"gives {given} ({made.status}), printed is {asked}")
    return [Unreached(made.body_code, made.slug, VALUE, asked, given, OFF_GRID)]


def _rank(
    plan: Plan, made: NodeScore, asked: int, scores: Mapping[tuple[str, str], NodeScore]
) -> list[Unreached]:
    if made.rank == asked:
        return []
    if made.rank is None:
        reason = UNRANKED
    elif made.slug in plan.lists:
        reason = _list_reason(plan, made, asked)
    elif made.value is None:
        reason = NO_FIGURE
    else:
        equal = [s for s in scores.values() if (s.slug, s.value) == (made.slug, made.value)]
        reason = NO_TIE_RULE if len(equal) > 1 else NO_COMPETITION
    nearest = None if made.rank is None else Decimal(made.rank)
    return [Unreached(made.body_code, made.slug, RANK, Decimal(asked), nearest, reason)]


def _list_reason(plan: Plan, made: NodeScore, asked: int) -> str:
    """Why the rank of an index is not the printed one."""
    if made.slug in plan.misplaced:
        return MISPLACED
    (tie,) = [tie for tie in plan.lists[made.slug] if made.body_code in tie.bodies]
    if tie.rank == asked or tie.rank != made.rank:
        raise _unproven(plan, made, f"ranks it {made.rank}, printed is {asked}")
    return NO_COMPETITION


def _unproven(plan: Plan, made: NodeScore, what: str) -> SynthesisError:
    return SynthesisError(
        f"{plan.method.code}: {made.body_code}: {made.slug}: the engine {what}; the figures found "
        f"are wrong: mend the solver (assets/synthetic) before using them"
    )
