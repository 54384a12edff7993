"""Small files of services and counts on their way in: read, answered with a receipt, taken in.

Belongs here: what a receipt says, how a file is described in the intake, the empty file of a kind.
Does not belong here: what is wrong with a file (`judge`).

A file that is rejected is not taken in. Rows that clash with other files held are told when the
year is run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.lake import IntakeError, IntakeRecord, Lake, Sidecar, Version, add_file, promoted
from assets.plaintext import plain
from assets.received.delivery import Delivery, DeliveryError, content_of, received
from assets.received.setaside import Row
from assets.services.layouts import layouts
from assets.services.tables.catalogue import file_row, quarantined
from assets.services.tables.judge import ServiceFile, judge
from assets.services.tables.readings import Bodies

#: Reasons of lines that a receipt names; characters of the name of a file that it shows.
_SHOWN, _NAME = 10, 255


@dataclass(frozen=True)
class Outcome:
    """What became of a file: the lines of its receipt, and whether it was taken in."""

    receipt: tuple[str, ...]
    is_taken: bool


def service_file(lake: Lake, record: IntakeRecord) -> ServiceFile:
    """A file of the intake as the reader wants it."""
    return ServiceFile(
        delivery=received(lake, record),
        kind=record.sidecar.kind,
        years=record.sidecar.years,
        version_no=record.version_no,
        supersedes_sha256=record.supersedes_sha256,
    )


def bodies_of(version: Version, year: int) -> Bodies:
    """The bodies of a year, from its promoted version of the unit `bodies`."""
    return Bodies.of(version.table("raw_bodies"), version.table("raw_body_names"), year)


def template(kind: str) -> bytes:
    """An empty file of a kind: its header in CSV, with the mark that spreadsheets want."""
    names = [field.name for field in layouts()[kind].fields]
    return ("\ufeff" + ",".join(names) + "\r\n").encode()


def take_in(
    lake: Lake,
    path: Path,
    kind: str,
    years: Sequence[int],
    *,
    issuer: str,
    received_at: date,
    is_synthetic: bool,
) -> Outcome:
    """Read a file for each of the years that it speaks of, and take it in if none rejects it.

    DeliveryError if it cannot be read at all, if the bodies of a year are not known yet, or if the
    intake refuses it.
    """
    known = {year: bodies_in(lake, year) for year in years}
    content = content_of(path)
    file = ServiceFile(
        Delivery(
            content, path.name, hashlib.sha256(content).hexdigest(), received_at, is_synthetic, 0
        ),
        kind,
        tuple(years),
    )
    receipt: list[str] = []
    is_rejected = False
    for year, bodies in known.items():
        judged = judge(file, year, bodies)
        receipt += _receipt(file_row(judged, year), list(quarantined(judged, year)))
        is_rejected = is_rejected or judged.refusal is not None
    if is_rejected:
        return Outcome((*receipt, f"{path.name}: not taken in"), is_taken=False)
    described = sent(kind, years, issuer, received_at, is_synthetic)
    return Outcome((*receipt, added(lake, path, described)), is_taken=True)


def sent(
    kind: str, years: Sequence[int], issuer: str, received_at: date, is_synthetic: bool
) -> Sidecar:
    """How a file that was sent is described in the intake."""
    return Sidecar(
        kind=kind,
        years=tuple(years),
        issuer=issuer,
        document_no=None,
        document_date=None,
        source_ref=f"{kind} as sent",
        received_at=received_at,
        licence="not stated",
        is_synthetic=is_synthetic,
    )


def added(lake: Lake, path: Path, described: Sidecar) -> str:
    """Take a file in; the line that says so. DeliveryError if the intake refuses it."""
    try:
        return add_file(lake, path, described).as_line()
    except IntakeError as error:
        raise DeliveryError(str(error)) from None


def bodies_in(lake: Lake, year: int) -> Bodies:
    """The bodies of a year in a lake. DeliveryError if they are not known yet."""
    version = promoted(lake, "bodies", str(year))
    if version is None:
        raise DeliveryError(
            f"the bodies of {year} are not in the lake yet; egov run {year} builds them"
        )
    return bodies_of(version, year)


def _receipt(file: Row, quarantine: Sequence[Row]) -> Iterator[str]:
    """What was read, in lines; Vietnamese beside English."""
    yield (
        f"{plain(file['file_name'], _NAME)} {file['assessment_year']}: {file['file_state']}: "
        f"{file['rows_in']} lines, {file['rows_accepted']} accepted, "
        f"{file['rows_quarantined']} in quarantine, {file['rows_blank']} blank; "
        f"{file['sum_in']} cases, {file['sum_accepted']} accepted"
    )
    yield (
        f"  {file['rows_in']} dòng, nhận {file['rows_accepted']}, "
        f"cách ly {file['rows_quarantined']}, trống {file['rows_blank']}; "
        f"{file['sum_in']} hồ sơ, nhận {file['sum_accepted']}"
    )
    if file["rule_id"]:
        yield from reason(file["rule_id"], file, _found(file))
    for row in quarantine[:_SHOWN]:
        column = f", {row['column_name']}" if row["column_name"] else ""
        place = f"line {row['line_no']}{column}: {row['rule_id']}"
        yield from reason(place, row, _found(row))
    if len(quarantine) > _SHOWN:
        yield f"  and {len(quarantine) - _SHOWN} more reasons"


def reason(place: str, said: Mapping[str, str], found: str = "") -> Iterator[str]:
    """A reason in the lines of a receipt: rule or place, English, Vietnamese, what to do."""
    yield f"  {place}: {said['reason_en']}{found}"
    yield f"    {said['reason_vi']}"
    yield f"    what to do: {said['what_to_do']}"


def _found(row: Row) -> str:
    return f" ({row['raw_value']})" if row["raw_value"] else ""
