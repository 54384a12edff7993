"""The promoted tables of one year as rows, and the nodes that name a place in a source.

Belongs here: file, line, raw row and name behind a value. Does not belong here: which figures
are explained (`explain`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets.explain.tree import Node

Row = Mapping[str, Any]

#: Tables an explanation rests on, by unit of promotion.
TABLES: dict[str, tuple[str, ...]] = {
    "marts": (
        "idx_published_values",
        "idx_ranks",
        "idx_reconciliation",
        "ind_service_counts",
        "ind_case_counts",
        "ind_case_totals",
        "ind_portal_checks",
        "ind_observations",
        "ind_criterion_scores",
        "idx_scores",
    ),
    "methods": ("raw_method_nodes", "raw_method_uses", "raw_method_steps"),
    "submissions": ("raw_submission_files",),
    "crawl": ("raw_check_inputs",),
    "reports": ("raw_report_values", "raw_report_cells"),
    "history": ("raw_history_values",),
    "bodies": ("raw_bodies", "raw_body_names", "raw_body_matches"),
    "intake": ("raw_intake_files",),
}


@dataclass(frozen=True)
class Evidence:
    """The tables of `TABLES` for one year, by name."""

    tables: Mapping[str, pa.Table]

    def rows(self, name: str, **equal: Any) -> list[dict[str, Any]]:
        """Rows of a table whose columns equal the given values, in the table's order."""
        wanted = [pc.field(column) == value for column, value in equal.items()]
        rows: list[dict[str, Any]] = self.tables[name].filter(reduce(and_, wanted)).to_pylist()
        return rows

    def file(self, file_sha256: str) -> Node:
        """The source file: name, hash, issuer, document, where it is from."""
        found = self.rows("raw_intake_files", file_sha256=file_sha256)
        if not found:
            return Node("file", "no longer among the files of the year", (_hash(file_sha256),))
        file = found[0]
        document = " of ".join(str(file[n]) for n in ("document_no", "document_date") if file[n])
        return Node(
            "file",
            file["file_name"],
            (
                _hash(file_sha256),
                Node("issuer", file["issuer"]),
                Node("document", document or "without a number"),
                Node("source", file["source_ref"]),
            ),
        )

    def name(self, row: Row, body_no: int | None = None) -> Node:
        """How the name printed on the line of `row` was bound to the body."""
        place = {"file_sha256": row["file_sha256"], "line_no": row["line_no"]}
        if body_no is not None:
            place["body_no"] = body_no
        matches = [
            m for m in self.rows("raw_body_matches", **place) if m["body_code"] == row["body_code"]
        ]
        if not matches:
            return Node("name", f"no match for {row['body_code']} is held on this line")
        match = matches[0]
        margin = "" if match["match_margin"] is None else f", margin {plain(match['match_margin'])}"
        return Node(
            "name",
            f"printed '{match['body_printed']}', bound to {match['body_code']} by rule "
            f"{match['match_rule']}{margin}",
        )

    def report_row(self, table_no: str, line_no: int) -> Node:
        """The printed line of a report's table with the raw text of all its cells."""
        cells = self.rows("raw_report_cells", table_no=table_no, line_no=line_no)
        texts = [c["raw_text"] for c in sorted(cells, key=lambda c: c["column_no"])]
        return Node(
            "place",
            f"table {table_no}, line {line_no}",
            (Node("raw row", f"| {' | '.join(texts)} |"),),
        )


def _hash(file_sha256: str) -> Node:
    return Node("sha256", file_sha256)


def plain(value: Decimal, decimals: int | None = None) -> str:
    """A decimal with the printed number of decimals; without trailing zeros if that is unknown."""
    return format(value.normalize() if decimals is None else round(value, decimals), "f")


def reading(value: Row, label: str | None = None, *, with_raw: bool = True) -> Node:
    """A typed value of the report beside its raw text, with the rule that read it."""
    shown = "none" if value["value"] is None else plain(value["value"], value["decimals"])
    said = [f"printed '{value['raw_text']}'"] if with_raw else []
    said += [] if value["value_status"] == "reported" else [value["value_status"]]
    said.append(f"column {value['column_no']}, read by rule {value['parser_rule']}")
    return Node(label or value["measure"], f"{shown} ({'; '.join(said)})")


def rank_nodes(evidence: Evidence, row: Row, **equal: Any) -> list[Node]:
    """The recomputed rank beside the printed one, with its class in the ledger."""
    nodes = []
    for rank in evidence.rows("idx_ranks", body_code=row["body_code"], **equal):
        checks = evidence.rows(
            "idx_reconciliation",
            item="rank",
            subject=rank["value_key"],
            body_code=row["body_code"],
        )
        classes = "".join(f"; {check['class']} by rule {check['rule']}" for check in checks)
        nodes.append(
            Node(
                "recomputed rank",
                f"{rank['recomputed_rank'] or 'none'} (published {rank['published_rank'] or 'none'}"
                f", {rank['rank_status']}; basis {rank['rank_basis']}{classes})",
            )
        )
    return nodes
