"""What would change if a body had other figures: the block scored twice, before and after.

Pure. Belongs here: comparing two scorings of one block. Does not belong here: reading what a
person typed (`observations`), the lake and printing (the command).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation
from assets.method.model import Method, MethodError


@dataclass(frozen=True)
class Move:
    """One body at one node, before and after the change."""

    before: NodeScore
    after: NodeScore

    @property
    def body_code(self) -> str:
        return self.after.body_code

    @property
    def slug(self) -> str:
        return self.after.slug

    @property
    def is_changed(self) -> bool:
        """Whether anything that is told of the body at the node is another: value, points,
        maximum, status, coverage or rank."""
        return self.before != self.after


@dataclass(frozen=True)
class WhatIf:
    """`own`: the body at every node, in tree order. `others`: every other body at each node
    where anything moved for it, in tree order, then by body code: ranks that the change takes or
    gives, and criteria that are relative to the best of the block."""

    body_code: str
    own: tuple[Move, ...]
    others: tuple[Move, ...]


def what_if(
    method: Method,
    observations: Mapping[tuple[str, str], Observation],
    bodies: Collection[str],
    body_code: str,
    changes: Mapping[str, Observation],
) -> WhatIf:
    """The scores of a whole block before and after one body's inputs are replaced.

    `observations` and `bodies` as for `engine.score`; `changes` by input code. MethodError for
    a body that is not of the block, and as `score`.
    """
    if body_code not in bodies:
        raise MethodError(
            f"{body_code} is not among the {len(bodies)} bodies of the block; "
            f"{method.code} scores members only"
        )
    changed = {(body_code, code): observation for code, observation in changes.items()}
    before = score(method, observations, bodies)
    after = score(method, {**observations, **changed}, bodies)
    moves = [Move(was, now) for was, now in zip(before, after, strict=True)]
    order = {node.slug: place for place, (_, node) in enumerate(method.walk())}
    others = [move for move in moves if move.body_code != body_code and move.is_changed]
    return WhatIf(
        body_code=body_code,
        own=tuple(move for move in moves if move.body_code == body_code),
        others=tuple(sorted(others, key=lambda move: (order[move.slug], move.body_code))),
    )
