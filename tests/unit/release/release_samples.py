"""Small hand-made tables in the registry's shape, and a release built from them.

Run as a program it promotes the sample release into a lake and prints its folder:
`release_samples.py LAKE RUN_ID SHUFFLE_SEED` (seed 0: rows as they are).
"""

from __future__ import annotations

import random
import re
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from assets import registry
from assets.codeversion import code_version
from assets.lake import RELEASE, Lake, staging
from assets.registry import Column, Table
from assets.release import build_tables, write_package
from assets.release.tables import source_names
from assets.release.verify import release_facts

YEAR = 2016
REPORT, HISTORY, BODIES, CORRECTIONS, REVIEW = (digit * 64 for digit in "abcde")

#: A cell that a spreadsheet would run, with every character that CSV has to quote.
FORMULA = '=HYPERLINK("http://x.vn","a,b")\r\nnext line'

Row = dict[str, Any]
Tables = dict[str, pa.Table]

_TEXTS = ("text", "slug", "B-1", "1.1", "f" * 64)


def _default(column: Column) -> Any:
    if column.nullable:
        return None
    if column.codes:
        return column.codes[0]
    if column.type == "string":
        return next(t for t in _TEXTS if re.fullmatch(column.pattern or ".*", t))
    low = 0 if column.min is None else int(column.min)
    if column.name == "assessment_year":
        return YEAR
    return {
        "bool": False,
        "decimal": Decimal(low),
        "exact": Decimal(low),
        "date": date(2017, 5, 9),
    }.get(column.type, low)


def table(name: str, *rows: Row) -> pa.Table:
    """A table of the registry; what a row leaves out gets a plain valid value."""
    declared = registry.table(name)
    assert all(set(row) <= set(declared.column_names) for row in rows), name
    defaults = {column.name: _default(column) for column in declared.columns}
    schema = pa.schema([pa.field(c.name, c.arrow) for c in declared.columns])
    return pa.Table.from_pylist([defaults | row for row in rows], schema=schema)


PROVINCE = {
    "index_code": "assessment",
    "regime": "assessment_2016",
    "block": "province",
    "universe": "province_63",
}
LAO_CAI = {**PROVINCE, "body_code": "P-10", "body_name": "Lào Cai"}
CHECKED = {"body_code": "P-10", "body_name": "Lào Cai"}
HA_GIANG = {**PROVINCE, "body_code": "P-02", "body_name": "Hà Giang"}
LISTED = {name: PROVINCE[name] for name in ("index_code", "block", "universe")}
PARTIAL = {"is_partial": True, "coverage": "53 of 63"}

#: The value of Lào Cai in table 4.9, as in the report.
POLICY_KEY = "2016:4.9/r1/c3/b1/p1/index_value"


def demo_table(*columns: tuple[str, str]) -> Table:
    """A declared release table of these columns (name, type), each of which may be null; the first
    is the key."""
    first = (columns[0][0],)
    return Table(
        name="rel_demo",
        stage="release",
        unit="release",
        owner="team:test",
        grain="one row",
        description_en="-",
        description_vi="-",
        key=first,
        sort=first,
        columns=tuple(Column(n, t, True, description_en=n, description_vi=n) for n, t in columns),
    )


def published(body: Row, rank: int | None, value: str | None, **more: Any) -> Row:
    return {
        **body,
        **PARTIAL,
        "category": "policy",
        "table_no": "4.9",
        "published_rank": rank,
        "rank_status": "printed" if rank else "not_printed",
        "published_value": None if value is None else Decimal(value),
        "value_status": "reported" if value else "not_published",
        "file_sha256": REPORT,
        "line_no": 666,
        **more,
    }


def ledger(body: Row, **more: Any) -> Row:
    return {
        "index_code": "assessment",
        "universe": "province_63",
        "category": "policy",
        "table_no": "4.9",
        "body_code": body["body_code"],
        "item": "rank",
        "subject": POLICY_KEY,
        "class": "match",
        "rule": "competition_rank",
        "file_sha256": REPORT,
        "line_no": 666,
        **more,
    }


def source(file_sha256: str, kind: str, **more: Any) -> Row:
    return {
        "file_sha256": file_sha256,
        "kind": kind,
        "file_name": f"{kind}.csv",
        "issuer": "Bộ Thông tin và Truyền thông",
        "licence": "official document",
        **more,
    }


def sources() -> Tables:
    """Every table that a release is built from, with a few telling rows."""
    report = {"file_sha256": REPORT, "table_no": "4.7"}
    cases = {**report, "table_no": "4.8"}
    held = {
        "idx_published_values": [
            published(LAO_CAI, 1, "1.000", value_key=POLICY_KEY, source_ref=FORMULA),
            published(HA_GIANG, 2, "0.923", value_key="2016:4.9/r2/c3/b1/p1/index_value"),
            published(HA_GIANG, None, None, value_key="x:3", category="overall", table_no=None),
        ],
        "idx_ranks": [
            {
                **LAO_CAI,
                "category": "policy",
                "value_key": POLICY_KEY,
                "rank_key": Decimal("1"),
                "recomputed_rank": 1,
                "published_rank": 1,
                "rank_status": "printed",
                "rank_basis": "full",
            }
        ],
        "ind_service_counts": [
            {**LAO_CAI, **report, "published_rank": 41, "level3": 34, "level4": 1, "total": 35},
            {**HA_GIANG, **report, "rank_status": "not_printed", "value_status": "no_service"},
        ],
        "ind_case_counts": [
            {**LAO_CAI, **cases, "level": "3", "services_any_cases": 29, "online_cases": 3640},
            {**LAO_CAI, **cases, "level": "4", "status": "not_stated"},
        ],
        "ind_case_totals": [
            {**LAO_CAI, **cases, "online_cases": 3640, "services_online_cases": 7},
            {**HA_GIANG, **cases, "value_status": "not_published", "line_no": 642},
        ],
        "ind_websites": [{**LAO_CAI, **report, "table_no": "4.4", "website": "@SUM(1+1)"}],
        "ind_statistics": [
            {"table_no": "4.2", "row_no": 1, "value": Decimal("92.36"), "raw_text": "＝1+1"},
            {"table_no": "4.2", "row_no": 2, "value": Decimal("-0.5"), "raw_text": "-0.5"},
        ],
        "idx_national_totals": [
            {"national_measure": "services", "computed_value": Decimal("11409")}
        ],
        "idx_coverage": [
            {**PROVINCE, "category": "policy", "bodies_held": 53, "bodies_expected": 63, **PARTIAL},
            {**PROVINCE, "category": "overall", "bodies_held": 3, **PARTIAL},
        ],
        "idx_reconciliation": [
            ledger(LAO_CAI, printed="1", recomputed="1"),
            ledger(HA_GIANG, printed="-2", recomputed="+2", **{"class": "source_error"}),
            ledger({"body_code": "-"}, item="total", note='\tnote, "quoted"', rule="sum"),
        ],
        "raw_intake_files": [
            source(REPORT, "assessment_report", document_no="1557/BTTTT-THH", source_ref="|*a*|"),
            source(HISTORY, "published_values"),
            source(BODIES, "bodies"),
            source(CORRECTIONS, "corrections"),
            source(REVIEW, "name_review"),
        ],
        "raw_report_quarantine": [{"file_sha256": REPORT, "line_no": 9, "raw_value": "+84 123"}],
        "raw_history_quarantine": [{"file_sha256": HISTORY, "line_no": 3, "raw_value": ""}],
        "raw_corrections": [
            {"file_sha256": CORRECTIONS, "table_no": "4.9", "item": "rank", "body_code": "P-10"}
            | {"printed": "1", "reason_vi": "Lý do", "reason_en": "Reason"},
        ],
        "raw_body_matches": [
            {"file_sha256": REPORT, "table_no": "4.9", "line_no": 666, "body_no": 1}
            | {"body_printed": "Lào Cai", "body_code": "P-10"},
        ],
        "raw_report_cells": [
            {"file_sha256": REPORT, "table_no": "4.9", "row_no": 1, "line_no": 666}
            | {"column_no": 2, "column_name": "body", "row_kind": "data"}
            | {"raw_text": "<b>Lào Cai</b>", "clean_text": "Lào Cai"},
            {"file_sha256": REPORT, "table_no": "4.9", "row_no": 1, "line_no": 666}
            | {"column_no": 1, "column_name": "rank", "row_kind": "data", "clean_text": "1"},
            {"file_sha256": REPORT, "table_no": "4.9", "row_no": 0, "line_no": 664}
            | {"column_no": 2, "column_name": "body", "row_kind": "header", "clean_text": "Tên"},
        ],
        "raw_report_values": [
            {"file_sha256": REPORT, "table_no": "4.9", "row_no": 1, "line_no": 666, "body_no": 1}
            | {"body_printed": "Lào Cai", "body_note": "ghi chú"},
        ],
        "raw_bodies": [
            {"body_code": "P-10", "body_name": "Lào Cai", "name_en": "Lao Cai Province"}
        ],
        "ind_observations": [
            {**LAO_CAI, "input_code": "has_plan", "value": Decimal("1"), "raw_text": "=1"},
            {**HA_GIANG, "input_code": "has_plan", "observation_state": "not_observed"},
        ],
        "ind_portal_checks": [
            {**CHECKED, "check_id": "search", "deciding_words": "=tìm kiếm", "confidence": 95},
            {**CHECKED, "check_id": "site_map", "check_answer": "not_observed"},
        ],
        "ind_target_uptime": [
            {**CHECKED, "window_code": "w1", "target_id": "P-10", "url": "http://laocai.gov.vn/"}
            | {"rounds_held": 3, "rounds_measured": 3, "rounds_up": 2}
            | {"uptime": Decimal("0.666667"), "uptime_low": Decimal("0.207660")}
            | {"uptime_high": Decimal("0.938511")},
            {**CHECKED, "window_code": "w1", "target_id": "S-1", "url": "http://laocai.gov.vn/1"}
            | {"target_kind": "service", "uptime_status": "not_measured"},
        ],
        "idx_scores": [
            {**LAO_CAI, "criterion": "policy", "points": Decimal("145.5"), "rank": 1},
            {**HA_GIANG, "criterion": "policy", "score_status": "incomplete", "position": 2},
        ],
        "ind_service_totals": [
            {**LISTED, "body_code": "P-10", "body_name": "Lào Cai", "services_total": 2}
            | {"services_level3": 1, "services_level4": 1, "services_full": 0}
            | {"services_partial": 0, "services_any_cases": 1, "services_online_cases": 1}
            | {"services_no_cases": 0, "services_unknown": 1, "counted_from": "counts"}
            | {"months_held": 12, "cases_online": 0, "months_online": 12, "cases_total": 0}
            | {"online_share_status": "zero_denominator", "on_time_status": "not_stated"},
            {**LISTED, "body_code": "P-02", "body_name": "Hà Giang"}
            | {"services_status": "not_stated", "service_cases_status": "not_stated"}
            | {"online_status": "not_stated", "total_status": "no_service"}
            | {"online_share_status": "not_stated", "on_time_status": "not_stated"},
        ],
        "idx_service_ranks": [
            {**LISTED, "body_code": "P-10", "body_name": "Lào Cai", "ranking": "services_provided"}
            | {"rank": 1, "rank_key": Decimal(2), "tie_key": Decimal(1), "coverage": "1 of 2"},
            {**LISTED, "body_code": "P-02", "body_name": "Hà Giang", "rank": 2}
            | {"ranking": "services_provided", "rank_state": "shared_last", "coverage": "1 of 2"},
        ],
        "ind_case_coverage": [
            {**LISTED, "bodies_held": 23, "bodies_expected": 63, "coverage": "23 of 63"}
            | {"counted_from": "counts", "months_held": 12},
            {**LISTED, "bodies_held": 63, "bodies_expected": 63, "coverage": "63 of 63"}
            | {"counted_from": "published"},
        ],
        "ind_services": [
            {**CHECKED, "service_code": "P-10.001", "service_name": "=Cấp đổi", "url": "=1"}
            | {"uptime": Decimal("0.5"), "uptime_status": "measured", "cases_online": 0}
            | {"cases_total": 0, "counted_from": "counts"},
            {**CHECKED, "service_code": "P-10.002", "service_name": "Cấp mới"}
            | {"uptime_status": "not_probed", "online_status": "not_stated"}
            | {"total_status": "by_part"},
        ],
        "raw_submission_files": [],
        "raw_confirmations": [],
        "raw_overrides": [],
        "raw_check_decisions": [],
    }
    assert set(held) == set(source_names())
    return {name: table(name, *rows) for name, rows in held.items()}


def with_rows(tables: Tables, name: str, *rows: Row) -> Tables:
    """The tables with further rows in one of them."""
    return {**tables, name: pa.concat_tables([tables[name], table(name, *rows)])}


def shuffled(tables: Tables, seed: int) -> Tables:
    """The same rows in another order and in other chunks."""
    order = random.Random(seed)  # noqa: S311
    mixed = {}
    for name, frame in tables.items():
        rows = list(range(frame.num_rows))
        order.shuffle(rows)
        parts = [frame.take([row]) for row in rows]
        mixed[name] = pa.concat_tables(parts) if parts else frame
    return mixed


def promote_release(root: Path, run_id: str, tables: Tables, year: int = YEAR) -> Path:
    """Promote the release of the source tables, whatever the gates would say; its folder."""
    built = build_tables(tables)
    with staging(Lake(root), RELEASE, str(year), run_id) as stage:
        write_package(stage, built, year)
        promotion = stage.promote({"marts": "0" * 64}, code_version(), release_facts(built, year))
    return promotion.path


if __name__ == "__main__":
    root, run_id, seed = sys.argv[1:]
    given = shuffled(sources(), int(seed)) if int(seed) else sources()
    print(promote_release(Path(root), run_id, given))
