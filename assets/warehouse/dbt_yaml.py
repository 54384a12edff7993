"""dbt YAML that follows from the registry: sources, columns, contracts, key and null tests.

`egov generate` writes the files; a test fails when they and the registry have drifted apart.
Unit tests and singular tests of models are written by hand beside the SQL.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from assets import registry
from assets.registry import Table
from assets.warehouse.database import RAW_SCHEMA
from assets.warehouse.project import PROJECT_DIR

HEADER = "# Generated from the registry by `egov generate`; do not edit by hand.\n"

#: dbt folder of each stage.
FOLDERS = ("staging", "indicators", "index", "panel")


def _column(table: Table, name: str) -> dict[str, Any]:
    column = table.column(name)
    return {
        "name": column.name,
        "data_type": column.sql.lower(),
        "description": column.description_en,
    }


def _model(table: Table) -> dict[str, Any]:
    model: dict[str, Any] = {
        "name": table.name,
        "description": f"{table.description_en} Grain: {table.grain}.",
        "config": {"meta": {"owner": table.owner, "grain": table.grain}},
        "columns": [_column(table, name) for name in table.column_names],
    }
    if table.unit in ("marts", "panel"):
        model["data_tests"] = [
            {"unique_key": {"arguments": {"columns": list(table.key)}}},
            {
                "no_nulls": {
                    "arguments": {"columns": [c.name for c in table.columns if not c.nullable]}
                }
            },
        ]
    return model


def _dump(document: dict[str, Any]) -> str:
    body = yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=100)
    return HEADER + body


def documents() -> dict[Path, str]:
    """Every generated file: path under the dbt project -> text."""
    models = PROJECT_DIR / "models"
    sources = {
        "version": 2,
        "sources": [
            {
                "name": "raw",
                "schema": RAW_SCHEMA,
                "description": "Promoted Parquet of the ingest stage, one view a table.",
                "tables": [
                    {
                        "name": table.name,
                        "description": f"{table.description_en} Grain: {table.grain}.",
                        "columns": [_column(table, name) for name in table.column_names],
                    }
                    for table in registry.tables(stage="ingest")
                ],
            }
        ],
    }
    written = {models / "staging" / "_sources.yml": _dump(sources)}
    for folder in FOLDERS:
        document = {
            "version": 2,
            "models": [_model(table) for table in registry.tables(stage=folder)],
        }
        written[models / folder / f"_{folder}.yml"] = _dump(document)
    return written


def write() -> list[Path]:
    """Write every generated file; returns those whose text changed."""
    changed = []
    for path, text in documents().items():
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed
