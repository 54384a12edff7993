"""The SQL of the warehouse and the reference engine agree on every node of every body.

They share no code: one is dbt on whole numbers, the other Python on exact fractions.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from random_blocks import Block, block_of
from scoring import reference_rows, sql_scores, universe_of

from assets.warehouse.project import ParsedProject

BLOCKS = 400
FIGURES = ("points", "max_points", "index_value", "quantity")


@pytest.fixture(scope="module")
def blocks() -> list[Block]:
    return [block_of(seed) for seed in range(BLOCKS)]


@pytest.fixture(scope="module")
def computed(
    parsed: ParsedProject, blocks: list[Block], tmp_path_factory: pytest.TempPathFactory
) -> dict[tuple[str, str, str], dict[str, Any]]:
    rows = sql_scores(parsed, blocks, tmp_path_factory.mktemp("scoring"))
    return {(row["universe"], row["body_code"], row["criterion"]): row for row in rows}


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    plain = {name: row[name] for name in ("score_status", "rank")}
    figures = {n: None if row[n] is None else Fraction(row[n]) for n in FIGURES}
    return {**plain, **figures}


def test_they_agree_on_every_node_of_every_body(
    blocks: list[Block], computed: dict[tuple[str, str, str], dict[str, Any]]
) -> None:
    expected = {
        (universe_of(block), *place): _exact(row)
        for block in blocks
        for place, row in reference_rows(block).items()
    }
    found = {place: _exact(row) for place, row in computed.items()}
    assert set(found) == set(expected)
    differing = [(p, found[p], expected[p]) for p in expected if found[p] != expected[p]]
    assert differing[:3] == []


def test_the_blocks_hold_every_status_and_ties(
    computed: dict[tuple[str, str, str], dict[str, Any]],
) -> None:
    statuses = Counter(row["score_status"] for row in computed.values())
    assert set(statuses) == {
        "scored", "unscored", "missing", "disputed", "zero_denominator", "out_of_range",
        "rule_unknown", "not_applicable", "incomplete",
    }  # fmt: skip
    assert min(statuses.values()) > 20, statuses
    ranked = Counter(
        (universe, criterion, row["rank"])
        for (universe, _, criterion), row in computed.items()
        if row["rank"] is not None and row["index_value"] is not None
    )
    assert sum(1 for number in ranked.values() if number > 1) > 20
