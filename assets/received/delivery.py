"""Files on their way in: offered from a disk, and held by the intake, as readers want them.

Does not belong here: who may send what, and what is told of it (`deliver` of each source).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.lake import IntakeRecord, Lake, read_source
from assets.lake.intake import MAX_BYTES


class DeliveryError(ValueError):
    """What was asked cannot be done at all; the message says what to do first."""


@dataclass(frozen=True)
class Delivery:
    """A file as taken in. `known_at` is the day it was received, `is_synthetic` what its sidecar
    says, `order` its place in the order of intake."""

    content: bytes
    file_name: str
    file_sha256: str
    known_at: date
    is_synthetic: bool
    order: int


def content_of(path: Path) -> bytes:
    """Content of a plain file of usable size, else DeliveryError."""
    try:
        if path.is_symlink() or not path.is_file():
            raise DeliveryError(f"{path}: is not a plain file; give the file itself")
        if path.stat().st_size > MAX_BYTES:
            raise DeliveryError(f"{path}: has more than {MAX_BYTES} bytes; send the form alone")
        return path.read_bytes()
    except OSError as error:
        raise DeliveryError(f"{path}: cannot be read ({error.strerror})") from None


def received(lake: Lake, record: IntakeRecord) -> Delivery:
    """A file of the intake as the readers want it."""
    return Delivery(
        content=read_source(lake, record),
        file_name=record.file_name,
        file_sha256=record.file_sha256,
        known_at=record.sidecar.received_at,
        is_synthetic=record.sidecar.is_synthetic,
        order=record.counter,
    )


def documents(lake: Lake, files: Iterable[IntakeRecord]) -> list[list[Delivery]]:
    """Files of one kind and year by document, each as all its versions, the oldest first."""
    found: dict[tuple[str, str], list[Delivery]] = defaultdict(list)
    for record in sorted(files, key=lambda r: r.counter):
        sidecar = record.sidecar
        found[sidecar.issuer, sidecar.document_no or record.file_name].append(
            received(lake, record)
        )
    return list(found.values())
