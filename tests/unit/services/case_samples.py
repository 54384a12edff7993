"""Files of case records as bytes, and what becomes of them, read in this very process."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import registry
from assets.gates import check_parts
from assets.lake import Lake, add_files, current
from assets.lake.parquet import PartFiles
from assets.services.cases import worker
from assets.services.cases.judge import QUARANTINE
from assets.services.cases.layout import TABLE
from assets.services.cases.read import case_files_table, read_cases, task_of, write_parts
from assets.services.cases.texts import Texts
from assets.synthetic.cases import described

Row = dict[str, Any]

HEADER = (
    "case_id,body_code,service_code,channel,received_on,due_on,resolved_on,case_result,fee_payment"
)
GOOD = "H40-{n},P-10,DV.001,online,2016-03-{day:02d},2016-04-10,2016-04-01,on_time,none"
BODIES = {"P-10": "P-10", "Lào Cai": "P-10", "P-79": "P-79", "Hồ Chí Minh": "P-79"}


def good(n: int = 1) -> str:
    """A good line; each number is another case."""
    return GOOD.format(n=n, day=1 + n % 28)


def text(*lines: str, header: str = HEADER, end: str = "\n") -> bytes:
    """A file of these lines under the header, in UTF-8."""
    return end.join((header, *lines, "")).encode()


@dataclass(frozen=True)
class Read:
    """The three tables of the unit, as rows."""

    cases: list[Row]
    files: list[Row]
    quarantine: list[Row]

    @property
    def file(self) -> Row:
        (row,) = self.files
        return row

    def rules(self) -> list[tuple[int, str, str]]:
        """(line, column, rule) of all refusals."""
        return [(r["line_no"], r["column_name"], r["rule_id"]) for r in self.quarantine]


def read(
    root: Path, *contents: bytes, year: int = 2016, is_synthetic: bool = False, name: str = "cases"
) -> Read:
    """What the year holds after files with these contents were received. Every table has passed
    its gate, and every line is accounted for."""
    lake = Lake(root / "lake")
    files = []
    for number, content in enumerate(contents):
        digest = hashlib.sha256(content).hexdigest()
        path = root / f"{name}-{number}-{digest[:6]}.csv"
        path.write_bytes(content)
        files.append((path, replace(described(year), is_synthetic=is_synthetic)))
    add_files(lake, files)
    records = [r for r in current(lake, year) if r.sidecar.kind == "cases"]
    tasks = [task_of(lake, record, year, BODIES) for record in records]
    texts = Texts(BODIES, year)
    for task in tasks:
        worker.read_file(task, texts)
    done = read_cases(lake, records, year=year, bodies=BODIES, say=lambda line: None)
    folder = root / "parts"
    folder.mkdir()
    parts = write_parts(done, folder)
    table = case_files_table(done)
    rows = {name: _rows(name, paths) for name, paths in parts.items()}
    _accounted(table.to_pylist(), rows)
    return Read(rows[TABLE], table.to_pylist(), rows[QUARANTINE])


def _rows(name: str, paths: Sequence[Path]) -> list[Row]:
    parts = PartFiles(paths)
    result = check_parts(registry.table(name), parts)
    assert result.passed, result.failures.to_pylist()
    frames = [frame.cast(registry.table(name).arrow_schema) for frame in parts.frames()]
    return pa.concat_tables(frames).to_pylist()


def _accounted(files: list[Row], rows: dict[str, list[Row]]) -> None:
    for file in files:
        sha256 = file["file_sha256"]
        taken = [row["line_no"] for row in rows[TABLE] if row["file_sha256"] == sha256]
        refused = {row["line_no"] for row in rows[QUARANTINE] if row["file_sha256"] == sha256}
        assert len(taken) == len(set(taken)) == file["rows_accepted"]
        assert refused.isdisjoint(taken)
        if file["file_state"] == "accepted":
            assert len(refused) == file["rows_quarantined"]
        else:
            assert not refused
            assert not taken
        parts = [file[f"rows_{part}"] for part in ("accepted", "quarantined", "blank")]
        assert sum(parts) == file["rows_in"]
