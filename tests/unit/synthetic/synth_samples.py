"""The published year 2016 from the bundled sources, as blocks of targets; small changes to it."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets.entities.bodies import read_bodies, read_memberships, read_reviews
from assets.entities.catalogue import Catalogue, build_catalogue
from assets.method.load import find_method
from assets.synthetic import Published, Solution, Target, solve
from assets.synthetic.targets import published_of

SOURCES = Path(__file__).parents[3] / "sources"
REGIME = "assessment_2016"
BLOCKS = ("gov_agency", "ministry", "province")
UNIVERSES = {"gov_agency": "gov_agency", "ministry": "ministry", "province": "province_63"}
INDICES = ("infrastructure", "internal_apps", "portal", "policy", "human_resources")

Row = dict[str, Any]


@cache
def catalogue() -> Catalogue:
    """The real bodies and memberships."""

    def content(name: str) -> tuple[bytes, str]:
        return (SOURCES / "bodies" / name).read_bytes(), name

    return build_catalogue(
        read_bodies(*content("bodies.csv")),
        read_memberships(*content("memberships.csv")),
        read_reviews(*content("name_review.csv")),
    )


@cache
def codes(block: str) -> dict[str, str]:
    """Printed name -> code of the bodies assessed."""
    bodies = catalogue().candidates("assessment", UNIVERSES[block], 2016)
    return {spelling: body.body_code for body in bodies for spelling in body.spellings}


def _rank(text: str) -> int | None:
    return int(text) if text else None


@cache
def marts() -> Mapping[str, pa.Table]:
    """The columns that matter of the marts that a run of 2016 promotes."""
    tables: dict[str, list[Row]] = defaultdict(list)
    counts: dict[tuple[str, str], Row] = defaultdict(dict)
    with (SOURCES / "2016" / "assessment_2016.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            block, code = row["block"], codes(row["block"])[row["body"]]
            base = {"regime": REGIME, "block": block, "body_code": code, "body_name": row["body"]}
            category, value = row["category"], row["published_value"]
            rank = {"published_rank": _rank(row["published_rank"])}
            if category in INDICES:
                made = {"category": category, "published_value": Decimal(value), "decimals": 3}
                tables["idx_published_values"].append({**base, **rank, **made})
            elif category == "online_services.online_cases_total":
                made = {"online_cases": int(value) if value else None, "rank_status": "printed"}
                tables["ind_case_totals"].append({**base, **rank, **made})
            elif category == "online_services.level34_count":
                status = "printed" if int(value or 0) else "shared_last"
                counts[block, code].update({**base, **rank, "rank_status": status})
            else:
                level = category.removeprefix("online_services.").removesuffix("_count")
                counts[block, code][level] = int(value) if value else None
    tables["ind_service_counts"] = list(counts.values())
    return {name: pa.Table.from_pylist(rows) for name, rows in tables.items()}


@cache
def block_2016(block: str) -> Published:
    """A block of 2016 as published."""
    return published_of(find_method(REGIME, block), marts())


@cache
def solved_2016(block: str, seed: int) -> Solution:
    """The solution of a block of 2016."""
    published = block_2016(block)
    return solve(published.method, published.targets, published.counts, seed)


def altered(published: Published, changes: Mapping[tuple[str, str], Target]) -> Published:
    """The block with other targets at (body, slug)."""
    targets = {body: dict(at) for body, at in published.targets.items()}
    for (body, slug), target in changes.items():
        targets[body][slug] = target
    return replace(published, targets=targets)


def made_up(values: Sequence[Mapping[str, Decimal]]) -> Published:
    """A block of agencies with these values by category, and the competition ranks of them."""
    targets = {
        f"B{number}": {
            slug: Target(value, 1 + sum(other[slug] > value for other in values))
            for slug, value in at.items()
        }
        for number, at in enumerate(values)
    }
    return Published(find_method(REGIME, "gov_agency"), {b: b for b in targets}, targets, {})
