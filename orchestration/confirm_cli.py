"""The commands `egov confirm`: export, import, override. Heavy imports stay inside the commands.

Exit codes: 0 done; 1 a file was refused; 2 the call is wrong, or files of it contradict each
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import DAY, FAILED, USAGE

if TYPE_CHECKING:
    from assets.received.reviewed import Entry
    from assets.submissions.merged import Looked

confirm_app = typer.Typer(
    help="Merged figures: send to bodies, take answers and reviewed decisions in.",
    no_args_is_help=True,
)

#: Figures named in one line of output.
SHOWN = 5

Received = Annotated[
    datetime | None, typer.Option(formats=DAY, help="Day of receipt; today if not given.")
]
Synthetic = Annotated[bool, typer.Option(help="Made-up data; never officially released.")]


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be done is told in a sentence, not a traceback."""
    from assets.received.delivery import DeliveryError

    try:
        yield
    except DeliveryError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


@confirm_app.command()
def export(
    year: Annotated[int, typer.Argument(help="Year assessed.")],
    to: Annotated[Path, typer.Option(help="Folder for the files.")],
    body: Annotated[str | None, typer.Option(help="Code of one body, as P-10.")] = None,
) -> None:
    """One CSV file a body: its merged figures, for it to confirm or dispute.

    Answers that still stand are filled in, because the file that comes back takes the place of
    the one before. A file that is already there with other content is not written over.
    """
    from assets.lake import Lake
    from assets.submissions.merged import exports

    with _told():
        files = exports(Lake(lake_root()), year, body)
    other = [n for n, data in files.items() if (to / n).exists() and (to / n).read_bytes() != data]
    if other:
        typer.echo(
            f"{to} already holds other content, perhaps answers, in {', '.join(other)}; "
            f"choose another folder",
            err=True,
        )
        raise typer.Exit(USAGE)
    to.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (to / name).write_bytes(data)
    typer.echo(
        f"{len(files)} files written to {to}. The body fills in answer, comment and author; in a "
        f"spreadsheet, import every column as text. Next: egov confirm import FILE..."
    )


@confirm_app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files with answers.")],
    received: Received = None,
    synthetic: Synthetic = False,
) -> None:
    """Take answers of bodies in. A file with any fault is refused as a whole.

    A later file of a body takes the place of its earlier one: begin it from a new export, which
    carries the answers that still stand.
    """
    from assets.lake import Lake
    from assets.submissions.deliver import contradicting, files_below
    from assets.submissions.merged import Standing, look_at_confirmation

    lake = Lake(lake_root())
    standing: Standing = {}
    day = received.date() if received else None
    with _told():
        looked = _looked(
            files_below(files),
            lambda path: look_at_confirmation(
                lake, path, received_at=day, is_synthetic=synthetic, standing=standing
            ),
        )
    refused = contradicting([file.offer for file in looked if file])
    for reason in refused.values():
        typer.echo(f"not taken in: {reason}", err=True)
    sound = [file for file in looked if file and file.offer.path not in refused]
    done = _take(sound, received, synthetic, "answers")
    if refused:
        raise typer.Exit(USAGE)
    if done < len(looked):
        raise typer.Exit(FAILED)


@confirm_app.command()
def override(
    file: Annotated[Path, typer.Argument(help="CSV file with the decisions of a year.")],
    by: Annotated[str, typer.Option(help="Who issues the decisions.")],
    received: Received = None,
    synthetic: Synthetic = False,
) -> None:
    """Take reviewed decisions in: they replace figures of forms, with reason and evidence.

    There is one file a year and issuer, which is added to: a later file takes the place of the
    earlier one, and a decision that is no longer in it no longer holds. Columns:
    assessment_year, index_code, body_code, input_code, figure (the value in the form that is
    replaced, exactly as exported; empty for none), state (overridden, not_observed or
    not_applicable), value (only when overridden), reason, author, evidence.
    """
    from assets.lake import Lake
    from assets.submissions.merged import look_at_overrides

    lake = Lake(lake_root())
    day = received.date() if received else None
    with _told():
        looked = _looked(
            [file],
            lambda path: look_at_overrides(
                lake, path, by=by, received_at=day, is_synthetic=synthetic
            ),
        )
    if not _take([file for file in looked if file], received, synthetic, "decisions"):
        raise typer.Exit(FAILED)


def _looked(files: Sequence[Path], look: Callable[[Path], Looked]) -> list[Looked | None]:
    """What each file says; None for a file at fault, which is told."""
    from assets.received.reviewed import ReviewedFileError
    from assets.submissions.receipt import shown

    found: list[Looked | None] = []
    for path in files:
        try:
            found.append(look(path))
        except ReviewedFileError as error:
            found.append(None)
            for line in str(error).split("\n"):
                typer.echo(shown(line), err=True)
            typer.echo(f"{shown(path.name)}: not taken in", err=True)
    return found


def _take(files: Sequence[Looked], received: datetime | None, synthetic: bool, what: str) -> int:
    """Take files in and tell what they change; how many were taken."""
    from assets.lake import IntakeError, Lake
    from assets.submissions.merged import take_looked

    taken: list[Looked] = []
    records = take_looked(
        Lake(lake_root()),
        files,
        received_at=received.date() if received else None,
        is_synthetic=synthetic,
    )
    for file in files:
        record = records[file.offer.path]
        if isinstance(record, IntakeError):
            typer.echo(f"not taken in: {record}", err=True)
            continue
        taken.append(file)
        held = "already held" if record.was_known else "taken in"
        typer.echo(
            f"{record.file_name}: {held} as version {record.version_no} of {file.document_no}, "
            f"{len(file.entries)} {what}"
        )
        _tell(file.moot, f"{what} speak of a value that the figure does not have now")
        _tell(file.dropped, f"{what} of the version before are no longer there")
    for year in sorted({file.year for file in taken}):
        typer.echo(f"next: egov run {year}")
    return len(taken)


def _tell(entries: Sequence[Entry], what: str) -> None:
    if entries:
        names = [f"{entry['body_code']} {entry['input_code']}" for entry in entries]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        typer.echo(f"  {len(names)} {what}: {', '.join(names[:SHOWN])}{more}")
