"""A document of results while it is read: what became of each of its lines.

Belongs here: setting lines aside with their reason, and the tables that account for every line.
Does not belong here: why a line is set aside (`lines`, `reading`, `whole`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from assets import registry
from assets.received.setaside import (
    Fault,
    Reasons,
    Row,
    count_row,
    declared_reasons,
    quarantine_row,
    words,
)

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

QUARANTINE, COUNTS = "raw_crawl_quarantine", "raw_crawl_counts"

#: Lines set aside that become rows at once.
_AT_ONCE = 20_000
#: Rules of lines that say nothing which is asked: their targets are whole without them.
_BESIDE = ("unknown_check", "wrong_kind_of_target")


def reasons() -> Reasons:
    """Why a document or a line of one is not taken."""
    return declared_reasons(Path(__file__).with_name("reasons.yaml"))


def fault_words(fault: Fault) -> Row:
    """A fault of a line of results as the quarantine has it."""
    return words(fault, reasons())


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
        said = fault_words(Fault(rule_id, found=found))
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
        count_row(
            document.delivery,
            year,
            lines=len(document.numbers) + document.blank,
            accepted=len(document.numbers) - len(document.faults),
            set_aside=len(document.faults),
            blank=document.blank,
        )
        for document in documents
    ]
    return pa.Table.from_pylist(rows, schema=registry.table(COUNTS).arrow_schema)


def quarantine_table(documents: Sequence[Document], year: int) -> pa.Table:
    """raw_crawl_quarantine: every line set aside, with why and what to do."""
    rows = (
        quarantine_row(document.delivery, year, line_no, said)
        for document in documents
        for line_no, said in sorted(document.faults.items())
    )
    schema = registry.table(QUARANTINE).arrow_schema
    parts = iter(lambda: list(islice(rows, _AT_ONCE)), [])
    return pa.concat_tables(
        [schema.empty_table(), *(pa.Table.from_pylist(part, schema=schema) for part in parts)]
    )
