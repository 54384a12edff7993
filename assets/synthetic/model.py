"""What goes into and comes out of the solver. Dataclasses only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from assets.method.model import Method
from assets.submissions.form import Answers

#: What a target asks for.
VALUE, RANK = "value", "rank"


class SynthesisError(ValueError):
    """Figures that cannot be made, or that the engine does not confirm; says what to do."""


@dataclass(frozen=True)
class Target:
    """What is printed for one body at one node: the index value (null at a node that is only
    counted) and the competition rank (null if none is printed)."""

    value: Decimal | None
    rank: int | None


#: Body code -> slug of the node -> what is printed there.
Targets = Mapping[str, Mapping[str, Target]]

#: Body code -> input code -> printed count; null or left out: no figure is printed.
Counts = Mapping[str, Mapping[str, int | None]]


@dataclass(frozen=True)
class Published:
    """One block of a year as published: its method, names by body code, targets and counts."""

    method: Method
    names: Mapping[str, str]
    targets: Targets
    counts: Counts


@dataclass(frozen=True)
class Unreached:
    """A printed figure that the made-up figures do not give: `nearest` is what they give.

    `item` is VALUE or RANK; `nearest` is null for a rank where the method gives none. The value
    printed nearest is the nearest of those tried.
    """

    body_code: str
    node: str
    item: str
    printed: Decimal
    nearest: Decimal | None
    reason: str

    def __str__(self) -> str:
        given = "none" if self.nearest is None else self.nearest
        return (
            f"{self.body_code} {self.node}: {self.item} printed {self.printed}, "
            f"reached {given}: {self.reason}"
        )


@dataclass(frozen=True)
class Solution:
    """Answers of every body of a block, confirmed by the engine but for `unreached`.

    `asked` is how many printed values and ranks were to be met, by item.
    """

    method: Method
    seed: int
    answers: Mapping[str, Answers]
    asked: Mapping[str, int]
    unreached: tuple[Unreached, ...]

    def reached(self, item: str) -> int:
        """How many of the printed values or ranks are met."""
        return self.asked[item] - sum(one.item == item for one in self.unreached)
