"""Rows of the raw_submission_* tables, in the columns and order that the registry declares.

Belongs here: turning judged files into rows, and outside text into text fit to be shown. Does not
belong here: any rule about files, heads or lines.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from assets import registry
from assets.plaintext import HIDDEN, plain
from assets.received.delivery import Delivery
from assets.received.refusal import FileRefused
from assets.submissions.answers import Accepted, Judged
from assets.submissions.form import Form
from assets.submissions.rawform import RawForm
from assets.submissions.reasons import reasons

#: Characters of a cell that a table keeps to show what stood there.
RAW_LENGTH = 200

Row = dict[str, Any]


@dataclass(frozen=True)
class ReadForm:
    """An accepted form: as it came back, as it was sent out, and its lines."""

    raw: RawForm
    form: Form
    lines: Judged


@dataclass(frozen=True)
class ReadFile:
    """A delivery and what became of it. `form_id` is as the file says it; `body_code` is None if
    the body is not a member; `form` is the one sent out, as far as it is known."""

    delivery: Delivery
    outcome: ReadForm | FileRefused
    form_id: str | None = None
    body_code: str | None = None
    form: Form | None = None


@dataclass(frozen=True)
class Version:
    """Which version of its body's form a file is."""

    version_no: int
    supersedes_sha256: str | None
    is_current: bool


def submission_tables(
    files: list[tuple[ReadFile, Version]], assessment_year: int
) -> dict[str, pa.Table]:
    """The four tables of the files of a year."""
    rows: dict[str, list[Row]] = {
        f"raw_submission_{part}": [] for part in ("files", "values", "counts", "quarantine")
    }
    for file, version in files:
        about = {"assessment_year": assessment_year, "file_sha256": file.delivery.file_sha256}
        rows["raw_submission_files"].append({**about, **_file(file, version)})
        if isinstance(file.outcome, FileRefused):
            continue
        about["body_code"] = file.outcome.form.body_code
        rows["raw_submission_counts"].append({**about, **_counts(file.outcome.lines)})
        for value in _values(file.outcome, file.delivery):
            rows["raw_submission_values"].append(
                {
                    **about,
                    **value,
                    "version_no": version.version_no,
                    "is_current": version.is_current,
                }
            )
        for fault in _faults(file.outcome):
            rows["raw_submission_quarantine"].append(
                {
                    **about,
                    **fault,
                    "file_name": file.delivery.file_name,
                    "is_current": version.is_current,
                    "replay_command": f"egov run {assessment_year}",
                }
            )
    return {name: _table(name, made) for name, made in rows.items()}


def shown(text: str) -> str:
    """Outside text as a table keeps it to show what stood there."""
    return plain(text, RAW_LENGTH)


def _remark(text: str) -> str | None:
    """Evidence or note of a body: line ends as they are, other invisible signs as U+FFFD."""
    signs = (
        "\ufffd" if unicodedata.category(sign) in HIDDEN and sign not in "\n\t" else sign
        for sign in text.replace("\r\n", "\n").strip()
    )
    return "".join(signs) or None


def _table(name: str, rows: list[Row]) -> pa.Table:
    table = registry.table(name)
    frame = pa.Table.from_pylist(rows, schema=table.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in table.sort])


def _words(rule_id: str) -> Row:
    declared = reasons()[rule_id]
    return {key: declared[key] for key in ("reason_en", "reason_vi", "what_to_do")}


def _file(file: ReadFile, version: Version) -> Row:
    delivery, outcome = file.delivery, file.outcome
    row: Row = {
        "file_name": delivery.file_name,
        "body_code": file.body_code,
        "form_id": None if file.form_id is None else shown(file.form_id),
        "is_current": version.is_current,
        "version_no": version.version_no,
        "supersedes_sha256": version.supersedes_sha256,
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
        "size_bytes": len(delivery.content),
    }
    if file.form is not None:
        row |= _series(file.form)
    if not isinstance(outcome, FileRefused):
        return {**row, "file_format": outcome.raw.file_format, "file_state": "accepted"}
    return {
        **row,
        "file_format": outcome.file_format,
        "file_state": "rejected",
        "rule_id": outcome.rule_id,
        "raw_value": shown(outcome.detail),
        **_words(outcome.rule_id),
    }


def _series(form: Form) -> Row:
    method = form.method
    return {"index_code": method.index_code, "regime": method.regime, "block": method.block}


def _counts(lines: Judged) -> Row:
    return {
        "rows_in": lines.rows_in,
        "rows_accepted": len(lines.accepted),
        "rows_quarantined": len(lines.set_aside),
        "rows_blank": lines.rows_blank,
    }


def _values(read: ReadForm, delivery: Delivery) -> Iterator[Row]:
    form = read.form
    about = f"{form.assessment_year}:submission/{form.body_code}/{delivery.file_sha256[:12]}"
    for entry in read.lines.accepted:
        yield {
            **_series(form),
            **_said(entry, read.raw),
            "value_key": f"{about}/{entry.line.input_code}",
            "known_at": delivery.known_at,
            "is_synthetic": delivery.is_synthetic,
        }


def _said(entry: Accepted, raw: RawForm) -> Row:
    return {
        "input_code": entry.line.input_code,
        "value": entry.figure and entry.figure.value,
        "class_code": entry.figure and entry.figure.class_code,
        "observation_state": entry.state,
        "raw_text": shown(entry.raw.cell(entry.column).text),
        "sheet_name": raw.sheet_name,
        "cell_ref": raw.place(entry.raw, entry.column),
        "evidence_text": _remark(entry.raw.cell("evidence").text),
        "body_comment": _remark(entry.raw.cell("note").text),
        "parser_rule": entry.rule,
    }


def _faults(read: ReadForm) -> Iterator[Row]:
    for entry in read.lines.set_aside:
        yield {
            "input_code": shown(entry.raw.input_code) or None,
            "sheet_name": read.raw.sheet_name,
            "cell_ref": read.raw.place(entry.raw, entry.column),
            "rule_id": entry.rule_id,
            "raw_value": shown(entry.raw.cell(entry.column).text) or None,
            **_words(entry.rule_id),
        }
