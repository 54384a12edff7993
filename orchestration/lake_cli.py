"""The commands `egov lake`: push, pull, status. Heavy imports stay inside the commands.

Exit codes: 0 done; 1 the store does not answer, or the other side holds something newer; 2 the
address is wrong; 3 something here or there is damaged.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import CORRUPT, FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assets.lake import Progress, Remote, Standing

lake_app = typer.Typer(
    help="The lake in a bucket (S3) or another folder: push, pull, status.", no_args_is_help=True
)

Address = Annotated[str, typer.Argument(help="As s3://bucket/prefix or file:///folder.")]

#: Seconds between two lines on how far a transfer has come.
LINE_SECONDS = 5.0


@lake_app.command("push")
def lake_push(address: Address) -> None:
    """Copy what is sealed to the bucket: what is missing there, each file read back, pointers last.

    Nothing is deleted there. Broken off, it goes on where it was: do it again.
    """
    from assets.lake import Lake, push

    with _remote(address) as remote:
        done = push(Lake(lake_root()), remote, _lines())
    typer.echo(f"pushed to {address}: {_as_line(done)}")


@lake_app.command("pull")
def lake_pull(address: Address) -> None:
    """Bring this lake, empty or older, to where the bucket is; every byte is verified.

    What this lake has newer stays. Broken off, it goes on where it was: do it again.
    """
    from assets.lake import Lake, pull

    with _remote(address) as remote:
        done = pull(remote, Lake(lake_root()), _lines())
    typer.echo(f"pulled from {address}: {_as_line(done)}")


@lake_app.command("status")
def lake_status(
    address: Address,
    verify: Annotated[bool, typer.Option(help="Read every object that is named there.")] = False,
) -> None:
    """What this lake and the bucket hold, and which of the two is ahead."""
    from assets.lake import Lake, damages, standing

    with _remote(address) as remote:
        typer.echo("\n".join(_table(standing(Lake(lake_root()), remote))))
        damaged = damages(remote, _lines()) if verify else []
    for line in damaged:
        typer.echo(line, err=True)
    if damaged:
        raise typer.Exit(CORRUPT)
    if verify:
        typer.echo(f"every object that {address} names is what was pushed")


@contextmanager
def _remote(address: str) -> Iterator[Remote]:
    from assets.lake import RemoteError, Superseded, remote_of

    try:
        remote = remote_of(address)
    except RemoteError as error:
        raise typer.BadParameter(str(error)) from None
    try:
        yield remote
    except (RemoteError, Superseded) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None


def _lines() -> Callable[[Progress], None]:
    """A listener that writes a line every few seconds."""
    told = 0.0

    def listen(progress: Progress) -> None:
        nonlocal told
        if progress.seconds - told >= LINE_SECONDS:
            told = progress.seconds
            left = progress.seconds_left
            to_go = "" if left is None else f", about {left:.0f} s to go"
            typer.echo(f"  {_as_line(progress)}{to_go}", err=True)

    return listen


def _as_line(progress: Progress) -> str:
    return (
        f"{progress.files} of {progress.of_files} files, {progress.bytes / 1e6:.1f} of "
        f"{progress.of_bytes / 1e6:.1f} MB in {progress.seconds:.0f} s "
        f"({progress.rate / 1e6:.1f} MB/s)"
    )


def _table(stands: Standing) -> list[str]:
    from collections import Counter

    files = Counter(stands.records.values())
    told = ", ".join(f"{count} {relation}" for relation, count in sorted(files.items())) or "none"
    lines = [f"files of the intake: {told}", "", "                    here  there"]
    for place, relation in stands.places.items():
        here, there = stands.ours.pointers.get(place), stands.theirs.pointers.get(place)
        lines.append(
            f"{place!s:18} {here.pointer.counter if here else '-':>5} "
            f"{there.pointer.counter if there else '-':>6}  {relation}"
        )
    return lines
