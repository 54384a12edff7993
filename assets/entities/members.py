"""Who is assessed in a year, by block, from the promoted tables of the unit `bodies`."""

from __future__ import annotations

from assets.lake import Version


def members_by_block(bodies: Version) -> dict[str, dict[str, str]]:
    """Names of the members of each block by code: who is in any universe of the block."""
    names = {row["body_code"]: row["body_name"] for row in bodies.table("raw_bodies").to_pylist()}
    members: dict[str, dict[str, str]] = {}
    for row in bodies.table("raw_memberships").to_pylist():
        if row["is_member"] and row["body_code"] in names:
            members.setdefault(row["block"], {})[row["body_code"]] = names[row["body_code"]]
    return members
