"""Methods as tables: what dbt needs to know of the trees to compute them.

Belongs here: turning the methods in force in a year into the raw_method_* tables. Does not
belong here: any rule of computing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from assets import registry
from assets.method.model import Method, Node

Row = dict[str, Any]


def in_force(methods: Sequence[Method], year: int) -> list[Method]:
    """The methods in force in the year, by code."""
    found = [m for m in methods if m.valid_from <= year and (m.valid_to or year) >= year]
    return sorted(found, key=lambda m: m.code)


def method_tables(methods: Sequence[Method], year: int) -> dict[str, pa.Table]:
    """The tables of the unit `methods` for a year, in the registry's schemas."""
    rows: dict[str, list[Row]] = {table.name: [] for table in registry.tables(unit="methods")}
    for method in in_force(methods, year):
        for name, made in _rows(method, year).items():
            rows[name] += made
    return {name: _table(name, made) for name, made in rows.items()}


def _table(name: str, rows: list[Row]) -> pa.Table:
    table = registry.table(name)
    frame = pa.Table.from_pylist(rows, schema=table.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in table.sort])


def _rows(method: Method, year: int) -> dict[str, list[Row]]:
    about: Row = {"regime": method.regime, "block": method.block}
    series: Row = {**about, "index_code": method.index_code}
    nodes = list(_nodes(method))
    return {
        "raw_methods": [
            {
                **series,
                "assessment_year": year,
                "decision": method.decision,
                "title_vi": method.title_vi,
                "title_en": method.title_en,
                "from_assessment_year": method.valid_from,
                "to_assessment_year": method.valid_to,
                "decimals": method.decimals,
                "not_applicable_rule": method.not_applicable.value,
                "method_sha256": method.sha256,
            }
        ],
        "raw_method_nodes": [{**series, **_node(row, node)} for row, node in nodes],
        "raw_method_inputs": [
            {
                **series,
                "input_code": entry.code,
                "position": position,
                "input_kind": entry.kind,
                "unit": entry.unit,
                "input_vi": entry.name_vi,
                "input_en": entry.name_en,
                "min_value": entry.min,
                "max_value": entry.max,
            }
            for position, entry in enumerate(method.inputs, start=1)
        ],
        "raw_method_uses": [
            {**about, "criterion": node.slug, "role": use.role, "input_code": use.code}
            for _, node in nodes
            for use in node.inputs
        ],
        "raw_method_steps": [
            {
                **about,
                "criterion": node.slug,
                "step_no": number,
                "step_points": step.points,
                "at_least": step.at_least,
                "step_class": step.is_class,
            }
            for _, node in nodes
            for number, step in enumerate(node.parameters.steps, start=1)
        ],
        "raw_method_rankings": [
            {**about, "ranking": r.code, "rank_on": r.on, "rank_missing": r.missing}
            for r in method.rankings
        ],
        "raw_method_tie_breaks": [
            {**about, "ranking": r.code, "position": position, "input_code": code}
            for r in method.rankings
            for position, code in enumerate(r.tie_break, start=1)
        ],
    }


def _nodes(method: Method) -> Iterator[tuple[Row, Node]]:
    """Every node with its place in the tree."""
    parents: Mapping[str, str] = {
        child.slug: node.slug for _, node in method.walk() for child in node.children
    }
    for position, (path, node) in enumerate(method.walk(), start=1):
        place = {
            "parent_criterion": parents.get(node.slug),
            "node_path": path,
            "depth": path.count("/"),
            "position": position,
        }
        yield place, node


def _node(place: Row, node: Node) -> Row:
    return {
        **place,
        "criterion": node.slug,
        "criterion_vi": node.name_vi,
        "criterion_en": node.name_en,
        "formula_kind": node.kind,
        "max_points": node.max_points,
        "weight": node.weight,
        "out_of": node.parameters.out_of,
        "target": node.parameters.target,
        "points_per_item": node.parameters.points_per_item,
        "is_itemised": node.not_itemised is None,
        "basis": node.basis,
        "maximum_basis": node.max_from,
        "ranking": node.ranking,
        "evidence_required": node.evidence_required,
    }
