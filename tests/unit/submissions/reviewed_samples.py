"""A small method, its bodies, and files as they come back, for tests of confirmation, overrides,
receipts and delivery."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from assets import registry
from assets.lake import Lake, staging
from assets.method.model import Input, Method, Node, Parameters, Policy, Step, Use
from assets.received.delivery import Delivery
from assets.submissions.asked import Asked, figure_text

YEAR = 2016
RECEIVED = date(2017, 1, 20)
LEVELS = Parameters(steps=(Step(Decimal(5), is_class="good"), Step(Decimal(1), is_class="basic")))


def _leaf(slug: str, kind: str, role: str, code: str, parameters: Parameters) -> Node:
    return Node(
        slug=slug,
        name_vi=f"Tiêu chí {slug}",
        name_en=f"Criterion {slug}",
        kind=kind,
        basis="published",
        source="report",
        max_points=Decimal(5),
        parameters=parameters,
        inputs=(Use(role, code),),
    )


METHOD = Method(
    regime="assessment_2016",
    index_code="assessment",
    block="province",
    valid_from=2016,
    valid_to=2016,
    decision="62/QĐ-BTTTT",
    title_vi="Đánh giá",
    title_en="Assessment",
    decimals=3,
    missing=Policy("incomplete", ("seen",)),
    not_applicable=Policy("leaves_maximum", ("seen",)),
    rankings=(),
    sources=(),
    evidence={},
    inputs=(
        Input("staff_count", "count", "persons", "Số cán bộ", "Staff", Decimal(0)),
        Input("online_share", "number", "share", "Tỷ lệ", "Share", Decimal(0), Decimal(1)),
        Input("has_wan", "boolean", "yes_no", "Có mạng WAN", "Has a WAN", Decimal(0), Decimal(1)),
        Input("portal_level", "class", "class", "Mức độ cổng", "Level of portal"),
    ),
    roots=(
        _leaf("staff", "count_capped", "count", "staff_count", Parameters()),
        _leaf("share", "ratio", "numerator", "online_share", Parameters(out_of=Decimal(1))),
        _leaf("wan", "boolean", "answer", "has_wan", Parameters()),
        _leaf("portal", "tier", "measure", "portal_level", LEVELS),
    ),
    notes=(),
    file="methods/sample.yaml",
    sha256="ab" * 32,
)

BODIES = {"P-10": "Lào Cai", "P-15": "Yên Bái"}
ASKED = Asked(YEAR, (METHOD,), {"province": BODIES})


def delivery(content: bytes, **changes: Any) -> Delivery:
    """A file as received on RECEIVED."""
    values: dict[str, Any] = {
        "content": content,
        "file_name": "file.csv",
        "file_sha256": "c" * 64,
        "known_at": RECEIVED,
        "is_synthetic": False,
        "order": 1,
    }
    return Delivery(**{**values, **changes})


def observation(input_code: str, state: str, **changes: Any) -> dict[str, Any]:
    """A row of ind_observations of Lào Cai."""
    entry = ASKED.inputs("assessment", "P-10")[input_code]
    row: dict[str, Any] = {
        **dict.fromkeys(registry.table("ind_observations").column_names),
        "assessment_year": YEAR,
        "index_code": "assessment",
        "regime": "assessment_2016",
        "block": "province",
        "universe": "province_63",
        "body_code": "P-10",
        "body_name": "Lào Cai",
        "input_code": input_code,
        "input_kind": entry.kind,
        "unit": entry.unit,
        "observation_state": state,
        "is_allowed": True,
        "origin": "submission",
        "is_open": False,
        "is_synthetic": False,
    }
    told = {**row, **changes}
    figure = figure_text(told["value"], told["class_code"], told["observation_state"])
    return {**told, "figure": changes.get("figure", figure or None)}


def table(name: str, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Rows as a table of the registry."""
    return pa.Table.from_pylist(list(rows), schema=registry.table(name).arrow_schema)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    """Rows of a CSV file by column."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_bytes(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    """Rows as a CSV file, as a spreadsheet writes it."""
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def promote(lake: Lake, unit: str, tables: Mapping[str, pa.Table]) -> None:
    """Promote tables as a unit of YEAR."""
    with staging(lake, unit, str(YEAR), "test") as stage:
        for name, frame in tables.items():
            stage.write_table(name, frame)
        stage.promote(inputs={}, code_version="test", facts={})


def promote_bodies(lake: Lake) -> None:
    """Promote BODIES as the provinces assessed in YEAR."""
    about = {"assessment_year": YEAR, "block": "province", "source_ref": "test"}
    bodies = [
        {
            **about,
            "body_code": code,
            "body_name": name,
            "name_en": name,
            "valid_from": date(2008, 8, 1),
        }
        for code, name in BODIES.items()
    ]
    member = {
        **about,
        "index_code": "assessment",
        "universe": "province_63",
        "is_member": True,
        "member_reason": "test",
    }
    members = [{**member, "body_code": code} for code in BODIES]
    named = {"raw_bodies": bodies, "raw_memberships": members}
    promote(lake, "bodies", {name: table(name, rows) for name, rows in named.items()})
