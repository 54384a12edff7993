"""All files of case records of a year, read by two processes and put together.

Belongs here: handing files to the readers, progress, and what only all files together can say: a
case that comes twice. Does not belong here: one file (`worker`).

A file that was read before, with the same code and the same bodies, is not read again: what was
read is kept under the hash of its content. A kill loses the file being read and nothing else.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from assets import gates, registry
from assets.codeversion import code_version
from assets.lake import IntakeRecord, Lake, kept, prune_kept, source_path
from assets.lake.ahead import ahead
from assets.lake.atomic import canonical_json, sha256_of
from assets.lake.parquet import PartFiles
from assets.plaintext import plain
from assets.received.setaside import RAW_LENGTH
from assets.services.cases.judge import (
    QUARANTINE,
    accepted_schema,
    accepted_writer,
    quarantine_rows,
    reasons,
    refused_schema,
    refused_writer,
)
from assets.services.cases.layout import TABLE
from assets.services.cases.worker import (
    ACCEPTED,
    AREA,
    NUMBERS,
    REFUSED,
    Facts,
    Task,
    read_facts,
)

FILES = "raw_case_files"

#: Files read at the same time.
AT_ONCE = 2
#: Seconds between two lines of progress.
TOLD_EVERY = 10.0

Say = Callable[[str], None]


@dataclass(frozen=True)
class CaseFile:
    """A file of case records and what became of it; `repeated` are its lines whose case another
    line has too."""

    record: IntakeRecord
    year: int
    folder: Path
    facts: Facts
    repeated: tuple[int, ...] = ()

    @property
    def part(self) -> str:
        """File name of its parts."""
        return f"{self.record.file_sha256[:16]}.parquet"


def read_cases(
    lake: Lake, files: Sequence[IntakeRecord], *, year: int, bodies: Mapping[str, str], say: Say
) -> list[CaseFile]:
    """Every file read, by its hash. `bodies` maps codes and names (in exact form) of the year's
    bodies to their codes. Nothing in a file is an error."""
    tasks = [task_of(lake, record, year, bodies) for record in files]
    _read_all(lake, tasks, {r.file_sha256: r.size_bytes for r in files}, say)
    done = []
    for record, task in zip(files, tasks, strict=True):
        folder = kept(lake, AREA, task.name)
        if folder is None:
            crashed = Facts("unknown", None, 0, 0, 0, 0, "reader_crashed", record.file_name)
            done.append(CaseFile(record, year, Path(), crashed))
        else:
            done.append(CaseFile(record, year, folder, read_facts(folder)))
    return _repeated(sorted(done, key=lambda file: file.record.file_sha256))


def forget_others(lake: Lake, files: Sequence[CaseFile], year: str) -> None:
    """Remove what was kept for the year of files that are no longer read, or read otherwise."""
    wanted = {file.folder.name for file in files}
    prune_kept(lake, AREA, lambda name: name in wanted or name.rpartition("-")[2] != year)


def case_files_table(files: Sequence[CaseFile]) -> pa.Table:
    """raw_case_files: what became of each file."""
    schema = registry.table(FILES).arrow_schema
    return pa.Table.from_pylist([_file_row(file) for file in files], schema=schema)


def write_parts(files: Sequence[CaseFile], folder: Path) -> dict[str, list[Path]]:
    """The parts of raw_cases and raw_case_quarantine below `folder`, by table.

    A part is linked from what was kept; only parts with repeated cases are written anew. A table
    without any row has one part, which is empty.
    """
    accepted = [file for file in files if file.facts.rows_accepted]
    refused = [
        file
        for file in files
        if file.repeated or (file.facts.rows_quarantined and not file.facts.rule_id)
    ]
    written: dict[str, list[Path]] = {}
    for name, part, held, anew in (
        (TABLE, ACCEPTED, accepted, _without_repeated),
        (QUARANTINE, REFUSED, refused, _with_repeated),
    ):
        (folder / name).mkdir()
        written[name] = list(ahead(partial(_link, part, folder / name, anew), held))
    for name, writer in ((TABLE, accepted_writer), (QUARANTINE, refused_writer)):
        if not written[name]:
            path = folder / name / "none.parquet"
            writer(path).close()
            written[name].append(path)
    return written


def task_of(lake: Lake, record: IntakeRecord, year: int, bodies: Mapping[str, str]) -> Task:
    """The task of reading a file; all that the outcome depends on is in its name, then the year."""
    read_by = {
        "bodies": dict(bodies),
        "code": code_version(),
        "polars": version("polars"),
        "pyarrow": version("pyarrow"),
        "file_name": record.file_name,
        "is_synthetic": record.sidecar.is_synthetic,
    }
    digest = sha256_of(canonical_json(read_by))
    return Task(
        lake=str(lake.root),
        name=f"{record.file_sha256[:32]}-{digest[:16]}-{year}",
        path=str(source_path(lake, record)),
        file_sha256=record.file_sha256,
        file_name=record.file_name,
        year=year,
        is_synthetic=record.sidecar.is_synthetic,
        bodies=dict(bodies),
    )


def _read_all(lake: Lake, tasks: Sequence[Task], sizes: Mapping[str, int], say: Say) -> None:
    """Read what is not kept yet, largest first; a file whose reader dies is left out."""
    open_tasks = [task for task in tasks if kept(lake, AREA, task.name) is None]
    if len(tasks) > len(open_tasks):
        say(f"{len(tasks) - len(open_tasks)} files of cases were read before")
    if not open_tasks:
        return
    open_tasks.sort(key=lambda task: (-sizes[task.file_sha256], task.file_sha256))
    progress = _Progress(say, len(open_tasks), sum(sizes[t.file_sha256] for t in open_tasks))
    with ExitStack() as stack:
        free: SimpleQueue[_Reader] = SimpleQueue()
        for _ in range(min(AT_ONCE, len(open_tasks))):
            reader = _Reader()
            stack.callback(reader.close)
            free.put(reader)
        pool = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        futures = {pool.submit(_read_one, free, task): task for task in open_tasks}
        for future in as_completed(futures):
            task = futures[future]
            future.result()
            folder = kept(lake, AREA, task.name)
            rows = read_facts(folder).rows_in if folder else 0
            progress.done(sizes[task.file_sha256], rows)


def _read_one(free: SimpleQueue[_Reader], task: Task) -> None:
    reader = free.get()
    try:
        reader.read(task)
    finally:
        free.put(reader)


class _Reader:
    """One reading process, started when there is something to read and again after it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def read(self, task: Task) -> None:
        """Have a file read; returns when it is kept or the process has died of it."""
        process = self._started()
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the reading process has no pipes; this is a defect")
        try:
            process.stdin.write(json.dumps(asdict(task)) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            self.close()

    def close(self) -> None:
        if self._process is not None:
            if self._process.stdin is not None:
                self._process.stdin.close()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            # One thread each: the bytes must not depend on how work was scheduled.
            one = dict.fromkeys(("POLARS_MAX_THREADS", "OMP_NUM_THREADS", "ARROW_NUM_THREADS"), "1")
            self._process = subprocess.Popen(
                [sys.executable, "-m", "assets.services.cases.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, **one},
                cwd=Path(__file__).parents[3],
            )
        return self._process


class _Progress:
    """Files, rows and bytes read, their rates, and when it will be over."""

    def __init__(self, say: Say, files: int, size_bytes: int) -> None:
        self._say, self._files, self._size = say, files, size_bytes
        self._begin = self._told = time.monotonic()
        self._done_files = self._done_bytes = self._rows = 0

    def done(self, size_bytes: int, rows: int) -> None:
        self._done_files += 1
        self._done_bytes += size_bytes
        self._rows += rows
        now = time.monotonic()
        if now - self._told < TOLD_EVERY and self._done_files < self._files:
            return
        self._told = now
        seconds = max(now - self._begin, 0.001)
        left = seconds / self._done_bytes * (self._size - self._done_bytes)
        self._say(
            f"cases: {self._done_files} of {self._files} files, {self._rows:,} rows, "
            f"{self._rows / seconds:,.0f} rows/s, {self._done_bytes / seconds / 1e6:,.1f} MB/s, "
            f"{left:,.0f} s left"
        )


def _repeated(files: list[CaseFile]) -> list[CaseFile]:
    """The files with the lines whose case comes more than once in all of them."""
    held = [file for file in files if file.facts.rows_accepted]
    numbers = [np.load(file.folder / NUMBERS) for file in held]
    twice = gates.come_twice(numbers)
    if not len(twice):
        return files
    rows = pl.concat(ahead(partial(_rows_among, twice), zip(held, numbers, strict=True)))
    key = registry.table(TABLE).key
    lines = dict(
        rows.filter(pl.struct(key).is_duplicated()).group_by("file").agg(pl.col("line_no").sort())
        .iter_rows()
    )  # fmt: skip
    return [replace(f, repeated=tuple(lines.get(f.record.file_sha256, ()))) for f in files]


def _rows_among(twice: gates.Numbers, held: tuple[CaseFile, gates.Numbers]) -> pl.DataFrame:
    """File, key and line of the accepted rows of a file whose numbers are among those that come
    twice."""
    file, numbers = held
    places = gates.places_of(numbers, twice)
    key = registry.table(TABLE).key
    found: list[pl.DataFrame] = []
    start = 0
    for frame in PartFiles([file.folder / ACCEPTED]).frames([*key, "line_no"]):
        here = places[(places >= start) & (places < start + frame.num_rows)] - start
        start += frame.num_rows
        if len(here) or not found:
            rows = pl.DataFrame(pl.from_arrow(frame.take(pa.array(here))))
            found.append(rows.with_columns(pl.col(key).cast(pl.String)))
    return pl.concat(found).with_columns(file=pl.lit(file.record.file_sha256))


def _link(part: str, folder: Path, anew: Callable[[CaseFile, Path], None], file: CaseFile) -> Path:
    path = folder / file.part
    if file.repeated:
        anew(file, path)
    else:
        os.link(file.folder / part, path)
    return path


def _without_repeated(file: CaseFile, path: Path) -> None:
    repeated = pa.array(file.repeated, pa.int32())
    writer = accepted_writer(path)
    for frame in PartFiles([file.folder / ACCEPTED]).frames():
        kept_rows = frame.filter(pc.invert(pc.is_in(frame["line_no"], repeated)))
        writer.write(_held_once(kept_rows, accepted_schema()))
    writer.close()


def _with_repeated(file: CaseFile, path: Path) -> None:
    writer = refused_writer(path)
    for frame in PartFiles([file.folder / REFUSED]).frames():
        writer.write(_held_once(frame, refused_schema()))
    writer.write(_repeated_rows(file))
    writer.close()


def _repeated_rows(file: CaseFile) -> pa.Table:
    """The repeated lines of a file as its quarantine has them."""
    repeated = pa.array(file.repeated, pa.int32())
    lines = []
    columns = ["body_code", "case_id", "line_no"]
    for frame in PartFiles([file.folder / ACCEPTED]).frames(columns):
        for row in frame.filter(pc.is_in(frame["line_no"], repeated)).to_pylist():
            shown = f"body_code={row['body_code']}, case_id={row['case_id']}"
            lines.append((row["line_no"], "body_code, case_id", f"{TABLE}.key", shown))
    return quarantine_rows(lines, file.record.file_sha256, file.record.file_name, file.year)


def _held_once(frame: pa.Table, schema: pa.Schema) -> pa.Table:
    return frame.cast(schema).combine_chunks()


def _file_row(file: CaseFile) -> dict[str, Any]:
    record, facts = file.record, file.facts
    said: Mapping[str, Any] = reasons()[facts.rule_id] if facts.rule_id else {}
    return {
        "file_sha256": record.file_sha256,
        "file_name": record.file_name,
        "kind": record.sidecar.kind,
        "assessment_year": file.year,
        "file_format": facts.file_format,
        "file_state": "rejected" if facts.rule_id else "accepted",
        "encoding": facts.encoding,
        "rows_in": facts.rows_in,
        "rows_accepted": facts.rows_accepted - len(file.repeated),
        "rows_quarantined": facts.rows_quarantined + len(file.repeated),
        "rows_blank": facts.rows_blank,
        "version_no": record.version_no,
        "supersedes_sha256": record.supersedes_sha256,
        "known_at": record.sidecar.received_at,
        "is_synthetic": record.sidecar.is_synthetic,
        "size_bytes": record.size_bytes,
        "rule_id": facts.rule_id,
        "reason_en": said.get("reason_en"),
        "reason_vi": said.get("reason_vi"),
        "what_to_do": said.get("what_to_do"),
        "raw_value": plain(facts.found or "", RAW_LENGTH) or None,
    }
