"""From the bytes of a report to the raw_report_* tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pyarrow as pa

from assets import registry
from assets.reports.layout import ReportLayout
from assets.reports.lines import PrintedTable, find_tables
from assets.reports.markup import link_url
from assets.reports.quarantine import Fault, quarantine_rows
from assets.reports.text import source_lines
from assets.reports.values import Value, read_table


@dataclass(frozen=True)
class ReportContent:
    """Arrow tables in the registry's schemas, named as there without `raw_report_`."""

    tables: pa.Table
    cells: pa.Table
    values: pa.Table
    counts: pa.Table
    quarantine: pa.Table


def _table_row(table: PrintedTable, layout: ReportLayout) -> dict[str, Any]:
    of_table = table.layout
    return {
        "report_code": layout.report_code,
        "table_no": of_table.table_no,
        "line_no": table.line_no,
        "title_vi": of_table.title_vi,
        "title_en": of_table.title_en,
        "table_kind": of_table.table_kind,
        "index_code": layout.index_code,
        "regime": layout.regime,
        "block": of_table.block,
        "universe": of_table.universe,
        "category": of_table.category,
        "rank_policy": of_table.rank_policy,
        "rank_by": of_table.rank_by,
        "tie_break": of_table.tie_break,
        "missing_policy": of_table.missing_policy,
        "expected_bodies": of_table.expected_bodies,
        "decimals": of_table.decimals,
    }


def _cell_rows(table: PrintedTable) -> list[dict[str, Any]]:
    columns = table.layout.columns
    rows = []
    for row in table.rows:
        for place, raw in enumerate(row.raw):
            named = row.kind != "note" and row.problem is None
            rows.append(
                {
                    "table_no": table.layout.table_no,
                    "segment_no": row.segment_no,
                    "row_no": row.row_no,
                    "line_no": row.line_no,
                    "column_no": 0 if row.kind == "note" else place + 1,
                    "column_name": columns[place].name if named else None,
                    "row_kind": row.kind,
                    "raw_text": raw,
                    "clean_text": row.texts[place],
                    "link_url": link_url(raw),
                }
            )
    return rows


def _value_row(value: Value, table: PrintedTable, layout: ReportLayout) -> dict[str, Any]:
    reading, row, of_table = value.reading, value.row, table.layout
    key = (
        f"{layout.assessment_year}:{of_table.table_no}/r{row.row_no}/c{value.column_no}"
        f"/b{value.body_no}/p{reading.part_no}/{reading.measure}"
    )
    return {
        "value_key": key,
        "index_code": layout.index_code,
        "regime": layout.regime,
        "block": of_table.block,
        "universe": of_table.universe,
        "category": of_table.category,
        "table_no": of_table.table_no,
        "row_no": row.row_no,
        "row_kind": row.kind,
        "column_no": value.column_no,
        "line_no": reading.line_no or row.line_no,
        "body_no": value.body_no,
        "body_printed": value.body_printed,
        "body_note": value.body_note,
        "part_no": reading.part_no,
        "measure": reading.measure,
        "level": reading.level,
        "statistic_group": value.statistic_group,
        "statistic": reading.statistic,
        "scope": reading.statistic_scope,
        "unit": reading.unit,
        "value": reading.value,
        "value_text": reading.value_text,
        "value_status": reading.value_status,
        "decimals": reading.decimals,
        "raw_text": reading.raw_text,
        "parser_rule": reading.parser_rule,
    }


def _count_row(table: PrintedTable, faults: list[Fault]) -> dict[str, Any]:
    faulty = {fault.line_no for fault in faults}
    quarantined = sum(row.line_no in faulty for row in table.rows)
    return {
        "table_no": table.layout.table_no,
        "rows_in": len(table.rows) + table.blanks,
        "rows_accepted": len(table.rows) - quarantined,
        "rows_quarantined": quarantined,
        "rows_blank": table.blanks,
    }


def read_report(
    content: bytes, *, file_sha256: str, file_name: str, layout: ReportLayout
) -> ReportContent:
    """Reads the text of a report by its layout.

    Cells that cannot be read are in `quarantine` and have no value row; a line with such a cell
    counts as quarantined. SourceError when the file is too large or not UTF-8, LayoutError when
    the tables found are not those of the layout.
    """
    lines = source_lines(content, file_name=file_name)
    report = find_tables(lines, layout, file_name=file_name)
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("tables", "cells", "values", "counts")
    }
    every_fault = [Fault(line_no, "orphan_row", line) for line_no, line in report.orphans]
    for table in report.tables:
        values, faults = read_table(table, layout)
        every_fault += [replace(fault, table_no=table.layout.table_no) for fault in faults]
        rows["tables"].append(_table_row(table, layout))
        rows["cells"] += _cell_rows(table)
        rows["values"] += [_value_row(value, table, layout) for value in values]
        rows["counts"].append(_count_row(table, faults))
    year = layout.assessment_year
    common = {"file_sha256": file_sha256, "assessment_year": year}
    built = {
        name: pa.Table.from_pylist(
            [{**common, **row} for row in found],
            schema=registry.table(f"raw_report_{name}").arrow_schema,
        )
        for name, found in rows.items()
    }
    quarantine = pa.Table.from_pylist(
        quarantine_rows(every_fault, file_sha256=file_sha256, file_name=file_name, year=year),
        schema=registry.table("raw_report_quarantine").arrow_schema,
    )
    return ReportContent(**built, quarantine=quarantine)
