"""The workbook of a release: every cell read back, what is missing said in words, sheets, bytes."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from release_samples import YEAR, shuffled, sources
from workbook_samples import PROVINCES, made, rows_of, sample

from assets import registry
from assets.registry import Table, words
from assets.release import build_tables
from assets.release.labels import absent, column_label, flag
from assets.release.package import file_names
from assets.release.tables import UNIT
from assets.release.workbook.cells import cell_of
from assets.release.workbook.layout import layout, sheet_of
from tests.workbook_cells import (
    HEADERS,
    assert_sheet_holds,
    columns_of,
    opened,
    sheet_of_table,
)

PROJECT = Path(__file__).parents[3]
RELEASED = registry.tables(unit=UNIT)
COLUMNS = [(table, column) for table in RELEASED for column in table.columns]


def ids(value: object) -> str:
    return getattr(value, "name", str(value))


# --- labels, words, sheets -----------------------------------------------------------------------


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=ids)
def test_every_column_has_a_label_and_words_for_its_nulls(
    table: Table, column: registry.Column
) -> None:
    label = column_label(column.name)
    assert label.vi.strip()
    assert label.en.strip()
    if column.nullable:
        said = absent(column, dict.fromkeys(table.column_names))
        assert said.vi.strip()
        assert not said.vi.strip().isdigit()


def test_words_of_yes_and_no() -> None:
    assert (flag(True).vi, flag(False).en) == ("Có", "No")


@pytest.mark.parametrize("table", RELEASED, ids=ids)
def test_labels_of_a_table_are_told_apart(table: Table) -> None:
    for language in (0, 1):
        labels = [column_label(name)[language] for name in {*table.column_names, "body_name"}]
        assert len(set(labels)) == len(labels), sorted(labels)


def test_a_column_or_table_without_words_says_where_to_add_them() -> None:
    with pytest.raises(KeyError, match=r"column shoe_size has no label; add it .*labels\.yaml"):
        column_label("shoe_size")
    with pytest.raises(KeyError, match=r"table rel_shoes has no sheet; add it .*layout\.yaml"):
        sheet_of("rel_shoes")
    column = registry.table("rel_sources").column("size_bytes")
    with pytest.raises(KeyError, match="size_bytes can be null and has no words"):
        absent(column, {})


def test_sheets_are_the_contents_a_look_up_a_block_every_table_and_the_legend() -> None:
    names = opened(sample()[1]).sheetnames
    look_ups = [place["sheet"] for place in layout()["look_up"]["sheets"].values()]
    tables = [sheet_of(table.name)["sheet"] for table in RELEASED]
    assert names == ["Mục lục", *look_ups, *tables, "Chú giải"]
    assert len({name.lower() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)
    assert set(layout()["tables"]) == {table.name for table in RELEASED}
    assert "workbook.xlsx" in file_names()


# --- cells ---------------------------------------------------------------------------------------


def test_every_cell_of_every_table_reads_back() -> None:
    tables, data = sample()
    book = opened(data)
    seen = sum(assert_sheet_holds(book, table, tables[table.name]) for table in RELEASED)
    assert seen > 400


def test_the_check_of_cells_finds_a_wrong_one() -> None:
    tables, data = sample()
    table = registry.table("rel_service_counts")
    for name, wrong in (("level3", 33), ("level3", "34"), ("body_name", "Lao Cai"), ("total", 0)):
        book = opened(data)
        sheet = sheet_of_table(book, table)
        row = HEADERS + (2 if name == "total" else 3)  # the first body has no service
        sheet.cell(row, columns_of(sheet, table)[name]).value = wrong
        with pytest.raises(AssertionError):
            assert_sheet_holds(book, table, tables[table.name])


def test_what_is_missing_is_said_and_never_zero() -> None:
    tables, data = sample()
    book = opened(data)
    nulls = 0
    for table in RELEASED:
        sheet = sheet_of_table(book, table)
        places = columns_of(sheet, table)
        for offset, row in enumerate(tables[table.name].to_pylist(), HEADERS + 2):
            for name in (name for name, value in row.items() if value is None):
                held = sheet.cell(offset, places[name]).value
                assert isinstance(held, str)
                assert held.strip()
                nulls += 1
    assert nulls > 100
    services = sheet_of_table(book, registry.table("rel_service_counts"))
    places = columns_of(services, registry.table("rel_service_counts"))
    assert services.cell(HEADERS + 2, places["level3"]).value == "chưa có dịch vụ"
    values = sheet_of_table(book, registry.table("rel_published_values"))
    places = columns_of(values, registry.table("rel_published_values"))
    shown = [values.cell(row, places["published_value"]) for row in range(HEADERS + 2, 16)]
    by_value = {cell.value: cell.number_format for cell in shown}
    assert by_value["không công bố"] == "General"
    assert by_value[0.5] == "[$-42A]#,##0.000"
    assert by_value[0.58] == "[$-42A]#,##0.00"


def test_tables_without_rows_and_a_year_of_published_figures_alone() -> None:
    empty = {table.name: table.arrow_schema.empty_table() for table in RELEASED}
    book = opened(made(empty))
    assert sum(assert_sheet_holds(book, table, empty[table.name]) for table in RELEASED) == 0
    for place in layout()["look_up"]["sheets"].values():
        assert "không có số liệu của khối này" in str(book[place["sheet"]]["A3"].value)
        assert not book[place["sheet"]].data_validations.dataValidation
    kept = ("rel_published_values", "rel_ranks", "rel_coverage", "rel_reconciliation")
    alone = {**empty, **{name: sample()[0][name] for name in (*kept, "rel_sources")}}
    book = opened(made(alone))
    for table in RELEASED:
        assert_sheet_holds(book, table, alone[table.name])
    sections = {row[0] for row in rows_of(book[PROVINCES]) if row[0]}
    assert "Thứ hạng và chỉ số công bố / Published ranks and index values" in sections
    assert not [text for text in sections if str(text).startswith("Dịch vụ công trực tuyến")]
    assert "Năm này chưa đầy đủ: 2 trên 2" in str(book["Mục lục"]["A3"].value)


# --- sheets as they are used ---------------------------------------------------------------------


@pytest.mark.parametrize("table", RELEASED, ids=ids)
def test_a_sheet_is_frozen_filtered_and_set_up_for_print(table: Table) -> None:
    tables, data = sample()
    book = opened(data)
    sheet = sheet_of_table(book, table)
    last = HEADERS + 1 + max(1, tables[table.name].num_rows)
    assert int(re.sub(r"\D", "", str(sheet.freeze_panes))) == HEADERS + 2
    assert re.fullmatch(rf"A{HEADERS + 1}:[A-Z]+{last}", sheet.auto_filter.ref)
    assert sheet.print_title_rows == f"${HEADERS}:${HEADERS + 1}"
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.fitToWidth in (None, 1)  # 1 where nothing is said
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert "&P/&N" in (sheet.oddFooter.right.text or "").replace("&[Page]", "&P")
    footer = sheet.oddFooter.left.text or ""
    assert f"năm {YEAR}" in footer
    assert "Nguồn: Bộ Thông tin và Truyền thông, 1557/BTTTT-THH" in footer
    comments = [sheet.cell(HEADERS, place).comment for place in columns_of(sheet, table).values()]
    assert all(c and len(c.text) > 20 for c in comments[: len(table.columns)])
    printed = len(sheet_of(table.name)["first"])
    area = sheet.print_area.split("!")[1].replace("$", "")
    assert sheet[area][0][-1].column == printed


def test_the_contents_link_to_every_sheet_and_say_what_it_is() -> None:
    tables, data = sample()
    book = opened(data)
    sheet = book["Mục lục"]
    listed = {
        sheet.cell(row, 2).value: [sheet.cell(row, column).value for column in range(3, 7)]
        for row in range(8, 8 + len(book.sheetnames) - 1)
    }
    assert list(listed) == book.sheetnames[1:]
    for row, name in enumerate(listed, 8):
        link = sheet.cell(row, 2).hyperlink
        assert link is not None
        assert (link.location, link.target) == (f"'{name}'!A1", None)
    assert listed["Xếp hạng công bố"][2:] == [
        "Công bố / Published",
        tables["rel_published_values"].num_rows,
    ]
    assert listed["Tổng hợp toàn quốc"][2] == "Tính toán / Computed"
    for name in book.sheetnames[1:]:
        links = [cell.hyperlink for row in book[name].iter_rows() for cell in row if cell.hyperlink]
        assert [link.location for link in links if not link.target] == ["'Mục lục'!A1"], name


def test_the_legend_explains_every_column_and_word() -> None:
    sheet = opened(sample()[1])["Chú giải"]
    rows = [tuple(row) for row in sheet.iter_rows(max_col=5, values_only=True)]
    for name in {column.name for _, column in COLUMNS}:
        column = next(column for _, column in COLUMNS if column.name == name)
        explained = (*column_label(name), column.description_vi, column.description_en)
        assert (name, *explained) in rows
        for code, word in words(name).items():
            explains = (name, word.vi, word.en, code, None) in rows
            assert explains == (code in column.codes or not column.codes), (name, code)


# --- bytes ---------------------------------------------------------------------------------------


def test_row_order_given_does_not_matter_and_nothing_is_from_the_clock() -> None:
    tables, data = sample()
    assert made(build_tables(shuffled(sources(), 5))) == made(build_tables(sources()))
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        assert {entry.date_time for entry in box.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2016-12-31T00:00:00Z" in box.read("docProps/core.xml")
    assert made(tables) == data


@pytest.mark.parametrize(
    ("zone", "locale", "seed"),
    [("Asia/Ho_Chi_Minh", "vi_VN.UTF-8", "1"), ("America/Lima", "C", "2")],
)
def test_another_process_gives_the_same_bytes(zone: str, locale: str, seed: str) -> None:
    program = (
        "import hashlib, release_samples as s; from assets.release import build_tables, workbook; "
        "print(hashlib.sha256(workbook.files(build_tables(s.sources()), s.YEAR)"
        "['workbook.xlsx']).hexdigest())"
    )
    places = [("Asia/Ho_Chi_Minh", "vi_VN.UTF-8", "1"), ("America/Lima", "C", "2")]
    outcome = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={
                **os.environ,
                "PYTHONPATH": f"{PROJECT}:{Path(__file__).parent}",
                "TZ": tz,
                "LC_ALL": lang,
                "PYTHONHASHSEED": hash_seed,
            },
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for tz, lang, hash_seed in places
    }
    (digest,) = outcome
    assert len(digest.strip()) == 64


def test_computed_numbers_have_fifteen_digits_and_show_those_to_print() -> None:
    column = registry.table("rel_scores").column("points")
    cell = cell_of("rel_scores", column, {"points": Decimal("12.345678901234567"), "decimals": 3})
    assert (cell.value, cell.decimals) == (Decimal("12.3456789012346"), 3)


@settings(max_examples=5, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.decimals("-999999999.999999", "999999999.999999", places=6),
            st.text(st.characters(exclude_categories=["Cs"]), max_size=60),
        ),
        min_size=40,
        max_size=80,
    )
)
def test_any_number_and_text_reads_back(pairs: list[tuple[Decimal, str]]) -> None:
    tables = build_tables(sources())
    frame = tables["rel_statistics"]
    row = frame.to_pylist()[0]
    rows = [{**row, "value": number, "raw_text": text} for number, text in pairs]
    tables["rel_statistics"] = pa.Table.from_pylist(rows, schema=frame.schema)
    held = assert_sheet_holds(
        opened(made(tables)), registry.table("rel_statistics"), tables["rel_statistics"]
    )
    assert held == len(pairs) * len(row)
