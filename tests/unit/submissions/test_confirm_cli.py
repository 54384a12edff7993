"""`egov confirm`: from promoted figures to files, and from files into the intake."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from reviewed_samples import (
    BODIES,
    csv_bytes,
    csv_rows,
    observation,
    promote,
    promote_bodies,
    table,
)
from typer.testing import CliRunner, Result

from assets.lake import Lake, intake, records
from assets.submissions.confirmation import COLUMNS
from assets.submissions.overrides import COLUMNS as DECISION_COLUMNS
from orchestration.confirm_cli import confirm_app

STAFF, WAN = "staff_count_departments", "has_wan"
DECISION = {
    "assessment_year": "2016",
    "index_code": "assessment",
    "body_code": "P-10",
    "input_code": STAFF,
    "figure": "1200",
    "state": "overridden",
    "value": "1250",
    "reason": "Bổ sung",
    "author": "Cục Tin học hóa",
    "evidence": "Công văn 12",
}


def seen(body: str, code: str, **changes: Any) -> dict[str, Any]:
    told = {"input_code": code, "body_code": body, "body_name": BODIES[body]}
    state = changes.pop("observation_state", "reported")
    return {**observation("staff_count", state, **changes), **told}


def promote_figures(lake: Lake, staff: int = 1200, observed: str | None = None) -> None:
    promote(
        lake,
        "marts",
        {
            "ind_observations": table(
                "ind_observations",
                [
                    seen("P-10", STAFF, value=Decimal(staff), observed_figure=observed),
                    seen("P-10", WAN, value=Decimal(1), input_kind="boolean"),
                    seen("P-15", STAFF, observation_state="not_observed", origin="none"),
                ],
            )
        },
    )
    value = {
        "value_key": "k",
        "file_sha256": "f" * 64,
        "assessment_year": 2016,
        "index_code": "assessment",
        "regime": "assessment_2016",
        "block": "province",
        "body_code": "P-10",
        "input_code": STAFF,
        "value": Decimal(staff),
        "observation_state": "reported",
        "raw_text": str(staff),
        "cell_ref": "F9",
        "known_at": date(2017, 1, 1),
        "version_no": 1,
        "is_current": True,
        "is_synthetic": False,
        "parser_rule": "number",
    }
    names = {"raw_confirmations": [], "raw_submission_values": [value]}
    promote(lake, "submissions", {name: table(name, rows) for name, rows in names.items()})


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(intake, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path / "lake"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    promote_bodies(made)
    promote_figures(made)
    return made


def confirm(*words: str | Path) -> Result:
    return CliRunner().invoke(confirm_app, [str(word) for word in words])


def answered(path: Path, **answers: tuple[str, str, str]) -> Path:
    """Fill answers into an exported file."""
    rows = csv_rows(path.read_bytes())
    for row in rows:
        if row["input_code"] in answers:
            cells = answers[row["input_code"]]
            row.update(zip(("answer", "comment", "author"), cells, strict=True))
    path.write_bytes(csv_bytes(COLUMNS, rows))
    return path


@pytest.fixture
def out(lake: Lake, tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    result = confirm("export", "2016", "--to", folder)
    assert result.exit_code == 0, result.output
    return folder


def decisions(folder: Path, *changes: dict[str, str]) -> Path:
    path = folder / "overrides_2016.csv"
    path.write_bytes(csv_bytes(DECISION_COLUMNS, [{**DECISION, **change} for change in changes]))
    return path


def test_export_writes_one_file_a_body(out: Path) -> None:
    assert sorted(p.name for p in out.iterdir()) == [
        "confirm_2016_P-10.csv",
        "confirm_2016_P-15.csv",
    ]
    rows = csv_rows((out / "confirm_2016_P-10.csv").read_bytes())
    assert {row["input_code"]: row["figure"] for row in rows} == {STAFF: "1200", WAN: "1"}


def test_export_of_one_body_and_of_none(lake: Lake, tmp_path: Path) -> None:
    assert confirm("export", "2016", "--body", "P-15", "--to", tmp_path / "o").exit_code == 0
    assert [p.name for p in (tmp_path / "o").iterdir()] == ["confirm_2016_P-15.csv"]
    result = confirm("export", "2016", "--body", "P-99", "--to", tmp_path / "o")
    assert result.exit_code == 2
    assert "no figure of P-99 is merged in 2016; there are figures of: P-10, P-15" in result.output


def test_export_does_not_write_over_answers(out: Path) -> None:
    path = answered(out / "confirm_2016_P-10.csv", **{STAFF: ("confirmed", "", "A")})
    before = path.read_bytes()
    result = confirm("export", "2016", "--to", out)
    assert result.exit_code == 2
    assert "confirm_2016_P-10.csv" in result.output
    assert "confirm_2016_P-15.csv" not in result.output
    assert path.read_bytes() == before


@pytest.mark.parametrize("built", [False, True])
def test_what_is_not_built_is_told(tmp_path: Path, built: bool) -> None:
    if built:
        promote_bodies(Lake(tmp_path / "lake"))
    result = confirm("export", "2016", "--to", tmp_path / "out")
    assert result.exit_code == 2
    assert "egov run 2016" in result.output


def test_answers_are_taken_in_as_the_bodys(lake: Lake, out: Path) -> None:
    path = answered(out / "confirm_2016_P-10.csv", **{STAFF: ("Có ý kiến khác", "1250", "A")})
    result = confirm("import", path, "--received", "2017-03-01", "--synthetic")
    assert result.exit_code == 0, result.output
    assert "taken in as version 1 of confirmation/2016/P-10, 1 answers" in result.output
    assert result.output.endswith("next: egov run 2016\n")
    (record,) = records(lake)
    sidecar = record.sidecar
    assert (sidecar.kind, sidecar.issuer, sidecar.document_no, sidecar.years) == (
        "confirmation",
        "P-10",
        "confirmation/2016/P-10",
        (2016,),
    )
    assert (sidecar.received_at, sidecar.is_synthetic) == (date(2017, 3, 1), True)


def test_a_file_at_fault_is_refused_and_the_others_are_taken(lake: Lake, out: Path) -> None:
    bad = answered(out / "confirm_2016_P-10.csv", **{STAFF: ("maybe", "", "A")})
    good = answered(out / "confirm_2016_P-15.csv", **{STAFF: ("confirmed", "", "B")})
    result = confirm("import", bad, good)
    assert result.exit_code == 1
    assert "confirm_2016_P-10.csv, line 2, column answer: 'maybe' is no answer" in result.output
    assert "confirm_2016_P-10.csv: not taken in" in result.output
    assert [record.sidecar.issuer for record in records(lake)] == ["P-15"]


def test_two_different_files_of_a_body_are_both_left_out(lake: Lake, out: Path) -> None:
    path = out / "confirm_2016_P-10.csv"
    other = out / "again.csv"
    other.write_bytes(path.read_bytes())
    answered(other, **{STAFF: ("confirmed", "", "A")})
    result = confirm("import", path, other)
    assert result.exit_code == 2
    assert "2 different files are from P-10" in result.output
    assert records(lake) == []


def test_answers_about_another_value_and_lost_answers_are_told(lake: Lake, out: Path) -> None:
    path = answered(
        out / "confirm_2016_P-10.csv",
        **{STAFF: ("confirmed", "", "A"), WAN: ("confirmed", "", "A")},
    )
    assert "speak of a value" not in confirm("import", path).output
    promote_figures(lake, staff=1300)
    answered(path, **{WAN: ("", "", "")})
    said = confirm("import", path).output
    assert "version 2 of confirmation/2016/P-10, 1 answers" in said
    assert f"1 answers speak of a value that the figure does not have now: P-10 {STAFF}" in said
    assert f"1 answers of the version before are no longer there: P-10 {WAN}" in said


def test_answers_may_come_before_the_year_is_merged(out: Path, lake: Lake) -> None:
    for unit in ("marts", "submissions"):
        lake.place(unit, "2016").pointer.unlink()
    path = answered(out / "confirm_2016_P-10.csv", **{STAFF: ("confirmed", "", "A")})
    result = confirm("import", path)
    assert result.exit_code == 0
    assert "speak of" not in result.output


def test_decisions_are_taken_in_under_their_issuer(lake: Lake, tmp_path: Path) -> None:
    result = confirm("override", decisions(tmp_path, {}), "--by", "Cục Tin học hóa")
    assert result.exit_code == 0, result.output
    assert "taken in as version 1 of overrides/2016, 1 decisions" in result.output
    assert "speak of" not in result.output
    (record,) = records(lake)
    assert (record.sidecar.kind, record.sidecar.issuer, record.sidecar.document_no) == (
        "observation_override",
        "Cục Tin học hóa",
        "overrides/2016",
    )


def test_decisions_that_fall_away_or_do_not_apply_are_told(lake: Lake, tmp_path: Path) -> None:
    other = {"input_code": WAN, "figure": "", "value": "1"}
    confirm("override", decisions(tmp_path, {}, other), "--by", "A")
    said = confirm("override", decisions(tmp_path, {"figure": "7"}, other), "--by", "A").output
    assert "version 2 of overrides/2016, 2 decisions" in said
    assert f"1 decisions speak of a value that the figure does not have now: P-10 {STAFF}" in said
    assert f"1 decisions of the version before are no longer there: P-10 {STAFF}" in said


def test_a_decision_speaks_of_what_checks_made_in_place_of_the_form(
    lake: Lake, tmp_path: Path
) -> None:
    promote_figures(lake, observed="900")
    path = decisions(tmp_path, {"figure": "900"})
    assert "speak of" not in confirm("override", path, "--by", "A").output
    path = decisions(tmp_path, {})  # of the 1200 that the form says
    said = confirm("override", path, "--by", "A").output
    assert f"1 decisions speak of a value that the figure does not have now: P-10 {STAFF}" in said


def test_a_decision_may_come_before_the_year_is_built_by_this_program(
    lake: Lake, tmp_path: Path
) -> None:
    observations = table("ind_observations", [seen("P-10", STAFF, value=Decimal(1200))])
    promote(lake, "marts", {"ind_observations": observations.drop_columns(["observed_figure"])})
    assert "speak of" not in confirm("override", decisions(tmp_path, {}), "--by", "A").output
    path = decisions(tmp_path, {"figure": "7"})
    said = confirm("override", path, "--by", "A").output
    assert f"1 decisions speak of a value that the figure does not have now: P-10 {STAFF}" in said


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [({"reason": ""}, 1, "[required]"), ({"assessment_year": "2099"}, 2, "egov run 2099")],
)
def test_decisions_at_fault_are_refused(
    lake: Lake, tmp_path: Path, change: dict[str, str], code: int, said: str
) -> None:
    result = confirm("override", decisions(tmp_path, change), "--by", "A")
    assert (result.exit_code, said in result.output) == (code, True)
    assert records(lake) == []


def test_a_file_that_is_not_there_is_told(lake: Lake, tmp_path: Path) -> None:
    result = confirm("import", tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "is not a plain file" in result.output


def test_a_name_that_the_intake_refuses_is_told(lake: Lake, out: Path) -> None:
    path = (out / "confirm_2016_P-10.csv").rename(out / "con.csv")
    result = confirm("import", path)
    assert result.exit_code == 1
    assert "reserved by Windows" in result.output
