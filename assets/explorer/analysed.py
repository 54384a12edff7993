"""Figures of the analysis for the page: why ranks moved, how sure they are, the other universe.

Pure. They stand beside the published figures and never in their place. Only what is said of
published figures is taken; lists are referred to by the number they have in the core data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from assets.explorer.compact import Payload, Wordings, table
from assets.explorer.data import list_key, list_numbers
from assets.explorer.inputs import Inputs
from assets.explorer.places import shown

INTERVALS = ("print_low", "print_high", "low_90", "high_90", "basis")
MOVES = (
    "from_year", "places_gained", "score_change", "own_part", "peers_part", "method_part",
    "universe_part", "rounding_part",
)  # fmt: skip
SUMMARIES = ("index_code", "universe", "body_code", "from_year", "assessment_year")
AUDIT = ("audit_measure", "item", "other_item", "audit_value", "bodies_used", "note")
AUDITED = ("assessment_year", "index_code", "universe")
OTHER_LIST = (
    "assessment_year", "index_code", "regime", "block", "universe", "category", "body_code",
)  # fmt: skip
OTHER_UNIVERSE = (
    "rank",
    "former_codes",
    "published_value",
    "published_rank",
    "class",
    "is_partial",
)

#: Digits of a mean of former bodies that are shown.
SHOWN_DIGITS = 6

Row = Mapping[str, Any]


def analysed(inputs: Inputs) -> dict[str, Payload]:
    """The analysis of the years shown, as tables of two data files of the page: how certain ranks
    are, and why they changed.

    Between two years that can be compared each list has its sentence; between others one text
    says why not and gives the figures of both, so that a sentence a list would say it twice.
    """
    numbers = list_numbers(inputs)
    names = _names(inputs)
    wordings = Wordings()

    def rows(name: str) -> list[Row]:
        return [
            row
            for row in inputs.analysis[name].to_pylist()
            if str(row["assessment_year"]) in inputs.years
            and row.get("figures_from", "published") == "published"
        ]

    def listed(name: str, columns: Sequence[str]) -> Payload:
        return table(
            ("list", "body", *columns), (_listed(row, columns, numbers) for row in rows(name))
        )

    moves = rows("ana_rank_changes")
    comparable = {_pair(row) for row in moves if row["is_comparable"]}
    certainty = {
        "intervals": listed("ana_rank_intervals", INTERVALS),
        "without": listed("ana_leave_one_out", ("item", "rank_without", "places_gained")),
        "above": _above(rows("ana_dominance"), numbers),
        "audit": table(
            (*AUDITED, *AUDIT),
            ([shown(row[name]) for name in (*AUDITED, *AUDIT)] for row in rows("ana_audit")),
        ),
        "other_universe": table(
            (*OTHER_LIST, "value", *OTHER_UNIVERSE),
            (
                [
                    *(row[name] for name in OTHER_LIST),
                    _rounded(row["crosswalk_value"]),
                    *(shown(row[name]) for name in OTHER_UNIVERSE),
                ]
                for row in rows("ana_universe_ranks")
                if row["former_codes"] is not None
            ),
        ),
    }
    changes = {
        "moves": table(
            ("list", "body", *MOVES, "vi", "en"),
            (
                [*_listed(row, MOVES, numbers), *_folded(row, "sentence", names, wordings)]
                for row in moves
                if _pair(row) in comparable
            ),
        ),
        "summaries": table(
            (*SUMMARIES, "vi", "en"),
            (
                [*(row[name] for name in SUMMARIES), *_folded(row, "text", names, wordings)]
                for row in rows("ana_body_summaries")
                if _pair(row) not in comparable
            ),
        ),
        "wordings": wordings.held,
        "parts": listed("ana_score_changes", ("item", "factor", "part")),
    }
    return {"certainty": certainty, "changes": changes}


def _listed(row: Row, columns: Iterable[str], numbers: Mapping[tuple[Any, ...], int]) -> list[Any]:
    return [numbers[list_key(row)], row["body_code"], *(shown(row[name]) for name in columns)]


def _pair(row: Row) -> tuple[Any, ...]:
    """Body and pair of years that a change is of."""
    return tuple(row[name] for name in SUMMARIES)


def _names(inputs: Inputs) -> dict[str, tuple[str, str]]:
    """Names of the bodies as the page knows them, in both languages."""
    return {
        row["body_code"]: (row["body_name"], row["name_en"])
        for year in sorted(inputs.years)
        for row in inputs.years[year]["raw_bodies"].to_pylist()
    }


def _folded(
    row: Row, what: str, names: Mapping[str, tuple[str, str]], wordings: Wordings
) -> list[Any]:
    vi, en = names[row["body_code"]]
    return [wordings.fold(row[f"{what}_vi"], vi), wordings.fold(row[f"{what}_en"], en)]


def _rounded(value: Decimal | None) -> str | None:
    return None if value is None else shown(round(value, SHOWN_DIGITS))


def _above(rows: Iterable[Row], numbers: Mapping[tuple[Any, ...], int]) -> dict[str, Payload]:
    """By list: for each body in how many of 1,000 draws it is above each of `others`."""
    pairs: dict[str, dict[str, dict[str, int]]] = {}
    for row in rows:
        body = pairs.setdefault(str(numbers[list_key(row)]), {}).setdefault(row["body_code"], {})
        body[row["other_body_code"]] = round(row["share_above"] * 1000)
    made = {}
    for number, bodies in pairs.items():
        others = sorted({other for above in bodies.values() for other in above})
        shares = {body: [above.get(o) for o in others] for body, above in sorted(bodies.items())}
        made[number] = {"others": others, "shares": shares}
    return made
