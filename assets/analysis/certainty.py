"""Rows on how sure ranks are: intervals from the print and from draws, leave-one-out, dominance.

Belongs here: turning lists, compositions and draws into rows. Does not belong here: the draws
(`draws`).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from assets.analysis.composition import Composition
from assets.analysis.draws import Drawn
from assets.analysis.lists import RankedList, places, print_interval
from assets.analysis.numbers import written

SHARE_DECIMALS = 6


def about(held: RankedList) -> dict[str, Any]:
    """The columns that say which list a row is of."""
    return {
        "assessment_year": held.key.assessment_year,
        "index_code": held.key.index_code,
        "regime": held.regime,
        "block": held.block,
        "universe": held.key.universe,
        "category": held.key.category,
        "figures_from": held.key.figures_from,
        "is_synthetic": held.is_synthetic,
    }


def interval_rows(
    held: RankedList, composition: Composition | None, drawn: Drawn | None
) -> Iterator[dict[str, Any]]:
    """One row a body. From the print only where the whole list is held, or its leading rows: the
    bodies that are not held are then below. Computed values are not rounded for print."""
    low, high, median = ({}, {}, {}) if drawn is None else (
        dict(zip(drawn.bodies, column.tolist(), strict=True))
        for column in (drawn.low, drawn.high, drawn.median)
    )  # fmt: skip
    printed = print_interval(held.values, held.unit) if _is_leading(held) else {}
    for body, (rank, source) in held.ranks.items():
        best, worst = printed.get(body, (None, None))
        if body in low and drawn is not None and composition is not None:
            basis, draws, seed = composition.basis, drawn.draws, drawn.seed
        else:
            basis, draws, seed = ("none" if best is None else "print_only"), None, None
        yield {
            **about(held),
            "body_code": body,
            "body_name": held.entries[body].body_name,
            "rank": rank,
            "rank_source": source,
            "print_low": best,
            "print_high": worst,
            "low_90": low.get(body),
            "high_90": high.get(body),
            "median_rank": median.get(body),
            "draws": draws,
            "seed": seed,
            "basis": basis,
            "trust": held.trust if composition is None else composition.trust,
        }


def _is_leading(held: RankedList) -> bool:
    """Whether ranks by the values held are ranks in the universe: all bodies are held, or those
    held are its first by the ranks printed."""
    values = held.values
    known = {body: value for body, value in values.items() if value is not None}
    if not held.is_partial:
        return bool(known)
    ranks = [held.entries[body].rank for body in known]
    return len(known) > 1 and None not in ranks and max(r for r in ranks if r) == len(known)


def leave_one_out_rows(held: RankedList, composition: Composition) -> Iterator[dict[str, Any]]:
    """The rank of each body without each part; none where a total has one part only."""
    bodies = sorted(composition.values)
    whole = places({body: composition.total(body) for body in bodies})
    for part in composition.weights if len(composition.weights) > 1 else ():
        without = places({body: composition.total(body, leave_out=part) for body in bodies})
        for body in bodies:
            yield {
                **about(held),
                "basis": composition.basis,
                "body_code": body,
                "body_name": held.entries[body].body_name,
                "item": part,
                "rank": whole[body],
                "rank_without": without[body],
                "places_gained": whole[body] - without[body],
            }


def dominance_rows(
    held: RankedList, composition: Composition, drawn: Drawn
) -> Iterator[dict[str, Any]]:
    """One row for each two bodies, the first by code first."""

    def share(count: int) -> Any:
        return written(Fraction(count, drawn.draws), SHARE_DECIMALS)

    above = drawn.above.tolist()
    for first, body in enumerate(drawn.bodies):
        for second in range(first + 1, len(drawn.bodies)):
            wins, losses = above[first][second], above[second][first]
            yield {
                **about(held),
                "basis": composition.basis,
                "body_code": body,
                "other_body_code": drawn.bodies[second],
                "share_above": share(wins),
                "share_tied": share(drawn.draws - wins - losses),
                "share_below": share(losses),
                "draws": drawn.draws,
                "seed": drawn.seed,
            }
