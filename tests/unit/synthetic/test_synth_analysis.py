"""Two made-up years of real methods: forms that give the printed 2016, and the same with other
figures. Synthetic data, labelled as such everywhere; the parts of every change add up."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from synth_samples import block_2016, solved_2016

from assets import gates, registry
from assets.analysis.tables import analysis_tables
from assets.method.formulas import Observation
from assets.method.load import find_method
from assets.synthetic.proof import observation
from tests.unit.analysis.analysis_samples import MadeUpYear, figures_of

BLOCKS = ("ministry", "province")
UNIVERSES = {"ministry": "ministry", "province": "province_63"}


def years_of(block: str) -> dict[int, MadeUpYear]:
    """2016 as solved; a year later a fifth of the figures are those of another body."""
    method = block_2016(block).method
    answers = solved_2016(block, 1).answers
    before = {
        (body, code): observation(answer)
        for body, given in sorted(answers.items())
        for code, answer in sorted(given.items())
    }
    draw, after = random.Random(7), {}  # noqa: S311 - made-up data
    by_code: dict[str, list[Observation]] = defaultdict(list)
    for (_, code), one in before.items():
        by_code[code].append(one)
    for (body, code), one in before.items():
        after[body, code] = draw.choice(by_code[code]) if draw.random() < 0.2 else one
    bodies = sorted(answers)
    return {2016: MadeUpYear(method, before, bodies), 2017: MadeUpYear(method, after, bodies)}


@cache
def tables(block: str) -> dict[str, pa.Table]:
    return analysis_tables(figures_of(years_of(block), universe=UNIVERSES[block]), find_method)


def rows(block: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tables(block)[name].to_pylist()
    return found


every_block = pytest.mark.parametrize("block", BLOCKS)


@every_block
def test_every_table_passes_its_gate_and_says_that_it_is_made_up(block: str) -> None:
    for name, table in tables(block).items():
        result = gates.check(registry.table(name), table)
        assert result.passed, gates.as_text(result)
        if table.num_rows and "is_synthetic" in table.column_names:
            assert set(table["is_synthetic"].to_pylist()) == {True}
            assert set(table["figures_from"].to_pylist()) == {"computed"}
    assert rows(block, "ana_universe_ranks") == []
    assert all("GIẢ LẬP" in row["text_vi"] for row in rows(block, "ana_body_summaries"))


@every_block
def test_parts_of_every_score_and_rank_add_up(block: str) -> None:
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    changes, factors = {}, set()
    for row in rows(block, "ana_score_changes"):
        place = (row["body_code"], row["category"])
        assert row["basis"] == "criteria"
        sums[place] += row["part"]
        changes[place] = row["score_change"]
        factors.add(row["factor"])
    assert sums == changes
    bodies = len(block_2016(block).targets)
    assert len(changes) >= 5 * bodies
    assert {"own", "rounding"} <= factors <= {"own", "frontier", "rounding"}
    names = ("own_part", "peers_part", "method_part", "universe_part", "rounding_part")
    moved = 0
    for row in rows(block, "ana_rank_changes"):
        assert row["is_comparable"]
        if row["places_gained"] is not None:
            assert sum(row[name] for name in names) == row["places_gained"]
            assert row["method_part"] == row["universe_part"] == row["rounding_part"] == 0
            moved += row["places_gained"] != 0
    assert moved > bodies


@every_block
def test_ranks_of_leave_one_out_are_those_computed(block: str) -> None:
    ranks = {
        (r["assessment_year"], r["category"], r["body_code"]): r["rank"]
        for r in rows(block, "ana_rank_intervals")
    }
    checked = [
        ranks[r["assessment_year"], r["category"], r["body_code"]] == r["rank"]
        for r in rows(block, "ana_leave_one_out")
    ]
    assert len(checked) > 1000
    assert all(checked)


def test_the_order_of_rows_and_bodies_does_not_change_a_table() -> None:
    years = years_of("ministry")
    turned = {
        year: replace(
            made,
            observations=dict(reversed(list(made.observations.items()))),
            bodies=list(reversed(made.bodies)),
        )
        for year, made in reversed(years.items())
    }
    figures = figures_of(turned)
    figures = replace(figures, scores=list(reversed(figures.scores)))
    assert analysis_tables(figures, find_method) == tables("ministry")
