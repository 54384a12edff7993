"""The commands `egov submit` and `egov receipts`. Heavy imports stay inside the commands.

Exit codes: 0 all files accepted (lines in quarantine are told); 1 a file was rejected;
2 the call is wrong, or files of it contradict each other.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import FAILED, USAGE, Received, Synthetic

submit_app = typer.Typer()


def tell_progress(what: str, done: int, total: int) -> None:
    """One line that counts up, on a terminal only."""
    if sys.stderr.isatty():
        typer.echo(f"\r  {done}/{total} {what}\x1b[K", nl=done == total, err=True)


@submit_app.command()
def submit(
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Forms as they came back.")
    ],
    year: Annotated[int, typer.Option(help="Year assessed.")],
    received: Received = None,
    synthetic: Synthetic = False,
) -> None:
    """Take in forms of bodies: each is read, and answered with a receipt.

    Two different files of one body in one call are both left out: nothing says which is newer.
    """
    from assets.lake import Lake
    from assets.received.delivery import DeliveryError
    from assets.submissions.deliver import asked_in, files_below, outcome_line, receipts_folder
    from assets.submissions.deliver import submit as deliver

    lake = Lake(lake_root())
    files = files_below(paths)
    if not files:
        typer.echo("no file is there; give forms, or a folder with forms", err=True)
        raise typer.Exit(USAGE)
    try:
        outcomes = deliver(
            lake,
            files,
            asked_in(lake, year),
            received_at=received.date() if received else None,
            is_synthetic=synthetic,
            on_step=tell_progress,
        )
    except DeliveryError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    for outcome in outcomes:
        typer.echo(outcome_line(outcome))
    states = [outcome.receipt.outcome for outcome in outcomes if outcome.receipt]
    rejected, refused = states.count("rejected"), len(outcomes) - len(states)
    typer.echo(
        f"{len(outcomes)} files: {len(states) - rejected} accepted, {rejected} rejected, "
        f"{refused} not taken in; receipts in {receipts_folder(lake, year)}; "
        f"next: egov run {year}"
    )
    if refused or rejected:
        raise typer.Exit(USAGE if refused else FAILED)


@submit_app.command("receipts")
def receipts_(
    year: Annotated[int, typer.Argument(help="Year assessed.")],
    to: Annotated[Path, typer.Option(help="Folder for the receipts.")],
) -> None:
    """Write the receipts of all forms of a year, as text and JSON."""
    from assets.lake import Lake, promoted
    from assets.received.delivery import DeliveryError
    from assets.registry import tables
    from assets.submissions.deliver import asked_in, write_receipts
    from assets.submissions.receipt import receipts

    lake = Lake(lake_root())
    version = promoted(lake, "submissions", str(year))
    try:
        if version is None:
            raise DeliveryError(f"the forms of {year} have not been read yet; egov run {year}")
        held = {table.name: version.table(table.name) for table in tables(unit="submissions")}
        made = receipts(held, asked_in(lake, year))
    except DeliveryError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    write_receipts(to, made)
    typer.echo(f"{len(made)} receipts written to {to}")
