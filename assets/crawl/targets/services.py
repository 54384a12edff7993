"""Files of service addresses: every line a target, set aside with its reasons, or blank.

Belongs here: what a line must say, its quarantine and its count. Does not belong here: portals,
and which targets are left out (`register`, `filters`).

A quoted cell ends on its line, so that an open quote cannot swallow the lines below. The header is
no line of the count unless it is wrong: then nothing says what any line means, and all are set
aside.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from assets import gates, registry
from assets.csvtext import StrictReader
from assets.plaintext import HIDDEN
from assets.received.setaside import (
    RAW_LENGTH,
    Fault,
    Reasons,
    Row,
    count_row,
    declared_reasons,
    gate_words,
    loose_schema,
    quarantine_row,
    words,
)
from assets.webaddress import AddressError, full_address

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

TABLE, COUNTS, QUARANTINE = "raw_crawl_targets", "raw_target_counts", "raw_target_quarantine"

#: Columns of the file, in order.
COLUMNS = ("service_code", "body_code", "service_name", "declared_level", "url")

#: Far above any list of services (12,000 have 2 MB), far below what would fill memory.
MAX_FILE_BYTES = 20 * 1024 * 1024

_CODE = re.compile(registry.table(TABLE).column("service_code").pattern or ".*")
_LEVELS = registry.table(TABLE).column("declared_level").codes


class Services(NamedTuple):
    """Targets in the columns of raw_crawl_targets, and the rows of the two other tables."""

    targets: list[Row]
    counts: list[Row]
    quarantine: list[Row]


@dataclass
class _Document:
    """A file being read: how many lines it has, cells by line, blank lines counted, rows of
    faults by line."""

    delivery: Delivery
    lines: int = 0
    cells: dict[int, list[str]] = field(default_factory=dict)
    blank: int = 0
    faults: dict[int, list[Row]] = field(default_factory=dict)

    def fault(self, line_no: int, fault: Fault) -> None:
        """Set a line aside; every fault of a line is told."""
        self.faults.setdefault(line_no, []).append(words(fault, reasons()))


def reasons() -> Reasons:
    """Why a line is not taken, or a target not visited."""
    return declared_reasons(Path(__file__).with_name("reasons.yaml"))


def read_services(
    files: Sequence[Delivery], *, year: int, bodies: Container[str], portals: Container[str]
) -> Services:
    """The services that the files of a year list.

    `bodies` are the codes of the bodies of the year, `portals` the targets there are already.
    Nothing in a file is an error: what cannot be taken is in the quarantine. The order of files
    and lines does not matter.
    """
    documents = [_opened(delivery) for delivery in sorted(files, key=lambda d: d.file_sha256)]
    times = Counter(cells[0].strip() for d in documents for cells in d.cells.values())
    rows = []
    for document in documents:
        for line_no, cells in document.cells.items():
            address = _address(cells[-1])
            faults = list(_faults(cells, bodies, portals, times))
            if not isinstance(address, str):
                faults.append(address)
            elif not faults:
                cell = (document.delivery.file_sha256, line_no)
                rows.append(_target(cells, address, cell, year))
            for fault in faults:
                document.fault(line_no, fault)
    accepted = _judged(rows, {d.delivery.file_sha256: d for d in documents})
    taken = Counter(row["file_sha256"] for row in accepted)
    return Services(
        accepted,
        [_count(document, taken[document.delivery.file_sha256], year) for document in documents],
        [row for document in documents for row in _quarantined(document, year)],
    )


def _opened(delivery: Delivery) -> _Document:
    """The lines of a file as cells, or set aside where they are none."""
    document = _Document(delivery)
    if len(delivery.content) > MAX_FILE_BYTES:
        document.lines = 1
        document.fault(1, Fault("file_too_large", "", f"{len(delivery.content)} bytes"))
        return document
    first, *lines = _lines(delivery.content)
    document.lines = len(lines)
    if _cells(first) != list(COLUMNS):
        document.lines += 1
        document.fault(1, Fault("wrong_header", "", _shown(first)))
    for line_no, line in enumerate(lines, start=2):
        cells = _cells(line)
        if not line.strip() or (cells and not any(cell.strip() for cell in cells)):
            document.blank += 1
        elif 1 in document.faults:
            document.fault(line_no, Fault("wrong_header", "", _shown(line)))
        elif cells is None:
            document.fault(line_no, Fault("not_utf8", "", _shown(line)))
        elif len(cells) != len(COLUMNS):
            document.fault(line_no, Fault("row_shape", "", _shown(line)))
        else:
            document.cells[line_no] = cells
    return document


def _lines(content: bytes) -> list[bytes]:
    """At least one line, without line ends and byte order mark."""
    lines = re.split(rb"\r\n|\n|\r", content.removeprefix(b"\xef\xbb\xbf"))
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]


def _cells(line: bytes) -> list[str] | None:
    """Cells of a line in NFC; none of a line that is not well formed, None if it is not UTF-8."""
    try:
        text = unicodedata.normalize("NFC", line.decode("utf-8"))
        return next(StrictReader([text]), [])
    except UnicodeDecodeError:
        return None
    except csv.Error:
        return []


def _shown(line: bytes) -> str:
    return line[: 4 * RAW_LENGTH].decode("utf-8", "backslashreplace")


def _faults(
    cells: Sequence[str], bodies: Container[str], portals: Container[str], times: Counter[str]
) -> Iterator[Fault]:
    """All that is wrong with a line of five cells, but for its address."""
    code, body, name, level, _ = (cell.strip() for cell in cells)
    if not _CODE.fullmatch(code):
        yield Fault("code_form", "service_code", code)
    elif times[code] > 1:
        yield Fault("code_twice", "service_code", code)
    elif code in portals:
        yield Fault("code_of_a_body", "service_code", code)
    if body not in bodies:
        yield Fault("unknown_body", "body_code", body)
    if not name:
        yield Fault("no_name", "service_name", cells[2])
    elif _is_hidden(name):
        yield Fault("invisible_character", "service_name", name)
    if level not in _LEVELS:
        yield Fault("level", "declared_level", level)


def _address(cell: str) -> str | Fault:
    """The address to visit, or what is wrong with it."""
    text = cell.strip()
    if not text:
        return Fault("no_address", "url", cell)
    if _is_hidden(text):
        return Fault("invisible_character", "url", text)
    try:
        return full_address(text)
    except AddressError as error:
        return Fault(error.rule_id, "url", text)


def _is_hidden(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(sign) in HIDDEN for sign in text)


def _target(cells: Sequence[str], url: str, cell: tuple[str, int], year: int) -> Row:
    code, body, name, level, _ = (text.strip() for text in cells)
    return {
        "target_id": code,
        "assessment_year": year,
        "target_kind": "service",
        "body_code": body,
        "service_code": code,
        "service_name": " ".join(name.split()),
        "declared_level": level,
        "url": url,
        "printed_address": cells[-1],
        "address_rule": "declared",
        "file_sha256": cell[0],
        "line_no": cell[1],
    }


def _judged(rows: list[Row], by_file: dict[str, _Document]) -> list[Row]:
    """The rows that keep to the rules of their table; the others are set aside."""
    table = registry.table(TABLE)
    split = gates.split(table, pa.Table.from_pylist(rows, schema=loose_schema(table)))
    for failure in split.failures.to_pylist():
        row = rows[failure["row_no"]]
        faults = by_file[row["file_sha256"]].faults
        faults.setdefault(row["line_no"], []).append(gate_words(failure))
    accepted: list[Row] = split.accepted.to_pylist()
    return accepted


def _count(document: _Document, accepted: int, year: int) -> Row:
    return count_row(
        document.delivery,
        year,
        lines=document.lines,
        accepted=accepted,
        set_aside=len(document.faults),
        blank=document.blank,
    )


def _quarantined(document: _Document, year: int) -> Iterable[Row]:
    for line_no, faults in sorted(document.faults.items()):
        for said in faults:
            yield quarantine_row(document.delivery, year, line_no, said)
