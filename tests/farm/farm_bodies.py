"""The bodies the farm makes portals for: those the sources print a website of."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.farm.farm_words import Names


@dataclass(frozen=True)
class FarmBody:
    """A body as the sources name it; `website` as printed there."""

    code: str
    website: str
    names: Names


@lru_cache
def read_bodies() -> tuple[FarmBody, ...]:
    """The 90 bodies assessed in 2016."""
    path = Path(__file__).parents[2] / "sources/bodies/bodies.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_body(row) for row in csv.DictReader(file) if row["registered_website"])


def _body(row: Mapping[str, str]) -> FarmBody:
    name, website = row["name_vi"], row["registered_website"]
    domain = website.removeprefix("www.") + ".test"
    if row["block"] == "province":
        kind = "thành phố" if "Thành phố" in row["aliases"] else "tỉnh"
        names = (name, f"{kind} {name}", f"UBND {kind}", f"Chủ tịch UBND {kind}")
    elif name.startswith("Bộ"):
        names = ("Hà Nội", name, "Bộ", "Bộ trưởng")
    else:
        names = ("Hà Nội", name, "cơ quan", "Thủ trưởng cơ quan")
    return FarmBody(row["body_code"], website, Names(*names, row["name_en"], domain))
