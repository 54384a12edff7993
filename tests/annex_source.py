"""The report's tables read from its Markdown for tests, by rules of their own: nothing of ours."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "sources" / "2016" / "report_tables.md"

_TITLE = re.compile(r"\*\*Bảng (\d+\.\d+)\.(?:\*\*)?\s*(.*?)(?:\*\*)?$")


@dataclass
class PrintedTable:
    """Title, headings and rows as printed, without markup and surplus blanks."""

    number: str
    title: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def plain(text: str) -> str:
    """Text without tags and escapes, blanks as one."""
    bare = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\\(", "(").replace("\\)", ")")
    return " ".join(unicodedata.normalize("NFC", bare.replace("\\*", "*")).split())


def printed_tables(path: Path = SOURCE) -> dict[str, PrintedTable]:
    """Every numbered table of the report; headings repeated after a page break are left out, a
    row that goes on there is put together."""
    tables: dict[str, PrintedTable] = {}
    current: PrintedTable | None = None
    for line in path.read_text("utf-8").splitlines():
        if found := _TITLE.match(line):
            current = PrintedTable(found[1], plain(found[2]))
            tables[current.number] = current
        elif line.startswith("#"):
            current = None
        elif current is not None and "\t" in line:
            _take(current, [plain(cell) for cell in line.split("\t")])
    return tables


def _take(table: PrintedTable, cells: list[str]) -> None:
    if not table.head:
        table.head = cells
    elif cells != table.head:
        row = cells + [""] * (len(table.head) - len(cells))
        if table.head[0] == "Thứ hạng" and not row[0] and not row[1]:
            last = table.rows[-1]
            table.rows[-1] = [" ".join(filter(None, pair)) for pair in zip(last, row, strict=True)]
        else:
            table.rows.append(row)
