"""Why rows of two vintages differ: data, method, correction, body or code, from what both show.

Belongs here: what differs in what the two were made from (`rel_sources`, methods, code), and which
of that a row can be laid to. A row is given one cause only if it alone is at work or the row itself
shows it; otherwise all that may have changed it. Does not belong here: which rows differ (`diff`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets.release.diff.model import CHANGED, RowChange, Side, TableDiff

DATA, METHOD, CORRECTION, BODY, CODE = "data", "method", "correction", "body", "code"

SOURCES, SCORES = "rel_sources", "rel_scores"
SHOWN_DIGITS = 12

Evidence = Mapping[str, tuple[str, ...]]


@cache
def words() -> dict[str, Any]:
    """Causes and wordings, as `diff.yaml` has them."""
    loaded: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "diff.yaml").read_text("utf-8")
    )
    return loaded


def cause_of_kind(kind: str) -> str:
    """The cause that a change of a source file of that kind is."""
    return next((c for c, said in words()["causes"].items() if kind in said["kinds"]), DATA)


def evidence_of(before: Side, after: Side) -> Evidence:
    """What differs in what both were made from, a line each by cause, in the order of causes."""
    found: dict[str, list[str]] = {cause: [] for cause in words()["causes"]}
    for cause, line in [*_source_lines(before, after), *_method_lines(before, after)]:
        found[cause].append(line)
    if before.code_version != after.code_version:
        found[CODE].append(f"{before.code_version} → {after.code_version}")
    if not any(found.values()):
        found[DATA] += [
            f"unit {unit}"
            for unit in sorted({*before.inputs, *after.inputs})
            if before.inputs.get(unit) != after.inputs.get(unit)
        ]
    return {cause: tuple(lines) for cause, lines in found.items() if lines}


def attributed(table: TableDiff, before: Side, after: Side, evidence: Evidence) -> TableDiff:
    """The table with the causes of each row."""
    gone, come = _files_of_one_side(before, after)
    laid = {**_causes(before, gone), **_causes(after, come)}
    changes = [replace(c, causes=_causes_of(c, evidence, laid)) for c in table.changes]
    return replace(table, changes=tuple(changes))


def _causes_of(change: RowChange, evidence: Evidence, laid: Mapping[str, str]) -> tuple[str, ...]:
    """`laid` gives the cause of each source file that only one side has."""
    if change.table == SOURCES:
        return (cause_of_kind(str(change.row.get("kind"))),)
    if len(evidence) <= 1:
        return tuple(evidence)
    rows = [row for row in (change.before, change.after) if row is not None]
    named = {laid[row["file_sha256"]] for row in rows if row.get("file_sha256") in laid}
    if len(named) == 1:
        return tuple(named)
    if change.kind == CHANGED:
        if METHOD in evidence and "method_sha256" in change.columns:
            return (METHOD,)
        if BODY in evidence and set(change.columns) <= set(words()["body_columns"]):
            return (BODY,)
    printed = change.table in words()["printed_tables"]
    return tuple(cause for cause in evidence if not (cause == METHOD and printed))


def _source_lines(before: Side, after: Side) -> list[tuple[str, str]]:
    gone, come = _files_of_one_side(before, after)
    old, new = _by_name(before, gone), _by_name(after, come)
    lines = []
    for name, kind in sorted({*old, *new}):
        was, now = old.get((name, kind)), new.get((name, kind))
        step = f"{_short(was)} → {_short(now)}"
        lines.append((cause_of_kind(kind), f"{kind} {name}: {step}"))
    for sha256, row in _sources(before).items():
        other = _sources(after).get(sha256)
        if other is not None and other != row:
            differing = [c for c in row if row[c] != other.get(c)]
            said = f"{row['kind']} {row['file_name']}: described otherwise ({', '.join(differing)})"
            lines.append((cause_of_kind(row["kind"]), said))
    return lines


def _method_lines(before: Side, after: Side) -> list[tuple[str, str]]:
    stated = before.methods is not None and after.methods is not None
    one, other = (_methods(side, stated=stated) for side in (before, after))
    return [
        (METHOD, f"{name}: {_short(one.get(name))} → {_short(other.get(name))}")
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name)
    ]


def _methods(side: Side, *, stated: bool) -> Mapping[str, str]:
    """Hash by method: as both manifests state it, else as the scores say."""
    if stated and side.methods is not None:
        return side.methods
    scores = side.tables.get(SCORES)
    if scores is None or "method_sha256" not in scores.column_names:
        return {}
    held = scores.select(["regime", "block", "method_sha256"]).to_pylist()
    return {f"{row['regime']}/{row['block']}": row["method_sha256"] for row in held}


def _sources(side: Side) -> dict[str, dict[str, Any]]:
    frame = side.tables.get(SOURCES)
    rows: Sequence[dict[str, Any]] = [] if frame is None else frame.to_pylist()
    return {row["file_sha256"]: row for row in rows}


def _files_of_one_side(before: Side, after: Side) -> tuple[set[str], set[str]]:
    one, other = set(_sources(before)), set(_sources(after))
    return one - other, other - one


def _causes(side: Side, files: set[str]) -> dict[str, str]:
    held = _sources(side)
    return {sha256: cause_of_kind(held[sha256]["kind"]) for sha256 in files}


def _by_name(side: Side, files: set[str]) -> dict[tuple[str, str], str]:
    held = _sources(side)
    return {(held[s]["file_name"], held[s]["kind"]): s for s in sorted(files)}


def _short(sha256: str | None) -> str:
    return "none" if sha256 is None else sha256[:SHOWN_DIGITS]


def method_hashes(methods: pa.Table) -> dict[str, str]:
    """Hash of each method in force by regime and block, for the manifest of a release."""
    rows = methods.select(["regime", "block", "method_sha256"]).to_pylist()
    return {f"{row['regime']}/{row['block']}": row["method_sha256"] for row in rows}
