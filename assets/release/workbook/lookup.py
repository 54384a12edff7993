"""The sheets to look up a body: one a block, with a list to choose from.

Belongs here: which bodies, their order, the list and the choice. Does not belong here: the lines
below it and their formulas (`section`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from assets.release.labels import column_label
from assets.release.workbook.book import Sheet
from assets.release.workbook.cells import Cell
from assets.release.workbook.layout import layout, look, phrase
from assets.release.workbook.section import Section
from assets.release.workbook.tablesheet import Row, TableSheet

#: Where the choice stands and how many columns it takes, its code, the list to choose from.
_CHOICE, _CHOICE_COLUMNS = (3, 1), 4
_CODE = (4, 1)
_LIST_ROW = 6
_FIRST_SECTION = 7

#: Vowels with a mark, and đ, are letters of their own after the plain one; tones come last.
_LETTERS = {"\0": 1, "\u0306": 1, "\u0302": 2, "\u031b": 3}
_TONES = "\u0300\u0309\u0303\u0301\u0323"


class Body(NamedTuple):
    """A body that can be looked up; `label` is its name, with the code where names are equal."""

    code: str
    label: str


def bodies_of(tables: Mapping[str, Sequence[Row]]) -> dict[str, list[Body]]:
    """Bodies of each block in alphabetical order, from all rows that name a body in a universe;
    the register of all bodies does not say who was assessed."""
    named: dict[str, dict[str, str]] = {block: {} for block in layout()["look_up"]["sheets"]}
    for rows in tables.values():
        if rows and {"universe", "block", "body_code", "body_name"} <= rows[0].keys():
            for row in rows:
                if row["block"] in named:
                    named[row["block"]][row["body_code"]] = row["body_name"]
    result = {}
    for block, names in named.items():
        shared = Counter(names.values())
        bodies = [
            Body(code, name if shared[name] == 1 else f"{name} ({code})")
            for code, name in names.items()
        ]
        result[block] = sorted(bodies, key=lambda body: (alphabetical(body.label), body.code))
    return result


def alphabetical(text: str) -> list[tuple[str, int, int]]:
    """A key that sorts by the Vietnamese alphabet, tones last."""
    key: list[tuple[str, int, int]] = []
    for sign in unicodedata.normalize("NFD", text.lower().replace("đ", "d\0")):
        if sign in _LETTERS and key:
            base, _, tone = key.pop()
            key.append((base, _LETTERS[sign], tone))
        elif sign in _TONES and key:
            base, letter, _ = key.pop()
            key.append((base, letter, _TONES.index(sign) + 1))
        else:
            key.append((sign, 0, 0))
    return [(base, letter, 0) for base, letter, _ in key] + [("", 0, tone) for *_, tone in key]


def write_look_up(
    sheet: Sheet, block: str, bodies: Sequence[Body], placed: Mapping[str, TableSheet]
) -> None:
    """Write the sheet of a block, with the first body of the list chosen."""
    place, widths = layout()["look_up"], look()["widths"]["look_up"]
    year, columns, width = sheet.book.year, len(widths), sum(widths)
    title = phrase(place["sheets"][block]["title"], year=year)
    hint = phrase(place["hint"] if bodies else place["no_bodies"], year=year)
    sheet.widths(widths)
    sheet.band(0, title.vi, "title", columns, width)
    sheet.band(1, title.en, "title_en", columns, width)
    sheet.band(2, f"{hint.vi} {hint.en}", "hint", columns, width)
    sheet.back(5)
    row = _FIRST_SECTION
    if bodies:
        _choice(sheet, bodies, *_list(sheet, bodies, columns + 1))
        codes = [body.code for body in bodies]
        code_cell = xl_rowcol_to_cell(*_CODE, row_abs=True, col_abs=True)
        for section in place["sections"]:
            found = Section(sheet, section, codes, placed[section["table"]], code_cell)
            row = found.write(row)
        sheet.grid.protect("", {"format_columns": True, "format_rows": True})
    sheet.grid.print_area(0, 0, row, columns - 1)
    sheet.printing(width)


def _list(sheet: Sheet, bodies: Sequence[Body], column: int) -> tuple[str, str]:
    """Write the list to choose from, beside what is printed; its names and codes as ranges."""
    sheet.widths(look()["widths"]["list"], column)
    sheet.text(_LIST_ROW, column, phrase(layout()["look_up"]["list"]).vi, "technical")
    sheet.text(_LIST_ROW, column + 1, column_label("body_code").vi, "technical")
    first = _LIST_ROW + 1
    for row, body in enumerate(bodies, first):
        sheet.text(row, column, body.label, "text")
        sheet.text(row, column + 1, body.code, "text")
    last = _LIST_ROW + len(bodies)
    labels, codes = (xl_range_abs(first, at, last, at) for at in (column, column + 1))
    return labels, codes


def _choice(sheet: Sheet, bodies: Sequence[Body], labels: str, codes: str) -> None:
    """Write the cell to choose in, and the formula that finds the code."""
    words = layout()["look_up"]
    choose, code = phrase(words["choose"]), phrase(words["code"])
    row, column = _CHOICE
    sheet.text(row, 0, f"{choose.vi} / {choose.en}", "choose")
    last = column + _CHOICE_COLUMNS - 1
    sheet.grid.merge_range(row, column, row, last, "", sheet.book.style("choice"))
    sheet.text(row, column, bodies[0].label, "choice")
    sheet.grid.set_row(row, look()["heights"]["choice"])
    rule = {
        "validate": "list",
        "source": f"={labels}",
        "error_title": words["error"]["title"],
        "error_message": words["error"]["message"],
    }
    sheet.grid.data_validation(row, column, row, column, rule)
    choice = xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True)
    sheet.text(_CODE[0], 0, f"{code.vi} / {code.en}", "hint")
    formula = f"=INDEX({codes},MATCH({choice},{labels},0))"
    sheet.formula(*_CODE, formula, "code", Cell(bodies[0].code, "code"))
