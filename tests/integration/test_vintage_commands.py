"""The commands on vintages, as a person would call them, on a lake with two vintages."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from assets.lake import Lake, promoted
from orchestration.cli import app
from tests.command import egov, tree
from tests.unit.release.release_samples import LAO_CAI, promote_release, published, sources, table

WHO = ("--by", "Nguyễn Văn A", "--reason", "Bảng 4.9 đọc nhầm")


def _tables(rank: int) -> dict[str, object]:
    row = published(LAO_CAI, rank, f"0.{rank}", value_key="2016:4.9/r1/c3/b1/p1/index_value")
    return {**sources(), "idx_published_values": table("idx_published_values", row)}


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """Vintages 1 and 2 of 2016; the second is current."""
    for rank in (1, 3):
        promote_release(tmp_path / "lake", f"run-{rank}", _tables(rank))  # type: ignore[arg-type]
    return tmp_path / "lake"


def test_sign_list_go_back_and_ask_for_a_day(lake: Path) -> None:
    code, said = egov(lake, "sign", "2016", *WHO)
    assert (code, "verified." in said, "is signed by Nguyễn Văn A" in said) == (0, True, True), said
    code, said = egov(lake, "vintages", "2016")
    assert code == 0
    lines = said.splitlines()
    assert lines[0].startswith("    1  v0001-")
    assert lines[1].startswith("*   2  v0002-")
    assert "signed" in lines[2]

    code, said = egov(lake, "rollback", "2016", "1", *WHO)
    assert code == 0, said
    assert "v0001-" in said
    assert "published rank 3 to 1, value 0.3 to 0.1" in said
    version = promoted(Lake(lake), "release", "2016")
    assert version is not None
    assert version.counter == 1
    assert egov(lake, "vintages", "2016", "--as-of", "2999-01-01")[1].startswith(
        "2016 on 2999-01-01: v0001-"
    )
    code, said = egov(lake, "vintages", "2016", "--as-of", "2001-01-01")
    assert (code, "no vintage of 2016 is recorded by 2001-01-01" in said) == (2, True)
    assert egov(lake, "verify", "2016", "--vintage", "2")[0] == 0


def test_diff_as_text_parquet_and_page(lake: Path, tmp_path: Path) -> None:
    parquet, page = tmp_path / "d.parquet", tmp_path / "d.html"
    code, said = egov(
        lake, "diff", "2016:1", "2016:2", "--parquet", str(parquet), "--page", str(page)
    )
    assert code == 0, said
    assert "Lào Cai (P-10)" in said
    assert "published rank 1 → 3, value 0.1 → 0.3" in said
    assert pq.read_table(io.BytesIO(parquet.read_bytes())).num_rows > 0
    assert "hạng công bố" in page.read_text("utf-8")
    folder = tmp_path / "copy"
    shutil.copytree(next((lake / "releases" / "2016").glob("v0002-*")), folder)
    code, said = egov(lake, "diff", "2016", str(folder))
    assert (code, "No row, column or other file differs." in said) == (0, True), said


def test_clean_is_a_dry_run_until_told(lake: Path) -> None:
    before = tree(lake / "releases")

    def clean(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["clean", *words], env={"EGOV_LAKE": str(lake)})
        return done.exit_code, done.output

    code, said = clean()
    assert (code, "0 folders" in said, "1 stay: one of the last 5" in said) == (0, True, True), said
    dead = lake / "stage" / "killed" / "marts.2016.x"
    dead.mkdir(parents=True)
    assert "would go  stage/killed/marts.2016.x" in clean()[1]
    assert dead.exists()
    assert "removed  stage/killed/marts.2016.x" in clean("--yes")[1]
    assert not dead.exists()
    assert tree(lake / "releases") == before
    assert clean("--older-than", "0.5")[0] == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("sign", "2017", *WHO), 2, "2017 has no release yet"),
        (("sign", "2016", "--by", "", "--reason", "x"), 2, "--by: write 1 to 500"),
        (("rollback", "2016", "7", *WHO), 2, "2016 has no vintage 7"),
        (("verify", "2016", "--vintage", "7"), 2, "2016 has no vintage 7"),
        (("diff", "2016:1", "/nowhere"), 2, "is no vintage"),
        (("vintages", "2012"), 2, "2012 has no release yet"),
        (("run", "2016", "--by", "Lan"), 2, "give --by and --reason together"),
    ],
)
def test_a_wrong_call_is_told_in_a_sentence(
    lake: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    done = CliRunner().invoke(app, words, env={"EGOV_LAKE": str(lake)})
    assert (done.exit_code, told in done.output) == (code, True), done.output


def test_damage_ends_with_three(lake: Path) -> None:
    (path,) = (lake / "releases" / "2016").glob("v0001-*/ranks.parquet")
    path.chmod(0o644)
    path.write_bytes(b"x")
    for words in (("verify", "2016", "--vintage", "1"), ("diff", "2016:1", "2016:2")):
        code, said = egov(lake, *words)
        assert (code, "ranks.parquet" in said) == (3, True), said
    (lake / "vintages" / "2016" / "journal.jsonl").write_text("{}\n")
    code, said = egov(lake, "vintages", "2016")
    assert (code, "journal.jsonl: line 1" in said) == (3, True), said
