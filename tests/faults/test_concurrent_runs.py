"""Several runs at once on one lake: all end right and no lock error reaches the user."""

from __future__ import annotations

from pathlib import Path

from tests.command import SECONDS, egov, start

YEARS = ("2011", "2016", "2017", "2022")


def _ended(lake: Path, *calls: tuple[str, ...]) -> list[tuple[int, str]]:
    processes = [start(lake, *call) for call in calls]
    outcomes = []
    for process in processes:
        said, _ = process.communicate(timeout=SECONDS)
        outcomes.append((process.returncode, said))
    return outcomes


def _vintages(lake: Path) -> dict[str, list[str]]:
    return {
        year.name: sorted(path.name for path in year.iterdir() if path.is_dir())
        for year in sorted((lake / "releases").iterdir())
    }


def test_four_years_at_once_end_like_one_after_the_other(tmp_path: Path) -> None:
    at_once, in_turn = tmp_path / "at_once", tmp_path / "in_turn"
    for code, said in _ended(at_once, *(("run", year) for year in YEARS)):
        assert code == 0, said
        for fault in ("Traceback", "is locked", "LockTimeout", "Conflicting lock"):
            assert fault not in said, said
    code, said = egov(in_turn, "backfill", "2016-2017")
    assert code == 0, said
    made = _vintages(at_once)
    assert {year: made[year] for year in ("2016", "2017")} == _vintages(in_turn)
    assert all(len(vintages) == 1 for vintages in made.values())
    for year in YEARS:
        code, said = egov(at_once, "verify", year)
        assert code == 0, said
    code, said = egov(at_once, "status")
    assert code == 0, said
    assert said.count("success") == len(YEARS), said


def test_one_year_twice_at_once_gives_one_version(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    for code, said in _ended(lake, ("run", "2017"), ("run", "2017")):
        assert code == 0, said
        assert "Traceback" not in said, said
    assert [len(v) for v in _vintages(lake).values()] == [1]
    assert len(list((lake / "versions" / "marts" / "2017").iterdir())) == 1
