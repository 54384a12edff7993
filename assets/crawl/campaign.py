"""A round from its window to the intake: opened, visited, written down, taken in.

Belongs here: the order of these steps, each of which can be killed and made again. Does not belong
here: any of the steps.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pyarrow as pa

from assets.crawl.checks.rules import rules
from assets.crawl.fetch.web import PRODUCT, Web
from assets.crawl.results.document import KIND, as_jsonl, document_name
from assets.crawl.results.document import Round as About
from assets.crawl.results.findings import lines_of
from assets.crawl.rounds.progress import Say
from assets.crawl.rounds.season import season
from assets.crawl.rounds.visiting import Round
from assets.crawl.rounds.window import Window, open_window
from assets.lake import Lake, Sidecar, add_file, records
from assets.lake.atomic import sha256_of_file, write_durable


@dataclass(frozen=True)
class Wanted:
    """A round to make. `round_no` None: the one that is due. `rounds`, `weeks` and `shards` count
    only if the window is opened now; `day` is the day it is made."""

    year: int
    window_code: str
    round_no: int | None
    shard: int
    rounds: int
    weeks: int
    shards: int
    day: date
    again: bool = False


@dataclass(frozen=True)
class Made:
    """A round that is done. `visits` are those made now, in `seconds`; `outcomes` count targets
    by kind and status; `results` is the document that was taken in."""

    window_code: str
    round_no: int
    visits: int
    seconds: float
    results: Path
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)


class Campaign:
    """Makes rounds on one web for one lake. `say` hears how far they are."""

    def __init__(
        self, lake: Lake, web: Web, *, say: Say, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._lake, self._web, self._say, self._clock = lake, web, say, clock

    def make(self, wanted: Wanted, targets: pa.Table) -> Made | None:
        """Make a round, or go on with it; None if none is due.

        WindowError says why it cannot be made; OwnNetworkError if our network must be at fault.
        """
        window = open_window(
            self._lake,
            targets,
            year=wanted.year,
            window_code=wanted.window_code,
            today=wanted.day,
            rounds=wanted.rounds,
            weeks=wanted.weeks,
            shards=wanted.shards,
            user_agent=self._web.user_agent,
            is_synthetic=self._web.is_synthetic,
        )
        round_no = wanted.round_no or window.due_round(wanted.day, wanted.shard)
        if round_no is None:
            following = window.next_day(wanted.day)
            self._say(
                f"window {window.code}: no round is due"
                + (f" before {following}" if following else "; all rounds are done")
            )
            return None
        about = self._about(window, round_no, wanted)
        began = self._clock()
        with Round(
            window,
            round_no,
            wanted.shard,
            self._web,
            rules(),
            season(),
            again=wanted.again,
            say=self._say,
        ) as visiting:
            self._say(
                f"window {window.code} of {wanted.year}, round {round_no} of "
                f"{window.facts.rounds}, shard {wanted.shard} of {window.facts.shards}: "
                f"{len(visiting.targets):,} targets"
            )
            asyncio.run(visiting.run())
            path = self._written(window, about, visiting)
            outcomes = _outcomes(visiting)
            visits = visiting.progress.visits
        self._taken_in(window, path, wanted.day)
        return Made(window.code, round_no, visits, self._clock() - began, path, outcomes)

    def _about(self, window: Window, round_no: int, wanted: Wanted) -> About:
        facts = window.facts
        return About(
            window_code=window.code,
            assessment_year=wanted.year,
            round_no=round_no,
            shard=wanted.shard,
            shards=facts.shards,
            round_date=window.round_date(round_no, wanted.day),
            crawler=facts.user_agent.split(" ")[0],
            user_agent=facts.user_agent,
        )

    def _written(self, window: Window, about: About, visiting: Round) -> Path:
        self._say("reads what was seen")
        lines = lines_of(window, about, visiting.journal, visiting.targets, rules())
        path = window.results(document_name(about))
        write_durable(path, as_jsonl(lines), "results")
        return path

    def _taken_in(self, window: Window, path: Path, day: date) -> None:
        """The document in the intake; a second time it stays as it was received first."""
        sha256 = sha256_of_file(path)
        if any(record.file_sha256 == sha256 for record in records(self._lake)):
            self._say(f"{path.name} is held already")
            return
        described = Sidecar(
            kind=KIND,
            years=(window.facts.assessment_year,),
            issuer=PRODUCT,
            document_no=None,
            document_date=None,
            source_ref=f"crawl window {window.code}",
            received_at=day,
            licence="own observation",
            is_synthetic=window.facts.is_synthetic,
        )
        record = add_file(self._lake, path, described)
        self._say(f"{path.name} taken in, {record.size_bytes:,} bytes")


def _outcomes(visiting: Round) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for target_id, target in visiting.targets.items():
        entry = visiting.journal.entries[visiting.round_no, target_id, target.url]
        found[target.kind, entry.visit.status] += 1
    return found
