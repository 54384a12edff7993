"""The package of a released year built again from its lake, the rows of every input shuffled.

`release_rebuild.py LAKE YEAR FOLDER SEED THREADS` writes it into FOLDER, without a manifest.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pyarrow as pa

from assets import registry
from assets.assetspec import INGEST_UNITS
from assets.lake import Lake, promoted
from assets.release import build_tables, package
from assets.release.tables import source_names


def shuffled(frame: pa.Table, order: random.Random) -> pa.Table:
    """The same rows in another order and in chunks of another size."""
    rows = list(range(frame.num_rows))
    order.shuffle(rows)
    size = order.randint(1, max(1, len(rows)))
    parts = [frame.take(rows[start : start + size]) for start in range(0, len(rows), size)]
    return pa.concat_tables(parts) if parts else frame


def main(lake: str, year: str, folder: str, seed: str, threads: str) -> None:
    pa.set_cpu_count(int(threads))
    pa.set_io_thread_count(int(threads))
    order = random.Random(int(seed))  # noqa: S311
    versions = {unit: promoted(Lake(Path(lake)), unit, year) for unit in ("marts", *INGEST_UNITS)}
    sources = {
        name: shuffled(versions[registry.table(name).unit].table(name), order)
        for name in source_names()
    }
    for name, data in package(build_tables(sources), int(year)).items():
        path = Path(folder, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
