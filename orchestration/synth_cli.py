"""The command `egov synth`: a year of made-up submissions. Heavy imports stay inside the command.

Exit codes: 0 done, also where some printed figures are not reachable (they are listed); 2 the call
is wrong, or the year has no published figures or no method that can be computed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import USAGE

if TYPE_CHECKING:
    from assets.synthetic import Published, Solution


def synth(
    year: Annotated[int, typer.Argument(help="Year assessed, as 2016.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    to: Annotated[
        Path | None, typer.Option(help="Folder for the files; synthetic/ in the lake if not given.")
    ] = None,
) -> None:
    """Made-up submissions of all bodies of a year, whose computed indices are the published ones.

    Every file, form and figure says that it is synthetic; such data never enters an official
    release. The year must have been built (egov run YEAR).
    """
    from assets.lake import Lake
    from assets.method.model import MethodError
    from assets.synthetic import SynthesisError, published_blocks, solve, write_year

    folder = to or lake_root() / "synthetic" / f"{year}_seed_{seed}"
    try:
        blocks = published_blocks(Lake(lake_root()), year)
        typer.echo(f"Synthetic year {year}, seed {seed}\n")
        solved = []
        for published in blocks:
            solution = solve(published.method, published.targets, published.counts, seed)
            typer.echo(block_summary(published, solution))
            solved.append((published, solution))
        total = sum(len(solution.answers) for _, solution in solved)
        with typer.progressbar(length=total, label="forms") as bar:
            written = write_year(folder, year, solved, lambda _: bar.update(1))
    except (MethodError, SynthesisError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{len(written)} forms, each with its sidecar, in {folder}")


def block_summary(published: Published, solution: Solution) -> str:
    """A line on a block, and a line for each printed figure that is not reached."""
    from assets.synthetic.criteria import categories
    from assets.synthetic.model import RANK, VALUE

    asked = solution.asked
    lines = [
        f"{published.method.block:11} {len(solution.answers):3} bodies, "
        f"{len(categories(published.method))} categories: "
        f"index values {solution.reached(VALUE)} of {asked[VALUE]}, "
        f"ranks {solution.reached(RANK)} of {asked[RANK]}"
    ]
    lines += [f"    not reached: {one}" for one in solution.unreached]
    return "\n".join(lines)
