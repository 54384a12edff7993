"""Good tables broken in one place: one case at least for each kind of rule of the registry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

Break = Callable[[pa.Table], pa.Table]


@dataclass(frozen=True)
class Case:
    """One broken table. `words` must be in the message; `failing` counts lines of the rule in
    the failing rows that are kept; `raw` is the offending value kept with them."""

    kind: str
    table: str
    rule: str
    broken: Break
    words: Sequence[str]
    failing: int = 1
    raw: str | None = None


def _rebuilt(frame: pa.Table, rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as a table of the same types that lets nulls through, as a faulty reader would."""
    schema = pa.schema([pa.field(f.name, f.type) for f in frame.schema])
    return pa.Table.from_pylist(rows, schema=schema)


def put(column: str, value: object, **where: object) -> Break:
    """Puts a value into the one row that holds `where`."""

    def broken(frame: pa.Table) -> pa.Table:
        rows = frame.to_pylist()
        hit = [r for r in rows if all(r[name] == wanted for name, wanted in where.items())]
        assert len(hit) == 1, f"{len(hit)} rows hold {where}"
        hit[0][column] = value
        return _rebuilt(frame, rows)

    return broken


def without(**where: object) -> Break:
    """Drops the one row that holds `where`."""

    def broken(frame: pa.Table) -> pa.Table:
        rows = frame.to_pylist()
        kept = [r for r in rows if any(r[name] != wanted for name, wanted in where.items())]
        assert len(kept) == len(rows) - 1
        return _rebuilt(frame, kept)

    return broken


def twice(**where: object) -> Break:
    """Gives the one row that holds `where` a second time, with other figures."""

    def broken(frame: pa.Table) -> pa.Table:
        rows = frame.to_pylist()
        (row,) = (r for r in rows if all(r[name] == wanted for name, wanted in where.items()))
        return _rebuilt(frame, [*rows, {**row, "level3": 0}])

    return broken


def as_type(column: str, arrow: pa.DataType, convert: Callable[[Any], Any]) -> Break:
    """Holds a column as another type."""

    def broken(frame: pa.Table) -> pa.Table:
        values = [None if v is None else convert(v) for v in frame[column].to_pylist()]
        at = frame.schema.get_field_index(column)
        return frame.set_column(at, column, pa.array(values, arrow))

    return broken


def scored(*changes: dict[str, Any]) -> Break:
    """Puts scores of one criterion into the table of scores, a body each; the year has none."""
    row = {
        "assessment_year": 2016, "index_code": "assessment", "regime": "assessment_2016",
        "block": "province", "universe": "province_63", "body_name": "Tỉnh",
        "criterion": "policy", "node_path": "policy", "depth": 0, "position": 1,
        "criterion_vi": "Chính sách", "criterion_en": "Policy", "formula_kind": "sum",
        "max_points": Decimal(150), "points": Decimal(75), "index_value": Decimal("0.5"),
        "score_status": "scored", "criteria_known": 3, "criteria_asked": 3,
        "coverage": "3 of 3", "ranking": "index", "rank": 1, "decimals": 3,
        "is_incomplete": False, "is_reconstructed": True, "is_synthetic": False,
        "method_sha256": "0" * 64,
    }  # fmt: skip

    def broken(frame: pa.Table) -> pa.Table:
        made = [{**row, "body_code": f"P-0{n}", **change} for n, change in enumerate(changes)]
        return _rebuilt(frame, made)

    return broken


def visited(*changes: dict[str, Any]) -> Break:
    """Puts visits of one round into the table of visits, a target each; the year has none."""
    row = {
        "window_code": "w1", "round_no": 1, "assessment_year": 2016, "target_kind": "portal",
        "url": "http://a.gov.vn/", "visit_status": "completed", "outcome": "up", "redirects": 0,
        "attempts": 1, "is_rendered": False, "known_at": date(2017, 3, 1), "is_synthetic": True,
        "record_id": f"urn:uuid:{'0' * 8}-0000-0000-0000-{'0' * 12}", "content_sha256": "a" * 64,
        "file_sha256": "b" * 64, "line_no": 1,
    }  # fmt: skip

    def broken(frame: pa.Table) -> pa.Table:
        made = [
            {**row, "target_id": f"P-{n:02}", "body_code": f"P-{n:02}", **change}
            for n, change in enumerate(changes, start=1)
        ]
        return _rebuilt(frame, made)

    return broken


LAO_CAI = {"table_no": "4.9", "body_code": "P-10"}
#: 1374 services of Hà Giang as a reader that takes the point for part of the text would hold them.
TEXT = as_type("level3", pa.string(), lambda n: f"{n:,}".replace(",", "."))

CASES = (
    Case(
        "at_most",
        "idx_scores",
        "idx_scores.points_within_maximum",
        scored({}, {"points": Decimal(151)}),
        ["body_code=P-01", "more points than the maximum"],
    ),
    Case(
        "rank_follows_value",
        "idx_scores",
        "idx_scores.rank_follows_value",
        scored({}, {"rank": 2, "index_value": Decimal("0.75")}),
        ["a body with a higher value has a worse rank"],
    ),
    Case(
        "columns",
        "idx_coverage",
        "idx_coverage.columns",
        lambda frame: frame.drop_columns(["trust"]),
        ["trust is missing"],
    ),
    Case(
        "dtype",
        "idx_published_values",
        "idx_published_values.published_value.dtype",
        as_type("published_value", pa.float64(), float),
        ["published_value is held as double"],
    ),
    Case(
        "dtype",
        "ind_service_counts",
        "ind_service_counts.level3.dtype",
        TEXT,
        ["level3 is held as string", "body_code=P-02", "cannot be read"],
        failing=1 + 2,  # the column, and the two counts above 999
        raw="1.374",
    ),
    Case(
        "nullable",
        "ind_websites",
        "ind_websites.body_name.nullable",
        put("body_name", None, body_code="P-10"),
        ["body_code=P-10", "no value"],
    ),
    Case(
        "range",
        "idx_published_values",
        "idx_published_values.published_rank.range",
        put("published_rank", 201, **LAO_CAI),
        ["body_code=P-10", "201"],
        raw="201",
    ),
    Case(
        "codes",
        "idx_published_values",
        "idx_published_values.rank_status.codes",
        put("rank_status", "rumoured", **LAO_CAI),
        ["body_code=P-10", "rumoured"],
        raw="rumoured",
    ),
    Case(
        "pattern",
        "ind_websites",
        "ind_websites.body_code.pattern",
        put("body_code", "Lào Cai", body_code="P-10"),
        ["Lào Cai"],
        raw="Lào Cai",
    ),
    Case(
        "length",
        "ind_websites",
        "ind_websites.body_name.length",
        put("body_name", "Lào Cai " * 26, body_code="P-10"),
        ["body_code=P-10", "longer than 200 characters"],
        raw=("Lào Cai " * 26)[:200],
    ),
    Case(
        "status",
        "idx_published_values",
        "idx_published_values.published_value.status",
        put("published_value", None, **LAO_CAI),
        ["body_code=P-10", "published_value=null, value_status=reported"],
        raw="published_value=null, value_status=reported",
    ),
    Case(
        "key",
        "ind_service_counts",
        "ind_service_counts.key",
        twice(table_no="4.7", body_code="P-10"),
        ["more than one row has this key (table_no, body_code)", "body_code=P-10"],
        failing=2,
        raw="table_no=4.7, body_code=P-10",
    ),
    Case(
        "sum_of",
        "raw_report_counts",
        "raw_report_counts.conservation",
        put("rows_blank", 4, table_no="4.8"),
        ["lines were lost or counted twice", "table_no=4.8", "rows_blank=4"],
    ),
    Case(
        "expected_bodies",
        "idx_published_values",
        "idx_published_values.expected_bodies",
        without(**LAO_CAI),
        ["P-10 is missing", "category=policy"],
        raw="P-10",
    ),
    Case(
        "expected_bodies",
        "idx_published_values",
        "idx_published_values.expected_bodies",
        put("body_code", "P-99", **LAO_CAI),
        ["P-10 is missing", "P-99 is not a member"],
        failing=2,
        raw="P-99",
    ),
    Case(
        "no_value",
        "rel_reconciliation",
        "rel_reconciliation.no_unexplained",
        put("class", "unexplained", item="rank", table_no="4.9", body_code="P-10"),
        ["a difference that nobody has explained", "table_no=4.9", "body_code=P-10"],
        raw="unexplained",
    ),
    Case(
        "required_when",
        "raw_crawl_visits",
        "raw_crawl_visits.evidence_present",
        visited({"record_id": None}),
        ["target_id=P-01", "an answered visit has no record of evidence"],
    ),
    Case(
        "expected_targets",
        "raw_crawl_visits",
        "raw_crawl_visits.expected_targets",
        visited({}),
        ["the targets of a round are not those of the register", "CEMA is missing"],
        failing=21,  # twenty by name, the others counted
        raw="MPI",
    ),
    Case(
        "share_within",
        "raw_crawl_visits",
        "raw_crawl_visits.our_network",
        visited(*[{}] * 10, *[{"visit_status": "dns", "outcome": "down", "record_id": None}] * 11),
        ["10 of 21 are up", "point at our own network"],
        raw="10 of 21",
    ),
    Case(
        "no_value",
        "raw_crawl_targets",
        "raw_crawl_targets.no_contradiction",
        put("address_rule", "contradicted", target_id="P-10"),
        ["body_code=P-10", "no correction says which is right", "look the address up"],
        raw="contradicted",
    ),
    Case(
        "no_value",
        "rel_sources",
        "rel_sources.no_synthetic",
        put("is_synthetic", True, file_name="report_tables.md"),
        ["synthetic data can never enter", "file_name=report_tables.md"],
        raw="true",
    ),
)
