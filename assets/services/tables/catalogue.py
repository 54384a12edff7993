"""The service catalogue and the monthly counts of a year, from all its small files together.

Belongs here: rows of different files that cannot both be right, and the four tables. Does not
belong here: what is wrong with one file alone (`judge`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from assets import registry
from assets.received.setaside import Fault, Row, quarantine_row, words
from assets.services.layouts import layouts
from assets.services.tables.clashes import CLASHES
from assets.services.tables.judge import Judged, ServiceFile, judge, reasons
from assets.services.tables.readings import Bodies

FILES, QUARANTINE = "raw_service_files", "raw_service_quarantine"


def read_service_files(
    files: Sequence[ServiceFile], *, year: int, bodies: Bodies
) -> dict[str, pa.Table]:
    """raw_services, raw_monthly_cases, raw_service_files and raw_service_quarantine of a year.

    Nothing in a file is an error. Files are current versions: a row that two of them have is set
    aside in both. The order of the files does not matter.
    """
    ordered = sorted(files, key=lambda file: file.delivery.file_sha256)
    judged = [judge(file, year, bodies) for file in ordered]
    _set_clashes_aside(judged)
    tables = {
        layout.table.name: [
            row for each in judged if each.layout is layout for row in each.rows.values()
        ]
        for layout in layouts().values()
    }
    tables[FILES] = [file_row(each, year) for each in judged]
    tables[QUARANTINE] = [row for each in judged for row in quarantined(each, year)]
    return {name: _declared(name, rows) for name, rows in tables.items()}


def _set_clashes_aside(judged: Sequence[Judged]) -> None:
    """Set rows aside that clash with rows of other files; those of one file are so already."""
    by_file = {each.file.delivery.file_sha256: each for each in judged}
    for kind, (rule, column, find) in CLASHES.items():
        rows = [row for each in judged if each.file.kind == kind for row in each.rows.values()]
        for row, other in list(find(rows)):
            name = by_file[other["file_sha256"]].file.delivery.file_name
            fault = Fault(rule, column, f"also {name}, line {other['line_no']}")
            by_file[row["file_sha256"]].set_aside(row["line_no"], words(fault, reasons()))


def file_row(judged: Judged, year: int) -> Row:
    """The row of a file in raw_service_files; every number is counted on its own."""
    file, delivery, refusal = judged.file, judged.file.delivery, judged.refusal
    set_aside = judged.numbers if refusal else list(judged.faults)
    said = dict.fromkeys(("rule_id", "reason_en", "reason_vi", "what_to_do", "raw_value"))
    return {
        **said,
        **(refusal or {}),
        "file_sha256": delivery.file_sha256,
        "file_name": delivery.file_name,
        "kind": file.kind,
        "assessment_year": year,
        "file_format": judged.table.file_format,
        "file_state": "rejected" if refusal else "accepted",
        "encoding": judged.table.encoding,
        "rows_in": len(judged.numbers) + judged.table.blank,
        "rows_accepted": len(judged.rows),
        "rows_quarantined": len(set_aside),
        "rows_blank": judged.table.blank,
        "sum_in": sum(judged.cases.values()),
        "sum_accepted": sum(
            row[judged.layout.cases] or 0 for row in judged.rows.values() if judged.layout.cases
        ),
        "sum_quarantined": sum(judged.cases.get(number, 0) for number in set_aside),
        "version_no": file.version_no,
        "supersedes_sha256": file.supersedes_sha256,
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
        "size_bytes": len(delivery.content),
    }


def quarantined(judged: Judged, year: int) -> Iterator[Row]:
    """Every reason why a line of a file was not taken. Of a rejected file these are the lines that
    are at fault themselves; the others share the reason of their file."""
    for line_no, faults in sorted(judged.faults.items()):
        for said in faults:
            yield quarantine_row(judged.file.delivery, year, line_no, said)


def _declared(name: str, rows: list[Row]) -> pa.Table:
    table = registry.table(name)
    frame = pa.Table.from_pylist(rows, schema=table.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in table.sort])
