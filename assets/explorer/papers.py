"""Dictionary and method papers as data of the page: from the registry and the method files.

The page writes them with text nodes only, so that no markup is made here.
"""

from __future__ import annotations

from typing import Any

from assets import registry
from assets.crawl.checks.names import check_names
from assets.explorer.compact import Payload, table
from assets.method.load import methods
from assets.method.model import Method, Node

#: Units whose tables are in the dictionary: what is published, and what the page shows beside it.
UNITS = ("release", "panel", "analysis")

NODE_COLUMNS = (
    "depth", "slug", "name_vi", "name_en", "kind", "max_points", "max_from", "weight", "inputs",
    "basis", "source",
)  # fmt: skip


def dictionary() -> list[Payload]:
    """The published tables with every column, in both languages."""
    return [
        {
            "name": declared.name,
            "unit": declared.unit,
            "vi": declared.description_vi,
            "en": declared.description_en,
            "columns": table(
                ("name", "type", "unit", "nullable", "vi", "en"),
                (
                    (c.name, c.type, c.unit, c.nullable, c.description_vi, c.description_en)
                    for c in declared.columns
                ),
            ),
        }
        for unit in UNITS
        for declared in registry.tables(unit=unit)
    ]


def method_papers() -> list[Payload]:
    """Every method held: decision, years, tree of criteria, evidence, sources."""
    return [_paper(method) for method in methods()]


def names_of_checks() -> dict[str, list[str]]:
    """What each check of a portal is called, in both languages."""
    return {code: [name.vi, name.en] for code, name in sorted(check_names().items())}


def _paper(method: Method) -> Payload:
    return {
        "regime": method.regime,
        "block": method.block,
        "index_code": method.index_code,
        "valid_from": method.valid_from,
        "valid_to": method.valid_to,
        "decision": method.decision,
        "vi": method.title_vi,
        "en": method.title_en,
        "decimals": method.decimals,
        "sha256": method.sha256,
        "nodes": table(NODE_COLUMNS, (_node(path, node) for path, node in method.walk())),
        "evidence": [[code, text.vi, text.en] for code, text in method.evidence.items()],
        "sources": [[s.code, s.document, s.part, s.address] for s in method.sources],
        "notes": [[note.vi, note.en] for note in method.notes],
    }


def _node(path: str, node: Node) -> list[Any]:
    return [
        path.count("/"),
        node.slug,
        node.name_vi,
        node.name_en,
        node.kind,
        None if node.max_points is None else format(node.max_points.normalize(), "f"),
        node.max_from,
        None if node.weight is None else format(node.weight.normalize(), "f"),
        [f"{use.role} {use.code}" for use in node.inputs],
        node.basis,
        node.source,
    ]
