"""A round of a crawl window as a process of its own, for tests that kill it.

    python -m tests.crawl_child LAKE WEB TARGETS WINDOW ROUND DAY

LAKE is a folder, WEB the description of a rehearsal's web, TARGETS a Parquet file of
raw_crawl_targets. Prints a line of progress for each step; "done" at the end.
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from assets.crawl.campaign import Campaign, Wanted
from assets.crawl.fetch.web import rehearsal_web
from assets.crawl.rounds.season import season
from assets.lake import Lake

YEAR = 2016


def main() -> None:
    """Make the round."""
    lake, web, targets, window, round_no, day = sys.argv[1:]
    campaign = Campaign(
        Lake(Path(lake)),
        rehearsal_web(Path(web), season().limits),
        say=lambda line: print(line, flush=True),
    )
    wanted = Wanted(
        year=YEAR,
        window_code=window,
        round_no=int(round_no),
        shard=1,
        rounds=3,
        weeks=3,
        shards=1,
        day=date.fromisoformat(day),
    )
    campaign.make(wanted, pq.read_table(targets))
    print("done", flush=True)


if __name__ == "__main__":
    main()
