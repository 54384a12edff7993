"""The command `egov`: run, backfill, asof, intake, forms, submit, confirm, lake, whatif, and more.

Heavy imports stay inside the commands, so that help answers at once.

Exit codes: 0 done; 1 a run failed or a gate refused; 2 the call itself is wrong;
3 a release or a lake version does not verify.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from typer.core import TyperCommand, TyperGroup

from orchestration.confirm_cli import confirm_app
from orchestration.crawl_cli import crawl_app, evidence
from orchestration.forms_cli import forms
from orchestration.intake_cli import intake_app
from orchestration.lake_cli import lake_app
from orchestration.method_cli import method_app
from orchestration.paths import lake_root
from orchestration.services_cli import services_app
from orchestration.session import (
    CORRUPT,
    DAY,
    FAILED,
    USAGE,
    live_in,
    quiet,
    runner_on,
    years_of,
)
from orchestration.submit_cli import submit_app
from orchestration.synth_cli import synth
from orchestration.vintages_cli import clean, diff, rollback, sign, told, vintages
from orchestration.whatif_cli import whatif
from orchestration.why_cli import why

#: The commands by what they are for, in the order of `egov --help`.
PANELS = {
    "The yearly run": ("run", "backfill", "status", "verify", "open", "ui"),
    "Questions": ("explain", "why", "whatif", "diff", "evidence"),
    "Vintages": ("vintages", "sign", "rollback", "clean"),
    "What comes in": ("intake", "forms", "submit", "receipts", "confirm", "crawl", "services"),
    "Lake, methods, trials": ("lake", "asof", "method", "demo", "synth", "generate"),
}


class InPanels(TyperGroup):
    """Commands in the order and under the titles of PANELS."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for title, names in PANELS.items():
            for name in names:
                command = cast("TyperCommand | TyperGroup", self.commands.pop(name))
                command.rich_help_panel = title
                self.commands[name] = command


app = typer.Typer(
    cls=InPanels,
    help="The warehouse of the yearly e-government assessment of Viet Nam: run a year, verify it, "
    "ask where a number is from and why a rank moved.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(intake_app, name="intake")
app.add_typer(lake_app, name="lake")
app.add_typer(method_app, name="method")
app.command()(forms)
app.add_typer(submit_app)
app.add_typer(confirm_app, name="confirm")
app.add_typer(crawl_app, name="crawl")
app.add_typer(services_app, name="services")
app.command()(evidence)
app.command()(synth)
app.command()(whatif)
for command in (sign, vintages, rollback, diff, clean, why):
    app.command()(command)


def main() -> None:
    """Entry point of the console script. A damaged lake, a wrong home, or an engine that is not
    there, is told in a sentence, not a traceback."""
    from assets.lake.errors import LakeError
    from assets.warehouse.project import EngineError
    from orchestration.instance import HomeError

    try:
        app()
    except LakeError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(CORRUPT) from None
    except (HomeError, EngineError) as error:
        typer.echo(str(error), err=True)
        raise SystemExit(USAGE) from None


@app.command()
def run(
    year: Annotated[str, typer.Argument(help="Year assessed, as 2016.")],
    release: Annotated[
        bool, typer.Option(help="Seal a release; synthetic years have none.")
    ] = True,
    by: Annotated[str, typer.Option(help="Who changes a signed year; goes with --reason.")] = "",
    reason: Annotated[str, typer.Option(help="Why a signed year changes; it is published.")] = "",
) -> None:
    """One year end to end: sources to gated marts, a sealed release and the panel."""
    (wanted,) = years_of(year)
    from orchestration import report
    from orchestration.runner import because_tags

    with told():
        tags = because_tags(by, reason)
    with runner_on(verbose=True) as runner:
        outcome = runner.run_year(wanted, tags, release=release)
        if outcome.status != "done":
            typer.echo(report.outcome_line(outcome))
            raise typer.Exit(FAILED if outcome.status == "failed" else 0)
        panel = runner.run_panel()
        typer.echo(report.year_summary(runner.lake, wanted, [outcome, panel]))
        if panel.status != "done":
            typer.echo(report.outcome_line(panel))
            raise typer.Exit(FAILED)


@app.command()
def backfill(
    span: Annotated[str, typer.Argument(help="Span of years, as 2011-2024.")],
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="What each step says.")] = False,
) -> None:
    """Year after year in one process, one Dagster run each; a bad year is told at the end."""
    import time
    import uuid

    from orchestration import report

    wanted = years_of(span)
    started = time.monotonic()

    def say(outcome: report.Outcome, done: int) -> None:
        pace = (time.monotonic() - started) / done
        left = pace * (len(wanted) - done)
        typer.echo(
            f"{report.outcome_line(outcome)}   [{done}/{len(wanted)}, about {left:.0f} s to go]"
        )

    with runner_on(verbose) as runner:
        tags = {"egov/backfill": uuid.uuid4().hex[:8]}
        outcomes = runner.run_years(wanted, say, tags)
        panel = runner.run_panel(tags)
        typer.echo(report.backfill_summary(runner.lake, [*outcomes, panel]))
    if any(outcome.status == "failed" for outcome in [*outcomes, panel]):
        raise typer.Exit(FAILED)


@app.command()
def asof(
    year: Annotated[str, typer.Argument(help="Year assessed, as 2016.")],
    day: Annotated[datetime, typer.Argument(formats=DAY, help="As 2017-03-31.")],
    to: Annotated[Path, typer.Option(help="Folder for the lake of that day; it is made.")],
) -> None:
    """The marts of a year as they were known on a day, in a lake of their own.

    Only files received by the end of that day count, and reference files. Nothing is released.
    """
    (wanted,) = years_of(year)
    from assets.lake import IntakeError, Lake, lake_as_of
    from orchestration import report

    try:
        _, kept = lake_as_of(Lake(lake_root()), day.date(), to.resolve())
    except IntakeError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    typer.echo(f"{len(kept)} files were known on {day:%Y-%m-%d}; their lake is {to.resolve()}")
    live_in(to.resolve(), to.resolve() / "no_bundled_sources")
    with runner_on(verbose=True) as runner:
        outcome = runner.run_year(wanted, release=False)
        if outcome.status == "done":
            typer.echo(report.year_summary(runner.lake, wanted, [outcome]))
        else:
            typer.echo(report.outcome_line(outcome))
    typer.echo(f"  look at it with EGOV_LAKE={to.resolve()}")
    if outcome.status == "failed":
        raise typer.Exit(FAILED)


@app.command()
def demo(
    year: Annotated[str, typer.Argument(help="Year assessed.")] = "2016",
    seed: Annotated[int, typer.Option(help="The same seed makes the same figures.")] = 1,
    to: Annotated[Path, typer.Option(help="Folder for the demonstration; begun anew.")] = Path(
        "build/demo"
    ),
) -> None:
    """A synthetic year from empty forms to ranks, in a lake of its own; never released."""
    import shutil

    from orchestration.paths import sources_root

    (wanted,) = years_of(year)
    folder = to.resolve()
    if folder.exists() and any(folder.iterdir()) and not (folder / "lake" / "intake").is_dir():
        raise typer.BadParameter(f"{folder} is no folder of an earlier demonstration")
    shutil.rmtree(folder, ignore_errors=True)
    live_in(folder / "lake", sources_root())
    from orchestration.demo import DemoError
    from orchestration.demo import demo as demonstrate

    try:
        with runner_on(verbose=False) as runner:
            refused = demonstrate(runner, wanted, seed, folder)
    except DemoError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    typer.echo(f"\nlook around: EGOV_LAKE={folder / 'lake'} egov ui   (or explain, whatif, status)")
    if not refused:
        typer.echo("the release of synthetic data was not refused", err=True)
        raise typer.Exit(FAILED)


@app.command()
def status() -> None:
    """What each year has: sources, marts, ledger, release, last run."""
    quiet()
    from assets.lake import Lake
    from orchestration import report
    from orchestration.instance import opened_instance

    with opened_instance() as instance:
        typer.echo(report.status_table(Lake(lake_root()), instance))


@app.command()
def explain(
    body: Annotated[str, typer.Argument(help="Name (with or without marks) or code.")],
    year: Annotated[str, typer.Argument(help="Year assessed.")],
    category: Annotated[str, typer.Argument(help="Category, e.g. policy, or overall.")],
) -> None:
    """From a published number back to file, line and raw text."""
    from assets.explain import ExplainError, as_text
    from assets.explain import explain as explain_number
    from assets.lake import Lake

    (wanted,) = years_of(year)
    try:
        typer.echo(as_text(explain_number(Lake(lake_root()), body, int(wanted), category)))
    except ExplainError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


@app.command()
def verify(
    target: Annotated[str, typer.Argument(help="Year, or folder of a release.")],
    vintage: Annotated[int, typer.Option(help="Counter of an earlier vintage of the year.")] = 0,
) -> None:
    """Re-hash and re-check a release; needs nothing but its folder."""
    from assets.lake import Lake
    from assets.release.verify import verify_release

    if vintage:
        from assets.release.vintages.vintage import find_counter, verify_vintage

        (year,) = years_of(target)
        with told():
            found, said = verify_vintage(find_counter(Lake(lake_root()), year, vintage))
        typer.echo(said)
        raise typer.Exit(0 if found.passed else CORRUPT)
    folder = Path(target)
    if not folder.is_dir():
        from assets.lake import promoted, reading

        (year,) = years_of(target)
        version = promoted(Lake(lake_root()), "release", year)
        if version is None:
            typer.echo(f"{year} has no release yet; egov run {year} makes one", err=True)
            raise typer.Exit(USAGE)
        folder = version.path
        with reading(version):
            verification = verify_release(folder)
    else:
        verification = verify_release(folder)
    typer.echo(verification.as_text())
    if not verification.passed:
        raise typer.Exit(CORRUPT)


@app.command(name="open")
def open_(
    path_only: Annotated[
        bool, typer.Option("--path", help="Say where it is, open nothing.")
    ] = False,
) -> None:
    """Open the explorer of all years in the browser; it needs no network."""
    import webbrowser

    from assets.lake import Lake
    from orchestration.report import explorer_page

    page = explorer_page(Lake(lake_root()))
    if page is None:
        typer.echo("there is no explorer yet; egov run or egov backfill make one", err=True)
        raise typer.Exit(USAGE)
    typer.echo(page)
    if not path_only and not webbrowser.open(page.as_uri()):
        typer.echo("no browser was found here; open that file in one", err=True)


@app.command()
def ui(
    port: Annotated[int, typer.Option(help="Port on this machine only.")] = 3000,
) -> None:
    """Open the Dagster UI (loopback only: it has no login)."""
    quiet()
    from orchestration.instance import close_dead_runs, opened_instance

    with opened_instance() as instance:
        close_dead_runs(instance)
    typer.echo(f"Dagster UI: http://127.0.0.1:{port}/asset-groups  (Ctrl-C ends it)")
    # `dg dev` wants a further package; `dagster dev` is the same server.
    os.environ["PYTHONWARNINGS"] = "ignore:Function `dev_command` is superseded"
    os.execvp(  # noqa: S606 - no shell; the same interpreter's dagster
        _beside_python("dagster"),
        ["dagster", "dev", "-h", "127.0.0.1", "-p", str(port), "-w", str(_workspace())],
    )


def _beside_python(name: str) -> str:
    import sys

    return str(Path(sys.executable).parent / name)


def _workspace() -> Path:
    from orchestration.paths import PROJECT

    return PROJECT / "workspace.yaml"


@app.command()
def generate() -> None:
    """Write what follows from registry and methods: dbt YAML, data dictionary, method papers."""
    from assets.method.paper import write as write_papers
    from assets.registry.dictionary import write as write_dictionary
    from assets.warehouse.dbt_yaml import write

    for path in [*write(), *write_dictionary(), *write_papers()]:
        typer.echo(f"written: {path}")


if __name__ == "__main__":
    main()
