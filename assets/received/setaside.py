"""Lines of files that are set aside: why, in words, and the rows that account for every line.

Does not belong here: which lines are set aside, and the reasons, which each source declares.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from assets.plaintext import plain
from assets.registry import Table

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

#: Characters of an offending value, and of the name of its column, that are kept.
RAW_LENGTH, _NAME_LENGTH = 200, 60

#: Reasons that are told in lines of text; the quarantine has them all.
_MOST_TOLD = 20

Row = dict[str, Any]
#: Rule id -> reason_en, reason_vi, what_to_do.
Reasons = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Fault:
    """Why a line is not taken: the rule, the column (empty for the line as a whole), what stood
    there."""

    rule_id: str
    column: str = ""
    found: str = ""


@cache
def declared_reasons(file: Path) -> Reasons:
    """The reasons that a source declares in a file."""
    reasons: Reasons = yaml.safe_load(file.read_text("utf-8"))
    return reasons


def words(fault: Fault, reasons: Reasons) -> Row:
    """A fault as a quarantine has it; what stood in the file is made fit to be shown."""
    return {
        "column_name": plain(fault.column, _NAME_LENGTH),
        "rule_id": fault.rule_id,
        "raw_value": plain(fault.found, RAW_LENGTH) or None,
        **reasons[fault.rule_id],
    }


def gate_words(failure: Row) -> Row:
    """A failure of a gate as a quarantine has it."""
    return {
        "column_name": failure["column_name"] or "",
        "rule_id": failure["rule_id"],
        "raw_value": plain(failure["raw_value"] or "", RAW_LENGTH) or None,
        "reason_en": failure["reason_en"],
        "reason_vi": failure["reason_vi"],
        "what_to_do": failure["what_to_do"],
    }


def loose_schema(table: Table) -> pa.Schema:
    """The schema of a table before anything is judged: nulls anywhere."""
    return pa.schema([column.with_nullable(True) for column in table.arrow_schema])


def count_row(
    delivery: Delivery, year: int, *, lines: int, accepted: int, set_aside: int, blank: int
) -> Row:
    """What became of the lines of a file; the four numbers are each counted on their own."""
    return {
        "file_sha256": delivery.file_sha256,
        "assessment_year": year,
        "rows_in": lines,
        "rows_accepted": accepted,
        "rows_quarantined": set_aside,
        "rows_blank": blank,
    }


def quarantine_row(delivery: Delivery, year: int, line_no: int, said: Row) -> Row:
    """A line set aside, with why and what to do."""
    return {
        "file_sha256": delivery.file_sha256,
        "file_name": delivery.file_name,
        "assessment_year": year,
        "line_no": line_no,
        **said,
        "replay_command": f"egov run {year}",
    }


def told(quarantine: pa.Table) -> list[str]:
    """What was set aside in lines of text: file, rule, how many, and the first of them. It is all
    that is seen where the year is refused, as the quarantine is then refused with it."""
    first: dict[tuple[str, str], int] = {}
    times: Counter[tuple[str, str]] = Counter()
    names = (quarantine[column].to_pylist() for column in ("file_name", "rule_id"))
    for number, place in enumerate(zip(*names, strict=True)):
        first.setdefault(place, number)
        times[place] += 1
    lines = [
        _line(quarantine.slice(number, 1).to_pylist()[0], times[place])
        for place, number in first.items()
    ]
    more = len(lines) - _MOST_TOLD
    return lines[:_MOST_TOLD] + ([f"and {more} more reasons"] if more > 0 else [])


def _line(row: Row, times: int) -> str:
    column = f", {row['column_name']}" if row["column_name"] else ""
    found = f" {row['raw_value']!r}" if row["raw_value"] else ""
    return (
        f"{row['file_name']}: {row['rule_id']}: {times} lines set aside, first line "
        f"{row['line_no']}{column}{found}: {row['reason_en']}; {row['what_to_do']}"
    )
