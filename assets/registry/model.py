"""Reader of the table declarations under `tables/`.

`columns.yaml` declares each column name once (type, unit, codes, bounds, descriptions); a
table lists the names it uses and may narrow a column (nullable, status). The same quantity
therefore has the same name, type and meaning in every table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

DIRECTORY = Path(__file__).parent / "tables"

#: Registry type -> (Arrow type, DuckDB type). No number is a float; `exact`
#: is for what scores are computed with.
TYPES: dict[str, tuple[pa.DataType, str]] = {
    "string": (pa.string(), "VARCHAR"),
    "int": (pa.int32(), "INTEGER"),
    "bigint": (pa.int64(), "BIGINT"),
    "bool": (pa.bool_(), "BOOLEAN"),
    "decimal": (pa.decimal128(18, 6), "DECIMAL(18,6)"),
    "exact": (pa.decimal128(38, 15), "DECIMAL(38,15)"),
    "date": (pa.date32(), "DATE"),
    "timestamp": (pa.timestamp("us", tz="UTC"), "TIMESTAMP WITH TIME ZONE"),
}

#: Registry type -> its name on Spark, where it is not DuckDB's.
SPARK_TYPES = {"string": "STRING", "timestamp": "TIMESTAMP"}

#: Row rules judge one row; table rules judge the whole table. Both are closed sets.
ROW_RULES = ("sum_of", "null_needs_status", "at_most", "required_when")
TABLE_RULES = (
    "unique",
    "expected_bodies",
    "expected_targets",
    "rank_follows_value",
    "row_count",
    "no_value",
    "share_within",
)


@dataclass(frozen=True)
class Column:
    """One column of one table. `min`/`max` are inclusive; `status` names the column that says
    why a null is null; `codes` is the closed list of allowed values."""

    name: str
    type: str
    nullable: bool
    description_en: str
    description_vi: str
    unit: str | None = None
    min: int | float | None = None
    max: int | float | None = None
    codes: tuple[str, ...] = ()
    pattern: str | None = None
    max_length: int | None = None
    status: str | None = None

    @property
    def arrow(self) -> pa.DataType:
        return TYPES[self.type][0]

    @property
    def sql(self) -> str:
        """SQL type on DuckDB."""
        return TYPES[self.type][1]

    @property
    def spark(self) -> str:
        """SQL type on Spark."""
        return SPARK_TYPES.get(self.type, self.sql)


@dataclass(frozen=True)
class Rule:
    """A declared rule. `id` is `<table>.<name>`; `params` depend on `kind`."""

    id: str
    kind: str
    params: dict[str, Any]
    reason_en: str
    reason_vi: str
    what_to_do: str


@dataclass(frozen=True)
class Table:
    """A table as declared: where it stands in the flow, its grain, key, columns and rules.

    `in_parts` tables are too large for memory: they are many Parquet files, written and judged one
    after the other."""

    name: str
    stage: str
    unit: str
    owner: str
    grain: str
    description_en: str
    description_vi: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    sort: tuple[str, ...]
    row_rules: tuple[Rule, ...] = ()
    table_rules: tuple[Rule, ...] = ()
    partitioned: bool = True
    in_parts: bool = False
    sources: tuple[str, ...] = field(default=())

    def column(self, name: str) -> Column:
        """The column of that name. KeyError names the table and the column."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} declares no column {name}")

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def arrow_schema(self) -> pa.Schema:
        """Arrow schema with nullability, in declared order. Carries no metadata."""
        return pa.schema([pa.field(c.name, c.arrow, nullable=c.nullable) for c in self.columns])


def _rules(name: str, declared: list[dict[str, Any]], kinds: tuple[str, ...]) -> tuple[Rule, ...]:
    rules = []
    for entry in declared:
        entry = dict(entry)
        kind = entry.pop("kind")
        if kind not in kinds:
            raise ValueError(f"{name}: rule kind {kind!r} is not one of {', '.join(kinds)}")
        rules.append(
            Rule(
                id=f"{name}.{entry.pop('id')}",
                kind=kind,
                reason_en=entry.pop("reason_en"),
                reason_vi=entry.pop("reason_vi"),
                what_to_do=entry.pop("what_to_do"),
                params=entry,
            )
        )
    return tuple(rules)


def _table(name: str, spec: dict[str, Any], shared: dict[str, Any]) -> Table:
    columns = []
    for entry in spec["columns"]:
        override = {} if isinstance(entry, str) else dict(entry)
        column_name = entry if isinstance(entry, str) else override.pop("name")
        if column_name not in shared:
            raise ValueError(f"{name}.{column_name} is not declared in columns.yaml")
        merged = {"nullable": False, **shared[column_name], **override}
        merged["codes"] = tuple(merged.get("codes", ()))
        if merged["type"] not in TYPES:
            raise ValueError(f"{name}.{column_name}: unknown type {merged['type']!r}")
        columns.append(Column(name=column_name, **merged))
    names = {c.name for c in columns}
    key = tuple(spec["key"])
    for referred in (*key, *spec.get("sort", ()), *(c.status for c in columns if c.status)):
        if referred not in names:
            raise ValueError(f"{name}: {referred} is referred to but not a column")
    return Table(
        name=name,
        stage=spec["stage"],
        unit=spec["unit"],
        owner=spec["owner"],
        grain=spec["grain"],
        description_en=spec["description_en"],
        description_vi=spec["description_vi"],
        key=key,
        columns=tuple(columns),
        sort=tuple(spec.get("sort", key)),
        row_rules=_rules(name, spec.get("row_rules", []), ROW_RULES),
        table_rules=_rules(name, spec.get("table_rules", []), TABLE_RULES),
        partitioned=spec.get("partitioned", True),
        in_parts=spec.get("in_parts", False),
        sources=tuple(spec.get("sources", ())),
    )


@cache
def _all() -> dict[str, Table]:
    shared = yaml.safe_load((DIRECTORY / "columns.yaml").read_text("utf-8"))
    declared: dict[str, Table] = {}
    for path in sorted(DIRECTORY.glob("*.yaml")):
        if path.name == "columns.yaml":
            continue
        document = yaml.safe_load(path.read_text("utf-8"))
        defaults = document.get("defaults", {})
        for name, spec in document["tables"].items():
            if name in declared:
                raise ValueError(f"{name} is declared twice (second time in {path.name})")
            declared[name] = _table(name, {**defaults, **spec}, shared)
    return declared


def table(name: str) -> Table:
    """The declared table of that name. KeyError lists what exists."""
    try:
        return _all()[name]
    except KeyError:
        raise KeyError(f"{name} is not in the registry; declared: {', '.join(_all())}") from None


def tables(*, stage: str | None = None, unit: str | None = None) -> tuple[Table, ...]:
    """All declared tables in declared order, narrowed by stage or unit of promotion."""
    return tuple(
        t
        for t in _all().values()
        if (stage is None or t.stage == stage) and (unit is None or t.unit == unit)
    )
