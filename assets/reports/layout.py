"""Layouts of reports: which tables a report prints and what each column means. Reads and checks
the YAML under `layouts/`; knows nothing of the files the layouts describe."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.reports.errors import LayoutError

DIRECTORY = Path(__file__).parent / "layouts"


@dataclass(frozen=True)
class ColumnLayout:
    """A column of a table; the fields are explained in the layout file."""

    name: str
    type: str
    headers: tuple[str, ...]
    measure: str = ""
    level: str | None = None
    unit: str | None = None
    decimals: int = 0
    number: str = ""
    scope: str | None = None
    carry_down: bool = False
    may_be_blank: bool = False


@dataclass(frozen=True)
class TableLayout:
    """A numbered table: what it is about, how it ranks and its columns."""

    table_no: str
    title_vi: str
    title_en: str
    table_kind: str
    block: str
    universe: str
    body_separators: str
    columns: tuple[ColumnLayout, ...]
    category: str | None = None
    rank_policy: str | None = None
    rank_by: str | None = None
    tie_break: str | None = None
    missing_policy: str | None = None
    expected_bodies: int | None = None
    decimals: int | None = None
    has_total_row: bool = False

    def position(self, type_: str) -> int | None:
        """Place (from 0) of the first column of that type; null when there is none."""
        return next((i for i, c in enumerate(self.columns) if c.type == type_), None)


@dataclass(frozen=True)
class ReportLayout:
    """All tables of one report, with the words it uses in place of figures."""

    report_code: str
    index_code: str
    regime: str
    assessment_year: int
    status_texts: dict[str, str]
    unit_texts: dict[str, str]
    total_label: str
    scope_separator: re.Pattern[str]
    tables: dict[str, TableLayout]


def _column(spec: dict[str, Any]) -> ColumnLayout:
    return ColumnLayout(**{**spec, "headers": tuple(spec["headers"])})


def _table(table_no: str, spec: dict[str, Any]) -> TableLayout:
    columns = tuple(_column(column) for column in spec["columns"])
    return TableLayout(**{**spec, "table_no": table_no, "columns": columns})


def _layout(path: Path) -> ReportLayout:
    document = yaml.safe_load(path.read_text("utf-8"))
    for anchors in ("columns", "blocks", "ranks"):  # only named so that tables can refer to them
        document.pop(anchors)
    document["scope_separator"] = re.compile(document["scope_separator"])
    document["tables"] = {no: _table(no, spec) for no, spec in document["tables"].items()}
    return ReportLayout(**document)


@cache
def _layouts() -> dict[str, ReportLayout]:
    found = (_layout(path) for path in sorted(DIRECTORY.glob("report_*.yaml")))
    return {layout.report_code: layout for layout in found}


def find_layout(report_code: str) -> ReportLayout:
    """The layout of that report, as its sidecar names it. LayoutError lists those declared."""
    try:
        return _layouts()[report_code]
    except KeyError:
        raise LayoutError(
            expected=f"a declared report_code ({', '.join(_layouts())})", found=repr(report_code)
        ) from None
