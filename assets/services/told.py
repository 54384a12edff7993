"""What is told of files of services and cases: by the log and the UI of a year.

Belongs here: words that small files and case records share. Does not belong here: receipts
(`deliver`), which need no Dagster.
"""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg
import pyarrow as pa

from assets.publication import text_table


def rejected(files: pa.Table) -> list[str]:
    """A line for each file that was rejected, of raw_service_files or raw_case_files."""
    return [
        f"{row['file_name']}: rejected: {row['rule_id']}: {row['reason_en']} "
        f"({row['raw_value']}); {row['what_to_do']}"
        for row in files.to_pylist()
        if row["file_state"] == "rejected"
    ]


def listed(files: pa.Table, names: Sequence[str]) -> dg.MetadataValue:
    """The files of a year as a table of the UI."""
    return text_table(names, (list(row.values()) for row in files.select(names).to_pylist()))
