"""What could not be read: one Fault each, written as a quarantine row with reasons from
`layouts/reasons.yaml`. The same for reports and for files of published figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from assets.reports.layout import DIRECTORY

#: Characters of the offending value that a quarantine row keeps.
RAW_VALUE_LENGTH = 200


@dataclass(frozen=True)
class Fault:
    """One cell, statement or line set aside. `column_no` and `part_no` count from 1; column 0 is
    the line as a whole."""

    line_no: int
    rule_id: str
    raw_value: str
    column_no: int = 0
    column_name: str | None = None
    part_no: int = 1
    table_no: str | None = None


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Rule id -> reason_en, reason_vi, what_to_do."""
    declared: dict[str, dict[str, str]] = yaml.safe_load(
        (DIRECTORY / "reasons.yaml").read_text("utf-8")
    )
    return declared


def quarantine_rows(
    faults: Iterable[Fault], *, file_sha256: str, file_name: str, year: int
) -> list[dict[str, Any]]:
    """Rows of raw_report_quarantine or raw_history_quarantine (same columns), in line order."""
    ordered = sorted(faults, key=lambda f: (f.line_no, f.column_no, f.part_no, f.rule_id))
    return [
        {
            "file_sha256": file_sha256,
            "file_name": file_name,
            "assessment_year": year,
            "table_no": fault.table_no,
            "line_no": fault.line_no,
            "column_no": fault.column_no,
            "part_no": fault.part_no,
            "column_name": fault.column_name,
            "rule_id": fault.rule_id,
            "raw_value": fault.raw_value[:RAW_VALUE_LENGTH],
            "replay_command": f"egov run {year}",
            **reasons()[fault.rule_id],
        }
        for fault in ordered
    ]
