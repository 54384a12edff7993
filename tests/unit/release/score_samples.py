"""Rows of computed scores of Lào Cai, and the text that explains them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from release_samples import LAO_CAI, PROVINCE, Row, Tables, table

from assets.explain import as_text, explain_tables
from assets.explain.evidence import TABLES

FORM = "f" * 64
METHOD = "1a2b3c4d5e6f" + "0" * 52
TREE = {"regime": PROVINCE["regime"], "block": PROVINCE["block"]}


def node(criterion: str, kind: str, maximum: str | None, **more: Any) -> Row:
    return {
        **TREE,
        "index_code": "assessment",
        "criterion": criterion,
        "formula_kind": kind,
        "max_points": maximum and Decimal(maximum),
        "basis": "published",
        **more,
    }


def scored(criterion: str, kind: str, points: str | None, of: str | None, **more: Any) -> Row:
    """A row of idx_scores of Lào Cai; its value is points / maximum."""
    value = None if points is None or of is None else round(Decimal(points) / Decimal(of), 12)
    return {
        **LAO_CAI,
        "criterion": criterion,
        "criterion_vi": f"Tiêu chí {criterion}",
        "formula_kind": kind,
        "points": points and Decimal(points),
        "max_points": of and Decimal(of),
        "index_value": value,
        "score_status": "scored" if points else "missing",
        "criteria_known": 1,
        "criteria_asked": 1,
        "coverage": "1 of 1",
        "decimals": 3,
        "method_sha256": METHOD,
        **more,
    }


def figures(criterion: str, **more: Any) -> Row:
    """A row of ind_criterion_scores of Lào Cai."""
    plain = {k: v for k, v in LAO_CAI.items() if k != "body_name"}
    numbers = {k: Decimal(v) if k != "class_code" else v for k, v in more.items()}
    return {**plain, "criterion": criterion, "score_status": "scored", **numbers}


def figure(input_code: str, value: str | None, **more: Any) -> Row:
    """A row of ind_observations of Lào Cai, from its form unless said otherwise."""
    return {
        **LAO_CAI,
        "input_code": input_code,
        "unit": "units",
        "value": value and Decimal(value),
        "observation_state": "reported",
        "is_allowed": True,
        "origin": "submission",
        "raw_text": value,
        "file_sha256": FORM,
        "sheet_name": "Biểu mẫu",
        "cell_ref": "F12",
        "known_at": date(2017, 1, 20),
        **more,
    }


def uses(criterion: str, **roles: str) -> list[Row]:
    return [
        {**TREE, "criterion": criterion, "role": role, "input_code": code}
        for role, code in roles.items()
    ]


def held(**rows: list[Row]) -> Tables:
    """All tables of an explanation; those not given are empty."""
    given: dict[str, list[Row]] = {
        "raw_bodies": [{"body_code": "P-10", "body_name": "Lào Cai"}],
        "raw_submission_files": [
            {
                "file_sha256": FORM,
                "file_name": "P-10.xlsx",
                "version_no": 2,
                "known_at": date(2017, 1, 20),
            }
        ],
        **rows,
    }
    names = [name for unit in TABLES.values() for name in unit]
    return {name: table(name, *given.get(name, [])) for name in names}


def text_of(criterion: str, **rows: list[Row]) -> str:
    return as_text(explain_tables(held(**rows), "P-10", 2016, criterion))


def one(criterion: Row, declared: Row, *more: Row, **rows: list[Row]) -> str:
    """The line of a single criterion with its formula."""
    text = text_of(
        criterion["criterion"],
        idx_scores=[criterion],
        raw_method_nodes=[declared],
        ind_criterion_scores=list(more),
        **rows,
    )
    (line,) = [line for line in text.splitlines() if f"(Tiêu chí {criterion['criterion']})" in line]
    return line.partition("): ")[2]
