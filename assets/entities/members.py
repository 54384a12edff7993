"""Who is assessed in a year, from the promoted tables of the unit `bodies`."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from assets.lake import Version

#: Bodies assessed: (index_code, block) -> body code -> name in Vietnamese.
Members = Mapping[tuple[str, str], Mapping[str, str]]


def members_of(memberships: pa.Table, bodies: pa.Table) -> Members:
    """The members of each index and block, from raw_memberships and raw_bodies of a year."""
    names = dict(zip(bodies["body_code"].to_pylist(), bodies["body_name"].to_pylist(), strict=True))
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in memberships.to_pylist():
        if row["is_member"] and row["body_code"] in names:
            block = found.setdefault((row["index_code"], row["block"]), {})
            block[row["body_code"]] = names[row["body_code"]]
    return found


def members_by_block(bodies: Version) -> dict[str, dict[str, str]]:
    """Names of the members of each block by code: who is a member for any index."""
    merged: dict[str, dict[str, str]] = {}
    found = members_of(bodies.table("raw_memberships"), bodies.table("raw_bodies"))
    for (_, block), members in found.items():
        merged.setdefault(block, {}).update(members)
    return merged
