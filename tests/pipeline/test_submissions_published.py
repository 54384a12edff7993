"""The synthetic year: submissions of all bodies give the published indices, and stay unreleased."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest
from pipeline_run import YEAR, YearRun, hashes, promoted_place
from submission_run import assert_engines_agree, run_marts, solved_blocks

from assets.lake import Lake, add_folder
from assets.method.load import find_method
from assets.publication import LakeResource
from assets.release import assets as release_assets
from assets.synthetic import write_year

BODIES = {"ministry": 19, "gov_agency": 8, "province": 63}
CATEGORIES = 5

#: Printed ranks that the figures cannot give: the list of cases says that the bodies have a
#: figure but prints none, or prints bodies with equal counts in an order of its own.
RANKS_NOT_EQUAL = {
    ("online_services", "MOC", "order_within_equal_counts"),
    *(
        ("online_cases", body, "no_figure_printed")
        for body in ("MOC", "MOET", "MOHA", "MONRE", "MOST", "MOT")
    ),
}

#: Tables of a release that hold synthetic rows if the year is synthetic.
REFUSING = ("rel_scores", "rel_observations", "rel_sources")


@pytest.fixture(scope="session")
def submitted(released: YearRun, tmp_path_factory: pytest.TempPathFactory) -> Iterator[YearRun]:
    """The released year with the synthetic forms of all bodies taken in, run to its marts. To be
    read, never written."""
    folder = tmp_path_factory.mktemp("submitted")
    root = Path(shutil.copytree(released.lake.root, folder / "lake"))
    write_year(folder / "forms", int(YEAR), solved_blocks(released.lake))
    taken = add_folder(Lake(root), folder / "forms")
    assert len(taken) == sum(BODIES.values())
    run = run_marts(root)
    assert run.success, run.message
    before = hashes(root)
    yield run
    assert hashes(root) == before, "a test wrote into the lake that all tests share"


def test_every_form_is_read_to_the_last_line(submitted: YearRun) -> None:
    files = submitted.rows("submissions", "raw_submission_files")
    assert Counter(row["block"] for row in files) == BODIES
    assert {(row["file_state"], row["is_current"], row["is_synthetic"]) for row in files} == {
        ("accepted", True, True)
    }
    counts = submitted.rows("submissions", "raw_submission_counts")
    assert len(counts) == len(files)
    assert {row["rows_quarantined"] + row["rows_blank"] for row in counts} == {0}
    values = submitted.table("submissions", "raw_submission_values").num_rows
    assert sum(row["rows_accepted"] for row in counts) == values
    assert submitted.table("marts", "ind_observations").num_rows == values


def test_every_computed_index_is_the_printed_one(submitted: YearRun) -> None:
    rows = submitted.ledger(item="computed_index")
    assert Counter((row["class"], row["rule"]) for row in rows) == {
        ("match", "equal_at_printed_precision"): sum(BODIES.values()) * CATEGORIES
    }
    places = {(row["universe"], row["category"], row["body_code"]) for row in rows}
    assert len(places) == len(rows)
    assert {row["difference"] for row in rows} == {0}


def test_every_computed_rank_is_the_printed_one_or_classed(submitted: YearRun) -> None:
    rows = submitted.ledger(item="computed_rank")
    differing = {
        (row["category"], row["body_code"], row["rule"]) for row in rows if row["class"] != "match"
    }
    assert differing == RANKS_NOT_EQUAL
    assert {row["rule"] for row in rows if row["class"] == "match"} == {"equal_rank"}
    printed = {
        row["value_key"]
        for row in submitted.rows("marts", "idx_published_values")
        if row["published_rank"] is not None
    }
    assert len(printed) == sum(BODIES.values()) * CATEGORIES
    assert printed < {row["subject"] for row in rows}
    assert submitted.ledger(**{"class": "unexplained"}) == []


@pytest.mark.parametrize(
    ("block", "universe"),
    [("ministry", "ministry"), ("gov_agency", "gov_agency"), ("province", "province_63")],
)
def test_every_score_is_that_of_the_reference_engine(
    submitted: YearRun, block: str, universe: str
) -> None:
    method = find_method("assessment_2016", block)
    scores = submitted.rows("marts", "idx_scores", block=block)
    assert {row["universe"] for row in scores} == {universe}
    assert len(scores) == BODIES[block] * len(list(method.walk()))
    assert {row["is_synthetic"] for row in scores} == {True}
    assert_engines_agree(method, scores, submitted.table("marts", "ind_observations"), universe)


def test_published_figures_are_as_before_the_forms(released: YearRun, submitted: YearRun) -> None:
    for table in ("idx_published_values", "idx_ranks", "ind_service_counts", "idx_coverage"):
        before, after = (run.rows("marts", table) for run in (released, submitted))
        if "year_status" in after[0]:  # all that changes: there are computed values beside them
            assert {row.pop("year_status") for row in before} == {"published_only"}
            assert {row.pop("year_status") for row in after} == {"computed"}
        assert before == after, table
    kept, still_there = (
        [row for row in run.ledger() if not row["item"].startswith("computed_")]
        for run in (released, submitted)
    )
    assert kept == still_there
    assert released.table("marts", "idx_scores").num_rows == 0


@dataclass(frozen=True)
class Refused:
    """What a release that was asked for said, by check."""

    success: bool
    message: str
    failed: set[str]


def _release(lake: Lake) -> Refused:
    """The release step alone, on what is promoted."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [release_assets.release],
            resources={"lake": LakeResource(root=str(lake.root), sources="none")},
            partition_key=YEAR,
            instance=instance,
            raise_on_error=False,
        )
    message = "\n".join(
        str(event.step_failure_data.user_failure_data.description)
        for event in result.all_events
        if event.is_step_failure and event.step_failure_data.user_failure_data
    )
    checks = result.get_asset_check_evaluations()
    failed = {check.asset_key.path[-1] for check in checks if not check.passed}
    return Refused(result.success, message, failed)


def test_an_official_release_of_synthetic_figures_is_refused(
    submitted: YearRun, tmp_path: Path
) -> None:
    lake = Lake(Path(shutil.copytree(submitted.lake.root, tmp_path / "lake")))
    pointer = lake.place("release", YEAR).pointer.read_bytes()
    before = promoted_place(lake, "release")
    refused = _release(lake)
    assert not refused.success
    assert refused.failed == set(REFUSING)
    observations = submitted.table("marts", "ind_observations").num_rows
    scores = submitted.table("marts", "idx_scores").num_rows
    expected = dict(zip(REFUSING, (scores, observations, sum(BODIES.values())), strict=True))
    for table, failures in expected.items():
        assert f"{table}.no_synthetic: {failures:,} failures" in refused.message
    assert "nothing was promoted" in refused.message
    assert lake.place("release", YEAR).pointer.read_bytes() == pointer
    assert promoted_place(lake, "release") == before


def test_the_same_year_without_the_forms_is_released_as_before(
    released: YearRun, lake_copy: Callable[[], Path]
) -> None:
    lake = Lake(lake_copy())
    before = promoted_place(lake, "release")
    made = _release(lake)
    assert made.success, made.message
    assert made.failed == set()
    assert promoted_place(lake, "release") == before == _moved(released, lake)


def _moved(run: YearRun, lake: Lake) -> dict[str, str]:
    """The released files of another lake under the paths of this one."""
    theirs, ours = str(run.lake.root), str(lake.root)
    return {p.replace(theirs, ours): sha for p, sha in promoted_place(run.lake, "release").items()}
