"""The same table gives the same bytes, and comes back as it was."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assets.lake.parquet import decode, encode, shape

SCHEMA = pa.schema(
    [
        pa.field("body_code", pa.string(), nullable=False),
        pa.field("rank", pa.int32()),
        pa.field("total", pa.int64()),
        pa.field("is_synthetic", pa.bool_()),
        pa.field("index_value", pa.decimal128(18, 6)),
        pa.field("received_at", pa.date32()),
        pa.field("seen_at", pa.timestamp("us", tz="UTC")),
    ]
)
ROW = {
    "body_code": "Hà Nội",
    "rank": 1,
    "total": 2**40,
    "is_synthetic": False,
    "index_value": Decimal("0.912345"),
    "received_at": date(2017, 5, 20),
    "seen_at": datetime(2017, 5, 20, 1, 2, 3, 4, tzinfo=UTC),
}
EMPTY = {**dict.fromkeys(ROW), "body_code": ""}


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@pytest.mark.parametrize("rows", [[], [ROW], [EMPTY], [ROW, EMPTY] * 1000])
def test_every_type_comes_back_with_nulls_and_nullability(rows: list[dict[str, object]]) -> None:
    back = decode(encode(table(rows)))
    assert back.schema.equals(SCHEMA, check_metadata=True)
    assert back.to_pylist() == rows


WIDE = table([{**ROW, "rank": n, "body_code": f"{n * 7919:050x}"} for n in range(60_000)])
WIDE_BYTES = encode(WIDE)


@given(cuts=st.lists(st.integers(1, 59_999), min_size=1, max_size=4))
@example(cuts=[30_001])
@settings(max_examples=5, deadline=None)
def test_bytes_do_not_depend_on_chunks(cuts: list[int]) -> None:
    borders = [0, *sorted(cuts), 60_000]
    pieces = [WIDE.slice(a, b - a) for a, b in pairwise(borders)]
    assert encode(pa.concat_tables(pieces)) == WIDE_BYTES


def test_bytes_do_not_depend_on_metadata() -> None:
    plain = table([ROW])
    fields = [field.with_metadata({"PARQUET:field_id": "7"}) for field in SCHEMA]
    dressed = pa.Table.from_arrays(plain.columns, schema=pa.schema(fields, metadata={"t": "now"}))
    assert encode(dressed) == encode(plain)


def test_format_is_as_declared(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    path.write_bytes(encode(table([ROW] * 70_000)))
    file = pq.ParquetFile(path)
    assert file.metadata.format_version == "2.6"
    assert file.metadata.row_group(0).num_rows == 65_536
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert file.metadata.metadata is None
    assert pq.read_table(path, page_checksum_verification=True).num_rows == 70_000
    assert shape(path)[0] == 70_000


def test_a_flipped_page_is_seen_by_its_checksum() -> None:
    data = bytearray(encode(table([ROW] * 1000)))
    data[len(data) // 8] ^= 1
    with pytest.raises(OSError, match=r"(?i)crc|checksum"):
        pq.read_table(pa.BufferReader(bytes(data)), page_checksum_verification=True)


def test_schema_hash_follows_names_types_and_nullability(tmp_path: Path) -> None:
    hashes = set()
    for schema in (
        pa.schema([pa.field("a", pa.int32())]),
        pa.schema([pa.field("a", pa.int64())]),
        pa.schema([pa.field("b", pa.int32())]),
        pa.schema([pa.field("a", pa.int32(), nullable=False)]),
    ):
        path = tmp_path / "t.parquet"
        path.write_bytes(encode(schema.empty_table()))
        hashes.add(shape(path)[1])
    assert len(hashes) == 4
