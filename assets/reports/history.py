"""From a file of published figures (CSV, one figure a line) to the raw_history_* tables of one
year. What the words of the file mean is data (`layouts/published_values.yaml`)."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import yaml

from assets import registry
from assets.csvtext import StrictReader
from assets.reports.errors import SourceError, UnreadableError
from assets.reports.layout import DIRECTORY
from assets.reports.numbers import read_rank
from assets.reports.quarantine import Fault, quarantine_rows
from assets.reports.text import source_lines

_VALUE = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True)
class HistoryContent:
    """Arrow tables in the registry's schemas, named as there without `raw_history_`."""

    values: pa.Table
    counts: pa.Table
    quarantine: pa.Table


class _CellError(Exception):
    """A line that cannot be read because of one of its columns."""

    def __init__(self, rule_id: str, column: str) -> None:
        super().__init__(rule_id)
        self.rule_id, self.column = rule_id, column


@cache
def _meanings() -> dict[str, Any]:
    meanings: dict[str, Any] = yaml.safe_load(
        (DIRECTORY / "published_values.yaml").read_text("utf-8")
    )
    return meanings


def _fields(line: str) -> list[str]:
    """Fields of one line without surrounding spaces; none when it is not well formed. A quoted
    field ends on its line, so that an open quote cannot swallow the lines below."""
    try:
        return [part.strip() for part in next(StrictReader([line]))]
    except csv.Error:
        return []


def _about(row: dict[str, str], year: int) -> dict[str, Any]:
    """Index, regime, block, universe, category, measure, what it is of and scale of the figure."""
    meanings = _meanings()
    block = meanings["blocks"].get(row["block"])
    if block is None:
        raise _CellError("unknown_block", "block")
    suffix = meanings["block_mean_suffix"]
    is_mean = row["category"].endswith(suffix)
    category = meanings["categories"].get(row["category"].removesuffix(suffix))
    if category is None or (is_mean and "measure" in category):
        raise _CellError("unknown_category", "category")
    index_code = category["index_code"]
    regimes = [
        entry["regime"]
        for entry in meanings["regimes"]
        if entry["index_code"] == index_code and entry["from_year"] <= year <= entry["to_year"]
    ]
    if not regimes:
        raise _CellError("unknown_regime", "category")
    is_count = "measure" in category
    return {
        "index_code": index_code,
        "regime": regimes[0],
        "block": block["block"],
        "universe": block["universe"],
        "category": category["category"],
        "measure": "block_mean" if is_mean else category.get("measure", "index_value"),
        "value_of": "block" if is_mean else block.get("value_of", "body"),
        "scale_max": Decimal(0 if is_count else meanings["scales"][index_code]),
    }


def _body(name: str, value_of: str) -> str | None:
    is_whole_block = name in _meanings()["block_names"]
    if value_of == "block":
        if name and not is_whole_block:
            raise _CellError("body_unexpected", "body")
        return None
    if not name or is_whole_block:
        raise _CellError("body_missing", "body")
    return name


def _rank(row: dict[str, str]) -> dict[str, Any]:
    if not row["published_rank"]:
        return {"published_rank": None, "rank_status": "not_printed"}
    try:
        rank = int(read_rank(row["published_rank"]).value)
    except UnreadableError as error:
        raise _CellError(error.rule_id, "published_rank") from None
    derived = _meanings()["rank_derived"] in row["retrieved_as"]
    return {"published_rank": rank, "rank_status": "derived" if derived else "printed"}


def _value(row: dict[str, str], scale_max: Decimal) -> dict[str, Any]:
    if not row["published_value"]:
        no_figure = _meanings()["no_figure"] in row["retrieved_as"]
        status = "no_figure" if no_figure else "not_published"
        return {"published_value": None, "value_status": status, "decimals": None}
    found = _VALUE.fullmatch(row["published_value"])
    if not found:
        raise _CellError("value_unreadable", "published_value")
    value, fraction = Decimal(found.group(0)), found.group(2) or ""
    if scale_max == 0 and fraction:
        raise _CellError("count_unreadable", "published_value")
    if scale_max and value > scale_max:
        raise _CellError("value_out_of_scale", "published_value")
    return {"published_value": value, "value_status": "reported", "decimals": len(fraction)}


def _trust(row: dict[str, str]) -> str:
    if not row["source_url"] or not row["retrieved_as"]:
        missing = "source_url" if not row["source_url"] else "retrieved_as"
        raise _CellError("source_missing", missing)
    rules = _meanings()["trust"]
    found = next(r for r in rules if re.search(r["pattern"], row[r["column"]]))
    return str(found["trust"])


def _value_row(row: dict[str, str], year: int) -> dict[str, Any]:
    about = _about(row, year)
    return {
        **about,
        "body_printed": _body(row["body"], about["value_of"]),
        **_rank(row),
        **_value(row, about["scale_max"]),
        "raw_text": f"{row['published_rank']},{row['published_value']}",
        "source_ref": row["source_url"],
        "retrieved_as": row["retrieved_as"],
        "trust": _trust(row),
    }


def read_history(content: bytes, *, file_sha256: str, file_name: str, year: int) -> HistoryContent:
    """Reads the lines of a CSV of published figures that speak of one year.

    Missing is never zero: a null rank or value has a status. Lines that cannot be read are in
    `quarantine`; a line whose year cannot be read is so for every year. SourceError when the
    file is too large, not UTF-8 or has another header.
    """
    header, *lines = source_lines(content, file_name=file_name)
    columns = _meanings()["columns"]
    if _fields(header) != columns:
        raise SourceError(
            f"{file_name}, line 1: expected the header {','.join(columns)!r}; "
            f"found {header[:200]!r}. Use the columns of the published-values layout."
        )
    common = {"file_sha256": file_sha256, "assessment_year": year}
    values: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for line_no, line in enumerate(lines, start=2):
        year_text = line.split(",", 1)[0].strip().strip('"')
        if not line.strip() or (_YEAR.fullmatch(year_text) and int(year_text) != year):
            continue
        fields = _fields(line)
        if len(fields) != len(columns):
            faults.append(Fault(line_no, "row_shape", line))
            continue
        row = dict(zip(columns, fields, strict=True))
        try:
            if not _YEAR.fullmatch(row["year"]):
                raise _CellError("unknown_year", "year")
            key = {"value_key": f"{year}:{file_name}:{line_no}", "line_no": line_no}
            values.append({**common, **key, **_value_row(row, year)})
        except _CellError as error:
            raw, column_no = row[error.column], columns.index(error.column) + 1
            faults.append(Fault(line_no, error.rule_id, raw, column_no, error.column))
    counts = {
        "rows_in": len(values) + len(faults),
        "rows_accepted": len(values),
        "rows_quarantined": len(faults),
        "rows_blank": 0,
    }
    quarantined = quarantine_rows(faults, file_sha256=file_sha256, file_name=file_name, year=year)
    rows = {"values": values, "counts": [{**common, **counts}], "quarantine": quarantined}
    return HistoryContent(
        **{
            name: pa.Table.from_pylist(
                found, schema=registry.table(f"raw_history_{name}").arrow_schema
            )
            for name, found in rows.items()
        }
    )
