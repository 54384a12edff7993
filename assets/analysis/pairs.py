"""Neighbouring years held of one body in one list, and whether they can be compared.

Belongs here: which two years stand beside each other. Does not belong here: what is said of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from assets.analysis.lists import Entry, ListKey, Lists, RankedList, Row

#: Sources of ranks, the strongest first: a pair is as strong as the weaker of its two.
_STRENGTH = ("printed", "computed", "derived", "from_values", "none")


@dataclass(frozen=True)
class Pair:
    """One body in two lists. `comparability` is a code of ana_rank_changes."""

    body_code: str
    before: RankedList
    after: RankedList
    from_rank: int | None
    rank: int | None
    rank_source: str
    comparability: str

    @property
    def is_comparable(self) -> bool:
        return self.comparability == "comparable"

    @property
    def earlier(self) -> Entry:
        return self.before.entries[self.body_code]

    @property
    def later(self) -> Entry:
        return self.after.entries[self.body_code]

    @property
    def places_gained(self) -> int | None:
        """Places gained, positive upwards; null unless both ranks are there."""
        if self.from_rank is None or self.rank is None:
            return None
        return self.from_rank - self.rank

    @property
    def score_change(self) -> Fraction | None:
        """Later value minus earlier; null unless the two can be compared and both are held."""
        before, after = self.earlier.value, self.later.value
        if not self.is_comparable or before is None or after is None:
            return None
        return after - before

    @property
    def is_synthetic(self) -> bool:
        return self.before.is_synthetic or self.after.is_synthetic

    def about(self) -> dict[str, Any]:
        """The columns that say what a row is of."""
        key = self.after.key
        return {
            "from_year": self.before.key.assessment_year,
            "assessment_year": key.assessment_year,
            "index_code": key.index_code,
            "regime": self.after.regime,
            "block": self.after.block,
            "universe": key.universe,
            "category": key.category,
            "figures_from": key.figures_from,
            "body_code": self.body_code,
            "body_name": self.later.body_name,
            "is_synthetic": self.is_synthetic,
        }


def published_pairs(changes: Iterable[Row], lists: Lists) -> list[Pair]:
    """A pair for every row of pnl_rank_changes; the panel says what can be compared."""
    pairs = []
    for row in changes:
        key = ListKey(
            "published", row["index_code"], row["universe"], row["assessment_year"],
            row["category"],
        )  # fmt: skip
        before, after = lists[key._replace(assessment_year=row["from_year"])], lists[key]
        pairs.append(_pair(row["body_code"], before, after, _published_code(row)))
    return pairs


def _published_code(row: Row) -> str:
    if row["is_comparable"]:
        return "comparable"
    return _years_code(row["from_regime"], row["regime"], row["from_year"], row["assessment_year"])


def _years_code(from_regime: str, regime: str, from_year: int, year: int) -> str:
    if from_regime != regime:
        return "method_break"
    return "not_neighbours" if year != from_year + 1 else "partial_year"


def computed_pairs(lists: Lists, is_current: Mapping[ListKey, bool]) -> list[Pair]:
    """Pairs of computed lists; `is_current` says of a list whether it was computed by the
    method as it is held now, without which no world of it can be computed again."""
    series: dict[ListKey, list[RankedList]] = {}
    for key, found in sorted(lists.items()):
        if key.figures_from == "computed":
            series.setdefault(key._replace(assessment_year=0), []).append(found)
    pairs = []
    for held in series.values():
        for before, after in pairwise(held):
            code = _computed_code(before, after, is_current)
            both = sorted(before.entries.keys() & after.entries.keys())
            pairs += [_pair(body, before, after, code) for body in both]
    return pairs


def _computed_code(
    before: RankedList, after: RankedList, is_current: Mapping[ListKey, bool]
) -> str:
    years = before.key.assessment_year, after.key.assessment_year
    if before.regime != after.regime or years[1] != years[0] + 1:
        return _years_code(before.regime, after.regime, *years)
    current = is_current[before.key] and is_current[after.key]
    return "comparable" if current else "method_file_changed"


def _pair(body: str, before: RankedList, after: RankedList, comparability: str) -> Pair:
    from_rank, from_source = before.ranks[body]
    rank, source = after.ranks[body]
    weaker = max(from_source, source, key=_STRENGTH.index)
    return Pair(body, before, after, from_rank, rank, weaker, comparability)
