"""What a reader may weigh anew: the parts of a total, what they weigh, and every body's values.

Pure. Totals whose official weights are known come from `analysis.composition`. Where a year has no
published total, or its weights are not known, the categories held of every body are offered with
equal weights, and the page says that these are nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from assets.analysis.composition import held_method, published_composition
from assets.analysis.lists import ListKey, RankedList, published_lists
from assets.analysis.numbers import written
from assets.explorer.compact import Payload, table
from assets.explorer.inputs import Inputs
from assets.method.load import find_method

EQUAL = "equal"
OVERALL = "overall"

#: Decimals of a weight in percent.
WEIGHT_DECIMALS = 6


class Parts(NamedTuple):
    """Weight and scale by part, and every body's value in each."""

    basis: str
    weights: Mapping[str, Fraction]
    scale: Mapping[str, Fraction]
    values: Mapping[str, Mapping[str, Fraction]]


def reweighable(inputs: Inputs) -> list[Payload]:
    """Each set of parts that can be weighed anew, in the order of series, universe and year."""
    rows = [
        row
        for tables in inputs.years.values()
        for row in tables["rel_published_values"].to_pylist()
    ]
    lists = published_lists(rows, inputs.panel["pnl_coverage"].to_pylist())
    found = []
    for (index_code, universe, year), keys in groupby(sorted(lists), key=lambda key: key[1:4]):
        beside = {key.category: lists[key] for key in keys}
        made = _official(beside, lists) or _equal(beside)
        if made is not None:
            found.append(_payload(index_code, universe, year, made))
    return found


def _official(
    beside: Mapping[str, RankedList], lists: Mapping[ListKey, RankedList]
) -> Parts | None:
    total = beside.get(OVERALL)
    if total is None:
        return None
    method = held_method(find_method, total.regime, total.block)
    made = published_composition(total, lists, method)
    return None if made is None else Parts(made.basis, made.weights, made.scale, made.values)


def _equal(beside: Mapping[str, RankedList]) -> Parts | None:
    """The categories that every body has a value in, all values being shares of 1."""
    whole = {
        category: held
        for category, held in beside.items()
        if category != OVERALL and held.is_whole and all(v <= 1 for v in held.values.values() if v)
    }
    members = [set(held.values) for held in whole.values()]
    if len(whole) < 2 or any(own != members[0] for own in members):
        return None
    ones = {category: Fraction(1) for category in whole}
    values = {
        body: {category: held.values[body] or Fraction(0) for category, held in whole.items()}
        for body in sorted(members[0])
    }
    return Parts(EQUAL, ones, ones, values)


def _payload(index_code: str, universe: str, year: int, made: Parts) -> Payload:
    hundred = 1 if made.basis == EQUAL else 100
    return {
        "index_code": index_code,
        "universe": universe,
        "assessment_year": year,
        "basis": made.basis,
        "parts": table(
            ("part", "weight", "scale"),
            (
                [part, _decimal(weight * hundred), str(made.scale[part])]
                for part, weight in made.weights.items()
            ),
        ),
        "values": {
            body: [str(own[part]) for part in made.weights]
            for body, own in sorted(made.values.items())
        },
    }


def _decimal(weight: Fraction) -> str:
    text: Decimal = written(weight, WEIGHT_DECIMALS).normalize()
    return format(text, "f")
