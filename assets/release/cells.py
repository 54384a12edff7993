"""How a value of a table is spelled as text, in CSV and JSON alike.

Decimals in plain notation with a point and without trailing zeros, never by way of a float; true
and false; ISO dates.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any


def plain_decimal(value: Decimal) -> str:
    """Every digit of the decimal, without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


#: Registry type -> the spelling of a value of that type that is not null.
SPELLED: dict[str, Callable[[Any], str]] = {
    "string": str,
    "int": str,
    "bigint": str,
    "bool": lambda value: "true" if value else "false",
    "decimal": plain_decimal,
    "exact": plain_decimal,
    "date": lambda value: value.isoformat(),
    "timestamp": lambda value: value.isoformat().replace("+00:00", "Z"),
}
