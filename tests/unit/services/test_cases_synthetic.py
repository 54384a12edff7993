"""Made-up cases: the same seed the same bytes, and every planted fault ends in quarantine."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from case_samples import read

from assets.synthetic.cases import RULES, Wanted, write_cases

WANTED = Wanted(rows=9_000, files=3, bodies=("P-10", "P-79"), fault_share=0.02)


def test_planted_faults_are_refused_and_nothing_else(tmp_path: Path) -> None:
    written = list(write_cases(WANTED, tmp_path / "in"))
    result = read(tmp_path, *(each.path.read_bytes() for each in written), is_synthetic=True)
    hashes = {row["file_name"].split("-")[1]: row["file_sha256"] for row in result.files}
    planted = {
        (hashes[str(number)], line, rule)
        for number, each in enumerate(written)
        for line, _, rule in each.faults.iter_rows()
    }
    found = {(row["file_sha256"], row["line_no"], row["rule_id"]) for row in result.quarantine}
    assert found == planted
    assert len(result.cases) == WANTED.rows - len(planted)
    assert all(case["is_synthetic"] for case in result.cases)
    assert all(case["case_id"].startswith("SYN-") for case in result.cases)


def test_each_kind_of_fault_has_an_equal_part(tmp_path: Path) -> None:
    faults = pl.concat([each.faults for each in write_cases(WANTED, tmp_path)])
    counted = dict(faults.group_by("fault").len().iter_rows())
    assert set(counted) == set(RULES)
    assert counted.pop("repeated") == 2 * 18
    assert set(counted.values()) == {18}


def test_the_seed_decides_every_byte(tmp_path: Path) -> None:
    once, again, other = (
        [each.path.read_bytes() for each in write_cases(wanted, tmp_path / str(place))]
        for place, wanted in enumerate(
            (WANTED, WANTED, Wanted(9_000, 3, ("P-10", "P-79"), seed=2, fault_share=0.02))
        )
    )
    assert once == again
    assert once != other


def test_without_a_share_of_faults_every_row_is_good(tmp_path: Path) -> None:
    (written,) = write_cases(Wanted(500, 1, ("P-10",)), tmp_path / "in")
    assert written.faults.is_empty()
    result = read(tmp_path, written.path.read_bytes(), is_synthetic=True)
    assert len(result.cases) == 500


def test_few_bodies_and_services_have_most_cases(tmp_path: Path) -> None:
    bodies = [f"P-{n:02d}" for n in range(1, 64)]
    (written,) = write_cases(Wanted(20_000, 1, bodies), tmp_path)
    frame = pl.read_csv(written.path)
    largest = frame.group_by("body_code").len().sort("len", descending=True)["len"]
    assert largest.head(10).sum() > 0.4 * frame.height
    assert frame["service_code"].n_unique() > 1_000


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="two rows"):
        list(write_cases(Wanted(1, 1, ("P-10",)), Path("nowhere")))
