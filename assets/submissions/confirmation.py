"""The round of confirmation: merged figures go out to a body, its answers come back.

Belongs here: writing and reading the CSV file of one body. The body fills in the last three
columns; all others are locked. An answer speaks only for the very value in `figure`.

A body's later file takes the place of its earlier one, so an export carries the answers that
still stand, for the body to keep or change.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from assets import registry
from assets.entities.rows import Row
from assets.received.reviewed import (
    Entry,
    ReviewedFileError,
    dated,
    entries_table,
    filled,
    guarded,
    peek,
    read_entries,
    unguarded,
)
from assets.submissions.asked import Asked, Key, asked_entry, figure, key_of
from assets.submissions.form import unit_words

if TYPE_CHECKING:
    from assets.method.model import Input
    from assets.received.delivery import Delivery

TABLE = "raw_confirmations"

#: Columns of the file, in order; the last three are for the body.
COLUMNS = (
    "assessment_year",
    "index_code",
    "body_code",
    "body_name",
    "input_code",
    "input_vi",
    "input_en",
    "unit",
    "figure",
    "observation_state",
    "answer",
    "comment",
    "author",
)

#: Answers -> the words that are read for them; the first is written.
ANSWER_WORDS: dict[str, tuple[str, str]] = {
    "confirmed": ("Xác nhận", "confirmed"),
    "disputed": ("Có ý kiến khác", "disputed"),
}

#: What makes an answer the same one in a later file.
IDENTITY = (
    "index_code",
    "body_code",
    "input_code",
    "figure",
    "answer",
    "decision_reason",
    "author",
    "is_synthetic",
)

_ANSWERS = {word.casefold(): code for code, words in ANSWER_WORDS.items() for word in words}


def figures(observations: pa.Table) -> dict[Key, str]:
    """The text of every figure in ind_observations, by index, body and input."""
    return {key_of(row): row["figure"] or "" for row in observations.to_pylist()}


def export_confirmation(observations: pa.Table, asked: Asked) -> bytes:
    """The file for one body: UTF-8 with byte order mark, CRLF, one line a figure in the order of
    the method. `observations` are rows of ind_observations of that one body."""
    texts = figures(observations)
    rows = {key_of(row): row for row in observations.to_pylist()}
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for index, body in sorted({(index, body) for index, body, _ in rows}):
        for code, entry in asked.inputs(index, body).items():
            key = (index, body, code)
            if key in rows:
                cells = {
                    **_labels(entry, asked, body),
                    "assessment_year": str(asked.year),
                    "index_code": index,
                    "body_code": body,
                    "input_code": code,
                    "figure": texts[key],
                    "observation_state": rows[key]["observation_state"],
                    **_standing(rows[key]),
                }
                writer.writerow([guarded(cells[column]) for column in COLUMNS])
    return buffer.getvalue().encode("utf-8-sig")


def peek_confirmation(content: bytes, file_name: str) -> tuple[int, str]:
    """Year and body that a file is about, without judging it. ReviewedFileError unless it
    speaks of exactly one of each."""
    year, body = peek(content, file_name, COLUMNS, ("assessment_year", "body_code"))
    return int(year), body


def read_confirmation(delivery: Delivery, asked: Asked) -> list[Entry]:
    """The answers of one file as rows of raw_confirmations; a line without answer has none.

    ReviewedFileError names file, line, column, rule and what to do, for every fault: not
    UTF-8, other columns, a locked cell changed, more than one body, a figure twice, an unknown
    word, an answer without author, a dispute without comment, a comment without answer.
    """
    year, _ = peek_confirmation(delivery.content, delivery.file_name)
    if year != asked.year:
        raise ReviewedFileError(
            f"{delivery.file_name}: is about {year}, not {asked.year} [year] "
            f"Take it in for its own year."
        )
    seen: dict[Key, int] = {}

    def judge(row: Row) -> Entry | None:
        entry = asked_entry(row, asked)
        if entry is not None:
            _locked(row, entry, asked)
            first = seen.setdefault(key_of(row.cells), row.line_no)
            if first != row.line_no:
                message = f"{entry.code} is already on line {first}"
                row.fault("input_code", "twice", message, "Keep one line for each figure.")
        return _answered(row, delivery, year)

    return read_entries(delivery.content, delivery.file_name, COLUMNS, judge)


def confirmations_table(documents: Iterable[Sequence[Delivery]], asked: Asked) -> pa.Table:
    """raw_confirmations from the documents held for the year, each as all its versions, the
    oldest first: the answers of the last ones, each dated by the version that brought it."""
    return entries_table(
        TABLE,
        [
            entry
            for versions in documents
            for entry in dated(versions, lambda d: read_confirmation(d, asked), IDENTITY)
        ],
    )


def _labels(entry: Input, asked: Asked, body_code: str) -> dict[str, str]:
    """Locked cells that only say in words what the codes mean."""
    return {
        "body_name": asked.name(body_code) or "",
        "input_vi": entry.name_vi,
        "input_en": entry.name_en,
        "unit": unit_words(entry.unit),
    }


def _standing(row: Entry) -> dict[str, str]:
    """The answer that made the figure's present state, as cells for the body to keep or change."""
    if row["origin"] != "confirmation":
        return {"answer": "", "comment": "", "author": ""}
    code = "disputed" if row["observation_state"] == "disputed" else "confirmed"
    return {
        "answer": ANSWER_WORDS[code][0],
        "comment": row["decision_reason"] or "",
        "author": row["author"] or "",
    }


def _locked(row: Row, entry: Input, asked: Asked) -> None:
    for column, expected in _labels(entry, asked, row.cells["body_code"]).items():
        found = unguarded(unicodedata.normalize("NFC", row.cells[column]))
        if found != expected:
            message = f"{found!r} stands where {expected!r} was exported"
            what_to_do = "Answer in answer, comment and author; leave the other columns alone."
            row.fault(column, "locked_column", message, what_to_do)
    row.coded(
        "observation_state", registry.table("ind_observations").column("observation_state").codes
    )


def _answered(row: Row, delivery: Delivery, year: int) -> Entry | None:
    """The row of raw_confirmations, None for a line without an answer."""
    spoken_of = figure(row)
    word, comment, author = (filled(row, column) for column in ("answer", "comment", "author"))
    if not word:
        if comment:
            message = "there is a comment but no answer"
            words = " or ".join(repr(words[0]) for words in ANSWER_WORDS.values())
            row.fault("answer", "comment_without_answer", message, f"Write {words}.")
        return None
    code = _ANSWERS.get(word.casefold())
    if code is None:
        message = f"{word!r} is no answer"
        allowed = ", ".join(word for words in ANSWER_WORDS.values() for word in words)
        row.fault("answer", "answer_word", message, f"Write one of {allowed}, or leave it blank.")
    if not author:
        message = "the answer has no author"
        row.fault("author", "author", message, "Name who answers for the body.")
    if code == "disputed" and not comment:
        message = "the figure is disputed without a comment"
        row.fault("comment", "dispute_without_comment", message, "Say what is right and why.")
    return {
        "file_sha256": delivery.file_sha256,
        "line_no": row.line_no,
        "assessment_year": year,
        "index_code": row.cells["index_code"],
        "body_code": row.cells["body_code"],
        "input_code": row.cells["input_code"],
        "figure": spoken_of,
        "answer": code,
        "decision_reason": comment or None,
        "author": author,
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
    }
