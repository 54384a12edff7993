"""Figures of the analysis for the page: why ranks moved, how sure they are, the other universe.

Pure. They stand beside the published figures and never in their place. Only what is said of
published figures is taken; lists are referred to by the number they have in the core data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from assets.explorer.data import Payload, list_key, list_numbers, table
from assets.explorer.inputs import Inputs
from assets.explorer.places import shown

INTERVALS = (
    "rank", "rank_source", "print_low", "print_high", "low_90", "high_90", "median_rank", "draws",
    "seed", "basis",
)  # fmt: skip
MOVES = (
    "from_year", "from_rank", "rank", "places_gained", "score_change", "own_part", "peers_part",
    "method_part", "universe_part", "rounding_part", "comparability", "sentence_vi", "sentence_en",
)  # fmt: skip
SUMMARIES = ("index_code", "universe", "body_code", "from_year", "assessment_year", "text_vi", "text_en")
AUDIT = ("audit_measure", "item", "other_item", "audit_value", "bodies_used", "note")
OTHER_UNIVERSE = (
    "former_codes", "value_source", "published_value", "published_rank", "class", "is_partial",
)  # fmt: skip

#: Digits of a mean of former bodies that are shown.
SHOWN_DIGITS = 6

Row = Mapping[str, Any]


def analysed(inputs: Inputs) -> Payload:
    """The analysis of the years shown, as tables of the page."""
    numbers = list_numbers(inputs)

    def rows(name: str) -> list[Row]:
        return [
            row
            for row in inputs.analysis[name].to_pylist()
            if str(row["assessment_year"]) in inputs.years
            and row.get("figures_from", "published") == "published"
        ]

    def listed(name: str, columns: Iterable[str]) -> Payload:
        wanted = tuple(columns)
        return table(
            ("list", "body", *wanted),
            (
                [numbers[list_key(row)], row["body_code"], *(shown(row[c]) for c in wanted)]
                for row in rows(name)
                if list_key(row) in numbers
            ),
        )

    return {
        "intervals": listed("ana_rank_intervals", INTERVALS),
        "moves": listed("ana_rank_changes", MOVES),
        "parts": listed("ana_score_changes", ("basis", "item", "factor", "part")),
        "without": listed("ana_leave_one_out", ("item", "rank_without", "places_gained")),
        "summaries": table(
            SUMMARIES, ([row[c] for c in SUMMARIES] for row in rows("ana_body_summaries"))
        ),
        "above": _above(rows("ana_dominance"), numbers),
        "audit": table(
            ("year", "index_code", "universe", *AUDIT),
            (
                [r["assessment_year"], r["index_code"], r["universe"], *(shown(r[c]) for c in AUDIT)]
                for r in rows("ana_audit")
            ),
        ),
        "other_universe": table(
            ("year", "index_code", "regime", "block", "universe", "category", "body", "value", "rank", *OTHER_UNIVERSE),
            (
                [
                    *(r[c] for c in ("assessment_year", "index_code", "regime", "block", "universe", "category", "body_code")),
                    _rounded(r["crosswalk_value"]),
                    r["rank"],
                    *(shown(r[c]) for c in OTHER_UNIVERSE),
                ]
                for r in rows("ana_universe_ranks")
                if _is_of_other_universe(r)
            ),
        ),
    }  # fmt: skip


def _is_of_other_universe(row: Row) -> bool:
    """Whether the row is of a universe in which bodies are merged."""
    return row["former_codes"] is not None


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else shown(round(value, SHOWN_DIGITS))


def _above(rows: Iterable[Row], numbers: Mapping[tuple[Any, ...], int]) -> dict[str, dict[str, list[int]]]:
    """Per list and pair of bodies (`A B`): in how many of 1,000 draws A is above, and tied."""
    pairs: dict[str, dict[str, list[int]]] = {}
    for row in rows:
        if list_key(row) in numbers:
            pair = f"{row['body_code']} {row['other_body_code']}"
            pairs.setdefault(str(numbers[list_key(row)]), {})[pair] = [
                round(row["share_above"] * 1000),
                round(row["share_tied"] * 1000),
            ]
    return pairs
