"""Two rounds of the agencies' forms in one lake, each run to a release, and copies of the lake.

First round: seven of eight agencies hand in, one cell of them cannot be read, two files say
another origin than was declared. Second round: a new version, a file that is rejected, answers
on the figures, and reviewed decisions. Every figure is a test figure.
"""

from __future__ import annotations

import csv
import io
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline_run import YEAR, YearRun, hashes
from submission_run import (
    TEST_FIGURE,
    Agencies,
    Line,
    agencies_of,
    filled_in,
    handed_in,
    run_years,
    with_lines,
    written,
)

from assets.lake import IntakeRecord, Lake
from assets.submissions.confirmation import ANSWER_WORDS
from assets.submissions.form import ORIGIN_SYNTHETIC
from assets.submissions.merged import (
    Looked,
    exports,
    look_at_confirmation,
    look_at_overrides,
    take_looked,
)
from assets.submissions.overrides import COLUMNS
from assets.submissions.textform import csv_bytes

BEFORE, FIRST, BETWEEN, SECOND, AFTER = (
    date(2026, 11, 5),
    date(2026, 11, 10),
    date(2026, 11, 15),
    date(2026, 11, 20),
    date(2026, 11, 25),
)
OTHER_YEAR = "2012"
REVIEWER = "Hội đồng kiểm thử"

#: Which agency does what.
SENDS_AGAIN, SENDS_REJECTED, HAS_BAD_CELL, PLAIN = "HCMA", "HCMM", "VASS", "VAST"
DISPUTES, SAYS_TOO_LITTLE, SAYS_TOO_MUCH, SILENT = "VNA", "VOV", "VSS", "VTV"

BAD_CODE, BAD_VALUE = "units_on_wan_count", "khoảng 40 đơn vị"
RESENT_CODE = "computers_on_internet_count"
DISPUTED_CODE, COMMENT = "staff_with_computer_count", "Số đúng là số của quý IV"
DECIDED_CODE = "has_wan"
STALE_FIGURE = "999999"


@dataclass(frozen=True)
class Rounds:
    """The lake after each round; `states` are what taking each file in said."""

    agencies: Agencies
    first: YearRun
    second: YearRun
    states: dict[str, str]
    others_before: dict[str, str]
    decided: str
    resent: tuple[str, str]
    looked: dict[str, Looked]


def two_rounds(released: YearRun, folder: Path) -> Rounds:
    """Go through both rounds in a copy of the released lake."""
    agencies = agencies_of(released.lake)
    root = Path(shutil.copytree(released.lake.root, folder / "lake"))
    lake = Lake(root)
    other = run_years(root, OTHER_YEAR)[OTHER_YEAR]
    assert other.success, other.message
    before = of_year(root, OTHER_YEAR)
    states = _first_forms(lake, agencies, folder / "first")
    first = run_years(root, YEAR, release=True)[YEAR]
    assert first.success, first.message
    kept = YearRun(True, "", Lake(Path(shutil.copytree(root, folder / "after_first"))))
    old = agencies.answers[SENDS_AGAIN][RESENT_CODE].value
    new = str(int(old) + 1)
    states |= _second_forms(lake, agencies, folder / "second", new)
    looked = _answers(lake, folder / "second")
    decided = agencies.answers[HAS_BAD_CELL][BAD_CODE].value
    looked["overrides"] = _decisions(lake, folder / "second", decided)
    second = run_years(root, YEAR, release=True)[YEAR]
    assert second.success, second.message
    return Rounds(agencies, kept, second, states, before, decided, (old, new), looked)


def of_year(root: Path, year: str) -> dict[str, str]:
    """Hashes of everything promoted of a year, and of its pointers."""
    return {
        path: sha256
        for path, sha256 in hashes(root / "versions", root / "pointers", root / "releases").items()
        if year in Path(path).with_suffix("").parts
    }


def _first_forms(lake: Lake, agencies: Agencies, folder: Path) -> dict[str, str]:
    names = {
        SENDS_AGAIN: "xlsx", SENDS_REJECTED: "csv", PLAIN: "json", DISPUTES: "csv",
        SAYS_TOO_LITTLE: "xlsx", SAYS_TOO_MUCH: "json",
    }  # fmt: skip
    files = [
        written(folder, f"{body}.{kind}", agencies.form(body), agencies.answers[body])
        for body, kind in names.items()
    ]

    def spoil(lines: list[Line]) -> None:
        (line,) = (line for line in lines if line["input_code"] == BAD_CODE)
        line["value"] = BAD_VALUE

    bad = folder / f"{HAS_BAD_CELL}.json"
    form = agencies.form(HAS_BAD_CELL)
    bad.write_bytes(with_lines(form, agencies.answers[HAS_BAD_CELL], spoil))
    states = _handed_in(lake, [*files, bad], FIRST)
    undeclared = written(
        folder,
        "undeclared.xlsx",
        agencies.form(SAYS_TOO_LITTLE),
        agencies.answers[SAYS_TOO_LITTLE],
        f"{ORIGIN_SYNTHETIC} (seed 1)",
    )
    states |= _handed_in(lake, [undeclared], FIRST)
    overdeclared = written(
        folder,
        "overdeclared.csv",
        agencies.form(SAYS_TOO_MUCH),
        agencies.answers[SAYS_TOO_MUCH],
    )
    return states | _handed_in(lake, [overdeclared], FIRST, is_synthetic=True)


def _second_forms(lake: Lake, agencies: Agencies, folder: Path, value: str) -> dict[str, str]:
    again = agencies.with_value(SENDS_AGAIN, RESENT_CODE, value)
    files = [written(folder, f"{SENDS_AGAIN}.json", agencies.form(SENDS_AGAIN), again)]
    form = agencies.form(SENDS_REJECTED)
    other = csv_bytes(form, agencies.answers[SENDS_REJECTED]).decode()
    outdated = other.replace(form.form_id, form.form_id[:-12] + "0" * 12)
    assert outdated != other
    files.append(folder / f"{SENDS_REJECTED}.csv")
    files[-1].write_bytes(outdated.encode())
    return _handed_in(lake, files, SECOND)


def _handed_in(
    lake: Lake, files: list[Path], day: date, *, is_synthetic: bool = False
) -> dict[str, str]:
    """State of each file by round and name."""
    states = handed_in(lake, files, day, is_synthetic=is_synthetic)
    return {
        f"{path.parent.name}/{path.name}": state for path, state in zip(files, states, strict=True)
    }


def _answers(lake: Lake, folder: Path) -> dict[str, Looked]:
    """One agency confirms all its figures, another disputes one of them; by body."""
    yes, no = ANSWER_WORDS["confirmed"][0], ANSWER_WORDS["disputed"][1]

    def confirm(line: Line) -> None:
        if line["figure"]:
            line["answer"], line["author"] = yes, "Văn phòng"

    def dispute_one(line: Line) -> None:
        confirm(line)
        if line["input_code"] == DISPUTED_CODE:
            line["answer"], line["comment"] = no, COMMENT

    looked = {}
    for body, answer in ((SENDS_AGAIN, confirm), (DISPUTES, dispute_one)):
        ((name, content),) = exports(lake, int(YEAR), body).items()
        path = folder / name
        path.write_bytes(filled_in(content, answer))
        looked[body] = look_at_confirmation(lake, path, received_at=SECOND, is_synthetic=False)
    _taken(lake, list(looked.values()))
    return looked


def _decisions(lake: Lake, folder: Path, value: str) -> Looked:
    """Three decisions: on the figure that could not be read, on one of a body without a form, and
    on a figure that stands nowhere."""
    about = {
        "assessment_year": YEAR, "index_code": "assessment", "figure": "", "state": "overridden",
        "reason": f"Quyết định thử: {TEST_FIGURE}", "author": REVIEWER, "evidence": "biên bản 1",
    }  # fmt: skip
    rows = [
        {**about, "body_code": HAS_BAD_CELL, "input_code": BAD_CODE, "value": value},
        {**about, "body_code": SILENT, "input_code": DECIDED_CODE, "value": "1"},
        {
            **about, "body_code": PLAIN, "input_code": DISPUTED_CODE, "figure": STALE_FIGURE,
            "value": "1",
        },
    ]  # fmt: skip
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(COLUMNS), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "overrides.csv"
    path.write_bytes(buffer.getvalue().encode())
    looked = look_at_overrides(lake, path, by=REVIEWER, received_at=SECOND, is_synthetic=False)
    _taken(lake, [looked])
    return looked


def _taken(lake: Lake, files: list[Looked]) -> None:
    taken = take_looked(lake, files, received_at=SECOND, is_synthetic=False)
    assert {type(record) for record in taken.values()} == {IntakeRecord}, taken
