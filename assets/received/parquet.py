"""A Parquet file as plain values: what the process runs that reads one apart (`sandbox`).

Belongs here: nothing but that, so that little is loaded where outside files are opened.
"""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

#: Lines and columns that a table may have, in whichever format it comes.
MOST_LINES, MOST_COLUMNS = 500_000, 200


def warm_up() -> None:
    """Load what reading would load, before there is a file."""
    buffer = io.BytesIO()
    moment = datetime(2017, 2, 20, tzinfo=UTC)
    pq.write_table(pa.table({"line": ["round"], "captured_at": [moment]}), buffer)
    read_plain(buffer.getvalue())


def read_plain(content: bytes) -> dict[str, Any]:
    """{"columns": names, "cells": a list for each column}, or {"refused": why}."""
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        if file.metadata.num_rows > MOST_LINES or file.metadata.num_columns > MOST_COLUMNS:
            return {
                "refused": f"{file.metadata.num_rows} rows, {file.metadata.num_columns} columns"
            }
        table = file.read(use_threads=False)
        cells = [_plain(column) for column in table.columns]
    except (pa.ArrowException, OSError, ValueError, TypeError, OverflowError) as error:
        return {"refused": str(error).splitlines()[0] if str(error) else type(error).__name__}
    return {"columns": table.column_names, "cells": cells}


def _plain(column: pa.ChunkedArray) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        # To microseconds of UTC without loading time zones, which is impossible here: the zone of
        # an Arrow column changes how it is shown, not which moments it holds.
        zone = "UTC" if column.type.tz else None
        column = column.cast(pa.timestamp("us", tz=zone), safe=False)
    return [_cell(value) for value in column.to_pylist()]


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    return {"type": type(value).__name__}  # of no declared type: the line is set aside
