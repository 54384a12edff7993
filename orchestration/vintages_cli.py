"""The commands on vintages: sign, vintages, rollback, diff, clean. Heavy imports stay inside.

Exit codes: 0 done; 1 a change of what was signed was refused; 2 the call is wrong, or there is no
such vintage; 3 a vintage does not verify, or its journal is damaged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import CORRUPT, DAY, FAILED, USAGE, years_of

if TYPE_CHECKING:
    from assets.lake import Found, Lake
    from assets.release.vintages.vintage import Vintage

Year = Annotated[str, typer.Argument(help="Year assessed, as 2016.")]
By = Annotated[str, typer.Option(help="Who answers for it.")]
Reason = Annotated[str, typer.Option(help="Why; it is published.")]

WIDTH = 60


def sign(year: Year, by: By, reason: Reason) -> None:
    """Sign the current vintage of a year, after verifying all of it.

    From then on the release of that year changes only with a name and a reason.
    """
    from assets.release.vintages.signoff import sign as sign_vintage
    from assets.release.vintages.vintage import because_of

    (wanted,) = years_of(year)
    with told():
        vintage, verification = sign_vintage(_lake(), wanted, because_of(by, reason))
    typer.echo(verification.as_text())
    if not verification.passed:
        typer.echo("nothing was signed", err=True)
        raise typer.Exit(CORRUPT)
    for entry in vintage.signatures:
        typer.echo(f"{wanted} {vintage.name} is signed by {entry.author} ({entry.at})")


def vintages(
    year: Year,
    as_of: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Name the one current on that day (UTC).")
    ] = None,
) -> None:
    """The vintages of a year: counter, date, author, signature, reason, which is current."""
    from assets.release.vintages.vintage import current_on, vintages_of

    (wanted,) = years_of(year)
    lake = _lake()
    if as_of is not None:
        entry = current_on(lake, wanted, as_of.date())
        if entry is None:
            typer.echo(f"no vintage of {wanted} is recorded by {as_of:%Y-%m-%d}", err=True)
            raise typer.Exit(USAGE)
        since = f"current since {entry.at}, {entry.kind} by {entry.author}"
        typer.echo(f"{wanted} on {as_of:%Y-%m-%d}: {entry.version} ({since})")
        return
    held = vintages_of(lake, wanted)
    if not held:
        typer.echo(f"{wanted} has no release yet; egov run {wanted} makes one", err=True)
        raise typer.Exit(USAGE)
    typer.echo("\n".join(line for vintage in held for line in _lines(vintage)))


def rollback(
    year: Year,
    counter: Annotated[int, typer.Argument(help="Counter of the vintage, as 1.")],
    by: By,
    reason: Reason,
) -> None:
    """Make an earlier vintage the current one again. Its files are verified; nothing is built."""
    from assets.release.vintages.changelog import effect_lines
    from assets.release.vintages.signoff import go_back
    from assets.release.vintages.vintage import because_of, last_move

    (wanted,) = years_of(year)
    with told():
        vintage = go_back(_lake(), wanted, counter, because_of(by, reason))
    typer.echo(f"{wanted}: {vintage.name} is current{', signed' if vintage.is_signed else ''}")
    move = last_move(_lake(), wanted)
    for line in effect_lines(move.says) if move else []:
        typer.echo(f"  {line}")
    typer.echo(f"  marts and panel stay as they are; egov verify {wanted}")


def diff(
    before: Annotated[str, typer.Argument(help="YEAR:COUNTER, YEAR, or a release folder.")],
    after: Annotated[str, typer.Argument(help="The same.")],
    parquet: Annotated[Path | None, typer.Option(help="Write every differing cell there.")] = None,
    page: Annotated[Path | None, typer.Option(help="Write one page there, vi and en.")] = None,
) -> None:
    """What differs between two vintages: rows, columns, causes, ranks that moved."""
    from assets.lake import reading
    from assets.release.diff.between import diff as compare
    from assets.release.diff.between import side_of
    from assets.release.diff.page import as_page
    from assets.release.diff.text import as_parquet, as_text
    from assets.release.vintages.vintage import find

    with told():
        one, other = find(_lake(), before), find(_lake(), after)
        with reading(one), reading(other):
            found = compare(side_of(one), side_of(other))
    typer.echo(as_text(found))
    if parquet is not None:
        parquet.write_bytes(as_parquet(found))
        typer.echo(f"written: {parquet}")
    if page is not None:
        page.write_text(as_page(found), "utf-8")
        typer.echo(f"written: {page}")


def clean(
    yes: Annotated[bool, typer.Option("--yes", help="Remove; without it nothing is.")] = False,
    older_than: Annotated[
        float, typer.Option(min=1, help="Days; younger ones stay. At least 1.")
    ] = 1,
) -> None:
    """Old versions that nothing needs, and what dead runs left: listed, or removed with --yes.

    What is current, signed, being read, among the last five, younger than a day, or what any of
    these was made from always stays.
    """
    from assets.lake import clean as clean_lake

    lake = _lake()
    found = clean_lake(
        lake,
        remove=yes,
        older_than_days=older_than,
        say=lambda line: typer.echo(line, err=True),
    )
    typer.echo("\n".join(_cleaned(lake, found, removed=yes)))


@contextmanager
def told() -> Iterator[None]:
    """What is wrong with the call, or was refused, is told in a sentence with its exit code."""
    from assets.lake import CorruptVersion, LakeError, Unreasoned

    try:
        yield
    except Unreasoned as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    except CorruptVersion:
        raise
    except LakeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


def _lake() -> Lake:
    from assets.lake import Lake

    return Lake(lake_root())


def _lines(vintage: Vintage) -> Iterator[str]:
    from assets.release.vintages.changelog import effect_lines

    mark = "*" if vintage.is_current else " "
    here = "" if vintage.is_here else ", not in this lake"
    reason = f": {vintage.reason}" if vintage.reason else ""
    yield (
        f"{mark} {vintage.counter:>3}  {vintage.name}  {vintage.at or 'no date recorded':20}  "
        f"{vintage.author}{reason}{here}"
    )
    for entry in vintage.signatures:
        yield f"       signed {entry.at} by {entry.author}: {entry.reason}"
    for line in effect_lines(vintage.says):
        yield f"       {line}"


def _cleaned(lake: Lake, found: list[Found], *, removed: bool) -> Iterator[str]:
    """What goes, one a line; then how many stay, by reason."""
    from collections import Counter

    goes = sorted((one for one in found if one.why is None), key=lambda one: one.path)
    for one in goes:
        yield f"  {'removed' if removed else 'would go'}  {one.path.relative_to(lake.root)}"
    stays = Counter(one.why for one in found if one.why is not None)
    for why, count in sorted(stays.items()):
        yield f"  {count:>4} stay: {why}"
    size = sum(one.bytes for one in goes) / 1e6
    word = "removed" if removed else "would be removed; --yes removes them"
    yield f"{len(goes)} folders, {size:.1f} MB {word}"
