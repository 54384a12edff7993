"""`egov submit` and `egov receipts`, with forms as they are written and read."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

import pytest
from reviewed_samples import BODIES, promote, promote_bodies, table
from typer.testing import CliRunner, Result

from assets.lake import Lake, intake, records
from assets.method.load import find_method
from assets.received.delivery import received
from assets.submissions.deliver import asked_in, of_kind
from assets.submissions.form import ORIGIN_SYNTHETIC, Answer, form_of
from assets.submissions.read import read_submissions
from assets.submissions.textform import csv_bytes, json_bytes
from orchestration.submit_cli import submit_app

METHOD = find_method("assessment_2016", "province")
FIRST, SECOND = (entry.code for entry in METHOD.inputs[:2])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(intake, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path / "lake"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    made = Lake(tmp_path / "lake")
    promote_bodies(made)
    return made


@pytest.fixture
def forms(tmp_path: Path) -> Path:
    """A folder with a form of each body; one figure of Yên Bái cannot be read."""
    folder = tmp_path / "forms"
    folder.mkdir()
    for code, second in (("P-10", "40"), ("P-15", "40 người")):
        form = form_of(METHOD, 2016, code, BODIES[code])
        answers = {FIRST: Answer("30"), SECOND: Answer(second)}
        (folder / f"{code}.csv").write_bytes(csv_bytes(form, answers, ORIGIN_SYNTHETIC))
    return folder


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(submit_app, [str(word) for word in words])


def send(*words: str | Path) -> Result:
    return run("submit", *words, "--year", "2016", "--synthetic", "--received", "2017-01-20")


def test_forms_are_taken_in_read_and_answered(lake: Lake, forms: Path) -> None:
    result = send(forms)
    lines = len(form_of(METHOD, 2016, "P-10", "Lào Cai").lines)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        f"P-10.csv: accepted, P-10, version 1: {lines} lines, 2 accepted, 0 in quarantine, "
        f"{lines - 2} blank",
        f"P-15.csv: accepted, P-15, version 1: {lines} lines, 1 accepted, 1 in quarantine, "
        f"{lines - 2} blank",
        f"2 files: 2 accepted, 0 rejected, 0 not taken in; "
        f"receipts in {lake.root / 'receipts' / '2016'}; next: egov run 2016",
    ]
    by_body = {record.sidecar.issuer: record for record in records(lake)}
    assert by_body["P-15"].sidecar.received_at == date(2017, 1, 20)
    receipt = lake.root / "receipts/2016" / f"{by_body['P-15'].file_sha256[:12]}.txt"
    told = receipt.read_text("utf-8")
    assert "người: 1 số liệu, tổng 30" in told
    assert f"mã số liệu {SECOND}, nội dung: «40 người»" in told


def test_a_rejected_file_is_told_and_fails_the_call(
    lake: Lake, forms: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "notes.txt"
    odd.write_text("no form at all")
    result = send(forms / "P-10.csv", odd)
    assert result.exit_code == 1
    assert "notes.txt: rejected, no known body, version 1: " in result.output
    assert "2 files: 1 accepted, 1 rejected, 0 not taken in" in result.output
    assert len(list((lake.root / "receipts/2016").glob("*.txt"))) == 2


def test_two_versions_in_one_call_are_left_out_and_one_after_the_other_taken(
    lake: Lake, forms: Path
) -> None:
    newer = {}
    for code in BODIES:
        newer[code] = forms / f"{code}_newer.json"
        answers = {FIRST: Answer("31")}
        form = form_of(METHOD, 2016, code, BODIES[code])
        newer[code].write_bytes(json_bytes(form, answers, ORIGIN_SYNTHETIC))
    result = send(forms / "P-10.csv", newer["P-10"], forms / "P-15.csv")
    assert result.exit_code == 2
    assert "3 files: 1 accepted, 0 rejected, 2 not taken in" in result.output
    assert "P-15_newer.json: accepted, P-15, version 2" in send(newer["P-15"]).output
    told = {
        receipt["file"]["file_name"]: receipt["file"]
        for path in (lake.root / "receipts/2016").glob("*.json")
        for receipt in [json.loads(path.read_bytes())]
    }
    assert sorted(told) == ["P-15.csv", "P-15_newer.json"]
    assert told["P-15_newer.json"]["supersedes_sha256"] == told["P-15.csv"]["file_sha256"]


def test_a_year_that_is_not_built_or_a_folder_without_files(forms: Path, tmp_path: Path) -> None:
    result = send(forms)
    assert (result.exit_code, "egov run 2016" in result.output) == (2, True)
    (tmp_path / "none").mkdir()
    result = send(tmp_path / "none")
    assert (result.exit_code, "no file is there" in result.output) == (2, True)


def test_receipts_are_written_again_from_what_was_promoted(
    lake: Lake, forms: Path, tmp_path: Path
) -> None:
    send(forms)
    asked = asked_in(lake, 2016)
    tables = read_submissions(
        [received(lake, record) for record in of_kind(lake, 2016, "submission")],
        year=2016,
        methods=asked.methods,
        members=asked.members,
    )
    others = {name: table(name, []) for name in ("raw_confirmations", "raw_overrides")}
    promote(lake, "submissions", {**tables, **others})
    result = run("receipts", "2016", "--to", tmp_path / "again")
    assert (result.exit_code, result.output) == (
        0,
        f"2 receipts written to {tmp_path / 'again'}\n",
    )
    made = lake.root / "receipts/2016"
    assert {p.name: p.read_bytes() for p in (tmp_path / "again").iterdir()} == {
        p.name: p.read_bytes() for p in made.iterdir()
    }


def test_receipts_of_a_year_that_was_not_read(lake: Lake, tmp_path: Path) -> None:
    result = run("receipts", "2016", "--to", tmp_path / "out")
    assert (result.exit_code, "egov run 2016" in result.output) == (2, True)
    assert not (tmp_path / "out").exists()
