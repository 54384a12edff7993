"""The command `egov why`: why a score and rank moved between two years. Reads the promoted
analysis.

Belongs here: finding the body and its rows, and saying what is missing. Heavy imports stay inside.
Exit codes: 0 done; 2 the call is wrong, or nothing is held to answer it with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from orchestration.paths import lake_root
from orchestration.session import USAGE

if TYPE_CHECKING:
    from assets.lake import Lake

Row = dict[str, Any]


class WhyError(ValueError):
    """A question that cannot be answered; says what to do."""


def why(
    body: Annotated[str, typer.Argument(help="Name (with or without marks) or code.")],
    from_year: Annotated[int, typer.Argument(metavar="FROM", help="Earlier year assessed.")],
    year: Annotated[int, typer.Argument(metavar="TO", help="Later year assessed.")],
    category: Annotated[
        str | None, typer.Argument(help="Category, as policy or overall; all if not given.")
    ] = None,
) -> None:
    """Why a body's score and rank moved between two years, and how sure the ranks are."""
    from assets.explain import ExplainError
    from assets.lake import Lake

    try:
        for line in answer(Lake(lake_root()), body, from_year, year, category):
            typer.echo(line)
    except (WhyError, ExplainError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


def answer(
    lake: Lake, body: str, from_year: int, year: int, category: str | None = None
) -> Iterator[str]:
    """The lines that the command prints. WhyError or BodyError says what is wrong.

    A name that stands for a body of each universe (a province before and after its merger) is
    answered for both.
    """
    from assets.analysis.show import why_lines
    from assets.lake import promoted

    if from_year >= year:
        raise WhyError(f"{from_year} to {year}: give the earlier year first")
    version = promoted(lake, "analysis", "all")
    if version is None:
        raise WhyError("there is no analysis yet; egov run YEAR or egov backfill makes it")
    changes, scores, intervals, summaries = (
        version.table(f"ana_{name}").to_pylist()
        for name in ("rank_changes", "score_changes", "rank_intervals", "body_summaries")
    )
    codes = _codes(lake, body, year, summaries)
    asked = [row for row in summaries if row["body_code"] in codes]
    told = [r for r in asked if (r["from_year"], r["assessment_year"]) == (from_year, year)]
    of_pair = [r for r in changes if r["body_code"] in codes and _years(r) == (from_year, year)]
    if not told and not of_pair:
        raise WhyError(_no_pair(codes, asked, from_year, year))
    if category is not None:
        named = sorted({row["category"] for row in of_pair})
        if category not in named:
            listed = ", ".join(named) or "none"
            raise WhyError(f"{category}: held in both years are {listed}")
        of_pair = [row for row in of_pair if row["category"] == category]
    for place in sorted({_series(row) for row in (*told, *of_pair)}):
        summary = next((row for row in told if _series(row) == place), None)
        yield f"{codes[place[-1]]} ({place[-1]}), {from_year} to {year}"
        yield from why_lines(
            [row for row in of_pair if _series(row) == place],
            [row for row in scores if _series(row) == place and _years(row) == (from_year, year)],
            [
                row
                for row in intervals
                if _series(row) == place and row["assessment_year"] in (from_year, year)
            ],
            None if category is not None else summary,
        )


def _years(row: Row) -> tuple[int, int]:
    return row["from_year"], row["assessment_year"]


def _series(row: Row) -> tuple[str, str, str, str]:
    return row["index_code"], row["figures_from"], row["universe"], row["body_code"]


def _codes(lake: Lake, body: str, year: int, summaries: list[Row]) -> dict[str, str]:
    """Name by code of the bodies meant, one of each universe at most."""
    import pyarrow.compute as pc

    from assets.explain import BodyError, find_body
    from assets.lake import promoted

    version = promoted(lake, "bodies", str(year))
    if version is None:
        raise WhyError(f"nothing is held of {year}; egov run {year} builds it if a source is held")
    bodies, names = version.table("raw_bodies"), version.table("raw_body_names")
    known: dict[str, set[str]] = {}
    for row in summaries:
        known.setdefault(row["universe"], set()).add(row["body_code"])
    found: dict[str, str] = {}
    for codes in known.values():
        chosen = bodies.filter(pc.field("body_code").isin(sorted(codes)))
        try:
            code, name = find_body(body, chosen, names)
            found[code] = name
        except BodyError:
            continue
    if not found:
        find_body(body, bodies, names)  # says what is nearest among all bodies of the year
        raise WhyError(f"{body}: no two years of it are held to compare")
    return found


def _no_pair(codes: dict[str, str], asked: list[Row], from_year: int, year: int) -> str:
    pairs = sorted({_years(row) for row in asked})
    listed = ", ".join(f"{first} {second}" for first, second in pairs)
    who = ", ".join(f"{name} ({code})" for code, name in codes.items())
    return f"{who}: {from_year} and {year} are no neighbouring years held; held are {listed}"
