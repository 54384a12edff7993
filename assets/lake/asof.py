"""A lake with only what was known on a day.

Belongs here: which files of the intake had been received by then. What is made of them is made
anew in the new lake, by the same runs as ever; the lake it comes from is only read.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assets.lake.atomic import READ_ONLY, write_durable
from assets.lake.errors import IntakeError
from assets.lake.intake import IntakeRecord, read_source, records
from assets.lake.locks import held
from assets.lake.paths import Lake

LOCK_SECONDS = 600.0


def known_by(lake: Lake, day: date) -> list[IntakeRecord]:
    """Files received by the end of that day, and reference files, which speak of every year."""
    return [r for r in records(lake) if not r.sidecar.years or r.sidecar.received_at <= day]


def lake_as_of(lake: Lake, day: date, root: Path) -> tuple[Lake, list[IntakeRecord]]:
    """A new lake under `root` that holds the files known by `day`, in the same order of intake.

    IntakeError if something other than the intake of that day stands there already, or a stored
    file is damaged.
    """
    target = Lake(root)
    kept = known_by(lake, day)
    wanted = {record.file_sha256 for record in kept}
    there = {path.stem for path in target.records.glob("*.json")}
    if there - wanted:
        raise IntakeError(
            f"{root}: is a lake with files that were not known on {day}; give another folder"
        )
    with held(lake.locks / "intake.lock", "as of", timeout=LOCK_SECONDS):
        for record in kept:
            sha256, name = record.file_sha256, f"{record.file_sha256}.json"
            content = read_source(lake, record)
            write_durable(target.objects / sha256, [content], "object", mode=READ_ONLY)
            write_durable(target.records / name, [(lake.records / name).read_bytes()], "record")
    return target, kept
