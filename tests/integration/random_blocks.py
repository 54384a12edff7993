"""Random methods and blocks for holding the two engines against each other, by seed.

Every kind of formula, every state of a figure, figures at and beyond their bounds, zero
denominators, unknown maxima and weights, three levels, ties; the same seed gives the same blocks.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from decimal import Decimal

from assets.method.formulas import Observation
from assets.method.model import (
    Input,
    Method,
    Node,
    NotItemised,
    Parameters,
    Policy,
    Ranking,
    Source,
    Step,
    Text,
    Use,
)

LEAVES = (
    "ratio", "boolean", "tier", "count_capped", "normalised_block_max", "target_ratio",
    "unscored", "not_applicable",
)  # fmt: skip
INNER = ("sum", "weighted_sum", "best_of")
STATES = ["reported"] * 14 + [
    "confirmed",
    "observed",
    "overridden",
    "disputed",
    "not_observed",
    "not_applicable",
]
SAID = Text("Đã thấy.", "Seen.")


@dataclass(frozen=True)
class Block:
    """A method, the bodies of its block and what is observed of them."""

    method: Method
    bodies: tuple[str, ...]
    observations: dict[tuple[str, str], Observation]


class _Tree:
    """Draws one method: nodes and the inputs they use."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.inputs: dict[str, Input] = {}
        self.nodes = 0

    def _input(self, kind: str) -> str:
        if self.inputs and self.draw.random() < 0.25:
            shared = [code for code, entry in self.inputs.items() if entry.kind == kind]
            if shared:
                return self.draw.choice(shared)
        code = f"i{len(self.inputs)}"
        bounds = {"min": Decimal(0), "max": Decimal(1)} if kind == "boolean" else {}
        if kind == "number" and self.draw.random() < 0.2:
            bounds = {"min": Decimal("0.5"), "max": Decimal(40)}
        self.inputs[code] = Input(code, kind, "items", f"Số {code}", f"Figure {code}", **bounds)
        return code

    def _numeric(self) -> str:
        return self._input(self.draw.choice(["number", "count"]))

    def _leaf(self, slug: str, maximum: Decimal | None) -> Node:
        kind = self.draw.choice(LEAVES)
        draw = self.draw
        uses: list[Use] = []
        parameters = Parameters()
        if kind in ("ratio", "normalised_block_max", "target_ratio"):
            uses.append(Use("numerator", self._numeric()))
            if kind == "ratio" and draw.random() < 0.3:
                parameters = Parameters(out_of=Decimal(draw.choice(["7", "0.3", "100"])))
            elif kind == "ratio" or draw.random() < 0.7:
                uses.append(Use("denominator", self._numeric()))
            if kind == "target_ratio":
                if draw.random() < 0.5:
                    uses.append(Use("target", self._numeric()))
                else:
                    parameters = Parameters(target=Decimal(draw.choice(["0.8", "3", "0.07"])))
        elif kind == "boolean":
            uses.append(Use("answer", self._input("boolean")))
        elif kind == "tier":
            classes = draw.random() < 0.4
            uses.append(Use("measure", self._input("class" if classes else "number")))
            parameters = Parameters(steps=self._steps(classes))
        elif kind == "count_capped":
            uses.append(Use("count", self._input("count")))
            parameters = Parameters(points_per_item=Decimal(draw.choice(["1", "0.75", "3"])))
        elif kind == "unscored":
            uses = [Use("addend", self._numeric()) for _ in range(draw.randint(1, 2))]
            uses = list(dict.fromkeys(uses))
            maximum = None
        return self._node(slug, kind, maximum, inputs=tuple(uses), parameters=parameters)

    def _steps(self, classes: bool) -> tuple[Step, ...]:
        if classes:
            return tuple(
                Step(Decimal(points), is_class=name)
                for name, points in (("gold", 9), ("silver", 4), ("none", 0))
            )
        return tuple(
            Step(Decimal(points), at_least=Decimal(low))
            for points, low in ((11, "6"), (5, "2.5"), (1, "1"))
        )

    def _node(self, slug: str, kind: str, maximum: Decimal | None, **more: object) -> Node:
        return Node(
            slug=slug, name_vi=f"Tiêu chí {slug}", name_en=f"Criterion {slug}", kind=kind,
            basis="published", source="report", max_points=maximum, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def grow(self, depth: int) -> Node:
        """A node with at most `depth` levels beneath."""
        draw = self.draw
        slug = f"n{self.nodes}"
        self.nodes += 1
        if depth == 0 or (self.nodes > 1 and draw.random() < 0.45):
            known = draw.random() < 0.94
            maximum = Decimal(draw.choice(["1", "3", "7", "10", "12.5", "0.3"]))
            return self._leaf(slug, maximum if known else None)
        kind = draw.choice(INNER)
        children = [self.grow(depth - 1) for _ in range(draw.randint(1, 4))]
        if kind == "weighted_sum":
            known = draw.random() < 0.9
            children = [
                replace(c, weight=Decimal(draw.choice(["0.1", "0.25", "0.333333", "1"])))
                if known and c.kind != "unscored" else c
                for c in children
            ]  # fmt: skip
        maxima = [c.max_points or Decimal(1) for c in children if c.kind != "unscored"]
        total = max(maxima, default=Decimal(1)) if kind == "best_of" else sum(maxima, Decimal(0))
        maximum = total or Decimal(1)
        open_end = NotItemised(SAID) if draw.random() < 0.05 else None
        return self._node(
            slug, kind, maximum, children=tuple(children), not_itemised=open_end,
            ranking=draw.choice(["index", "last", "printed", None]),
        )  # fmt: skip


def _figure(draw: random.Random, entry: Input) -> Decimal | str | None:
    if entry.kind == "class":
        return draw.choice(["gold", "silver", "none", "lead"])
    if entry.kind == "boolean":
        return Decimal(draw.choice([0, 1, 1, 1, 1, 2]))
    if draw.random() < 0.06:
        return Decimal(-1)
    if draw.random() < 0.05:
        return Decimal("999999999999")
    if entry.kind == "count":
        return Decimal(draw.choice(["0", "1", "2", "3", "3", "7", "49", "5000", "2.5"]))
    return Decimal(draw.choice(["0", "0.000001", "1", "2.5", "3", "3.333333", "6", "41", "12345"]))


def block_of(seed: int) -> Block:
    """The block of a seed: one method under a regime of its own, up to seven bodies."""
    draw = random.Random(seed)  # noqa: S311 - data for tests
    tree = _Tree(draw)
    roots = tuple(tree.grow(draw.randint(1, 5)) for _ in range(draw.randint(1, 2)))
    while not tree.inputs:  # a method that asks for nothing has no form, and so no block
        roots = (*roots, tree.grow(2))
    numbers = [c for c, entry in tree.inputs.items() if entry.kind in ("number", "count")]
    ties = tuple(draw.sample(numbers, min(len(numbers), draw.randint(0, 3))))
    method = Method(
        regime=f"r{seed:04}", index_code="assessment", block="province", valid_from=2016,
        valid_to=2016, decision="1/QĐ", title_vi="Phương pháp", title_en="Method", decimals=3,
        missing=Policy("incomplete", ("seen",)),
        not_applicable=Policy(draw.choice(["leaves_maximum", "keeps_maximum"]), ("seen",)),
        rankings=(
            Ranking("index", "exact", "unranked", (), ("seen",)),
            Ranking("last", "exact", "last_rank", ties, ("seen",)),
            Ranking("printed", "printed", "unranked", ties[:1], ("seen",)),
        ),
        sources=(Source("report", "Báo cáo", "1", "https://example.org"),),
        evidence={"seen": SAID}, inputs=tuple(tree.inputs.values()), roots=roots, notes=(),
        file=f"methods/r{seed:04}.yaml", sha256=f"{seed:064x}",
    )  # fmt: skip
    bodies = tuple(f"B{number}" for number in range(draw.randint(1, 7)))
    observations: dict[tuple[str, str], Observation] = {}
    for body in bodies:
        for code, entry in tree.inputs.items():
            state = draw.choice(STATES)
            known = state not in ("not_observed", "not_applicable") and draw.random() < 0.98
            observations[body, code] = Observation(_figure(draw, entry) if known else None, state)
    if len(bodies) > 2:  # a tie to the last figure
        for code in tree.inputs:
            observations[bodies[1], code] = observations[bodies[0], code]
    return Block(method, bodies, observations)
