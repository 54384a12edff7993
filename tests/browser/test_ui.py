"""The Dagster UI in a real browser (Debian's chromium): lineage, a year's status, a check, and
the UI's own backfill giving the same bytes as the command line's."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.command import REPO, egov, environment, tree
from tests.graphql import graphql

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
GROUPS = ("sources", "ingest", "staging", "indicators", "index", "release")
BACKFILLED = ("2012",)
#: Groups that have no yearly partitions, or visit somebody.
NOT_OF_A_YEAR = ("panel", "analysis", "explorer", "visits")

if CHROMIUM is None:
    pytest.skip(
        "Debian's chromium is not installed: the UI was not looked at", allow_module_level=True
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _loaded(address: str) -> bool:
    try:
        answer = graphql(address, "{repositoriesOrError{... on RepositoryConnection{nodes{name}}}}")
    except OSError:
        return False
    return bool(answer["repositoriesOrError"].get("nodes"))


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with 2016 run from the command line."""
    root = tmp_path_factory.mktemp("ui") / "lake"
    code, said = egov(root, "run", "2016")
    assert code == 0, said
    return root


@pytest.fixture(scope="module")
def ui(lake: Path) -> Iterator[str]:
    """The address of `egov ui` on that lake."""
    port = _free_port()
    log = (lake / "ui.log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli", "ui", "--port", str(port)],
        env=environment(lake),
        cwd=REPO,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 180
    try:
        while not _loaded(address):
            said = (lake / "ui.log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(1)
        yield address
    finally:
        # Its children (code server, daemon, web server) are in the session that we started.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        log.close()


@pytest.fixture(scope="module")
def page(ui: str) -> Iterator[Any]:
    """A page of a real browser; screenshots go to build/screenshots to be looked at."""
    from playwright.sync_api import sync_playwright

    (REPO / "build" / "screenshots").mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        opened = browser.new_page(viewport={"width": 1600, "height": 950})
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()


def _look(page: Any, name: str) -> None:
    page.wait_for_timeout(1500)
    page.screenshot(path=str(REPO / "build" / "screenshots" / f"{name}.png"))


def test_the_lineage_shows_the_groups_in_the_order_of_the_flow(ui: str, page: Any) -> None:
    page.goto(f"{ui}/asset-groups")
    places = {}
    for group in GROUPS:
        box = page.locator("svg").get_by_text(group, exact=True).first
        box.wait_for()
        places[group] = box.bounding_box()["x"]
    _look(page, "lineage")
    assert list(places) == sorted(places, key=lambda group: places[group]), places


def test_a_year_shows_its_partition_status(ui: str, page: Any) -> None:
    page.goto(f"{ui}/assets/index/idx_reconciliation?view=partitions")
    page.get_by_text("Materialized (1)").wait_for()
    page.get_by_text("Missing (13)").wait_for()
    page.get_by_text("2016", exact=True).first.click()
    page.get_by_text("dagster/partition_row_count").first.wait_for()
    _look(page, "partition")
    assert page.get_by_text("1717", exact=False).first.is_visible()


def test_a_check_reads_well(ui: str, page: Any) -> None:
    page.goto(f"{ui}/assets/index/idx_published_values?view=checks")
    page.get_by_text("Passed").first.wait_for()
    _look(page, "check")
    assert page.get_by_text("blocking", exact=False).first.is_visible()
    assert page.get_by_text("450 rows", exact=False).first.is_visible()


def test_column_lineage_and_descriptions_are_shown(ui: str, page: Any) -> None:
    page.goto(f"{ui}/assets/index/idx_published_values")
    page.get_by_text("Ranks and index values as published").first.wait_for()
    page.get_by_text("published_rank", exact=True).first.wait_for()
    _look(page, "asset")


def _backfill(ui: str, years: tuple[str, ...]) -> None:
    nodes = graphql(ui, "{assetNodes{assetKey{path} groupName isMaterializable}}")["assetNodes"]
    selected = [
        {"path": node["assetKey"]["path"]}
        for node in nodes
        if node["isMaterializable"] and node["groupName"] not in NOT_OF_A_YEAR
    ]
    launched = graphql(
        ui,
        "mutation($p: LaunchBackfillParams!) {launchPartitionBackfill(backfillParams: $p) "
        "{__typename ... on LaunchBackfillSuccess {backfillId} ... on PythonError {message}}}",
        p={"assetSelection": selected, "partitionNames": list(years), "tags": []},
    )["launchPartitionBackfill"]
    assert launched["__typename"] == "LaunchBackfillSuccess", launched
    deadline = time.monotonic() + 400
    while True:
        status = graphql(
            ui,
            "query($id: String!) {partitionBackfillOrError(backfillId: $id) "
            "{... on PartitionBackfill {status}}}",
            id=launched["backfillId"],
        )["partitionBackfillOrError"]["status"]
        if status in ("COMPLETED", "COMPLETED_SUCCESS"):
            return
        assert status in ("REQUESTED", "COMPLETING"), status
        assert time.monotonic() < deadline, "the backfill did not end"
        time.sleep(2)


def test_a_backfill_from_the_ui_gives_the_bytes_of_the_command_line(
    ui: str, page: Any, lake: Path, tmp_path: Path
) -> None:
    _backfill(ui, BACKFILLED)
    page.goto(f"{ui}/assets/release/rel_published_values?view=partitions")
    page.get_by_text("Materialized (2)").wait_for()
    _look(page, "backfilled")
    code, said = egov(tmp_path, "backfill", "2012")
    assert code == 0, said
    for year in BACKFILLED:
        assert tree(lake / "releases" / year) == tree(tmp_path / "releases" / year)
        assert tree(lake / "versions" / "marts" / year) == tree(
            tmp_path / "versions" / "marts" / year
        )
