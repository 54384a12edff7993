"""What the checks of portals are called, from `names.yaml`.

Belongs here: names for readers. Does not belong here: what a check looks for (`rules.yaml`).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from assets.crawl.checks.rules import rules

FILE = Path(__file__).with_name("names.yaml")


class CheckName(NamedTuple):
    """The name of a check in both languages."""

    vi: str
    en: str


@cache
def check_names() -> dict[str, CheckName]:
    """The name of every check of the rules, in their order. ValueError if the file names others."""
    declared = yaml.safe_load(FILE.read_text("utf-8"))
    wanted = rules().checks
    if declared.keys() != wanted.keys():
        odd = ", ".join(sorted(declared.keys() ^ wanted.keys()))
        raise ValueError(f"{FILE.name}: names and rules differ in {odd}; name each check once")
    return {check_id: CheckName(**declared[check_id]) for check_id in wanted}
