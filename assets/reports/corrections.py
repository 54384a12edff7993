"""Reader of the reviewed corrections: known faults of a source, each with evidence.

A correction never changes a printed value. It tells the ledger what class a difference is, and
only for the very printed value it was reviewed for.
"""

from __future__ import annotations

import csv
import io

import pyarrow as pa

from assets import registry
from assets.reports.errors import SourceError

TABLE = "raw_corrections"

#: Columns of the file, in order.
COLUMNS = (
    "assessment_year",
    "table_no",
    "item",
    "subject",
    "body_code",
    "printed",
    "corrected",
    "correction_class",
    "evidence",
    "reason_en",
    "reason_vi",
    "reviewed_by",
)


def read_corrections(content: bytes, *, file_sha256: str, file_name: str, year: int) -> pa.Table:
    """The corrections of the year as raw_corrections.

    This is a file of ours under review, so a fault in it refuses the whole file: `SourceError`
    names file, line, column and what to do.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{file_name}: is not UTF-8 ({error}); save it as UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise SourceError(
            f"{file_name}, line 1: the columns must be {', '.join(COLUMNS)}; "
            f"found {', '.join(reader.fieldnames or ())}"
        )
    rows = []
    for row in reader:
        line = reader.line_num
        if None in row or None in row.values():
            raise SourceError(f"{file_name}, line {line}: needs {len(COLUMNS)} fields")
        for column in COLUMNS:
            if column not in ("printed", "corrected") and not row[column].strip():
                raise SourceError(f"{file_name}, line {line}, column {column}: must not be blank")
        if not row["assessment_year"].isdigit():
            raise SourceError(
                f"{file_name}, line {line}, column assessment_year: "
                f"{row['assessment_year']!r} is no year; write it as 2016"
            )
        if int(row["assessment_year"]) == year:
            rows.append(
                {
                    **row,
                    "assessment_year": year,
                    "corrected": row["corrected"] or None,
                    "file_sha256": file_sha256,
                    "line_no": line,
                }
            )
    return pa.Table.from_pylist(rows, schema=registry.table(TABLE).arrow_schema)
