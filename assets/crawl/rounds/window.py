"""A crawl window: a season of visits to one list of targets, kept in a folder of its own.

Belongs here: the folder and what is fixed when a window is opened: targets, rounds, shards, name
of the crawler. Does not belong here: making visits (`visiting`), what they say
(`results.findings`).

    <lake>/crawl/<year>/<window>/
      window.json                 what is fixed, written once
      targets.parquet             the targets, written once
      round-01.json               the day of a round, written when it begins
      shard-1-of-1/journal.jsonl  what was visited (`evidence.journal`)
      shard-1-of-1/visits-0001.warc.gz  what was seen (`evidence.records`), one file for each start
      results/crawl_*.jsonl       what the warehouse takes in, one for each round and shard
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import pyarrow as pa
import pyarrow.parquet as pq

from assets.crawl.model import Target
from assets.crawl.rounds.season import due_on
from assets.crawl.targets.register import to_visit
from assets.lake import Lake
from assets.lake.atomic import checked_json, read_checked_json, sha256_of_file, write_durable
from assets.lake.locks import held
from assets.lake.paths import checked_name

TARGETS = "targets.parquet"
FACTS = "window.json"

#: Seconds that a process waits for another that opens the same window.
_OPENING_SECONDS = 60.0

#: Labels at the end of host names beneath which names are given to owners.
_SHARED_LABELS = frozenset(("vn", "gov", "com", "org", "net", "edu", "test"))


class WindowError(ValueError):
    """A window that cannot be opened or gone on with; says why and what to do."""


@dataclass(frozen=True)
class Facts:
    """What is fixed when a window is opened.

    is_synthetic   visits do not go to the public internet: never officially released
    targets_sha256 hash of the file of targets
    """

    window_code: str
    assessment_year: int
    opened_on: str
    rounds: int
    weeks: int
    shards: int
    user_agent: str
    is_synthetic: bool
    targets_sha256: str


@dataclass(frozen=True)
class Window:
    """An opened window."""

    folder: Path
    facts: Facts

    @property
    def code(self) -> str:
        return self.facts.window_code

    def targets(self) -> pa.Table:
        """The targets as the window was opened with: rows of raw_crawl_targets.
        WindowError if the file is another by now."""
        path = self.folder / TARGETS
        if sha256_of_file(path) != self.facts.targets_sha256:
            raise WindowError(f"{path} is damaged: restore it, or begin another window")
        return pq.read_table(path)

    def shard_folder(self, shard: int) -> Path:
        """Where a shard keeps its journal and evidence."""
        return self.folder / f"shard-{shard}-of-{self.facts.shards}"

    def results(self, name: str) -> Path:
        """Where a document of results lies."""
        return self.folder / "results" / name

    def round_date(self, round_no: int, today: date) -> date:
        """The day of a round: the day it began, which is `today` if it has not begun.

        WindowError for a round that the window does not have, or that is not its turn yet.
        """
        facts = self.facts
        if not 1 <= round_no <= facts.rounds:
            raise WindowError(f"window {self.code} has rounds 1 to {facts.rounds}, not {round_no}")
        path = self._round(round_no)
        with self._opening():
            if not path.exists():
                if round_no > 1 and not self._round(round_no - 1).exists():
                    raise WindowError(
                        f"round {round_no} of window {self.code} comes after round "
                        f"{round_no - 1}, which has not begun"
                    )
                write_durable(path, [checked_json({"round_date": today.isoformat()})], "window")
        return date.fromisoformat(read_checked_json(path)["round_date"])

    def due_round(self, today: date, shard: int) -> int | None:
        """The round to make or go on with: the first whose day has come and that is not done;
        None if there is none."""
        facts = self.facts
        opened = date.fromisoformat(facts.opened_on)
        for number in range(1, facts.rounds + 1):
            if due_on(opened, number, facts.rounds, facts.weeks) > today:
                return None
            if not self.is_done(number, shard):
                return number
        return None

    def next_day(self, today: date) -> date | None:
        """The day on which the next round may begin; None after the last."""
        facts = self.facts
        opened = date.fromisoformat(facts.opened_on)
        days = (due_on(opened, n, facts.rounds, facts.weeks) for n in range(1, facts.rounds + 1))
        return next((day for day in days if day > today), None)

    def is_done(self, round_no: int, shard: int) -> bool:
        """Whether a shard's document of results is there."""
        pattern = f"*_r{round_no}_s{shard}of{self.facts.shards}.jsonl"
        return any((self.folder / "results").glob(pattern))

    @contextmanager
    def _opening(self) -> Iterator[None]:
        with held(self.folder / ".lock", self.code, timeout=_OPENING_SECONDS):
            yield

    def _round(self, round_no: int) -> Path:
        return self.folder / f"round-{round_no:02}.json"


def window_folder(lake: Lake, year: int, window_code: str) -> Path:
    """The folder of a window."""
    return lake.crawl / str(year) / checked_name("window", window_code)


def windows(lake: Lake, year: int | None = None) -> list[Window]:
    """The windows held, of one year or of all, by year and code."""
    pattern = f"{'*' if year is None else year}/*/{FACTS}"
    return [_read(path.parent) for path in sorted(lake.crawl.glob(pattern))]


def open_window(
    lake: Lake,
    targets: pa.Table,
    *,
    year: int,
    window_code: str,
    today: date,
    rounds: int,
    weeks: int,
    shards: int,
    user_agent: str,
    is_synthetic: bool,
) -> Window:
    """The window of that code, opened with these targets if it is new.

    `targets` are rows of raw_crawl_targets; those that are left out are not kept. A window that
    exists keeps the targets and numbers it was opened with. WindowError if there is nothing to
    visit, or a window for the public internet is gone on with elsewhere or the other way round.
    """
    folder = window_folder(lake, year, window_code)
    folder.mkdir(parents=True, exist_ok=True)
    with held(folder / ".lock", window_code, timeout=_OPENING_SECONDS):
        if not (folder / FACTS).exists():
            wanted = to_visit(targets)
            if wanted.num_rows == 0:
                raise WindowError(f"{year} has no target to visit; egov run {year} lists them")
            path = folder / TARGETS
            pq.write_table(wanted, path)
            facts = Facts(
                window_code,
                year,
                today.isoformat(),
                rounds,
                weeks,
                shards,
                user_agent,
                is_synthetic,
                sha256_of_file(path),
            )
            write_durable(folder / FACTS, [checked_json(asdict(facts))], "window")
    window = _read(folder)
    if window.facts.is_synthetic != is_synthetic:
        was = "a rehearsal" if window.facts.is_synthetic else "the public internet"
        raise WindowError(
            f"window {window_code} of {year} was opened for {was}; name another window"
        )
    return window


def _read(folder: Path) -> Window:
    try:
        return Window(folder, Facts(**read_checked_json(folder / FACTS)))
    except (ValueError, TypeError) as error:
        raise WindowError(f"{error}; restore it, or begin another window") from None


def shard_targets(targets: pa.Table, shard: int, shards: int) -> list[Target]:
    """The targets of one shard. All hosts beneath one registered name are in the same shard, so
    that processes side by side never meet at a host."""
    return [
        Target(
            target_id=row["target_id"],
            kind=row["target_kind"],
            body_code=row["body_code"],
            url=row["url"],
            service_code=row["service_code"] or "",
            declared_level=row["declared_level"] or "",
        )
        for row in targets.to_pylist()
        if crc32(site_of(row["url"]).encode()) % shards == shard - 1
    ]


def site_of(url: str) -> str:
    """The registered name that the host of an address is beneath, as hanoi.gov.vn."""
    labels = (urlsplit(url).hostname or "").split(".")
    own = next(
        (n for n in range(len(labels) - 1, -1, -1) if labels[n] not in _SHARED_LABELS),
        0,
    )
    return ".".join(labels[own:])
