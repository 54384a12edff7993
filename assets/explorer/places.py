"""Where each number stands in its source: numbered once, referred to by index.

Belongs here: file, table, line and raw text of a place. A place that many figures share is
written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from assets.plaintext import plain

#: Characters of a raw line that are shown.
RAW_LENGTH = 2000

FILE_COLUMNS = (
    "file_sha256", "file_name", "kind", "issuer", "document_no", "document_date", "source_ref",
    "received_at", "licence",
)  # fmt: skip
PLACE_COLUMNS = ("file", "table_no", "line_no", "raw", "seen")
SEEN_COLUMNS = ("source_ref", "retrieved_as")

Row = Mapping[str, Any]


class Places:
    """Numbers files and places as they are asked for.

    `seen` says, for figures that were collected one by one, where and how; many share it.
    """

    def __init__(self) -> None:
        self.files: list[list[Any]] = []
        self.rows: list[list[Any]] = []
        self.seen: list[list[str]] = []
        self._raw: dict[tuple[str, int], tuple[str, int | None]] = {}
        self._seen: dict[tuple[str, str], int] = {}
        self._file: dict[str, int] = {}
        self._place: dict[tuple[str, str | None, int], int] = {}

    def read(self, tables: Mapping[str, pa.Table]) -> None:
        """Take in the raw texts and source files of one year."""
        lines: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for cell in tables["raw_report_cells"].to_pylist():
            place = (cell["file_sha256"], cell["line_no"])
            lines.setdefault(place, []).append((cell["column_no"], cell["raw_text"]))
        for place, cells in lines.items():
            text = " | ".join(raw for _, raw in sorted(cells))
            self._raw[place] = (plain(f"| {text} |", RAW_LENGTH), None)
        for value in tables["raw_history_values"].to_pylist():
            self._raw[(value["file_sha256"], value["line_no"])] = (
                plain(value["raw_text"], RAW_LENGTH),
                self._told(value["source_ref"], value["retrieved_as"]),
            )
        for file in tables["rel_sources"].to_pylist():
            if file["file_sha256"] not in self._file:
                self._file[file["file_sha256"]] = len(self.files)
                self.files.append([shown(file[name]) for name in FILE_COLUMNS])

    def _told(self, source_ref: str, retrieved_as: str) -> int:
        told = (source_ref, retrieved_as)
        if told not in self._seen:
            self._seen[told] = len(self.seen)
            self.seen.append(list(told))
        return self._seen[told]

    def of(self, row: Row) -> int | None:
        """The number of the place of a row with file_sha256, line_no and perhaps table_no; None
        for a row that is from no file that is held."""
        file, line = row["file_sha256"], row["line_no"]
        table = row.get("table_no")
        if file not in self._file or line is None:
            return None
        key = (file, table, line)
        if key not in self._place:
            self._place[key] = len(self.rows)
            raw = self._raw.get((file, line), (None, None))
            self.rows.append([self._file[file], table, line, *raw])
        return self._place[key]


def shown(value: Any) -> Any:
    """A value as the page's data hold it: decimals and dates as text, the rest as it is."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return format(value.normalize(), "f")
