"""The forms of a year as files, and the command that writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
import typer
from click.testing import Result
from form_samples import sample_method
from typer.testing import CliRunner

from assets import registry
from assets.entities.members import members_of
from assets.lake import Lake, staging
from assets.method.load import methods
from assets.submissions.form import FormError
from assets.submissions.formfolder import (
    WRITERS,
    file_names,
    forms_of_year,
    write_forms,
)
from orchestration.forms_cli import forms

Membership = tuple[str, str, str, bool]

NAMES = {"P-10": "Lào Cai", "P-02": "Hà Giang", "M-01": "Bộ Mẫu", "G-01": "Viện Mẫu"}
MEMBERS: tuple[Membership, ...] = (
    ("assessment", "province", "P-10", True),
    ("assessment", "province", "P-02", True),
    ("assessment", "ministry", "M-01", True),
    ("assessment", "gov_agency", "G-01", False),
    ("dti", "province", "P-10", True),
    ("dvc_index", "province", "P-10", True),
)


def _frame(name: str, rows: Sequence[dict[str, object]]) -> pa.Table:
    """Rows of a registry table; what they leave out is null and the schema lets it be."""
    schema = pa.schema([pa.field(f.name, f.type) for f in registry.table(name).arrow_schema])
    return pa.Table.from_pylist(list(rows), schema=schema)


def memberships(rows: Sequence[Membership] = MEMBERS) -> pa.Table:
    fields = ("index_code", "block", "body_code", "is_member")
    return _frame("raw_memberships", [dict(zip(fields, row, strict=True)) for row in rows])


def bodies() -> pa.Table:
    return _frame("raw_bodies", [{"body_code": c, "body_name": n} for c, n in NAMES.items()])


def test_only_members_of_the_index_are_asked() -> None:
    found = members_of(memberships(), bodies())
    assert found["assessment", "province"] == {"P-10": "Lào Cai", "P-02": "Hà Giang"}
    assert ("assessment", "gov_agency") not in found


def test_forms_are_by_method_and_body() -> None:
    found = forms_of_year(methods(), members_of(memberships(), bodies()), 2016)
    assert [(form.method.block, form.body_code) for form in found] == [
        ("ministry", "M-01"),
        ("province", "P-02"),
        ("province", "P-10"),
    ]
    assert found[2].body_name == "Lào Cai"


def test_one_block_can_be_chosen() -> None:
    found = forms_of_year(methods(), members_of(memberships(), bodies()), 2016, "ministry")
    assert [form.body_code for form in found] == ["M-01"]


def test_a_method_without_inputs_asks_nobody() -> None:
    method = sample_method()
    silent = replace(method, roots=tuple(replace(r, children=()) for r in method.roots))
    with pytest.raises(FormError, match=r"2016: no method in force asks figures of a body"):
        forms_of_year([silent], members_of(memberships(), bodies()), 2016)


@pytest.mark.parametrize(("year", "block"), [(2011, None), (2016, "gov_agency")])
def test_a_year_without_forms_says_which_methods_are_in_force(year: int, block: str | None) -> None:
    with pytest.raises(FormError, match=rf"{year}: no method .* methods in force: (none|assess)"):
        forms_of_year(methods(), members_of(memberships(), bodies()), year, block)


def test_file_names_say_year_block_and_body() -> None:
    members = members_of(memberships(), bodies())
    found = forms_of_year(methods(), members, 2016)
    assert file_names(found, "csv") == [
        "2016_ministry_M-01.csv",
        "2016_province_P-02.csv",
        "2016_province_P-10.csv",
    ]
    twice = forms_of_year(methods(), members, 2022)
    assert file_names(twice, "xlsx") == [
        "2022_dti_province_P-10.xlsx",
        "2022_dvc_index_province_P-10.xlsx",
    ]


@pytest.mark.parametrize("file_format", WRITERS)
def test_each_form_becomes_a_file_once(tmp_path: Path, file_format: str) -> None:
    found = forms_of_year(methods(), members_of(memberships(), bodies()), 2016)
    said: list[tuple[str, int]] = []
    folder = tmp_path / "a" / "forms"
    written = write_forms(
        found, folder, file_format, lambda path, done: said.append((path.name, done))
    )
    assert [path.name for path in written] == file_names(found, file_format)
    assert sorted(folder.iterdir()) == sorted(written)
    assert said == [(path.name, n) for n, path in enumerate(written, start=1)]
    assert [path.read_bytes() for path in written] == [WRITERS[file_format](f) for f in found]
    assert write_forms(found, folder, file_format) == written


def test_a_file_that_may_be_filled_in_is_never_overwritten(tmp_path: Path) -> None:
    found = forms_of_year(methods(), members_of(memberships(), bodies()), 2016)
    filled = tmp_path / "2016_province_P-10.csv"
    filled.write_bytes(b"filled in")
    with pytest.raises(FormError, match=r"2016_province_P-10.csv: there is another file .* move"):
        write_forms(found, tmp_path, "csv")
    assert filled.read_bytes() == b"filled in"
    assert list(tmp_path.iterdir()) == [filled]


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A lake in which the bodies of 2016 are promoted, for the command."""
    root = tmp_path / "lake"
    monkeypatch.setenv("EGOV_LAKE", str(root))
    with staging(Lake(root), "bodies", "2016", "run-1") as stage:
        stage.write_table("raw_bodies", bodies())
        stage.write_table("raw_memberships", memberships())
        stage.promote(inputs={}, code_version="test", facts={})
    return root


def called(*words: str) -> Result:
    app = typer.Typer()
    app.command()(forms)
    return CliRunner().invoke(app, words)


def test_the_command_writes_and_says_how_many_where(lake: Path, tmp_path: Path) -> None:
    to = tmp_path / "forms"
    result = called("2016", "--to", str(to))
    assert result.exit_code == 0, result.output
    assert result.output.splitlines() == [
        "[1/3] 2016_ministry_M-01.xlsx",
        "[2/3] 2016_province_P-02.xlsx",
        "[3/3] 2016_province_P-10.xlsx",
        f"3 forms of 2016 are in {to}",
    ]
    assert len(list(to.iterdir())) == 3


def test_the_command_takes_block_and_format(lake: Path, tmp_path: Path) -> None:
    result = called("2016", "--to", str(tmp_path), "--block", "ministry", "--format", "json")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "2016_ministry_M-01.json").is_file()
    assert list(tmp_path.glob("*P-10*")) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["1999"], "the warehouse knows"),
        (["2016", "--block", "district"], "is not one of ministry, gov_agency, province"),
        (["2016", "--format", "pdf"], "is not one of xlsx, csv, json"),
        (["2017"], "2017: the bodies of the year are not built yet; egov run 2017"),
        (["2016", "--block", "gov_agency"], "asks figures of block gov_agency"),
    ],
)
def test_a_wrong_call_is_told(lake: Path, tmp_path: Path, words: list[str], said: str) -> None:
    result = called(*words, "--to", str(tmp_path / "forms"))
    assert result.exit_code == 2
    assert said in " ".join(result.output.replace("│", " ").split())
    assert not (tmp_path / "forms").exists()
