"""Tables as JSON: exact decimals, raw text, and the same cells as Parquet and CSV."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from release_samples import demo_table

from assets.lake.parquet import decode, encode
from assets.plaintext import disarmed
from assets.registry.model import TYPES
from assets.release.csvfile import excel_csv, plain_csv
from assets.release.jsonfile import table_json

#: A column of every type that a table may have.
ALL = demo_table(*((t, t) for t in TYPES))

_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "string": _TEXT,
    "int": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "bool": st.booleans(),
    "decimal": st.integers(-(10**18) + 1, 10**18 - 1).map(lambda n: Decimal(f"{n}E-6")),
    "exact": st.integers(-(10**38) + 1, 10**38 - 1).map(lambda n: Decimal(f"{n}E-15")),
    "date": st.dates(),
    "timestamp": st.datetimes(min_value=datetime(1700, 1, 1)).map(lambda d: d.replace(tzinfo=UTC)),
}
ROWS = st.lists(st.fixed_dictionaries({t: st.none() | _VALUES[t] for t in TYPES}), max_size=4)

#: How a cell of each type is read back from text.
_READ: dict[str, Any] = {
    "string": str,
    "int": int,
    "bigint": int,
    "bool": {"true": True, "false": False}.__getitem__,
    "decimal": Decimal,
    "exact": Decimal,
    "date": date.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


def frame_of(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(
        rows, schema=pa.schema([pa.field(c.name, c.arrow) for c in ALL.columns])
    )


def from_json(data: bytes) -> pa.Table:
    """The table back from its JSON, by a reader that knows the registry's types."""
    native = {"string", "int", "bigint", "bool"}
    return frame_of(
        [
            {
                name: value if value is None or name in native else _READ[name](value)
                for name, value in row.items()
            }
            for row in json.loads(data)
        ]
    )


def test_a_row_is_a_line_and_every_decimal_is_exact() -> None:
    rows = [
        {"string": "Lào Cai", "int": 1, "decimal": Decimal("0.923000"), "bool": True},
        {
            "string": "=1+1",
            "bigint": 2**62,
            "exact": Decimal("12345678901234567890123.1"),
            "int": 0,
        },
    ]
    first, second = table_json(ALL, frame_of(rows)).decode().splitlines()[1:-1]
    assert first == (
        '{"string":"Lào Cai","int":1,"bigint":null,"bool":true,"decimal":"0.923","exact":null,'
        '"date":null,"timestamp":null},'
    )
    assert '"=1+1"' in second  # raw: only CSV is disarmed
    assert f'"bigint":{2**62}' in second
    assert '"exact":"12345678901234567890123.1"' in second


def test_a_table_without_rows_is_an_empty_list() -> None:
    assert table_json(ALL, frame_of([])) == b"[]\n"


@given(ROWS)
def test_json_and_parquet_read_back_as_the_table_they_were_written_from(
    rows: list[dict[str, Any]],
) -> None:
    frame = frame_of(rows)
    data = table_json(ALL, frame)
    assert from_json(data).equals(frame)
    assert table_json(ALL, decode(encode(frame))) == data


@given(ROWS)
def test_both_csvs_hold_the_cells_of_the_parquet_file(rows: list[dict[str, Any]]) -> None:
    stored = decode(encode(frame_of(rows))).to_pylist()
    for write in (plain_csv, excel_csv):
        text = write(ALL, frame_of(rows)).decode("utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        assert header == list(TYPES)
        assert len(lines) == len(stored)
        for line, row in zip(lines, stored, strict=True):
            for name, cell in zip(header, line, strict=True):
                value = row[name]
                if cell == "":
                    assert value in (None, "")
                elif name == "string":
                    assert cell == disarmed(value)
                else:
                    assert _READ[name](cell) == value
