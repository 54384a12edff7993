"""The merged figures of a year as promoted, and files of answers and decisions held against them.

Belongs here: which files go out for confirmation, and what taking a file in would change. Does
not belong here: columns and rules of the files (`confirmation`, `overrides`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.compute as pc

from assets.lake import IntakeError, IntakeRecord, Lake, promoted
from assets.received.delivery import Delivery, DeliveryError, content_of, documents
from assets.received.reviewed import Entry, ReviewedFileError
from assets.submissions.asked import Asked, Key, figure_text, key_of
from assets.submissions.confirmation import (
    export_confirmation,
    figures,
    peek_confirmation,
    read_confirmation,
)
from assets.submissions.deliver import (
    CONFIRMATION,
    OVERRIDE,
    Offer,
    asked_in,
    description,
    of_kind,
    take,
)
from assets.submissions.overrides import peek_overrides, read_overrides

_READ = {CONFIRMATION: read_confirmation, OVERRIDE: read_overrides}


@dataclass(frozen=True)
class Looked:
    """A file of answers or decisions that has been read, not yet taken in.

    entries    what it says, as rows of its table
    moot       entries about a value that the figure does not have now
    dropped    entries of the version now held that it no longer holds
    """

    offer: Offer
    kind: str
    year: int
    issuer: str
    document_no: str
    entries: Sequence[Entry]
    moot: Sequence[Entry]
    dropped: Sequence[Entry]


def exports(lake: Lake, year: int, body_code: str | None = None) -> dict[str, bytes]:
    """Content of the file for each body (or one body) by file name. DeliveryError if the year is
    not built or no figure of the body is merged."""
    asked = asked_in(lake, year)
    marts = promoted(lake, "marts", str(year))
    if marts is None:
        raise DeliveryError(f"the figures of {year} are not merged yet; egov run {year} does it")
    observations = marts.table("ind_observations")
    held = sorted(set(observations["body_code"].to_pylist()))
    if not held or body_code not in (None, *held):
        raise DeliveryError(
            f"no figure of {body_code or 'any body'} is merged in {year}; "
            f"there are figures of: {', '.join(held) or 'nobody'}. "
            f"egov submit takes forms in, egov run {year} merges them"
        )
    return {
        f"confirm_{year}_{body}.csv": export_confirmation(
            observations.filter(pc.equal(observations["body_code"], body)), asked
        )
        for body in ([body_code] if body_code else held)
    }


#: The values that entries speak of, by kind and year: what looking at many files reads once.
Standing = dict[tuple[str, int], Mapping[Key, str] | None]


def look_at_confirmation(
    lake: Lake,
    path: Path,
    *,
    received_at: date | None,
    is_synthetic: bool,
    standing: Standing | None = None,
) -> Looked:
    """A body's answers. ReviewedFileError if the file is at fault, DeliveryError if it is no
    file or its year is not built. Files looked at together share a `standing`, empty at first."""
    content = content_of(path)
    year, body = peek_confirmation(content, path.name)
    return _look(
        lake,
        Offer(path, content, body),
        (CONFIRMATION, year, body, f"confirmation/{year}/{body}"),
        received_at or date.today(),
        is_synthetic,
        {} if standing is None else standing,
    )


def look_at_overrides(
    lake: Lake, path: Path, *, by: str, received_at: date | None, is_synthetic: bool
) -> Looked:
    """Reviewed decisions of a year, issued `by` someone. Errors as for `look_at_confirmation`."""
    content = content_of(path)
    year = peek_overrides(content, path.name)
    return _look(
        lake,
        Offer(path, content, ""),
        (OVERRIDE, year, by, f"overrides/{year}"),
        received_at or date.today(),
        is_synthetic,
        {},
    )


def take_looked(
    lake: Lake, files: Sequence[Looked], *, received_at: date | None, is_synthetic: bool
) -> dict[Path, IntakeRecord | IntakeError]:
    """Take files in; by path the record, or why it was not taken."""
    day = received_at or date.today()
    offers = [
        (
            file.offer,
            description(file.kind, file.year, file.issuer, file.document_no, is_synthetic, day),
        )
        for file in files
    ]
    return take(lake, offers, received_at)


def _look(
    lake: Lake,
    offer: Offer,
    document: tuple[str, int, str, str],
    day: date,
    is_synthetic: bool,
    standing: Standing,
) -> Looked:
    kind, year, issuer, document_no = document
    if (kind, year) not in standing:
        standing[kind, year] = _standing(lake, kind, year)
    held = standing[kind, year]
    asked = asked_in(lake, year)
    delivery = Delivery(
        content=offer.content,
        file_name=offer.path.name,
        file_sha256=offer.file_sha256,
        known_at=day,
        is_synthetic=is_synthetic,
        order=0,
    )
    entries = _READ[kind](delivery, asked)
    said = {(key_of(entry), entry["figure"]) for entry in entries}
    return Looked(
        offer=offer,
        kind=kind,
        year=year,
        issuer=issuer,
        document_no=document_no,
        entries=entries,
        moot=[
            entry
            for entry in entries
            if held is not None and held.get(key_of(entry), "") != (entry["figure"] or "")
        ],
        dropped=[
            entry
            for entry in _held(lake, document, asked)
            if (key_of(entry), entry["figure"]) not in said
        ],
    )


def _held(lake: Lake, document: tuple[str, int, str, str], asked: Asked) -> list[Entry]:
    """What the current version of a document says; nothing if there is none, or it can no longer
    be read."""
    kind, year, issuer, document_no = document
    versions = [
        record
        for record in of_kind(lake, year, kind)
        if (record.sidecar.issuer, record.sidecar.document_no) == (issuer, document_no)
    ]
    try:
        return [e for d in documents(lake, versions[-1:]) for e in _READ[kind](d[-1], asked)]
    except ReviewedFileError:
        return []


def _standing(lake: Lake, kind: str, year: int) -> Mapping[Key, str] | None:
    """The values that entries of a kind speak of, as promoted: the merged figures for answers;
    for decisions those that checks made, else those of the forms. None if nothing is promoted
    yet."""
    submissions, marts = (
        promoted(lake, "submissions", str(year)),
        promoted(lake, "marts", str(year)),
    )
    if submissions is None or marts is None:
        return None
    observations = marts.table("ind_observations")
    if kind == CONFIRMATION:
        return figures(observations)
    reported = {
        key_of(row): figure_text(row["value"], row["class_code"], row["observation_state"])
        for row in submissions.table("raw_submission_values").to_pylist()
        if row["is_current"]
    }
    if "observed_figure" not in observations.column_names:
        return reported  # promoted by a program from before checks made figures
    observed = observations.filter(pc.is_valid(observations["observed_figure"]))
    return reported | {key_of(row): row["observed_figure"] for row in observed.to_pylist()}
