"""A difference between two vintages as plain text in English, and as a Parquet table.

Belongs here: those two forms. The page is made by `diffpage`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa

from assets import registry
from assets.lake.parquet import encode
from assets.plaintext import plain
from assets.release.diff.cause import words
from assets.release.diff.effect import Mover, effect_of, list_label, rank_label, shown_number
from assets.release.diff.model import OPPOSITE, Diff, RowChange, TableDiff, written
from assets.release.tablefiles import public_name
from assets.release.tables import UNIT

SHOWN_MOVERS = 10
SHOWN_CHARACTERS = 60

#: One row a cell that differs; one row a row that was added or removed, without a column.
PARQUET = pa.schema(
    [
        pa.field("table", pa.string(), nullable=False),
        pa.field("change", pa.string(), nullable=False),
        pa.field("row_key", pa.string(), nullable=False),
        pa.field("body_code", pa.string()),
        pa.field("body_name", pa.string()),
        pa.field("column", pa.string()),
        pa.field("before", pa.string()),
        pa.field("after", pa.string()),
        pa.field("cause", pa.string()),
    ]
)


def as_text(found: Diff, language: str = "en") -> str:
    """The difference in a few plain lines: what both were made from, tables, causes, movers."""
    said = words()["words"][language]
    head = [f"{found.before.name} → {found.after.name}"]
    if found.is_empty and not found.evidence:
        return "\n".join([*head, said["same"]])
    return "\n".join(
        [
            *head,
            "",
            said["made_from"],
            *_indented(evidence_lines(found, language) or [said["nothing_made_from"]]),
            *(["", said["same"]] if found.is_empty else _told(found, language)),
        ]
    )


def evidence_lines(found: Diff, language: str) -> list[str]:
    """What differs in what both were made from: cause, then what differs."""
    causes = words()["causes"]
    return [
        f"{causes[cause][language]}: {plain(line, 200)}"
        for cause, lines in found.evidence.items()
        for line in lines
    ]


def table_label(name: str, language: str) -> str:
    """A table by its name in the folder and what it holds."""
    declared = {table.name: table for table in registry.tables(unit=UNIT)}.get(name)
    if declared is None:
        return name
    said = declared.description_vi if language == "vi" else declared.description_en
    return f"{public_name(declared)}: {said}"


def cause_name(causes: tuple[str, ...], language: str) -> str:
    """Causes in words."""
    said = words()
    if not causes:
        return str(said["words"][language]["unknown"])
    glue = f" {said['words'][language]['or']} "
    return glue.join(said["causes"][cause][language] for cause in causes)


def effect_line(found: Diff, language: str) -> str:
    """How many bodies, ranks and values differ."""
    effect = effect_of(found)
    line: str = words()["words"][language]["effect"]
    return line.format(bodies=effect.bodies, ranks=effect.ranks, values=effect.values)


def mover_line(mover: Mover, language: str = "en") -> str:
    """One move of a rank in one line."""
    said = words()["words"][language]
    held = (mover.rank_before, mover.rank_after, mover.value_before, mover.value_after)
    shown = [shown_number(value, language, said["none"]) for value in held]
    rank, value = step(shown[0], shown[1]), step(shown[2], shown[3])
    return (
        f"{plain(mover.body_name, SHOWN_CHARACTERS)} ({mover.body_code}), "
        f"{list_label(mover.list, language)}: {rank_label(mover.column, language)} {rank}, "
        f"{said['value']} {value}"
    )


def step(before: object, after: object) -> str:
    """A move from one to the other, or the one that stands."""
    return str(before) if before == after else f"{before} → {after}"


def as_parquet(found: Diff) -> bytes:
    """Every differing cell as Parquet bytes; the same difference gives the same bytes."""
    rows = [row for change in found.changes for row in _rows(change)]
    return encode(pa.Table.from_pylist(rows, schema=PARQUET))


def key_text(change: RowChange) -> str:
    """The key of a row in one line."""
    parts = (f"{name}={written(value)}" for name, value in change.key if value is not None)
    return ", ".join(parts)


def _rows(change: RowChange) -> Iterator[dict[str, str | None]]:
    row = {
        "table": change.table,
        "change": change.kind,
        "row_key": json.dumps(
            {name: written(value) for name, value in change.key}, ensure_ascii=False
        ),
        "body_code": written(change.row.get("body_code")),
        "body_name": written(change.row.get("body_name")),
        "cause": " or ".join(change.causes) or None,
    }
    if not change.columns:
        yield row
    before, after = change.before or {}, change.after or {}
    for name in change.columns:
        cell = {"column": name, "before": written(before[name]), "after": written(after[name])}
        yield {**row, **cell}


def _told(found: Diff, language: str) -> Iterator[str]:
    said = words()["words"][language]
    yield from ["", said["tables"]]
    for table in found.tables:
        if table.differs:
            yield from _table_lines(table, language)
    if any(found.changes):
        yield from ["", said["by_cause"]]
        for causes, count in found.by_cause().items():
            yield f"  {count:>7,}  {cause_name(causes, language)}"
    yield from ["", said["movers"], f"  {effect_line(found, language)}"]
    movers = effect_of(found).movers[:SHOWN_MOVERS]
    yield from _indented([mover_line(mover, language) for mover in movers] or [said["no_movers"]])
    if found.files:
        yield from ["", said["files"], *_indented(found.files)]


def _table_lines(table: TableDiff, language: str) -> Iterator[str]:
    said = words()["words"][language]
    counts = ", ".join(
        f"{table.count(kind):,} {said[kind]}" for kind in OPPOSITE if table.count(kind)
    )
    rows = f"{said['rows']} {step(table.rows_before, table.rows_after)}"
    yield f"  {table.table}: {counts or said['same']} ({rows})"
    for name, count in table.by_column().items():
        yield f"    {count:>7,}  {name}"
    for word, names in (
        ("column_added", table.columns_added),
        ("column_removed", table.columns_removed),
    ):
        yield from (f"    {said[word]}: {name}" for name in names)


def _indented(lines: list[str] | tuple[str, ...]) -> list[str]:
    return [f"  {line}" for line in lines]
