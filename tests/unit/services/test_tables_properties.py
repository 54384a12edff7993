"""What holds of every table: no line and no case is lost, formats agree, order does not matter."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from table_samples import (
    CATALOGUE,
    COUNT_HEADER,
    COUNTS,
    SERVICE_HEADER,
    Grid,
    Row,
    as_csv,
    as_json,
    as_parquet,
    as_xlsx,
    count_row,
    file,
    read,
    service_row,
)

from assets.received import parquet
from assets.received.worker import DONE, Limits
from assets.services.tables import formats, sheet_reader

READERS = {
    "assets.services.tables.sheet_reader:read_plain": sheet_reader.read_plain,
    "assets.received.parquet:read_plain": parquet.read_plain,
}


def ask_here(reader: str, content: bytes, limits: Limits) -> dict[str, Any]:
    """What a reading process would say, read in this one: a process for each table takes long."""
    return {"outcome": DONE, "result": json.loads(json.dumps(READERS[reader](content)))}


@pytest.fixture(autouse=True, scope="module")
def _read_here() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "ask_once", ask_here)
        yield


NOTHING = st.sampled_from([None, "", " "])
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")),
    min_size=1,
    max_size=8,
)
CELLS = {
    "body_code": ["P-10", "P-24", "Lào Cai", "P-99", "Tổng số"],
    "service_code": ["DV-1", "DV-2", "-", None],
    "declared_level": ["3", "Mức độ 4", "5", None],
    "channel": ["online", "Trực tiếp", "fax"],
    "month": ["2016-03", "04/2016", "2017-01", "x"],
    "cases_received": ["12", "1.234", "1,234", "", None, "không phát sinh", "x"],
    "service_name": ["Cấp phép", "Đăng ký  kinh doanh", None],
    "valid_from": ["2016-01-01", "01/07/2016", "2018-01-01", "2016-02-30"],
}


def grids(header: list[str]) -> st.SearchStrategy[Grid]:
    """Tables of good, bad and odd cells."""
    row = st.tuples(*(st.one_of(st.sampled_from(CELLS[name]), NOTHING, WORDS) for name in header))
    good = st.tuples(*(st.sampled_from(CELLS[name][:3]) for name in header))
    return st.lists(st.one_of(good, row), min_size=1, max_size=8).map(lambda rows: [header, *rows])


TABLES = st.one_of(
    st.tuples(st.just(COUNTS), grids(COUNT_HEADER)),
    st.tuples(st.just(CATALOGUE), grids(SERVICE_HEADER)),
)


def without_places(tables: dict[str, list[Row]]) -> dict[str, list[str]]:
    """The four tables but for what differs between files by their nature: hash, name, line."""
    left_out = ("file_sha256", "file_name", "line_no", "file_format", "encoding", "size_bytes")
    return {
        name: sorted(
            re.sub("line [0-9]+", "line", repr({k: v for k, v in r.items() if k not in left_out}))
            for r in rows
        )
        for name, rows in tables.items()
    }


@settings(max_examples=30, deadline=None)
@given(TABLES)
@example((COUNTS, [COUNT_HEADER, count_row(cases_received="1.234"), count_row(month=None)]))
def test_the_same_table_is_the_same_in_every_format(table: tuple[str, Grid]) -> None:
    kind, grid = table
    first, *others = (
        without_places(read(file(content, kind), gated=False))
        for content in (as_csv(grid), as_csv(grid, "\t"), as_json(grid), as_parquet(grid))
    )
    for other in others:
        assert other == first
    sheet = without_places(read(file(as_xlsx(grid), kind), gated=False))
    if "'rows_blank': 0" in first["service_files"][0]:  # a sheet has no blank lines at its end
        assert sheet == first


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_no_line_and_no_case_is_lost(table: tuple[str, Grid]) -> None:
    kind, grid = table
    tables = read(file(as_csv(grid), kind))
    (about,) = tables["service_files"]
    taken = tables["services"] + tables["monthly_cases"]
    aside = {row["line_no"] for row in tables["service_quarantine"]}
    assert about["rows_in"] == sum(
        about[f"rows_{part}"] for part in ("accepted", "quarantined", "blank")
    )
    assert about["sum_in"] == about["sum_accepted"] + about["sum_quarantined"]
    assert about["rows_accepted"] == len(taken)
    assert about["sum_accepted"] == sum(row.get("cases_received") or 0 for row in taken)
    assert aside.isdisjoint(row["line_no"] for row in taken)
    if about["file_state"] == "accepted":
        assert about["rows_quarantined"] == len(aside)
    else:
        assert taken == []


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.sampled_from([COUNTS, CATALOGUE]))
def test_reading_is_total(content: bytes, kind: str) -> None:
    header = ",".join(COUNT_HEADER if kind == COUNTS else SERVICE_HEADER).encode()
    for each in (content or b"x", header + b"\n" + content):
        (about,) = read(file(each, kind), gated=False)["service_files"]
        assert about["rows_in"] >= about["rows_accepted"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(grids(COUNT_HEADER), min_size=2, max_size=4, unique_by=as_csv),
    st.lists(grids(SERVICE_HEADER), max_size=2, unique_by=as_csv),
    st.randoms(),
)
def test_the_order_of_files_does_not_matter(
    tables: list[Grid], catalogues: list[Grid], shuffler: random.Random
) -> None:
    files = [file(as_csv(grid), COUNTS, f"{n}.csv") for n, grid in enumerate(tables)]
    files += [file(as_csv(grid), CATALOGUE, f"c{n}.csv") for n, grid in enumerate(catalogues)]
    shuffled = list(files)
    shuffler.shuffle(shuffled)
    assert read(*shuffled, gated=False) == read(*files, gated=False)


@settings(max_examples=25, deadline=None)
@given(st.lists(grids(COUNT_HEADER), min_size=1, max_size=3, unique_by=as_csv))
def test_no_count_is_taken_twice(tables: list[Grid]) -> None:
    taken = read(
        *(file(as_csv(grid), COUNTS, f"{n}.csv") for n, grid in enumerate(tables)), gated=False
    )
    key = ("body_code", "service_code", "declared_level", "service_class", "channel", "month")
    times = Counter(tuple(row[name] for name in key) for row in taken["monthly_cases"])
    assert max(times.values(), default=1) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 12)), min_size=1, max_size=6))
def test_overlaps_are_found_as_by_comparing_every_pair(periods: list[tuple[int, int]]) -> None:
    rows = [
        [*service_row(valid_from=f"2016-{first:02}-01"),
         f"2016-{first + length:02}-28" if first + length <= 12 else None]
        for first, length in periods
    ]  # fmt: skip
    given_file = file(as_csv([[*SERVICE_HEADER, "valid_to"], *rows]), CATALOGUE)
    tables = read(given_file, gated=False)
    ends = [min(first + length, 99) if first + length <= 12 else 99 for first, length in periods]
    spans = [(first, end) for (first, _), end in zip(periods, ends, strict=True)]
    alone = [
        line
        for line, (first, end) in enumerate(spans, start=2)
        if not any(
            first <= other_end and other_first <= end
            for other, (other_first, other_end) in enumerate(spans, start=2)
            if other != line
        )
    ]
    assert sorted(row["line_no"] for row in tables["services"]) == alone
