"""Which figures stand behind a body, a year and a category.

Belongs here: choosing the figures and the order of the tree. Does not belong here: places in
sources (`evidence`), counts of services and cases (`counts`), computed scores (`scores`), finding
the body (`bodies`), printing (`tree`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from assets.explain.bodies import find_body
from assets.explain.counts import CASES, SERVICES, case_counts, service_counts
from assets.explain.errors import ExplainError
from assets.explain.evidence import TABLES, Evidence, Row, plain, rank_nodes, reading
from assets.explain.scores import computed_criteria, computed_scores
from assets.explain.tree import Explanation, Node
from assets.lake import Lake, promoted


def explain(lake: Lake, body: str, year: int, category: str) -> Explanation:
    """The tree behind a published or computed figure, from the promoted tables of the year.

    `body` is a code or a name, `category` a slug of a category or criterion. ExplainError if the
    year has not been promoted, was by an earlier program, or holds nothing for them, BodyError if
    the body is not found or not unique.
    """
    tables: dict[str, pa.Table] = {}
    for unit, names in TABLES.items():
        version = promoted(lake, unit, str(year))
        if version is None:
            raise ExplainError(
                f"{year} has no promoted {unit}; build the year first (egov run {year}), or see "
                f"which years are held (egov status)"
            )
        if lacking := [name for name in names if f"{name}.parquet" not in version.files]:
            raise ExplainError(
                f"the {unit} of {year} were promoted by an earlier version of the program, without "
                f"{', '.join(lacking)}; build the year again (egov run {year})"
            )
        tables |= {name: version.table(name) for name in names}
    return explain_tables(tables, body, year, category)


def explain_tables(
    tables: Mapping[str, pa.Table], body: str, year: int, category: str
) -> Explanation:
    """As `explain`, from the tables themselves by name (`evidence.TABLES`)."""
    evidence = Evidence(tables)
    code, name = find_body(body, tables["raw_bodies"], tables["raw_body_names"])
    published = evidence.rows("idx_published_values", body_code=code, category=category)
    nodes = [_published(row, evidence) for row in published]
    if category == SERVICES:
        nodes += service_counts(evidence, code)
    if category == CASES:
        nodes += case_counts(evidence, code)
    nodes += computed_scores(evidence, code, category)
    if not nodes:
        raise ExplainError(
            f"nothing is held for {name} ({code}) in category {category!r} of {year}; "
            f"{_held(evidence, code)}"
        )
    nodes.append(_ledger(evidence.rows("idx_reconciliation", body_code=code, category=category)))
    return Explanation(code, name, year, category, tuple(nodes))


def _held(evidence: Evidence, code: str) -> str:
    """What is held of the body, in words."""
    held = f"categories held: {', '.join(_categories(evidence, code)) or 'none'}"
    criteria = ", ".join(computed_criteria(evidence, code))
    return f"{held}; criteria computed: {criteria}" if criteria else held


def _categories(evidence: Evidence, code: str) -> list[str]:
    held = {row["category"] for row in evidence.rows("idx_published_values", body_code=code)}
    held |= {SERVICES for _ in evidence.rows("ind_service_counts", body_code=code)}
    held |= {CASES for _ in evidence.rows("ind_case_totals", body_code=code)}
    return sorted(held)


def _published(row: Row, evidence: Evidence) -> Node:
    """One published figure: value, rank, then where it stands."""
    partial = ", a partial list" if row["is_partial"] else ""
    return Node(
        "published",
        f"{row['index_code']}, regime {row['regime']}, {row['universe']}, {row['coverage']} "
        f"bodies{partial}, trust {row['trust']}",
        (
            *(_from_report(row, evidence) if row["table_no"] else _from_history(row, evidence)),
            evidence.file(row["file_sha256"]),
        ),
    )


def _from_report(row: Row, evidence: Evidence) -> tuple[Node, ...]:
    value = evidence.rows("raw_report_values", value_key=row["value_key"])[0]
    ranks = evidence.rows(
        "raw_report_values",
        table_no=value["table_no"],
        row_no=value["row_no"],
        body_no=value["body_no"],
        measure="rank",
    )
    return (
        reading(value, "value"),
        *(reading(rank) for rank in ranks),
        *rank_nodes(evidence, row, value_key=row["value_key"]),
        evidence.report_row(row["table_no"], row["line_no"]),
        evidence.name(row, value["body_no"]),
    )


def _from_history(row: Row, evidence: Evidence) -> tuple[Node, ...]:
    found = evidence.rows("raw_history_values", value_key=row["value_key"])[0]
    value = (
        f"none ({row['value_status']})"
        if row["published_value"] is None
        else plain(row["published_value"], row["decimals"])
    )
    return (
        Node("value", value),
        Node("rank", f"{row['published_rank'] or 'none'} ({row['rank_status']})"),
        *rank_nodes(evidence, row, value_key=row["value_key"]),
        Node(
            "place",
            f"line {row['line_no']}",
            (
                Node("raw text", found["raw_text"]),
                Node("from", found["source_ref"]),
                Node("obtained as", found["retrieved_as"]),
            ),
        ),
        evidence.name(row),
    )


def _ledger(rows: Sequence[Row]) -> Node:
    """Every check of the ledger that is about the body and the category."""
    return Node(
        "reconciliation",
        "1 check" if len(rows) == 1 else f"{len(rows)} checks",
        tuple(
            Node(
                f"{row['item']}, table {row['table_no']}, {row['subject']}",
                f"printed {row['printed'] or 'nothing'}, recomputed "
                f"{row['recomputed'] or 'nothing'}: {row['class']} (rule {row['rule']})"
                + (f"; {row['note']}" if row["note"] else ""),
            )
            for row in rows
        ),
    )
