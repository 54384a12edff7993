"""Judge one frame by the declaration of its table.

Belongs here: the order of judging (columns, types, rows, whole table) and the result. Does not
belong here: what the rules say (`rules`, `table_rules`), taking rows out (`rows`), showing
results (`report`).

pandera alone would miss rows: where a column cannot be read as its declared type, its checks on
the other rows of that column end in an error. So types are judged first, value by value; what
can be read is cast, and pandera then sees a frame of the declared types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl
import pyarrow as pa
from pandera.errors import SchemaErrors

from assets.gates.failures import as_arrow, of_rows, of_table
from assets.gates.messages import GateError, message
from assets.gates.rules import RowRule, rules_of
from assets.gates.schema import POLARS, rows_schema_of, schema_of
from assets.gates.table_rules import Context, judge
from assets.registry import Column, Table

_TEXT = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
_PLAIN = (
    *_TEXT,
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal128,
    pa.types.is_date,
    pa.types.is_timestamp,
)


@dataclass(frozen=True)
class RuleResult:
    """One rule that was judged; `failing` counts its lines in the failure table (for a rule on
    rows: the rows that fail)."""

    rule_id: str
    kind: str
    failing: int

    @property
    def passed(self) -> bool:
        return self.failing == 0


@dataclass(frozen=True)
class GateResult:
    """What a gate found. `rules` lists every rule that was judged, passed or not; after a fault
    of the columns nothing else is judged, after a fault of a type no rule over the whole table.
    `failures` has the schema `failures.FAILURES`, in the order of the rules, then of the rows."""

    table: str
    rows: int
    rules: tuple[RuleResult, ...]
    failures: pa.Table

    @property
    def passed(self) -> bool:
        return all(rule.passed for rule in self.rules)


class Findings:
    """Rules in the order judged, with the failures of each."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.parts: dict[str, list[pl.DataFrame]] = {}

    def add(self, rule_id: str, kind: str, *failures: pl.DataFrame) -> None:
        self.kinds[rule_id] = kind
        self.parts.setdefault(rule_id, []).extend(failures)

    def result(self, table: Table, rows: int) -> GateResult:
        failures = as_arrow([part for parts in self.parts.values() for part in parts])
        failing = Counter(failures["rule_id"].to_pylist())
        rules = tuple(RuleResult(rule, kind, failing[rule]) for rule, kind in self.kinds.items())
        return GateResult(table=table.name, rows=rows, rules=rules, failures=failures)


@dataclass(frozen=True)
class Held:
    """A frame of the declared columns: the values as held, as far as they could be read as the
    declared types, and the rows of those that could not, by column."""

    held: pl.DataFrame
    typed: pl.DataFrame
    unread: dict[str, set[int]]

    def lost(self, rule: RowRule) -> set[int]:
        """Rows of which the rule has nothing to say: a value that cannot be read has its own
        failure; as a null it would also fail others."""
        return set().union(*(self.unread.get(name, ()) for name in rule.reads))


def _column_faults(table: Table, names: list[str]) -> list[pl.DataFrame]:
    """Failures of `<table>.columns`: missing, undeclared or repeated columns, else their order."""
    declared = table.column_names
    faults = [(n, f"{n} is missing", f"thiếu {n}") for n in declared if n not in names]
    for name, times in Counter(names).items():
        if name not in declared:
            faults.append((name, f"{name} is not declared", f"{name} không có trong khai báo"))
        elif times > 1:
            faults.append((name, f"{name} comes {times} times", f"{name} có {times} lần"))
    if not faults and tuple(names) != declared:
        name = next(n for n, d in zip(names, declared, strict=True) if n != d)
        faults = [(name, f"{name} is out of order", f"{name} sai thứ tự")]
    return [
        of_table(
            f"{table.name}.columns",
            message("columns", detail_en=en, detail_vi=vi),
            column=name,
        )
        for name, en, vi in faults
    ]


def _read(series: pl.Series, declared: pl.DataType) -> pl.Series:
    """The values that can be read as the declared type without loss; null for the others."""
    try:
        read = series.cast(declared, strict=False)
        if series.dtype != pl.String:
            same = read.cast(series.dtype, strict=False) == series
            read = pl.select(pl.when(same).then(read)).to_series().alias(series.name)
    except pl.exceptions.PolarsError:
        read = pl.Series(series.name, [None] * len(series), dtype=declared)
    return read


def _type_faults(
    table: Table, column: Column, found: pa.DataType, frame: pl.DataFrame, read: pl.Series
) -> tuple[list[pl.DataFrame], set[int]]:
    """Failures of a column of the wrong type: one for the column, one a value that cannot be
    read; and the rows of those values."""
    rule_id = f"{table.name}.{column.name}.dtype"
    words = {"column": column.name, "declared": column.arrow, "found": found}
    failures = [of_table(rule_id, message("dtype", **words), column=column.name)]
    rows = (frame[column.name].is_not_null() & read.is_null()).arg_true().to_list()
    if rows:
        failures.append(
            of_rows(
                table,
                frame,
                rows,
                rule_id=rule_id,
                column=column.name,
                reads=[column.name],
                messages=message("unread", **words),
            )
        )
    return failures, set(rows)


def _failing_rows(table: Table, typed: pl.DataFrame, *, whole: bool) -> dict[str, list[int]]:
    """Rows (0-based, ascending) that fail, by rule id, as pandera finds them on a typed frame."""
    schema = schema_of(table) if whole else rows_schema_of(table)
    try:
        schema.validate(typed, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.select("column", "check", "index")
    else:
        return {}
    known = {rule.id for rule in rules_of(table)}
    failing: dict[str, list[int]] = {}
    for column, check, row in cases.sort("index").iter_rows():
        rule_id = f"{table.name}.{column}.nullable" if check == "not_nullable" else check
        if row is None or rule_id not in known:
            raise GateError(
                f"{table.name}: pandera could not judge {column or 'the frame'}: {check}"
            )
        failing.setdefault(rule_id, []).append(row)
    return failing


def _row_failures(
    table: Table, rule: RowRule, frame: pl.DataFrame, rows: list[int]
) -> list[pl.DataFrame]:
    if not rows:
        return []
    return [
        of_rows(
            table,
            frame,
            rows,
            rule_id=rule.id,
            column=rule.column,
            reads=rule.reads,
            messages=rule.message,
        )
    ]


def judge_rows(
    table: Table, frame: pa.Table, findings: Findings, *, whole: bool = True
) -> Held | None:
    """Judge columns, types, rows and, of a whole table, keys. None when the columns are wrong."""
    if not isinstance(frame, pa.Table):
        raise TypeError(
            f"{table.name}: a gate checks a pyarrow.Table in memory, got {type(frame).__name__}"
        )
    faults = _column_faults(table, frame.column_names)
    findings.add(f"{table.name}.columns", "columns", *faults)
    if faults:
        return None

    held = pl.DataFrame([_series(name, frame[name]) for name in frame.column_names])
    unread: dict[str, set[int]] = {}
    typed = held
    for column in table.columns:
        failures: list[pl.DataFrame] = []
        found = frame.schema.field(column.name).type
        if not _is_declared(column, found):
            read = _read(held[column.name], POLARS[column.type])
            failures, unread[column.name] = _type_faults(table, column, found, held, read)
            typed = typed.with_columns(read)
        findings.add(f"{table.name}.{column.name}.dtype", "dtype", *failures)

    known = Held(held, typed, unread)
    failing = _failing_rows(table, typed, whole=whole)
    for rule in rules_of(table):
        if whole or not rule.spans_rows:
            lost = known.lost(rule)
            rows = [row for row in failing.get(rule.id, []) if row not in lost]
            findings.add(rule.id, rule.kind, *_row_failures(table, rule, held, rows))
    return known


def _is_any(arrow: pa.DataType, tests: tuple[Callable[[pa.DataType], bool], ...]) -> bool:
    return any(test(arrow) for test in tests)


def _is_declared(column: Column, arrow: pa.DataType) -> bool:
    """Whether the Arrow type is the declared one; any of Arrow's layouts of text is text."""
    return arrow == column.arrow or (column.type == "string" and _is_any(arrow, _TEXT))


def _series(name: str, column: pa.ChunkedArray) -> pl.Series:
    """The column in polars; types that no table declares and polars may not hold become text."""
    if _is_any(column.type, _PLAIN):
        return pl.Series(name, pl.from_arrow(column))
    values = [None if value is None else str(value) for value in column.to_pylist()]
    return pl.Series(name, values, dtype=pl.String)


def check_rows(table: Table, frame: pa.Table) -> GateResult:
    """As `check`, without the rules over the whole table: what can be said row by row."""
    findings = Findings()
    judge_rows(table, frame, findings)
    return findings.result(table, frame.num_rows)


def check(table: Table, frame: pa.Table, context: Context | None = None) -> GateResult:
    """Judge a frame by every rule of its table and find every row that fails.

    Rule ids: `<table>.columns` (exactly the declared columns in order), `<table>.<column>.<kind>`
    (dtype, nullable, range, codes, pattern, length, status), `<table>.key`, and the ids of
    declared rules. Bad data is a result, not an exception. TypeError if `frame` is not a
    pyarrow.Table; GateError if a rule is declared wrongly or its context is not given.
    """
    findings = Findings()
    known = judge_rows(table, frame, findings)
    if known is not None and not known.unread:
        for rule in table.table_rules:
            if rule.kind != "unique":
                findings.add(rule.id, rule.kind, *judge(table, rule, known.typed, context))
    return findings.result(table, frame.num_rows)
