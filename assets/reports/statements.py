"""Cells of statements on cases: a cell may hold several, and go on behind a page break. Statements
are read one by one; one that cannot be read costs the others nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from assets.reports.cells import Reading, reading_of
from assets.reports.errors import UnreadableError
from assets.reports.layout import ColumnLayout
from assets.reports.markup import clean
from assets.reports.quarantine import Fault
from assets.reports.sentences import Statement, read_statement, split_statements

_UNITS = {"all_cases": "cases", "online_cases": "cases", "online_share_pct": "percent"}


def _stated(statement: Statement, text: str) -> list[Reading]:
    """Readings of one statement; where it gives no number of online cases, a null says why."""
    status = statement.rule.status or "reported"
    readings = [
        replace(
            reading_of(number, measure, text, _UNITS.get(measure, "services")),
            value_status=status if measure == "online_cases" else "reported",
        )
        for measure, number in statement.numbers.items()
    ]
    if "online_cases" not in statement.numbers:
        readings.append(Reading("online_cases", "", text, value_status=status, unit="cases"))
    rule = f"case_sentence_{statement.rule.id}"
    return [replace(r, parser_rule=rule, statistic=statement.field) for r in readings]


@dataclass
class _Cell:
    """A cell while it is read. `list_open`: the last statement announced a list or is an item of
    one; `announced`: the announcing statement while nothing has followed it."""

    column: ColumnLayout
    column_no: int
    readings: list[Reading] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    part_no: int = 0
    list_open: bool = False
    announced: tuple[int, str] | None = None

    def fault(self, line_no: int, rule_id: str, text: str, part_no: int) -> None:
        self.faults.append(Fault(line_no, rule_id, text, self.column_no, self.column.name, part_no))

    def add(self, line_no: int, text: str) -> None:
        try:
            statement = read_statement(text, level=self.column.level)
        except UnreadableError as error:
            self.part_no, self.announced = self.part_no + 1, None
            self.fault(line_no, error.rule_id, text, self.part_no)
            return
        if statement.rule.announces_list:
            self.list_open, self.announced = True, (line_no, text)
            return
        self.part_no, self.announced = self.part_no + 1, None
        self.list_open = self.list_open and statement.field is not None
        self.readings += [
            replace(r, level=self.column.level, part_no=self.part_no, line_no=line_no)
            for r in _stated(statement, text)
        ]


def read_statements(
    column: ColumnLayout, column_no: int, pieces: list[tuple[int, str]]
) -> tuple[list[Reading], list[Fault]]:
    """Readings of a cell given as (line, raw text) for each page it stands on. A later piece is
    taken only when the text before it announced a list. A blank cell states nothing: one null
    of online_cases with status not_stated."""
    filled = [(line_no, raw) for line_no, raw in pieces if clean(raw)]
    if not filled:
        blank = Reading("online_cases", "blank_cell", pieces[0][1], value_status="not_stated")
        return [replace(blank, unit="cases", level=column.level)], []
    cell = _Cell(column, column_no)
    for line_no, raw in filled:
        statements = split_statements(raw)
        if line_no != pieces[0][0] and not cell.list_open:
            cell.fault(line_no, "continuation_unannounced", clean(raw), 1)
        elif not statements:
            cell.fault(line_no, "statement_unreadable", clean(raw), 1)
        else:
            for text in statements:
                cell.add(line_no, text)
    if cell.announced:
        cell.fault(cell.announced[0], "list_missing", cell.announced[1], cell.part_no + 1)
    return cell.readings, cell.faults
