"""Unsure answers of checks on their way to a person and back: the review file.

Belongs here: writing the file, reading the decisions in it, and the day a decision was first
made. Does not belong here: which answers are unsure (`reading`), applying decisions (dbt).

A decision speaks only for the very answer that the program gave: the same window, target and check
with the same answer, in whatever round. The file is added to, never begun anew: a later version
takes the place of the earlier one, so an export carries every decision made so far.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assets import registry
from assets.crawl.checks.names import check_names
from assets.entities.rows import Row
from assets.received.reviewed import (
    Entry,
    dated,
    entries_table,
    filled,
    guarded,
    peek,
    read_entries,
    unguarded,
)

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

TABLE = "raw_check_decisions"

#: Columns of the file, in order; the last four are for the person who decides.
COLUMNS = (
    "assessment_year",
    "window_code",
    "round_no",
    "target_id",
    "body_name",
    "check_id",
    "check_vi",
    "found_answer",
    "evidence_url",
    "deciding_words",
    "rule_id",
    "confidence",
    "record_id",
    "check_answer",
    "reason",
    "author",
    "evidence",
)

#: What a decision speaks of.
SPOKEN_OF = ("window_code", "target_id", "check_id", "found_answer")

#: What makes a decision the same one in a later file.
IDENTITY = (*SPOKEN_OF, "check_answer", "decision_reason", "author", "evidence", "is_synthetic")

_FILLED = ("reason", "author", "evidence")
_NOT_OBSERVED = "not_observed"

#: An answer that a decision can speak of.
Spoken = tuple[str, ...]


def export_review(checks: pa.Table, names: Mapping[str, str], decided: pa.Table) -> bytes:
    """The review file of a year: UTF-8 with byte order mark, CRLF.

    `checks` are rows of raw_portal_checks, `decided` of raw_check_decisions, `names` the names of
    bodies by code. One line for each unsure answer of the last round of a window in which its
    check was observed, with its decision if there is one; then the decisions on other answers,
    which would be lost with a new version of the file otherwise.
    """
    answers = _answers(checks)
    decisions = _in_force(decided)
    listed = _unsure(checks)
    for spoken in sorted(decisions.keys() - listed.keys()):
        listed[spoken] = answers.get(spoken, {})
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for spoken, row in listed.items():
        cells = _cells(row, names, decisions.get(spoken))
        writer.writerow([guarded(cells[column]) for column in COLUMNS])
    return buffer.getvalue().encode("utf-8-sig")


def peek_decisions(content: bytes, file_name: str) -> int:
    """The year that a file is about, without judging it. ReviewedFileError unless there is
    exactly one."""
    (year,) = peek(content, file_name, COLUMNS, ("assessment_year",))
    return int(year)


def read_decisions(delivery: Delivery, year: int) -> list[Entry]:
    """The decisions of one file as rows of raw_check_decisions; a line whose check_answer is empty
    has none.

    ReviewedFileError names file, line, column, rule and what to do, for every fault: not UTF-8,
    other columns, another year, a window, round or target that cannot be, an unknown check, an
    answer not of the list, no reason, author or evidence, the same answer decided twice.
    """
    seen: dict[Spoken, int] = {}

    def judge(row: Row) -> Entry | None:
        _locked(row, year)
        if not row.cells["check_answer"].strip():
            _undecided(row)
            return None
        entry = _decision(row, delivery, year)
        first = seen.setdefault(_spoken(entry), row.line_no)
        if first != row.line_no:
            message = f"the same answer of {entry['check_id']} is already decided on line {first}"
            row.fault("check_answer", "twice", message, "Keep one decision on each answer.")
        return entry

    return read_entries(delivery.content, delivery.file_name, COLUMNS, judge)


def decisions_table(documents: Iterable[Sequence[Delivery]], year: int) -> pa.Table:
    """raw_check_decisions from the documents held for the year, each as all its versions, the
    oldest first: the decisions of the last ones, each dated by the version that brought it.
    ReviewedFileError for a last version that cannot be read."""
    return entries_table(
        TABLE,
        [
            entry
            for versions in documents
            for entry in dated(versions, lambda d: read_decisions(d, year), IDENTITY)
        ],
    )


def speak_of_none(decisions: pa.Table, checks: pa.Table) -> list[str]:
    """One line for each decision that speaks of no answer held in raw_portal_checks: it changes
    nothing. A spreadsheet that rewrote a code (2017-02 as a date) is the usual cause."""
    held = _answers(checks)
    return [
        f"line {row['line_no']}: no {row['check_id']} of {row['target_id']} was answered "
        f"{row['found_answer']} in window {row['window_code']}"
        for row in decisions.to_pylist()
        if _spoken(row) not in held
    ]


def _spoken(row: Mapping[str, Any]) -> Spoken:
    return tuple(str(row[column]) for column in SPOKEN_OF)


def _answers(checks: pa.Table) -> dict[Spoken, Entry]:
    """The last row of every answer that was given, by what a decision on it speaks of."""
    rows = sorted(checks.to_pylist(), key=lambda row: row["round_no"])
    return {_spoken({**row, "found_answer": row["check_answer"]}): row for row in rows}


def _unsure(checks: pa.Table) -> dict[Spoken, Entry]:
    last: dict[Spoken, Entry] = {}
    for row in sorted(checks.to_pylist(), key=lambda row: row["round_no"]):
        if row["check_answer"] != _NOT_OBSERVED:
            last[row["window_code"], row["target_id"], row["check_id"]] = row
    return {
        (*key, row["check_answer"]): row for key, row in sorted(last.items()) if row["needs_review"]
    }


def _round_no(row: Row) -> int:
    number, declared = row.number("round_no"), registry.table(TABLE).column("round_no")
    is_number = not any(f.line_no == row.line_no and f.column == "round_no" for f in row.faults)
    if is_number and not (declared.min or 0) <= number <= (declared.max or number):
        message = f"{number} is no round, which are {declared.min} to {declared.max}"
        row.fault("round_no", "bounds", message, "Use the round of the export.")
    return number


def _in_force(decided: pa.Table) -> dict[Spoken, Entry]:
    """The last decision on each answer."""
    rows = sorted(
        decided.to_pylist(), key=lambda r: (r["known_at"], r["file_sha256"], r["line_no"])
    )
    return {_spoken(row): row for row in rows}


def _cells(row: Entry, names: Mapping[str, str], decision: Entry | None) -> dict[str, str]:
    """The cells of a line. `row` is empty for a decision on an answer that is not held any more."""
    said = {**decision, **row} if decision else row
    found = decision["found_answer"] if decision else row["check_answer"]
    body_code = row.get("body_code", "")
    cells = {
        column: "" if said.get(column) is None else str(said[column])
        for column in COLUMNS
        if column not in _FILLED
    }
    return {
        **cells,
        "body_name": names.get(body_code, body_code),
        "check_vi": check_names()[said["check_id"]].vi,
        "found_answer": found,
        "check_answer": decision["check_answer"] if decision else "",
        "reason": decision["decision_reason"] if decision else "",
        "author": decision["author"] if decision else "",
        "evidence": decision["evidence"] if decision else "",
    }


def _locked(row: Row, year: int) -> None:
    """Notes faults of the columns that are not for the person who decides."""
    if row.cells["assessment_year"] != str(year):
        message = f"{row.cells['assessment_year']!r} is not the year {year}"
        what_to_do = "Keep a file to one year, written as 2016."
        row.fault("assessment_year", "year", message, what_to_do)
    declared = registry.table(TABLE)
    for column in ("window_code", "target_id"):
        row.matching(column, declared.column(column).pattern or "")
    row.coded("found_answer", declared.column("found_answer").codes)
    name = check_names().get(row.cells["check_id"])
    if name is None:
        message = f"{row.cells['check_id']!r} is no check"
        row.fault("check_id", "unknown_check", message, "Use the check's code of the export.")
        return
    found = unguarded(unicodedata.normalize("NFC", row.cells["check_vi"]))
    if found != name.vi:
        message = f"{found!r} stands where {name.vi!r} was exported"
        what_to_do = "Fill in check_answer, reason, author and evidence; leave the rest alone."
        row.fault("check_vi", "locked_column", message, what_to_do)


def _undecided(row: Row) -> None:
    for column in _FILLED:
        if row.cells[column].strip():
            message = f"{column} is filled in but no answer is given"
            row.fault("check_answer", "answer_missing", message, "Give the answer, or clear it.")
            return


def _decision(row: Row, delivery: Delivery, year: int) -> Entry:
    said = {column: filled(row, column) for column in _FILLED}
    for column in (column for column, words in said.items() if not words):
        row.fault(column, "required", "the cell is empty", "Fill it in.")
    return {
        "file_sha256": delivery.file_sha256,
        "line_no": row.line_no,
        "assessment_year": year,
        "window_code": row.cells["window_code"],
        "round_no": _round_no(row),
        "target_id": row.cells["target_id"],
        "check_id": row.cells["check_id"],
        "found_answer": row.cells["found_answer"],
        "check_answer": row.coded(
            "check_answer", registry.table(TABLE).column("check_answer").codes
        ),
        "decision_reason": said["reason"],
        "author": said["author"],
        "evidence": said["evidence"],
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
    }
