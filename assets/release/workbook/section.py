"""A section of a sheet to look up a body: the same lines for every body, found by formulas.

Belongs here: which lines there are, the formulas, and what they give for the body chosen first. The
formulas are INDEX, MATCH, COUNTIFS, IF and IFERROR over the sheets of the tables, so that old Excel
and LibreOffice know them; they find what the table's sheet shows, words of a null included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assets.plaintext import plain
from assets.registry import Label, words
from assets.release.labels import column_label
from assets.release.workbook.book import Header, Sheet
from assets.release.workbook.cells import Cell
from assets.release.workbook.layout import layout, look, phrase
from assets.release.workbook.tablesheet import Line, Row, TableSheet

#: Characters of a value in a look-up key; a text in a formula may have 255 in all.
KEY_CHARACTERS = 60


def lines_of(section: Mapping[str, Any], rows: Sequence[Row]) -> list[Line | None]:
    """The line of each row of the section's table; None for rows that it leaves out."""
    seen: Counter[tuple[str, ...]] = Counter()
    found: list[Line | None] = []
    for row in rows:
        if not _belongs(section, row):
            found.append(None)
            continue
        values = tuple(plain(str(row[name]), KEY_CHARACTERS) for name in section["rows"])
        seen[row["body_code"], *values] += 1
        found.append(Line(values, seen[row["body_code"], *values]))
    return found


class Section:
    """A section of the sheet of a block: the same lines for every body, found by formulas."""

    def __init__(
        self,
        sheet: Sheet,
        section: Mapping[str, Any],
        codes: Sequence[str],
        placed: TableSheet,
        code_cell: str,
    ) -> None:
        self.sheet, self.section, self.placed = sheet, section, placed
        self.codes, self.code_cell = codes, code_cell
        self.rows = dict(zip(placed.keys, placed.cells, strict=True))
        held = [line for line in placed.lines if line and self._cells(line, 0)]
        seen = {line.values: place for place, line in reversed(list(enumerate(held)))}
        if not held and "none" in section:
            held, seen = [Line((), 1)], {(): 0}
        self.lines = sorted(
            set(held), key=lambda line: (self._order(line), seen[line.values], line.number)
        )

    @property
    def chosen(self) -> str:
        """The body chosen first."""
        return self.codes[0]

    def _named(self, line: Line) -> list[tuple[str, Mapping[str, Label]]]:
        """Each value of a line with the words of its column."""
        names = self.section["rows"]
        index = dict(zip(names, line.values, strict=True)).get("index_code")
        return [(value, words(name, index)) for name, value in zip(names, line.values, strict=True)]

    def _order(self, line: Line) -> list[int]:
        """The place of each value among the words of its column; what has no words comes last."""
        return [
            list(known).index(value) if value in known else len(known)
            for value, known in self._named(line)
        ]

    def write(self, row: int) -> int:
        """Write the section from this row; the row after it. Nothing if no body has a line."""
        if not self.lines:
            return row
        widths = look()["widths"]["look_up"]
        title = phrase(self.section["title"])
        self.sheet.band(row, f"{title.vi} / {title.en}", "section", len(widths), sum(widths))
        row += 1
        for count in self.section.get("counts", ()):
            self._count(row, count)
            row += 1
        headers = [Header(self._label(), "published", widths[0])]
        for name, width in zip(self.section["show"], widths[1:], strict=False):
            style = "computed" if name in layout()["computed_columns"] else "published"
            headers.append(Header(column_label(name), style, width))
        self.sheet.headers(row, headers)
        first = row + 2
        for offset, line in enumerate(self.lines):
            self._line(first + offset, line)
        return first + len(self.lines) + 1

    def _label(self) -> Label:
        names = self.section["rows"]
        return column_label(names[-1]) if names else phrase(layout()["look_up"]["number"])

    def _words(self, line: Line) -> str:
        """What the line is about: the last of its values, and before it those that differ."""
        named = self._named(line)
        if not named:
            return str(line.number)
        shown = [
            known[value].vi if value in known else value
            for place, (value, known) in enumerate(named)
            if place == len(named) - 1 or len({other.values[place] for other in self.lines}) > 1
        ]
        return " – ".join(reversed(shown)) + (f" ({line.number})" if line.number > 1 else "")

    def _count(self, row: int, count: Mapping[str, Any]) -> None:
        """How many rows of the table are about the body, and say what the count asks for."""
        label, placed = phrase(count), self.placed
        code_at = placed.position("body_code")
        asked = [(code_at, self.chosen, self.code_cell)]
        for name, code in count.get("where", {}).items():
            word = words(name)[code].vi
            asked.append((placed.position(name), word, _literal(word)))
        conditions = ",".join(f"{placed.range_of(at)},{cell}" for at, _, cell in asked)
        number = sum(all(cells[at].value == v for at, v, _ in asked) for cells in placed.cells)
        found = Cell(number, "found", look()["formats"]["count"])
        told = f"{label.vi} / {label.en}"
        self.sheet.text(row, 0, told, "label")
        self.sheet.height(row, [(told, look()["widths"]["look_up"][0] - 2)])
        self.sheet.formula(row, 1, f"=COUNTIFS({conditions})", "found", found)

    def _line(self, row: int, line: Line) -> None:
        """A line: what it is about, then what the chosen body has there."""
        widths, label = look()["widths"]["look_up"], self._words(line)
        held = self.rows.get(line.key(self.chosen))
        match = f"MATCH({self.code_cell}&{_literal(line.key(''))},{self.placed.key_range},0)"
        open_ended = "none" in self.section
        style = "open_found" if open_ended else "found"
        texts = [(label, widths[0] - 2)]
        for column, name in enumerate(self.section["show"], 1):
            at = self.placed.position(name)
            missing = self._missing(line) if column == 1 else ""
            formula = f"=IFERROR(INDEX({self.placed.range_of(at)},{match}),{_literal(missing)})"
            value = held[at].value if held else missing
            found = Cell(value, style, self._format(line, at))
            self.sheet.formula(row, column, formula, style, found)
            texts += [(said, widths[column]) for said in self._longest(line, at)]
        if open_ended:
            formula = f'=IFERROR(IF({match}>0,{line.number},""),"")'
            number = Cell(line.number if held else "", "open_label")
            self.sheet.formula(row, 0, formula, "open_label", number)
        else:
            self.sheet.text(row, 0, label, "label")
        self.sheet.height(row, texts)

    def _missing(self, line: Line) -> str:
        """What stands where the body has no such line."""
        if line.number > 1:
            return ""
        return phrase(self.section.get("none", layout()["look_up"]["not_listed"])).vi

    def _cells(self, line: Line, column: int) -> list[Cell]:
        """The cells of a column in this line, of all bodies of the block."""
        found = (self.rows.get(line.key(code)) for code in self.codes)
        return [cells[column] for cells in found if cells]

    def _format(self, line: Line, column: int) -> str | None:
        """The number format of the line: with the most decimals that any of its bodies has.

        In open-ended sections every body has other things on a line, so any number must fit.
        """
        if "none" in self.section:
            return str(look()["formats"]["general"])
        numbers = [cell for cell in self._cells(line, column) if cell.number_format]
        most = max(numbers, key=lambda cell: cell.decimals, default=None)
        return most.number_format if most else None

    def _longest(self, line: Line, column: int) -> list[str]:
        texts = [str(cell.value) for cell in self._cells(line, column) if cell.is_text]
        return [max(texts, key=len)] if texts else []


def _belongs(section: Mapping[str, Any], row: Row) -> bool:
    only, without = section.get("only", {}), section.get("without", {})
    return all(row[name] in codes for name, codes in only.items()) and not any(
        row[name] in codes for name, codes in without.items()
    )


def _literal(text: str) -> str:
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'
