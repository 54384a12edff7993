"""Fault points: listed completely, silent unless asked for, and strict about their spelling."""

import re
from collections import Counter
from pathlib import Path

import pytest

import assets.lake
from assets.lake import faults
from assets.lake.faults import POINTS, WRITE_LABELS, WRITE_STEPS, point

SOURCES = [path.read_text() for path in sorted(Path(assets.lake.__file__).parent.glob("*.py"))]


def test_the_list_is_what_the_code_has() -> None:
    code = "\n".join(SOURCES)
    plain = set(re.findall(r'\bpoint\("([a-z_.]+)"\)', code))
    steps = set(re.findall(r'\bpoint\(f"\{label\}\.([a-z_]+)"\)', code))
    calls = re.findall(r"write_durable\((.*?)\n?\s*\)\n", code, flags=re.DOTALL)
    labels = {label for call in calls for label in re.findall(r'"([a-z]+)"', call)}
    assert steps == set(WRITE_STEPS)
    assert labels == set(WRITE_LABELS)
    assert plain | {f"{label}.{step}" for label in labels for step in steps} == set(POINTS)
    assert len(set(POINTS)) == len(POINTS) >= 14


def test_a_point_is_silent_unless_it_is_the_one_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EGOV_FAULT", raising=False)
    point("promote.before_rename")
    monkeypatch.setenv("EGOV_FAULT", "promote.after_rename:raise")
    point("promote.before_rename")
    with pytest.raises(OSError, match=r"promote\.after_rename"):
        point("promote.after_rename")


def test_a_number_names_the_time_it_comes_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_passed", Counter())
    monkeypatch.setenv("EGOV_FAULT", "promote.after_rename:raise:2")
    point("promote.after_rename")
    point("promote.before_rename")
    with pytest.raises(OSError, match=r"promote\.after_rename"):
        point("promote.after_rename")
    point("promote.after_rename")


@pytest.mark.parametrize(
    "value",
    ["promote.rename:kill", "promote.after_rename:stop", "x", "promote.after_rename:kill:last"],
)
def test_a_misspelt_fault_is_an_error(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EGOV_FAULT", value)
    with pytest.raises(ValueError, match="no such fault"):
        point("promote.before_rename")
