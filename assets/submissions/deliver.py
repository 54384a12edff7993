"""Files of bodies on their way in: forms, confirmations and decisions are taken into the intake
and answered with what was read from them.

Belongs here: who sent what for which year, how it is described in the intake, which files of one
call contradict each other, and receipts on disk. Does not belong here: reading
(`read`, `confirmation`, `overrides`) and words of receipts (`receipt`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from assets.entities.members import members_by_block
from assets.lake import (
    IntakeError,
    IntakeRecord,
    Lake,
    Sidecar,
    add_file,
    add_files,
    promoted,
    records,
)
from assets.lake.atomic import write_durable
from assets.lake.sidecar import SUFFIX
from assets.method.load import methods
from assets.method.tables import in_force
from assets.received.delivery import DeliveryError, content_of, received
from assets.submissions.asked import Asked
from assets.submissions.read import peek_form_ids, read_submissions
from assets.submissions.receipt import (
    Receipt,
    receipt_json,
    receipt_name,
    receipt_text,
    receipts,
    shown,
)

SUBMISSION, CONFIRMATION, OVERRIDE = "submission", "confirmation", "observation_override"
LICENCE = "report of the body to the ministry"
SOURCE = "submission of the body"
NOT_STATED = "not stated"

#: Hears of progress: what is being done, how many are done, of how many.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Offer:
    """A file offered, with its content. `body_code` is empty where the file does not say."""

    path: Path
    content: bytes
    body_code: str

    @property
    def file_sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What became of a file: its receipt, or why it was not taken in."""

    path: Path
    receipt: Receipt | None = None
    refusal: str = ""
    was_known: bool = False


def asked_in(lake: Lake, year: int) -> Asked:
    """What the year asks of whom. DeliveryError if its bodies are not built yet."""
    bodies = promoted(lake, "bodies", str(year))
    if bodies is None:
        raise DeliveryError(
            f"the bodies of {year} are not in the lake yet; egov run {year} builds them"
        )
    return Asked(year, tuple(in_force(methods(), year)), members_by_block(bodies))


def of_kind(lake: Lake, year: int, kind: str) -> list[IntakeRecord]:
    """Every version of every file of a kind that speaks of the year, in order of intake."""
    return [r for r in records(lake) if r.sidecar.kind == kind and year in r.sidecar.years]


def files_below(paths: Iterable[Path]) -> list[Path]:
    """The files given, and those below the folders given, by name. Sidecars, hidden files and
    the lock files of spreadsheet programs are left alone in folders."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
            found += [p for p in below if not (p.name[0] in ".~" or p.name.endswith(SUFFIX))]
        else:
            found.append(path)
    return found


def contradicting(offers: Sequence[Offer]) -> dict[Path, str]:
    """Files that say other things of the same body than another file of the same call, each with
    the reason why neither is taken: nothing says which one is newer."""
    by_body: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.body_code:
            by_body[offer.body_code].append(offer)
    return {
        offer.path: f"{len(same)} different files are from {body}: "
        f"{', '.join(str(other.path) for other in same)}. Nothing says which is newer: "
        f"give the one that counts, or both one after the other"
        for body, same in by_body.items()
        if len({other.file_sha256 for other in same}) > 1
        for offer in same
    }


def take(
    lake: Lake, offers: Sequence[tuple[Offer, Sidecar]], received_at: date | None
) -> dict[Path, IntakeRecord | IntakeError]:
    """Take files in, each under its description; by path the record, or why it was not taken.

    A file already held as the same kind keeps the day on which it was first received, unless a
    day is given.
    """
    held = {(r.file_sha256, r.sidecar.kind): r.sidecar.received_at for r in records(lake)}

    def described(offer: Offer, sidecar: Sidecar) -> tuple[Path, Sidecar]:
        since = held.get((offer.file_sha256, sidecar.kind)) if received_at is None else None
        return offer.path, replace(sidecar, received_at=since) if since else sidecar

    files = [described(*offer) for offer in offers]
    try:
        return dict(zip([path for path, _ in files], add_files(lake, files), strict=True))
    except IntakeError:  # one of them is at fault: the others are taken all the same
        return {path: _alone(lake, path, sidecar) for path, sidecar in files}


def _alone(lake: Lake, path: Path, sidecar: Sidecar) -> IntakeRecord | IntakeError:
    try:
        return add_file(lake, path, sidecar)
    except IntakeError as error:
        return error


def description(
    kind: str, year: int, issuer: str, document_no: str | None, is_synthetic: bool, day: date
) -> Sidecar:
    """Sidecar of a file of a body or reviewer."""
    return Sidecar(
        kind=kind,
        years=(year,),
        issuer=issuer,
        document_no=document_no,
        document_date=None,
        source_ref=SOURCE if kind == SUBMISSION else f"{kind} of figures of {year}",
        received_at=day,
        licence=LICENCE,
        is_synthetic=is_synthetic,
    )


def submit(
    lake: Lake,
    paths: Sequence[Path],
    asked: Asked,
    *,
    received_at: date | None,
    is_synthetic: bool,
    on_step: Progress,
) -> list[Outcome]:
    """Take forms in, read them, write their receipts; one outcome a file, in the order given.

    Files of a body that contradict each other, and files that the intake refuses, are not taken;
    the others are. `received_at` is the day they were received, by default today.
    """
    outcomes: dict[Path, Outcome] = {}
    on_step("looked at", 0, len(paths))
    offers = _offers(paths, outcomes)
    on_step("looked at", len(paths), len(paths))
    for path, reason in contradicting(offers).items():
        outcomes[path] = Outcome(path, refusal=reason)
    day = received_at or date.today()
    described = [
        (offer, _described(offer, asked.year, is_synthetic, day))
        for offer in offers
        if offer.path not in outcomes
    ]
    on_step("taken in", 0, len(described))
    found = take(lake, described, received_at)
    on_step("taken in", len(described), len(described))
    taken = {path: record for path, record in found.items() if isinstance(record, IntakeRecord)}
    for path, error in found.items():
        if isinstance(error, IntakeError):
            outcomes[path] = Outcome(path, refusal=str(error))
    by_hash = _read(lake, list(taken.values()), asked, on_step)
    write_receipts(receipts_folder(lake, asked.year), list(by_hash.values()))
    for path, record in taken.items():
        outcomes[path] = Outcome(path, by_hash[record.file_sha256], was_known=record.was_known)
    return [outcomes[path] for path in paths]


def _described(offer: Offer, year: int, is_synthetic: bool, day: date) -> Sidecar:
    number = f"submission/{year}/{offer.body_code}" if offer.body_code else None
    issuer = offer.body_code or NOT_STATED
    return description(SUBMISSION, year, issuer, number, is_synthetic, day)


def receipts_folder(lake: Lake, year: int) -> Path:
    """Where `submit` keeps the receipts of a year."""
    return lake.root / "receipts" / str(year)


def write_receipts(folder: Path, made: Sequence[Receipt]) -> None:
    """Write each receipt as .txt and .json."""
    for receipt in made:
        path = folder / receipt_name(receipt.file["file_sha256"])
        write_durable(path.with_suffix(".txt"), [receipt_text(receipt).encode()], "receipt")
        write_durable(path.with_suffix(".json"), [receipt_json(receipt)], "receipt")


def outcome_line(outcome: Outcome) -> str:
    """One line on one file."""
    name = shown(outcome.path.name)
    if outcome.receipt is None:
        return f"{name}: not taken in: {shown(outcome.refusal)}"
    file, counts = outcome.receipt.file, outcome.receipt.counts
    held = ", already held" if outcome.was_known else ""
    line = f"{name}: {file['file_state']}, {file['body_code'] or 'no known body'}, version "
    line += f"{file['version_no']}{held}"
    if counts is None:
        return f"{line}: {shown(file['reason_en'])} [{file['rule_id']}] {file['what_to_do']}"
    return (
        f"{line}: {counts['rows_in']} lines, {counts['rows_accepted']} accepted, "
        f"{counts['rows_quarantined']} in quarantine, {counts['rows_blank']} blank"
    )


def _offers(paths: Sequence[Path], outcomes: dict[Path, Outcome]) -> list[Offer]:
    """The files with the bodies that they say they are from; what is no file is an outcome."""
    contents: dict[Path, bytes] = {}
    for path in paths:
        try:
            contents[path] = content_of(path)
        except DeliveryError as error:
            outcomes[path] = Outcome(path, refusal=str(error))
    ids = peek_form_ids([(content, path.name) for path, content in contents.items()])
    return [
        Offer(path, content, form.body_code if form else "")
        for (path, content), form in zip(contents.items(), ids, strict=True)
    ]


def _read(
    lake: Lake, taken: Sequence[IntakeRecord], asked: Asked, on_step: Progress
) -> dict[str, Receipt]:
    """Receipts of the files taken, by hash. Versions are counted by body, so that all files of
    these bodies are read; files of other bodies that are held are not."""
    wanted = {record.file_sha256 for record in taken}
    others = {code for bodies in asked.members.values() for code in bodies} - {
        record.sidecar.issuer for record in taken
    }
    files = [r for r in of_kind(lake, asked.year, SUBMISSION) if r.sidecar.issuer not in others]
    if not wanted:
        return {}
    tables = read_submissions(
        [received(lake, record) for record in files],
        year=asked.year,
        methods=asked.methods,
        members=asked.members,
        on_done=lambda done: on_step("read", done, len(files)),
    )
    return {
        receipt.file["file_sha256"]: receipt
        for receipt in receipts(tables, asked)
        if receipt.file["file_sha256"] in wanted
    }
