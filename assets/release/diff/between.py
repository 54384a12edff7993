"""What differs between two vintages of a release: rows, columns, causes, ranks.

Belongs here: holding two sealed folders against each other, table by table, by the registry's keys.
Nothing is stated that the two folders do not show. Does not belong here: why a row differs
(`diffcause`), who moved by how much (`effect`), how it is shown (`difftext`, `diffpage`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import registry
from assets.lake import RELEASE, CorruptVersion, Lake, Version
from assets.lake.atomic import sha256_of
from assets.lake.read import parse_manifest
from assets.release.diff.cause import attributed, evidence_of, words
from assets.release.diff.model import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    Diff,
    Row,
    RowChange,
    Side,
    TableDiff,
)
from assets.release.tables import UNIT

_PARQUET = ".parquet"
_PREFIX = "rel_"


def open_folder(folder: Path) -> Version:
    """The vintage in a release folder, wherever it lies and whatever it is called.

    CorruptVersion if there is no manifest of a release in it, or not as it was sealed.
    """
    path = folder / "manifest.json"
    data = path.read_bytes() if path.is_file() else b""
    try:
        manifest = json.loads(data)
        place = Lake(Path()).place(RELEASE, manifest["key"])
        name = place.version_name(manifest["counter"], manifest["content_sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CorruptVersion(f"{path}: is not the manifest of a sealed release") from None
    counter, manifest = parse_manifest(place, name, data, str(path))
    return Version(RELEASE, place.key, counter, folder, sha256_of(data), manifest)


def side_of(version: Version) -> Side:
    """A vintage as one side of a diff, every table verified. CorruptVersion names a bad file."""
    stems = [n.removesuffix(_PARQUET) for n in version.files if n.endswith(_PARQUET)]
    return Side(
        name=f"{version.key} v{version.counter:04d}-{version.content_sha256[:8]}",
        year=version.key,
        counter=version.counter,
        content_sha256=version.content_sha256,
        code_version=version.manifest["code_version"],
        inputs=version.manifest["inputs"],
        methods=version.manifest["facts"].get("methods"),
        tables={_PREFIX + stem: version.table(stem) for stem in stems if "/" not in stem},
        files={name: facts.sha256 for name, facts in version.files.items()},
    )


def diff(before: Side, after: Side) -> Diff:
    """What differs between two vintages, of one year or of two."""
    declared = [table.name for table in registry.tables(unit=UNIT)]
    held = {*before.tables, *after.tables}
    follows = set(words()["derived_tables"])
    names = [n for n in declared if n in held - follows] + sorted(held - set(declared))
    found = [table_diff(name, before.tables.get(name), after.tables.get(name)) for name in names]
    evidence = evidence_of(before, after)
    return Diff(
        before,
        after,
        tuple(attributed(table, before, after, evidence) for table in found),
        evidence,
        tuple(
            name
            for name in sorted({*before.files, *after.files})
            if before.files.get(name) != after.files.get(name) and not _repeats_a_table(name)
        ),
    )


def table_diff(name: str, before: pa.Table | None, after: pa.Table | None) -> TableDiff:
    """Rows added, removed, changed and moved of one table; None where a side does not have it."""
    one, other = _columns(before), _columns(after)
    both = [column for column in one if column in other] if one and other else one or other
    changes: list[RowChange] = []
    if before is None or after is None or not before.equals(after):
        rows = [[] if frame is None else frame.to_pylist() for frame in (before, after)]
        key = _key(name, both, rows)
        left, right = (_by_key(held, key) for held in rows)
        changes = [
            change
            for place in sorted({*left, *right}, key=_order)
            if (change := _change(name, key, both, left.get(place), right.get(place)))
        ]
    return TableDiff(
        table=name,
        rows_before=before.num_rows if before else 0,
        rows_after=after.num_rows if after else 0,
        columns_added=tuple(c for c in other if c not in one),
        columns_removed=tuple(c for c in one if c not in other),
        changes=tuple(changes),
    )


def _columns(frame: pa.Table | None) -> list[str]:
    return [] if frame is None else list(frame.column_names)


def _key(name: str, columns: Sequence[str], sides: Sequence[list[Row]]) -> tuple[str, ...]:
    """The registry's key without places in the sources, as far as rows are told apart without; or
    every column where there is no key that both sides have.

    A row that only stands elsewhere in a source is then the same row.
    """
    declared = {table.name: table.key for table in registry.tables(unit=UNIT)}
    key = declared.get(name, ())
    if not key or not set(key) <= set(columns):
        return tuple(columns)
    for place in words()["origin_columns"]:
        shorter = tuple(column for column in key if column != place)
        if shorter and all(_tells_apart(rows, shorter) for rows in sides):
            key = shorter
    return key


def _tells_apart(rows: list[Row], key: Sequence[str]) -> bool:
    return len({tuple(row[column] for column in key) for row in rows}) == len(rows)


def _by_key(rows: list[Row], key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    """Rows by key; rows that share a key, against the rules, are told apart by their order."""
    held: dict[tuple[Any, ...], Row] = {}
    seen: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        place = tuple(row[column] for column in key)
        seen[place] += 1
        held[(*place, seen[place])] = row
    return held


def _change(
    name: str, key: Sequence[str], columns: Sequence[str], before: Row | None, after: Row | None
) -> RowChange | None:
    row = (after if after is not None else before) or {}
    place = tuple((column, row[column]) for column in key)
    if before is None or after is None:
        return RowChange(name, ADDED if before is None else REMOVED, place, before, after)
    differing = tuple(column for column in columns if before[column] != after[column])
    kind = MOVED if set(differing) <= set(words()["origin_columns"]) else CHANGED
    return RowChange(name, kind, place, before, after, differing) if differing else None


def _order(place: tuple[Any, ...]) -> tuple[Any, ...]:
    """Nulls last; columns may hold any type, but one."""
    return tuple((value is None, "" if value is None else value) for value in place)


def _repeats_a_table(name: str) -> bool:
    """Files that say what a compared table says, or list the others."""
    follows = {table.removeprefix(_PREFIX) + _PARQUET for table in words()["derived_tables"]}
    copies = name.endswith((_PARQUET, ".csv")) or name.startswith("json/")
    return (copies and name not in follows) or name == "MANIFEST.sha256"
