"""The command `egov demo`: a synthetic year from empty forms to ranks, in a lake of its own.

Belongs here: the order of the steps and what is said of each. Every step is the one that a real
year takes; only the figures are made up, and so the release at the end is refused.
"""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from assets.entities.members import members_of
from assets.lake import IntakeError, Lake, promoted
from assets.method.load import methods
from assets.submissions.confirmation import ANSWER_WORDS
from assets.submissions.deliver import asked_in, files_below, receipts_folder, submit
from assets.submissions.formfolder import forms_of_year, write_forms
from assets.submissions.merged import Standing, exports, look_at_confirmation, take_looked
from assets.synthetic import published_blocks, solve, write_year
from orchestration import report
from orchestration.submit_cli import tell_progress

if TYPE_CHECKING:
    from orchestration.runner import Runner

FORMS_RECEIVED, ANSWERS_RECEIVED = date(2017, 1, 20), date(2017, 4, 10)
AUTHOR = "SYNTHETIC"


class DemoError(RuntimeError):
    """The demonstration did not show what it must."""


@contextmanager
def _step(number: int, what: str) -> Iterator[None]:
    typer.echo(f"\n{number}. {what}")
    started = time.monotonic()
    yield
    typer.echo(f"   {time.monotonic() - started:.1f} s")


def demo(runner: Runner, year: str, seed: int, folder: Path) -> bool:
    """Run the whole round of a year on synthetic figures; True if the release was refused.

    `folder` receives forms, submissions and files of answers. DemoError if a run fails, a form is
    rejected, or a printed figure differs from the computed one without an explanation.
    """
    lake = runner.lake
    with _step(1, f"the published figures of {year} and its bodies"):
        _run(runner, year)
    with _step(2, "a form for every body, as it would be sent out"):
        typer.echo(f"   {_forms(lake, year, folder / 'forms')} forms in {folder / 'forms'}")
    with _step(3, "filled forms, made up so that the published indices come out"):
        typer.echo(
            f"   {_fill(lake, year, seed, folder / 'submissions')} in {folder / 'submissions'}"
        )
    with _step(4, "the forms come in: each is read and gets a receipt"):
        typer.echo(f"   {_submit(lake, year, folder / 'submissions')}")
    with _step(5, "figures, scores and ranks"):
        _run(runner, year)
    with _step(6, "every body is sent its merged figures and confirms them"):
        typer.echo(f"   {_confirm(lake, year, folder / 'confirmations')}")
        _run(runner, year)
    marts = promoted(lake, "marts", year)
    if marts is None:
        raise DemoError(f"the marts of {year} are gone")
    typer.echo("\nPublished against computed\n" + report.comparison(marts))
    states = report.states(marts)
    typer.echo(f"\nStates of figures: {states}")
    typer.echo("\n7. an official release of it: must be refused")
    outcome = runner.run_year(year)
    typer.echo(report.first_lines(outcome.message, 4) if outcome.message else "   it was not")
    unexplained = marts.table("idx_reconciliation")["class"].to_pylist().count("unexplained")
    if unexplained:
        raise DemoError(f"{unexplained} rows of the ledger are unexplained")
    return outcome.status == "failed" and "no_synthetic" in outcome.message


def _run(runner: Runner, year: str) -> None:
    outcome = runner.run_year(year, release=False)
    typer.echo(f"   {report.outcome_line(outcome).strip()}")
    if outcome.status != "done":
        raise DemoError(f"the run of {year} failed: {outcome.message}")


def _forms(lake: Lake, year: str, to: Path) -> int:
    bodies = promoted(lake, "bodies", year)
    if bodies is None:
        raise DemoError(f"the bodies of {year} are not in the lake")
    members = members_of(bodies.table("raw_memberships"), bodies.table("raw_bodies"))
    return len(write_forms(forms_of_year(methods(), members, int(year)), to))


def _fill(lake: Lake, year: str, seed: int, to: Path) -> str:
    solved = [
        (block, solve(block.method, block.targets, block.counts, seed))
        for block in published_blocks(lake, int(year))
    ]
    return f"{len(write_year(to, int(year), solved))} forms"


def _submit(lake: Lake, year: str, folder: Path) -> str:
    outcomes = submit(
        lake,
        files_below([folder]),
        asked_in(lake, int(year)),
        received_at=FORMS_RECEIVED,
        is_synthetic=True,
        on_step=tell_progress,
    )
    states = [outcome.receipt.outcome for outcome in outcomes if outcome.receipt]
    if len(states) < len(outcomes) or "rejected" in states:
        raise DemoError(f"of {len(outcomes)} forms {len(outcomes) - len(states)} were not taken in")
    return f"{len(states)} accepted; receipts in {receipts_folder(lake, int(year))}"


def _confirm(lake: Lake, year: str, to: Path) -> str:
    """Export, fill the answer of every figure that is there, import."""
    to.mkdir(parents=True, exist_ok=True)
    answers, looked = 0, []
    standing: Standing = {}
    for name, content in exports(lake, int(year)).items():
        filled, number = _answered(content)
        answers += number
        (to / name).write_bytes(filled)
        looked.append(
            look_at_confirmation(
                lake,
                to / name,
                received_at=ANSWERS_RECEIVED,
                is_synthetic=True,
                standing=standing,
            )
        )
    for record in take_looked(
        lake, looked, received_at=ANSWERS_RECEIVED, is_synthetic=True
    ).values():
        if isinstance(record, IntakeError):
            raise DemoError(str(record))
    return f"{answers:,} figures confirmed, files in {to}"


def _answered(content: bytes) -> tuple[bytes, int]:
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    word = ANSWER_WORDS["confirmed"][0]
    asked = [row for row in rows if row["figure"]]
    for row in asked:
        row["answer"], row["author"] = word, AUTHOR
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig"), len(asked)
