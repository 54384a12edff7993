"""The ranked lists as the UI shows them: in order, with what a reader must know of each rank."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa

from assets.warehouse.assets import ranked_lists


def row(body: str, rank: int | None, value: str | None, **more: Any) -> dict[str, Any]:
    return {
        "universe": "gov_agency", "position": 1, "criterion_en": "Policy", "body_code": body,
        "body_name": f"Body {body}", "ranking": "index", "rank": rank, "formula_kind": "sum",
        "index_value": None if value is None else Decimal(value), "quantity": None,
        "coverage": "3 of 3", "score_status": "scored", "is_incomplete": False,
        "is_reconstructed": False, "is_synthetic": False, **more,
    }  # fmt: skip


def test_lists_are_in_order_and_say_what_is_open() -> None:
    scores = pa.Table.from_pylist(
        [
            row("B", 2, "0.500000000000000"),
            row("C", None, None, score_status="incomplete", is_incomplete=True, coverage="2 of 3"),
            row("A", 1, "1.000000000000000", is_reconstructed=True, is_synthetic=True),
            row("D", 1, None, position=2, formula_kind="unscored", quantity=Decimal("35.000")),
            row("E", None, "0.7", ranking=None),
        ]
    )
    shown = ranked_lists(scores).to_pylist()
    assert [(r["rank"], r["body"], r["value"], r["criteria"], r["state"]) for r in shown] == [
        ("1", "Body A (A)", "1", "3 of 3", "complete, reconstructed, SYNTHETIC"),
        ("2", "Body B (B)", "0.5", "3 of 3", "complete"),
        ("not ranked", "Body C (C)", "none", "2 of 3", "incomplete"),
        ("1", "Body D (D)", "35", "3 of 3", "complete"),
    ]
    assert shown[0]["list"] == "gov_agency: Policy"
