"""The commands `egov crawl` and `egov evidence`. Heavy imports stay inside the commands.

Exit codes: 0 done, or nothing is due; 1 a round did not end, or a file was not taken in;
2 the call itself is wrong.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from orchestration.paths import lake_root
from orchestration.session import (
    DAY,
    FAILED,
    USAGE,
    Received,
    Synthetic,
    runner_on,
    years_of,
)

crawl_app = typer.Typer(
    help="Visits to portals and services: make rounds, look at them, take in results of others.",
    no_args_is_help=True,
)

Year = Annotated[str, typer.Argument(help="Year assessed, as 2016.")]


@crawl_app.command("run")
def crawl_run(
    year: Year,
    window: Annotated[str, typer.Option(help="Code of the window; the year's own if empty.")] = "",
    round_no: Annotated[
        int, typer.Option("--round", help="Round to make; 0: the one that is due.")
    ] = 0,
    shard: Annotated[
        str, typer.Option(help="Part of the targets, as 1/4; all parts of a round may run at once.")
    ] = "",
    rounds: Annotated[int, typer.Option(help="Rounds of a window that is opened now.")] = 0,
    weeks: Annotated[int, typer.Option(help="Weeks over which they are spread.")] = 0,
    again: Annotated[
        bool, typer.Option(help="Repeat the visits that failed through our own fault.")
    ] = False,
    day: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Day of the round; today if not given.")
    ] = None,
    rehearsal: Annotated[
        Path | None, typer.Option(help="Web of a rehearsal (JSON); what it brings is synthetic.")
    ] = None,
) -> None:
    """Make the round of visits that is due, or go on with the one that was broken off."""
    (wanted,) = years_of(year)
    part, parts = _shard(shard)
    if rehearsal is not None:
        os.environ["EGOV_REHEARSAL"] = str(rehearsal.resolve())
    config = {
        "window_code": window,
        "round_no": round_no,
        "shard": part,
        "again": again,
        "day": f"{day:%Y-%m-%d}" if day else "",
        **({"shards": parts} if parts else {}),
        **({"rounds": rounds} if rounds else {}),
        **({"weeks": weeks} if weeks else {}),
    }
    with runner_on(verbose=True) as runner:
        outcome = runner.run_round(wanted, config)
        if outcome.status != "done":
            from orchestration import report

            typer.echo(report.outcome_line(outcome))
            raise typer.Exit(FAILED)
    typer.echo(crawl_text(wanted))
    typer.echo(f"next: egov run {wanted} (results to scores)   egov crawl status {wanted}")


@crawl_app.command("status")
def crawl_status(year: Year) -> None:
    """The windows of a year, their rounds, and how every round ended."""
    (wanted,) = years_of(year)
    typer.echo(crawl_text(wanted))


@crawl_app.command("estimate")
def crawl_estimate(
    year: Year,
    services: Annotated[
        int, typer.Option(help="Services to assume, if their addresses are not held yet.")
    ] = 0,
) -> None:
    """The time a season would take with the targets of a year, at the declared gaps."""
    from assets.crawl.rounds.estimate import EstimateError, estimate_text
    from assets.lake import Lake

    (wanted,) = years_of(year)
    try:
        typer.echo(estimate_text(Lake(lake_root()), wanted, services))
    except EstimateError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


@crawl_app.command("add")
def crawl_add(
    file: Annotated[Path, typer.Argument(help="Results: JSON Lines, CSV, Parquet, or WARC.")],
    year: Annotated[str, typer.Option(help="Year assessed.")],
    window: Annotated[str, typer.Option(help="For WARC: code of the window.")] = "",
    round_no: Annotated[int, typer.Option("--round", help="For WARC: round, from 1.")] = 0,
    day: Annotated[
        datetime | None, typer.Option(formats=DAY, help="For WARC: day of the round.")
    ] = None,
    issuer: Annotated[str, typer.Option(help="Who made the visits.")] = "not stated",
    received: Received = None,
    synthetic: Synthetic = False,
) -> None:
    """Take in the results of another crawler; docs/crawl_results.md describes them."""
    from assets.crawl.results.deliver import DeliveryError, take_in
    from assets.crawl.results.elsewhere import About
    from assets.lake import Lake

    (wanted,) = years_of(year)
    about = (
        About(window, int(wanted), round_no, day.date())
        if window and round_no > 0 and day
        else None
    )
    try:
        said = take_in(
            Lake(lake_root()),
            file,
            int(wanted),
            about,
            issuer=issuer,
            received_at=received.date() if received else None,
            is_synthetic=synthetic,
        )
    except DeliveryError as error:
        typer.echo(f"not taken in: {error}", err=True)
        raise typer.Exit(FAILED) from None
    typer.echo("\n".join(said))
    typer.echo(f"next: egov run {wanted}")


def evidence(
    record: Annotated[str, typer.Argument(help="Id of a record, as checks and probes name it.")],
    to: Annotated[Path | None, typer.Option(help="Write the content to this file.")] = None,
) -> None:
    """What was seen: the address, the time, the answer and the page behind a check or probe."""
    from assets.crawl.evidence.records import EvidenceError
    from assets.crawl.evidence.shown import as_text, find_record
    from assets.lake import Lake

    try:
        seen = find_record(Lake(lake_root()), record)
    except EvidenceError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(as_text(seen))
    if to is not None:
        to.write_bytes(seen.visit.body)
        typer.echo(f"\n{len(seen.visit.body):,} bytes written to {to}")


def crawl_text(year: str) -> str:
    """The windows of a year in words."""
    from assets.crawl.rounds.status import year_text
    from assets.lake import Lake

    return year_text(Lake(lake_root()), int(year))


def _shard(text: str) -> tuple[int, int]:
    """Part and number of parts of a text such as 1/4; (1, 0) for none."""
    if not text:
        return 1, 0
    part, _, parts = text.partition("/")
    if not (part.isdecimal() and parts.isdecimal() and 1 <= int(part) <= int(parts)):
        raise typer.BadParameter(f"{text!r} is no shard; write 1/4 for the first of four")
    return int(part), int(parts)
