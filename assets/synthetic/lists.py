"""The printed list of a category: bodies in order, ties, and where each index value may lie.

Belongs here: what print says of order and rounding. Does not belong here: figures (`fill`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from assets.synthetic.fill import Window
from assets.synthetic.model import Targets

#: Kept from every end of a window, so that the 12 decimals that ranks rest on stay inside it.
MARGIN = Fraction(1, 10**9)


@dataclass(frozen=True)
class Tie:
    """Bodies with one printed value and rank, in order of code; a body alone is a tie of one.

    `window` puts the tie above those that print alike but rank lower; `whole` is all that prints
    so. `rank` is the competition rank that follows from the printed order.
    """

    bodies: tuple[str, ...]
    window: Window
    whole: Window
    rank: int


def printed(value: Fraction, decimals: int) -> Fraction:
    """The value as printed: rounded half up."""
    return Fraction((2 * value * 10**decimals + 1) // 2, 10**decimals)


def ties_of(targets: Targets, slug: str, decimals: int) -> tuple[Tie, ...]:
    """The list of one category, the largest value first.

    An index printed as 1 and ranked first among those is exactly 1, as the maximum is reached.
    """
    no_rank = len(targets) + 1

    def place(body: str) -> tuple[Fraction, int]:
        target = targets[body][slug]
        return -Fraction(target.value or 0), target.rank or no_rank

    ties: list[Tie] = []
    before = 0
    ordered = sorted(targets, key=lambda body: (*place(body), body))
    for negative, alike in groupby(ordered, key=lambda body: place(body)[0]):
        groups = [tuple(group) for _, group in groupby(alike, key=place)]
        for bodies, window in zip(groups, _windows(-negative, len(groups), decimals), strict=True):
            ties.append(Tie(bodies, window, _whole(-negative, decimals), before + 1))
            before += len(bodies)
    return tuple(ties)


def _whole(value: Fraction, decimals: int) -> Window:
    half = Fraction(1, 2 * 10**decimals)
    low, high = value - half + MARGIN, value + half - MARGIN
    return Window(max(low, Fraction(0)), min(high, Fraction(1)), value)


def _windows(value: Fraction, number: int, decimals: int) -> Sequence[Window]:
    """Windows for so many ties that print alike, the highest first."""
    whole = _whole(value, decimals)
    if value == 1:
        exact = Window(value, value, value)
        return [exact, *_parted(Window(whole.low, 1 - MARGIN, value), number - 1)]
    return _parted(whole, number)


def _parted(whole: Window, number: int) -> list[Window]:
    if number < 2:
        return [whole] * number
    step = (whole.high - whole.low) / number
    tops = [whole.high - n * step for n in range(number)]
    return [Window(top - step + MARGIN, top - MARGIN, whole.aim) for top in tops]
