"""What a new vintage does to ranks and values: who moved, and by how much.

Belongs here: reading moves of ranks out of a difference, and what its lists and ranks are called.
Does not belong here: why (`cause`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Any

from assets import registry
from assets.release.diff.cause import words
from assets.release.diff.model import OPPOSITE, Diff, Row, RowChange, written
from assets.release.labels import column_label

#: Columns that hold ranks, and the value that goes with a rank: the first that the table has.
RANKS: dict[str, tuple[str, ...]] = {
    "published_rank": ("published_value",),
    "recomputed_rank": ("rank_key",),
    "rank": ("index_value", "rank_key"),
}
VALUES = ("published_value", "index_value")

#: What says which list a rank is in, as far as a table has it.
LIST = ("index_code", "universe", "category", "criterion")

TOP = 5
SHOWN_EVIDENCE = 10


@dataclass(frozen=True)
class Mover:
    """A rank of a body in one list, before and after; None where it has none. Values as text."""

    table: str
    column: str
    list: str
    body_code: str
    body_name: str
    rank_before: int | None
    rank_after: int | None
    value_before: str | None
    value_after: str | None

    @property
    def places(self) -> int:
        """Places moved; gaining or losing a rank counts as as many places as the rank has."""
        return abs((self.rank_before or 0) - (self.rank_after or 0))


@dataclass(frozen=True)
class Effect:
    """Bodies of which a rank or value differs, how many ranks and values do, and the movers, those
    that moved furthest first."""

    bodies: int
    ranks: int
    values: int
    movers: tuple[Mover, ...]

    def as_json(self) -> dict[str, Any]:
        """For a journal: the counts, and the first movers."""
        return {
            "bodies": self.bodies,
            "ranks": self.ranks,
            "values": self.values,
            "movers": [asdict(mover) for mover in self.movers[:TOP]],
        }


def effect_of(found: Diff) -> Effect:
    """The effect of going from one side of a diff to the other."""
    return effect_of_changes(found.changes)


def recorded_diff(found: Diff) -> dict[str, Any]:
    """What is recorded of a difference with the later vintage: rows by kind, what differs in what
    both were made from, and the effect."""
    rows = {kind: sum(table.count(kind) for table in found.tables) for kind in OPPOSITE}
    causes = {cause: list(lines[:SHOWN_EVIDENCE]) for cause, lines in found.evidence.items()}
    return {"rows": rows, "causes": causes, "effect": effect_of(found).as_json()}


def effect_of_changes(changes: Iterable[RowChange]) -> Effect:
    """As `effect_of`, of rows that differ. Ranks and values of one body in one list are compared,
    in whatever rows they stand."""
    held = list(changes)
    movers = _movers(_of_lists(held, RANKS))
    values = [
        place
        for place, (before, after) in _of_lists(held, dict.fromkeys(VALUES, ())).items()
        if _single(before) != _single(after)
    ]
    bodies = {mover.body_code for mover in movers} | {place[2] for place in values}
    return Effect(len(bodies), len(movers), len(values), tuple(movers))


#: (column, list, body code) -> what the rows before and after say: (figure, value, name, table).
_Said = list[tuple[Any, str | None, str, str]]
_Lists = dict[tuple[str, str, str], tuple[_Said, _Said]]


def _of_lists(changes: Iterable[RowChange], columns: Mapping[str, tuple[str, ...]]) -> _Lists:
    found: _Lists = {}
    for change in changes:
        for side, row in enumerate((change.before, change.after)):
            for column, values in columns.items():
                if row and row.get("body_code") and row.get(column) is not None:
                    code = str(row["body_code"])
                    place = (column, _list(change.table, row), code)
                    name = str(row.get("body_name") or code)
                    value = next((row[each] for each in values if each in row), None)
                    said = (row[column], written(value), name, change.table)
                    found.setdefault(place, ([], []))[side].append(said)
    return found


def _single(said: _Said) -> set[Any]:
    return {figure for figure, *_ in said}


def _movers(lists: _Lists) -> list[Mover]:
    """Moves of ranks, those that moved furthest first."""
    movers = []
    for (column, name, code), (before, after) in lists.items():
        gone, come = _single(before) - _single(after), _single(after) - _single(before)
        for was, now in zip_longest(sorted(gone), sorted(come)):
            one = next((said for said in before if said[0] == was), None)
            other = next((said for said in after if said[0] == now), None)
            shown = other or one
            if shown is not None:
                movers.append(
                    Mover(
                        table=shown[3],
                        column=column,
                        list=name,
                        body_code=code,
                        body_name=shown[2],
                        rank_before=was,
                        rank_after=now,
                        value_before=one[1] if one else None,
                        value_after=other[1] if other else None,
                    )
                )
    return sorted(movers, key=lambda m: (-m.places, m.list, m.column, m.body_code))


def _list(table: str, row: Row) -> str:
    """The list that a rank is in; a table without categories has declared rankings, or is a list
    of its own."""
    parts = [str(row[column]) for column in LIST if row.get(column) is not None]
    if not row.get("category") and not row.get("criterion"):
        parts.append(str(row.get("ranking") or table.removeprefix("rel_")))
    return "/".join(parts)


def list_label(name: str, language: str) -> str:
    """A list of a mover in words, as far as there are words for its parts."""
    return ", ".join(_part_label(part, name.split("/")[0], language) for part in name.split("/"))


def _part_label(part: str, index_code: str, language: str) -> str:
    """What one part of a list is called; its code if it has no word (a criterion)."""
    if part in words()["lists"]:
        return str(words()["lists"][part][language])
    for column in ("index_code", "universe", "category", "ranking"):
        if said := registry.word(column, part, index_code):
            return said.of(language)
    return part


def rank_label(column: str, language: str) -> str:
    """What a column of ranks is called inside a sentence."""
    return registry.uncapitalised(column_label(column).of(language))


def shown_number(value: object, language: str, none: str) -> str:
    """A rank or value of a mover as people of that language write it."""
    if value is None:
        return none
    return str(value).replace(".", ",") if language == "vi" else str(value)
