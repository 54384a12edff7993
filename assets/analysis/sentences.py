"""One sentence on a change of rank, in each language: what moved, by how much, or why it cannot be
said.

Pure. Belongs here: filling the wordings with the figures of a pair. Does not belong here: the
wordings themselves (wording.yaml), the arithmetic (`rank_parts`, `score_parts`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assets.analysis.lists import TRUST, RankedList
from assets.analysis.numbers import shown, shown_briefly
from assets.analysis.pairs import Pair
from assets.analysis.words import Language, Names, say

#: Parts of a change of value that a sentence names, the largest.
PARTS_NAMED = 3

#: Decimals of computed values in a sentence.
COMPUTED_SHOWN = 4


def sentence(
    pair: Pair,
    parts: Mapping[str, Decimal | None],
    score_rows: Sequence[Mapping[str, Any]],
    names: Names,
    language: Language,
) -> str:
    """The sentence on a pair; `parts` are its `rank_parts`, `score_rows` its score rows."""
    after = pair.after
    regime, category = after.regime, after.key.category
    fields = {
        "name": names.category(after, category, language),
        "body": names.body(pair.body_code, pair.later.body_name, language),
        "from_year": pair.before.key.assessment_year,
        "year": after.key.assessment_year,
        "source": say(language, "rank_sources", pair.rank_source),
        "doubt": say(language, "doubt") if _is_doubtful(pair) else "",
    }
    if pair.is_comparable:
        return say(
            language, "sentences", "comparable", **fields,
            move=_move(pair, language), values=_values(pair, language),
            causes=_causes(parts, language), parts=_parts(pair, score_rows, names, language),
        )  # fmt: skip
    return say(
        language, "sentences", pair.comparability, **fields,
        aside=_aside(pair, language),
        from_decision=say(language, "decisions", pair.before.regime),
        decision=say(language, "decisions", regime),
        from_coverage=coverage(pair.before, language),
        coverage=coverage(after, language),
    )  # fmt: skip


def _is_doubtful(pair: Pair) -> bool:
    """Whether a figure of the body is from columns that are in doubt."""
    return TRUST[-1] in (pair.earlier.trust, pair.later.trust)


def coverage(held: RankedList, language: Language) -> str:
    """Bodies held of bodies expected."""
    kind = "unknown" if held.bodies_expected is None else "known"
    return say(language, "coverage", kind, held=held.bodies_held, expected=held.bodies_expected)


def value_shown(held: RankedList, value: Fraction, language: Language) -> str:
    """A value of a list with the decimals that it prints."""
    computed = held.key.figures_from == "computed"
    return shown(value, COMPUTED_SHOWN if computed else held.decimals, language)


def _years(pair: Pair) -> dict[str, object]:
    return {
        "from_year": pair.before.key.assessment_year,
        "year": pair.after.key.assessment_year,
        "from_rank": pair.from_rank,
        "rank": pair.rank,
    }


def _move(pair: Pair, language: Language) -> str:
    gained = pair.places_gained
    if gained is None:
        return say(language, "moves", "no_rank", **_years(pair))
    many = abs(gained)
    places = say(language, "places", "one" if many == 1 else "other", n=many)
    way = "up" if gained > 0 else "down" if gained < 0 else "same"
    return say(language, "moves", way, places=places, **_years(pair))


def _aside(pair: Pair, language: Language) -> str:
    def place(rank: int | None) -> str:
        return say(language, "no_place") if rank is None else say(language, "place", rank=rank)

    return say(
        language, "moves", "aside", from_place=place(pair.from_rank), place=place(pair.rank),
        from_year=pair.before.key.assessment_year, year=pair.after.key.assessment_year,
    )  # fmt: skip


def _values(pair: Pair, language: Language) -> str:
    before, after, change = pair.earlier.value, pair.later.value, pair.score_change
    if change is None or before is None or after is None:
        return ""
    way = "up" if change > 0 else "down" if change < 0 else "same"
    return say(
        language, "values", way,
        from_value=value_shown(pair.before, before, language),
        value=value_shown(pair.after, after, language),
    )  # fmt: skip


def _causes(parts: Mapping[str, Decimal | None], language: Language) -> str:
    moved = {name: part for name, part in parts.items() if part}
    if not moved:
        return ""
    said = [
        say(language, "causes", name, part=shown_briefly(part, language))
        for name, part in moved.items()
    ]
    return say(language, "causes", "lead") + ", ".join(said)


def _parts(
    pair: Pair, score_rows: Iterable[Mapping[str, Any]], names: Names, language: Language
) -> str:
    """The parts of the change of value that moved most, by category or criterion."""
    by_item: dict[str, Fraction] = {}
    decimals = pair.after.decimals
    for row in score_rows:
        if row["basis"] != "total" and row["factor"] != "rounding":
            item = row["item"]
            by_item[item] = by_item.get(item, Fraction(0)) + Fraction(row["part"])
    largest = sorted(by_item.items(), key=lambda entry: (-abs(entry[1]), entry[0]))
    if pair.after.key.figures_from == "computed":
        decimals = COMPUTED_SHOWN
    said = [
        f"{names.category(pair.after, item, language)} "
        f"({shown(part, decimals, language, signed=True)})"
        for item, part in largest[:PARTS_NAMED]
    ]
    return say(language, "parts", parts=", ".join(said)) if said else ""
