"""What people see: plain text, and Markdown in which nothing of outside origin is markup."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from markdown_it import MarkdownIt

from assets.gates import FAILURES, GateResult, as_markdown, as_text, failures_table
from assets.gates.check import check_rows
from assets.registry import Table

Row = dict[str, Any]
JOINER = "\u2060"

HOSTILE = [
    "a|b|c",
    "`rm`",
    "``` code",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[text](https://example.org)",
    "![image](https://example.org/x.png)",
    "https://example.org/a?b=c",
    "www.example.org",
    "someone@example.org",
    "<https://example.org>",
    "**bold** __bold__ _it_ ~~no~~ # head",
    "\\| back \\",
    "&lt;b&gt; &#60; &amp;",
    "$x$ {y} 100%",
]


@pytest.fixture
def judge(
    demo: Table, demo_rows: list[Row], frame_of: Callable[[Table, list[Row]], pa.Table]
) -> Callable[[dict[int, Row]], GateResult]:
    """Rules on rows of `demo` on good rows with some cells changed."""

    def run(changes: dict[int, Row]) -> GateResult:
        rows = [row | changes.get(n, {}) for n, row in enumerate(demo_rows)]
        return check_rows(demo, frame_of(demo, rows))

    return run


def _cells(markdown: str) -> list[list[str]]:
    """Text of each cell as a reader would see it; fails on anything but a table and text."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(markdown)
    structure = {t.type.split("_")[0] for t in tokens}
    assert structure <= {"paragraph", "inline", "table", "thead", "tbody", "tr", "th", "td"}
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            assert {child.type for child in token.children or []} <= {"text", "text_special"}
            if rows:
                rows[-1].append("".join(child.content for child in token.children or []))
    return rows


def test_text_of_a_failing_gate(judge: Callable[..., GateResult]) -> None:
    result = judge({1: {"rank": 201}, 3: {"rank": 0, "universe": None}})
    place = "file_sha256=aaaaaaaaaaaa…, line_no="
    assert as_text(result) == "\n".join(
        [
            f"demo FAILED: 2 of {len(result.rules)} rules failed on 4 rows.",
            "",
            "  demo.universe.nullable: 1 failure. universe is missing, but every row needs one.",
            f"    frame row 3, {place}4, index_code=assessment, category=policy, body_code=P-B: "
            "no value",
            "    What to do: look at the row in the source and mend what makes the table; never "
            "fill the value by a guess.",
            "",
            "  demo.rank.range: 2 failures. rank must be from 1 to 200.",
            f"    frame row 1, {place}2, index_code=assessment, universe=province_63, "
            "category=portal, body_code=P-B: found '201'",
            f"    frame row 3, {place}4, index_code=assessment, category=policy, body_code=P-B: "
            "found '0'",
            "    What to do: look at the row in the source; if it is printed so, declare the case "
            "in the corrections file, else mend the reader.",
        ]
    )


def test_text_of_a_passing_gate_says_what_was_checked(judge: Callable[..., GateResult]) -> None:
    first, second = as_text(judge({})).splitlines()
    assert first.startswith("demo passed: ")
    assert first.endswith(" rules checked on 4 rows.")
    assert "columns (1), dtype (19)" in second
    assert "sum_of (1)" in second


def test_text_shows_the_first_five_rows_and_counts_the_rest(
    demo: Table, demo_rows: list[Row], frame_of: Callable[[Table, list[Row]], pa.Table]
) -> None:
    rows = [
        demo_rows[0] | {"line_no": n, "category": f"portal_{n}", "rank": 999}
        for n in range(1, 1201)
    ]
    text = as_text(check_rows(demo, frame_of(demo, rows)))
    assert text.count("found '999'") == 5
    assert "    and 1,195 more\n" in text


def test_text_shows_each_reason_where_they_differ(judge: Callable[..., GateResult]) -> None:
    result = judge({})
    lines = [
        {"rule_id": "demo.bodies", "reason_en": f"{body} is missing", "where": None}
        | {"reason_vi": "-", "what_to_do": "look"}
        for body in ("P-A", "P-B")
    ]
    failures = pa.Table.from_pylist(lines, schema=FAILURES)
    shown = as_text(
        GateResult(
            "demo", 4, (*result.rules, type(result.rules[0])("demo.bodies", "x", 2)), failures
        )
    )
    assert "  demo.bodies: 2 failures.\n    P-A is missing\n    P-B is missing\n" in shown


def test_text_writes_control_and_direction_characters_as_escapes(
    judge: Callable[..., GateResult],
) -> None:
    text = as_text(judge({0: {"category": "\x1b[31mred\n\u202eabc\x00"}}))
    assert "found '\\x1b[31mred\\n\\u202eabc\\x00'" in text
    assert all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize("value", HOSTILE)
def test_markdown_cells_render_as_the_text_they_hold(
    judge: Callable[..., GateResult], value: str
) -> None:
    result = judge({0: {"category": value, "body_code": value}})
    markdown = as_markdown(result)
    header, *rows = _cells(markdown)
    assert header == ["Rule", "Failures", "First found", "Where", "Reason", "What to do"]
    assert [row[0] for row in rows] == ["demo.category.pattern", "demo.body_code.pattern"]
    for row in rows:
        assert row[1] == "1"
        assert row[2].replace(JOINER, "") == f"found '{value}'"
        assert f"body_code={value}" in row[3].replace(JOINER, "")
        # What GFM would make a link of, also in text without markup.
        assert not any(re.search(r"https?://|www\.|\w@\w", cell) for cell in row)


def test_markdown_of_a_passing_gate_is_a_short_table(judge: Callable[..., GateResult]) -> None:
    rows = _cells(as_markdown(judge({})))
    assert rows[:3] == [["Kind of rule", "Rules checked"], ["columns", "1"], ["dtype", "19"]]
    assert as_markdown(judge({})).startswith("demo passed&#58; ")


def test_failures_for_parquet_hold_the_values_as_received(
    judge: Callable[..., GateResult],
) -> None:
    failures = failures_table(judge({0: {"category": "<b>|\x1b"}}))
    assert failures.column_names == ["table_name", *FAILURES.names]
    sink = pa.BufferOutputStream()
    pq.write_table(failures, sink)
    back = pq.read_table(pa.BufferReader(sink.getvalue()))
    assert back.to_pylist()[0]["table_name"] == "demo"
    assert back.to_pylist()[0]["raw_value"] == "<b>|\x1b"


def test_failures_of_a_passing_gate_are_an_empty_table_of_the_same_shape(
    judge: Callable[..., GateResult],
) -> None:
    good, bad = failures_table(judge({})), failures_table(judge({0: {"rank": 0}}))
    assert good.num_rows == 0
    assert good.schema == bad.schema
