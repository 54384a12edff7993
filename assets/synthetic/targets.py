"""What was published of a year, as targets: from the promoted marts to blocks of bodies.

Belongs here: reading the marts. Does not belong here: making figures (`solve`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from assets.lake import Lake, promoted
from assets.method.load import methods
from assets.method.model import Method
from assets.synthetic.criteria import obstacles
from assets.synthetic.model import Published, SynthesisError, Target

#: Table of printed counts -> the node that bodies are ranked at, and input -> column.
COUNTED: dict[str, tuple[str, dict[str, str]]] = {
    "ind_service_counts": (
        "services_provided",
        {"services_level3": "level3", "services_level4": "level4"},
    ),
    "ind_case_totals": ("cases_online", {"online_cases": "online_cases"}),
}
TABLES = ("idx_published_values", *COUNTED)

#: Printed as ranked last with the others that have nothing to count, even where 0 is printed.
SHARED_LAST = "shared_last"

Row = dict[str, Any]


def solvable_methods(year: int) -> tuple[Method, ...]:
    """The methods in force in the year, all of which can be computed. SynthesisError if there are
    none, or names the nodes that are not known."""
    in_force = tuple(
        method
        for method in methods()
        if method.valid_from <= year and (method.valid_to is None or year <= method.valid_to)
    )
    if not in_force:
        raise SynthesisError(f"no method is held for {year}; see egov method list")
    if closed := [(method, found) for method in in_force if (found := obstacles(method))]:
        raise SynthesisError(
            f"the indices of {year} cannot be computed from figures, so there is no synthetic "
            f"year; not known or not solved for are\n"
            + "\n".join(f"  {method.code}: {'; '.join(found)}" for method, found in closed)
            + "\na year can be made when its method files hold these rules (egov method show)"
        )
    return in_force


def published_blocks(lake: Lake, year: int) -> tuple[Published, ...]:
    """Every block of the year as published, by block. SynthesisError if a method of the year
    cannot be computed, or the year's marts are not promoted."""
    in_force = solvable_methods(year)
    version = promoted(lake, "marts", str(year))
    if version is None:
        raise SynthesisError(
            f"{year} has no promoted marts to take the published figures from; "
            f"build the year first (egov run {year})"
        )
    tables = {name: version.table(name) for name in TABLES}
    return tuple(published_of(method, tables) for method in in_force)


def published_of(method: Method, tables: Mapping[str, pa.Table]) -> Published:
    """The block of a method, from the marts tables by name. SynthesisError if nothing is
    published of it, or one value is published twice."""
    rows = {name: _of_block(tables[name], method) for name in TABLES}
    names: dict[str, str] = {}
    targets: dict[str, dict[str, Target]] = {}
    for row in rows["idx_published_values"]:
        body, category = row["body_code"], row["category"]
        names[body] = row["body_name"]
        if category in targets.setdefault(body, {}):
            raise SynthesisError(
                f"{method.code}: {body}: {category}: published by more than one source; a "
                f"synthetic year needs one value"
            )
        targets[body][category] = Target(_printed(row), row["published_rank"])
    if not names:
        raise SynthesisError(f"{method.code}: no index values of the block are published")
    counts: dict[str, dict[str, int | None]] = {body: {} for body in names}
    for table, (node, columns) in COUNTED.items():
        for row in rows[table]:
            if row["body_code"] in names:
                targets[row["body_code"]][node] = Target(None, row["published_rank"])
                counts[row["body_code"]].update(_counts(row, columns))
    return Published(method, names, targets, counts)


def _of_block(table: pa.Table, method: Method) -> Sequence[Row]:
    of_block = [
        row
        for row in table.to_pylist()
        if (row["regime"], row["block"]) == (method.regime, method.block)
    ]
    return sorted(of_block, key=lambda row: (row["body_code"], row.get("category") or ""))


def _printed(row: Row) -> Decimal | None:
    """The value with the decimals that it was printed with."""
    value: Decimal | None = row["published_value"]
    if value is None or row["decimals"] is None:
        return value
    return value.quantize(Decimal(1).scaleb(-row["decimals"]))


def _counts(row: Row, columns: Mapping[str, str]) -> dict[str, int | None]:
    none = row["rank_status"] == SHARED_LAST
    return {code: None if none else row[column] for code, column in columns.items()}
