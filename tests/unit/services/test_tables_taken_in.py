"""Files on their way in: receipts, the intake, versions, and the unit `services` of a year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
from table_samples import CATALOGUE, COUNTS, Row, as_csv, count_row, counts, service_row, services
from typer.testing import CliRunner

from assets import registry
from assets.intake import intake_table, speaking_of
from assets.lake import Lake, promoted, records, staging
from assets.publication import LakeResource
from assets.services.layouts import layouts
from assets.services.rankings import rankings_table
from assets.services.tables.assets import services as services_asset
from assets.services.tables.deliver import template
from orchestration.cli import app

YEAR = "2016"


def frame(name: str, rows: list[Row]) -> pa.Table:
    """Rows as a table of the registry; columns that are not given are null."""
    schema = pa.schema([c.with_nullable(True) for c in registry.table(name).arrow_schema])
    return pa.Table.from_pylist(rows, schema=schema)


class Year:
    """A lake that knows two provinces in the year."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lake = folder, Lake(folder / "lake")
        bodies = [
            {"body_code": "P-10", "body_name": "Lào Cai"},
            {"body_code": "P-24", "body_name": "Bắc Giang"},
        ]
        self.put("bodies", {"raw_bodies": frame("raw_bodies", bodies),
                            "raw_body_names": frame("raw_body_names", [])})  # fmt: skip

    def put(self, unit: str, tables: Mapping[str, pa.Table]) -> None:
        with staging(self.lake, unit, YEAR, "test") as stage:
            for name, table in tables.items():
                stage.write_table(name, table)
            stage.promote(inputs={}, code_version="test", facts={})

    def write(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)

    def add(self, *paths: str, kind: str = COUNTS, **options: str) -> Any:
        more = [part for name, value in options.items() for part in (f"--{name}", value)]
        call = ["services", "add", *paths, "--year", YEAR, "--kind", kind, *more]
        return CliRunner().invoke(app, call)

    def run(self) -> dg.ExecuteInProcessResult:
        held = intake_table(speaking_of(self.lake, int(YEAR)), int(YEAR))
        self.put("intake", {"raw_intake_files": held})
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                [services_asset],
                resources={"lake": LakeResource(root=str(self.lake.root), sources="")},
                partition_key=YEAR,
                instance=instance,
                raise_on_error=False,
            )

    def rows(self, table: str) -> list[Row]:
        version = promoted(self.lake, "services", YEAR)
        assert version is not None
        rows: list[Row] = version.table(table).to_pylist()
        return rows


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    made = Year(tmp_path)
    monkeypatch.setenv("EGOV_LAKE", str(made.lake.root))
    return made


def test_a_year_without_files_has_empty_tables(
    year: Year, capfd: pytest.CaptureFixture[str]
) -> None:
    assert year.run().success
    held = {table.name: len(year.rows(table.name)) for table in registry.tables(unit="services")}
    policies = held.pop("raw_service_rankings")
    assert policies == rankings_table().num_rows > 0
    assert held == dict.fromkeys(held, 0)
    assert "no catalogue or counts are held for 2016" in capfd.readouterr().err


def test_a_file_is_answered_with_a_receipt_and_taken_in(year: Year) -> None:
    rows = [
        count_row(),
        count_row(month="2016-13", cases_received="5"),
        [],
        count_row(month="2016-05"),
    ]
    path = year.write("counts.csv", as_csv(counts(*rows)))
    result = year.add(path, issuer="UBND tỉnh Lào Cai", received="2017-01-05")
    assert result.exit_code == 0, result.output
    for words in (
        "counts.csv 2016: accepted: 4 lines, 2 accepted, 1 in quarantine, 1 blank",
        "29 cases, 24 accepted",
        "4 dòng, nhận 2, cách ly 1, trống 1; 29 hồ sơ, nhận 24",
        "line 3, month: month_form",
        "tháng không đúng dạng",
        "what to do: write the month",
        "taken in as version 1",
        "1 of 1 files taken in; next: egov run 2016",
    ):
        assert words in result.output
    (record,) = records(year.lake)
    about = record.sidecar
    assert (about.kind, about.years, about.issuer) == (COUNTS, (2016,), "UBND tỉnh Lào Cai")
    assert (about.received_at, about.is_synthetic) == (date(2017, 1, 5), False)


def test_a_rejected_file_is_not_taken_in_and_the_others_are(year: Year) -> None:
    bad = year.write("bad.csv", as_csv([["Họ tên", "month"], ["Nguyễn Văn A", "2016-03"]]))
    good = year.write("good.csv", as_csv(counts(count_row())))
    result = year.add(bad, good, str(year.folder / "none.csv"))
    assert result.exit_code == 1
    assert "bad.csv 2016: rejected: 1 lines, 0 accepted" in result.output
    assert "personal_data: the file carries data about persons" in result.output
    assert "Nguyễn" not in result.output
    assert "1 of 3 files taken in" in result.output
    assert [record.file_name for record in records(year.lake)] == ["good.csv"]


def test_a_call_that_is_wrong_says_so(year: Year, tmp_path: Path, monkeypatch: Any) -> None:
    path = year.write("counts.csv", as_csv(counts(count_row())))
    assert year.add(path, kind="cases_monthly").exit_code == 2
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path / "other"))
    result = year.add(path)
    assert result.exit_code == 1
    assert "the bodies of 2016 are not in the lake yet; egov run 2016 builds them" in result.output


@pytest.mark.parametrize("kind", [CATALOGUE, COUNTS])
def test_the_template_is_a_header_that_the_reader_takes(year: Year, kind: str) -> None:
    path = year.folder / "empty.csv"
    result = CliRunner().invoke(app, ["services", "template", kind, "--to", str(path)])
    assert result.exit_code == 0, result.output
    assert path.read_bytes() == template(kind)
    header = template(kind).decode("utf-8-sig").rstrip().split(",")
    assert [field.name for field in layouts()[kind].bind(header)] == header
    assert "no_lines" in year.add(str(path), kind=kind).output


def test_a_year_ends_in_promoted_tables_and_a_corrected_file_takes_the_place_of_the_first(
    year: Year,
) -> None:
    catalogue = as_csv(services(service_row(), service_row(service_code="DV-2", body_code="?")))
    year.add(year.write("catalogue.csv", catalogue), kind=CATALOGUE)
    year.add(year.write("counts.csv", as_csv(counts(count_row()))))
    assert year.run().success
    assert [row["service_code"] for row in year.rows("raw_services")] == ["DV-1"]
    assert [row["cases_received"] for row in year.rows("raw_monthly_cases")] == [12]
    (fault,) = year.rows("raw_service_quarantine")
    assert (fault["file_name"], fault["line_no"], fault["rule_id"]) == (
        "catalogue.csv", 3, "unknown_body",
    )  # fmt: skip
    year.add(year.write("counts.csv", as_csv(counts(count_row(cases_received="15")))))
    assert year.run().success
    assert [row["cases_received"] for row in year.rows("raw_monthly_cases")] == [15]
    about = {row["kind"]: row for row in year.rows("raw_service_files")}
    assert about[COUNTS]["version_no"] == 2
    assert about[COUNTS]["supersedes_sha256"]
    assert about[CATALOGUE]["version_no"] == 1


def test_two_files_that_count_the_same_cases_are_told_when_the_year_is_run(
    year: Year, capfd: pytest.CaptureFixture[str]
) -> None:
    year.add(year.write("a.csv", as_csv(counts(count_row()))))
    year.add(year.write("b.csv", as_csv(counts(count_row(cases_received="9")))))
    assert year.run().success
    assert year.rows("raw_monthly_cases") == []
    assert [r["rule_id"] for r in year.rows("raw_service_quarantine")] == ["counted_twice"] * 2
    assert "also a.csv, line 2" in capfd.readouterr().err
