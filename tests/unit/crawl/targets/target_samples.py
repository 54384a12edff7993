"""Bodies, printed addresses and files of services, as the register of targets gets them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from assets import registry
from assets.crawl.targets.filters import Filter
from assets.crawl.targets.register import Cell, Known, targets_tables
from assets.crawl.targets.services import COLUMNS
from assets.received.delivery import Delivery

Row = dict[str, Any]

YEAR = 2016
BODIES_FILE, REPORT = "b" * 64, "e" * 64
HEADER = ",".join(COLUMNS)

#: Registered addresses of the bodies of the samples; one has none.
REGISTERED: dict[str, str | None] = {
    "P-06": "backan.gov.vn",
    "P-10": "laocai.gov.vn",
    "P-24": "bacgiang.gov.vn",
    "MOD": None,
}


def frame(name: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as a table of the registry; columns that are not given are null."""
    return pa.Table.from_pylist(list(rows), schema=registry.table(name).arrow_schema)


def printed(code: str, text: str | None, line_no: int, **changes: Any) -> Row:
    """An address as a report prints it beside the name of a body."""
    return {
        "value_key": f"4.4:{line_no}", "file_sha256": REPORT, "table_no": "4.4",
        "line_no": line_no, "body_no": 1, "measure": "website", "value_text": text,
        "code": code, **changes,
    }  # fmt: skip


def correction(code: str, text: str, corrected: str | None, **changes: Any) -> Row:
    """A reviewed correction of a printed address."""
    return {
        "table_no": "4.4", "item": "website", "body_code": code, "printed": text,
        "corrected": corrected, **changes,
    }  # fmt: skip


def known(
    printed_rows: Sequence[Row] = (),
    corrections: Sequence[Row] = (),
    *,
    registered: Mapping[str, str | None] = REGISTERED,
    members: Sequence[tuple[str, str]] = (),
) -> Known:
    """What the year knows. By default every body is a member of the assessment."""
    listed = members or [("assessment", code) for code in registered]
    return Known(
        memberships=frame(
            "raw_memberships",
            [
                {"index_code": index, "block": "province", "body_code": code, "is_member": True}
                for index, code in listed
            ],
        ),
        bodies=frame(
            "raw_bodies",
            [
                {"body_code": code, "body_name": code, "registered_website": address}
                for code, address in registered.items()
            ],
        ),
        report_values=frame("raw_report_values", printed_rows),
        corrections=frame("raw_corrections", corrections),
        body_matches=frame(
            "raw_body_matches",
            [
                {**{n: r[n] for n in ("file_sha256", "line_no", "body_no")}, "body_code": r["code"]}
                for r in printed_rows
            ],
        ),
        registered_at={
            code: Cell(BODIES_FILE, line_no) for line_no, code in enumerate(registered, start=2)
        },
    )


def delivery(content: bytes | str, name: str = "services.csv") -> Delivery:
    """A file of service addresses as received."""
    data = content.encode() if isinstance(content, str) else content
    return Delivery(
        content=data,
        file_name=name,
        file_sha256=hashlib.sha256(data).hexdigest(),
        known_at=date(2017, 1, 5),
        is_synthetic=False,
        order=1,
    )


def service(**cells: str) -> str:
    """A good line of a file of service addresses with some cells changed."""
    good = {
        "service_code": "DV-1",
        "body_code": "P-10",
        "service_name": "Cấp phép xây dựng",
        "declared_level": "3",
        "url": "https://dichvucong.laocai.gov.vn/dv?id=1",
    }
    return ",".join(f'"{cell}"' for cell in (good | cells).values())


def register(
    *files: Delivery, filters: Sequence[Filter] = (), about: Known | None = None
) -> dict[str, list[Row]]:
    """Rows of the three tables, by the last word of their name."""
    tables = targets_tables(about or known(), year=YEAR, services=files, filters=filters)
    return {name.rsplit("_", 1)[1]: table.to_pylist() for name, table in tables.items()}


def targets(
    *files: Delivery, filters: Sequence[Filter] = (), about: Known | None = None
) -> dict[str, Row]:
    """The targets by their codes."""
    rows = register(*files, filters=filters, about=about)["targets"]
    return {row["target_id"]: row for row in rows}
