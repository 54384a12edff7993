"""What a filled form says, line by line: figures, blanks, and lines set aside with a reason.

Belongs here: every rule about lines. Does not belong here: rules about the file and its head
(`read`), single cells (`figures`).

A line is blank if it has neither value nor status; it says nothing, so nothing is counted. A line
with a fault is set aside under the first rule it breaks, at the cell that breaks it. Name and unit
of a line belong to the form: if they were changed, the figure answers another question. Where
evidence is required, a figure other than 0 must come with some. The file is refused if a line of
the form is gone, if nothing is filled in, or if more than half of what is filled in has faults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from assets.received.letters import is_font_encoded, nfc
from assets.received.rawcell import DATE, ERROR, FORMULA
from assets.received.refusal import FileRefusedError
from assets.submissions.figures import CellFaultError, Figure, read_figure
from assets.submissions.form import STATUS_WORDS, Form, FormLine
from assets.submissions.rawform import RawForm, RawLine

#: A file is refused if more than this share of the lines filled in has faults.
MAX_FAULTY_SHARE = Fraction(1, 2)

#: Characters that evidence and note may have.
MAX_REMARK = 2_000

REPORTED = "reported"


@dataclass(frozen=True)
class Accepted:
    """A line as accepted. `figure` is None unless the state is `reported`."""

    raw: RawLine
    line: FormLine
    state: str
    figure: Figure | None
    column: str
    rule: str


@dataclass(frozen=True)
class SetAside:
    """A line in quarantine: the rule and the column of the cell that breaks it."""

    raw: RawLine
    rule_id: str
    column: str


@dataclass(frozen=True)
class Judged:
    """All lines of a form. `rows_in` is accepted + set aside + blank."""

    accepted: tuple[Accepted, ...]
    set_aside: tuple[SetAside, ...]
    rows_blank: int
    rows_in: int


def judge(raw: RawForm, form: Form) -> Judged:
    """Every line of a form that came back. FileRefusedError if the file as a whole is no answer."""
    asked = {line.input_code: line for line in form.lines}
    _refuse_fonts(raw, asked)
    times = Counter(line.input_code for line in raw.lines)
    gone = [code for code in asked if code not in times]
    if gone:
        raise FileRefusedError("lines_missing", ", ".join(gone), raw.file_format)
    accepted: list[Accepted] = []
    set_aside: list[SetAside] = []
    blank = 0
    for line in raw.lines:
        if line.fault is None and not (_value(line) or _status(line)):
            blank += 1
            continue
        try:
            accepted.append(_judged(line, asked, times))
        except CellFaultError as fault:
            set_aside.append(SetAside(line, fault.rule_id, fault.column))
    _refuse_whole(raw, accepted, set_aside)
    return Judged(tuple(accepted), tuple(set_aside), blank, len(raw.lines))


def _value(line: RawLine) -> bool:
    return bool(line.cell("value").tidy)


def _status(line: RawLine) -> bool:
    return bool(line.cell("status").tidy)


def _refuse_fonts(raw: RawForm, asked: dict[str, FormLine]) -> None:
    for line in raw.lines:
        known = asked.get(line.input_code)
        if known and is_font_encoded(line.cell("name_vi").tidy, nfc(known.entry.name_vi)):
            place = raw.place(line, "name_vi")
            raise FileRefusedError("font_encoding_suspected", place, raw.file_format)


def _refuse_whole(raw: RawForm, accepted: Iterable[Accepted], aside: list[SetAside]) -> None:
    filled = len(list(accepted)) + len(aside)
    if filled == 0:
        raise FileRefusedError("form_empty", f"{len(raw.lines)} blank lines", raw.file_format)
    if Fraction(len(aside), filled) > MAX_FAULTY_SHARE:
        first = aside[0]
        raise FileRefusedError(
            "too_many_faults",
            f"{len(aside)} of {filled} lines filled in; "
            f"first {first.rule_id} at {raw.place(first.raw, first.column)}",
            raw.file_format,
        )


def _judged(raw: RawLine, asked: dict[str, FormLine], times: Counter[str]) -> Accepted:
    """The line as accepted. CellFaultError under the first rule that it breaks."""
    if raw.fault is not None:
        raise CellFaultError(raw.fault)
    line = _line(raw, asked, times)
    _check_remarks(raw)
    state = _state(raw)
    if not _value(raw):
        if state == REPORTED:
            raise CellFaultError("value_missing")
        return Accepted(raw, line, state, None, "status", "status_word")
    if state != REPORTED:
        raise CellFaultError("status_contradicts_value", "status")
    figure = read_figure(raw.cell("value"), line)
    is_affirmed = figure.value is None or figure.value != 0
    if line.evidence_required and is_affirmed and not raw.cell("evidence").tidy:
        raise CellFaultError("evidence_missing", "evidence")
    return Accepted(raw, line, state, figure, "value", figure.rule)


def _line(raw: RawLine, asked: dict[str, FormLine], times: Counter[str]) -> FormLine:
    code = raw.input_code
    if not code:
        raise CellFaultError("code_missing")
    if code not in asked:
        raise CellFaultError("code_unknown")
    if times[code] > 1:
        raise CellFaultError("code_twice")
    line = asked[code]
    printed = {
        "name_vi": line.entry.name_vi,
        "name_en": line.entry.name_en,
        "unit": line.unit_words,
    }
    for column, words in printed.items():
        if raw.cell(column).tidy != " ".join(nfc(words).split()):
            raise CellFaultError("line_changed", column)
    return line


def _check_remarks(raw: RawLine) -> None:
    for column in ("evidence", "note"):
        cell = raw.cell(column)
        if cell.kind in (ERROR, FORMULA):
            raise CellFaultError("error_cell", column)
        if len(cell.text) > MAX_REMARK:
            raise CellFaultError("remark_too_long", column)


def _state(raw: RawLine) -> str:
    """The state that the status names; `reported` if it is blank."""
    cell = raw.cell("status")
    if cell.kind in (ERROR, FORMULA, DATE):
        raise CellFaultError("status_unknown", "status")
    if not cell.tidy:
        return REPORTED
    word = cell.tidy.casefold()
    for state, words in STATUS_WORDS.items():
        if word in (nfc(known).casefold() for known in words):
            return state
    raise CellFaultError("status_unknown", "status")
