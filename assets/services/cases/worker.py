"""The process that reads files of case records: one JSON line in for each file, one out.

Belongs here: one file read, judged and written into its kept folder. Does not belong here: which
files there are, and what they have in common (`read`).

Run as `python -m assets.services.cases.worker`. A file that kills this process kills no run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assets import registry
from assets.gates import key_numbers
from assets.lake import Lake, kept, make_kept
from assets.services.cases.judge import Judge, accepted_writer, refused_writer, words
from assets.services.cases.layout import TABLE, FileFault
from assets.services.cases.stream import OpenFile, open_cases
from assets.services.cases.texts import Texts
from assets.services.layouts import is_too_faulty

AREA = "cases"
ACCEPTED, REFUSED, FACTS = "accepted.parquet", "refused.parquet", "facts.json"
#: Numbers of the keys of accepted rows, by which cases that come twice are found.
NUMBERS = "numbers.npy"

#: First reasons that are told of a file with too many refused lines.
_TOLD = 3


@dataclass(frozen=True)
class Task:
    """A file to read: where it lies, what it must be, and the name to keep what was read under."""

    lake: str
    name: str
    path: str
    file_sha256: str
    file_name: str
    year: int
    is_synthetic: bool
    bodies: dict[str, str]


@dataclass(frozen=True)
class Facts:
    """What became of a file. `rule_id` and `found` say why it was rejected; of a rejected file
    the lines seen until then are all counted as refused."""

    file_format: str
    encoding: str | None
    rows_in: int
    rows_accepted: int
    rows_quarantined: int
    rows_blank: int
    rule_id: str | None = None
    found: str | None = None


def read_facts(folder: Path) -> Facts:
    """What was written beside the parts of a file."""
    return Facts(**json.loads((folder / FACTS).read_text("utf-8")))


def read_file(task: Task, texts: Texts) -> None:
    """Read one file into its kept folder: rows accepted, lines refused, facts. Nothing in the
    file is an error. `texts` are those of the task's year and bodies."""
    lake = Lake(Path(task.lake))
    if kept(lake, AREA, task.name) is not None:
        return
    with make_kept(lake, AREA, task.name) as folder:
        scratch = folder.parent / "unpacked.csv"
        facts = _read(task, texts, folder, scratch)
        if facts.rule_id is not None:
            _write_empty(folder)
        (folder / FACTS).write_text(json.dumps(asdict(facts)), "utf-8")
        scratch.unlink(missing_ok=True)


class _Counts:
    """Lines of a file so far."""

    def __init__(self) -> None:
        self.accepted = self.refused = self.blank = 0
        self.first: list[str] = []

    @property
    def all(self) -> int:
        return self.accepted + self.refused + self.blank

    def facts(self, file: OpenFile) -> Facts:
        return Facts(
            file_format=file.file_format,
            encoding=file.encoding,
            rows_in=self.all,
            rows_accepted=self.accepted,
            rows_quarantined=self.refused,
            rows_blank=self.blank,
        )


def _read(task: Task, texts: Texts, folder: Path, scratch: Path) -> Facts:
    counts = _Counts()
    file_format, encoding = "unknown", None
    try:
        file = open_cases(Path(task.path), task.file_sha256, scratch)
        file_format, encoding = file.file_format, file.encoding
        _write(task, texts, file, folder, counts)
        _refuse_too_many(counts)
        return counts.facts(file)
    except FileFault as fault:
        return Facts(
            file_format=file_format,
            encoding=encoding,
            rows_in=counts.all,
            rows_accepted=0,
            rows_quarantined=counts.all,
            rows_blank=0,
            rule_id=fault.rule_id,
            found=fault.found,
        )


def _write(task: Task, texts: Texts, file: OpenFile, folder: Path, counts: _Counts) -> None:
    judge = Judge(
        texts,
        file_sha256=task.file_sha256,
        file_name=task.file_name,
        is_synthetic=task.is_synthetic,
        delimiter=file.delimiter,
    )
    accepted, refused = accepted_writer(folder / ACCEPTED), refused_writer(folder / REFUSED)
    numbers = [np.empty(0, np.uint64)]
    try:
        for frame in file.frames():
            judged = judge.judge(frame)
            if judged.accepted.num_rows:
                accepted.write(judged.accepted)
                numbers.append(key_numbers(registry.table(TABLE), judged.accepted))
            if judged.refused.num_rows:
                refused.write(judged.refused)
                _remember(counts, judged.refused.slice(0, _TOLD).to_pylist())
            counts.accepted += judged.accepted.num_rows
            counts.refused += judged.lines_refused
            counts.blank += judged.lines_blank
    finally:
        accepted.close()
        refused.close()
    np.save(folder / NUMBERS, np.concatenate(numbers))


def _remember(counts: _Counts, rows: list[Mapping[str, Any]]) -> None:
    for row in rows[: _TOLD - len(counts.first)]:
        said = words()[row["rule_id"]]["reason_en"]
        counts.first.append(f"line {row['line_no']}: {said} ({row['raw_value']})")


def _refuse_too_many(counts: _Counts) -> None:
    if is_too_faulty(counts.refused, counts.all):
        raise FileFault(
            "too_many_refused",
            f"{counts.refused} of {counts.all} lines; " + "; ".join(counts.first),
        )


def _write_empty(folder: Path) -> None:
    """Nothing of a rejected file is kept."""
    accepted_writer(folder / ACCEPTED).close()
    refused_writer(folder / REFUSED).close()
    (folder / NUMBERS).unlink(missing_ok=True)


def main() -> None:
    """Read the file of each line of stdin; answer with its name when it is kept."""
    texts = Texts({}, 0)
    for line in sys.stdin:
        task = Task(**json.loads(line))
        if (texts.bodies, texts.year) != (task.bodies, task.year):
            texts = Texts(task.bodies, task.year)
        read_file(task, texts)
        print(json.dumps({"name": task.name}), flush=True)


if __name__ == "__main__":
    main()
