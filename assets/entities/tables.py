"""Arrow tables of the unit `bodies`, in the columns and order the registry declares.

Does not belong here: any rule about bodies; rows come from the catalogue and from matching.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from assets.entities.catalogue import Catalogue
from assets.entities.matching import Match
from assets.registry.model import table


def bodies_table(catalogue: Catalogue, year: int) -> pa.Table:
    """raw_bodies: bodies that exist on 31 December of the year, and the members of its universes
    even where they begin later."""
    return _table(
        "raw_bodies",
        [
            {
                "body_code": body.body_code,
                "assessment_year": year,
                "block": body.block,
                "body_name": body.name_vi,
                "name_en": body.name_en,
                "valid_from": body.valid_from,
                "valid_to": body.valid_to,
                "successor_code": body.successor_code,
                "gso_code": body.gso_code,
                "registered_website": body.registered_website,
                "source_ref": body.source,
            }
            for body in catalogue.bodies_of(year)
        ],
    )


def body_names_table(catalogue: Catalogue, year: int) -> pa.Table:
    """raw_body_names: the aliases of the bodies of `bodies_table`."""
    return _table(
        "raw_body_names",
        [
            {"body_code": body.body_code, "alias": alias}
            for body in catalogue.bodies_of(year)
            for alias in body.aliases
        ],
    )


def memberships_table(catalogue: Catalogue, year: int) -> pa.Table:
    """raw_memberships: see `Catalogue.expand_memberships`."""
    return _table("raw_memberships", catalogue.expand_memberships(year))


def matches_table(matches: Iterable[Match], year: int) -> pa.Table:
    """raw_body_matches: one row for each printed name, bound or not."""
    return _table(
        "raw_body_matches",
        [
            {
                "file_sha256": match.printed.file_sha256,
                "assessment_year": year,
                "table_no": match.printed.table_no,
                "line_no": match.printed.line_no,
                "body_no": match.printed.body_no,
                "index_code": match.printed.index_code,
                "universe": match.printed.universe,
                "body_printed": match.printed.text,
                "body_code": match.body_code,
                "match_rule": match.match_rule,
                "match_margin": match.match_margin,
                "is_evidence": match.is_evidence,
            }
            for match in matches
        ],
    )


def _table(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    declared = table(name)
    arrow = pa.Table.from_pylist(rows, schema=declared.arrow_schema)
    return arrow.sort_by([(column, "ascending") for column in declared.sort])
