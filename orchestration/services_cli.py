"""The commands `egov services`: add, template. Heavy imports stay inside the commands.

Exit codes: 0 every file was taken in (lines in quarantine are told); 1 a file was not; 2 the call
itself is wrong.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import FAILED, Received, Synthetic, years_of

services_app = typer.Typer(
    help="Catalogue of services, monthly counts, case records: take in, empty tables.",
    no_args_is_help=True,
)


def _checked(kind: str, *further: str) -> str:
    from assets.services.layouts import layouts

    known = (*layouts(), *further)
    if kind not in known:
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join(known)}")
    return kind


@services_app.command("add")
def services_add(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="CSV, XLSX, JSON or Parquet.")
    ],
    year: Annotated[str, typer.Option(help="Year or span that the files speak of.")],
    kind: Annotated[str, typer.Option(help="service_catalogue, monthly_cases or cases.")],
    issuer: Annotated[str, typer.Option(help="Body that issued them.")] = "not stated",
    received: Received = None,
    synthetic: Synthetic = False,
) -> None:
    """Read tables, answer each with a receipt, and take those in that are not rejected.

    docs/services.md describes them.
    """
    from datetime import date

    from assets.lake import Lake
    from assets.received.delivery import DeliveryError
    from assets.services.cases.deliver import take_in_cases
    from assets.services.cases.layout import KIND
    from assets.services.tables.deliver import take_in

    _checked(kind, KIND)
    read = take_in_cases if kind == KIND else partial(take_in, kind=kind)
    years = [int(each) for each in years_of(year)]
    taken = 0
    for file in files:
        try:
            outcome = read(
                Lake(lake_root()),
                file,
                years=years,
                issuer=issuer,
                received_at=received.date() if received else date.today(),
                is_synthetic=synthetic,
            )
        except DeliveryError as error:
            typer.echo(f"not taken in: {error}", err=True)
            continue
        typer.echo("\n".join(outcome.receipt))
        taken += outcome.is_taken
    typer.echo(f"{taken} of {len(files)} files taken in; next: egov run {year}")
    if taken < len(files):
        raise typer.Exit(FAILED)


@services_app.command("template")
def services_template(
    kind: Annotated[str, typer.Argument(help="service_catalogue or monthly_cases.")],
    to: Annotated[Path | None, typer.Option(help="File to write; by default KIND.csv.")] = None,
) -> None:
    """Write an empty table of a kind: a CSV with its header."""
    from assets.services.tables.deliver import template

    path = to or Path(f"{_checked(kind)}.csv")
    path.write_bytes(template(_checked(kind)))
    typer.echo(f"written: {path}")
