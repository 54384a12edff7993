"""Services by level and cases by level: ranked by counts, stated in sentences, no index."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby

from assets.explain.evidence import Evidence, Row, plain, rank_nodes, reading
from assets.explain.tree import Node

SERVICES, CASES = "online_services", "online_cases"

_SERVICE_FIGURES = {"level3": "level 3", "level4": "level 4", "total": "total"}
_CASE_FIGURES = {
    "services_any_cases": "services with any case",
    "services_online_cases": "services with online cases",
    "services_no_cases": "services without a case",
    "online_cases": "online cases",
    "all_cases": "all cases",
    "online_share_pct": "share online in percent",
}


def service_counts(evidence: Evidence, code: str) -> list[Node]:
    """Services of a body by level, one node a table that counts them."""
    nodes = []
    for row in evidence.rows("ind_service_counts", body_code=code):
        values = _values(evidence, row)
        nodes.append(
            Node(
                "services",
                f"{_figures(row, _SERVICE_FIGURES)} ({row['value_status']})",
                (
                    *(reading(value) for value in values),
                    *_standing(evidence, row, SERVICES),
                ),
            )
        )
    return nodes


def case_counts(evidence: Evidence, code: str) -> list[Node]:
    """Cases of a body: the printed total, then each level with the statements behind it."""
    nodes = []
    for total in evidence.rows("ind_case_totals", body_code=code):
        values = _values(evidence, total)
        levels = evidence.rows("ind_case_counts", body_code=code, table_no=total["table_no"])
        shown = "none" if total["online_cases"] is None else total["online_cases"]
        nodes.append(
            Node(
                "online cases",
                f"total {shown} ({total['value_status']})",
                (
                    *(reading(v) for v in values if v["measure"] in ("rank", "online_cases_total")),
                    *(_level(level, values) for level in levels),
                    *_standing(evidence, total, CASES),
                ),
            )
        )
    return nodes


def _level(level: Row, values: list[Row]) -> Node:
    """One level with its statements: the sentence as printed, then what was read from it."""
    stated = [
        v for v in values if v["level"] == level["level"] and v["measure"] != "online_cases_total"
    ]
    statements = []
    for (line_no, part_no, raw), group in groupby(
        stated, key=lambda v: (v["line_no"], v["part_no"], v["raw_text"])
    ):
        statements.append(
            Node(
                f"statement {part_no}, line {line_no}",
                raw or "(blank)",
                tuple(reading(value, with_raw=False) for value in group),
            )
        )
    return Node(
        f"level {level['level']}",
        f"{_figures(level, _CASE_FIGURES)} ({level['status']})",
        tuple(statements),
    )


def _figures(row: Row, labels: dict[str, str]) -> str:
    """The figures of a row in words; what is null is not shown, its status is."""
    held = [
        f"{label} {plain(Decimal(row[name]))}"
        for name, label in labels.items()
        if row[name] is not None
    ]
    return ", ".join(held) or "no figure"


def _values(evidence: Evidence, row: Row) -> list[Row]:
    """Typed values of the body in the table, on whatever lines its row is printed, in order."""
    matches = evidence.rows(
        "raw_body_matches",
        file_sha256=row["file_sha256"],
        table_no=row["table_no"],
        body_code=row["body_code"],
    )
    places = {(match["line_no"], match["body_no"]) for match in matches}
    values = evidence.rows(
        "raw_report_values", file_sha256=row["file_sha256"], table_no=row["table_no"]
    )
    return sorted(
        (v for v in values if (v["line_no"], v["body_no"]) in places),
        key=lambda v: (v["column_no"], v["line_no"], v["part_no"], v["measure"]),
    )


def _standing(evidence: Evidence, row: Row, category: str) -> tuple[Node, ...]:
    """Rank, place, name and file of a row of counts."""
    lines = sorted({value["line_no"] for value in _values(evidence, row)} | {row["line_no"]})
    return (
        *rank_nodes(evidence, row, category=category, table_no=row["table_no"]),
        *(evidence.report_row(row["table_no"], line_no) for line_no in lines),
        evidence.name(row),
        evidence.file(row["file_sha256"]),
    )
