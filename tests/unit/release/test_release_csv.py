"""Cells as CSV: quoting, exact decimals, and formulas that cannot run."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from release_samples import demo_table

from assets.plaintext import disarmed
from assets.release.csvfile import excel_csv, plain_csv

DEMO = demo_table(
    ("text", "string"), ("value", "decimal"), ("count", "bigint"), ("flag", "bool"), ("day", "date")
)


def _frame(*rows: tuple[Any, ...]) -> pa.Table:
    names = DEMO.column_names
    return pa.Table.from_pylist(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema=pa.schema([pa.field(c.name, c.arrow) for c in DEMO.columns]),
    )


def test_values_are_written_plainly() -> None:
    frame = _frame(
        ("Lào Cai", Decimal("1.000000"), 11409, True, date(2017, 5, 9)),
        ("b", Decimal("0.923000"), 0, False, None),
        ("c", Decimal("-0.000001"), None, None, None),
        ("d", Decimal("100"), -3, None, None),
        (None, None, None, None, None),
        ("", None, None, None, None),
    )
    assert plain_csv(DEMO, frame).decode() == (
        "text,value,count,flag,day\n"
        "Lào Cai,1,11409,true,2017-05-09\n"
        "b,0.923,0,false,\n"
        "c,-0.000001,,,\n"
        "d,100,-3,,\n"
        ",,,,\n"
        '"",,,,\n'
    )


def test_excel_gets_a_byte_order_mark_and_crlf() -> None:
    data = excel_csv(DEMO, _frame(("Hà Nội", None, 1, None, None)))
    assert data == "\ufefftext,value,count,flag,day\r\nHà Nội,,1,,\r\n".encode()


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        '=HYPERLINK("http://x")',
        "+1",
        "-1+1",
        "--1",
        "-",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\0=1",
        "＝1+1",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "-1,5",
        "-1 OR 1",
    ],
)
def test_text_that_could_run_gets_an_apostrophe_and_a_lone_dash_does_not(text: str) -> None:
    expected = text if text == "-" else f"'{text}"
    for write in (plain_csv, excel_csv):
        data = write(DEMO, _frame((text, None, None, None, None))).decode("utf-8-sig")
        _, row = csv.reader(io.StringIO(data, newline=""), strict=True)
        assert row[0] == expected


@pytest.mark.parametrize("text", ["-0.5", "-12", "0,923", "1.000", "Lào Cai", "a=b", "", "'x"])
def test_numbers_and_harmless_text_stay_as_they_are(text: str) -> None:
    assert disarmed(text) == text


def test_negative_numbers_are_never_touched() -> None:
    assert b"\na,-0.5,-7,,\n" in plain_csv(DEMO, _frame(("a", Decimal("-0.5"), -7, None, None)))


@given(st.text())
def test_any_text_reads_back_as_it_was_or_with_the_apostrophe(text: str) -> None:
    data = plain_csv(DEMO, _frame((text, None, None, None, None))).decode()
    _, row = csv.reader(io.StringIO(data, newline=""), strict=True)
    assert row[0] in (text, f"'{text}")
    assert not row[0].startswith(("=", "+", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"))
