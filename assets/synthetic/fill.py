"""Finds the figures of one body in one category, so that its index lies where it should.

Whole numbers and exact fractions only: the same seed gives the same figures on every machine.
Belongs here: one body, one category. Does not belong here: the block (`solve`), proof (`proof`).
"""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from assets.synthetic.criteria import Category, Part, points_of
from assets.synthetic.sizes import Rules

#: Draws of a category before its nearest miss is taken.
TRIES = 40

#: A body that reaches less than this share of the counts on average says no somewhere instead.
MODEST = Fraction(1, 5)

#: How far a drawn share may lie from the average that is needed.
SPREAD = Fraction(1, 4)

#: How many counts of the last but one criterion are tried to close the sum.
CLOSING = 400


@dataclass(frozen=True)
class Window:
    """Index values that are met, both ends included; `aim` is the value printed."""

    low: Fraction
    high: Fraction
    aim: Fraction


@dataclass(frozen=True)
class Filled:
    """Figures by input code (null: not applicable) and the index value that they give.

    `miss` is how far the value lies from the one printed; 0 inside the window.
    """

    figures: Mapping[str, int | None]
    value: Fraction
    miss: Fraction


@dataclass(frozen=True)
class Setting:
    """What is given when a category is filled: sizes of the body, best rates of the block by slug,
    and whether this body has the best rates."""

    category: Category
    rules: Rules
    sizes: Mapping[str, int]
    best: Mapping[str, int]
    leads: bool


def fill(setting: Setting, window: Window, rng: random.Random) -> Filled:
    """Figures whose index value lies in the window, else those of the nearest miss that was met."""
    nearest: Filled | None = None
    for _ in range(TRIES):
        filled = _Attempt(setting, window, rng).filled()
        if nearest is None or filled.miss < nearest.miss:
            nearest = filled
        if nearest.miss == 0:
            break
    assert nearest is not None  # noqa: S101 (TRIES is above 0)
    return nearest


@dataclass(frozen=True)
class _Answers:
    """Which switches are on, and what follows: counts with the best rate, counts left open, counts
    that are 0, and counts that do not apply because they are counted out of those.

    `won` are the points of switches and best rates, `room` those that open counts can earn.
    """

    on: frozenset[str]
    top: tuple[Part, ...]
    open: tuple[Part, ...]
    zero: tuple[Part, ...]
    void: tuple[Part, ...]
    won: Fraction
    room: Fraction
    maximum: Fraction


def _answers(setting: Setting, off: Collection[str]) -> _Answers:
    category, needs = setting.category, setting.rules.needs
    zero = tuple(part for part in category.parts if needs.get(part.code) in off)
    empty = {part.code for part in zero}
    void = tuple(part for part in category.parts if part.out_of in empty)
    top = tuple(part for part in category.parts if part.of_best and setting.leads)
    settled = {*zero, *void, *top}
    left = tuple(part for part in category.parts if part not in settled)
    on = [switch for switch in category.switches if switch.code not in off]
    lost = Fraction(0) if category.keeps_maximum else points_of(void)
    return _Answers(
        on=frozenset(switch.code for switch in on),
        top=top,
        open=left,
        zero=zero,
        void=void,
        won=points_of(on) + points_of(top),
        room=points_of(left),
        maximum=category.weight - lost,
    )


def _choose_answers(setting: Setting, aim: Fraction, rng: random.Random) -> _Answers:
    """Yes everywhere, but for switches taken off in random order until the counts have enough to
    earn. Where that cannot be, the answers that leave the least out of reach."""
    codes = [switch.code for switch in setting.category.switches]
    order = rng.sample(codes, len(codes))
    choices = [_answers(setting, order[:n]) for n in range(len(order) + 1)]

    def needed(choice: _Answers) -> Fraction:
        return aim * choice.maximum - choice.won

    for choice in choices:
        if MODEST * choice.room <= needed(choice) <= choice.room:
            return choice
    return min(choices, key=lambda c: max(-needed(c), needed(c) - c.room, Fraction(0)))


class _Attempt:
    """One draw of a category: counts near the average that is still needed, the last two fitted."""

    def __init__(self, setting: Setting, window: Window, rng: random.Random) -> None:
        self.setting, self.window, self.rng = setting, window, rng
        self.answers = _choose_answers(setting, window.aim, rng)
        self.figures: dict[str, int | None] = {
            code: size
            for code, size in setting.sizes.items()
            if code in setting.category.denominators
        }
        for switch in setting.category.switches:
            self.figures[switch.code] = int(switch.code in self.answers.on)
        self.figures.update({part.code: 0 for part in self.answers.zero})
        self.figures.update({part.code: None for part in self.answers.void})
        self.won, self.left = self.answers.won, list(self.answers.open)
        self.bases = self._bases()
        self.figures.update({part.code: self._most(part) for part in self.answers.top})

    def filled(self) -> Filled:
        """The figures of this draw and how near they come."""
        for part in [part for part in self.left if part.code in self.bases]:
            self._take(part, self._drawn(part))
        # The finest counts come last: they close the sum.
        self.left.sort(key=lambda part: (self._most(part), part.slug))
        while len(self.left) > 2:
            self._take(self.left[0], self._drawn(self.left[0]))
        self._close()
        maximum, window = self.answers.maximum, self.window
        value = self.won / maximum
        inside = window.low <= value <= window.high
        return Filled(self.figures, value, Fraction(0) if inside else abs(value - window.aim))

    def _bases(self) -> set[str]:
        """Counts that are not free: other figures follow from them, or they from others."""
        rules = self.setting.rules
        summed = {code for codes in rules.sums.values() for code in codes}
        pairs = {code for pair in rules.at_least.items() for code in pair}
        return {*self.setting.category.denominators, *summed, *pairs}

    def _figure(self, code: str) -> int:
        """A figure that others are counted out of; a sum is made when first asked for."""
        if code not in self.figures and code in self.setting.rules.sums:
            parts = self.setting.rules.sums[code]
            self.figures[code] = sum(self.figures[part] or 0 for part in parts)
        return self.figures[code] or 0

    def _most(self, part: Part) -> int:
        """The count that earns all the points of a criterion."""
        if part.out_of is None:
            return part.items or 1
        rate = self.setting.best[part.slug] if part.of_best else 1
        return rate * self._figure(part.out_of)

    def _least(self, part: Part) -> int:
        lower = self.setting.rules.at_least.get(part.code)
        if lower is not None:
            return max(1, self._figure(lower))
        return int(part.code in self.bases)

    def _needed(self) -> Fraction:
        """Points still to be earned."""
        return self.window.aim * self.answers.maximum - self.won

    def _drawn(self, part: Part) -> int:
        most = self._most(part)
        average = self._needed() / points_of(self.left)
        share = min(max(average, Fraction(0)), Fraction(1))
        spread = min(share, 1 - share, SPREAD)
        share += spread * Fraction(self.rng.randint(-100, 100), 100)
        return min(max(_rounded(share * most), self._least(part)), most)

    def _take(self, part: Part, count: int) -> None:
        self.figures[part.code] = count
        self.won += part.weight * Fraction(count, self._most(part))
        self.left.remove(part)

    def _close(self) -> None:
        """Fit the counts left, at most two, to the points still needed."""
        maximum, parts = self.answers.maximum, list(self.left)
        low, high = self.window.low * maximum - self.won, self.window.high * maximum - self.won
        aim = self._needed()
        counts = [self._most(part) for part in parts]
        if low < points_of(parts):
            counts = self._fitted(parts, low, high, aim)
        for part, count in zip(parts, counts, strict=True):
            self._take(part, count)

    def _fitted(
        self, parts: Sequence[Part], low: Fraction, high: Fraction, aim: Fraction
    ) -> list[int]:
        """The counts whose points lie between low and high, else those nearest to aim."""
        nearest = [0] * len(parts)
        if not parts or high < 0:
            return nearest
        least_miss: Fraction | None = None
        for counts, won in self._openings(parts[:-1]):
            last = _nearest(parts[-1], self._most(parts[-1]), (low - won, high - won, aim - won))
            if least_miss is None or last.miss < least_miss:
                least_miss, nearest = last.miss, [*counts, last.found]
            if last.miss == 0:
                break
        return nearest

    def _openings(self, parts: Sequence[Part]) -> Iterator[tuple[list[int], Fraction]]:
        """Counts of the last but one criterion, if there is one, from the drawn one outwards."""
        if not parts:
            yield [], Fraction(0)
            return
        (part,) = parts
        most, start = self._most(part), self._drawn(part)
        for step in range(min(CLOSING, max(start, most - start) + 1)):
            for count in dict.fromkeys((start + step, start - step)):
                if 0 <= count <= most:
                    yield [count], part.weight * Fraction(count, most)


def _rounded(value: Fraction) -> int:
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


class _Nearest(NamedTuple):
    found: int
    miss: Fraction


def _nearest(part: Part, most: int, points: tuple[Fraction, Fraction, Fraction]) -> _Nearest:
    """The count whose points lie between low and high, nearest to aim; and by how much none does.

    `points` are low, high and aim.
    """
    low, high, aim = (most * one / part.weight for one in points)
    count = min(max(_rounded(aim), 0), most)
    least, largest = max(math.ceil(low), 0), min(math.floor(high), most)
    if least <= largest:
        return _Nearest(min(max(count, least), largest), Fraction(0))
    return _Nearest(count, abs(count - aim) * part.weight / most)
