"""Scores of blocks by the SQL of the warehouse: dbt builds the scoring models in a database that
holds the methods and, in place of submissions, the observations themselves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from random_blocks import Block

from assets import registry
from assets.lake.parquet import encode
from assets.method.engine import NodeScore, score
from assets.method.formulas import Observation, as_declared
from assets.method.tables import method_tables
from assets.warehouse.build import build
from assets.warehouse.database import CLOSED, create
from assets.warehouse.project import ParsedProject

SELECT = (
    "stg_methods stg_method_nodes stg_method_uses stg_method_steps stg_method_rankings "
    "ind_criterion_scores idx_scores"
)
Row = dict[str, Any]


def universe_of(block: Block) -> str:
    """A universe of its own for every block, so that none is ranked with another."""
    return f"u_{block.method.regime}"


def _observation_rows(block: Block) -> list[Row]:
    declared = {entry.code: entry for entry in block.method.inputs}
    rows = []
    for (body, code), observation in block.observations.items():
        entry, value = declared[code], observation.value
        allowed = as_declared(entry, observation) is observation or value is None
        rows.append(
            {
                "assessment_year": 2016, "index_code": block.method.index_code,
                "regime": block.method.regime, "block": block.method.block,
                "universe": universe_of(block), "body_code": body, "body_name": body,
                "input_code": code, "input_kind": entry.kind, "unit": entry.unit,
                "value": value if isinstance(value, Decimal) else None,
                "class_code": value if isinstance(value, str) else None,
                "observation_state": observation.state, "is_allowed": allowed,
                "origin": "submission", "is_open": False, "is_synthetic": False,
            }
        )  # fmt: skip
    return rows


def sql_scores(parsed: ParsedProject, blocks: Sequence[Block], folder: Path) -> list[Row]:
    """Rows of idx_scores for all blocks at once."""
    tables = method_tables([block.method for block in blocks], 2016)
    sources = {}
    for table in registry.tables(stage="ingest"):
        sources[table.name] = []
        if table.name in tables:
            path = folder / f"{table.name}.parquet"
            path.write_bytes(encode(tables[table.name]))
            sources[table.name] = [path]
    database = folder / "egov.duckdb"
    create(database, sources)
    declared = registry.table("ind_observations")
    schema = pa.schema([pa.field(c.name, c.arrow) for c in declared.columns])
    rows = [row for block in blocks for row in _observation_rows(block)]
    observed = folder / "ind_observations.parquet"
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), observed)
    with duckdb.connect(str(database), config=CLOSED) as connection:
        connection.execute(f"create table ind_observations as from read_parquet('{observed}')")
    build(parsed, database, select=SELECT)
    with duckdb.connect(str(database), read_only=True, config=CLOSED) as connection:
        found: list[Row] = connection.sql("from idx_scores").to_arrow_table().to_pylist()
        return found


def as_row(method_nodes: dict[str, Any], made: NodeScore) -> Row:
    """A score of the reference engine in the columns of idx_scores."""
    unscored = method_nodes[made.slug].kind == "unscored"
    return {
        "body_code": made.body_code,
        "criterion": made.slug,
        "points": made.points,
        "max_points": made.max_points,
        "index_value": None if unscored else made.value,
        "quantity": made.value if unscored else None,
        "score_status": made.status,
        "rank": made.rank,
    }


def reference_rows(block: Block) -> dict[tuple[str, str], Row]:
    """The reference engine's scores of a block, by body and criterion."""
    nodes = {node.slug: node for _, node in block.method.walk()}
    scores = score(block.method, block.observations, block.bodies)
    return {(made.body_code, made.slug): as_row(nodes, made) for made in scores}


__all__ = ["Observation", "as_row", "reference_rows", "sql_scores", "universe_of"]
