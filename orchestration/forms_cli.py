"""The command `egov forms`: the forms of a year as files. Heavy imports stay inside the command.

Exit codes: 0 done; 2 the call is wrong, the year is not built, or a file would be overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import USAGE

if TYPE_CHECKING:
    from assets.entities.members import Members


def _members(year: str) -> Members:
    """Bodies assessed in the year, as last promoted; says how to build them."""
    from assets.entities.members import members_of
    from assets.lake import Lake, promoted

    version = promoted(Lake(lake_root()), "bodies", year)
    if version is None:
        typer.echo(f"{year}: the bodies of the year are not built yet; egov run {year}", err=True)
        raise typer.Exit(USAGE)
    return members_of(version.table("raw_memberships"), version.table("raw_bodies"))


@contextmanager
def _progress(total: int) -> Iterator[Callable[[Path, int], None]]:
    """A bar on a terminal, a line for each file elsewhere."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda path, done: typer.echo(f"[{done}/{total}] {path.name}")
        return
    with Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=console) as bar:
        task = bar.add_task("forms", total=total)
        yield lambda path, done: bar.update(task, completed=done)


def forms(
    year: Annotated[str, typer.Argument(help="Year assessed, as 2016.")],
    to: Annotated[Path, typer.Option(help="Folder to write to; it is made.")],
    block: Annotated[
        str | None, typer.Option(help="Only this block: ministry, gov_agency or province.")
    ] = None,
    file_format: Annotated[str, typer.Option("--format", help="xlsx, csv or json.")] = "xlsx",
) -> None:
    """Write the form of every body assessed in the year, to be filled in and handed in."""
    from assets.method.load import methods
    from assets.method.model import MethodError
    from assets.registry import table
    from assets.submissions.form import FormError
    from assets.submissions.formfolder import WRITERS, forms_of_year, write_forms
    from assets.years import YEARS

    blocks = table("raw_methods").column("block").codes
    if year not in YEARS:
        raise typer.BadParameter(f"{year!r}: the warehouse knows {YEARS[0]} to {YEARS[-1]}")
    if block is not None and block not in blocks:
        raise typer.BadParameter(f"--block {block!r} is not one of {', '.join(blocks)}")
    if file_format not in WRITERS:
        raise typer.BadParameter(f"--format {file_format!r} is not one of {', '.join(WRITERS)}")
    try:
        wanted = forms_of_year(methods(), _members(year), int(year), block)
        with _progress(len(wanted)) as on_done:
            written = write_forms(wanted, to, file_format, on_done)
    except (FormError, MethodError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{len(written)} forms of {year} are in {to}")
