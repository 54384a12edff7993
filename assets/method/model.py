"""What a method is made of: the tree of criteria of one regime and block, with its policies.

Holds the closed sets and the dataclasses; reading is in `load`, judging in `check`, computing in
`engine`. Points, maxima and weights are Decimal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

#: Kinds of formula whose points come from their children.
INNER_KINDS = ("sum", "weighted_sum", "best_of")

#: Kinds of formula -> (roles that must be given, roles that may be given).
ROLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ratio": (("numerator",), ("denominator",)),
    "boolean": (("answer",), ()),
    "tier": (("measure",), ()),
    "count_capped": (("count",), ()),
    "normalised_block_max": (("numerator",), ("denominator",)),
    "target_ratio": (("numerator",), ("denominator", "target")),
    "best_of": ((), ()),
    "sum": ((), ()),
    "weighted_sum": ((), ()),
    "not_applicable": ((), ()),
    "unscored": ((), ("addend",)),
}
KINDS = tuple(ROLES)

#: Roles of which exactly one must be given, or the parameter of that name instead.
EITHER = {"ratio": ("denominator", "out_of"), "target_ratio": ("target", "target")}

#: Where a node is known from: the decision's own text; a publication that states the rule;
#: or put together by this project from stated evidence.
BASES = ("decision", "published", "reconstructed")

#: What a reconstructed maximum rests on: printed values leave no other; or nothing, so that
#: criteria count alike by convention.
MAXIMUM_BASES = ("implied", "convention")

INPUT_KINDS = ("number", "count", "boolean", "class")
#: Words for the two answers to an input of kind `boolean`; the first is written, all are read.
YES_WORDS = ("Có", "Yes", "1")
NO_WORDS = ("Không", "No", "0")
NOT_APPLICABLE = ("leaves_maximum", "keeps_maximum")
RANK_ON = ("exact", "printed")
RANK_MISSING = ("last_rank", "unranked")


class MethodError(ValueError):
    """A method file, or figures handed to a method, that cannot be used; says what to do."""


@dataclass(frozen=True)
class Text:
    """A sentence in both languages."""

    vi: str
    en: str


@dataclass(frozen=True)
class Source:
    """A document that a rule is from: its number or title, the part of it, where it was seen."""

    code: str
    document: str
    part: str
    address: str


@dataclass(frozen=True)
class Input:
    """A figure that bodies or checks supply. `min` and `max` are inclusive, in `unit`."""

    code: str
    kind: str
    unit: str
    name_vi: str
    name_en: str
    min: Decimal | None = None
    max: Decimal | None = None


@dataclass(frozen=True)
class Use:
    """The use of an input by a node, in the role that its formula gives it."""

    role: str
    code: str


@dataclass(frozen=True)
class Step:
    """A step of a tier: reached from `at_least` upwards, or by the class named in `is_class`."""

    points: Decimal
    at_least: Decimal | None = None
    is_class: str | None = None


@dataclass(frozen=True)
class Parameters:
    """Constants of a formula; each kind allows only its own.

    `out_of`: fixed denominator of a ratio; `target`: value of a ratio that earns the maximum;
    `points_per_item`: points for each item counted; `steps`: of a tier, the highest first.
    """

    out_of: Decimal | None = None
    target: Decimal | None = None
    points_per_item: Decimal | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class NotItemised:
    """Why the children of a node are not all of it; `points` are those not itemised, if known."""

    reason: Text
    points: Decimal | None = None


@dataclass(frozen=True)
class Node:
    """A criterion. `weight` is its part in a weighted sum; null maxima and weights are not known.

    `ranking` names the policy that bodies are ranked by here; null where none is published.
    """

    slug: str
    name_vi: str
    name_en: str
    kind: str
    basis: str
    source: str
    max_points: Decimal | None = None
    weight: Decimal | None = None
    parameters: Parameters = Parameters()
    inputs: tuple[Use, ...] = ()
    children: tuple[Node, ...] = ()
    evidence_required: bool = False
    reconstructed_from: tuple[str, ...] = ()
    max_from: str | None = None
    not_itemised: NotItemised | None = None
    ranking: str | None = None
    note: Text | None = None

    @property
    def is_scored(self) -> bool:
        """False for a criterion that is collected but carries no points."""
        return self.kind != "unscored"


@dataclass(frozen=True)
class Ranking:
    """How bodies are ranked: competition ranks ("1, 1, 3") by value, the larger first.

    `tie_break` are inputs, the larger first. `missing`: bodies without a value share the last
    rank of the block, or have none. `evidence` says what the policy is known from.
    """

    code: str
    on: str
    missing: str
    tie_break: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """A choice of the regime and the evidence for it."""

    value: str
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class Method:
    """The method of one regime and block, in force for the years `valid_from` to `valid_to`.

    `roots` are the categories where the regime has no overall index. `decimals` is how values
    are printed. `missing` is `incomplete`: a node with an open child has no points.
    `sha256` is over the bytes of the file.
    """

    regime: str
    index_code: str
    block: str
    valid_from: int
    valid_to: int | None
    decision: str
    title_vi: str
    title_en: str
    decimals: int
    missing: Policy
    not_applicable: Policy
    rankings: tuple[Ranking, ...]
    sources: tuple[Source, ...]
    evidence: dict[str, Text]
    inputs: tuple[Input, ...]
    roots: tuple[Node, ...]
    notes: tuple[Text, ...]
    file: str
    sha256: str

    @property
    def code(self) -> str:
        """Regime and block, as `assessment_2016/ministry`."""
        return f"{self.regime}/{self.block}"

    def walk(self) -> Iterator[tuple[str, Node]]:
        """Every node with its path (slugs joined by `/`), parents before children."""

        def below(node: Node, path: str) -> Iterator[tuple[str, Node]]:
            yield path, node
            for child in node.children:
                yield from below(child, f"{path}/{child.slug}")

        for root in self.roots:
            yield from below(root, root.slug)

    def ranking(self, code: str) -> Ranking:
        """The ranking policy of that code. KeyError names the method."""
        for ranking in self.rankings:
            if ranking.code == code:
                return ranking
        raise KeyError(f"{self.code} declares no ranking {code}")
