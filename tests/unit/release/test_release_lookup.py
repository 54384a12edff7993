"""Looking a body up in the workbook: the list to choose from, the formulas and what they find."""

from __future__ import annotations

import re

from openpyxl.workbook import Workbook
from workbook_samples import PROVINCES, rows_of, sample

from assets.release.workbook.layout import layout, sheet_of
from assets.release.workbook.lookup import alphabetical
from tests.workbook_cells import HEADERS, opened


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
