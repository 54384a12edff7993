"""What a new vintage does to ranks and values: who moved, and by how much.

Belongs here: reading moves of ranks out of a difference. Does not belong here: why (`diffcause`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from assets.release.diffmodel import OPPOSITE, Diff, Row, RowChange, written

#: Columns that hold ranks, and the value that goes with a rank if the row has it.
RANKS = {"published_rank": "published_value", "recomputed_rank": "rank_key", "rank": "index_value"}
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
    """As `effect_of`, of rows that differ."""
    bodies: set[str] = set()
    values: set[tuple[Any, ...]] = set()
    movers: dict[tuple[Any, ...], Mover] = {}
    for change in changes:
        code = change.row.get("body_code")
        if code is None:
            continue
        for name in VALUES:
            if _text(change.before, name) != _text(change.after, name):
                values.add((code, _list(change.row), name))
                bodies.add(code)
        for mover in _movers(change):
            # The same printed rank stands in several tables; it is one.
            same = (mover.column, code, mover.list, mover.rank_before, mover.rank_after)
            movers.setdefault(same, mover)
            bodies.add(code)
    ordered = sorted(
        movers.values(), key=lambda m: (-m.places, m.list, m.column, m.body_code, m.table)
    )
    return Effect(len(bodies), len(movers), len(values), tuple(ordered))


def shown_number(value: object, language: str, none: str) -> str:
    """A rank or value of a mover as people of that language write it."""
    if value is None:
        return none
    return str(value).replace(".", ",") if language == "vi" else str(value)


def _movers(change: RowChange) -> Iterator[Mover]:
    for column, value in RANKS.items():
        before, after = _rank(change.before, column), _rank(change.after, column)
        if before != after:
            yield Mover(
                table=change.table,
                column=column,
                list=_list(change.row),
                body_code=str(change.row["body_code"]),
                body_name=str(change.row.get("body_name") or change.row["body_code"]),
                rank_before=before,
                rank_after=after,
                value_before=_text(change.before, value),
                value_after=_text(change.after, value),
            )


def _rank(row: Row | None, column: str) -> int | None:
    return None if row is None else row.get(column)


def _text(row: Row | None, column: str) -> str | None:
    return None if row is None else written(row.get(column))


def _list(row: Row) -> str:
    parts = [str(row[column]) for column in LIST if row.get(column) is not None]
    return "/".join(parts)
