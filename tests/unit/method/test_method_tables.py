"""Methods as tables: the tree, inputs, uses, steps and rankings can be read back from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from method_samples import leaf, method_of, node

from assets import gates, registry
from assets.method.load import methods
from assets.method.model import Method, NotItemised, Parameters, Policy, Ranking, Step, Text
from assets.method.tables import in_force, method_tables

Row = dict[str, Any]
Rows = dict[str, list[Row]]

YEARS = sorted({year for m in methods() for year in (m.valid_from, m.valid_to or m.valid_from)})


def rows_of(*held: Method, year: int = 2016) -> Rows:
    """The rows by table, without raw_ and method_ in its name."""
    return {
        name.removeprefix("raw_").removeprefix("method_"): table.to_pylist()
        for name, table in method_tables(held, year).items()
    }


def picked(rows: Sequence[Row], *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[column] for column in columns) for row in rows]


def tree() -> Method:
    """Three levels, every kind of parameter, and two rankings."""
    steps = (Step(Decimal(5), at_least=Decimal("2.5")), Step(Decimal(1), at_least=Decimal(1)))
    classes = (Step(Decimal(3), is_class="gold"),)
    inner = node(
        "inner", "weighted_sum", 40, ranking="index",
        children=(
            replace(
                leaf("rate", "ratio", 30, numerator="with_pc"),
                weight=Decimal("0.25"),
                parameters=Parameters(out_of=Decimal(7)),
            ),
            replace(
                leaf("aim", "target_ratio", 10, numerator="with_pc", denominator="staff"),
                weight=Decimal("0.75"),
                parameters=Parameters(target=Decimal("0.8")),
            ),
        ),
    )  # fmt: skip
    top = node(
        "top", "sum", 60, ranking="last",
        not_itemised=NotItemised(Text("Chưa rõ.", "Not known."), Decimal(2)),
        children=(
            inner,
            replace(
                leaf("level", "tier", 5, measure="level_reached"),
                parameters=Parameters(steps=steps),
            ),
            replace(
                leaf("grade", "tier", 3, measure="grade_given"),
                parameters=Parameters(steps=classes),
                evidence_required=True,
            ),
            replace(
                leaf("items", "count_capped", 10, count="items_met"),
                parameters=Parameters(points_per_item=Decimal("0.5")),
                max_from="convention",
            ),
        ),
    )  # fmt: skip
    return method_of(
        top,
        node("counted", "unscored", None, inputs={"addend": ["staff", "items_met"]}),
        rankings=(
            Ranking("index", "exact", "unranked", (), ("seen",)),
            Ranking("last", "printed", "last_rank", ("staff", "items_met"), ("seen",)),
        ),
    )


@pytest.mark.parametrize("year", YEARS)
def test_the_tables_of_every_year_are_as_declared_and_pass_their_gates(year: int) -> None:
    made = method_tables(methods(), year)
    assert list(made) == [table.name for table in registry.tables(unit="methods")]
    for name, frame in made.items():
        declared = registry.table(name)
        assert frame.schema.equals(declared.arrow_schema), name
        result = gates.check(declared, frame)
        assert [rule.rule_id for rule in result.rules if not rule.passed] == [], name


@pytest.mark.parametrize("year", YEARS)
def test_every_node_input_and_use_of_the_methods_in_force_is_there_once(year: int) -> None:
    held, rows = in_force(methods(), year), rows_of(*methods(), year=year)
    places = {(m.regime, m.block): m for m in held}
    assert set(picked(rows["methods"], "regime", "block")) == set(places)
    for (regime, block), method in places.items():
        of_method = {
            name: [r for r in table if (r["regime"], r["block"]) == (regime, block)]
            for name, table in rows.items()
        }
        walked = list(method.walk())
        assert picked(of_method["nodes"], "node_path", "criterion", "position") == [
            (path, one.slug, number) for number, (path, one) in enumerate(walked, start=1)
        ]
        assert picked(of_method["inputs"], "input_code", "position") == [
            (entry.code, number) for number, entry in enumerate(method.inputs, start=1)
        ]
        uses = {(one.slug, use.role, use.code) for _, one in walked for use in one.inputs}
        assert set(picked(of_method["uses"], "criterion", "role", "input_code")) == uses
        assert len(of_method["uses"]) == len(uses)
        asked_for = {code for _, _, code in uses}
        assert asked_for <= {entry.code for entry in method.inputs}


def test_a_node_knows_its_parent_depth_and_path() -> None:
    rows = rows_of(tree())["nodes"]
    assert picked(rows, "criterion", "parent_criterion", "depth", "node_path", "position") == [
        ("top", None, 0, "top", 1),
        ("inner", "top", 1, "top/inner", 2),
        ("rate", "inner", 2, "top/inner/rate", 3),
        ("aim", "inner", 2, "top/inner/aim", 4),
        ("level", "top", 1, "top/level", 5),
        ("grade", "top", 1, "top/grade", 6),
        ("items", "top", 1, "top/items", 7),
        ("counted", None, 0, "counted", 8),
    ]


def test_a_node_has_its_own_constants_and_null_for_those_of_other_kinds() -> None:
    rows = {row["criterion"]: row for row in rows_of(tree())["nodes"]}
    constants = ("max_points", "weight", "out_of", "target", "points_per_item", "maximum_basis")
    given = {
        name: {column: row[column] for column in constants if row[column] is not None}
        for name, row in rows.items()
    }
    assert given == {
        "top": {"max_points": 60},
        "inner": {"max_points": 40},
        "rate": {"max_points": 30, "weight": Decimal("0.25"), "out_of": 7},
        "aim": {"max_points": 10, "weight": Decimal("0.75"), "target": Decimal("0.8")},
        "level": {"max_points": 5},
        "grade": {"max_points": 3},
        "items": {
            "max_points": 10,
            "points_per_item": Decimal("0.5"),
            "maximum_basis": "convention",
        },
        "counted": {},
    }
    assert {name for name, row in rows.items() if not row["is_itemised"]} == {"top"}
    assert {name for name, row in rows.items() if row["evidence_required"]} == {"grade"}
    assert {name: row["ranking"] for name, row in rows.items() if row["ranking"]} == {
        "top": "last",
        "inner": "index",
    }


def test_steps_are_numbered_as_in_the_file_and_are_of_values_or_classes() -> None:
    rows = rows_of(tree())["steps"]
    assert picked(rows, "criterion", "step_no", "step_points", "at_least", "step_class") == [
        ("grade", 1, 3, None, "gold"),
        ("level", 1, 5, Decimal("2.5"), None),
        ("level", 2, 1, 1, None),
    ]


def test_rankings_and_their_tie_breaks_keep_their_order() -> None:
    rows = rows_of(tree())
    assert picked(rows["rankings"], "ranking", "rank_on", "rank_missing") == [
        ("index", "exact", "unranked"),
        ("last", "printed", "last_rank"),
    ]
    assert picked(rows["tie_breaks"], "ranking", "position", "input_code") == [
        ("last", 1, "staff"),
        ("last", 2, "items_met"),
    ]


def test_one_input_in_several_roles_and_criteria_is_a_use_each() -> None:
    uses = picked(rows_of(tree())["uses"], "criterion", "role", "input_code")
    assert uses == sorted(uses)
    assert [use for use in uses if use[2] == "with_pc"] == [
        ("aim", "numerator", "with_pc"),
        ("rate", "numerator", "with_pc"),
    ]
    assert ("counted", "addend", "staff") in uses
    assert ("aim", "denominator", "staff") in uses


def test_an_input_has_its_kind_unit_names_and_bounds() -> None:
    entry = tree().inputs[0]
    bounded = replace(entry, kind="count", min=Decimal(0), max=Decimal("9.5"))
    (row,) = rows_of(replace(tree(), inputs=(bounded,), roots=()))["inputs"]
    assert (row["input_kind"], row["unit"], row["min_value"], row["max_value"]) == (
        "count",
        entry.unit,
        0,
        Decimal("9.5"),
    )
    assert (row["input_vi"], row["input_en"]) == (entry.name_vi, entry.name_en)
    (open_row,) = rows_of(replace(tree(), inputs=(entry,), roots=()))["inputs"]
    assert (open_row["min_value"], open_row["max_value"]) == (None, None)


def test_a_method_is_named_with_its_policies_and_the_hash_of_its_file() -> None:
    method = replace(tree(), not_applicable=Policy("keeps_maximum", ("seen",)), valid_to=None)
    (row,) = rows_of(method)["methods"]
    assert (row["assessment_year"], row["from_assessment_year"], row["to_assessment_year"]) == (
        2016,
        2016,
        None,
    )
    assert row["not_applicable_rule"] == "keeps_maximum"
    assert (row["method_sha256"], row["decimals"]) == (method.sha256, 3)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "years"),
    [(2016, 2016, {2016}), (2015, 2017, {2015, 2016, 2017}), (2016, None, {2016, 2017, 2018})],
)
def test_a_method_is_in_force_in_its_years_ends_included(
    valid_from: int, valid_to: int | None, years: set[int]
) -> None:
    method = replace(tree(), valid_from=valid_from, valid_to=valid_to)
    assert {year for year in range(2014, 2019) if in_force([method], year)} == years
    for year in range(2014, 2019):
        tables = method_tables([method], year)
        assert all((table.num_rows > 0) is (year in years) for table in tables.values())


def test_methods_in_force_come_by_code_whatever_the_order_given() -> None:
    held = in_force(methods(), 2016)
    assert [m.code for m in held] == sorted(m.code for m in held)
    assert in_force(list(reversed(methods())), 2016) == held
    one, other = (method_tables(given, 2016) for given in (methods(), list(reversed(methods()))))
    assert one == other


def test_two_blocks_with_the_same_slugs_do_not_mix() -> None:
    one = tree()
    other = replace(one, block="province", sha256="1" * 64)
    rows = rows_of(other, one)
    for name, table in rows.items():
        blocks = [row["block"] for row in table]
        assert blocks == sorted(blocks), name
        assert blocks.count("ministry") == blocks.count("province") > 0, name
