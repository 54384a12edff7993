"""Made-up inputs of the explorer: two provinces, two years, one series. No figure is real."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from assets import registry
from assets.explorer.inputs import RAW_TEXTS, RELEASE_TABLES, Inputs

FILE = "f" * 64
NOTHING: dict[str, Any] = {
    "string": "x", "int": 1, "bigint": 1, "bool": False, "decimal": Decimal(0),
    "exact": Decimal(0), "date": date(2017, 5, 9),
}  # fmt: skip

LIST = {
    "index_code": "assessment", "regime": "assessment_2016", "block": "province",
    "universe": "province_63", "category": "policy",
}  # fmt: skip


def frame(name: str, *rows: Mapping[str, Any]) -> pa.Table:
    """A table of the registry with the given rows; what a row does not say is null, or made up."""
    table = registry.table(name)

    def cell(column: registry.Column, row: Mapping[str, Any]) -> Any:
        absent = None if column.nullable else (column.codes or [NOTHING.get(column.type)])[0]
        return row.get(column.name, absent)

    columns = {c.name: [cell(c, row) for row in rows] for c in table.columns}
    schema = pa.schema([pa.field(c.name, c.arrow) for c in table.columns])
    return pa.table(columns, schema=schema)


def value(
    year: int, body: str, rank: int | None, amount: str | None, **more: Any
) -> dict[str, Any]:
    """One published figure."""
    return {
        **LIST, "assessment_year": year, "body_code": body, "body_name": f"name of {body}",
        "published_rank": rank, "rank_status": "not_printed" if rank is None else "printed",
        "published_value": None if amount is None else Decimal(amount),
        "value_status": "not_published" if amount is None else "reported",
        "value_key": f"{year}:{body}", "decimals": None if amount is None else 3,
        "table_no": "4.9", "line_no": 7, "file_sha256": FILE, "trust": "official_full",
        **more,
    }  # fmt: skip


def inputs(
    names: Mapping[str, str] | None = None,
    values: Mapping[int, list[dict[str, Any]]] | None = None,
    raw: str = "0,900",
    **tables: pa.Table,
) -> Inputs:
    """Everything the page is made from. `names` of bodies by code, `values` by year, `raw` the text
    of the one line; `tables` take the place of the made-up ones of the last year."""
    called = names or {"P-10": "Lào Cai", "P-48": "Đà Nẵng"}
    held = values or {
        2016: [value(2016, "P-10", 1, "1.000"), value(2016, "P-48", 2, "0.900")],
        2017: [value(2017, "P-10", 1, None, regime="assessment_2017")],
    }
    every = [row for rows in held.values() for row in rows]
    coverage = [
        {**LIST, "regime": rows[0]["regime"], "assessment_year": year, "bodies_held": len(rows),
         "bodies_expected": 2, "trust": "official_full"}
        for year, rows in held.items()
    ]  # fmt: skip
    panel = {
        "pnl_value_history": frame("pnl_value_history", *every),
        "pnl_rank_changes": frame(
            "pnl_rank_changes",
            {**every[-1], "from_year": min(held), "comparability": "method break: a to b"},
        ),
        "pnl_coverage": frame("pnl_coverage", *coverage),
    }
    years = {str(year): _year(year, rows, called, raw) for year, rows in held.items()}
    years[str(max(held))].update(tables)
    return Inputs(
        panel=panel,
        analysis={t.name: frame(t.name) for t in registry.tables(unit="analysis")},
        years=years,
        vintages={year: f"v0001-{year}" for year in years},
        left_out={},
        hashes={},
    )


def _year(
    year: int, rows: list[dict[str, Any]], names: Mapping[str, str], raw: str
) -> dict[str, pa.Table]:
    empty = [*RELEASE_TABLES]
    empty += [name for names_ in RAW_TEXTS.values() for name in names_]
    tables = {name: frame(name) for name in empty}
    cell = {"file_sha256": FILE, "line_no": 7, "column_no": 1, "raw_text": raw}
    file = {"file_sha256": FILE, "file_name": "report.md", "issuer": "the issuer"}
    bodies = [
        {"body_code": code, "body_name": name, "name_en": f"{name} (en)", "block": "province"}
        for code, name in names.items()
    ]
    checked = {
        **LIST, "assessment_year": year, "item": "rank", "table_no": "4.9", "subject": f"{year}:x",
        "body_code": rows[0]["body_code"], "printed": "1", "recomputed": "2",
        "class": "source_error", "rule": "competition_rank", "line_no": 7, "file_sha256": FILE,
    }  # fmt: skip
    ranks = ({**row, "recomputed_rank": row["published_rank"]} for row in rows)
    return {
        **tables,
        "rel_published_values": frame("rel_published_values", *rows),
        "rel_ranks": frame("rel_ranks", *ranks),
        "rel_sources": frame("rel_sources", file),
        "rel_reconciliation": frame("rel_reconciliation", checked),
        "raw_report_cells": frame("raw_report_cells", cell),
        "raw_bodies": frame("raw_bodies", *bodies),
    }  # fmt: skip
