"""Time to the first view of the explorer in a real browser, and its size.

    .venv/bin/python -m tests.bench_explorer [FOLDER]

FOLDER is a folder with index.html; by default the one promoted in the lake of EGOV_LAKE. The time
is from the start of loading to the first ranked list in the page, in a fresh browser context each
time, and again for the heaviest views. Nothing is asserted.
"""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import Any

from assets.lake import Lake
from orchestration.paths import lake_root
from orchestration.report import explorer_page
from tests.browser.explorer_browser import chromium, visiting

TIMES = 7
VIEWS = {
    "first view": "",
    "a body": "body?body=P-10",
    "ledger, all rows": "ledger?class=any&all=1",
    "map": "map?year=2022",
}

#: Milliseconds from the start of loading to a table (or list) drawn in the page.
DRAWN = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.querySelector('#results table') ? performance.now() : NaN))))"""


def main() -> None:
    """Print sizes and medians."""
    page = Path(sys.argv[1]) / "index.html" if sys.argv[1:] else explorer_page(Lake(lake_root()))
    if page is None:
        sys.exit("there is no explorer in this lake; egov run or egov backfill make one")
    files = {path: path.stat().st_size for path in sorted(page.parent.rglob("*")) if path.is_file()}
    print(f"{page.parent}\n{len(files)} files, {sum(files.values()) / 1e6:.2f} MB; the largest:")
    for path, size in sorted(files.items(), key=lambda item: -item[1])[:5]:
        print(f"  {size / 1e3:8.1f} kB  {path.relative_to(page.parent)}")
    with chromium() as browser:
        for name, view in VIEWS.items():
            times = [_time(browser, page, view) for _ in range(TIMES)]
            shown = ", ".join(f"{time:.0f}" for time in sorted(times))
            print(f"{name:18} median {statistics.median(times):5.0f} ms   ({shown})")


def _time(browser: Any, page: Path, view: str) -> float:
    with visiting(browser, page.parent) as visit:
        visit.page.goto(f"{page.as_uri()}#/{view}")
        drawn: float = visit.page.evaluate(DRAWN)
        return drawn


if __name__ == "__main__":
    main()
