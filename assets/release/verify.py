"""Checking a release from its own folder: seal, tables, copies of them, descriptions, texts.

Belongs here: what the files say, held against the registry's declarations and against one
another. Does not belong here: hashes (`seal`), the rules themselves (`gates`). Needs nothing but
the folder: no lake, no database, no network.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from assets import gates, registry
from assets.codeversion import code_version
from assets.lake.parquet import decode
from assets.registry import Table
from assets.release import status
from assets.release.described.descriptor import DESCRIPTOR
from assets.release.described.held import disagreements
from assets.release.described.readme import ledger_classes
from assets.release.differences import csv_difference, difference_for, json_difference
from assets.release.package import described_names, descriptions, texts
from assets.release.seal import MANIFEST, Finding, Seal, read_seal
from assets.release.tablefiles import copies_of, table_files
from assets.release.tables import UNIT

Tables = Mapping[str, pa.Table]


@dataclass(frozen=True)
class Verification:
    """What was found in `folder`. `findings` is in the order checked: the first is the first
    difference. `files` counts the files that are as sealed, `rows` the rows of each table read;
    `note` says what could not be compared."""

    folder: Path
    findings: tuple[Finding, ...]
    files: int
    rows: dict[str, int]
    note: str | None = None

    @property
    def passed(self) -> bool:
        return not self.findings

    def as_text(self) -> str:
        """The outcome in plain lines, the first difference first."""
        if self.passed:
            total = sum(self.rows.values())
            return (
                f"{self.folder}: verified. {self.files} files as sealed, {len(self.rows)} tables "
                f"with {total:,} rows within their rules, CSV and JSON equal to Parquet, "
                f"descriptions as the files, no unexplained row, no synthetic source."
                + (f"\n{self.note}" if self.note else "")
            )
        number = len(self.findings)
        head = f"{self.folder}: NOT as released, {number} finding{'s' if number > 1 else ''}."
        first, *others = map(str, self.findings)
        lines = [head, f"First difference: {first}", *([f"Also: {other}" for other in others])]
        return "\n".join(lines)


def verify_release(folder: Path) -> Verification:
    """Check a release folder by itself and find everything that is wrong with it.

    Files are held against manifest.json and MANIFEST.sha256; sound tables against the registry's
    schema and every rule of their gate; each CSV and JSON against its Parquet file, cell by cell;
    the manifest's facts, the observation status, the descriptions and the texts against the tables.
    Other files (annex, workbook) are judged by their hash alone. Content is not read from a file
    that is not as sealed.
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
            _check_copies(seal, table, frame)
    _check_facts(seal, frames)
    note = _check_what_follows(seal, frames)
    rows = {name: frame.num_rows for name, frame in frames.items()}
    return Verification(folder, tuple(seal.findings), len(seal.sound), rows, note)


def _frame(seal: Seal, table: Table) -> pa.Table | None:
    """The table if it is sound and of the declared shape; judged by its gate on the way."""
    name = table_files(table).parquet
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


def _check_copies(seal: Seal, table: Table, frame: pa.Table) -> None:
    """CSVs and JSON are the Parquet file's rows, to the byte; else the first cell that is not."""
    parquet = table_files(table).parquet
    for name, expected in copies_of(table, frame).items():
        held = seal.sound.get(name)
        if held is not None and held != expected:
            rule = PurePosixPath(name).suffix.removeprefix(".")
            difference = json_difference if rule == "json" else csv_difference
            seal.add(name, rule, difference(held, expected, parquet))


def _check_what_follows(seal: Seal, frames: Tables) -> str | None:
    """What is made from the tables is what they give; a note if the release was made by another
    version of the code, whose words and files may be others."""
    code = code_version()
    is_whole = seal.facts is not None and len(frames) == len(registry.tables(unit=UNIT))
    is_ours = seal.code_version == code
    year = int((seal.facts or {}).get("assessment_year", 0))
    if is_whole:
        _check_status(seal, frames)
    if is_whole and is_ours:
        _check_texts(seal, frames, year)
    _check_descriptor(seal, frames, set(described_names()) if is_ours else set())
    if is_whole and is_ours:
        _check_descriptions(seal, frames, year)
    if is_ours or seal.code_version is None:
        return None
    return (
        f"It was made by version {seal.code_version} of the code, this is {code}: which files "
        f"there must be, and the words of its texts, were not compared."
    )


def _check_status(seal: Seal, frames: Tables) -> None:
    """The observation status is the one that the other tables give by the declared mapping."""
    held = frames[status.NAME].to_pylist()
    true = {_status_key(row): row for row in status.observation_status(frames).to_pylist()}
    wrong = [row for row in held if true.pop(_status_key(row), None) != row]
    if wrong or true:
        row = [*wrong, *true.values()][0]
        file = table_files(registry.table(status.NAME)).parquet
        seal.add(
            file,
            "status",
            f"does not give the status that the tables give: table {row['table_name']}, column "
            f"{row['column_name']}, row {row['data_row']}",
        )


def _status_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in registry.table(status.NAME).key)


def _check_descriptor(seal: Seal, frames: Tables, layout: set[str]) -> None:
    """datapackage.json states every file as it is, and names those of `layout`; files with a
    finding of their own aside."""
    data = seal.sound.get(DESCRIPTOR)
    if data is None:
        return
    told = {finding.file for finding in seal.findings}
    shaped = {n: registry.table(t) for t in frames for n in table_files(registry.table(t))}
    found = list(disagreements(data, seal.sound, shaped, layout, told))
    if found:
        more = f"; and {len(found) - 1:,} more" if len(found) > 1 else ""
        seal.add(DESCRIPTOR, "descriptor", found[0] + more)


def _check_texts(seal: Seal, tables: Tables, year: int) -> None:
    """README, views and dictionary are what this code writes of the tables."""
    _compare(seal, texts(tables, year))


def _check_descriptions(seal: Seal, tables: Tables, year: int) -> None:
    """The descriptions are what this code writes of the files as they should be."""
    made = {name: seal.sound[name] for name in described_names() if name in seal.sound}
    made |= texts(tables, year)
    for name, frame in tables.items():
        made |= copies_of(registry.table(name), frame)
    if set(made) == set(described_names()):
        _compare(seal, descriptions(tables, year, made))


def _compare(seal: Seal, expected: Mapping[str, bytes]) -> None:
    """Files that have no finding yet are as expected; else the first place where they are not."""
    told = {finding.file for finding in seal.findings}
    for name, wanted in sorted(expected.items()):
        held = seal.sound.get(name)
        if held is not None and held != wanted and name not in told:
            said = difference_for(name)(held, wanted)
            seal.add(name, "text", f"is not what is written of these tables: {said}")


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
                file = table_files(registry.table(name)).parquet
                seal.add(file, "facts", f"speaks of {years}, not of the year of the release")


def release_facts(tables: dict[str, pa.Table], year: int | None) -> dict[str, Any]:
    """What the manifest of a release says of it: year, ledger rows by class, rows by table."""
    return {
        "assessment_year": year,
        "ledger": ledger_classes(tables["rel_reconciliation"]),
        "tables": {name: frame.num_rows for name, frame in tables.items()},
    }
