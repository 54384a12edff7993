"""Numbers as an official table writes them: in Vietnamese with a decimal comma and thousand points.

Belongs here: spelling of a Decimal. Does not belong here: rounding of figures that are ranked.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def spelled(value: Decimal | int, decimals: int, language: str, *, grouped: bool = False) -> str:
    """`value` with exactly `decimals` decimals, half up: 0.96 as '0,960' (vi) or '0.960' (en).

    `grouped` adds thousand points (vi) or commas (en).
    """
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    text = format(exact, ",f" if grouped else "f")
    return text.translate(str.maketrans(",.", ".,")) if language == "vi" else text


def respelled(text: str, language: str) -> str:
    """A figure of the ledger ('28167', '94.7368') as the language writes it; other text as is."""
    if not _NUMBER.fullmatch(text):
        return text
    whole, _, fraction = text.partition(".")
    return spelled(Decimal(text), len(fraction), language, grouped=len(whole.lstrip("-")) > 3)
