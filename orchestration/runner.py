"""Running years in this process, each as a real Dagster run of the instance.

Imports, definitions and the parsed dbt project are loaded once; a backfill then costs little
more than the work itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg

from assets.crawl.window_asset import CRAWL_WINDOW
from assets.intake import holds_year
from assets.lake import add_folder, current, promoted, sweep
from assets.publication import LakeResource
from assets.release.assets import BY_TAG, REASON_TAG
from assets.release.vintages.vintage import VintageError, because_of
from orchestration.instance import PROCESS_TAG, process_mark


@dataclass
class Outcome:
    """What became of one run. `status`: done, no_source, failed. `seconds` is wall time;
    `steps` maps each step to its seconds."""

    what: str
    status: str
    message: str = ""
    seconds: float = 0.0
    run_id: str = ""
    steps: dict[str, float] = field(default_factory=dict)


def because_tags(by: str, reason: str) -> dict[str, str]:
    """Tags of a run that may change a signed year; none if neither is given. VintageError if only
    one is given, or one cannot be used."""
    if not (by or reason):
        return {}
    if not (by and reason):
        raise VintageError("give --by and --reason together")
    because = because_of(by, reason)
    return {BY_TAG: because.author, REASON_TAG: because.reason}


class Runner:
    """Runs the jobs of the definitions against an instance."""

    def __init__(
        self, defs: dg.Definitions, instance: dg.DagsterInstance, log_level: str = "INFO"
    ) -> None:
        self.defs = defs
        self.instance = instance
        self.log_level = log_level
        self.resource: LakeResource = dict(defs.resources or {})["lake"]
        self.lake = self.resource.open()
        sweep(self.lake)

    def has_source(self, year: str) -> bool:
        """Whether any source speaks of the year, bundled ones included."""
        add_folder(self.lake, Path(self.resource.sources))
        return holds_year(current(self.lake, int(year)))

    def run_year(
        self, year: str, tags: dict[str, str] | None = None, *, release: bool = True
    ) -> Outcome:
        """One year end to end, or to its marts; never raises for what goes wrong in the run."""
        if not self.has_source(year):
            return Outcome(year, "no_source", f"no source is held for {year}")
        job, last = ("one_year", "release") if release else ("one_year_unreleased", "marts")
        outcome = self._execute(job, year, tags or {}, year)
        if outcome.status == "done" and promoted(self.lake, last, year) is None:
            return Outcome(year, "failed", f"the run ended without {last}", outcome.seconds)
        return outcome

    def run_round(self, year: str, config: dict[str, Any]) -> Outcome:
        """The targets of a year and one round of visits to them; `config` is a RoundConfig."""
        if not self.has_source(year):
            return Outcome(year, "no_source", f"no source is held for {year}")
        ops = {"ops": {CRAWL_WINDOW.to_python_identifier(): {"config": config}}}
        return self._execute("crawl_round", year, {}, year, ops)

    def run_panel(self, tags: dict[str, str] | None = None) -> Outcome:
        """The panel over every year that has marts, and the analysis of it."""
        return self._execute("all_years", None, tags or {}, "panel")

    def run_years(
        self, years: Iterable[str], say: Callable[[Outcome, int], None], tags: dict[str, str]
    ) -> list[Outcome]:
        """Year after year; a failing year is kept for the end and the others go on."""
        outcomes = []
        for done, year in enumerate(years, start=1):
            outcome = self.run_year(year, tags)
            outcomes.append(outcome)
            say(outcome, done)
        return outcomes

    def _execute(
        self,
        job: str,
        partition: str | None,
        tags: dict[str, str],
        what: str,
        config: dict[str, Any] | None = None,
    ) -> Outcome:
        started = time.monotonic()
        result = self.defs.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition,
            raise_on_error=False,
            tags={PROCESS_TAG: process_mark(), **tags},
            run_config={
                "loggers": {"console": {"config": {"log_level": self.log_level}}},
                **(config or {}),
            },
        )
        seconds = time.monotonic() - started
        return Outcome(
            what=what,
            status="done" if result.success else "failed",
            message="" if result.success else _why(result),
            seconds=seconds,
            run_id=result.run_id,
            steps=_steps(result),
        )


def _why(result: Any) -> str:
    """The words of the first failing step: its failure description, or its error."""
    for event in result.all_events:
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data is not None and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            error = data.error
            while error is not None and error.cause is not None:
                error = error.cause
            return f"{event.step_key}: {error.message.strip() if error else 'unknown error'}"
    return "the run failed before its first step; see the run's log in the UI"


def _steps(result: Any) -> dict[str, float]:
    return {
        event.step_key: event.step_success_data.duration_ms / 1000
        for event in result.all_events
        if event.is_step_success
    }
