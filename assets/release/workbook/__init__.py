"""The workbook of a release, for officials: one file that Excel and LibreOffice open.

A maker of a release (`assets.release.package`): `FILES` and `files`. Belongs here: the tables as
sheets that are read and printed, sheets to look up a body, contents and legend. Does not belong
here: figures; every number is a cell of a release table. Words and looks are in `layout.yaml` and
`look.yaml`, labels of columns in `assets/release/labels.yaml`, words of codes in the registry.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from assets import registry
from assets.release.tables import UNIT
from assets.release.workbook.book import Book
from assets.release.workbook.contents import Item, write_contents, write_legend
from assets.release.workbook.layout import layout, phrase, sheet_of
from assets.release.workbook.lookup import bodies_of, write_look_up
from assets.release.workbook.section import lines_of
from assets.release.workbook.tablesheet import Row, TableSheet, table_sheet, write_table

WORKBOOK = "workbook.xlsx"
FILES: tuple[str, ...] = (WORKBOOK,)

Rows = Mapping[str, Sequence[Row]]


def files(tables: Mapping[str, pa.Table], year: int) -> dict[str, bytes]:
    """The workbook of the release of `year` from its tables by registry name.

    KeyError names what has no sheet, label or words and where to add them.
    """
    declared = registry.tables(unit=UNIT)
    rows = {table.name: tables[table.name].to_pylist() for table in declared}
    book = Book(year, _documents(rows))
    contents = book.add(layout()["contents"]["sheet"])
    look_ups = {block: book.add(s["sheet"]) for block, s in layout()["look_up"]["sheets"].items()}
    bodies = bodies_of(rows)
    placed = _place(book, rows)
    legend = book.add(layout()["legend"]["sheet"])
    for table in placed.values():
        write_table(table, _files_of(rows[table.table.name], rows))
    for block, sheet in look_ups.items():
        write_look_up(sheet, block, bodies[block], placed)
    write_legend(legend, declared)
    content = phrase(layout()["look_up"]["content"])
    items = [Item(sheet.name, content, "look_up", None) for sheet in look_ups.values()]
    items += [
        Item(
            table.sheet.name,
            registry.Label(table.table.description_vi, table.table.description_en),
            sheet_of(name)["kind"],
            len(table.cells),
        )
        for name, table in placed.items()
    ]
    items.append(Item(legend.name, phrase(layout()["legend"]["title"]), "legend", None))
    write_contents(contents, items, rows["rel_coverage"])
    return {WORKBOOK: book.data()}


def _place(book: Book, rows: Rows) -> dict[str, TableSheet]:
    """Every release table on a sheet of its own."""
    names = {
        row["body_code"]: row["body_name"]
        for table in rows.values()
        if table and {"body_code", "body_name"} <= table[0].keys()
        for row in table
    }
    sections = {section["table"]: section for section in layout()["look_up"]["sections"]}
    placed = {}
    for table in registry.tables(unit=UNIT):
        own = rows[table.name]
        lines = lines_of(sections[table.name], own) if table.name in sections else []
        sheet = book.add(sheet_of(table.name)["sheet"])
        placed[table.name] = table_sheet(sheet, table, own, names, lines)
    return placed


def _documents(rows: Rows) -> str:
    """The documents that the release rests on, for footers: reports, or a word where to look."""
    reports = [row for row in rows["rel_sources"] if row["kind"] == "assessment_report"]
    named = [_document(row) for row in reports]
    return "; ".join(named) or phrase(layout()["words"]["see_sources"]).vi


def _files_of(own: Sequence[Row], rows: Rows) -> str:
    """The files that a table's rows are from."""
    files = {row["file_sha256"]: row for row in rows["rel_sources"]}
    used = {row.get("file_sha256") for row in own}
    named = [_file(row) for sha256, row in files.items() if sha256 in used]
    return "; ".join(named) or phrase(layout()["words"]["see_sources"]).vi


def _file(row: Row) -> str:
    short = row["file_sha256"][: layout()["short_hash"]]
    return f"{row['file_name']} ({_document(row)}; SHA-256 {short})"


def _document(row: Row) -> str:
    """Issuer, number and day of a document, as far as they are known."""
    day = row["document_date"].strftime("%d/%m/%Y") if row["document_date"] else None
    return ", ".join(part for part in (row["issuer"], row["document_no"], day) if part)
