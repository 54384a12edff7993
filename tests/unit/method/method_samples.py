"""Small methods and observations for the tests of methods."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation
from assets.method.model import Input, Method, Node, Policy, Ranking, Source, Text, Use

RANKING = Ranking("index", "exact", "unranked", (), ("seen",))


def node(
    slug: str,
    kind: str,
    maximum: int | None,
    inputs: Mapping[str, list[str]] | None = None,
    **more: Any,
) -> Node:
    """A published node; inputs are lists of codes by role."""
    return Node(
        slug=slug,
        name_vi=f"Tiêu chí {slug}",
        name_en=f"Criterion {slug}",
        kind=kind,
        basis="published",
        source="report",
        max_points=None if maximum is None else Decimal(maximum),
        inputs=tuple(Use(r, c) for r, codes in (inputs or {}).items() for c in codes),
        **more,
    )


def leaf(slug: str, kind: str, maximum: int | None, **roles: str) -> Node:
    """A criterion with one input a role."""
    return node(slug, kind, maximum, inputs={role: [code] for role, code in roles.items()})


def inputs_of(*roots: Node) -> tuple[Input, ...]:
    """Declarations of all inputs that the trees use, each once."""

    def used(tree: Node) -> list[str]:
        return [use.code for use in tree.inputs] + [c for k in tree.children for c in used(k)]

    codes = dict.fromkeys(code for root in roots for code in used(root))
    return tuple(Input(c, "number", "items", f"Số {c}", f"Figure {c}") for c in codes)


def method_of(*roots: Node, **more: Any) -> Method:
    """A sound method around trees; other fields can be given."""
    fields: dict[str, Any] = {
        "regime": "assessment_2016",
        "index_code": "assessment",
        "block": "ministry",
        "valid_from": 2016,
        "valid_to": 2016,
        "decision": "1/QĐ",
        "title_vi": "Phương pháp",
        "title_en": "Method",
        "decimals": 3,
        "missing": Policy("incomplete", ("seen",)),
        "not_applicable": Policy("leaves_maximum", ("seen",)),
        "rankings": (),
        "sources": (Source("report", "Báo cáo", "1", "https://example.org"),),
        "evidence": {"seen": Text("Đã thấy.", "Seen.")},
        "inputs": inputs_of(*roots),
        "roots": roots,
        "notes": (),
        "file": "methods/sample.yaml",
        "sha256": "0" * 64,
    }
    return Method(**{**fields, **more})


def seen(figures: Mapping[str, Mapping[str, object]]) -> dict[tuple[str, str], Observation]:
    """Observations from plain figures by body and input; None is a figure not observed."""
    return {
        (body, code): Observation(Decimal(value) if isinstance(value, int) else value)  # type: ignore[arg-type]
        for body, inputs in figures.items()
        for code, value in inputs.items()
    }


def one(tree: Node, **observed: object) -> NodeScore:
    """The root's score of a single body."""
    scores = score(method_of(tree), seen({"A": observed}), ["A"])
    return next(s for s in scores if s.slug == tree.slug)
