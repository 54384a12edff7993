"""The folder of the explorer, byte for byte: the page as it lies in `page/`, and its data.

A page opened from a disk may not fetch, so data come as scripts: each calls `egov.take(name,
text)` with JSON as text, which is quicker to read than a literal and can never run. Nothing in
the files depends on clock, host, run, path or locale.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets import registry
from assets.explorer.analysed import analysed
from assets.explorer.data import build
from assets.explorer.inputs import Inputs
from assets.explorer.papers import dictionary, method_papers, names_of_checks
from assets.explorer.reweigh import reweighable

HERE = Path(__file__).parent
PAGE = HERE / "page"

#: Columns whose codes the page shows, in words of the registry.
NAMED = (
    "index_code", "regime", "block", "universe", "category", "other_item", "level", "measure",
    "unit", "trust", "rank_status", "value_status", "class", "item", "rule", "formula_kind",
    "basis", "score_status", "observation_state", "check_answer", "target_kind", "uptime_status",
    "stability", "factor", "audit_measure", "services_status", "service_cases_status",
    "online_status", "total_status", "online_share_status", "on_time_status", "counted_from",
    "ranking", "rank_state",
)  # fmt: skip

#: Endings of the files of the page.
ENDINGS = (".html", ".css", ".js")


def explorer_files(inputs: Inputs) -> dict[str, bytes]:
    """Content of every file of the folder, by name, sorted by name."""
    core, bodies, ledger = build(inputs)
    data = {
        "words": {"words": read("words"), "labels": labels()},
        "core": {**core, "tiles": read("tiles")},
        "bodies": {**bodies, "check_names": names_of_checks()},
        "ledger": ledger,
        **analysed(inputs),
        "whatif": {"sets": reweighable(inputs)},
        "papers": {"dictionary": dictionary(), "methods": method_papers()},
    }
    files = {f"data/{name}.js": encoded(name, content) for name, content in data.items()}
    files |= {path.name: path.read_bytes() for path in PAGE.iterdir() if path.suffix in ENDINGS}
    return dict(sorted(files.items()))


def encoded(name: str, content: Mapping[str, Any]) -> bytes:
    """A data file: one call with the content as JSON text."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"egov.take('{name}', '{quoted}');\n".encode()


def decoded(data: bytes) -> Any:
    """The content of a data file, as the page reads it."""
    quoted = data.decode().split("', '", 1)[1].removesuffix("');\n")
    return json.loads(quoted.replace("\\'", "'").replace("\\\\", "\\"))


def labels() -> dict[str, Mapping[str, Any]]:
    """What the page calls codes, in the notation of the registry, and its own texts, by kind."""
    return {**{column: registry.entries()[column] for column in NAMED}, **read("labels")}


@cache
def read(name: str) -> dict[str, Any]:
    """A file of words or places beside this module, by name without ending."""
    held: dict[str, Any] = yaml.safe_load((HERE / f"{name}.yaml").read_text("utf-8"))
    return held
