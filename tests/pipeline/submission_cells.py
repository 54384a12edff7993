"""Submissions of one block, each with one cell changed, all scored in one build of the warehouse.

Every case is a block of its own: its bodies have codes and a universe of their own, so that one
build holds all of them. The case `AS_THEY_ARE` has no cell changed.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from submission_run import BLOCK, INDEX, TEST_FIGURE, Agencies, Line, with_lines

from assets import registry
from assets.lake.parquet import encode
from assets.method.engine import score
from assets.method.formulas import Observation
from assets.method.model import Method, Node
from assets.method.tables import method_tables
from assets.received.delivery import Delivery
from assets.received.refusal import FileRefused, FileRefusedError
from assets.submissions import read
from assets.submissions.form import Answer
from assets.submissions.rawform import RawForm
from assets.submissions.read import read_submissions
from assets.submissions.reader import read_form
from assets.warehouse.build import build
from assets.warehouse.database import create, read_tables
from assets.warehouse.project import ParsedProject

Row = dict[str, Any]
Key = tuple[Any, ...]

ALTERED, REMOVED, DOUBLED = "altered", "removed", "doubled"
KINDS = (ALTERED, REMOVED, DOUBLED)
MARTS = ("ind_observations", "ind_criterion_scores", "idx_scores")
RAW = ("raw_submission_files", "raw_submission_counts", "raw_submission_quarantine")
YEAR = 2016

#: The body that has the best rate of the block alone.
LEADER, LEADS_BY = "VTV", "it_officers_count"

#: Columns that say which file a row is from: every case has files of its own.
PROVENANCE = ("file_sha256", "file_name", "form_id", "size_bytes", "universe", "body_code")


@dataclass(frozen=True)
class Case:
    """One cell of one form and what is done to it."""

    kind: str
    body: str
    code: str


AS_THEY_ARE = Case("as they are", "", "")


@dataclass(frozen=True)
class Held:
    """What a case is in the warehouse. `rows` are by table: key without the case -> row without
    provenance; a row that is as in the case `AS_THEY_ARE` is that very object."""

    rows: Mapping[str, Mapping[Key, Row]]
    observations: pa.Table
    scores: pa.Table
    universe: str


def universe_of(number: int) -> str:
    return f"case_{number:03}"


def code_of(number: int, body: str) -> str:
    """Code of a body in the case of that number."""
    return f"C{number:03}-{body}"


def told_apart(agencies: Agencies) -> Agencies:
    """The agencies with a figure where they have none, and with one that leads alone in what
    compares them."""
    answers = {
        body: {
            code: answer
            if answer.value
            else replace(answer, value=str(place), status="", evidence=TEST_FIGURE)
            for code, answer in given.items()
        }
        for place, (body, given) in enumerate(agencies.answers.items(), start=3)
    }
    lead = answers[LEADER][LEADS_BY]
    answers[LEADER][LEADS_BY] = replace(lead, value=f"{lead.value}0")
    return replace(agencies, answers=answers)


# --- one cell ------------------------------------------------------------------------------------


def change(lines: list[Line], case: Case) -> None:
    """Change the one cell of the case in the lines of its form."""
    (line,) = (line for line in lines if line["input_code"] == case.code)
    if case.kind == REMOVED:
        line["value"] = line["status"] = ""
    elif case.kind == DOUBLED:
        lines.append(dict(line))
    else:
        line["value"], line["status"] = _other(line["value"]), ""
        line["evidence"] = line["evidence"] or TEST_FIGURE


def _other(value: str) -> str:
    """Another value that the line allows: the other answer, one more, or a first count."""
    answers = {"Có": "Không", "Không": "Có", "": "3"}
    return answers[value] if value in answers else str(int(value) + 1)


# --- reading and scoring -------------------------------------------------------------------------


def held_cases(
    agencies: Agencies, cases: Sequence[Case], parsed: ParsedProject, folder: Path
) -> list[Held]:
    """What the warehouse makes of every case, in the same order."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "read_forms", _read_here)  # the child process has its own tests
        plain = _read(agencies, AS_THEY_ARE, list(agencies.names))
        made = [
            _of_case(number, plain, case, _read(agencies, case, [case.body] if case.body else []))
            for number, case in enumerate(cases)
        ]
    raw = {name: pa.concat_tables(tables[name] for tables in made) for name in plain}
    members = {
        code_of(number, body): name
        for number in range(len(cases))
        for body, name in agencies.names.items()
    }
    made_of = {**_marts({**raw, **_ground(agencies.method, members)}, parsed, folder), **raw}
    held: list[Held] = []
    for number in range(len(cases)):
        held.append(_held(number, made_of, held[0] if held else None))
    return held


def _read(agencies: Agencies, case: Case, bodies: Sequence[str]) -> dict[str, pa.Table]:
    """The raw tables of the forms of these bodies as they are in the case."""
    deliveries = []
    for order, body in enumerate(bodies):
        content = with_lines(
            agencies.form(body),
            agencies.answers[body],
            lambda lines, body=body: change(lines, case) if body == case.body else None,
        )
        sha256 = hashlib.sha256(content).hexdigest()
        deliveries.append(
            Delivery(content, f"{body}.json", sha256, date(2017, 1, 20), False, order)
        )
    return read_submissions(
        deliveries, year=YEAR, methods=[agencies.method], members={BLOCK: agencies.names}
    )


def _of_case(
    number: int, plain: Mapping[str, pa.Table], case: Case, changed: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """The forms as they are but for the changed one, under the codes of the case."""
    files = plain["raw_submission_files"]
    replaced = files.filter(pc.equal(files["body_code"], case.body))["file_sha256"]
    return {
        name: _relabelled(
            number,
            pa.concat_tables(
                [
                    table.filter(pc.invert(pc.is_in(table["file_sha256"], replaced))),
                    changed[name],
                ]
            ),
        )
        for name, table in plain.items()
    }


def _relabelled(number: int, table: pa.Table) -> pa.Table:
    """Bodies and files as those of a case: no two cases have one in common."""
    mark = code_of(number, "")
    for column in {"body_code", "file_sha256"} & set(table.column_names):
        at = table.schema.get_field_index(column)
        marked = pc.binary_join_element_wise(mark, table[column], "")
        table = table.set_column(at, table.schema.field(at), marked)
    return table


def _read_here(files: Sequence[tuple[bytes, str]], on_done: Any = None) -> list[Any]:
    found: list[RawForm | FileRefused] = []
    for content, _ in files:
        try:
            found.append(read_form(content))
        except FileRefusedError as error:
            found.append(FileRefused(error.rule_id, error.detail, error.file_format))
    return found


def _ground(method: Method, members: Mapping[str, str]) -> dict[str, pa.Table]:
    """Methods, and the bodies of all cases as members of the universe of their case."""
    about: Row = {"index_code": INDEX, "block": BLOCK, "assessment_year": YEAR, "is_member": True}
    rows = {
        "raw_bodies": [
            {"body_code": code, "body_name": name, "block": BLOCK} for code, name in members.items()
        ],
        "raw_memberships": [
            {**about, "body_code": code, "universe": universe_of(int(code[1:4]))}
            for code in members
        ],
    }
    return {**method_tables([method], YEAR), **{name: _loose(name, r) for name, r in rows.items()}}


def _loose(name: str, rows: list[Row]) -> pa.Table:
    """Rows as a table of the registry, with null where a row says nothing."""
    columns = registry.table(name).columns
    return pa.Table.from_pylist(rows, schema=pa.schema([(c.name, c.arrow) for c in columns]))


def _marts(
    tables: Mapping[str, pa.Table], parsed: ParsedProject, folder: Path
) -> dict[str, pa.Table]:
    """The scoring marts that dbt builds from raw tables; those not given are empty."""
    sources: dict[str, list[Path]] = {}
    for table in registry.tables(stage="ingest"):
        sources[table.name] = []
        if table.name in tables:
            path = folder / f"{table.name}.parquet"
            path.write_bytes(encode(tables[table.name]))
            sources[table.name] = [path]
    database = folder / "egov.duckdb"
    create(database, sources)
    results = build(parsed, database, select="+idx_scores")
    assert {result.status for result in results} == {"success", "pass"}
    return read_tables(database, MARTS)


def _held(number: int, tables: Mapping[str, pa.Table], plain: Held | None) -> Held:
    """The rows of a case, told by the mark that its bodies and files begin with."""
    mark = code_of(number, "")
    of_case = {
        name: table.filter(pc.starts_with(table[_marked(table)], mark))
        for name, table in tables.items()
    }
    files = of_case["raw_submission_files"].to_pylist()
    body_of = {row["file_sha256"]: row["body_code"].removeprefix(mark) for row in files}
    rows: dict[str, Mapping[Key, Row]] = {}
    for name in (*MARTS, *RAW):
        keyed = _keyed(name, of_case[name].to_pylist(), mark, body_of)
        same = plain.rows[name] if plain else {}
        rows[name] = {k: same[k] if same.get(k) == row else row for k, row in keyed.items()}
    return Held(rows, of_case["ind_observations"], of_case["idx_scores"], universe_of(number))


def _marked(table: pa.Table) -> str:
    return "body_code" if "body_code" in table.column_names else "file_sha256"


def _keyed(name: str, rows: Sequence[Row], mark: str, body_of: Mapping[str, str]) -> dict[Key, Row]:
    """Rows by body and the rest of the declared key."""
    key = [c for c in registry.table(name).key if c not in PROVENANCE and c != "index_code"]
    made: dict[Key, Row] = {}
    for row in rows:
        code = row.get("body_code")
        body = body_of[row["file_sha256"]] if code is None else code.removeprefix(mark)
        place = (body, *(row[column] for column in key))
        made[place] = {column: v for column, v in row.items() if column not in PROVENANCE}
    assert len(made) == len(rows), f"{name}: several rows have the same key"
    return made


# --- what changed, and what may ------------------------------------------------------------------


def changed_rows(before: Held, after: Held, table: str) -> set[Key]:
    """Keys of rows of a table that came, went or differ in any column."""
    one, other = before.rows[table], after.rows[table]
    return {key for key in {*one, *other} if one.get(key) != other.get(key)}


def changed_columns(before: Held, after: Held, table: str, key: Key) -> set[str]:
    """Columns in which a row that is in both differs."""
    one, other = before.rows[table][key], after.rows[table][key]
    return {column for column in one if one[column] != other[column]}


@dataclass(frozen=True)
class Reach:
    """What the tree lets an input touch: criteria that use it, nodes above them; and the same of
    criteria that compare the bodies of the block, where it touches the other bodies too."""

    uses: frozenset[str]
    above: frozenset[str]
    relative: frozenset[str]
    above_relative: frozenset[str]
    uses_below: Mapping[str, int]


def reach_of(method: Method, code: str) -> Reach:
    """The reach of an input, from the tree alone."""
    uses: set[str] = set()
    relative: set[str] = set()
    above: set[str] = set()
    above_relative: set[str] = set()
    below: Counter[str] = Counter()

    def walk(node: Node, over: tuple[str, ...]) -> None:
        if any(use.code == code for use in node.inputs):
            uses.add(node.slug)
            above.update(over)
            below.update((*over, node.slug))
            if node.kind == "normalised_block_max":
                relative.add(node.slug)
                above_relative.update(over)
        inner = over if node.kind == "unscored" else (*over, node.slug)
        for child in node.children:
            walk(child, inner)

    for root in method.roots:
        walk(root, ())
    return Reach(
        frozenset(uses), frozenset(above), frozenset(relative), frozenset(above_relative), below
    )


def cases_of(agencies: Agencies) -> list[Case]:
    """Every line of the form in every kind of change, for one body after the other; what touches
    a relative criterion for every body.

    A cell is taken where there is a value and all criteria that use it have a figure.
    """
    bodies = list(agencies.names)
    statuses = _statuses(agencies)
    cases = []
    for turn, line in enumerate(agencies.form(bodies[0]).lines):
        reach = reach_of(agencies.method, line.input_code)
        fit = [
            body
            for body in bodies[turn % len(bodies) :] + bodies[: turn % len(bodies)]
            if agencies.answers[body][line.input_code].value
            and all(statuses[body, slug] in ("scored", "unscored") for slug in reach.uses)
        ]
        chosen = fit if reach.relative else fit[:1]
        cases += [Case(kind, body, line.input_code) for body in chosen for kind in KINDS]
    return cases


def _statuses(agencies: Agencies) -> dict[tuple[str, str], str]:
    """Status of every node by body and criterion, by the reference engine on the answers."""
    observations = {
        (body, code): _observed(answer)
        for body, answers in agencies.answers.items()
        for code, answer in answers.items()
    }
    return {
        (made.body_code, made.slug): made.status for made in score(agencies.method, observations)
    }


def _observed(answer: Answer) -> Observation:
    if answer.status:
        return Observation(None, answer.status)
    words = {"Có": "1", "Không": "0"}
    return Observation(Decimal(words.get(answer.value, answer.value)), "reported")
