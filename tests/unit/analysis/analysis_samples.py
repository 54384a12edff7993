"""Small lists, and made-up computed years as rows of the marts, for the tests of the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa

from assets import registry
from assets.analysis.composition import Composition
from assets.analysis.lists import Entry, ListKey, RankedList
from assets.analysis.tables import Figures
from assets.method.engine import as_decimal, score
from assets.method.formulas import Observation
from assets.method.model import (
    Input,
    Method,
    MethodError,
    Node,
    Policy,
    Ranking,
    Source,
    Text,
    Use,
)

Observations = Mapping[tuple[str, str], Observation]

SEEN = Text("Đã thấy.", "Seen.")


def leaf(slug: str, kind: str, maximum: str, **roles: str) -> Node:
    """A criterion with one input a role."""
    return Node(
        slug=slug, name_vi=f"Tiêu chí {slug}", name_en=f"Criterion {slug}", kind=kind,
        basis="published", source="report", max_points=Decimal(maximum),
        inputs=tuple(Use(role, code) for role, code in roles.items()),
    )  # fmt: skip


def total(slug: str, maximum: str, *children: Node, kind: str = "sum") -> Node:
    """A ranked node over children."""
    return replace(leaf(slug, kind, maximum), children=children, ranking="index")


def method_of(*roots: Node, missing: str = "unranked", **more: Any) -> Method:
    """A method of ministries around trees; `missing` is the policy for bodies without a value."""

    def used(tree: Node) -> list[str]:
        return [use.code for use in tree.inputs] + [c for k in tree.children for c in used(k)]

    codes = dict.fromkeys(code for root in roots for code in used(root))
    fields: dict[str, Any] = {
        "regime": "assessment_2016", "index_code": "assessment", "block": "ministry",
        "valid_from": 2016, "valid_to": 2017, "decision": "1/QĐ", "title_vi": "Phương pháp",
        "title_en": "Method", "decimals": 3, "missing": Policy("incomplete", ("seen",)),
        "not_applicable": Policy("leaves_maximum", ("seen",)),
        "rankings": (Ranking("index", "exact", missing, (), ("seen",)),),
        "sources": (Source("report", "Báo cáo", "1", "https://example.org"),),
        "evidence": {"seen": SEEN},
        "inputs": tuple(Input(c, "number", "items", f"Số {c}", f"Figure {c}") for c in codes),
        "roots": roots, "notes": (), "file": "methods/sample.yaml", "sha256": "0" * 64,
    }  # fmt: skip
    return Method(**{**fields, **more})


def seen(figures: Mapping[str, Mapping[str, str | None]]) -> dict[tuple[str, str], Observation]:
    """Observations from plain figures by body and input; None is a figure not observed."""
    return {
        (body, code): Observation(None, "not_observed")
        if value is None
        else Observation(Decimal(value))
        for body, inputs in figures.items()
        for code, value in inputs.items()
    }


@dataclass(frozen=True)
class MadeUpYear:
    """One computed year: its method, figures and members."""

    method: Method
    observations: Observations
    bodies: Sequence[str]


def figures_of(years: Mapping[int, MadeUpYear], *, universe: str = "ministry") -> Figures:
    """The rows that the marts of made-up years would hold, computed by the reference engine."""
    scores = [row for year, made in years.items() for row in _scores(year, made, universe)]
    return Figures(
        published_values=(),
        ranks=(),
        scores=scores,
        observations={year: _observed(year, made, universe) for year, made in years.items()},
        coverage=(),
        rank_changes=(),
        bodies=(),
        bodies_en={},
    )


def finder(*methods: Method) -> Any:
    """find_method over these alone."""
    held = {method.code: method for method in methods}

    def find(regime: str, block: str) -> Method:
        if f"{regime}/{block}" not in held:
            raise MethodError(f"no method {regime}/{block}")
        return held[f"{regime}/{block}"]

    return find


def _scores(year: int, made: MadeUpYear, universe: str) -> list[dict[str, Any]]:
    nodes = {node.slug: node for _, node in made.method.walk()}
    rows = []
    for one in score(made.method, made.observations, made.bodies):
        value = None if one.value is None else as_decimal(one.value, 12)
        scored = nodes[one.slug].is_scored
        rows.append(
            {
                "assessment_year": year, "index_code": made.method.index_code,
                "regime": made.method.regime, "block": made.method.block, "universe": universe,
                "body_code": one.body_code, "body_name": one.body_code, "criterion": one.slug,
                "ranking": nodes[one.slug].ranking, "rank": one.rank,
                "points": None if one.points is None else as_decimal(one.points, 15),
                "max_points": None if one.max_points is None else as_decimal(one.max_points, 15),
                "index_value": value if scored else None,
                "quantity": None if scored else value,
                "is_synthetic": True, "method_sha256": made.method.sha256,
            }
        )  # fmt: skip
    return rows


def _observed(year: int, made: MadeUpYear, universe: str) -> pa.Table:
    schema = pa.schema(
        [pa.field(c.name, c.arrow) for c in registry.table("ind_observations").columns]
    )
    rows = [
        {
            "assessment_year": year, "index_code": made.method.index_code,
            "regime": made.method.regime, "block": made.method.block, "universe": universe,
            "body_code": body, "body_name": body, "input_code": code,
            "value": one.value if isinstance(one.value, Decimal) else None,
            "class_code": one.value if isinstance(one.value, str) else None,
            "observation_state": one.state, "is_synthetic": True,
        }
        for (body, code), one in made.observations.items()
    ]  # fmt: skip
    return pa.Table.from_pylist(rows, schema=schema)


def ranked_list(
    values: Mapping[str, str | None],
    *,
    year: int = 2022,
    category: str = "overall",
    ranks: Mapping[str, int] | None = None,
    **more: Any,
) -> RankedList:
    """A published list of the service index."""
    entries = {
        body: Entry(
            body, f"Tỉnh {body}", None if value is None else Fraction(value),
            (ranks or {}).get(body), "printed" if ranks else "none", "third_party_copy",
        )
        for body, value in sorted(values.items())
    }  # fmt: skip
    fields: dict[str, Any] = {
        "key": ListKey("published", "dvc_index", "province_34", year, category),
        "regime": "dvc_index", "block": "province", "decimals": 2, "is_partial": False,
        "bodies_held": len(entries), "bodies_expected": len(entries), "is_synthetic": False,
        "entries": entries,
    }  # fmt: skip
    return RankedList(**{**fields, **more})


def composition_of(
    values: Mapping[str, Mapping[str, str]], weights: Mapping[str, str]
) -> Composition:
    """A composition on shares from 0 to 1; weights add up to 1."""
    return Composition(
        "categories",
        {part: Fraction(weight) for part, weight in weights.items()},
        {part: Fraction(1) for part in weights},
        Fraction(1),
        {b: {p: Fraction(v) for p, v in own.items()} for b, own in values.items()},
        "third_party_copy",
    )
