"""Both universes through one crosswalk: the 63 provinces and the 34, ministries before and after
1 March 2025.

The rule: the value of a merged body is the plain mean of its former bodies, unweighted, as the
published values of 2024 are. A body whose successor is of another block, or that has none, goes
over with itself or not at all: agencies that went into a ministry were ranked under another method.
Belongs here: this one rule. Does not belong here: who succeeds whom (sources/bodies/bodies.csv).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from assets.analysis.lists import Lists, RankedList, places, print_interval
from assets.analysis.numbers import written

#: Decimals of a value here, half to even.
DECIMALS = 12

#: Universe before and after, by block.
LATER = {"province_63": "province_34", "ministry": "ministry_2025"}


class Body(NamedTuple):
    """What the crosswalk knows of a body."""

    body_code: str
    body_name: str
    block: str
    successor_code: str | None


def crosswalk_rows(lists: Lists, bodies: Iterable[Body]) -> Iterator[dict[str, Any]]:
    """Rows of ana_universe_ranks: every published list of which the whole universe is held, in its
    own universe and in the later one; and lists published for the later universe alone."""
    known = {body.body_code: body for body in bodies}
    for key, held in lists.items():
        if key.figures_from != "published":
            continue
        if key.universe in LATER and held.is_whole:
            yield from _own_rows(held, known)
            published = lists.get(key._replace(universe=LATER[key.universe]))
            yield from _later_rows(held, published, known)
        elif key.universe == "province_34" and not _is_derived(lists, held):
            yield from _own_rows(held, known)


def _is_derived(lists: Lists, held: RankedList) -> bool:
    """Whether the list of the later universe stands beside a whole one of the earlier."""
    earlier = lists.get(held.key._replace(universe="province_63"))
    return earlier is not None and earlier.is_whole


def successor(body: Body, bodies: Mapping[str, Body]) -> str:
    """The code under which a body goes over: its successor of the same block, else its own."""
    later = None if body.successor_code is None else bodies.get(body.successor_code)
    return later.body_code if later is not None and later.block == body.block else body.body_code


def merged(
    values: Mapping[str, Fraction | None], bodies: Mapping[str, Body]
) -> dict[str, tuple[Fraction | None, tuple[str, ...]]]:
    """Plain mean and former bodies by later body; null where a former body has no value."""
    former: dict[str, list[str]] = {}
    for code in sorted(values):
        former.setdefault(successor(bodies[code], bodies), []).append(code)
    made: dict[str, tuple[Fraction | None, tuple[str, ...]]] = {}
    for later, codes in sorted(former.items()):
        known = [value for code in codes if (value := values[code]) is not None]
        whole = len(known) == len(codes)
        made[later] = (sum(known, Fraction(0)) / len(codes) if whole else None, tuple(codes))
    return made


def _own_rows(held: RankedList, bodies: Mapping[str, Body]) -> Iterator[dict[str, Any]]:
    """A published list in its own universe: ranks by the values beside the published ones."""
    ranks = places(held.values) if held.is_whole else {}
    allowed = print_interval(held.values, held.unit)
    for code, entry in held.entries.items():
        goes_to = successor(bodies[code], bodies)
        yield _row(
            held, held.key.universe, code, entry.body_name,
            value=entry.value, rank=ranks.get(code),
            printed=entry.value, printed_rank=entry.rank, slack=Fraction(0),
            allowed=allowed.get(code),
            successor_code=goes_to if held.key.universe in LATER else None,
            former=None, source="none" if entry.value is None else "published",
            partial=not held.is_whole,
        )  # fmt: skip


def _later_rows(
    held: RankedList, published: RankedList | None, bodies: Mapping[str, Body]
) -> Iterator[dict[str, Any]]:
    """The same list in the later universe, beside what was published for it."""
    made = merged(held.values, bodies)
    ranks = places({code: value for code, (value, _) in made.items()})
    # The mean of values rounded by at most half a unit is off by no more than that.
    allowed = print_interval({code: value for code, (value, _) in made.items()}, held.unit)
    slack = held.unit / 2 + (0 if published is None else published.unit / 2)
    for code, (value, former) in made.items():
        entry = None if published is None else published.entries.get(code)
        yield _row(
            held, LATER[held.key.universe], code, bodies[code].body_name,
            value=value, rank=ranks[code],
            printed=None if entry is None else entry.value,
            printed_rank=None if entry is None else entry.rank,
            slack=slack, allowed=allowed.get(code), successor_code=None, former=" ".join(former),
            source="plain_mean", partial=False,
        )  # fmt: skip


def _row(
    held: RankedList, universe: str, code: str, name: str, *, value: Fraction | None,
    rank: int | None, printed: Fraction | None, printed_rank: int | None, slack: Fraction,
    allowed: tuple[int, int] | None,
    successor_code: str | None, former: str | None, source: str, partial: bool,
) -> dict[str, Any]:  # fmt: skip
    difference = None if printed is None or value is None else printed - value
    moved = None if printed_rank is None or rank is None else printed_rank - rank
    fits = printed_rank is None or (
        allowed is not None and allowed[0] <= printed_rank <= allowed[1]
    )
    return {
        "assessment_year": held.key.assessment_year,
        "index_code": held.key.index_code,
        "regime": held.regime,
        "block": held.block,
        "universe": universe,
        "category": held.key.category,
        "body_code": code,
        "body_name": name,
        "successor_code": successor_code,
        "former_codes": former,
        "value_source": source,
        "crosswalk_value": None if value is None else written(value, DECIMALS),
        "rank": rank,
        "published_value": None if printed is None else written(printed, 6),
        "published_rank": printed_rank,
        "difference": None if difference is None else written(difference, 6),
        "rank_difference": moved,
        "class": _class(difference, moved, held.unit / 2, slack if fits else None),
        "is_partial": partial,
    }


def _class(
    difference: Fraction | None, moved: int | None, half: Fraction, slack: Fraction | None
) -> str:
    """What a difference between the print and the crosswalk is, by value and rank together;
    `slack` is what rounding can make of the value, null if it cannot make the printed rank."""
    if difference is None and moved is None:
        return "not_published"
    away = abs(difference or Fraction(0))
    if away <= half and not moved:
        return "match"
    return "rounding" if slack is not None and away <= slack else "unexplained"
