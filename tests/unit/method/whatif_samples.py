"""A small method, the figures of three bodies, and the same as rows of ind_observations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pyarrow as pa
from method_samples import RANKING, leaf, method_of, node

from assets import registry
from assets.method.model import Method, Parameters, Step

PLACE = {"index_code": "assessment", "universe": "ministry", "block": "ministry"}


def sample() -> Method:
    """A category with a plan and officers relative to the best, and classes beside it."""
    grade = replace(
        leaf("audit", "tier", 20, measure="audit_class"),
        parameters=Parameters(
            steps=(Step(Decimal(20), is_class="full"), Step(Decimal(5), is_class="part"))
        ),
        ranking="index",
    )
    policy = node(
        "policy",
        "sum",
        20,
        children=(
            leaf("plan", "boolean", 10, answer="has_plan"),
            leaf("officers", "normalised_block_max", 10, numerator="staff", denominator="units"),
        ),
        ranking="index",
    )
    method = method_of(policy, grade, rankings=(RANKING,))
    kinds = {"has_plan": "boolean", "units": "count", "audit_class": "class"}
    inputs = tuple(replace(one, kind=kinds.get(one.code, "number")) for one in method.inputs)
    return replace(method, inputs=inputs)


METHOD = sample()
FIGURES = {
    "A": {"has_plan": 0, "staff": 10, "units": 10, "audit_class": "part"},
    "B": {"has_plan": 1, "staff": 5, "units": 10, "audit_class": "full"},
    "C": {"has_plan": 1, "staff": 5, "units": 10},
}


def rows_of(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    """A table in the registry's shape; what a row leaves out is null."""
    schema = pa.schema([pa.field(c.name, c.arrow) for c in registry.table(name).columns])
    return pa.Table.from_pylist(rows, schema=schema)


def observation_rows(synthetic: bool) -> list[dict[str, Any]]:
    return [
        {
            **PLACE,
            "body_code": body,
            "body_name": f"Bộ {body}",
            "input_code": code,
            "value": Decimal(value) if isinstance(value, int) else None,
            "class_code": value if isinstance(value, str) else None,
            "observation_state": "confirmed" if code == "staff" else "reported",
            "is_synthetic": synthetic,
        }
        for body, figures in FIGURES.items()
        for code, value in figures.items()
    ] + [
        {
            **PLACE,
            "body_code": "C",
            "body_name": "Bộ C",
            "input_code": "audit_class",
            "observation_state": "not_observed",
            "is_synthetic": synthetic,
        }
    ]
