"""The workbook of a release: every cell read back, what is missing said in words, formulas."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from release_samples import HA_GIANG, LAO_CAI, YEAR, published, shuffled, sources, with_rows

from assets import registry
from assets.registry import Table, words
from assets.release import build_tables, workbook
from assets.release.labels import absent, column_label, flag
from assets.release.package import file_names
from assets.release.tables import UNIT
from assets.release.workbook.cells import cell_of
from assets.release.workbook.layout import layout, sheet_of
from assets.release.workbook.lookup import alphabetical
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
PROVINCES = "Tra cứu tỉnh, thành phố"


def ids(value: object) -> str:
    return getattr(value, "name", str(value))


def made(tables: Mapping[str, pa.Table]) -> bytes:
    return workbook.files(tables, YEAR)[workbook.WORKBOOK]


@cache
def sample() -> tuple[dict[str, pa.Table], bytes]:
    """The sample release, with lists of two blocks and two series, and its workbook."""
    province_34 = {"universe": "province_34", "index_code": "dvc_index", "regime": "dvc_index"}
    ministry = {"block": "ministry", "universe": "ministry", "body_code": "MOJ"}
    held = with_rows(
        sources(),
        "idx_published_values",
        published(HA_GIANG, 3, "0.5", category="infrastructure", decimals=3, value_key="x:4"),
        published(LAO_CAI, 2, "0.58", category="infrastructure", decimals=2, value_key="x:5"),
        published(LAO_CAI, 4, "0.6", category="infrastructure", decimals=1, value_key="x:6"),
        published(
            {**LAO_CAI, **province_34, "body_code": "Q-15"}, 9, "81.5", decimals=2, value_key="x:7"
        ),
        published({**LAO_CAI, **ministry, "body_name": "Bộ Tư pháp"}, 1, "1", value_key="x:8"),
    )
    tables = build_tables(held)
    return tables, made(tables)


def rows_of(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(max_col=8, values_only=True)]


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


# --- looking a body up ---------------------------------------------------------------------------


def lines(book: Workbook, sheet: str, section: str) -> dict[object, list[object]]:
    """The lines of a section of a look-up sheet, by what they are about."""
    rows = rows_of(book[sheet])
    start = next(i for i, row in enumerate(rows) if str(row[0]).startswith(section))
    end = next((i for i in range(start, len(rows)) if not any(rows[i])), len(rows))
    return {row[0]: row[1:] for row in rows[start + 3 : end]}


def test_bodies_of_a_block_can_be_chosen_in_alphabetical_order() -> None:
    book = opened(sample()[1])
    sheet = book[PROVINCES]
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.formula1) == ("list", "B4", "$J$8:$J$10")
    listed = [(sheet.cell(row, 10).value, sheet.cell(row, 11).value) for row in (8, 9, 10)]
    # Two bodies of one name: the code tells them apart.
    assert listed == [("Hà Giang", "P-02"), ("Lào Cai (P-10)", "P-10"), ("Lào Cai (Q-15)", "Q-15")]
    assert (sheet["B4"].value, sheet["B5"].value) == ("Hà Giang", "P-02")
    assert sheet.protection.sheet
    assert not sheet["B4"].protection.locked
    assert sheet["B5"].protection.locked
    assert book["Tra cứu Bộ, ngang Bộ"]["B4"].value == "Bộ Tư pháp"


def test_names_sort_by_the_vietnamese_alphabet() -> None:
    ordered = ["An Giang", "Ấn", "Bắc Giang", "Bến Tre", "Cà Mau", "Cao Bằng", "Da", "Đà Nẵng"]
    ordered += ["Đắk Lắk", "Điện Biên", "Gia Lai", "Hà Nội", "Hải Dương", "Ơn", "Ưu"]
    mixed = sorted(ordered, key=len)
    assert mixed != ordered
    assert sorted(mixed, key=alphabetical) == ordered
    assert alphabetical("ma") < alphabetical("mà") < alphabetical("mả") < alphabetical("mạ")


def test_stored_results_are_those_of_the_body_chosen_first() -> None:
    book = opened(sample()[1])
    found = lines(book, PROVINCES, "Thứ hạng và chỉ số công bố")
    infrastructure = "Hạ tầng kỹ thuật CNTT – 63 tỉnh, thành phố – Mức độ ứng dụng CNTT"
    policy = infrastructure.replace("Hạ tầng kỹ thuật CNTT", "Cơ chế, chính sách và quy định")
    overall = infrastructure.replace("Hạ tầng kỹ thuật CNTT", "Chỉ số tổng thể")
    of_34 = policy.replace("63", "34").replace(
        "Mức độ ứng dụng CNTT", "Chỉ số phục vụ người dân, doanh nghiệp"
    )
    assert list(found) == [overall, infrastructure, f"{infrastructure} (2)", policy, of_34]
    assert found[infrastructure][:2] == [3, 0.5]
    assert found[policy][:2] == [2, 0.923]
    # Null stays in words; a list without the body, and a second figure of another body.
    assert found[overall][:2] == ["nguồn không in hạng", "không công bố"]
    assert found[of_34][:2] == ["không có trong danh sách", None]
    assert found[f"{infrastructure} (2)"][:2] == [None, None]
    services = lines(book, PROVINCES, "Dịch vụ công trực tuyến")
    assert services["63 tỉnh, thành phố"][1:4] == ["chưa có dịch vụ"] * 3
    rows = {row[0]: row[1] for row in rows_of(book[PROVINCES])}
    assert rows["Số dòng đối chiếu của cơ quan / Checks of the body"] == 1
    assert rows["trong đó khớp / of which match"] == 0
    findings = lines(book, PROVINCES, "trong đó khớp")
    assert findings[1][3:6] == [-2, "+2", "lỗi của nguồn"]
    # What is not there has no number.
    assert list(lines(book, "Tra cứu Bộ, ngang Bộ", "trong đó khớp").items()) == [
        (None, ["không có"] + [None] * 6)
    ]


def test_formulas_stand_in_the_look_up_sheets_alone_and_know_no_new_function() -> None:
    book = opened(sample()[1], values=False)
    look_ups = {place["sheet"] for place in layout()["look_up"]["sheets"].values()}
    count = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert sheet.title in look_ups
                    functions = set(re.findall(r"([A-Z]+)\(", cell.value))
                    assert functions <= {"INDEX", "MATCH", "COUNTIFS", "IFERROR", "IF"}
                    count += 1
    assert count > 60


def test_formulas_look_at_every_row_of_a_table_and_no_other() -> None:
    tables, data = sample()
    book = opened(data, values=False)
    rows = {sheet_of(name)["sheet"]: frame.num_rows for name, frame in tables.items()}
    seen = set()
    for row in book[PROVINCES].iter_rows():
        for cell in (cell for cell in row if cell.data_type == "f"):
            for name, first, last in re.findall(
                r"'([^']+)'!\$[A-Z]+\$(\d+)(?::\$[A-Z]+\$(\d+))?", cell.value
            ):
                assert (int(first), int(last or first)) == (HEADERS + 2, HEADERS + 1 + rows[name])
                seen.add(name)
    assert len(seen) == len(layout()["look_up"]["sections"])


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
