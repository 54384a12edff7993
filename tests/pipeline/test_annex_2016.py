"""The annex of 2016, both files, cell by cell against the report's own tables."""

from __future__ import annotations

from typing import Any

import pytest
from pipeline_run import YEAR, YearRun

from assets.lake import RELEASE
from assets.release.annex import DOCX, PDF
from assets.release.annex.layout import layout_of
from tests.annex_read import ReadTable, docx_tables, pdf_tables
from tests.annex_source import PrintedTable, printed_tables

#: Cells that may differ from the source, each with its reason: table, row, column. None does.
DECLARED_DIFFERENCES: dict[tuple[str, int, int], str] = {}

#: Every declared difference of the print, as the letter of a note on its cell: table, row and
#: column from 0, text of the cell.
NOTED = {
    ("2.2", 3, 3): "94,73%",
    ("2.6", 16, 0): "17",
    ("4.1", 32, 1): "Hung Yên",
    ("4.3", 5, 1): "Đông Tháp",
    ("4.3", 21, 1): "Đông Nai",
    ("4.3", 33, 1): "Phủ Thọ",
    ("4.4", 11, 2): "backan.gov.vn",
    ("4.4", 16, 2): "thai binh.gov.vn",
    ("4.4", 38, 2): "bacgiang.gov.vn",
    ("4.4", 62, 1): "Lang Son",
    ("4.8", 4, 4): "28.167",
    ("4.9", 33, 1): "Bên Tre",
    ("4.11", 13, 1): "Phù Thọ",
    ("4.11", 47, 0): "48",
}

CASES_OF_HUE = ("4.8", 10, 2)


@pytest.fixture(scope="module")
def printed() -> dict[str, PrintedTable]:
    return printed_tables()


@pytest.fixture(scope="module")
def word(released: YearRun) -> dict[str, ReadTable]:
    return docx_tables(released.version(RELEASE).file(DOCX).read_bytes())


@pytest.fixture(scope="module")
def portable(released: YearRun) -> dict[str, ReadTable]:
    return pdf_tables(released.version(RELEASE).file(PDF).read_bytes())


def differences(read: dict[str, ReadTable], printed: dict[str, PrintedTable]) -> list[Any]:
    """Titles, headings, numbers of rows and cells that are not as printed."""
    assert list(read) == list(printed)
    found: list[Any] = []
    for number, table in printed.items():
        shown = read[number]
        found += [(number, "title", shown.title)] if shown.title != table.title else []
        found += [(number, "head", shown.head)] if shown.head != table.head else []
        found += [(number, "rows", len(shown.rows))] if len(shown.rows) != len(table.rows) else []
        found += [
            (number, row_no, column_no, cell, meant)
            for row_no, (cells, meants) in enumerate(zip(shown.rows, table.rows, strict=False))
            for column_no, (cell, meant) in enumerate(zip(cells, meants, strict=True))
            if cell != meant and (number, row_no, column_no) not in DECLARED_DIFFERENCES
        ]
    return found


def test_the_test_itself_reads_26_tables_with_all_their_cells(
    printed: dict[str, PrintedTable],
) -> None:
    assert len(printed) == 26
    assert sum(len(table.rows) * len(table.head) for table in printed.values()) == 2213
    assert all(len(row) == len(t.head) for t in printed.values() for row in t.rows)


def test_every_cell_of_the_word_file_is_as_printed(
    word: dict[str, ReadTable], printed: dict[str, PrintedTable]
) -> None:
    assert differences(word, printed) == []


def test_every_cell_of_the_pdf_is_as_printed(
    portable: dict[str, ReadTable], printed: dict[str, PrintedTable]
) -> None:
    assert differences(portable, printed) == []


def test_every_declared_difference_is_a_note_on_its_cell(
    word: dict[str, ReadTable], released: YearRun
) -> None:
    marked = {
        (number, *place): table.rows[place[0]][place[1]]
        for number, table in word.items()
        for place in table.marks
    }
    assert marked.pop(CASES_OF_HUE).startswith("Có 2.188/5.968 hồ sơ")
    assert marked == NOTED
    ledger = released.table(RELEASE, "reconciliation")["class"].to_pylist()
    differing = [one for one in ledger if one not in ("match", "not_recomputable")]
    assert len(differing) == len(NOTED) + 1
    for table in word.values():
        letters = [mark for mark, _, _ in table.notes if mark]
        assert letters == sorted(table.marks.values())
        assert all(vi and en for _, vi, en in table.notes)


def test_a_note_states_print_correction_and_reason_in_both_languages(
    word: dict[str, ReadTable],
) -> None:
    (note,) = [note for note in word["4.8"].notes if note[0] == "a"]
    assert note[1:] == [
        "Tổng in là 28.167; cộng các số liệu in trong dòng được 28.622. Đính chính đã xem xét: "
        "Tổng số hồ sơ của Lâm Đồng thiếu một trong 15 lĩnh vực.",
        "The printed total is 28,167; the figures printed in the row add up to 28,622. Reviewed "
        "correction: The printed total of Lâm Đồng leaves out one of its 15 items.",
    ]
    assert word["4.1"].notes[0][1] == (
        "Tên in là “Hung Yên”; tên đúng là Hưng Yên (lỗi nhận dạng chữ)."
    )


def test_english_stands_beside_every_label_name_and_statement(word: dict[str, ReadTable]) -> None:
    layout = layout_of(int(YEAR))
    assert layout is not None
    forms = {form.number: form for chapter in layout.chapters for form in chapter.tables}
    bare = [
        (number, cell)
        for number, table in word.items()
        for row_no, row in enumerate(table.rows)
        for column_no, cell in enumerate(row)
        if cell
        and (row_no, column_no) not in table.english
        and any(sign.isalpha() for sign in cell)
        and not _needs_none(forms[number].columns[column_no], cell)
    ]
    assert bare == []
    assert word["2.7"].english[0, 2] == (
        "services with cases handled online: 4; cases handled online: 80,216"
    )


def _needs_none(column: Any, cell: str) -> bool:
    """Addresses, names of provinces, figures with a unit."""
    if column.kind == "body":
        return not column.options["english"] and cell != "Tổng cộng"
    return column.name == "website" or (cell[0].isdigit() and column.kind != "text")
