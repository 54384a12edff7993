"""Fractions written as decimals, and how figures read in both languages. Nothing is a float."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import isqrt


def written(value: Fraction, decimals: int) -> Decimal:
    """The value rounded half to even to that many decimals, which an exact one is not."""
    units = round(value * 10**decimals)
    return Decimal((units < 0, tuple(int(digit) for digit in str(abs(units))), -decimals))


def root(value: Fraction, decimals: int) -> Fraction:
    """The square root of a value that is not negative, cut to that many decimals. Whole numbers
    only, so that every machine finds the same."""

    scale = 10**decimals
    return Fraction(isqrt(value.numerator * scale * scale // value.denominator), scale)


def shown(value: Decimal | Fraction, decimals: int, language: str, *, signed: bool = False) -> str:
    """The value in words' form: decimal comma in Vietnamese, a true minus, a plus if asked for."""
    number = written(Fraction(value), decimals)
    digits = f"{abs(number):f}"
    if language == "vi":
        digits = digits.replace(".", ",")
    sign = "−" if number < 0 else "+" if signed and number > 0 else ""
    return sign + digits


def shown_briefly(value: Decimal | Fraction, language: str) -> str:
    """A signed number with at most 2 decimals, no zeros at the end."""
    text = shown(value, 2, language, signed=True)
    mark = "," if language == "vi" else "."
    return text.rstrip("0").rstrip(mark) if mark in text else text
