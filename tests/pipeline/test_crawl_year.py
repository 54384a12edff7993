"""A round of visits from the command line to marts and scores, and never to an official release.

The commands are the real ones, the web is the farm on loopback: six portals and some services, so
that a round takes seconds. All of it is `make crawl-demo`, which is run by hand.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets.lake import Lake, promoted
from tests.command import environment
from tests.crawl_demo import PROJECT, YEAR, write_sources
from tests.farm import TODAY, Farm
from tests.farm.farm_web import write_web

PORTALS, SERVICES = 6, 24
WINDOW = "w1"


class Season:
    """A lake with one round of a window taken into the marts of its year."""

    def __init__(self, farm: Farm, folder: Path) -> None:
        self.portals = farm.targets()[:PORTALS]
        self.services = farm.service_targets()[:SERVICES]
        write_sources(folder / "sources", self.portals, self.services)
        self.lake = Lake(folder / "lake")
        self.env = {
            **environment(folder / "lake"),
            "EGOV_SOURCES": str(folder / "sources"),
            "EGOV_REHEARSAL": str(write_web(farm, folder / "web.json")),
        }
        self.truth = {"services": farm.service_truth(), "portals": farm.truth()}
        self.visited = self.egov(
            "crawl", "run", YEAR, "--window", WINDOW, "--rounds", "1", "--day", f"{TODAY}"
        )
        self.run = self.egov("run", YEAR, "--no-release")

    def egov(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *words],
            cwd=PROJECT, env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def rows(self, unit: str, table: str) -> list[dict[str, Any]]:
        version = promoted(self.lake, unit, YEAR)
        assert version is not None
        return list(version.table(table).to_pylist())


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    with Farm(seed=1) as farm:
        yield Season(farm, tmp_path_factory.mktemp("crawl-year"))


def test_the_commands_do_their_work(season: Season) -> None:
    assert season.visited.returncode == 0, season.visited.stdout + season.visited.stderr
    assert "round 1: 1 of 1 shards done" in season.visited.stdout
    assert season.run.returncode == 0, season.run.stdout + season.run.stderr


def test_every_target_is_in_the_marts_with_how_it_ended(season: Season) -> None:
    outcomes = season.rows("marts", "ind_crawl_outcomes")
    counted = Counter()  # type: Counter[str]
    for row in outcomes:
        counted[row["target_kind"]] += row["targets"]
    assert counted == {"portal": PORTALS, "service": SERVICES}
    checks = season.rows("marts", "ind_portal_checks")
    assert len(checks) == PORTALS * 27
    assert all(row["is_synthetic"] for row in checks)
    uptime = season.rows("marts", "ind_target_uptime")
    assert len(uptime) == PORTALS + SERVICES
    assert {row["stability"] for row in uptime} == {"too_few_rounds"}
    found = {row["target_id"]: row["outcome"] for row in season.rows("crawl", "raw_service_probes")}
    truth = season.truth["services"]
    assert found == {target.target_id: truth[target.target_id] for target in season.services}


def test_checks_become_figures_and_scores(season: Season) -> None:
    made = [row for row in season.rows("marts", "ind_observations") if row["origin"] == "check"]
    assert made
    assert {row["observation_state"] for row in made} == {"observed"}
    assert {row["body_code"] for row in made} <= {target.body_code for target in season.portals}
    scored = [
        row
        for row in season.rows("marts", "idx_scores")
        if row["criterion"] == "portal_search" and row["score_status"] == "scored"
    ]
    assert scored
    codes = {target.body_code for target in season.portals}
    assert {row["body_code"] for row in scored} <= codes


def test_a_check_leads_to_its_page(season: Season) -> None:
    check = next(
        row
        for row in season.rows("marts", "ind_portal_checks")
        if row["check_id"] == "viewport" and row["record_id"]
    )
    shown = season.egov("evidence", check["record_id"])
    assert shown.returncode == 0, shown.stderr
    assert check["evidence_url"] in shown.stdout
    assert f"window {WINDOW} of {YEAR}, round 1" in shown.stdout


def test_an_official_release_of_it_is_refused(season: Season) -> None:
    refused = season.egov("run", YEAR)
    assert refused.returncode == 1
    assert "no_synthetic" in refused.stdout
    assert promoted(season.lake, "release", YEAR) is None


def test_results_of_another_crawler_come_in_as_a_document_and_as_an_archive(
    season: Season, tmp_path: Path
) -> None:
    folder = season.lake.crawl / YEAR / WINDOW
    (document,) = (folder / "results").iterdir()
    other = tmp_path / "theirs.jsonl"
    other.write_text(
        document.read_text("utf-8").replace(f'"window_code": "{WINDOW}"', '"window_code": "theirs"')
    )
    said = season.egov("crawl", "add", str(other), "--year", YEAR, "--synthetic")
    assert said.returncode == 0, said.stderr
    assert "taken in as version 1" in said.stdout
    archive = folder / "shard-1-of-1" / "visits-0001.warc.gz"
    bare = season.egov("crawl", "add", str(archive), "--year", YEAR, "--synthetic")
    assert bare.returncode == 1
    assert "give --window, --round and --day" in bare.stderr
    said = season.egov(
        "crawl", "add", str(archive), "--year", YEAR, "--window", "archive", "--round", "1",
        "--day", f"{TODAY}", "--synthetic",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    assert "kept as evidence in" in said.stdout
    broken = tmp_path / "broken.csv"
    broken.write_text("no,such,columns\n1,2,3\n")
    refused = season.egov("crawl", "add", str(broken), "--year", YEAR)
    assert refused.returncode == 1
    assert "wrong_columns" in refused.stderr
    ran = season.egov("run", YEAR, "--no-release")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    rounds = {row["window_code"] for row in season.rows("crawl", "raw_crawl_rounds")}
    assert rounds == {WINDOW, "theirs", "archive"}
    checks = season.rows("crawl", "raw_portal_checks")
    by_window: dict[str, dict[tuple[str, str], str]] = {}
    for row in checks:
        key = (row["target_id"], row["check_id"])
        by_window.setdefault(row["window_code"], {})[key] = row["check_answer"]
    assert by_window["theirs"] == by_window[WINDOW]
    same = [key for key, a in by_window["archive"].items() if a == by_window[WINDOW][key]]
    assert len(same) > 0.8 * len(by_window[WINDOW])
    record = next(
        r["record_id"] for r in checks if r["window_code"] == "archive" and r["record_id"]
    )
    assert season.egov("evidence", record).returncode == 0


def test_the_same_round_again_changes_nothing(season: Season) -> None:
    before = promoted(season.lake, "crawl", YEAR)
    again = season.egov(
        "crawl", "run", YEAR, "--window", WINDOW, "--round", "1", "--day", f"{TODAY}"
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert "is held already" in again.stdout + again.stderr
    assert "0 addresses visited" in again.stdout + again.stderr
    assert season.egov("run", YEAR, "--no-release").returncode == 0
    after = promoted(season.lake, "crawl", YEAR)
    assert before is not None
    assert after is not None
    assert after.content_sha256 == before.content_sha256
