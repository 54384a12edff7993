"""Where things lie: the one place that reads paths from the environment.

EGOV_LAKE       the lake (default: `lake/` in the project)
EGOV_SOURCES    bundled sources (default: `sources/` in the project)
EGOV_HOME       kind of home that Dagster gets: laptop (default) or production; see homes/
DAGSTER_HOME    Dagster's own storage (default: `dagster/` in the lake, `dagster_production/` there
                for a production home)
EGOV_CRAWLER_CONTACT  address or mailbox that visits name (no default: none, no visits)
EGOV_REHEARSAL  description of a made-up web that is visited instead of the public internet
"""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).parents[1]


def lake_root() -> Path:
    """Root of the lake, absolute."""
    return Path(os.environ.get("EGOV_LAKE") or PROJECT / "lake").resolve()


def sources_root() -> Path:
    """Folder of the bundled sources, absolute."""
    return Path(os.environ.get("EGOV_SOURCES") or PROJECT / "sources").resolve()


def home_kind() -> str:
    """Kind of Dagster's home: a name among the files of homes/."""
    return os.environ.get("EGOV_HOME") or "laptop"


def dagster_home() -> Path:
    """Dagster's home, absolute; `orchestration.instance` makes it on first use."""
    folder = "dagster" if home_kind() == "laptop" else f"dagster_{home_kind()}"
    return Path(os.environ.get("DAGSTER_HOME") or lake_root() / folder).resolve()


def crawler_contact() -> str:
    """Where owners of sites can read who visits them; empty if not named."""
    return os.environ.get("EGOV_CRAWLER_CONTACT", "")


def rehearsal() -> str:
    """File that describes the web of a rehearsal; empty for the public internet."""
    return os.environ.get("EGOV_REHEARSAL", "")
