"""Other weights: values and ranks if the parts of a total counted differently. Exact.

The explorer does the same in the reader's browser; tests hold the two against each other. Belongs
here: this one rule, pure. Does not belong here: figures of one body changed (`method.whatif`).

The rule. Each part has a weight, a number not below 0; 0 drops it. A value is taken as its share of
`scale`, the value that earns the whole weight. The total is the sum of weight × value / scale over
the sum of the weights, so from 0 to 1 whatever the weights. It is written half up with `DECIMALS`
decimals. Ranks are competition ranks ("1, 1, 3") on the unrounded total, the larger first. A body
without a value in a part whose weight is not 0 has neither total nor rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assets.analysis.lists import places
from assets.method.engine import as_decimal

#: Decimals of a total as written.
DECIMALS = 6


@dataclass(frozen=True)
class Standing:
    """Total (0 to 1) and rank of one body under the weights; null for both where a value is."""

    body_code: str
    value: Decimal | None
    rank: int | None


def reweighted(
    values: Mapping[str, Mapping[str, Decimal | None]],
    weights: Mapping[str, Decimal],
    scale: Mapping[str, Decimal],
) -> list[Standing]:
    """The standing of every body, by body code.

    `values` by body and part, `weights` and `scale` by part. ValueError if a weight is negative or
    no number, no weight is above 0, or a part of the weights has no scale above 0.
    """
    counting = _counting(weights, scale)
    total = sum(counting.values(), Fraction(0))
    reached = {body: _total(own, counting, scale) for body, own in values.items()}
    ranks = places({body: value for body, value in reached.items() if value is not None})
    return [
        Standing(
            body,
            None if value is None else as_decimal(value / total, DECIMALS),
            ranks.get(body),
        )
        for body, value in sorted(reached.items())
    ]


def _counting(weights: Mapping[str, Decimal], scale: Mapping[str, Decimal]) -> dict[str, Fraction]:
    for part, weight in weights.items():
        if not weight.is_finite() or weight < 0:
            raise ValueError(f"weight of {part} is {weight}: give a number not below 0")
        if weight and scale.get(part, Decimal(0)) <= 0:
            raise ValueError(f"{part} has a weight but no scale above 0")
    counting = {part: Fraction(weight) for part, weight in weights.items() if weight}
    if not counting:
        raise ValueError("every weight is 0: leave at least one part in")
    return counting


def _total(
    own: Mapping[str, Decimal | None],
    counting: Mapping[str, Fraction],
    scale: Mapping[str, Decimal],
) -> Fraction | None:
    reached = Fraction(0)
    for part, weight in counting.items():
        value = own.get(part)
        if value is None:
            return None
        reached += weight * Fraction(value) / Fraction(scale[part])
    return reached
