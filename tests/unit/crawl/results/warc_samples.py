"""WARC files as other programs make them, and targets, for tests of results from elsewhere."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from assets.crawl.checks.rules import rules
from assets.crawl.model import Target
from assets.crawl.results.elsewhere import About, from_warc
from tests.farm.farm_web import target_table

ABOUT = About("ARCHIVE-1", 2016, 1, date(2017, 2, 20))
DAY = "2017-02-20T03:00:00Z"
HTML = {"Content-Type": "text/html; charset=utf-8"}
HOME = "http://portal.gov.vn.test/"
PORTAL = Target("P-10", "portal", "P-10", HOME)
SERVICE = Target("P-10-1", "service", "P-10", "http://dvc.gov.vn.test/nop/1", "", "", "P-10-1", "3")

HOME_PAGE = (
    "<html lang=vi><title>Cổng thông tin</title><h1>Cổng thông tin điện tử</h1>"
    "<nav><a href=/gioi-thieu>Giới thiệu</a> <a href=/lanh-dao>Lãnh đạo</a> "
    "<a href=/so-do>Sơ đồ cổng</a> <a href=/tin>Tin tức sự kiện</a> "
    "<a href=/van-ban>Văn bản pháp luật</a> <a href=/hoi-dap>Hỏi đáp</a></nav>"
    "<form action=/tim><input type=search name=q></form>"
    "<p>Chào mừng quý vị đến với cổng thông tin điện tử của tỉnh.</p></html>"
)
SECTION = (
    "<html lang=vi><title>Mục</title><h1>Giới thiệu</h1><p>Chức năng, nhiệm vụ, quyền hạn và cơ "
    "cấu tổ chức của cơ quan được quy định tại quyết định của ủy ban nhân dân tỉnh.</p></html>"
)
FORM = (
    "<html><title>Nộp hồ sơ</title><form method=post><p>Họ tên <input name=a></p>"
    "<p>Số giấy tờ <input name=b></p><input type=file name=c><button>Nộp hồ sơ</button></form>"
)

Lines = list[dict[str, Any]]


def record_id(number: int) -> str:
    return f"urn:uuid:{uuid.UUID(int=number)}"


class Sample:
    """A WARC file in the making."""

    def __init__(self, gzip: bool = True) -> None:
        self.stream = io.BytesIO()
        self.writer = WARCWriter(self.stream, gzip=gzip)
        self._count = 0

    def add(
        self,
        url: str,
        body: str | bytes = "",
        *,
        code: int = 200,
        http: Mapping[str, str] = HTML,
        kind: str = "response",
        warc: Mapping[str, str] | None = None,
        at: str = DAY,
    ) -> str:
        """Add a record; its id. Headers that `warc` names hold in place of those made."""
        self._count += 1
        own = record_id(self._count)
        headers = {"WARC-Record-ID": f"<{own}>", "WARC-Date": at, **(warc or {})}
        record = self.writer.create_warc_record(
            url,
            kind,
            payload=io.BytesIO(body.encode() if isinstance(body, str) else body),
            http_headers=StatusAndHeaders(f"{code} X", list(http.items()), protocol="HTTP/1.1"),
            warc_headers_dict=headers,
        )
        self.writer.write_record(record)
        return own

    def info(self, **fields: str) -> None:
        """Add a record that describes the archive."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self.writer.write_record(self.writer.create_warcinfo_record("x.warc.gz", named))

    def save(self, path: Path) -> Path:
        path.write_bytes(self.stream.getvalue())
        return path


def raw_record(headers: Iterable[str], block: bytes, *, length: int | None = None) -> bytes:
    """A record written by hand, whatever is wrong with it."""
    size = len(block) if length is None else length
    lines = ["WARC/1.0", *headers, f"Content-Length: {size}", "", ""]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def raw_response(url: str, block: bytes, number: int = 1, *more: str) -> bytes:
    """A response record written by hand around a block."""
    named = [
        "WARC-Type: response",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {DAY}",
        f"WARC-Record-ID: <{record_id(number)}>",
        "Content-Type: application/http;msgtype=response",
    ]
    return raw_record([*named, *more], block)


def read(
    paths: Sequence[Path], targets: Sequence[Target] = (PORTAL, SERVICE)
) -> tuple[Lines, list[str]]:
    """All lines and problems of files."""
    table: pa.Table = target_table(targets)
    lines, problems = from_warc(paths, table, ABOUT, rules())
    return list(lines), problems


def of(lines: Lines, line: str, target_id: str) -> Lines:
    return [one for one in lines if one["line"] == line and one["target_id"] == target_id]


def answers_of(lines: Lines, target_id: str = "P-10") -> dict[str, str]:
    return {one["check_id"]: one["check_answer"] for one in of(lines, "check", target_id)}


def statuses_of(lines: Lines, target_id: str = "P-10") -> dict[str, str]:
    return {one["url"]: one["visit_status"] for one in of(lines, "visit", target_id)}
