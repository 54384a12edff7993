"""Judge a table that is too large for memory, part by part.

Belongs here: the same rules, ids and failures as `check`, over frames that are read one after the
other. A frame in which a rule on rows may find fault goes to pandera, which says where. Rules that
compare rows with each other (the key, declared unique) look at one number a row, and at the rows
themselves only where two numbers agree. Rules over the whole table are given the columns they read
and no others.

Does not belong here: where the frames come from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
import polars as pl
import pyarrow as pa

from assets.gates.check import Findings, GateResult, Held, is_declared, judge_rows, series_of
from assets.gates.failures import PLACES, of_rows
from assets.gates.rules import RowRule, rules_of
from assets.gates.table_rules import Context, judge
from assets.lake.ahead import ahead
from assets.registry import Rule, Table

#: Numbers of rows, as polars hashes them (64 bits).
Numbers = np.ndarray[Any, np.dtype[np.uint64]]

#: Lowest bits by which most numbers are told apart from the wanted ones.
_LOW_BITS = 20
_LOW = np.uint64((1 << _LOW_BITS) - 1)


class Parts(Protocol):
    """A table in parts: its frames in order, the same at each reading; `columns` narrows them."""

    def frames(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The frames, each small enough for memory; at least one, empty if there is no row."""


def check_parts(table: Table, parts: Parts, context: Context | None = None) -> GateResult:
    """As `check` of all frames in one: the same rules, failures and numbers of rows.

    `row_no` of a failure counts through all parts. GateError and TypeError as `check`.
    """
    findings = Findings()
    numbers: dict[str, list[Numbers]] = {rule.id: [] for rule in _spanning(table)}
    rows, columns_right, types_right = 0, True, True
    for judged in ahead(partial(_judged, table), parts.frames()):
        _merge(findings, judged.findings, rows)
        rows += judged.rows
        columns_right = columns_right and judged.columns_right
        types_right = types_right and judged.types_right
        for rule_id, each in judged.numbers.items():
            numbers[rule_id].append(each)
    if columns_right:
        for rule in _spanning(table):
            twice = come_twice(numbers.pop(rule.id))
            findings.add(rule.id, rule.kind, *_repeated(table, rule, parts, twice))
    if columns_right and types_right:
        for declared in table.table_rules:
            if declared.kind != "unique":
                columns = _columns_read(table, declared, parts)
                findings.add(declared.id, declared.kind, *judge(table, declared, columns, context))
    return findings.result(table, rows)


@dataclass(frozen=True)
class _Judged:
    """What the rules on rows find in one frame, and its numbers by rule that compares rows."""

    findings: Findings
    rows: int
    columns_right: bool
    types_right: bool
    numbers: dict[str, Numbers]


def _judged(table: Table, frame: pa.Table) -> _Judged:
    found = Findings()
    known = _all_good(table, frame, found) or judge_rows(table, frame, found, whole=False)
    if known is None:
        return _Judged(found, frame.num_rows, False, True, {})
    numbers = {rule.id: _numbers(known.typed, rule) for rule in _spanning(table)}
    return _Judged(found, frame.num_rows, True, not known.unread, numbers)


def _spanning(table: Table) -> list[RowRule]:
    """Rules that compare rows with each other."""
    return [rule for rule in rules_of(table) if rule.spans_rows]


def key_numbers(table: Table, frame: pa.Table) -> Numbers:
    """One number a row for the key; equal keys have equal numbers, in every process that has the
    same polars. Unequal keys may share one by chance."""
    (key,) = (rule for rule in rules_of(table) if rule.kind == "key")
    return _numbers(_frame(frame.select(list(key.reads))), key)


def come_twice(numbers: Sequence[Numbers]) -> Numbers:
    """The numbers that come more than once in all of them, ascending."""
    given = np.concatenate([np.empty(0, np.uint64), *numbers])
    together = pl.Series(given).sort().to_numpy()  # by all cores: a third of numpy's time
    return np.unique(together[1:][together[1:] == together[:-1]])


def places_of(numbers: Numbers, wanted: Numbers) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Places of the numbers that are among `wanted`, ascending."""
    possible = np.zeros(1 << _LOW_BITS, bool)
    possible[wanted & _LOW] = True
    places = np.flatnonzero(possible[numbers & _LOW])
    return places[np.isin(numbers[places], wanted)]


def _merge(into: Findings, found: Findings, rows_before: int) -> None:
    for rule_id, kind in found.kinds.items():
        said_before = bool(into.parts.get(rule_id))
        for part in found.parts[rule_id]:
            of_frame = part["row_no"].null_count() == part.height
            if not (of_frame and said_before):  # what is said of all rows is said once
                into.add(rule_id, kind, part.with_columns(pl.col("row_no") + rows_before))
        into.add(rule_id, kind)


def _numbers(typed: pl.DataFrame, rule: RowRule) -> Numbers:
    """One number a row for the columns of a rule; equal rows have equal numbers."""
    number = typed.select(pl.struct(rule.reads).hash()).to_series()
    return number.to_numpy()


def _frame(frame: pa.Table) -> pl.DataFrame:
    return pl.DataFrame([series_of(name, frame[name]) for name in frame.column_names])


def _all_good(table: Table, frame: pa.Table, findings: Findings) -> Held | None:
    """The frame, if no rule on rows finds fault; None if one may, then pandera says where.

    A rule on one column is asked about each text that the frame holds once, not about each row.
    """
    if frame.column_names != list(table.column_names) or not all(
        is_declared(column, frame.schema.field(column.name).type) for column in table.columns
    ):
        return None
    rules = [rule for rule in rules_of(table) if not rule.spans_rows]
    of_texts = [rule for rule in rules if _texts(frame, rule) is not None]
    if not all(_holds(_texts(frame, rule), [rule]) for rule in of_texts):
        return None
    others = [rule for rule in rules if rule not in of_texts]
    read = {name for rule in rules_of(table) for name in rule.reads if rule not in of_texts}
    held = _frame(frame.select([name for name in table.column_names if name in read]))
    if not _holds(held, others):
        return None
    findings.add(f"{table.name}.columns", "columns")
    for column in table.columns:
        findings.add(f"{table.name}.{column.name}.dtype", "dtype")
    for rule in rules:
        findings.add(rule.id, rule.kind)
    return Held(held, held, {})


def _texts(frame: pa.Table, rule: RowRule) -> pl.DataFrame | None:
    """The distinct texts of the one column that a rule reads, null among them if there is any;
    None if the frame does not hold them once."""
    name, *others = rule.reads
    if others or not pa.types.is_dictionary(frame.schema.field(name).type):
        return None
    column = frame[name]
    texts = [chunk.dictionary.cast(pa.string()) for chunk in column.chunks]
    missing = [pa.nulls(1, pa.string())] if column.null_count else []
    return pl.DataFrame({name: pl.from_arrow(pa.chunked_array([*texts, *missing], pa.string()))})


def _holds(held: pl.DataFrame | None, rules: Sequence[RowRule]) -> bool:
    if held is None or not rules:
        return True
    found = held.select(rule.ok.all().alias(str(place)) for place, rule in enumerate(rules))
    return all(found.row(0))


def _read_for(table: Table, rule: RowRule) -> list[str]:
    """Columns that a rule reads and its failures show, in declared order."""
    wanted = {*rule.reads, *PLACES, *table.key}
    return [name for name in table.column_names if name in wanted]


def _repeated(table: Table, rule: RowRule, parts: Parts, twice: Numbers) -> list[pl.DataFrame]:
    """Failures of a rule that compares rows: exact, among the rows whose numbers agree."""
    if not len(twice):
        return []
    candidates, rows_before = [], 0
    for frame in parts.frames(_read_for(table, rule)):
        held = _frame(frame).with_row_index("__row", offset=rows_before)
        rows_before += frame.num_rows
        candidates.append(held[places_of(_numbers(held, rule), twice)])
    rows = pl.concat(candidates)
    rows = rows.filter(~rows.select(rule.ok).to_series())
    if rows.is_empty():
        return []
    failed = of_rows(
        table,
        rows.drop("__row"),
        range(rows.height),
        rule_id=rule.id,
        column=rule.column,
        reads=rule.reads,
        messages=rule.message,
    )
    return [failed.with_columns(rows["__row"].cast(pl.Int64).alias("row_no"))]


def _columns_read(table: Table, rule: Rule, parts: Parts) -> pl.DataFrame:
    """The columns that a rule over the whole table reads, and that its failures show."""
    named = {*PLACES, *table.key, *_words_in(rule.params)}
    columns = [name for name in table.column_names if name in named]
    return pl.concat(_frame(frame) for frame in parts.frames(columns))


def _words_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _words_in(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _words_in(inner)
