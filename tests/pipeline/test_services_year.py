"""Catalogue, counts and cases beside the sources of a real year: from files to promoted tables."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
from pipeline_run import SOURCES, YEAR, YearRun

from assets.entities.assets import bodies
from assets.intake import intake
from assets.lake import Lake
from assets.lake.parquet import PartFiles
from assets.publication import LakeResource
from assets.reports.assets import history, reports
from assets.services.cases.assets import cases
from assets.services.tables.assets import services

SIDECAR = """\
kind: {kind}
years: [2016]
issuer: "UBND tỉnh Lào Cai"
document_no: null
document_date: null
source_ref: "made up for a test"
received_at: 2017-02-01
licence: "test"
is_synthetic: true
"""
CATALOGUE = """\
Mã dịch vụ;Cơ quan;Tên dịch vụ;Mức độ;Từ ngày;Đến ngày
DV-1;Lào Cai;Cấp phép xây dựng;Mức độ 3;01/01/2015;30/06/2016
DV-1;Lào Cai;Cấp phép xây dựng;Mức độ 4;01/07/2016;
DV-2;UBND huyện X;Đăng ký kinh doanh;Mức độ 4;01/07/2016;
DV-3;P-10;Đăng ký khai sinh;Mức độ 3;01/07/2017;
"""
COUNTS = """\
body_code,service_code,channel,month,cases_received,cases_resolved
P-10,DV-1,online,2016-01,1.200,1.100
TP. Hồ Chí Minh,DV-9,trực tiếp,2016-01,50,
P-10,DV-1,online,2016-02,7,8

Tổng cộng,,,,1257,
"""


CASES = """\
case_id,body_code,service_code,channel,received_on,due_on,resolved_on,case_result,fee_payment
H40-1,Lào Cai,DV-1,online,2016-03-02,2016-03-20,2016-03-18,on_time,online
H40-2,P-10,DV-1,fax,2016-03-02,2016-03-20,2016-03-18,on_time,online
H40-3,P-10,DV-2,trực tiếp,02/03/2016,,,đang giải quyết,không
"""


def test_a_catalogue_counts_and_cases_end_in_promoted_tables(tmp_path: Path) -> None:
    sources = tmp_path / "sources"
    shutil.copytree(SOURCES, sources)
    for kind, content in (
        ("service_catalogue", CATALOGUE),
        ("monthly_cases", COUNTS),
        ("cases", CASES),
    ):
        path = sources / f"{kind}.csv"
        path.write_bytes(content.encode("utf-16"))
        path.with_name(f"{path.name}.meta.yaml").write_text(SIDECAR.format(kind=kind), "utf-8")
    with dg.DagsterInstance.ephemeral() as instance:
        for unit in (intake, reports, history, bodies, services, cases):
            dg.materialize(
                [unit],
                resources={"lake": LakeResource(root=str(tmp_path / "lake"), sources=str(sources))},
                partition_key=YEAR,
                instance=instance,
            )
    run = YearRun(True, "", Lake(tmp_path / "lake"))
    shown = [(r["service_code"], r["declared_level"]) for r in run.rows("services", "raw_services")]
    assert shown == [("DV-1", "3"), ("DV-1", "4")]
    counted = run.rows("services", "raw_monthly_cases")
    assert {r["body_code"]: (r["channel"], r["cases_received"]) for r in counted} == {
        "P-10": ("online", 1200),
        "P-79": ("in_person", 50),
    }
    faults = run.rows("services", "raw_service_quarantine")
    assert sorted((row["line_no"], row["rule_id"]) for row in faults) == [
        (4, "raw_monthly_cases.resolved_within_received"),
        (4, "unknown_body"),
    ]
    numbers = ("rows_in", "rows_accepted", "rows_quarantined", "rows_blank", "sum_in",
               "sum_accepted", "sum_quarantined")  # fmt: skip
    files = {r["kind"]: r for r in run.rows("services", "raw_service_files")}
    assert {kind: [row[name] for name in numbers] for kind, row in files.items()} == {
        "service_catalogue": [3, 2, 1, 0, 0, 0, 0],
        "monthly_cases": [4, 2, 1, 1, 1257, 1250, 7],
    }
    assert {row["encoding"] for row in files.values()} == {"utf-16"}
    version = run.version("cases")
    parts = PartFiles(version.paths("raw_cases"))
    held = [row for frame in parts.frames() for row in frame.to_pylist()]
    assert [(r["case_id"], r["body_code"], r["channel"], r["line_no"]) for r in held] == [
        ("H40-1", "P-10", "online", 2),
        ("H40-3", "P-10", "in_person", 4),
    ]
    (refused,) = PartFiles(version.paths("raw_case_quarantine")).frames()
    assert refused["rule_id"].to_pylist() == ["raw_cases.channel.codes"]
    (file,) = run.rows("cases", "raw_case_files")
    assert [file[f"rows_{name}"] for name in ("in", "accepted", "quarantined")] == [3, 2, 1]
