"""Published wholes against their published parts, on the real figures of 2022 to 2024: the weights
and sums of the methods, and the mean of the provinces that were merged."""

from __future__ import annotations

import shutil
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_run import Row, YearRun, altered_sources, replacing
from submission_run import run_years

from assets.method.load import find_method

YEARS = ("2022", "2023", "2024")
DVC_FILE = Path("2022-2024", "dvc_index_2022_2024.csv")
DVC_PROVINCES = 34

#: Provinces of which all eight parts are published for 2022 -> class of their whole.
DTI_2022 = {
    "P-22": "match",
    "P-46": "match",
    "P-48": "match",
    "P-92": "match",
    "P-79": "rounding",
}

#: Merged provinces whose value of 2024 is published -> class, and former provinces published.
MERGED_2024 = {
    "Q-01": ("match", 1),
    "Q-31": ("match", 2),
    "Q-46": ("match", 1),
    "Q-79": ("rounding", 3),
}


@pytest.fixture(scope="module")
def years(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> dict[str, YearRun]:
    """The three years with marts, each from the bundled sources."""
    root = tmp_path_factory.mktemp("parts") / "lake"
    shutil.copytree(released.lake.root / "cache", root / "cache")
    runs = run_years(root, *YEARS)
    for year, run in runs.items():
        assert run.success, f"{year}: {run.message}"
    return runs


def by_body(run: YearRun, **where: object) -> dict[str, Row]:
    """Rows of the ledger by body, which has one at most."""
    rows = run.ledger(**where)
    found = {row["body_code"]: row for row in rows}
    assert len(found) == len(rows)
    return found


def published(run: YearRun, index_code: str) -> dict[tuple[str, str, str], Decimal]:
    """Published values by universe, body and category."""
    return {
        (row["universe"], row["body_code"], row["category"]): row["published_value"]
        for row in run.rows("marts", "idx_published_values", index_code=index_code)
        if row["published_value"] is not None
    }


def weights(regime: str) -> dict[str, Decimal]:
    """Weight in the overall index of each part that counts; 1 where parts are added up."""
    (root,) = find_method(regime, "province").roots
    return {part.slug: part.weight or Decimal(1) for part in root.children if part.is_scored}


def test_the_digital_transformation_index_is_its_weighted_pillars(
    years: dict[str, YearRun],
) -> None:
    rows = by_body(years["2022"], item="sum_of_parts", index_code="dti")
    held = {body: row for body, row in rows.items() if row["note"] == "8 of 8 parts published"}
    assert {body: row["class"] for body, row in held.items()} == DTI_2022
    values, weight = published(years["2022"], "dti"), weights("dti_2022")
    assert sum(weight.values()) == 1
    for body, row in held.items():
        parts = [values["province_63", body, slug] * w for slug, w in weight.items()]
        whole = values["province_63", body, "overall"]
        assert Decimal(row["recomputed"]) == sum(parts), body
        assert row["difference"] == whole - sum(parts)
        assert (abs(row["difference"]) <= Decimal("0.00005")) is (row["class"] == "match")


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_nothing_is_said_where_not_every_pillar_is_published(
    years: dict[str, YearRun], year: str
) -> None:
    rows = by_body(years[year], item="sum_of_parts", index_code="dti")
    assert len(rows) == 63
    open_rows = [row for row in rows.values() if row["note"] != "8 of 8 parts published"]
    assert len(open_rows) == {"2022": 63 - len(DTI_2022), "2023": 63}[year]
    for row in open_rows:
        assert (row["class"], row["rule"]) == ("not_recomputable", "not_every_part_is_published")
        assert (row["recomputed"], row["difference"]) == (None, None)


def test_a_method_with_parts_that_are_not_known_makes_no_whole(years: dict[str, YearRun]) -> None:
    assert published(years["2024"], "dti")
    assert by_body(years["2024"], item="sum_of_parts", index_code="dti") == {}


@pytest.mark.parametrize("year", YEARS)
def test_the_service_index_is_the_sum_of_its_five_groups(
    years: dict[str, YearRun], year: str
) -> None:
    rows = by_body(years[year], item="sum_of_parts", index_code="dvc_index")
    assert len(rows) == DVC_PROVINCES
    assert Counter((row["class"], row["rule"], row["note"]) for row in rows.values()) == {
        ("match", "equal_at_printed_precision", "5 of 5 parts published"): DVC_PROVINCES
    }
    values, parts = published(years[year], "dvc_index"), weights("dvc_index")
    assert set(parts.values()) == {Decimal(1)}
    for body, row in rows.items():
        added = sum(values[row["universe"], body, slug] for slug in parts)
        assert Decimal(row["recomputed"]) == added, body


def test_a_merged_province_has_the_mean_of_its_former_ones(years: dict[str, YearRun]) -> None:
    run = years["2024"]
    rows = by_body(run, item="mean_of_merged")
    assert {
        body: (row["class"], int(row["note"].split(" of ")[0])) for body, row in rows.items()
    } == MERGED_2024
    values = published(run, "dti")
    for body, row in rows.items():
        former = [
            values["province_63", b["body_code"], "overall"]
            for b in run.rows("bodies", "raw_bodies", successor_code=body)
        ]
        mean = sum(former, Decimal(0)) / len(former)
        assert abs(Decimal(row["recomputed"]) - mean) < Decimal("1e-12"), body
        assert row["note"] == f"{len(former)} of {len(former)} parts published"


def test_years_before_a_merger_hold_no_merged_province(years: dict[str, YearRun]) -> None:
    for year in ("2022", "2023"):
        assert by_body(years[year], item="mean_of_merged") == {}


def test_nothing_of_the_three_years_is_unexplained(years: dict[str, YearRun]) -> None:
    for run in years.values():
        assert run.ledger(**{"class": "unexplained"}) == []


def _other_group(text: str) -> str:
    """Hà Nội's first group of 2022, by 0.8 more."""
    alter = replacing(
        ("2022,province34,dvc_index.transparency,Hà Nội,,6.07,",
         "2022,province34,dvc_index.transparency,Hà Nội,,6.87,"),
    )  # fmt: skip
    return alter(text)


def test_a_part_that_does_not_fit_its_whole_stops_the_release(
    years: dict[str, YearRun], tmp_path: Path
) -> None:
    root = Path(shutil.copytree(years["2022"].lake.root, tmp_path / "lake"))
    sources = altered_sources(tmp_path / "sources", _other_group, DVC_FILE)
    run = run_years(root, "2022", sources=sources, release=True)["2022"]
    assert not run.success
    assert "rel_reconciliation.no_unexplained: 1 failure" in run.message
    assert not run.lake.place("release", "2022").pointer.exists()
    (row,) = run.ledger(**{"class": "unexplained"})
    assert (row["item"], row["rule"], row["body_code"], row["difference"]) == (
        "sum_of_parts",
        "parts_do_not_make_the_whole",
        "Q-01",
        Decimal("-0.8"),
    )
