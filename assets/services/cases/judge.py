"""Cells of case records cast and judged: rows of raw_cases, or refused with every reason.

Belongs here: text to declared types, the registry's rules on columns and rows, the signs of
personal data. Does not belong here: files (`stream`), keys, which take all files together.

Each distinct text of a column is read and judged once and remembered; only case numbers are looked
at row by row. The rules are those of the gates (`gates.rules`), so ids and words are the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from assets import registry
from assets.gates.messages import message
from assets.gates.rules import COLUMN_KINDS, RowRule, rules_of
from assets.lake.parquet import PartWriter
from assets.plaintext import plain
from assets.received.setaside import RAW_LENGTH, Reasons
from assets.services import personal
from assets.services.cases.layout import TABLE, FileFault, layout, registered
from assets.services.cases.stream import Frame
from assets.services.cases.texts import Texts

QUARANTINE = "raw_case_quarantine"

#: How the numbers of made-up cases begin.
SYNTHETIC = "SYN-"

Rows = np.ndarray[Any, np.dtype[np.int64]]
#: Rule, column, rows of the frame, the text that stood there.
_Refusal = tuple[str, str, Rows, list[str]]
_DICTIONARY = pa.dictionary(pa.int32(), pa.string())


@dataclass(frozen=True)
class Judged:
    """A frame judged: rows of raw_cases and of raw_case_quarantine, and how many lines were
    refused or blank."""

    accepted: pa.Table
    refused: pa.Table
    lines_refused: int
    lines_blank: int


@cache
def reasons() -> Reasons:
    """The rules that are not of the registry."""
    declared: Reasons = yaml.safe_load(Path(__file__).with_name("reasons.yaml").read_text("utf-8"))
    return declared


@cache
def words() -> Reasons:
    """Reasons and what to do, by the id of any rule that can refuse a line."""
    said = {rule_id: dict(text) for rule_id, text in reasons().items()}
    table = registry.table(TABLE)
    for rule in rules_of(table):
        said[rule.id] = vars(rule.message).copy()
    for column in table.columns:
        unread = message("unread", column=column.name, declared=column.arrow, found="text")
        said[f"{TABLE}.{column.name}.dtype"] = vars(unread).copy()
    return said


def accepted_schema() -> pa.Schema:
    """Schema of accepted rows: that of raw_cases, repeated texts held once."""
    return _held_once(TABLE, plain_names=("case_id",))


def refused_schema() -> pa.Schema:
    """Schema of refused lines: that of raw_case_quarantine, repeated texts held once."""
    return _held_once(QUARANTINE, plain_names=("raw_value",))


def accepted_writer(path: Path) -> PartWriter:
    """Writes a part of raw_cases."""
    return PartWriter(path, accepted_schema(), plain=["case_id", "line_no"])


def refused_writer(path: Path) -> PartWriter:
    """Writes a part of raw_case_quarantine."""
    return PartWriter(path, refused_schema(), plain=["raw_value"])


def _held_once(table: str, plain_names: tuple[str, ...]) -> pa.Schema:
    return pa.schema(
        [
            pa.field(
                field.name,
                _DICTIONARY
                if field.type == pa.string() and field.name not in plain_names
                else field.type,
                nullable=field.nullable,
            )
            for field in registry.table(table).arrow_schema
        ]
    )


class Judge:
    """Judges the frames of one file; `texts` are what is known of texts before."""

    def __init__(
        self,
        texts: Texts,
        *,
        file_sha256: str,
        file_name: str,
        is_synthetic: bool,
        delimiter: str = ",",
    ) -> None:
        self.texts, self.year = texts, texts.year
        self.file_sha256, self.file_name = file_sha256, file_name
        self.is_synthetic, self.delimiter = is_synthetic, delimiter
        self._harmless: set[str] = set()
        rules = rules_of(registry.table(TABLE))
        self._row_rules = [r for r in rules if r.kind not in COLUMN_KINDS and not r.spans_rows]
        self._case_id_rules = [
            r for r in rules if r.kind in COLUMN_KINDS and r.reads == ("case_id",)
        ]

    def judge(self, frame: Frame) -> Judged:
        """Accepted and refused rows. FileFault if a value speaks of a person."""
        rows = len(frame.line_no)
        refusals: list[_Refusal] = []
        if rows:
            self._refuse_undeclared(frame.cells["case_id"])
            typed = {"case_id": self._case_ids(frame.cells["case_id"], refusals)}
            for name in layout().columns:
                if name != "case_id":
                    typed[name] = self._column(name, frame.cells.get(name), rows, refusals)
            blank = _blank(frame)
            refused = np.zeros(rows, dtype=bool)
            for _, _, where, _ in refusals:
                refused[where] = True
            refused |= blank
            refusals += self._judge_rows(typed, refused)
            for _, _, where, _ in refusals:
                refused[where] = True
            refusals = [_without(refusal, blank) for refusal in refusals]
            accepted = self._accepted(typed, frame, ~refused)
            lines_refused = int((refused & ~blank).sum()) + len(frame.ragged)
            lines_blank = int(blank.sum())
        else:
            accepted, lines_blank = accepted_schema().empty_table(), 0
            lines_refused = len(frame.ragged)
        self._refuse_personal(refusals, frame)
        return Judged(accepted, self._refused(refusals, frame), lines_refused, lines_blank)

    def _refuse_undeclared(self, case_ids: pa.StringArray) -> None:
        """Made-up cases are labelled in their numbers; what is labelled must be declared so."""
        if not self.is_synthetic and pc.any(pc.starts_with(case_ids, SYNTHETIC)).as_py():
            raise FileFault("synthetic_not_declared", f"case numbers that begin with {SYNTHETIC}")

    def _case_ids(self, cells: pa.StringArray, refusals: list[_Refusal]) -> pa.StringArray:
        held = pl.DataFrame({"case_id": _series(cells)})
        good = held.select(pl.all_horizontal(rule.ok for rule in self._case_id_rules))
        bad = np.flatnonzero(~good.to_series().to_numpy())
        if not len(bad):
            return cells
        texts = [str(text) for text in cells.take(pa.array(bad)).to_pylist()]
        trimmed = pl.DataFrame(
            {"case_id": [text.strip() or None for text in texts]}, {"case_id": pl.String}
        )
        mended = np.ones(len(bad), bool)
        for rule in self._case_id_rules:
            wrong = np.flatnonzero(~trimmed.select(rule.ok).to_series().to_numpy())
            mended[wrong] = False
            if len(wrong):
                refusals.append((rule.id, "case_id", bad[wrong], [texts[p] for p in wrong]))
        if mended.any():
            values = cells.to_pylist()
            for place in np.flatnonzero(mended):
                values[bad[place]] = texts[place].strip()
            cells = pa.array(values, pa.string())
        return cells

    def _column(
        self, name: str, cells: pa.DictionaryArray | None, rows: int, refusals: list[_Refusal]
    ) -> pa.Array:
        """The column in its declared type; refused values are null in it."""
        declared = registered(name).arrow
        if cells is None:
            return pa.nulls(rows, declared)
        texts = cells.dictionary.to_pylist()
        known = self.texts.known(name, texts)
        places = cells.indices.to_numpy()
        for rule in sorted({rule for _, broken in known for rule in broken}):
            wrong = np.array([rule in broken for _, broken in known])
            where = np.flatnonzero(wrong[places])
            refusals.append((rule, name, where, [texts[place] for place in places[where]]))
        values = [None if broken else value for value, broken in known]
        if declared == pa.string():
            return _of_values(values, places)
        return pa.array(values, declared).take(cells.indices)

    def _judge_rows(self, typed: Mapping[str, pa.Array], lost: Any) -> list[_Refusal]:
        """Failures of rules that compare columns of a row, among rows with good cells."""
        found: list[_Refusal] = []
        for rule in self._row_rules:
            held = pl.DataFrame({name: _series(typed[name]) for name in rule.reads})
            bad = ~held.select(rule.ok).to_series().to_numpy() & ~lost
            where = np.flatnonzero(bad)
            if len(where):
                found.append((rule.id, rule.column, where, _shown(rule, held, where)))
        return found

    def _accepted(self, typed: Mapping[str, pa.Array], frame: Frame, good: Any) -> pa.Table:
        keep = pa.array(good)
        number = int(good.sum())
        columns = {name: column.filter(keep) for name, column in typed.items()}
        columns["line_no"] = pa.array(frame.line_no[good])
        columns["assessment_year"] = pa.array(np.full(number, self.year, np.int32))
        columns["is_synthetic"] = pa.array(np.full(number, self.is_synthetic))
        columns["file_sha256"] = _same(self.file_sha256, number)
        return _table(columns, accepted_schema())

    def _refused(self, refusals: list[_Refusal], frame: Frame) -> pa.Table:
        """Refused lines by line, then column, then rule."""
        lines: list[tuple[int, str, str, str]] = [
            (int(frame.line_no[row]), column, rule, text)
            for rule, column, where, texts in refusals
            for row, text in zip(where, texts, strict=True)
        ]
        lines += [(number, "", "row_shape", text) for number, text in frame.ragged]
        return quarantine_rows(sorted(lines), self.file_sha256, self.file_name, self.year)

    def _refuse_personal(self, refusals: list[_Refusal], frame: Frame) -> None:
        """Only refused values, and codes without a declared form, can speak of a person."""
        for _, column, where, texts in refusals:
            for row, text in zip(where, texts, strict=True):
                _refuse_person(text, int(frame.line_no[row]), column)
        for number, text in frame.ragged:
            for cell in text.split(self.delimiter):
                _refuse_person(cell, number, "")
        if "service_code" in frame.cells:
            codes = frame.cells["service_code"].dictionary.to_pylist()
            for text in codes:
                if text not in self._harmless:
                    _refuse_person(text, 0, "service_code")
            self._harmless.update(codes)


def _refuse_person(text: str, line_no: int, column: str) -> None:
    rule = personal.in_value(text)
    if rule == "person_name" and column == "body_code":
        return  # provinces are named after people
    if rule is not None:
        where = ", ".join(([f"line {line_no}"] if line_no else []) + ([column] if column else []))
        raise FileFault("personal_data", f"{where}: {rule}")


def quarantine_rows(
    lines: Iterable[tuple[int, str, str, str]], file_sha256: str, file_name: str, year: int
) -> pa.Table:
    """Rows of raw_case_quarantine of (line, column, rule, text), in that order."""
    held = list(lines)
    said = [words()[rule] for _, _, rule, _ in held]
    columns = {
        "file_sha256": _same(file_sha256, len(held)),
        "file_name": _same(file_name, len(held)),
        "assessment_year": pa.array(np.full(len(held), year, np.int32)),
        "line_no": pa.array([line for line, _, _, _ in held], pa.int32()),
        "column_name": pa.array([column for _, column, _, _ in held], pa.string()),
        "rule_id": pa.array([rule for _, _, rule, _ in held], pa.string()),
        "raw_value": pa.array([plain(text, RAW_LENGTH) or None for *_, text in held], pa.string()),
        "reason_en": pa.array([text["reason_en"] for text in said], pa.string()),
        "reason_vi": pa.array([text["reason_vi"] for text in said], pa.string()),
        "what_to_do": pa.array([text["what_to_do"] for text in said], pa.string()),
        "replay_command": _same(f"egov run {year}", len(held)),
    }
    return _table(columns, refused_schema())


def _table(columns: Mapping[str, pa.Array], schema: pa.Schema) -> pa.Table:
    arrays = []
    for field in schema:
        column = columns[field.name]
        if field.type == _DICTIONARY and column.type != _DICTIONARY:
            column = column.dictionary_encode()
        arrays.append(column)
    return pa.Table.from_arrays(arrays, schema=schema)


def _series(column: pa.Array) -> pl.Series:
    series = pl.Series(pl.from_arrow(column))
    return series.cast(pl.String) if pa.types.is_dictionary(column.type) else series


def _of_values(values: list[Any], places: Any) -> pa.DictionaryArray:
    """Texts by place; each distinct text is held once, None is null."""
    distinct = {value: code for code, value in enumerate(dict.fromkeys(v for v in values if v))}
    codes = np.array([distinct.get(value, -1) for value in values], np.int32)[places]
    indices = pa.array(codes, pa.int32(), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(indices, pa.array(list(distinct), pa.string()))


def _same(text: str, rows: int) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(rows, np.int32)), pa.array([text], pa.string())
    )


def _blank(frame: Frame) -> Any:
    """Rows of which every cell is empty."""
    empty = np.ones(len(frame.line_no), dtype=bool)
    for name, cells in frame.cells.items():
        if name == "case_id":
            column = pc.equal(pc.utf8_length(cells), 0).to_numpy(zero_copy_only=False)
        else:
            nothing = np.array([not text.strip() for text in cells.dictionary.to_pylist()])
            if not nothing.any():
                return np.zeros(len(frame.line_no), dtype=bool)
            column = nothing[cells.indices.to_numpy()]
        empty &= column
        if not empty.any():
            break
    return empty


def _without(refusal: _Refusal, blank: Any) -> _Refusal:
    rule, column, where, texts = refusal
    keep = ~blank[where]
    if keep.all():
        return refusal
    return rule, column, where[keep], [t for t, k in zip(texts, keep, strict=True) if k]


def _shown(rule: RowRule, held: pl.DataFrame, where: Rows) -> list[str]:
    """The values that a rule looked at, as the gates show them: name=value, name=value."""
    rows = held[where.tolist()]
    return [
        ", ".join(f"{name}={'null' if value is None else value}" for name, value in row.items())
        for row in rows.iter_rows(named=True)
    ]
