"""Every table of the analysis from the promoted figures of all years. Pure: figures in, tables out.

Belongs here: which part of the analysis is asked of which list, and the registry's form. Does not
belong here: reading the lake (`assets`), and the analysis itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assets import registry
from assets.analysis.audit import audit_rows
from assets.analysis.certainty import dominance_rows, interval_rows, leave_one_out_rows
from assets.analysis.composition import (
    Composition,
    FindMethod,
    Scores,
    compositions,
    held_method,
)
from assets.analysis.counterfactual import Between, Side
from assets.analysis.crosswalk import Body, crosswalk_rows
from assets.analysis.draws import drawn
from assets.analysis.lists import (
    ListKey,
    Lists,
    RankedList,
    Row,
    computed_lists,
    published_lists,
)
from assets.analysis.numbers import written
from assets.analysis.pairs import Pair, computed_pairs, published_pairs
from assets.analysis.rank_parts import rank_parts
from assets.analysis.score_parts import score_rows
from assets.analysis.sentences import sentence
from assets.analysis.summaries import COUNTED, Counts, body_years, summary_rows
from assets.analysis.words import LANGUAGES, Language, Names
from assets.method.formulas import Observation
from assets.method.observations import observations_of

UNIT = "analysis"

#: Decimals of a change of value as written.
CHANGE_DECIMALS = 15

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Figures:
    """Rows of the promoted tables of all years. `observations` by year: ind_observations."""

    published_values: Sequence[Row]
    ranks: Sequence[Row]
    scores: Sequence[Row]
    observations: Mapping[int, pa.Table]
    coverage: Sequence[Row]
    rank_changes: Sequence[Row]
    bodies: Sequence[Body]
    bodies_en: Mapping[str, str]


class _Computed:
    """The computed years: what every list was computed from, and the worlds between two of them."""

    def __init__(self, figures: Figures, lists: Lists, find: FindMethod) -> None:
        self._figures, self._find = figures, find
        self._between: dict[tuple[ListKey, int], Between] = {}
        by_place: dict[tuple[int, str, str], dict[tuple[str, str], Row]] = {}
        hashes = {}
        for row in figures.scores:
            place = (row["assessment_year"], row["index_code"], row["universe"])
            by_place.setdefault(place, {})[row["body_code"], row["criterion"]] = row
            hashes[place] = row["method_sha256"]
        self.scores: dict[ListKey, Scores] = {}
        self.is_current: dict[ListKey, bool] = {}
        for key, held in lists.items():
            if key.figures_from == "computed":
                place = (key.assessment_year, key.index_code, key.universe)
                method = held_method(find, held.regime, held.block)
                self.scores[key] = by_place[place]
                self.is_current[key] = method is not None and method.sha256 == hashes[place]

    def between(self, pair: Pair) -> Between | None:
        """The worlds of a computed pair that can be compared; all its bodies share them."""
        if pair.after.key.figures_from != "computed" or not pair.is_comparable:
            return None
        place = pair.after.key._replace(category=""), pair.before.key.assessment_year
        if place not in self._between:
            self._between[place] = Between(self._side(pair.before), self._side(pair.after))
        return self._between[place]

    def _side(self, held: RankedList) -> Side:
        key = held.key
        table = self._figures.observations[key.assessment_year]
        observed: dict[str, dict[str, Observation]] = {body: {} for body, _ in self.scores[key]}
        figures = observations_of(table, key.index_code, key.universe, held.block)
        for (body, code), observation in figures.items():
            observed[body][code] = observation
        return Side(self._find(held.regime, held.block), dict(sorted(observed.items())))


def analysis_tables(figures: Figures, find: FindMethod) -> dict[str, pa.Table]:
    """The tables of the unit `analysis`, in the registry's form, by name."""
    lists: Lists = dict(
        sorted(
            {
                **published_lists(figures.published_values, figures.coverage),
                **computed_lists(figures.scores),
            }.items()
        )
    )
    computed = _Computed(figures, lists, find)
    usable = {key: held for key, held in lists.items() if computed.is_current.get(key, True)}
    made = compositions(usable, computed.scores, find)
    names = Names(find, figures.bodies_en)
    pairs = [
        *published_pairs(figures.rank_changes, lists),
        *computed_pairs(lists, computed.is_current),
    ]
    rows: dict[str, Rows] = {
        **_changes(pairs, made, computed, names),
        **_certainty(lists, made),
        "ana_audit": list(audit_rows(lists, made)),
        "ana_universe_ranks": list(crosswalk_rows(lists, figures.bodies)),
    }
    said = {
        (pair.after.key, pair.body_code): {
            language: row[f"sentence_{language}"] for language in LANGUAGES
        }
        for pair, row in zip(pairs, rows["ana_rank_changes"], strict=True)
    }
    rows["ana_body_summaries"] = list(
        summary_rows(body_years(lists, pairs), counted_ranks(figures.ranks), said, names)
    )
    return {table.name: _table(table, rows[table.name]) for table in registry.tables(unit=UNIT)}


def counted_ranks(ranks: Iterable[Row]) -> Counts:
    """Printed ranks of lists by counts, from idx_ranks, by key and body."""
    return {
        (
            ListKey(
                "published", row["index_code"], row["universe"], row["assessment_year"],
                row["category"],
            ),
            row["body_code"],
        ): row["published_rank"]
        for row in ranks
        if row["category"] in COUNTED
        and row["table_no"] is not None
        and row["published_rank"] is not None
    }  # fmt: skip


def _changes(
    pairs: Sequence[Pair],
    made: Mapping[ListKey, Composition],
    computed: _Computed,
    names: Names,
) -> dict[str, Rows]:
    scores: Rows = []
    ranks: Rows = []
    for pair in pairs:
        between = computed.between(pair)
        own = list(score_rows(pair, made, between))
        parts = rank_parts(pair, between)
        change = pair.score_change
        sentences: dict[Language, str] = {
            language: sentence(pair, parts, own, names, language) for language in LANGUAGES
        }
        scores += own
        ranks.append(
            {
                **pair.about(),
                "from_regime": pair.before.regime,
                "from_rank": pair.from_rank,
                "rank": pair.rank,
                "rank_source": pair.rank_source,
                "places_gained": pair.places_gained,
                "score_change": None if change is None else written(change, CHANGE_DECIMALS),
                **parts,
                "is_comparable": pair.is_comparable,
                "comparability": pair.comparability,
                "sentence_vi": sentences["vi"],
                "sentence_en": sentences["en"],
            }
        )
    return {"ana_score_changes": scores, "ana_rank_changes": ranks}


def _certainty(lists: Lists, made: Mapping[ListKey, Composition]) -> dict[str, Rows]:
    intervals: Rows = []
    without: Rows = []
    dominance: Rows = []
    for key, held in lists.items():
        composition = made.get(key)
        found = None if composition is None else drawn(composition)
        intervals += interval_rows(held, composition, found)
        if composition is not None and found is not None:
            without += leave_one_out_rows(held, composition)
            dominance += dominance_rows(held, composition, found)
    return {
        "ana_rank_intervals": intervals,
        "ana_leave_one_out": without,
        "ana_dominance": dominance,
    }


def _table(table: registry.Table, rows: Rows) -> pa.Table:
    schema = pa.schema([pa.field(column.name, column.arrow) for column in table.columns])
    frame = pa.Table.from_pylist(rows, schema=schema)
    return frame.sort_by([(name, "ascending") for name in table.sort])
