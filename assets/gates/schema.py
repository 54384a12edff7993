"""The pandera schema of a table, derived from its declaration.

Belongs here: the schema and the guards against pandera's silent passes. Does not belong here:
what the rules say (`rules`) and how failures are shown.

Guards (pandera 0.35): a LazyFrame is judged by names and types only, and the environment
variables PANDERA_VALIDATION_ENABLED and PANDERA_VALIDATION_DEPTH switch checks off; both would
pass bad rows without a word, so a LazyFrame is refused and the settings are overridden.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.config import ValidationDepth, config_context

from assets.gates.rules import COLUMN_KINDS, RowRule, per_table, rules_of
from assets.registry import Table

#: Registry type -> polars type; the same types as `assets.registry.model.TYPES` in Arrow.
POLARS: dict[str, pl.DataType] = {
    "string": pl.String(),
    "int": pl.Int32(),
    "bigint": pl.Int64(),
    "bool": pl.Boolean(),
    "decimal": pl.Decimal(18, 6),
    "exact": pl.Decimal(38, 15),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


class EagerSchema(pa.DataFrameSchema):
    """A pandera schema that always looks at the data. TypeError for a LazyFrame."""

    @classmethod
    def get_backend(cls, check_obj: Any = None, check_type: Any = None) -> Any:
        """pandera registers its backends by exact class; ours uses its parent's."""
        return pa.DataFrameSchema.get_backend(check_obj, check_type)

    def validate(self, check_obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Validate a materialised polars frame, whatever pandera's global settings say."""
        if not isinstance(check_obj, pl.DataFrame):
            raise TypeError(
                f"{self.name}: a gate needs a materialised polars.DataFrame, got "
                f"{type(check_obj).__name__}; call .collect() first (a lazy frame would be "
                "checked for names and types only)"
            )
        with config_context(
            validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA
        ):
            return super().validate(check_obj, *args, **kwargs)


def _check(rule: RowRule) -> pa.Check:
    def good(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(rule.ok)

    return pa.Check(good, name=rule.id)


@per_table
def schema_of(table: Table) -> pa.DataFrameSchema:
    """The schema of a table: exactly its columns in declared order, types, nullability and every
    rule that names rows (each a check named by its rule id). Kept per table.

    Validate materialised frames only: a LazyFrame raises TypeError.
    """
    return _schema(table, rules_of(table))


@per_table
def rows_schema_of(table: Table) -> pa.DataFrameSchema:
    """As `schema_of`, for a part of the table: without the rules that compare rows."""
    return _schema(table, [rule for rule in rules_of(table) if not rule.spans_rows])


def _schema(table: Table, rules: Sequence[RowRule]) -> pa.DataFrameSchema:
    columns = {
        column.name: pa.Column(
            POLARS[column.type],
            nullable=column.nullable,
            checks=[
                _check(rule)
                for rule in rules
                if rule.column == column.name
                and rule.kind in COLUMN_KINDS
                and rule.kind != "nullable"
            ],
        )
        for column in table.columns
    }
    return EagerSchema(
        columns=columns,
        checks=[_check(rule) for rule in rules if rule.kind not in COLUMN_KINDS],
        name=table.name,
        strict=True,
        ordered=True,
    )
