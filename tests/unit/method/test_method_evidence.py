"""The methods held against the published figures: what they state can be recomputed."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from assets.method.check import check
from assets.method.engine import as_decimal, score
from assets.method.formulas import Observation
from assets.method.load import find_method, methods
from assets.method.model import Method

SOURCES = Path(__file__).parents[3] / "sources"


def rows(path: str) -> list[dict[str, str]]:
    with (SOURCES / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def printed_2016(block: str, category: str) -> dict[str, str]:
    return {
        row["body"]: row["published_value"]
        for row in rows("2016/assessment_2016.csv")
        if (row["block"], row["category"]) == (block, category)
    }


@pytest.mark.parametrize("method", methods(), ids=lambda method: method.code)
def test_every_method_held_is_sound(method: Method) -> None:
    assert [str(finding) for finding in check(method)] == []


def test_the_methods_held() -> None:
    three = [f"assessment_{y}/{b}" for y in (2016, 2017) for b in ("gov_agency", "ministry")]
    assert {method.code for method in methods()} == {
        *three,
        "assessment_2016/province",
        "assessment_2017/province",
        "dti_2022/province",
        "dti_2024/province",
        "dvc_index/province",
    }


# --- DTI 2022 ----------------------------------------------------------------------------------


def recomputed_dti_2022() -> dict[str, tuple[Fraction, Decimal]]:
    """Recomputed and printed overall value of the provinces whose eight indices are held."""
    observed = {
        (row["body"], row["category"].removeprefix("dti.") + "_index"): Observation(
            Decimal(row["published_value"])
        )
        for row in rows("2020-2024/dti_2020_2024_news.csv")
        if (row["year"], row["block"]) == ("2022", "province")
        and row["category"].startswith("dti.")
    }
    published = {
        row["body"]: Decimal(row["published_value"])
        for row in rows("2022-2024/dti_provinces_2022_2024.csv")
        if (row["year"], row["category"]) == ("2022", "dti")
    }
    scores = score(find_method("dti_2022", "province"), observed)
    return {
        s.body_code: (s.value, published[s.body_code])
        for s in scores
        if s.slug == "overall" and s.value is not None
    }


def test_dti_2022_recomputes_to_the_printed_four_decimals() -> None:
    found = recomputed_dti_2022()
    assert found.keys() == {"Đà Nẵng", "Hồ Chí Minh", "Quảng Ninh", "Thừa Thiên - Huế", "Cần Thơ"}
    equal = {body for body, (value, printed) in found.items() if as_decimal(value, 4) == printed}
    assert equal == found.keys() - {"Hồ Chí Minh"}


def test_dti_2022_of_the_fifth_province_lies_within_the_rounding_of_its_indices() -> None:
    """Eight indices printed to 4 decimals leave the weighted sum open by half a unit of the last
    digit, and the printed sum by another half: 0.716355 and 0.7163 agree within that."""
    value, printed = recomputed_dti_2022()["Hồ Chí Minh"]
    assert (value, printed) == (Fraction("0.716355"), Decimal("0.7163"))
    half = Fraction(1, 20000)
    assert value - half < Fraction(printed) + half


# --- service index -----------------------------------------------------------------------------


def test_the_service_index_is_the_sum_of_its_five_groups() -> None:
    method = find_method("dvc_index", "province")
    years: dict[str, dict[tuple[str, str], Observation]] = defaultdict(dict)
    totals: dict[tuple[str, str], Decimal] = {}
    for row in rows("2022-2024/dvc_index_2022_2024.csv"):
        group, value = row["category"].removeprefix("dvc_index."), Decimal(row["published_value"])
        if group == "total":
            totals[row["year"], row["body"]] = value
        else:
            years[row["year"]][row["body"], f"{group}_points"] = Observation(value)
    recomputed = {
        (year, s.body_code): s.points
        for year, observed in years.items()
        for s in score(method, observed)
        if s.slug == "overall"
    }
    assert len(totals) == 3 * 34
    assert recomputed == {key: Fraction(value) for key, value in totals.items()}


# --- 2016 --------------------------------------------------------------------------------------


def fits(printed: str, denominator: int) -> bool:
    """Whether a whole number of points by the denominator prints as these three decimals."""
    nearest = round(Fraction(printed) * denominator)
    return any(
        as_decimal(Fraction(points, denominator), 3) == Decimal(printed)
        for points in (nearest - 1, nearest, nearest + 1)
    )


def fitting(block: str, category: str, up_to: int) -> list[int]:
    """Denominators on whose grid every printed value of the block lies."""
    values = set(printed_2016(block, category).values())
    return [n for n in range(1, up_to + 1) if all(fits(value, n) for value in values)]


@pytest.mark.parametrize(
    ("block", "category", "grids"),
    [
        ("ministry", "policy", [140]),
        ("gov_agency", "policy", [70, 140]),
        ("province", "policy", [150]),
        ("ministry", "human_resources", [20, 40, 60, 80, 100, 120, 140]),
    ],
)
def test_printed_values_of_2016_lie_on_the_stated_grid(
    block: str, category: str, grids: list[int]
) -> None:
    assert fitting(block, category, 150) == grids
    (root,) = [n for n in find_method("assessment_2016", block).roots if n.slug == category]
    assert root.max_points in grids
    assert root.max_from == "implied"


@pytest.mark.parametrize("block", ["ministry", "gov_agency", "province"])
def test_categories_called_free_of_a_small_grid_have_none(block: str) -> None:
    for category in ("internal_apps", "portal"):
        assert fitting(block, category, 150) == []


@pytest.mark.parametrize(
    ("block", "body", "total"),
    [("ministry", "Bộ Giao thông vận tải", 140), ("province", "Hà Tĩnh", 150)],
)
def test_a_body_without_plan_bounds_the_points_of_the_plan(
    block: str, body: str, total: int
) -> None:
    won = round(Fraction(printed_2016(block, "policy")[body]) * total)
    (plan,) = [n for _, n in find_method("assessment_2016", block).walk() if n.slug == "plan"]
    assert plan.max_points == total - won


def test_2016_has_five_category_indices_and_no_overall() -> None:
    for block in ("ministry", "gov_agency", "province"):
        roots = find_method("assessment_2016", block).roots
        scored = [root.slug for root in roots if root.is_scored]
        assert scored == ["infrastructure", "internal_apps", "portal", "policy", "human_resources"]
        assert "overall" not in {root.slug for root in roots}


def test_ranks_by_services_of_2016_provinces_recompute_with_ties_and_the_shared_last_rank() -> None:
    level3 = printed_2016("province", "online_services.level3_count")
    level4 = printed_2016("province", "online_services.level4_count")
    ranks = {
        row["body"]: int(row["published_rank"])
        for row in rows("2016/assessment_2016.csv")
        if (row["block"], row["category"]) == ("province", "online_services.level34_count")
    }
    observed = {
        (body, code): Observation(Decimal(value) if value else None)
        for code, counts in (("services_level3", level3), ("services_level4", level4))
        for body, value in counts.items()
    }
    scores = score(find_method("assessment_2016", "province"), observed, list(ranks))
    assert len(ranks) == 63
    assert {s.body_code: s.rank for s in scores if s.slug == "services_provided"} == ranks


def test_what_is_not_known_of_2017_and_2024_computes_to_nothing() -> None:
    for regime, block in (("assessment_2017", "ministry"), ("dti_2024", "province")):
        method = find_method(regime, block)
        observed = {("A", entry.code): Observation(Decimal(1)) for entry in method.inputs}
        overall = score(method, observed)[0]
        assert (overall.slug, overall.value, overall.status) == ("overall", None, "rule_unknown")


def test_annex_1b_itemises_130_of_200_points() -> None:
    nodes = {n.slug: n for _, n in find_method("assessment_2017", "ministry").walk()}
    infrastructure = nodes["infrastructure"]
    seen = [child.max_points for child in infrastructure.children if child.max_points is not None]
    assert (infrastructure.max_points, sum(seen)) == (200, 130)
    assert infrastructure.not_itemised is not None
    assert infrastructure.not_itemised.points == 70
