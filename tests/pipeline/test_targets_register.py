"""The register of targets of a real year: from the sources to the promoted place, or refused."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest
from pipeline_run import SOURCES, YEAR, YearRun, altered_sources

from assets.crawl.targets.assets import targets
from assets.entities.assets import bodies
from assets.intake import intake
from assets.lake import Lake
from assets.publication import LakeResource
from assets.reports.assets import history, reports

CORRECTIONS = Path("2016", "corrections_2016.csv")
SWAPPED = {"P-06": "http://backan.gov.vn/", "P-24": "http://bacgiang.gov.vn/"}

SERVICES = """\
service_code,body_code,service_name,declared_level,url
DV-1,P-10,"Cấp phép xây dựng, cấp mới",3,http://dichvucong.laocai.gov.vn/1
DV-2,P-10,Đăng ký kinh doanh,5,http://dichvucong.laocai.gov.vn/2

DV-3,P-10,Tờ khai,4,http://dichvucong.laocai.gov.vn/to-khai.pdf
"""
SIDECAR = """\
kind: service_addresses
years: [2016]
issuer: "UBND tỉnh Lào Cai"
document_no: null
document_date: null
source_ref: "made up for a test"
received_at: 2017-02-01
licence: "test"
is_synthetic: true
"""


def told(result: dg.ExecuteInProcessResult) -> str:
    """The words with which a run failed: those of the gate, or of the first cause."""
    (event,) = (e for e in result.all_events if e.is_step_failure)
    data = event.step_failure_data
    if data.user_failure_data is not None:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return "" if error is None else error.message


def register(sources: Path, root: Path) -> YearRun:
    """The units that the register needs, and the register, in the order of the warehouse."""
    message = ""
    with dg.DagsterInstance.ephemeral() as instance:
        for unit in (intake, reports, history, bodies, targets):
            result = dg.materialize(
                [unit],
                resources={"lake": LakeResource(root=str(root), sources=str(sources))},
                partition_key=YEAR,
                instance=instance,
                raise_on_error=False,
            )
            if not result.success:
                message = f"{unit.op.name}: {told(result)}"
                break
    return YearRun(not message, message, Lake(root))


def without_addresses(text: str) -> str:
    """The corrections of the year but those of addresses."""
    rows = [row for row in csv.reader(io.StringIO(text)) if row[2] != "website"]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def test_the_portals_of_2016_are_those_printed_but_for_two_that_are_corrected(
    tmp_path: Path,
) -> None:
    run = register(SOURCES, tmp_path / "lake")
    assert run.success, run.message
    rows = run.rows("targets", "raw_crawl_targets")
    assert Counter(row["address_rule"] for row in rows) == {"as_printed": 88, "corrected": 2}
    assert all(row["url"] and row["exclusion_en"] is None for row in rows)
    corrected = {r["target_id"]: r["url"] for r in rows if r["address_rule"] == "corrected"}
    assert corrected == SWAPPED
    (blank,) = (row for row in rows if " " in row["printed_address"])
    assert (blank["target_id"], blank["url"]) == ("P-34", "http://thaibinh.gov.vn/")
    report = (SOURCES / "2016" / "report_tables.md").read_text("utf-8").splitlines()
    for row in rows:
        assert row["printed_address"] in report[row["line_no"] - 1]
    assert run.rows("targets", "raw_target_counts") == []


def test_without_the_corrections_both_bodies_are_named_and_nothing_is_promoted(
    tmp_path: Path,
) -> None:
    sources = altered_sources(tmp_path / "sources", without_addresses, CORRECTIONS)
    run = register(sources, tmp_path / "lake")
    assert run.message.startswith("targets: gate of targets 2016 refused")
    for words in ("no_contradiction: 2 failures", "body_code=P-06", "body_code=P-24"):
        assert words in run.message
    assert "nothing was promoted" in run.message
    with pytest.raises(AssertionError, match="was not promoted"):
        run.version("targets")


def add_services(sources: Path, content: str) -> None:
    """A file of service addresses of the year."""
    folder = sources / "services"
    folder.mkdir()
    (folder / "services.csv").write_text(content, "utf-8")
    (folder / "services.csv.meta.yaml").write_text(SIDECAR, "utf-8")


@pytest.fixture
def with_services(tmp_path: Path) -> Callable[[str], Path]:
    """The bundled sources and a file of services of one province."""

    def made(content: str) -> Path:
        sources = altered_sources(tmp_path / "sources", lambda text: text + "\n", CORRECTIONS)
        add_services(sources, content)
        return sources

    return made


def test_services_of_a_file_are_registered_filtered_or_set_aside(
    with_services: Callable[[str], Path], tmp_path: Path
) -> None:
    run = register(with_services(SERVICES), tmp_path / "lake")
    assert run.success, run.message
    services = run.rows("targets", "raw_crawl_targets", target_kind="service")
    shown = {row["target_id"]: (row["line_no"], row["exclusion_en"]) for row in services}
    assert shown == {
        "DV-1": (2, None),
        "DV-3": (5, "The address is of a file to download, not of a page"),
    }
    (fault,) = run.rows("targets", "raw_target_quarantine")
    assert (fault["line_no"], fault["rule_id"], fault["raw_value"]) == (3, "level", "5")
    (count,) = run.rows("targets", "raw_target_counts")
    parts = ("rows_in", "rows_accepted", "rows_quarantined", "rows_blank")
    assert [count[part] for part in parts] == [4, 2, 1, 1]


def test_a_rehearsal_without_filters_visits_addresses_as_registered(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(SOURCES / "bodies", sources / "bodies")
    path = sources / "bodies" / "bodies.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for port, row in enumerate(rows, start=8000):
        row["registered_website"] = f"http://{row['body_code'].lower()}.gov.vn.test:{port}/vi"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    service = "http://dvc.gov.vn.test:9000/1"
    add_services(sources, SERVICES.splitlines()[0] + f"\nDV-1,P-10,Tên,3,{service}\n")
    run = register(sources, tmp_path / "lake")
    assert run.success, run.message
    found = run.rows("targets", "raw_crawl_targets")
    portals = {row["target_id"] for row in found if row["address_rule"] == "registered"}
    assert len(portals) == 90
    registered = {r["body_code"]: r["registered_website"] for r in rows} | {"DV-1": service}
    visited = {row["target_id"]: row["url"] for row in found if row["exclusion_en"] is None}
    assert visited == {code: registered[code] for code in (*portals, "DV-1")}


def test_a_file_of_filters_with_a_fault_stops_the_year_and_says_where(tmp_path: Path) -> None:
    def broken(text: str) -> str:
        return text.replace("any,host,beneath,zalo.me", "any,host,near,zalo.me")

    sources = altered_sources(tmp_path / "sources", broken, Path("crawl", "target_filters.csv"))
    run = register(sources, tmp_path / "lake")
    assert run.message.startswith("targets: ")
    assert "target_filters.csv, line 9, column match: 'near' is not an allowed code" in run.message
    with pytest.raises(AssertionError, match="was not promoted"):
        run.version("targets")
