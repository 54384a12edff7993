"""kill -9 during `egov run` at every stage: the promoted lake and the release stay as they were,
and the next run completes without help."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.command import REPO, egov, tree

#: Units in the order in which a run promotes them, as far as a further source changes them.
UNITS = (
    "intake",
    "history",
    "reports",
    "bodies",
    "cases",
    "services",
    "submissions",
    "targets",
    "crawl",
    "marts",
    "release",
    "panel",
    "analysis",
    "explorer",
)

#: Units at whose promotion one run after the other is killed; `make faults` kills at more points.
KILLED_AT = ("intake", "bodies", "crawl", "marts", "release", "panel", "analysis", "explorer")

#: A further source that changes every unit of 2016 without changing a published figure.
EXTRA = "year,block,category,body,published_rank,published_value,source_url,retrieved_as\n" + (
    "2016,province,policy,Lào Cai,1,1.000,https://laocaitv.vn/x,page excerpt\n"
)


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """(lake with 2016 promoted, sources with one file more, that lake after a clean second run)."""
    base = tmp_path_factory.mktemp("base")
    sources = tmp_path_factory.mktemp("sources") / "sources"
    shutil.copytree(REPO / "sources", sources)
    code, said = egov(base, "run", "2016", EGOV_SOURCES=str(sources))
    assert code == 0, said
    (sources / "2016" / "extra.csv").write_text(EXTRA, "utf-8")
    described = (sources / "2016" / "assessment_2016.csv.meta.yaml").read_text("utf-8")
    (sources / "2016" / "extra.csv.meta.yaml").write_text(described, "utf-8")
    clean = tmp_path_factory.mktemp("clean") / "lake"
    shutil.copytree(base, clean, symlinks=True)
    code, said = egov(clean, "run", "2016", EGOV_SOURCES=str(sources))
    assert code == 0, said
    return base, sources, clean


def _visible(lake: Path) -> dict[str, str]:
    """What readers see: pointers, versions and releases."""
    return {
        f"{part}/{name}": digest
        for part in ("pointers", "versions", "releases")
        for name, digest in tree(lake / part).items()
    }


def _current(lake: Path) -> dict[str, str]:
    """The pointers alone: which version of each unit is current. A killed write may leave a
    hidden file beside a pointer, which no reader opens and the next write replaces."""
    found = {name: digest for name, digest in tree(lake / "pointers").items() if "/." not in name}
    found["release"] = tree(lake / "releases")["2016/current.json"]
    return found


def _pointer(unit: str) -> str:
    if unit == "release":
        return "release"
    return f"{unit}/{'all' if unit in ('panel', 'analysis', 'explorer') else '2016'}.json"


def test_runs_killed_at_each_stage_leave_what_was_promoted(
    lakes: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    """One run after the other is killed a stage further on; the last one completes."""
    base, sources, clean = lakes
    lake = tmp_path / "lake"
    shutil.copytree(base, lake, symlinks=True)
    done = 0
    for unit in KILLED_AT:
        before, pointers = _visible(lake), _current(lake)
        # Stages that are already as they should be write nothing, so the unit that was killed last
        # time is the first to be renamed.
        killed = UNITS.index(unit)
        code, said = egov(
            lake,
            "run",
            "2016",
            EGOV_SOURCES=str(sources),
            EGOV_FAULT=f"promote.before_rename:kill:{killed - done + 1}",
        )
        assert code == -9, said
        after = _current(lake)
        moved = {name for name in after if after[name] != pointers[name]}
        assert moved == {_pointer(each) for each in UNITS[done:killed]}, unit
        held = _visible(lake)
        changed = {name for name, digest in before.items() if held.get(name) != digest}
        assert changed <= {"releases/2016/current.json", *(f"pointers/{name}" for name in moved)}
        assert ("releases/2016/current.json" in changed) == ("release" in UNITS[done:killed])
        done = killed

    code, said = egov(lake, "run", "2016", EGOV_SOURCES=str(sources))
    assert code == 0, said
    assert "had been killed; it is closed as failed" in said
    assert _current(lake) == _current(clean)
    assert _visible(lake) == _visible(clean)
    assert not list((lake / "stage").rglob("*.parquet"))
    assert not list((lake / "runs").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["reports", "marts", "release", "panel"])
@pytest.mark.parametrize(
    "point",
    [
        "promote.before_hash",
        "promote.after_rename",
        "pointer.before_replace",
        "pointer.after_replace",
    ],
)
def test_a_run_killed_around_the_pointer_shows_old_or_new(
    lakes: tuple[Path, Path, Path], tmp_path: Path, unit: str, point: str
) -> None:
    base, sources, clean = lakes
    lake = tmp_path / "lake"
    shutil.copytree(base, lake, symlinks=True)
    old, new = _current(base), _current(clean)
    number = UNITS.index(unit) + 1
    code, said = egov(
        lake, "run", "2016", EGOV_SOURCES=str(sources), EGOV_FAULT=f"{point}:kill:{number}"
    )
    assert code == -9, said
    for name, digest in _current(lake).items():
        assert digest in (old[name], new[name]), name
    code, said = egov(lake, "verify", "2016")
    assert code == 0, said
    code, said = egov(lake, "run", "2016", EGOV_SOURCES=str(sources))
    assert code == 0, said
    assert _visible(lake) == _visible(clean)
