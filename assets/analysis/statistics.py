"""Statistics of a list on exact fractions; only roots are cut, to 18 decimals, in whole numbers.

Moments are those of all bodies (by n, not n - 1): a list is the whole block, no sample of it. Null
where a figure is not defined. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from assets.analysis.numbers import root

Values = Sequence[Fraction]
ROOT_DECIMALS = 18


def mean(values: Values) -> Fraction:
    """The plain mean."""
    return sum(values, Fraction(0)) / len(values)


def moment(values: Values, power: int) -> Fraction:
    """The mean of the powers of the deviations from the mean."""
    middle = mean(values)
    return mean([(value - middle) ** power for value in values])


def covariance(first: Values, second: Values) -> Fraction:
    """The mean of the products of the deviations."""
    a, b = mean(first), mean(second)
    return mean([(x - a) * (y - b) for x, y in zip(first, second, strict=True)])


def deviation(values: Values) -> Fraction:
    """The standard deviation."""
    return root(moment(values, 2), ROOT_DECIMALS)


def correlation(first: Values, second: Values) -> Fraction | None:
    """Pearson's coefficient; null where one of the two has no spread."""
    spread = moment(first, 2) * moment(second, 2)
    if not spread:
        return None
    common = covariance(first, second)
    size = root(common**2 / spread, ROOT_DECIMALS)
    return -size if common < 0 else size


def skewness(values: Values) -> Fraction | None:
    """Third moment by the cube of the deviation."""
    spread = deviation(values)
    return None if not spread else moment(values, 3) / spread**3


def excess_kurtosis(values: Values) -> Fraction | None:
    """Fourth moment by the square of the variance, less 3."""
    spread = moment(values, 2)
    return None if not spread else moment(values, 4) / spread**2 - 3


def quantile(values: Values, share: Fraction) -> Fraction:
    """By straight lines between the ordered values (type 7)."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = place.numerator // place.denominator
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def fences(values: Values) -> tuple[Fraction, Fraction]:
    """The quartiles less and plus 1.5 times what lies between them."""
    low, high = quantile(values, Fraction(1, 4)), quantile(values, Fraction(3, 4))
    return low - (high - low) * 3 / 2, high + (high - low) * 3 / 2


def cronbach_alpha(columns: Sequence[Values]) -> Fraction | None:
    """Consistency of columns that are added up; null for one column or no spread of the sum."""
    many = len(columns)
    totals = [sum(row, Fraction(0)) for row in zip(*columns, strict=True)]
    spread = moment(totals, 2)
    if many < 2 or not spread:
        return None
    own = sum((moment(column, 2) for column in columns), Fraction(0))
    return Fraction(many, many - 1) * (1 - own / spread)
