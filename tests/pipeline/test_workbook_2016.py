"""The workbook of 2016 in LibreOffice: every cell, every formula, printed pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from pipeline_run import YEAR, YearRun

from assets import registry
from assets.lake import RELEASE
from assets.release import workbook
from assets.release.tablefiles import public_name
from assets.release.tables import UNIT
from assets.release.workbook.layout import layout
from assets.release.workbook.lookup import bodies_of
from tests.office import convert
from tests.workbook_cells import assert_sheet_holds, opened

LOOK_UPS = [place["sheet"] for place in layout()["look_up"]["sheets"].values()]
BODIES = {"Tra cứu Bộ, ngang Bộ": 19, "Tra cứu cơ quan thuộc CP": 8, "Tra cứu tỉnh, thành phố": 63}
PROVINCES = "Tra cứu tỉnh, thành phố"

#: Where a body is chosen on a sheet to look one up.
CHOICE = "B4"

Tables = dict[str, Any]


@pytest.fixture(scope="module")
def tables(released: YearRun) -> Tables:
    return {
        table.name: released.table(RELEASE, public_name(table))
        for table in registry.tables(unit=UNIT)
    }


@pytest.fixture(scope="module")
def folder(released: YearRun, tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook as released; with other bodies chosen and nothing stored that formulas gave;
    and as it is made when these bodies come first in their lists."""
    made = tmp_path_factory.mktemp("workbook")
    data = released.version(RELEASE).file(workbook.WORKBOOK).read_bytes()
    (made / "released.xlsx").write_bytes(data)
    last = openpyxl.load_workbook(made / "released.xlsx")
    for name in LOOK_UPS:
        last[name][CHOICE].value = bodies_listed(last, name)[-1]
    last[PROVINCES][CHOICE].value = "Lâm Đồng"
    last.save(made / "chosen.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbook, "bodies_of", chosen_first)
        meant = workbook.files(tables, int(YEAR))[workbook.WORKBOOK]
    (made / "meant.xlsx").write_bytes(meant)
    return made


def chosen_first(rows: Any) -> dict[str, list[Any]]:
    """The bodies of each block with the one first that the test chooses."""
    found = bodies_of(rows)
    for bodies in found.values():
        names = [body.label for body in bodies]
        at = names.index("Lâm Đồng") if "Lâm Đồng" in names else len(bodies) - 1
        bodies.insert(0, bodies.pop(at))
    return found


def bodies_listed(book: Workbook, sheet: str) -> list[str]:
    (rule,) = book[sheet].data_validations.dataValidation
    return [row[0].value for row in book[sheet][rule.formula1.replace("$", "")]]


def formula_cells(path: Path, names: list[str]) -> dict[tuple[str, str], object]:
    """What each formula gives, by sheet and cell; empty text is nothing."""
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = {
        (name, cell.coordinate): values[name][cell.coordinate].value
        for name in names
        for row in formulas[name].iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    return {place: None if value == "" else value for place, value in found.items()}


def test_every_cell_of_2016_reads_back(released: YearRun, tables: Tables) -> None:
    data = released.version(RELEASE).file(workbook.WORKBOOK).read_bytes()
    assert len(data) < 2_000_000
    book = opened(data)
    cells = {
        table.name: assert_sheet_holds(book, table, tables[table.name])
        for table in registry.tables(unit=UNIT)
    }
    assert cells["rel_reconciliation"] == 1717 * 16
    assert sum(cells.values()) > 50_000
    assert {name: len(bodies_listed(book, name)) for name in LOOK_UPS} == BODIES


def test_libreoffice_finds_what_is_stored(folder: Path) -> None:
    again = convert(folder, "xlsx", [folder / "released.xlsx"]) / "released.xlsx"
    stored = formula_cells(folder / "released.xlsx", LOOK_UPS)
    found = formula_cells(again, LOOK_UPS)
    assert len(stored) > 350
    assert found == stored
    book = openpyxl.load_workbook(again)
    assert {name: len(bodies_listed(book, name)) for name in LOOK_UPS} == BODIES


def test_libreoffice_looks_other_bodies_up(folder: Path) -> None:
    kept = formula_cells(folder / "chosen.xlsx", LOOK_UPS)
    assert set(kept.values()) == {None}, "nothing was to be stored, so that all is computed anew"
    found = formula_cells(
        convert(folder, "xlsx", [folder / "chosen.xlsx"]) / "chosen.xlsx", LOOK_UPS
    )
    meant = formula_cells(folder / "meant.xlsx", LOOK_UPS)
    # The row heights and formats may follow the body; the lines and what they find may not.
    assert found == meant
    assert found[PROVINCES, "B5"] == "P-68"
    values = set(map(str, found.values()))
    assert {"28167", "28622", "lỗi của nguồn"} <= values  # the printed total and its 15 items


def test_the_pages_are_printed_with_headers_and_footers(folder: Path) -> None:
    pdf = convert(folder, "pdf", [folder / "released.xlsx"]) / "released.pdf"
    pages = re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())
    assert 60 <= len(pages) <= 200
