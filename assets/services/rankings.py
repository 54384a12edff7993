"""The declared rankings of bodies by services and cases, from `rankings.yaml`.

Belongs here: reading and checking the file. Does not belong here: the figures and the ranks (dbt:
`ind_service_totals`, `idx_service_ranks`), rankings of the methods (`assets/method`) and of printed
tables (`assets/reports/layouts`).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from assets import registry

FILE = Path(__file__).with_name("rankings.yaml")
TABLE = "raw_service_rankings"

_FIELDS = {"rank_measure", "tie_break", "rank_missing", "listed"}
_CODED = ("rank_measure", "rank_missing")


class RankingsError(ValueError):
    """The file is at fault: the message names file, entry, rule and what to do."""


@cache
def rankings_table() -> pa.Table:
    """raw_service_rankings: the rankings of the project, one row a ranking and block."""
    return load_rankings(FILE.read_bytes(), FILE.name)


def load_rankings(content: bytes, file: str) -> pa.Table:
    """raw_service_rankings from a YAML file, in order of its key. RankingsError for the first
    fault found: a field that is missing or unknown, a code that the registry does not have, a tie
    break of a block that there is not, or by the very figure that it should separate."""
    declared = registry.table(TABLE)
    listed = _parsed(content, file)
    rows = [row for name, entry in listed.items() for row in _rows(file, str(name), entry)]
    frame = pa.Table.from_pylist(rows, schema=declared.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in declared.sort])


def _parsed(content: bytes, file: str) -> dict[str, Any]:
    try:
        listed = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RankingsError(
            f"{file}: top level: no YAML in UTF-8 ({error}); mend the file"
        ) from None
    if not isinstance(listed, dict) or not listed:
        raise RankingsError(f"{file}: top level: no rankings by name; write NAME: and its fields")
    return listed


def _rows(file: str, name: str, entry: Any) -> Iterator[dict[str, Any]]:
    declared = registry.table(TABLE)
    if not isinstance(entry, dict) or set(entry) != _FIELDS:
        raise RankingsError(
            f"{file}: {name}: its fields are not those of a ranking; "
            f"give exactly {', '.join(sorted(_FIELDS))}"
        )
    for field in _CODED:
        codes = declared.column(field).codes
        if entry[field] not in codes:
            raise RankingsError(
                f"{file}: {name}: {field} is {entry[field]!r}; use one of {', '.join(codes)}"
            )
    ties = _ties(file, name, entry)
    blocks, choices = declared.column("block").codes, declared.column("listed").codes
    listed = entry["listed"]
    is_whole = isinstance(listed, dict) and set(listed) == set(blocks)
    if not is_whole or not set(listed.values()) <= set(choices):
        raise RankingsError(
            f"{file}: {name}: listed is {listed!r}; give for each of {', '.join(blocks)} "
            f"one of {', '.join(choices)}"
        )
    for block in blocks:
        yield {**entry, "ranking": name, "block": block} | {
            "tie_break": ties.get(block), "listed": listed[block]
        }  # fmt: skip


def _ties(file: str, name: str, entry: dict[str, Any]) -> dict[str, str]:
    declared = registry.table(TABLE)
    blocks, measures = declared.column("block").codes, declared.column("rank_measure").codes
    ties: dict[str, str] = entry["tie_break"] or {}
    for block, measure in ties.items():
        if block not in blocks or measure not in measures or measure == entry["rank_measure"]:
            raise RankingsError(
                f"{file}: {name}: ties of {block!r} cannot be separated by {measure!r}; "
                f"name one of {', '.join(blocks)} and a figure other than {entry['rank_measure']}"
            )
    return ties
