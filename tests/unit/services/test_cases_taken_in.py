"""Files of case records on their way in: what the sender is told, and what the lake then holds."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_samples import good, text
from test_tables_taken_in import Year

from assets.lake import records
from orchestration.cli import app  # noqa: F401 (the commands that Year calls)


@pytest.fixture
def year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Year:
    monkeypatch.setenv("EGOV_LAKE", str(tmp_path / "lake"))
    return Year(tmp_path)


def test_a_file_is_answered_and_taken_in(year: Year) -> None:
    lines = [good(n).replace("P-10", "Lào Cai") for n in range(1, 40)]
    lines[3] = lines[3].replace("online", "fax")
    lines[7] = lines[7].replace("online", "fax")
    result = year.add(year.write("cases.csv", text(*lines, "")), kind="cases", issuer="Lào Cai")
    assert result.exit_code == 0, result.output
    assert "40 lines, 37 accepted, 2 refused, 1 blank" in result.output
    assert "40 dòng, nhận 37, cách ly 2, trống 1" in result.output
    assert "2 lines, the first is 5: raw_cases.channel.codes" in result.output
    (held,) = records(year.lake)
    assert (held.sidecar.kind, held.sidecar.years, held.sidecar.issuer) == (
        "cases",
        (2016,),
        "Lào Cai",
    )
    assert not (year.lake.root / "work").exists()


def test_a_rejected_file_is_not_taken_in_and_says_nothing_of_a_person(year: Year) -> None:
    content = text(good(1).replace("H40-1", "012345678901"))
    result = year.add(year.write("cases.csv", content), kind="cases")
    assert result.exit_code == 1
    assert "personal_data" in result.output
    assert "what to do: take names" in result.output
    assert "0123456" not in result.output
    assert not records(year.lake)


def test_a_span_of_years_is_refused(year: Year) -> None:
    path = year.write("cases.csv", text(good(1)))
    result = year.add(path, kind="cases", year="2016-2017")
    assert result.exit_code == 1
    assert "speaks of one year" in result.output


def test_another_kind_is_a_wrong_call(year: Year) -> None:
    result = year.add(year.write("cases.csv", text(good(1))), kind="case")
    assert result.exit_code == 2
    assert "service_catalogue, monthly_cases, cases" in " ".join(result.output.split())
