"""Rows of ana_audit: what a reader should know of the lists of a year before trusting their ranks.

Belongs here: choosing what is measured of which list. Does not belong here: the statistics
themselves. A list of which not every body is held has its coverage only: those held are mostly the
leading ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from assets.analysis.composition import Composition
from assets.analysis.lists import ListKey, Lists, RankedList
from assets.analysis.numbers import written
from assets.analysis.statistics import (
    correlation,
    covariance,
    cronbach_alpha,
    deviation,
    excess_kurtosis,
    fences,
    mean,
    moment,
    skewness,
)

DECIMALS = 6
ALL, NONE = "all", "none"

#: A list is outlying beyond both (the customary limits of composite indices).
SKEWNESS_LIMIT, KURTOSIS_LIMIT = 2, Fraction(7, 2)

#: Bodies without which shapes and correlations say nothing.
FEWEST = 4

#: Measure, item, other item, value, bodies used, note.
Figure = tuple[str, str, str, Fraction | None, int, str | None]


def audit_rows(
    lists: Lists, compositions: Mapping[ListKey, Composition]
) -> Iterator[dict[str, Any]]:
    """The audit of every series, universe and year."""
    groups: dict[ListKey, list[RankedList]] = {}
    for key, held in sorted(lists.items()):
        groups.setdefault(key._replace(category=""), []).append(held)
    for key, group in groups.items():
        whole = [one for one in group if one.is_whole and len(one.entries) >= FEWEST]
        figures = [
            *(_coverage(one) for one in group),
            *(figure for one in whole for figure in _shape(one)),
            *_correlations(whole),
            *(
                figure
                for one in group
                if one.key in compositions
                for figure in _weights(one, compositions[one.key])
            ),
            *_consistency(whole, compositions),
        ]
        yield from _rows(key, group[0], figures)


def _rows(key: ListKey, one: RankedList, figures: Iterable[Figure]) -> Iterator[dict[str, Any]]:
    for measure, item, other, value, bodies, note in figures:
        if value is not None:
            yield {
                "assessment_year": key.assessment_year,
                "index_code": key.index_code,
                "regime": one.regime,
                "block": one.block,
                "universe": key.universe,
                "figures_from": key.figures_from,
                "is_synthetic": one.is_synthetic,
                "audit_measure": measure,
                "item": item,
                "other_item": other,
                "audit_value": written(value, DECIMALS),
                "bodies_used": bodies,
                "note": note,
            }


def _known(held: RankedList) -> list[Fraction]:
    return [value for value in held.values.values() if value is not None]


def _coverage(held: RankedList) -> Figure:
    expected = held.bodies_expected
    share = None if not expected else Fraction(held.bodies_held, expected)
    return "coverage", held.key.category, NONE, share, held.bodies_held, held.trust


def _shape(held: RankedList) -> Iterator[Figure]:
    """Middle, spread, form and outliers of a list; outliers are named, nothing is done to them."""
    values, category = _known(held), held.key.category
    many = len(values)
    skew, kurtosis = skewness(values), excess_kurtosis(values)
    low, high = fences(values)
    beyond = [
        body
        for body, value in held.values.items()
        if value is not None and not low <= value <= high
    ]
    outlying = None
    if skew is not None and kurtosis is not None:
        outlying = Fraction(abs(skew) > SKEWNESS_LIMIT and kurtosis > KURTOSIS_LIMIT)
    for measure, value, note in (
        ("mean", mean(values), None),
        ("standard_deviation", deviation(values), None),
        ("minimum", min(values), None),
        ("maximum", max(values), None),
        ("skewness", skew, None),
        ("excess_kurtosis", kurtosis, None),
        ("outliers_iqr", Fraction(len(beyond)), " ".join(beyond) or None),
        ("is_outlying", outlying, None),
    ):
        yield measure, category, NONE, value, many, note


def _correlations(whole: list[RankedList]) -> Iterator[Figure]:
    """Of every two lists of the same bodies; with `overall` under a name of its own."""
    for first, second in combinations(whole, 2):
        if first.entries.keys() != second.entries.keys():
            continue
        value = correlation(_known(first), _known(second))
        one, other = first.key.category, second.key.category
        if "overall" in (one, other):
            item = other if one == "overall" else one
            yield "correlation_with_total", item, NONE, value, len(first.entries), None
        else:
            yield "correlation", one, other, value, len(first.entries), None


def _weights(held: RankedList, composition: Composition) -> Iterator[Figure]:
    """Nominal and effective weights of the parts of a total. An effective weight is the share of
    the variance of the total that goes with the part; they add up to 1."""
    bodies = sorted(composition.values)
    totals = [composition.total(body) for body in bodies]
    spread = moment(totals, 2)
    for part, weight in composition.weights.items():
        own = [weight * composition.share(body, part) for body in bodies]
        note = f"{held.key.category}: {composition.basis}"
        item = part if held.key.category == "overall" else f"{part}_of_{held.key.category}"
        effective = covariance(own, totals) / spread if spread else None
        for measure, value in (
            ("nominal_weight", weight),
            ("scale_max", composition.scale[part]),
            ("effective_weight", effective),
        ):
            yield measure, item, NONE, value, len(bodies), note


def _consistency(
    whole: list[RankedList], compositions: Mapping[ListKey, Composition]
) -> Iterator[Figure]:
    """Cronbach's alpha of the parts of the overall index as they are added; where there is none,
    of the categories, each counting alike."""
    for held in whole:
        if held.key.category == "overall" and held.key in compositions:
            composition = compositions[held.key]
            bodies = sorted(composition.values)
            columns = [
                [weight * composition.share(body, part) for body in bodies]
                for part, weight in composition.weights.items()
            ]
            yield (
                "cronbach_alpha",
                ALL,
                NONE,
                cronbach_alpha(columns),
                len(bodies),
                "weighted parts",
            )
            return
    same = [one for one in whole if one.entries.keys() == whole[0].entries.keys()]
    if len(same) > 1 and not any(one.key.category == "overall" for one in same):
        columns = [_known(one) for one in same]
        alpha = cronbach_alpha(columns)
        yield "cronbach_alpha", ALL, NONE, alpha, len(same[0].entries), "categories alike"
