"""Checking a release from its own folder: seal, tables, CSVs, ledger, sources.

Belongs here: what the files say, held against the registry's declarations and against one
another. Does not belong here: hashes (`seal`), the rules themselves (`gates`). Needs nothing but
the folder: no lake, no database, no network.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import gates, registry
from assets.lake.parquet import decode
from assets.registry import Table
from assets.release.csvfile import excel_csv, plain_csv
from assets.release.package import public_name, table_files
from assets.release.readme import ledger_classes
from assets.release.seal import MANIFEST, Finding, Seal, read_seal
from assets.release.tables import UNIT


@dataclass(frozen=True)
class Verification:
    """What was found in `folder`. `findings` is in the order checked: the first is the first
    difference. `files` counts the files that are as sealed, `rows` the rows of each table read."""

    folder: Path
    findings: tuple[Finding, ...]
    files: int
    rows: dict[str, int]

    @property
    def passed(self) -> bool:
        return not self.findings

    def as_text(self) -> str:
        """The outcome in plain lines, the first difference first."""
        if self.passed:
            total = sum(self.rows.values())
            return (
                f"{self.folder}: verified. {self.files} files as sealed, {len(self.rows)} tables "
                f"with {total:,} rows within their rules, CSV equal to Parquet, no unexplained "
                f"row, no synthetic source."
            )
        number = len(self.findings)
        head = f"{self.folder}: NOT as released, {number} finding{'s' if number > 1 else ''}."
        first, *others = map(str, self.findings)
        lines = [head, f"First difference: {first}", *([f"Also: {other}" for other in others])]
        return "\n".join(lines)


def verify_release(folder: Path) -> Verification:
    """Check a release folder by itself and find everything that is wrong with it.

    Files are held against manifest.json and MANIFEST.sha256; sound tables against the registry's
    schema and every rule of their gate; each CSV against its Parquet file, cell by cell; the
    manifest's facts against the tables. Content is not read from a file that is not as sealed.
    NotADirectoryError if there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: there is no such folder; give the folder of a release")
    seal = read_seal(folder)
    frames: dict[str, pa.Table] = {}
    for table in registry.tables(unit=UNIT):
        frame = _frame(seal, table)
        if frame is not None:
            frames[table.name] = frame
            _check_csv(seal, table, frame)
    _check_facts(seal, frames)
    rows = {name: frame.num_rows for name, frame in frames.items()}
    return Verification(folder, tuple(seal.findings), len(seal.sound), rows)


def _frame(seal: Seal, table: Table) -> pa.Table | None:
    """The table if it is sound and of the declared shape; judged by its gate on the way."""
    name = table_files(table)[0]
    if name not in seal.sound:
        return None
    try:
        frame = decode(seal.sound[name])
    except (pa.ArrowException, OSError) as error:
        seal.add(name, "schema", f"cannot be read as Parquet: {error}")
        return None
    found, declared = _shape(frame.schema), _shape(table.arrow_schema)
    if found != declared:
        differing = [
            f"{there or 'no column'} instead of {wanted or 'no column'}"
            for there, wanted in _side_by_side(found, declared)
            if there != wanted
        ]
        seal.add(name, "schema", f"has other columns than declared: {'; '.join(differing)}")
    result = gates.check(table, frame)
    for rule in result.rules:
        if not rule.passed:
            seal.add(name, rule.rule_id, _broken(result, rule.rule_id, rule.failing))
    return frame if _fields(frame.schema) == _fields(table.arrow_schema) else None


def _fields(schema: pa.Schema) -> list[tuple[str, pa.DataType]]:
    return [(field.name, field.type) for field in schema]


def _shape(schema: pa.Schema) -> list[str]:
    return [f"{f.name} {f.type}{'' if f.nullable else ' not null'}" for f in schema]


def _side_by_side(one: list[str], two: list[str]) -> list[tuple[str | None, str | None]]:
    length = max(len(one), len(two))
    pad: list[list[str | None]] = [[*c, *[None] * (length - len(c))] for c in (one, two)]
    return list(zip(*pad, strict=True))


def _broken(result: gates.GateResult, rule_id: str, failing: int) -> str:
    """A broken rule in words: which, how often, the first row and what to do."""
    failures = result.failures.to_pylist()
    first: dict[str, Any] = next(f for f in failures if f["rule_id"] == rule_id)
    place = f" at {first['where']}" if first["where"] else ""
    value = "" if first["raw_value"] is None else f" (found '{first['raw_value']}')"
    return (
        f"breaks rule {rule_id} {failing:,} time{'s' if failing > 1 else ''}: "
        f"{first['reason_en']}{value}; first{place}. What to do: {first['what_to_do']}"
    )


def _check_csv(seal: Seal, table: Table, frame: pa.Table) -> None:
    """Both CSVs are what the Parquet file says, to the byte; else the first cell that is not."""
    _, plain, excel = table_files(table)
    for name, expected in ((plain, plain_csv(table, frame)), (excel, excel_csv(table, frame))):
        held = seal.sound.get(name)
        if held is not None and held != expected:
            seal.add(name, "csv", _csv_difference(held, expected, table))


def _csv_difference(held: bytes, expected: bytes, table: Table) -> str:
    parquet = f"{public_name(table)}.parquet"
    try:
        there, wanted = _cells(held), _cells(expected)
    except (UnicodeDecodeError, csv.Error) as error:
        return f"cannot be read as CSV in UTF-8: {error}"
    if len(there) != len(wanted):
        return f"has {len(there) - 1:,} rows, {parquet} has {len(wanted) - 1:,}"
    for row_no, (row, right) in enumerate(zip(there, wanted, strict=True)):
        if row == right:
            continue
        for column, cell, meant in zip(table.column_names, row, right, strict=False):
            if cell != meant:
                return f"row {row_no}, column {column}: '{cell}', but {parquet} says '{meant}'"
        return f"row {row_no} has {len(row)} cells instead of {len(right)}"
    return f"has the cells of {parquet}, but other quotes, line ends or byte order mark"


def _cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def _check_facts(seal: Seal, frames: dict[str, pa.Table]) -> None:
    """The manifest's facts are those of the tables."""
    facts = seal.facts
    if facts is None or len(frames) < len(registry.tables(unit=UNIT)):
        return
    for name, true in release_facts(frames, facts.get("assessment_year")).items():
        if facts.get(name) != true:
            seal.add(MANIFEST, "facts", f"states {name} {facts.get(name)}, the tables say {true}")
    for name, frame in frames.items():
        if "assessment_year" in frame.column_names:
            years = sorted(set(frame["assessment_year"].to_pylist()))
            if years not in ([], [facts.get("assessment_year")]):
                file = table_files(registry.table(name))[0]
                seal.add(file, "facts", f"speaks of {years}, not of the year of the release")


def release_facts(tables: dict[str, pa.Table], year: int | None) -> dict[str, Any]:
    """What the manifest of a release says of it: year, ledger rows by class, rows by table."""
    return {
        "assessment_year": year,
        "ledger": ledger_classes(tables["rel_reconciliation"]),
        "tables": {name: frame.num_rows for name, frame in tables.items()},
    }
