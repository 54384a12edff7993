"""Column lineage of built models, from their compiled SQL.

Lineage depends on the code alone, so it is computed once for each state of the SQL and kept
in the cache folder beside the parsed project.
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets import registry

#: model -> column -> ordered (upstream table, upstream column) pairs.
Lineage = dict[str, dict[str, list[tuple[str, str]]]]


def column_lineage(compiled: Mapping[str, str], cache: Path, dialect: str = "duckdb") -> Lineage:
    """Lineage of each model in `compiled` (model name -> compiled SQL), cached by content.

    `dialect` is the engine's: duckdb or spark.
    """
    digest = hashlib.sha256(json.dumps(dict(compiled), sort_keys=True).encode()).hexdigest()
    kept = cache / "lineage" / f"{digest[:16]}.json"
    if kept.exists():
        stored = json.loads(kept.read_text("utf-8"))
        return {
            model: {column: [(t, c) for t, c in pairs] for column, pairs in columns.items()}
            for model, columns in stored.items()
        }
    lineage = {model: _of_model(model, sql, dialect) for model, sql in compiled.items()}
    kept.parent.mkdir(parents=True, exist_ok=True)
    temporary = kept.with_name(f".{kept.name}.{uuid.uuid4().hex}")
    temporary.write_text(json.dumps(lineage, sort_keys=True), "utf-8")
    os.replace(temporary, kept)
    return lineage


def _of_model(model: str, sql: str, dialect: str) -> dict[str, list[tuple[str, str]]]:
    from sqlglot import exp, parse_one
    from sqlglot.lineage import lineage
    from sqlglot.optimizer.qualify import qualify
    from sqlglot.optimizer.scope import build_scope

    declared = {table.name: table for table in registry.tables()}
    query = parse_one(sql, dialect=dialect)
    columns: dict[str, Any] = {}
    for reference in query.find_all(exp.Table):
        if reference.name in declared and reference.db:
            place = columns
            for part in (reference.catalog, reference.db):
                place = place.setdefault(part, {}) if part else place
            place[reference.name] = {c.name: c.sql for c in declared[reference.name].columns}
    qualified = qualify(query, schema=columns, dialect=dialect)
    scope = build_scope(qualified)
    found: dict[str, list[tuple[str, str]]] = {}
    # The query is our own and may be taken apart as it is: copies of it cost most of the time.
    uncopied = {"copy": False, "trim_selects": False}
    for name in declared[model].column_names:
        upstream: set[tuple[str, str]] = set()
        root = lineage(name, qualified, schema={}, scope=scope, dialect=dialect, **uncopied)
        for node in root.walk():
            source = node.expression.find(exp.Table)
            if not node.downstream and source is not None and source.name in declared:
                upstream.add((source.name, exp.to_column(node.name).name))
        found[name] = sorted(upstream)
    return found
