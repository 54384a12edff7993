"""The full text of the 2016 report, with letter, contents and prose, gives the same outcome as
the bundled file of its tables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.reports import ReportContent, find_layout, read_report

REPO = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def original() -> ReportContent:
    named = os.environ.get("EGOV_ORIGINAL_REPORT")
    beside = sorted((REPO.parent / "shared" / "seeds").glob("003_*.txt"))
    path = Path(named) if named else next(iter(beside), None)
    if path is None or not path.is_file():
        pytest.skip("original report text not found beside the clone")
    layout = find_layout("assessment_report_2016")
    return read_report(path.read_bytes(), file_sha256="b" * 64, file_name=path.name, layout=layout)


def rows(table, *ignored):
    ignored = {"file_sha256", "line_no", *ignored}
    return [{k: v for k, v in row.items() if k not in ignored} for row in table.to_pylist()]


def test_same_tables_values_and_quarantine(report, original):
    assert rows(original.tables) == rows(report.tables)
    assert rows(original.values) == rows(report.values)
    assert original.quarantine.num_rows == report.quarantine.num_rows == 0


def test_same_cells_but_for_the_notes_below_two_tables(report, original):
    notes = [c for c in original.cells.to_pylist() if c["row_kind"] == "note"]
    assert [n["table_no"] for n in notes] == ["2.7", "4.8", "4.8"]
    assert notes[1]["clean_text"].startswith("(*) Theo số liệu báo cáo của các tỉnh")
    assert [c for c in rows(original.cells) if c["row_kind"] != "note"] == rows(report.cells)


def test_same_counts_but_for_those_notes(report, original):
    """A note stands below a blank line, so each adds one line accepted and one blank."""
    notes = {"2.7": 1, "4.8": 2}
    expected = []
    for row in rows(report.counts):
        more = notes.get(row["table_no"], 0)
        added = {"rows_in": 2 * more, "rows_accepted": more, "rows_blank": more}
        expected.append({k: v + added.get(k, 0) if k in added else v for k, v in row.items()})
    assert rows(original.counts) == expected
