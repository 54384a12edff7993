"""The three formats of a document say the same, and no bytes at all are an error."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from result_samples import (
    Line,
    arrow_of,
    csv_of,
    document,
    faults,
    jsonl,
    parquet_of,
    read,
    visit,
    written,
)

from assets.crawl.results import lines as cutting
from assets.crawl.results.document import wide_columns
from assets.received.worker import Limits

FORMATS = {"jsonl": jsonl, "csv": csv_of, "parquet": parquet_of}
ROWS = ("rounds", "visits", "checks", "probes")
FEW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VALUES = st.one_of(st.none(), st.booleans(), st.integers(-(2**40), 2**40), TEXTS)
NAMES = st.sampled_from(["url", "detail", "http_status", "is_rendered", "fetched_at", "record_id"])


def rows_of(content: bytes) -> dict[str, list[Line]]:
    """The rows of a document without what tells its file and lines."""
    found = read(content)
    apart = ("file_sha256", "line_no")
    return {
        name: [{k: v for k, v in row.items() if k not in apart} for row in found[name]]
        for name in ROWS
    }


def test_the_formats_say_the_same() -> None:
    first, *others = (rows_of(write(document())) for write in FORMATS.values())
    assert first["probes"]
    assert others == [first, first]


@pytest.mark.parametrize("name", FORMATS)
def test_the_format_is_told_by_the_content(name: str) -> None:
    content = FORMATS[name](document())
    assert read(content)["quarantine"] == []
    if name != "parquet":
        assert read(b"\xef\xbb\xbf" + content)["quarantine"] == []


def test_lines_are_numbered_as_an_editor_numbers_them() -> None:
    lines = document()
    lines[1]["detail"] = "two\nlines"
    lines[6]["attempts"] = -1
    by_format = {name: faults(read(write(lines)))[0][0] for name, write in FORMATS.items()}
    # of CSV there is a header, and one text stands on two lines
    assert by_format == {"jsonl": 7, "csv": 9, "parquet": 7}


@FEW
@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_whatever_is_in_a_line_json_and_csv_say_the_same(changes: Line) -> None:
    """But for types, which CSV has none of: texts that look like numbers are left out."""
    texts = [value for value in changes.values() if isinstance(value, str)]
    if any(text.strip().lower() in ("true", "false") or text.isdecimal() for text in texts):
        return
    kinds = {"http_status": int, "is_rendered": bool}
    told = {
        name: value
        for name, value in changes.items()
        if value is None or isinstance(value, str) or type(value) is kinds.get(name)
    }
    lines = [*document(), visit("S-1", **{"url": "http://s-1.example.test/x", **told})]
    assert rows_of(jsonl(lines)) == rows_of(csv_of(lines))


@FEW
@given(st.binary(max_size=300))
def test_any_bytes_are_accounted_for(content: bytes) -> None:
    found = read(content)
    assert not any(found[name] for name in ROWS)


@FEW
@given(st.lists(st.one_of(st.binary(max_size=80), st.sampled_from(jsonl(document()).split(b"\n")))))
def test_any_lines_are_accounted_for(lines: list[bytes]) -> None:
    read(b"\n".join(lines))


@FEW
@given(st.recursive(VALUES, lambda x: st.lists(x) | st.dictionaries(TEXTS, x), max_leaves=20))
def test_any_json_is_accounted_for(value: Any) -> None:
    lines = [json.dumps(line) for line in document()]
    found = read("\n".join([*lines, json.dumps({"line": "visit", "detail": value})]).encode())
    assert len(found["quarantine"]) == 1


@FEW
@given(st.randoms(use_true_random=False), st.sampled_from(["jsonl", "csv"]))
def test_a_damaged_document_is_accounted_for(chance: random.Random, name: str) -> None:
    content = bytearray(FORMATS[name](document()))
    for _ in range(chance.randrange(1, 6)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    read(bytes(content))


@settings(FEW, max_examples=8)
@given(st.randoms(use_true_random=False))
def test_the_order_of_files_does_not_matter(chance: random.Random) -> None:
    files = [jsonl(document(round_no=number)) for number in range(1, 5)]
    files += [jsonl(document(shards=2)), b"\xff", csv_of(document(window_code="other"))]
    expected = read(*files)
    chance.shuffle(files)
    assert read(*files) == expected


def csv_rows(lines: list[Line]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_of(lines).decode())))


def csv_again(rows: list[list[str]], **options: Any) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, **options).writerows(rows)
    return buffer.getvalue().encode()


def test_the_columns_of_a_csv_may_be_in_any_order_and_everything_quoted() -> None:
    turned = [row[::-1] for row in csv_rows(document())]
    content = csv_again(turned, lineterminator="\n", quoting=csv.QUOTE_ALL)
    assert rows_of(content) == rows_of(jsonl(document()))


def test_true_and_false_may_be_written_as_programs_write_them() -> None:
    content = csv_of(document()).replace(b",false,", b",False,")
    assert rows_of(content) == rows_of(jsonl(document()))


@pytest.mark.parametrize(
    ("rule", "damage"),
    [
        ("wrong_columns", lambda text: text.replace("line,schema", "line,schema2")),
        ("wrong_columns", lambda text: text.replace("line,schema", "line,line")),
        ("wrong_columns", lambda text: text.replace(",", ";")),
        ("not_a_document", lambda text: text + '"open'),
        ("not_a_document", lambda text: text + '"a"b,'),
        ("not_a_document", lambda text: text + "x" * 140_000),
    ],
)
def test_a_csv_that_cannot_be_cut_is_set_aside(rule: str, damage: Callable[[str], str]) -> None:
    found = read(damage(csv_of(document()).decode()).encode())
    assert {name for _, name, _ in faults(found)} == {rule}
    assert not any(found[name] for name in ROWS)


def test_lines_of_a_csv_are_set_aside_alone() -> None:
    rows = csv_rows(document())
    wide, empty = len(wide_columns()), [""] * len(wide_columns())
    long = ["visit", *["y" * 60_000] * 2, *[""] * (wide - 3)]
    spaces = [" ", *empty[1:]]
    content = csv_again([*rows, ["visit"], [*empty, "x"], long, empty, [], spaces])
    found = read(content)
    assert faults(found) == [
        (12, "wrong_cells", ""), (13, "wrong_cells", ""), (14, "line_too_long", ""),
    ]  # fmt: skip
    assert found["counts"][0]["rows_blank"] == 3


@pytest.mark.parametrize(
    "cell", ["200.0", "+200", "2e2", " 200", "٢٠٠", "0200", "9" * 5_000, "0x1"]
)
def test_what_is_no_whole_number_in_a_csv(cell: str) -> None:
    rows = csv_rows(document())
    rows[2][rows[0].index("http_status")] = cell
    assert ("wrong_type", "http_status") in [f[1:] for f in faults(read(csv_again(rows)))]


def test_parquet_as_other_programs_write_it() -> None:
    """Nanoseconds, zones, dictionaries, large texts, small integers: all the same rows."""
    frame = arrow_of(document())
    turned = {
        "fetched_at": pa.timestamp("ns", tz="Asia/Ho_Chi_Minh"),
        "captured_at": pa.timestamp("ms", tz="UTC"),
        "line": pa.dictionary(pa.int32(), pa.string()),
        "url": pa.large_string(),
        "http_status": pa.int16(),
        "round_date": pa.string(),
    }
    for name, arrow in turned.items():
        at = frame.schema.get_field_index(name)
        frame = frame.set_column(at, name, frame[name].cast(arrow))
    content = written(frame.select(frame.column_names[::-1]), version="2.6")
    assert rows_of(content) == rows_of(jsonl(document()))


@pytest.mark.parametrize(
    ("name", "arrow"),
    [
        ("fetched_at", pa.timestamp("us")),
        ("http_status", pa.float64()),
        ("is_rendered", pa.int8()),
        ("content_sha256", pa.binary()),
        ("content_bytes", pa.decimal128(20, 0)),
    ],
)
def test_parquet_of_another_type_is_set_aside(name: str, arrow: pa.DataType) -> None:
    frame = arrow_of(document())
    at = frame.schema.get_field_index(name)
    found = read(written(frame.set_column(at, name, frame[name].cast(arrow))))
    assert ("wrong_type", name) in [fault[1:] for fault in faults(found)]


def test_empty_rows_of_a_parquet_are_blank() -> None:
    frame = arrow_of(document())
    empty = pa.Table.from_pylist([{}, {}], schema=frame.schema)
    found = read(written(pa.concat_tables([frame, empty])))
    assert found["quarantine"] == []
    assert found["counts"][0]["rows_blank"] == 2


def test_parquet_with_other_columns_is_set_aside() -> None:
    frame = arrow_of(document())
    for other in (frame.drop_columns(["detail"]), frame.append_column("more", frame["detail"])):
        assert faults(read(written(other))) == [(1, "wrong_columns", "")]
    nested = frame.set_column(0, "line", pa.array([[{"a": 1}]] * frame.num_rows))
    assert {rule for _, rule, _ in faults(read(written(nested)))} == {"unknown_line"}


def test_a_torn_or_damaged_parquet_is_set_aside() -> None:
    content = parquet_of(document())
    middle = len(content) // 2
    damaged = [
        b"PAR1", content[:-1], content[:middle], b"PAR1" + b"\x00" * 100 + b"PAR1",
        content[:-8] + b"\xff\xff\xff\x7fPAR1", content[:200] + b"\xff" * 300 + content[500:],
        content[: middle - 50] + b"\xff" * 100 + content[middle + 50 :],
    ]  # fmt: skip
    for one in damaged:
        found = read(one)
        assert {rule for _, rule, _ in faults(found)} == {"not_a_document"}
        assert found["counts"][0]["rows_in"] == 1


def test_a_parquet_that_unpacks_to_far_more_than_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        cutting, "_PARQUET_LIMITS", Limits(memory_bytes=800 * 2**20, result_bytes=50 * 2**20)
    )
    bomb = pa.table({"line": pa.DictionaryArray.from_arrays([0] * 400_000, ["x" * 90_000])})
    content = written(bomb, compression="zstd")
    assert len(content) < 100_000
    assert faults(read(content)) == [(1, "not_a_document", "")]


def test_a_parquet_with_too_many_rows_is_set_aside() -> None:
    frame = pa.table({"line": pa.nulls(500_001, pa.string())})
    found = read(written(frame))
    assert faults(found) == [(1, "not_a_document", "")]
    assert found["quarantine"][0]["raw_value"] == "500001 rows, 1 columns"


@pytest.mark.parametrize(
    "said",
    [
        "os.kill(os.getpid(), 11)", "{}", "{'columns': 5}", "{'columns': ['line'], 'cells': 3}",
        "{'columns': ['line'], 'cells': [['a'], ['b']]}", "{'refused': ['x' * 500]}", "[1]",
        f"{{'columns': {list(wide_columns())}, 'cells': [['round']]}}",
        f"{{'columns': {list(wide_columns())}, 'cells': [['round'], ['a', 'b']]}}",
    ],
)  # fmt: skip
def test_a_reading_process_that_is_taken_over_is_not_believed(
    said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "taken_over.py").write_text(f"import os\ndef odd(content): return {said}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cutting, "_PARQUET_READER", "taken_over:odd")
    found = read(b"PAR1")
    assert [rule for _, rule, _ in faults(found)] in (["not_a_document"], ["wrong_columns"])
