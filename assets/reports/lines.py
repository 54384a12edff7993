"""From lines to printed tables: captions, headers, page breaks, continued rows, notes. Judges the
shape of a line only; what its cells say is read elsewhere.

A table runs from its caption to the last table line or note before something else stands (a
heading, a paragraph, the next caption). Nothing goes by line numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assets.reports.errors import LayoutError
from assets.reports.layout import ReportLayout, TableLayout
from assets.reports.markup import clean, comparable

_CAPTION = re.compile(r"Bảng ([0-9]+\.[0-9]+)\.\s*(\S.*)")
_BOLD_CAPTION = re.compile(r"\s*(?:\*\*|<b>)\s*Bảng [0-9]")
_LEADERS = re.compile(r"\.{3,}\s*[0-9]*\s*$")  # of a table of contents
_MAX_CAPTION = 1000  # characters; the longest real caption has 200
_NOTE = re.compile(r"\(\s*\*+\s*\)")


@dataclass(frozen=True)
class PrintedRow:
    """One printed line of a table. `raw` holds the cells as printed, `texts` the same cleaned and
    filled up to the columns of the table; `problem` is a quarantine rule when the line does not
    have the shape of the table. `row_no` is 0 for headers and notes; a continuation has the
    number of the row it continues."""

    line_no: int
    row_no: int
    segment_no: int
    kind: str
    raw: tuple[str, ...]
    texts: tuple[str, ...]
    problem: str | None = None


@dataclass
class PrintedTable:
    """A table as printed: its caption's line, its lines in order and its blank lines."""

    layout: TableLayout
    line_no: int
    rows: list[PrintedRow] = field(default_factory=list)
    blanks: int = 0


@dataclass(frozen=True)
class PrintedReport:
    """Tables in printed order, and table lines (number, text) that stand in none of them."""

    tables: tuple[PrintedTable, ...]
    orphans: tuple[tuple[int, str], ...]


def caption(line: str) -> tuple[str, str] | None:
    """Table number and title when the line is the caption of a table; null for anything else,
    also for an entry of a list of tables (dot leaders, page number)."""
    if "\t" in line or len(line) > _MAX_CAPTION or not _BOLD_CAPTION.match(line):
        return None
    if _LEADERS.search(line):
        return None
    found = _CAPTION.fullmatch(clean(line))
    return (found.group(1), found.group(2)) if found else None


def _header_fits(cells: list[str], table: TableLayout) -> bool:
    return len(cells) == len(table.columns) and all(
        comparable(cell) in {comparable(header) for header in column.headers}
        for cell, column in zip(cells, table.columns, strict=True)
    )


def _data_row(line_no: int, cells: list[str], table: PrintedTable, total_label: str) -> PrintedRow:
    layout, before = table.layout, table.rows[-1]
    segment_no = before.segment_no
    counted = [row for row in table.rows if row.kind not in ("header", "note")]
    row_no = counted[-1].row_no + 1 if counted else 1
    columns, raw = layout.columns, tuple(cells)
    missing = columns[len(cells) :]
    if len(cells) > len(columns) or not all(c.may_be_blank for c in missing):
        texts = tuple(clean(cell) for cell in cells)
        return PrintedRow(line_no, row_no, segment_no, "data", raw, texts, "cell_count")
    texts = tuple(clean(cell) for cell in cells) + ("",) * len(missing)
    kind = "data"
    rank, body = layout.position("rank"), layout.position("body")
    if rank is not None and body is not None and not texts[rank]:
        if layout.has_total_row and texts[body].casefold() == total_label.casefold():
            kind = "total"
        elif (
            not texts[body]
            and before.kind == "header"
            and counted
            and counted[-1].kind in ("data", "continuation")
        ):
            kind, row_no = "continuation", counted[-1].row_no
    return PrintedRow(line_no, row_no, segment_no, kind, raw, texts)


def _printed_row(line_no: int, line: str, table: PrintedTable, total_label: str) -> PrintedRow:
    segment_no = table.rows[-1].segment_no if table.rows else 0
    if "\t" not in line:
        return PrintedRow(line_no, 0, segment_no, "note", (line,), (clean(line),))
    cells = line.split("\t")
    if _header_fits(cells, table.layout):
        texts = tuple(clean(cell) for cell in cells)
        return PrintedRow(line_no, 0, segment_no + 1, "header", tuple(cells), texts)
    return _data_row(line_no, cells, table, total_label)


def find_tables(lines: list[str], layout: ReportLayout, *, file_name: str) -> PrintedReport:
    """Finds every table of the layout in the lines of a report.

    LayoutError: an unknown or repeated table number, a title or header that does not fit, a
    caption without a table, a table that is missing.
    """
    tables: dict[str, PrintedTable] = {}
    orphans: list[tuple[int, str]] = []
    current: PrintedTable | None = None
    blanks = 0

    def require_header(found: str, line_no: int) -> None:
        if current is not None and not current.rows:
            headers = " | ".join(column.headers[0] for column in current.layout.columns)
            raise LayoutError(
                file_name=file_name,
                line_no=line_no,
                table_no=current.layout.table_no,
                expected=f"the header {headers!r}",
                found=repr(found[:200]),
            )

    for line_no, line in enumerate(lines, start=1):
        captioned = caption(line)
        if not line.strip():
            blanks += 1
        elif captioned:
            require_header(line, line_no)
            current = _open_table(captioned, line_no, layout, tables, file_name)
            blanks = 0
        elif current is not None and ("\t" in line or (current.rows and _is_note(line))):
            if not current.rows and not _header_fits(line.split("\t"), current.layout):
                require_header(line, line_no)
            current.rows.append(_printed_row(line_no, line, current, layout.total_label))
            current.blanks += blanks
            blanks = 0
        else:
            require_header(line, line_no)
            current = None
            if tables and "\t" in line:
                orphans.append((line_no, line))
    require_header("the end of the file", len(lines))
    missing = [table_no for table_no in layout.tables if table_no not in tables]
    if missing:
        raise LayoutError(
            file_name=file_name,
            table_no=missing[0],
            expected=f"all {len(layout.tables)} tables of {layout.report_code}",
            found=f"no caption of {', '.join(missing)}",
        )
    return PrintedReport(tuple(tables.values()), tuple(orphans))


def _is_note(line: str) -> bool:
    return _NOTE.match(clean(line)) is not None


def _open_table(
    captioned: tuple[str, str],
    line_no: int,
    layout: ReportLayout,
    tables: dict[str, PrintedTable],
    file_name: str,
) -> PrintedTable:
    table_no, title = captioned
    expected, found = None, repr(title)
    if table_no not in layout.tables:
        expected = f"a table number of {layout.report_code}: {', '.join(layout.tables)}"
        found = table_no
    elif table_no in tables:
        expected = f"one table of that number (the first is on line {tables[table_no].line_no})"
        found = "a second one"
    elif comparable(title) != comparable(layout.tables[table_no].title_vi):
        expected = f"the title {layout.tables[table_no].title_vi!r}"
    if expected:
        raise LayoutError(
            file_name=file_name, line_no=line_no, table_no=table_no, expected=expected, found=found
        )
    tables[table_no] = PrintedTable(layout.tables[table_no], line_no)
    return tables[table_no]
