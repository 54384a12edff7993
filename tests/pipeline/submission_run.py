"""Forms of bodies for the pipeline tests: a synthetic year, test figures of the eight agencies,
and taking them in and running them as a person would.

Figures of origin `real` here are those of the synthetic agencies under words that say they are of
a test: only so can a release be made of them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest
from pipeline_run import SOURCES, YEAR, YearRun

from assets.lake import Lake
from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation
from assets.method.model import Method
from assets.method.observations import observations_of
from assets.publication import LakeResource
from assets.submissions.deliver import Outcome, asked_in, submit
from assets.submissions.form import ORIGIN_REAL, Answer, Answers, Form, form_of
from assets.submissions.textform import csv_bytes, json_bytes
from assets.submissions.workbook import workbook_bytes
from assets.synthetic import Published, Solution, published_blocks, solve

SEED = 1
BLOCK = "gov_agency"
INDEX = "assessment"
TEST_FIGURE = "Số liệu kiểm thử, không phải của cơ quan / test figure, not of the body"

Row = dict[str, Any]
Line = dict[str, str]


# --- figures ------------------------------------------------------------------------------------


def solved_blocks(lake: Lake) -> list[tuple[Published, Solution]]:
    """Every block of the year as published, with figures that give the published indices."""
    return [
        (block, solve(block.method, block.targets, block.counts, SEED))
        for block in published_blocks(lake, int(YEAR))
    ]


@dataclass(frozen=True)
class Agencies:
    """The government agencies: their method, names by code, and answers by code and input."""

    method: Method
    names: Mapping[str, str]
    answers: Mapping[str, Answers]

    def form(self, body: str) -> Form:
        """The form sent out to an agency."""
        return form_of(self.method, int(YEAR), body, self.names[body])

    def with_value(self, body: str, code: str, value: str) -> Answers:
        """The answers of an agency, but for one value."""
        answers = self.answers[body]
        return {**answers, code: replace(answers[code], value=value, status="")}


def agencies_of(lake: Lake) -> Agencies:
    """The agencies with test figures, from the published figures of a lake."""
    ((block, solution),) = ((b, s) for b, s in solved_blocks(lake) if b.method.block == BLOCK)
    answers = {
        body: {code: _as_test(answer) for code, answer in given.items()}
        for body, given in solution.answers.items()
    }
    return Agencies(block.method, block.names, answers)


def _as_test(answer: Answer) -> Answer:
    evidence = TEST_FIGURE if answer.evidence else ""
    return replace(answer, evidence=evidence, note=TEST_FIGURE)


# --- files --------------------------------------------------------------------------------------

WRITE: dict[str, Callable[[Form, Answers, str], bytes]] = {
    "xlsx": workbook_bytes,
    "csv": csv_bytes,
    "json": json_bytes,
}


def written(
    folder: Path, name: str, form: Form, answers: Answers, origin: str = ORIGIN_REAL
) -> Path:
    """A filled form as a file, in the format that the name ends with."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(WRITE[path.suffix[1:]](form, answers, origin))
    return path


def with_lines(form: Form, answers: Answers, change: Callable[[list[Line]], None]) -> bytes:
    """A form as JSON whose lines a hand has changed after it was filled in."""
    document = json.loads(json_bytes(form, answers))
    change(document["lines"])
    return json.dumps(document, ensure_ascii=False).encode()


def filled_in(content: bytes, answer: Callable[[Line], None]) -> bytes:
    """An exported CSV file with each line given to `answer` to be filled in."""
    lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    for line in lines:
        answer(line)
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(lines[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue().encode("utf-8-sig")


# --- taking in and running ----------------------------------------------------------------------


def handed_in(
    lake: Lake, paths: Sequence[Path], day: date, *, is_synthetic: bool = False
) -> list[str]:
    """`egov submit` of files: the state of each, with the rule if it was rejected."""
    outcomes = submit(
        lake,
        paths,
        asked_in(lake, int(YEAR)),
        received_at=day,
        is_synthetic=is_synthetic,
        on_step=lambda *_: None,
    )
    return [_state(outcome) for outcome in outcomes]


def _state(outcome: Outcome) -> str:
    assert outcome.receipt is not None, outcome.refusal
    file = outcome.receipt.file
    return file["rule_id"] or file["file_state"]


def run_years(
    root: Path, *years: str, sources: Path = SOURCES, release: bool = False
) -> dict[str, YearRun]:
    """Years by the real job, one after the other, to their marts or to their release."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EGOV_LAKE", str(root))
        from orchestration.definitions import build_definitions
        from orchestration.runner import Runner

        sources.mkdir(exist_ok=True)
        resource = LakeResource(root=str(root), sources=str(sources))
        with dg.DagsterInstance.ephemeral() as instance:
            runner = Runner(build_definitions(lake=resource), instance, log_level="WARNING")
            outcomes = {year: runner.run_year(year, release=release) for year in years}
    return {
        year: YearRun(outcome.status == "done", outcome.message, resource.open(), year)
        for year, outcome in outcomes.items()
    }


def run_marts(root: Path, *, sources: Path = SOURCES) -> YearRun:
    """The year to its marts."""
    return run_years(root, YEAR, sources=sources)[YEAR]


# --- what came of it ----------------------------------------------------------------------------


def by_key(rows: Sequence[Row], *columns: str) -> dict[tuple[Any, ...], Row]:
    """Rows by a key that each has for itself."""
    found = {tuple(row[column] for column in columns): row for row in rows}
    assert len(found) == len(rows), f"several rows have the same {columns}"
    return found


def nodes(run: YearRun, body: str) -> dict[str, Row]:
    """Scores of a body by criterion."""
    return {row["criterion"]: row for row in run.rows("marts", "idx_scores", body_code=body)}


def figure(run: YearRun, body: str, code: str) -> Row:
    """The figure of a body as it stands."""
    (row,) = run.rows("marts", "ind_observations", body_code=body, input_code=code)
    return row


def engine_scores(method: Method, observations: pa.Table, universe: str) -> list[NodeScore]:
    """The reference engine on the merged figures of one universe."""
    seen: Mapping[tuple[str, str], Observation] = observations_of(
        observations, method.index_code, universe, method.block
    )
    return score(method, seen, {body for body, _ in seen})


def as_columns(method: Method, made: Sequence[NodeScore]) -> dict[tuple[str, str], Row]:
    """Scores of the reference engine as columns of idx_scores, by body and criterion."""
    kinds = {node.slug: node.kind for _, node in method.walk()}
    return {
        (one.body_code, one.slug): {
            "points": one.points,
            "max_points": one.max_points,
            "index_value": None if kinds[one.slug] == "unscored" else one.value,
            "quantity": one.value if kinds[one.slug] == "unscored" else None,
            "score_status": one.status,
            "coverage": one.coverage,
            "rank": one.rank,
        }
        for one in made
    }


def as_compared(row: Row) -> Row:
    """A row of idx_scores in the columns of `as_columns`, figures exact."""
    known, asked = row["criteria_known"], row["criteria_asked"]
    return {
        **{
            name: None if row[name] is None else Fraction(row[name])
            for name in ("points", "max_points", "index_value", "quantity")
        },
        "score_status": row["score_status"],
        "coverage": Fraction(known, asked) if asked else None,
        "rank": row["rank"],
    }


def assert_engines_agree(
    method: Method, scores: Sequence[Row], observations: pa.Table, universe: str
) -> None:
    """Every row of idx_scores of the universe is what the reference engine makes of the figures."""
    found = {
        (row["body_code"], row["criterion"]): as_compared(row)
        for row in scores
        if row["universe"] == universe and row["regime"] == method.regime
    }
    expected = as_columns(method, engine_scores(method, observations, universe))
    assert set(found) == set(expected)
    differing = [(k, found[k], expected[k]) for k in sorted(expected) if found[k] != expected[k]]
    assert differing[:3] == []
