"""The shape of the graph as plain data: what a reviewer sees change when assets or jobs do.

`.venv/bin/python tests/integration/graph_snapshot.py` writes it to graph.json beside this file.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import dagster as dg

PROJECT = Path(__file__).parents[2]
SNAPSHOT = Path(__file__).with_name("graph.json")
COMMAND = ".venv/bin/python tests/integration/graph_snapshot.py"


def load_definitions(lake: Path) -> dg.Definitions:
    """The definitions as workspace.yaml names them, with everything derived under `lake`."""
    before = os.environ.get("EGOV_LAKE")
    os.environ["EGOV_LAKE"] = str(lake)
    try:
        from orchestration.definitions import build_definitions

        return build_definitions()
    finally:
        if before is None:
            del os.environ["EGOV_LAKE"]
        else:
            os.environ["EGOV_LAKE"] = before


def shape(definitions: dg.Definitions) -> dict[str, Any]:
    """Groups, dependencies, checks and partitions of all assets by key; the assets of each job."""
    graph = definitions.resolve_asset_graph()
    assets = {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "partitioned": graph.get(key).is_partitioned,
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "checks": sorted(check.name for check in graph.get(key).check_keys),
        }
        for key in graph.get_all_asset_keys()
    }
    jobs = {
        job.name: sorted(key.to_user_string() for key in job.asset_layer.executable_asset_keys)
        for job in definitions.resolve_all_job_defs()
        if not job.name.startswith("__")
    }
    return {"assets": dict(sorted(assets.items())), "jobs": dict(sorted(jobs.items()))}


def as_text(shape: dict[str, Any]) -> str:
    """The snapshot as it is kept: sorted, one fact a line, so that a change reads as a diff."""
    return json.dumps(shape, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.path.insert(0, str(PROJECT))
    with tempfile.TemporaryDirectory() as folder:
        SNAPSHOT.write_text(as_text(shape(load_definitions(Path(folder)))), "utf-8")
    print(f"written: {SNAPSHOT}")
