"""The sample release as a workbook, with lists of two blocks and two series."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyarrow as pa
from openpyxl.worksheet.worksheet import Worksheet
from release_samples import HA_GIANG, LAO_CAI, YEAR, published, sources, with_rows

from assets.release import build_tables, workbook

PROVINCES = "Tra cứu tỉnh, thành phố"


def made(tables: Mapping[str, pa.Table]) -> bytes:
    return workbook.files(tables, YEAR)[workbook.WORKBOOK]


@cache
def sample() -> tuple[dict[str, pa.Table], bytes]:
    """The sample release, with lists of two blocks and two series, and its workbook."""
    province_34 = {"universe": "province_34", "index_code": "dvc_index", "regime": "dvc_index"}
    ministry = {"block": "ministry", "universe": "ministry", "body_code": "MOJ"}
    held = with_rows(
        sources(),
        "idx_published_values",
        published(HA_GIANG, 3, "0.5", category="infrastructure", decimals=3, value_key="x:4"),
        published(LAO_CAI, 2, "0.58", category="infrastructure", decimals=2, value_key="x:5"),
        published(LAO_CAI, 4, "0.6", category="infrastructure", decimals=1, value_key="x:6"),
        published(
            {**LAO_CAI, **province_34, "body_code": "Q-15"}, 9, "81.5", decimals=2, value_key="x:7"
        ),
        published({**LAO_CAI, **ministry, "body_name": "Bộ Tư pháp"}, 1, "1", value_key="x:8"),
    )
    tables = build_tables(held)
    return tables, made(tables)


def rows_of(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(max_col=8, values_only=True)]
