"""A document of results while it is read: what became of each of its lines.

Belongs here: setting lines aside with their reason, and the tables that account for every line.
Does not belong here: why a line is set aside (`result_lines`, `read_results`, `result_rounds`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from assets import registry
from assets.crawl.result_lines import Fault
from assets.plaintext import plain

if TYPE_CHECKING:
    from assets.submissions.read import Delivery

QUARANTINE, COUNTS = "raw_crawl_quarantine", "raw_crawl_counts"

_RAW_LENGTH, _NAME_LENGTH = 200, 60
#: Reasons that are told in lines of text; the quarantine has them all.
_MOST_TOLD = 20
#: Lines set aside that become rows at once.
_AT_ONCE = 20_000
#: Rules of lines that say nothing which is asked: their targets are whole without them.
_BESIDE = ("unknown_check", "wrong_kind_of_target")

Row = dict[str, Any]


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Rule id -> reason_en, reason_vi, what_to_do."""
    path = Path(__file__).with_name("result_reasons.yaml")
    declared: dict[str, dict[str, str]] = yaml.safe_load(path.read_text("utf-8"))
    return declared


def words(fault: Fault) -> Row:
    """A fault as the quarantine has it; what stood in the document is made fit to be shown."""
    return {
        "column_name": plain(fault.column, _NAME_LENGTH),
        "rule_id": fault.rule_id,
        "raw_value": plain(fault.found, _RAW_LENGTH) or None,
        **reasons()[fault.rule_id],
    }


def gate_words(failure: Row) -> Row:
    """A failure of a gate as the quarantine has it."""
    return {
        "column_name": failure["column_name"] or "",
        "rule_id": failure["rule_id"],
        "raw_value": plain(failure["raw_value"] or "", _RAW_LENGTH) or None,
        "reason_en": failure["reason_en"],
        "reason_vi": failure["reason_vi"],
        "what_to_do": failure["what_to_do"],
    }


@dataclass
class Document:
    """A document as read.

    numbers  of its lines that are not blank; `blank` counts the others
    about    its round, empty if the document is refused
    rows     by kind of line, as far as they are taken; nulls anywhere
    faults   what was set aside, by line
    half     targets of lines set aside
    """

    delivery: Delivery
    numbers: list[int] = field(default_factory=list)
    blank: int = 0
    about: Row = field(default_factory=dict)
    rows: dict[str, pa.Table] = field(default_factory=dict)
    faults: dict[int, Row] = field(default_factory=dict)
    half: set[str] = field(default_factory=set)

    def refuse(self, rule_id: str, found: str = "") -> None:
        """Set every line aside; a line that was set aside keeps its own reason."""
        self.about, self.rows = {}, {}
        said = words(Fault(rule_id, found=found))
        for number in self.numbers:
            self.faults.setdefault(number, said)

    def set_aside(self, line_no: int, said: Row, target_id: str) -> None:
        """Set a line of a target aside; the first fault of a line is told."""
        self.faults.setdefault(line_no, said)
        if said["rule_id"] not in _BESIDE:
            self.half.add(target_id)


def counts_table(documents: Sequence[Document], year: int) -> pa.Table:
    """raw_crawl_counts: what became of the lines of every document."""
    rows = [
        {
            "file_sha256": document.delivery.file_sha256,
            "assessment_year": year,
            "rows_in": len(document.numbers) + document.blank,
            "rows_accepted": len(document.numbers) - len(document.faults),
            "rows_quarantined": len(document.faults),
            "rows_blank": document.blank,
        }
        for document in documents
    ]
    return pa.Table.from_pylist(rows, schema=registry.table(COUNTS).arrow_schema)


def quarantine_table(documents: Sequence[Document], year: int) -> pa.Table:
    """raw_crawl_quarantine: every line set aside, with why and what to do."""
    rows = (
        {
            "file_sha256": document.delivery.file_sha256,
            "file_name": document.delivery.file_name,
            "assessment_year": year,
            "line_no": line_no,
            **said,
            "replay_command": f"egov run {year}",
        }
        for document in documents
        for line_no, said in sorted(document.faults.items())
    )
    schema = registry.table(QUARANTINE).arrow_schema
    parts = iter(lambda: list(islice(rows, _AT_ONCE)), [])
    return pa.concat_tables(
        [schema.empty_table(), *(pa.Table.from_pylist(part, schema=schema) for part in parts)]
    )


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
