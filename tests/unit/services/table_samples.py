"""Tables of services and counts in every format, and what the reader makes of them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

from assets import registry
from assets.gates import check
from assets.received.delivery import Delivery
from assets.services.tables.catalogue import read_service_files
from assets.services.tables.judge import ServiceFile
from assets.services.tables.readings import Bodies

Row = dict[str, Any]
#: A table as rows of texts, the first its header.
Grid = Sequence[Sequence[str | None]]

CATALOGUE, COUNTS = "service_catalogue", "monthly_cases"
COUNT_HEADER = ["body_code", "service_code", "declared_level", "channel", "month", "cases_received"]
SERVICE_HEADER = ["service_code", "body_code", "service_name", "declared_level", "valid_from"]


def bodies_of_samples() -> Bodies:
    """Two provinces, one with an alias; and two bodies of one name, one of them of a later year."""

    def body(code: str, name: str, first: int | None, last: int | None) -> Row:
        return {
            "body_code": code,
            "body_name": name,
            "valid_from": first and date(first, 1, 1),
            "valid_to": last and date(last, 6, 30),
        }

    rows = [
        body("P-10", "Lào Cai", None, 2025),
        body("P-24", "Bắc Giang", None, 2025),
        body("Q-15", "Lào Cai", 2025, None),
        body("MX", "Cục X", None, None),
        body("MY", "Cục X", None, None),
    ]
    names = [{"body_code": "P-10", "alias": "Tỉnh Lào Cai"}, {"body_code": "MX", "alias": "X"}]
    texts = [(name, pa.string()) for name in ("body_code", "body_name")]
    days = [(name, pa.date32()) for name in ("valid_from", "valid_to")]
    frame = pa.Table.from_pylist(rows, pa.schema([*texts, *days]))
    return Bodies.of(frame, pa.Table.from_pylist(names), 2016)


def count_row(**cells: str | None) -> list[str | None]:
    """A good line of monthly counts with some cells changed."""
    good: dict[str, str | None] = {
        "body_code": "P-10",
        "service_code": "DV-1",
        "declared_level": None,
        "channel": "online",
        "month": "2016-03",
        "cases_received": "12",
    }
    return list((good | cells).values())


def service_row(**cells: str | None) -> list[str | None]:
    """A good line of the catalogue with some cells changed."""
    good: dict[str, str | None] = {
        "service_code": "DV-1",
        "body_code": "P-10",
        "service_name": "Cấp phép xây dựng",
        "declared_level": "3",
        "valid_from": "2016-01-01",
    }
    return list((good | cells).values())


def counts(*rows: Sequence[str | None]) -> Grid:
    """A table of monthly counts."""
    return [COUNT_HEADER, *rows]


def services(*rows: Sequence[str | None]) -> Grid:
    """A table of the catalogue."""
    return [SERVICE_HEADER, *rows]


def as_csv(grid: Grid, delimiter: str = ",", encoding: str = "utf-8") -> bytes:
    """The table as CSV; a line without cells is a blank line."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(grid)
    return text.getvalue().encode(encoding)


def as_json(grid: Grid) -> bytes:
    """The table as a list of objects."""
    header, *rows = grid
    return json.dumps([dict(zip(header, row, strict=True)) for row in rows]).encode()


def as_xlsx(grid: Grid) -> bytes:
    """The table on the first sheet of a workbook, every cell a text."""
    book = openpyxl.Workbook()
    for row, cells in enumerate(grid, start=1):
        for column, text in enumerate(cells, start=1):
            if text is not None:
                book.active.cell(row, column, text).data_type = "s"
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """The bytes of a workbook."""
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_parquet(grid: Grid) -> bytes:
    """The table as Parquet, every column of texts."""
    header, *rows = grid
    columns = {
        name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(header)
    }
    made = io.BytesIO()
    pq.write_table(pa.table(columns), made)
    return made.getvalue()


def file(
    content: bytes, kind: str = COUNTS, name: str = "table.csv", years: tuple[int, ...] = (2016,)
) -> ServiceFile:
    """A file as taken in."""
    sha256 = hashlib.sha256(content).hexdigest()
    return ServiceFile(Delivery(content, name, sha256, date(2017, 1, 5), False, 1), kind, years)


def read(*files: ServiceFile, year: int = 2016, gated: bool = True) -> dict[str, list[Row]]:
    """Rows of the four tables by their names without `raw_`, after all have passed their gates."""
    tables = read_service_files(files, year=year, bodies=bodies_of_samples())
    for name, frame in tables.items() if gated else ():
        assert check(registry.table(name), frame).failures.to_pylist() == []
    return {name.removeprefix("raw_"): table.to_pylist() for name, table in tables.items()}


def told(tables: Mapping[str, list[Row]]) -> list[tuple[int, str, str]]:
    """Line, column and rule of all that is set aside, in that order."""
    rows = tables["service_quarantine"]
    return sorted((row["line_no"], row["column_name"], row["rule_id"]) for row in rows)


def only_file(tables: Mapping[str, list[Row]]) -> Row:
    """The row of the only file."""
    (row,) = tables["service_files"]
    return row
