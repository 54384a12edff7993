"""Parquet documents as plain values: what the reading process of `result_lines` runs.

Belongs here: nothing but that, so that little is loaded where outside files are opened.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

#: Rows and columns that a document may have.
MOST_ROWS, MOST_COLUMNS = 1_000_000, 200


def warm_up() -> None:
    """Load what reading would load, before there is a file."""
    buffer = io.BytesIO()
    pq.write_table(pa.table({"line": ["round"]}), buffer)
    read_plain(buffer.getvalue())


def read_plain(content: bytes) -> dict[str, Any]:
    """{"columns": names, "cells": a list for each column}, or {"refused": why}."""
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        if file.metadata.num_rows > MOST_ROWS or file.metadata.num_columns > MOST_COLUMNS:
            return {
                "refused": f"{file.metadata.num_rows} rows, {file.metadata.num_columns} columns"
            }
        table = file.read(use_threads=False)
        cells = [[_plain(value) for value in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        return {"refused": str(error).splitlines()[0] if str(error) else type(error).__name__}
    return {"columns": table.column_names, "cells": cells}


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return {"type": type(value).__name__}  # of no declared type: the line is set aside
