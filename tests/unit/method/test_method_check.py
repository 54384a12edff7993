"""Every rule of the check finds its bad case and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from method_samples import RANKING, leaf, method_of, node

from assets.method.check import RULES, Finding, check
from assets.method.model import Method, Node, NotItemised, Parameters, Policy, Source, Step, Text

REASON = Text("chưa thấy", "not seen")
A, B = leaf("a", "boolean", 30, answer="x"), leaf("b", "boolean", 10, answer="y")


def tree(**more: object) -> Node:
    fields: dict[str, object] = {"ranking": "index", "children": (A, B), **more}
    return replace(node("top", "sum", 40), **fields)  # type: ignore[arg-type]


def sound(root: Node | None = None, **more: object) -> Method:
    return method_of(root or tree(), **{"rankings": (RANKING,), **more})


def weights(first: str | None, second: str | None, **more: object) -> Node:
    pair = [
        replace(child, weight=None if w is None else Decimal(w))
        for child, w in ((A, first), (B, second))
    ]
    return tree(kind="weighted_sum", children=tuple(pair), **more)


def tiers(*steps: Step) -> Node:
    made = leaf("t", "tier", 20, measure="x")
    return replace(made, parameters=Parameters(steps=steps), ranking="index")


def child(**more: object) -> Node:
    return tree(children=(replace(A, **more), B))  # type: ignore[arg-type]


def chain(levels: int) -> Node:
    """Sums of one child each above the criterion `a`."""
    made = A
    for number in range(1, levels):
        made = node(f"c{number}", "sum", 30, children=(made,))
    return replace(made, ranking="index")


LOW, HIGH = Step(Decimal(5), at_least=Decimal(1)), Step(Decimal(20), at_least=Decimal(4))
RECONSTRUCTED = {"basis": "reconstructed", "reconstructed_from": ("seen",), "max_from": "implied"}


@pytest.mark.parametrize(
    "method",
    [
        sound(),
        sound(tree(max_points=Decimal(60), not_itemised=NotItemised(REASON, Decimal(20)))),
        sound(tree(kind="best_of", max_points=Decimal(30))),
        sound(tree(kind="best_of", not_itemised=NotItemised(REASON))),
        sound(weights("0.25", "0.75")),
        sound(weights(None, None, not_itemised=NotItemised(REASON))),
        sound(tiers(HIGH, LOW)),
        sound(child(**RECONSTRUCTED)),
        sound(replace(A, max_points=Decimal("10000"), ranking="index")),
        sound(chain(6)),
        sound(rankings=(replace(RANKING, tie_break=("x", "y", "x")),)),
    ],
)
def test_a_sound_method_has_no_findings(method: Method) -> None:
    assert check(method) == []


BAD: dict[str, tuple[Method, str, str, str]] = {
    "slug twice": (sound(tree(children=(A, replace(B, slug="a")))), "unique_slugs", "a", "2 times"),
    "sum": (sound(tree(max_points=Decimal(50))), "sum_of_maxima", "top", "children have 40"),
    "rest": (
        sound(tree(not_itemised=NotItemised(REASON, Decimal(1)))),
        "sum_of_maxima",
        "top",
        "1 are not itemised",
    ),
    "open child": (sound(child(max_points=None)), "sum_of_maxima", "top", "no maximum"),
    "best case": (sound(tree(kind="best_of")), "sum_of_maxima", "top", "best case has 30"),
    "weights": (sound(weights("0.2", "0.7")), "weights", "top", "add up to 0.9"),
    "no weight": (sound(weights("1", None)), "weights", "top", "add up to 1"),
    "stray weight": (sound(child(weight=Decimal("0.5"))), "weights", "top/a", "no weighted_sum"),
    "input unused": (
        sound(inputs=(*sound().inputs, replace(sound().inputs[0], code="z"))),
        "inputs",
        "z",
        "no node uses it",
    ),
    "input undeclared": (sound(inputs=sound().inputs[:1]), "inputs", "y", "not declared"),
    "input declared twice": (
        sound(inputs=(*sound().inputs, sound().inputs[0])),
        "inputs",
        "x",
        "declared 2 times",
    ),
    "input used twice": (
        sound(tree(children=(leaf("a", "ratio", 30, numerator="x", denominator="x"), B))),
        "inputs",
        "top/a",
        "uses x 2 times",
    ),
    "maximum": (
        sound(replace(A, max_points=Decimal(0), ranking="index")),
        "bounds",
        "a",
        "not above 0",
    ),
    "maximum too large": (
        sound(replace(A, max_points=Decimal("10000.5"), ranking="index")),
        "bounds",
        "a",
        "at most 10000",
    ),
    "decimals of a number": (
        sound(replace(A, max_points=Decimal("0.0000001"), ranking="index")),
        "bounds",
        "a",
        "more than 6 decimals",
    ),
    "decimals of a step": (
        sound(tiers(HIGH, replace(LOW, at_least=Decimal("1.0000001")))),
        "bounds",
        "t",
        "1.0000001 has more than 6 decimals",
    ),
    "depth": (sound(chain(7)), "bounds", "c6/c5/c4/c3/c2/c1/a", "deeper than 6 levels"),
    "tie-breaks": (
        sound(rankings=(replace(RANKING, tie_break=("x", "y", "z", "w")),)),
        "bounds",
        "index",
        "more than 3 tie-breaks",
    ),
    "unscored": (
        sound(node("u", "unscored", 5, {"addend": ["x"]}, ranking="index")),
        "bounds",
        "u",
        "unscored node has a maximum",
    ),
    "weight": (sound(weights("1.5", "-0.5")), "bounds", "top/a", "weight 1.5"),
    "parameter": (
        sound(child(parameters=Parameters(out_of=Decimal(0)))),
        "bounds",
        "top/a",
        "out_of 0",
    ),
    "tier without maximum": (
        sound(replace(tiers(HIGH), max_points=None)),
        "bounds",
        "t",
        "tier without maximum",
    ),
    "steps": (sound(tiers(LOW)), "bounds", "t", "up to the maximum"),
    "negative step": (
        sound(tiers(HIGH, replace(LOW, points=Decimal(-5)))),
        "bounds",
        "t",
        "from 0 or more",
    ),
    "same step": (sound(tiers(HIGH, HIGH)), "bounds", "t", "same mark"),
    "mixed steps": (
        sound(tiers(HIGH, Step(Decimal(5), is_class="c"))),
        "bounds",
        "t",
        "mixed",
    ),
    "input range": (
        sound(
            inputs=(
                replace(sound().inputs[0], min=Decimal(1), max=Decimal(1)),
                sound().inputs[1],
            )
        ),
        "bounds",
        "x",
        "min is not below max",
    ),
    "years": (sound(valid_to=2015), "bounds", "valid_to", "ends before"),
    "decimals": (sound(decimals=7), "bounds", "decimals", "7"),
    "blank name": (sound(child(name_en=" ")), "names", "top/a", "blank"),
    "one language": (sound(child(name_en=A.name_vi)), "names", "top/a", "the same"),
    "no source": (sound(child(source="hearsay")), "sources", "top/a", "hearsay"),
    "idle source": (
        sound(sources=(*sound().sources, Source("more", "d", "p", "a"))),
        "sources",
        "more",
        "no node cites",
    ),
    "from nothing": (
        sound(child(basis="reconstructed", max_from="implied")),
        "sources",
        "top/a",
        "from nothing",
    ),
    "not reconstructed": (
        sound(child(reconstructed_from=("seen",))),
        "sources",
        "top/a",
        "not reconstructed",
    ),
    "maximum from": (
        sound(child(basis="reconstructed", reconstructed_from=("seen",))),
        "sources",
        "top/a",
        "max_from",
    ),
    "policy": (sound(missing=Policy("incomplete", ())), "evidence", "missing", "without"),
    "ranking": (
        sound(rankings=(replace(RANKING, evidence=()),)),
        "evidence",
        "index",
        "without evidence",
    ),
    "evidence undeclared": (
        sound(missing=Policy("incomplete", ("rumour",))),
        "evidence",
        "rumour",
        "not declared",
    ),
    "idle evidence": (
        sound(evidence={**sound().evidence, "idle": REASON}),
        "evidence",
        "idle",
        "nothing cites",
    ),
    "ranking undeclared": (sound(rankings=()), "rankings", "index", "not declared"),
    "idle ranking": (
        sound(rankings=(RANKING, replace(RANKING, code="idle"))),
        "rankings",
        "idle",
        "no node",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_case_is_found(case: str) -> None:
    method, rule, path, words = BAD[case]
    findings = [f for f in check(method) if (f.rule, f.path) == (rule, path)]
    assert any(words in finding.what for finding in findings), check(method)
    assert all(finding.todo for finding in findings)


def test_every_rule_has_a_bad_case() -> None:
    def found(rule: Callable[[Method], object]) -> bool:
        return any(list(rule(method)) for method, *_ in BAD.values())  # type: ignore[call-overload]

    assert [rule.__name__ for rule in RULES if not found(rule)] == []


def test_a_finding_reads_as_a_sentence() -> None:
    assert str(Finding("weights", "top", "weights add up to 2", "make it 1")) == (
        "top: weights: weights add up to 2; make it 1"
    )
