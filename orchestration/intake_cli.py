"""The commands `egov intake`: add, list. Heavy imports stay inside the commands.

Exit codes: 0 done; 2 the call is wrong, or the file was not taken in.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import USAGE, years_of

intake_app = typer.Typer(help="Source files: take in, list.", no_args_is_help=True)


@intake_app.command("add")
def intake_add(
    file: Annotated[Path, typer.Argument(help="File as received.")],
    kind: Annotated[str, typer.Option(help="Kind of source, e.g. published_values.")] = "",
    year: Annotated[str, typer.Option(help="Year or span that the file speaks of.")] = "",
    issuer: Annotated[str, typer.Option(help="Body that issued it.")] = "not stated",
    document_no: Annotated[str | None, typer.Option(help="Decision or letter number.")] = None,
    source: Annotated[str, typer.Option(help="Address or document it is from.")] = "not stated",
    licence: Annotated[str, typer.Option(help="Licence of the content.")] = "not stated",
    report_code: Annotated[str | None, typer.Option(help="Layout, for assessment reports.")] = None,
    synthetic: Annotated[
        bool, typer.Option(help="Made-up data; never officially released.")
    ] = False,
) -> None:
    """Take in a file: hashed, copied, described; the same content twice is one file.

    A `<file>.meta.yaml` beside the file is used instead of the options, if there is one.
    """
    from datetime import date

    from assets.lake import IntakeError, Lake, Sidecar, add_file, load_sidecar
    from assets.registry import table

    described = file.with_name(file.name + ".meta.yaml")
    kinds = table("raw_intake_files").column("kind").codes
    if not described.exists() and kind not in kinds:
        raise typer.BadParameter(f"--kind {kind!r} is not one of {', '.join(kinds)}")
    if not described.exists() and not year:
        raise typer.BadParameter("--year is needed: which year or years does the file speak of?")
    try:
        sidecar = (
            load_sidecar(described)
            if described.exists()
            else Sidecar(
                kind=kind,
                years=tuple(int(y) for y in years_of(year)),
                issuer=issuer,
                document_no=document_no,
                document_date=None,
                source_ref=source,
                received_at=date.today(),
                licence=licence,
                is_synthetic=synthetic,
                report_code=report_code,
            )
        )
        record = add_file(Lake(lake_root()), file, sidecar)
    except IntakeError as error:
        typer.echo(f"not taken in: {error}", err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(record.as_line())


@intake_app.command("list")
def intake_list(
    year: Annotated[str | None, typer.Option(help="Only files that speak of this year.")] = None,
) -> None:
    """The files held: the current version of each document."""
    from assets.lake import Lake, current, records

    lake = Lake(lake_root())
    held = records(lake) if year is None else current(lake, int(years_of(year)[0]))
    for record in held:
        span = ", ".join(map(str, record.sidecar.years)) or "every year"
        typer.echo(
            f"{record.file_sha256[:12]}  v{record.version_no}  {record.sidecar.kind:18}  "
            f"{record.file_name}  ({span})"
        )
    if not held:
        typer.echo("no file is held; egov run takes in the bundled sources")
