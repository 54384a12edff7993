"""The files of a synthetic year, and the command that writes them."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import typer
from synth_samples import block_2016, marts, solved_2016
from typer.testing import CliRunner, Result

from assets.lake import Lake, load_sidecar, staging
from assets.synthetic import SynthesisError, write_year
from assets.synthetic.files import sidecar_of
from orchestration.synth_cli import synth

BODIES = ("HCMA", "VTV")


def written(folder: Path, seed: int = 1) -> list[Path]:
    """The forms of two agencies."""
    published, solution = block_2016("gov_agency"), solved_2016("gov_agency", seed)
    few = {body: solution.answers[body] for body in BODIES}
    return write_year(folder, 2016, [(published, replace(solution, answers=few))])


def test_a_form_and_a_sidecar_for_each_body(tmp_path: Path) -> None:
    paths = written(tmp_path / "out")
    assert [path.name for path in paths] == [
        f"synthetic_2016_gov_agency_{body}.xlsx" for body in BODIES
    ]
    held = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert held == sorted([p.name for p in paths] + [p.name + ".meta.yaml" for p in paths])


def test_the_sidecar_says_whose_form_it_is_and_that_it_is_synthetic(tmp_path: Path) -> None:
    path = written(tmp_path, seed=2)[1]
    sidecar = load_sidecar(path.with_name(path.name + ".meta.yaml"))
    assert sidecar == sidecar_of(2016, "VTV", 2)
    assert sidecar.is_synthetic
    assert (sidecar.kind, sidecar.issuer, sidecar.years) == ("submission", "VTV", (2016,))
    assert (sidecar.document_no, sidecar.received_at) == ("submission/2016/VTV", date(2017, 1, 20))
    assert (sidecar.licence, sidecar.source_ref) == ("synthetic", "synthetic data, seed 2")


def test_the_form_holds_the_answers_and_says_that_it_is_synthetic(tmp_path: Path) -> None:
    path = written(tmp_path)[1]
    book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))
    cells = [[cell.value for cell in row] for sheet in book for row in sheet.iter_rows()]
    texts = {str(value) for row in cells for value in row if value is not None}
    assert "DỮ LIỆU GIẢ LẬP / SYNTHETIC DATA (seed 1)" in texts
    assert "BÁO CÁO CỦA CƠ QUAN / REPORT OF THE BODY" not in texts
    assert "Đài Truyền hình Việt Nam" in texts
    answers = solved_2016("gov_agency", 1).answers["VTV"]
    lines = {row[1]: row for row in cells if len(row) > 5 and row[1] in answers}
    assert {code: str(row[5]) for code, row in lines.items() if row[5] is not None} == {
        code: answer.value for code, answer in answers.items() if answer.value
    }


def test_the_same_solution_gives_the_same_bytes_and_replaces_its_own_files(tmp_path: Path) -> None:
    first = {path.name: path.read_bytes() for path in written(tmp_path)}
    again = {path.name: path.read_bytes() for path in written(tmp_path)}
    assert again == first
    other = {path.name: path.read_bytes() for path in written(tmp_path, seed=2)}
    assert other.keys() == first.keys()
    assert all(other[name] != first[name] for name in first)


def test_made_up_files_are_not_mixed_with_others(tmp_path: Path) -> None:
    (tmp_path / "report_of_a_body.xlsx").write_bytes(b"real")
    with pytest.raises(SynthesisError, match=r"holds report_of_a_body\.xlsx .*name an empty"):
        written(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report_of_a_body.xlsx"]
    with pytest.raises(SynthesisError, match="is no folder"):
        written(tmp_path / "report_of_a_body.xlsx")


# --- the command -------------------------------------------------------------------------------


def run(*words: str) -> Result:
    app = typer.Typer()
    app.command()(synth)
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path / "lake"))
    return Lake(tmp_path / "lake")


def promote_few(lake: Lake) -> None:
    """Marts of 2016 with three bodies a block."""
    few = {"VTV", "VASS", "HCMA", "MOF", "MOC", "MOT", "P-01", "P-10", "P-84"}
    with staging(lake, "marts", "2016", "a-run") as stage:
        for name, table in marts().items():
            kept = [code in few for code in table["body_code"].to_pylist()]
            stage.write_table(name, table.filter(kept))
        stage.promote({}, "1", {})


def test_the_command_writes_the_year_and_tells_what_was_reached(lake: Lake) -> None:
    promote_few(lake)
    told = run("2016", "--seed", "3")
    assert told.exit_code == 0, told.output
    for block in ("gov_agency", "ministry", "province"):
        assert f"{block:11}   3 bodies, 5 categories: index values 15 of 15" in told.output
    assert "not reached: MOT cases_online: rank printed 12, reached 3" in told.output
    folder = lake.root / "synthetic" / "2016_seed_3"
    assert f"9 forms, each with its sidecar, in {folder}" in told.output
    assert len(list(folder.iterdir())) == 18


def test_the_command_writes_where_it_is_told(lake: Lake, tmp_path: Path) -> None:
    promote_few(lake)
    assert run("2016", "--to", str(tmp_path / "here")).exit_code == 0
    assert len(list((tmp_path / "here").glob("*.xlsx"))) == 9


def test_without_marts_the_command_says_how_to_make_them(lake: Lake) -> None:
    told = run("2016")
    assert told.exit_code == 2
    assert "2016 has no promoted marts" in told.output
    assert "egov run 2016" in told.output
    assert not lake.root.exists()


def test_a_year_that_cannot_be_computed_is_refused_before_anything_is_read(lake: Lake) -> None:
    told = run("2017")
    assert told.exit_code == 2
    assert "assessment_2017/province: overall" in told.output
