"""The rules that judge a row, and the key: each a polars expression, true when all is well.

Belongs here: turning the registry's columns, row rules and keys into expressions. Does not
belong here: running them (`schema`, `check`) and rules over the whole table (`table_rules`).

A null in a row rule (`sum_of`, `at_most`): where a null stands in a column that may be null,
the rule does not apply to the row; any other null is a failure, never a silent pass. A null in a
column that `required_when` looks at is none of its values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import Any, TypeVar

import polars as pl

from assets.gates.messages import GateError, Message, bounds, message
from assets.registry import Column, Rule, Table

#: Status codes that say there is a figure, and those that say why there is none. Every code of
#: every status column of the registry is in exactly one of the two.
WITH_FIGURE = frozenset(
    {"reported", "approximate", "printed", "derived", "shared_last", "scored", "measured"}
)
WITHOUT_FIGURE = frozenset(
    {
        "share_only",
        "by_part",
        "no_figure",
        "no_service",
        "none_arisen",
        "unreadable",
        "not_stated",
        "not_published",
        "not_applicable",
        "not_printed",
        "unscored",
        "missing",
        "disputed",
        "zero_denominator",
        "out_of_range",
        "rule_unknown",
        "incomplete",
        "not_measured",
        "not_probed",
    }
)

#: Kinds of rule that follow from a column's declaration (beside its type).
COLUMN_KINDS = ("nullable", "range", "codes", "pattern", "length", "status")

#: Kinds of rule that compare rows with each other.
SPANNING_KINDS = ("key", "unique")

#: Parameters of each kind of declared rule: (required, optional).
PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "sum_of": (frozenset({"total", "parts"}), frozenset()),
    "at_most": (frozenset({"column", "limit"}), frozenset()),
    "null_needs_status": (frozenset({"column", "status"}), frozenset()),
    "required_when": (frozenset({"column", "when"}), frozenset()),
    "unique": (frozenset({"columns"}), frozenset()),
    "expected_bodies": (frozenset({"where"}), frozenset()),
    "expected_targets": (frozenset({"by"}), frozenset()),
    "rank_follows_value": (frozenset({"by", "rank", "value"}), frozenset()),
    "row_count": (frozenset(), frozenset({"min", "max"})),
    "no_value": (frozenset({"column", "value"}), frozenset()),
    "share_within": (
        frozenset({"by", "column", "value", "from_rows"}),
        frozenset({"min", "max", "per"}),
    ),
}

Built = TypeVar("Built")


@dataclass(frozen=True, eq=False)
class RowRule:
    """One rule on rows. `reads` are the columns it looks at, `ok` is true on good rows and never
    null; `column` is the column a failure is shown under."""

    id: str
    kind: str
    column: str
    reads: tuple[str, ...]
    ok: pl.Expr
    message: Message

    @property
    def spans_rows(self) -> bool:
        """Whether a row is judged by the other rows of the table: the key, declared unique."""
        return self.kind in SPANNING_KINDS


def per_table(build: Callable[[Table], Built]) -> Callable[[Table], Built]:
    """Keep what `build` makes of a table for as long as the same table object is asked for."""
    held: dict[str, tuple[Table, Built]] = {}

    @wraps(build)
    def get(table: Table) -> Built:
        found = held.get(table.name)
        if found is None or found[0] is not table:
            found = held[table.name] = (table, build(table))
        return found[1]

    return get


def parameters(table: Table, rule: Rule, *columns: str) -> dict[str, Any]:
    """The parameters of a declared rule, checked. `columns` are the parameters that name columns
    (one or a list). GateError names the rule and what is wrong with its declaration."""
    if rule.kind not in PARAMETERS:
        raise GateError(f"{rule.id}: rule kind {rule.kind!r} is not known to the gates")
    required, optional = PARAMETERS[rule.kind]
    given = set(rule.params)
    if given - required - optional or required - given or (optional and not given):
        wanted = ", ".join(sorted(required)) or f"at least one of {', '.join(sorted(optional))}"
        raise GateError(f"{rule.id} ({rule.kind}) declares {sorted(given)}; it takes {wanted}")
    for parameter in columns:
        named = rule.params[parameter]
        for name in [named] if isinstance(named, str) else named:
            if name not in table.column_names:
                raise GateError(f"{rule.id}: {parameter} names {name}, not a column of the table")
    return rule.params


def _status_ok(column: str, status: str) -> pl.Expr:
    explains = pl.col(status).is_in(list(WITHOUT_FIGURE)).fill_null(False)
    return pl.col(column).is_null() == explains


def _column_rules(table: Table, column: Column) -> Iterator[RowRule]:
    value = pl.col(column.name)

    def rule(kind: str, ok: pl.Expr, *also: str, **words: object) -> RowRule:
        return RowRule(
            id=f"{table.name}.{column.name}.{kind}",
            kind=kind,
            column=column.name,
            reads=(column.name, *also),
            ok=ok,
            message=message(kind, column=column.name, **words),
        )

    if not column.nullable:
        yield rule("nullable", value.is_not_null())
    if column.min is not None or column.max is not None:
        within = pl.lit(True)
        if column.min is not None:
            within = within & (value >= _literal(column.min))
        if column.max is not None:
            within = within & (value <= _literal(column.max))
        yield rule("range", within.fill_null(True), **bounds(column.min, column.max))
    if column.codes:
        known = value.is_in(list(column.codes)).fill_null(True)
        yield rule("codes", known, codes=", ".join(column.codes))
    if column.pattern is not None:
        whole = value.str.contains(rf"\A(?:{column.pattern})\z").fill_null(True)
        yield rule("pattern", whole, pattern=column.pattern)
    if column.max_length is not None:
        short = (value.str.len_chars() <= column.max_length).fill_null(True)
        yield rule("length", short, max_length=column.max_length)
    if column.status is not None:
        fits = _status_ok(column.name, column.status)
        yield rule("status", fits, column.status, status=column.status)


def _literal(bound: float) -> pl.Expr:
    return pl.lit(bound) if isinstance(bound, int) else pl.lit(Decimal(str(bound)))


def _applies(table: Table, names: tuple[str, ...], ok: pl.Expr) -> pl.Expr:
    """`ok` with nulls decided: see the module docstring."""
    optional = [name for name in names if table.column(name).nullable]
    absent = pl.any_horizontal([pl.lit(False), *(pl.col(name).is_null() for name in optional)])
    return absent | ok.fill_null(False)


def _number(table: Table, name: str) -> pl.Expr:
    """The column wide enough for a sum: integers would wrap around without a word."""
    whole = table.column(name).type in ("int", "bigint")
    return pl.col(name).cast(pl.Int128 if whole else pl.Decimal(38, 6))


def _declared_row_rule(table: Table, rule: Rule) -> RowRule:
    if rule.kind == "sum_of":
        given = parameters(table, rule, "total", "parts")
        shown, reads = given["total"], (given["total"], *given["parts"])
        parts = sum((_number(table, part) for part in given["parts"][1:]), _number(table, reads[1]))
        ok = _applies(table, reads, _number(table, shown) == parts)
    elif rule.kind == "at_most":
        given = parameters(table, rule, "column", "limit")
        shown, reads = given["column"], (given["column"], given["limit"])
        ok = _applies(table, reads, pl.col(shown) <= pl.col(given["limit"]))
    elif rule.kind == "null_needs_status":
        given = parameters(table, rule, "column", "status")
        shown, reads = given["column"], (given["column"], given["status"])
        ok = _status_ok(*reads)
    elif rule.kind == "required_when":
        shown, reads, ok = _required_when(table, rule)
    else:
        raise GateError(f"{rule.id}: rule kind {rule.kind!r} is not known to the gates")
    return RowRule(rule.id, rule.kind, shown, reads, ok, _own_words(rule))


def _required_when(table: Table, rule: Rule) -> tuple[str, tuple[str, ...], pl.Expr]:
    """A column that must not be null where another has one of the values; a null there asks for
    nothing."""
    given = parameters(table, rule, "column")
    if len(given["when"]) != 1:
        raise GateError(f"{rule.id}: when names {len(given['when'])} columns; it takes one")
    ((other, values),) = given["when"].items()
    if other not in table.column_names:
        raise GateError(f"{rule.id}: when names {other}, not a column of the table")
    asked = pl.col(other).is_in(list(values)).fill_null(False)
    return given["column"], (given["column"], other), ~asked | pl.col(given["column"]).is_not_null()


def _own_words(rule: Rule) -> Message:
    return Message(rule.reason_en, rule.reason_vi, rule.what_to_do)


def _unique(names: tuple[str, ...]) -> pl.Expr:
    return ~pl.struct(names).is_duplicated()


def _key_rules(table: Table) -> Iterator[RowRule]:
    """The key, and declared `unique` rules. All rows of a duplicate fail; nulls count as equal."""
    shown = ", ".join(table.key)
    words = message("key", columns=shown)
    yield RowRule(f"{table.name}.key", "key", shown, table.key, _unique(table.key), words)
    for rule in table.table_rules:
        if rule.kind == "unique":
            names = tuple(parameters(table, rule, "columns")["columns"])
            own = _own_words(rule)
            yield RowRule(rule.id, "unique", ", ".join(names), names, _unique(names), own)


@per_table
def rules_of(table: Table) -> tuple[RowRule, ...]:
    """Every rule that names rows: of the columns, declared on rows, the key, declared unique.

    GateError if a rule is declared wrongly (unknown column, missing or unknown parameter).
    """
    return (
        *(rule for column in table.columns for rule in _column_rules(table, column)),
        *(_declared_row_rule(table, rule) for rule in table.row_rules),
        *_key_rules(table),
    )
