"""Does datapackage.json say of every file what the file is?

Belongs here: paths, sizes, hashes and columns that the descriptor states, against the files that
lie there. It asks nothing of the descriptor's words, so that it holds for a release made by another
version of the code too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

from assets.lake.atomic import sha256_of
from assets.registry import Table
from assets.release.described.descriptor import FIELD_TYPES


def disagreements(
    data: bytes,
    held: Mapping[str, bytes],
    tables: Mapping[str, Table],
    layout: Set[str],
    told: Set[str],
) -> Iterator[str]:
    """What the descriptor states wrongly. `held` are the files that lie there, by name; `tables`
    the declared table of each file that was found to be of that shape; `layout` the files that it
    must name. What it says of the files of `told` is not asked: they are known to be wrong."""
    try:
        stated = {resource["path"]: resource for resource in json.loads(data)["resources"]}
        resources = {name: found for name, found in stated.items() if name not in told}
        missing, strange = layout - told - set(resources), set(resources) - set(held)
        yield from (f"does not name {name}" for name in sorted(missing))
        yield from (f"names {name}, which is not there" for name in sorted(strange))
        for name in sorted(set(resources) & set(held)):
            yield from _of_file(name, resources[name], held[name])
            if name in tables:
                yield from _of_columns(name, resources[name], tables[name])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        yield "cannot be read as the descriptor of a Data Package"


def _of_file(name: str, resource: Mapping[str, Any], data: bytes) -> Iterator[str]:
    if resource["bytes"] != len(data):
        yield f"states {resource['bytes']} bytes of {name}, which has {len(data)}"
    if resource["hash"] != (found := f"sha256:{sha256_of(data)}"):
        yield f"states hash {resource['hash']} of {name}, which has {found}"


def _of_columns(name: str, resource: Mapping[str, Any], table: Table) -> Iterator[str]:
    stated = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
    true = [(column.name, FIELD_TYPES[column.type]) for column in table.columns]
    if stated != true:
        first = next((s for s, t in zip(stated, true, strict=False) if s != t), "their number")
        yield f"states other columns of {name} than it has, first {first}"
    if resource["schema"]["primaryKey"] != list(table.key):
        yield f"states another key of {name} than its table has"
