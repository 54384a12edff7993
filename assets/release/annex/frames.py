"""The release tables as rows that can be looked up by table number, body and line.

Belongs here: look-ups that several kinds of tables need. Does not belong here: how a cell is
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

Row = Mapping[str, Any]

#: Far enough for any cell; texts are cut nowhere.
_NO_LINE = 10**9


@dataclass(frozen=True)
class Name:
    """A body's name in one table: where it stands, as printed, with the note printed beside it."""

    line_no: int
    body_no: int
    text: str
    note: str | None


class Frames:
    """Rows of the release tables, each table turned into rows once."""

    def __init__(self, tables: Mapping[str, pa.Table]) -> None:
        self._tables = tables
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._of_table: dict[tuple[Any, ...], list[dict[str, Any]]] = {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """All rows of a release table, in its declared order."""
        if name not in self._rows:
            self._rows[name] = self._tables[name].to_pylist()
        return self._rows[name]

    def of_table(self, name: str, table_no: str, where: Row) -> list[dict[str, Any]]:
        """Rows of a release table that belong to table `table_no` of the report."""
        place = (name, table_no, *sorted(where.items()))
        if place not in self._of_table:
            wanted = {"table_no": table_no, **where}.items()
            self._of_table[place] = [
                row for row in self.rows(name) if all(row[key] == value for key, value in wanted)
            ]
        return self._of_table[place]

    def name(self, table_no: str, row: Row) -> Name:
        """The name of a row's body in that table; the registered one if no print is held."""
        registered = Name(row.get("line_no") or _NO_LINE, 0, row["body_name"], None)
        return self._names.get((table_no, row["body_code"]), registered)

    def english_name(self, body_code: str) -> str:
        """The body's name in English; empty if it is not held."""
        return self._english.get(body_code, "")

    def row_no(self, table_no: str, line_no: int) -> int | None:
        """The row of the printed table that a line of the file belongs to."""
        return self._row_numbers.get((table_no, line_no))

    def text(self, table_no: str, line_no: int, column: str) -> str:
        """The words of one printed cell, its pieces joined; empty if it has none."""
        row_no = self.row_no(table_no, line_no)
        return " ".join(self._texts.get((table_no, row_no, column), ()))

    @cached_property
    def _names(self) -> dict[tuple[str | None, str | None], Name]:
        return {
            (row["table_no"], row["body_code"]): Name(
                row["line_no"], row["body_no"], row["body_printed"], row["body_note"]
            )
            for row in self.rows("rel_printed_names")
        }

    @cached_property
    def _english(self) -> dict[str, str]:
        return {row["body_code"]: row["name_en"] or "" for row in self.rows("rel_bodies")}

    @cached_property
    def _row_numbers(self) -> dict[tuple[str, int], int]:
        return {
            (row["table_no"], row["line_no"]): row["row_no"]
            for row in self.rows("rel_report_texts")
        }

    @cached_property
    def _texts(self) -> dict[tuple[str, int | None, str], list[str]]:
        found: dict[tuple[str, int | None, str], list[str]] = {}
        for row in sorted(self.rows("rel_report_texts"), key=lambda row: row["line_no"]):
            place = (row["table_no"], row["row_no"], row["column_name"])
            found.setdefault(place, []).append(row["clean_text"])
        return found


def first(rows: Iterable[Row], **fields: Any) -> Row | None:
    """The first row with these values."""
    return next((row for row in rows if all(row[k] == v for k, v in fields.items())), None)
