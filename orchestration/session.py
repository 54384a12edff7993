"""What the commands share: exit codes, years of a call, the runner, the lake they live in.

Heavy imports stay inside the functions, so that help answers at once.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from orchestration.runner import Runner

#: Exit codes: a run failed or a gate refused; the call is wrong; something does not verify.
FAILED, USAGE, CORRUPT = 1, 2, 3
#: Days of a call, as 2017-03-31.
DAY = ["%Y-%m-%d"]

#: Options of commands that take files in.
Received = Annotated[
    datetime | None, typer.Option(formats=DAY, help="Day of receipt; today if not given.")
]
Synthetic = Annotated[bool, typer.Option(help="Made-up data; never officially released.")]


def quiet() -> None:
    """No telemetry from any tool we call, and Dagster's log in plain lines."""
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")


@contextmanager
def runner_on(verbose: bool) -> Iterator[Runner]:
    """A runner on the real instance; runs that died without a word are closed first."""
    quiet()
    from orchestration.instance import close_dead_runs, opened_instance

    with opened_instance() as instance:
        from orchestration.definitions import defs
        from orchestration.runner import Runner

        for run_id in close_dead_runs(instance):
            typer.echo(f"run {run_id[:8]} had been killed; it is closed as failed")
        yield Runner(defs, instance, log_level="INFO" if verbose else "WARNING")


def years_of(span: str) -> list[str]:
    """Years of a span such as 2016 or 2011-2024, as far as the warehouse knows them."""
    from assets.years import YEARS

    first, _, last = span.partition("-")
    try:
        wanted = [str(year) for year in range(int(first), int(last or first) + 1)]
    except ValueError:
        raise typer.BadParameter(
            f"{span!r} is no year or span of years; write 2016 or 2011-2024"
        ) from None
    unknown = [year for year in wanted if year not in YEARS]
    if unknown or not wanted:
        raise typer.BadParameter(
            f"{', '.join(unknown) or span}: the warehouse knows {YEARS[0]} to {YEARS[-1]}; a year "
            f"is added in assets/years.py"
        )
    return wanted


def live_in(lake: Path, sources: Path) -> None:
    """From here on this process works in that lake, with those bundled sources."""
    sources.mkdir(parents=True, exist_ok=True)
    os.environ["EGOV_LAKE"], os.environ["EGOV_SOURCES"] = str(lake), str(sources)
    os.environ.pop("DAGSTER_HOME", None)
