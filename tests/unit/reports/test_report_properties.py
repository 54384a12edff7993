"""The reader is total: whatever is done to the lines of the real file, it either rejects the file
with a message or accounts for every line."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assets.reports import SourceError
from assets.reports.lines import caption

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["delete", "duplicate", "swap", "garble", "drop_tab", "add_tab"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 1, exclude_max=True),
        st.text(alphabet="0123456789,.;()%/<>\\*-\u00a0\x0c\x00 aàđ\u0301Bảng\t", max_size=12),
    ),
    min_size=1,
    max_size=6,
)


def edited(lines, edits):
    for kind, where, at, text in edits:
        tab_lines = [i for i, line in enumerate(lines) if "\t" in line] or [0]
        place = (
            tab_lines[int(where * len(tab_lines))] if kind != "swap" else int(where * len(lines))
        )
        if kind == "delete":
            del lines[place]
        elif kind == "duplicate":
            lines.insert(int(at * len(lines)), lines[place])
        elif kind == "swap":
            other = int(at * len(lines))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            cells = lines[place].split("\t")
            column = int(at * len(cells))
            if kind == "garble":
                cells[column] = text
            elif kind == "drop_tab":
                del cells[column]
            else:
                cells.insert(column, text)
            lines[place] = "\t".join(cells)
    return lines


def check_accounts(text, content):
    lines = text.split("\n")
    start = next(i for i, line in enumerate(lines, start=1) if caption(line))
    printed = {
        i for i, line in enumerate(lines, start=1) if i > start and "\t" in line and line.strip()
    }
    quarantine = content.quarantine.to_pylist()
    orphans = {q["line_no"] for q in quarantine if q["rule_id"] == "orphan_row"}
    cells = {c["line_no"] for c in content.cells.to_pylist()}
    assert cells | orphans >= printed
    assert not cells & orphans
    for c in content.counts.to_pylist():
        assert c["rows_in"] == c["rows_accepted"] + c["rows_quarantined"] + c["rows_blank"]
        faulty = {q["line_no"] for q in quarantine if q["table_no"] == c["table_no"]}
        assert c["rows_quarantined"] == len(faulty)
    values = content.values.to_pylist()
    assert len({v["value_key"] for v in values}) == len(values)
    keys = [(q["line_no"], q["rule_id"], q["column_no"], q["part_no"]) for q in quarantine]
    assert len(set(keys)) == len(keys)
    whole_lines = {q["line_no"] for q in quarantine if q["column_no"] == 0}
    assert not whole_lines & {v["line_no"] for v in values}
    unread = {(q["line_no"], q["column_no"], q["part_no"]) for q in quarantine}
    assert not unread & {(v["line_no"], v["column_no"], v["part_no"]) for v in values}
    for v in values:
        assert (v["value"] is None) == (v["value_status"] not in ("reported", "approximate"))


@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_mutated_lines(read, tables_text, edits):
    text = "\n".join(edited(tables_text.split("\n"), edits))
    try:
        content = read(text)
    except SourceError:
        return
    check_accounts(text, content)


@settings(max_examples=40, deadline=None)
@given(
    line=st.integers(0, 700),
    cell=st.text(alphabet="0123456789,.;()%/ dịchvụcósốlượnghồơtrựcuyếnlàđạtỷ-", max_size=60),
    column=st.integers(0, 4),
)
def test_garbled_cells_never_reject_the_file_below_the_headers(
    read, tables_text, line, cell, column
):
    lines = tables_text.split("\n")
    rows = [i for i, text in enumerate(lines) if "\t" in text and text[0].isdigit()]
    place = rows[line % len(rows)]
    cells = lines[place].split("\t")
    cells[column % len(cells)] = cell
    lines[place] = "\t".join(cells)
    text = "\n".join(lines)
    check_accounts(text, read(text))
