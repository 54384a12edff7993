"""What is said of a body between two neighbouring years held: the figures of each, whether they can
be compared and why not, and where they are from. No cause that no source states.

Pure. Does not belong here: one sentence on one rank (`sentences`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from assets.analysis.lists import TRUST, ListKey, Lists, RankedList
from assets.analysis.pairs import Pair
from assets.analysis.sentences import value_shown
from assets.analysis.words import LANGUAGES, Language, Names, say
from assets.registry import uncapitalised, words

#: Ranks by counts, by key and body: lists that print no index.
Counts = Mapping[tuple[ListKey, str], int]

#: Lists by counts, in the order they are named; they stand for the category `online_services`.
COUNTED = ("online_services", "online_cases")

#: The state of a pair of years is that of its first pair in this order.
_STATES = ("comparable", "method_file_changed", "partial_year", "not_neighbours", "method_break")


@dataclass(frozen=True)
class BodyYears:
    """One body in two years of one series: its lists in each by category, and its pairs."""

    body_code: str
    before: Mapping[str, RankedList]
    after: Mapping[str, RankedList]
    pairs: Mapping[str, Pair]

    @property
    def first(self) -> RankedList:
        return next(iter(self.before.values()))

    @property
    def last(self) -> RankedList:
        return next(iter(self.after.values()))

    @property
    def state(self) -> str:
        """Comparability of the two years as a whole."""
        codes = {pair.comparability for pair in self.pairs.values()}
        for code in _STATES:
            if code in codes:
                return code
        if self.first.regime != self.last.regime:
            return "method_break"
        years = self.first.key.assessment_year, self.last.key.assessment_year
        return "partial_year" if years[1] == years[0] + 1 else "not_neighbours"


def body_years(lists: Lists, pairs: Iterable[Pair]) -> Iterator[BodyYears]:
    """Every body with every two neighbouring years in which its series holds anything of it."""
    held: dict[tuple[ListKey, str], dict[int, dict[str, RankedList]]] = {}
    for key, found in lists.items():
        series = key._replace(assessment_year=0, category="")
        for body in found.entries:
            years = held.setdefault((series, body), {})
            years.setdefault(key.assessment_year, {})[key.category] = found
    by_place = {
        (pair.after.key, pair.before.key.assessment_year, pair.body_code): pair for pair in pairs
    }
    for (_, body), years in sorted(held.items(), key=lambda entry: entry[0]):
        order = sorted(years)
        for from_year, year in pairwise(order):
            own = {
                category: by_place[place]
                for category, found in years[year].items()
                if (place := (found.key, from_year, body)) in by_place
            }
            yield BodyYears(body, years[from_year], years[year], own)


def summary_rows(
    between: Iterable[BodyYears],
    counts: Counts,
    sentences: Mapping[tuple[ListKey, str], Mapping[Language, str]],
    names: Names,
) -> Iterator[dict[str, Any]]:
    """Rows of ana_body_summaries; `sentences` by key of the later list and body."""
    for one in between:
        first, last = one.first, one.last
        key = last.key
        texts = {
            f"text_{language}": " ".join(_said(one, counts, sentences, names, language))
            for language in LANGUAGES
        }
        yield {
            "from_year": first.key.assessment_year,
            "assessment_year": key.assessment_year,
            "index_code": key.index_code,
            "from_regime": first.regime,
            "regime": last.regime,
            "block": last.block,
            "universe": key.universe,
            "figures_from": key.figures_from,
            "body_code": one.body_code,
            "body_name": last.entries[one.body_code].body_name,
            "is_synthetic": first.is_synthetic or last.is_synthetic,
            **texts,
        }


def _said(
    one: BodyYears,
    counts: Counts,
    sentences: Mapping[tuple[ListKey, str], Mapping[Language, str]],
    names: Names,
    language: Language,
) -> Iterator[str]:
    first, last = one.first, one.last
    years = {"from_year": first.key.assessment_year, "year": last.key.assessment_year}
    yield say(
        language, "summaries", "head", **years,
        body=names.body(one.body_code, last.entries[one.body_code].body_name, language),
        index=words("index_code")[last.key.index_code].of(language),
    )  # fmt: skip
    if first.is_synthetic or last.is_synthetic:
        yield say(language, "summaries", "synthetic")
    yield say(
        language, "summaries", one.state, **years,
        from_decision=say(language, "decisions", first.regime),
        decision=say(language, "decisions", last.regime),
    )  # fmt: skip
    categories = sorted(
        one.before.keys() | one.after.keys(),
        key=lambda slug: names.order(last.regime, last.block, slug),
    )
    for category in categories:
        pair = one.pairs.get(category)
        if pair is not None and pair.is_comparable:
            yield sentences[pair.after.key, one.body_code][language]
        else:
            yield _category(one, category, counts, names, language)
    if last.key.figures_from == "computed":
        yield say(language, "summaries", "computed")
    else:
        yield say(
            language, "summaries", "sources", **years,
            from_sources=_sources(one.body_code, one.before.values(), language),
            sources=_sources(one.body_code, one.after.values(), language),
        )  # fmt: skip
    yield say(language, "summaries", "no_cause")


def _category(
    one: BodyYears, category: str, counts: Counts, names: Names, language: Language
) -> str:
    """One category whose years stand side by side, or that one of the years does not have."""
    before, after = one.before.get(category), one.after.get(category)
    held = after or before
    fields = {
        "name": names.category(one.last, category, language),
        "from_year": one.first.key.assessment_year,
        "year": one.last.key.assessment_year,
    }
    if before is not None and after is not None:
        return say(
            language, "summaries", "both", **fields,
            from_figures=_figures(one.body_code, before, language),
            figures=_figures(one.body_code, after, language),
        )  # fmt: skip
    figures = "" if held is None else _figures(one.body_code, held, language)
    if after is not None:
        if counted := _counted(one, category, counts, language):
            return say(language, "summaries", "counted", **fields, figures=figures, counts=counted)
        absent = _absent(one.before.values(), language)
        return say(language, "summaries", "later_only", **fields, figures=figures, absent=absent)
    absent = _absent(one.after.values(), language)
    return say(language, "summaries", "earlier_only", **fields, figures=figures, absent=absent)


def _figures(body: str, held: RankedList, language: Language) -> str:
    """Rank and value of a body in a list, as far as there are any."""
    rank, value = held.ranks[body][0], held.entries[body].value
    said = [] if rank is None else [say(language, "place", rank=rank)]
    if value is not None:
        said.append(say(language, "value", value=value_shown(held, value, language)))
    return ", ".join(said) or say(language, "no_place")


def _counted(one: BodyYears, category: str, counts: Counts, language: Language) -> str:
    """Ranks by counts in the earlier year, for a category that prints no index there."""
    if category != COUNTED[0]:
        return ""
    said = [
        say(language, "counts", slug, rank=rank)
        for slug in COUNTED
        if (rank := counts.get((one.first.key._replace(category=slug), one.body_code)))
    ]
    return "; ".join(said)


def _absent(lists: Iterable[RankedList], language: Language) -> str:
    """Why a year has no such figure: a full report does not publish it; else it is not held."""
    full = any(held.trust == "official_full" for held in lists)
    return say(language, "summaries", "not_published" if full else "not_held")


def _sources(body: str, lists: Iterable[RankedList], language: Language) -> str:
    marks: Sequence[str] = sorted(
        {mark for held in lists if (mark := held.entries[body].trust) is not None},
        key=TRUST.index,
    )
    return ", ".join(uncapitalised(words("trust")[mark].of(language)) for mark in marks)
