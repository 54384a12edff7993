"""Uptime over the rounds of a window: shares with their interval, and the rule of stability.

Belongs here: exact arithmetic on numbers of rounds. Does not belong here: which rounds a target
was up in (dbt counts them), the numbers and the words of the rule (`checks/rules.yaml`, group
`probe`).

The rule is worked out for every combination of rounds that can be, as a table that dbt joins, so
that no engine has to take a square root.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import pyarrow as pa

from assets import registry
from assets.crawl.checks.rules import Rules

TABLE = "raw_stability_rules"

#: The 97.5% point of the standard normal distribution, to 15 decimals.
Z = Decimal("1.959963984540054")
#: Everything is worked out to 50 digits, whatever the context of the process, and rounded once.
_EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN)


def wilson(up: int, measured: int, digits: int = 6) -> tuple[Decimal, Decimal]:
    """The 95% Wilson score interval of the share `up` / `measured`, each end from 0 to 1, rounded
    half to even to so many decimals. ValueError unless 0 <= up <= measured and measured > 0."""
    _check(measured, measured, up)
    x = _EXACT
    squared = x.multiply(Z, Z)
    spread = x.add(x.divide(up * (measured - up), measured), x.divide(squared, 4))
    half = x.multiply(Z, x.sqrt(spread))
    middle = x.add(up, x.divide(squared, 2))
    whole = x.add(measured, squared)
    ends = (x.divide(x.subtract(middle, half), whole), x.divide(x.add(middle, half), whole))
    low, high = (_rounded(min(max(end, Decimal(0)), Decimal(1)), digits) for end in ends)
    return low, high


def stability(rounds: int, measured: int, up: int, rule: Mapping[str, Any]) -> dict[str, Any]:
    """A row of raw_stability_rules: what the rule says of a target that was measured in `measured`
    of `rounds` rounds and up in `up` of them. `rule` is the group `probe` of the rules.
    ValueError for numbers that cannot be."""
    _check(rounds, measured, up)
    digits = rule["share_digits"]
    low, high = wilson(up, measured, digits) if measured else (None, None)
    return {
        "rounds_held": rounds,
        "rounds_measured": measured,
        "rounds_up": up,
        "uptime": _share(up, measured, digits) if measured else None,
        "uptime_low": low,
        "uptime_high": high,
        "uptime_status": "measured" if measured else "not_measured",
        "not_measured_share": _share(rounds - measured, rounds, digits),
        "runs": _runs(measured, up, rule),
        "stability": _stability(measured, up, rule),
    }


def stability_rules_table(rounds_numbers: Iterable[int], rules: Rules) -> pa.Table:
    """raw_stability_rules for windows that hold these numbers of rounds: every combination of
    rounds measured and up. ValueError for a number below 1."""
    declared = registry.table(TABLE)
    rows = [
        stability(rounds, measured, up, rules.probe)
        for rounds in sorted(set(rounds_numbers))
        for measured in range(rounds + 1)
        for up in range(measured + 1)
    ]
    return pa.Table.from_pylist(rows, schema=declared.arrow_schema)


def _runs(measured: int, up: int, rule: Mapping[str, Any]) -> str:
    if not measured:
        return "not_measured"
    return "yes" if up >= _EXACT.multiply(rule["runs_share"], measured) else "no"


def _stability(measured: int, up: int, rule: Mapping[str, Any]) -> str:
    if measured < rule["measured_at_least"]:
        return "too_few_rounds"
    return "stable" if measured - up <= rule["down_at_most"] else "unstable"


def _check(rounds: int, measured: int, up: int) -> None:
    if not (0 <= up <= measured <= rounds and rounds):
        raise ValueError(f"{up} up of {measured} measured of {rounds} rounds cannot be")


def _share(part: int, whole: int, digits: int) -> Decimal:
    return _rounded(_EXACT.divide(part, whole), digits)


def _rounded(value: Decimal, digits: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits), context=_EXACT)
