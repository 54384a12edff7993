"""The farm as the crawler is told of it: a rehearsal's web, and its register of targets.

Belongs here: files and tables that describe the farm to the product. Does not belong here: hosts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from assets import registry
from assets.crawl.model import Target
from tests.farm.farm import Farm
from tests.farm.farm_server import ADDRESS

#: Limits of a crawl of the farm; gaps are kept as in a season, only shorter.
LIMITS = {"gap_seconds": 0.01, "backoff_seconds": 0.05, "silent_seconds": 3.0, "attempts": 2}


def write_web(farm: Farm, path: Path, limits: dict[str, float] | None = None) -> Path:
    """The description of the farm's web for `assets.crawl.fetch.web.rehearsal_web`."""
    declared = {
        "hosts": farm.resolver,
        "networks": [f"{ADDRESS}/32"],
        "ports": [farm.port],
        "ports_of": [farm.port, farm.port],
        "ca_pem": str(farm.ca_pem),
        "limits": LIMITS if limits is None else limits,
    }
    path.write_text(json.dumps(declared), "utf-8")
    return path


def target_table(targets: Iterable[Target], year: int = 2016) -> pa.Table:
    """Rows of raw_crawl_targets."""
    rows = [
        {
            "target_id": target.target_id,
            "assessment_year": year,
            "target_kind": target.kind,
            "body_code": target.body_code,
            "service_code": target.service_code or None,
            "service_name": f"SYNTHETIC {target.service_code}" if target.service_code else None,
            "declared_level": target.declared_level or None,
            "url": target.url,
            "printed_address": target.printed or None,
            "address_rule": "registered" if target.kind == "portal" else "declared",
            "file_sha256": "0" * 64,
        }
        for target in targets
    ]
    return pa.Table.from_pylist(rows, schema=registry.table("raw_crawl_targets").arrow_schema)
