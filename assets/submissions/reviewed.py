"""What confirmations and overrides share: files filled in by people who speak of figures.

Belongs here: the canonical text of a figure, which figures a year asks of whom, the strict
reading of such a file and of its cells, and the day an entry was first made. Does not belong
here: what a confirmation or an override says. Whether an entry still applies is for dbt: it
compares the texts of the figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from assets import registry
from assets.entities.rows import BodiesError, Row, raise_any, read_rows
from assets.plaintext import disarmed

if TYPE_CHECKING:
    from assets.method.model import Input, Method
    from assets.submissions.read import Delivery

NOT_APPLICABLE = "not_applicable"

#: Longest text that a person may fill in, as for notes on the form.
TEXT_LENGTH = 2000

#: A figure of a body: (index_code, body_code, input_code).
Key = tuple[str, str, str]

#: One body's or reviewer's entry, by column of its table.
Entry = dict[str, Any]

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{0,5}[1-9])?")
_YEAR = re.compile(r"[0-9]{4}")
_CLASS = re.compile(r"[a-z][a-z0-9_]*")

#: Control, format (bidirectional overrides, zero width) and surrogate characters.
_INVISIBLE = ("Cc", "Cf", "Cs")


class SubmissionFileError(ValueError):
    """A file that is refused as a whole. Every fault is one line: file, line, column, what is
    wrong, the rule and what to do."""


def figure_text(value: Decimal | None, class_code: str | None, state: str) -> str:
    """A figure as the text that confirmations and overrides speak of: `12`, `0.5`, a class code,
    `not_applicable`, or empty for none. The macro `figure_text` of the dbt project does the same.
    """
    if state == NOT_APPLICABLE:
        return NOT_APPLICABLE
    if class_code is not None:
        return class_code
    return "" if value is None else number_text(value)


def key_of(row: Mapping[str, Any]) -> Key:
    """The figure that a row is about."""
    return row["index_code"], row["body_code"], row["input_code"]


def number_text(value: Decimal) -> str:
    """A number in plain notation without zeros at the end, as `12` or `0.5`."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True)
class Asked:
    """The figures that a year asks for: its methods, and by block the code and name of the
    bodies that are assessed."""

    year: int
    methods: tuple[Method, ...]
    members: Mapping[str, Mapping[str, str]]

    def name(self, body_code: str) -> str | None:
        """Name of a body, or None if it is not assessed in the year."""
        names = (bodies[body_code] for bodies in self.members.values() if body_code in bodies)
        return next(names, None)

    def method(self, index_code: str, body_code: str) -> Method | None:
        """The method by which a body is assessed, or None."""
        found = (
            method
            for method in self.methods
            if method.index_code == index_code and body_code in self.members.get(method.block, {})
        )
        return next(found, None)

    def inputs(self, index_code: str, body_code: str) -> dict[str, Input]:
        """The figures asked of a body, by code, in the order of the method. Empty if none."""
        method = self.method(index_code, body_code)
        return {entry.code: entry for entry in method.inputs} if method else {}


def guarded(text: str) -> str:
    """The text for a spreadsheet: with an apostrophe in front if it would run as a formula, or
    if `unguarded` would otherwise take an apostrophe of its own off."""
    bare = text.lstrip("'")
    return f"'{text}" if disarmed(bare) != bare else text


def unguarded(cell: str) -> str:
    """The text that `guarded` wrote."""
    bare = cell.lstrip("'")
    return cell[1:] if bare != cell and disarmed(bare) != bare else cell


def read_entries(
    content: bytes,
    file_name: str,
    columns: Sequence[str],
    judge: Callable[[Row], Entry | None],
) -> list[Entry]:
    """The entries of a file, by `judge`, which notes faults in the row it is given and returns
    None for a row without an entry. Rows with nothing in them are passed over.

    SubmissionFileError lists every fault of the file: one fault refuses all of it.
    """
    try:
        rows = [row for row in read_rows(content, file_name, columns) if any(row.cells.values())]
        entries = [entry for row in rows if (entry := judge(row)) is not None]
        raise_any(rows[0].faults if rows else ())
    except BodiesError as error:
        raise SubmissionFileError(str(error)) from None
    return entries


def peek(content: bytes, file_name: str, columns: Sequence[str], about: Sequence[str]) -> list[str]:
    """What a file says in the columns `about`, the year first, without judging the rest of it.
    SubmissionFileError unless all lines say the same."""
    found: list[list[str]] = []

    def note(row: Row) -> None:
        cells = [row.cells[column] for column in about]
        if cells not in found and (found or not _YEAR.fullmatch(cells[0])):
            message = f"the file is not about one {' and one '.join(about)}"
            what_to_do = "Give each document a file of its own; leave these columns as they were."
            row.fault("", "one_document", message, what_to_do)
        found.append(cells)

    read_entries(content, file_name, columns, note)
    if not found:
        raise SubmissionFileError(
            f"{file_name}: holds no line [no_line] Send the file with its lines."
        )
    return found[0]


def filled(row: Row, column: str) -> str:
    """What a person filled in: NFC with single spaces, without the guard against formulas."""
    text = unguarded(unicodedata.normalize("NFC", " ".join(row.cells[column].split())))
    hidden = next((c for c in text if unicodedata.category(c) in _INVISIBLE), None)
    if hidden is not None:
        message = f"it holds the invisible character U+{ord(hidden):04X}"
        row.fault(column, "invisible_character", message, "Type the text again without it.")
    if len(text) > TEXT_LENGTH:
        message = f"the text has {len(text)} characters, the limit is {TEXT_LENGTH}"
        row.fault(column, "too_long", message, "Shorten it and name the document instead.")
    return text


def asked_entry(row: Row, asked: Asked) -> Input | None:
    """The figure that the row speaks of; None, with the fault noted, if the year asks for none
    such: another year, an unknown body, a figure not asked of the body."""
    year, index, body, code = (
        row.cells[c] for c in ("assessment_year", "index_code", "body_code", "input_code")
    )
    if year != str(asked.year):
        message = f"{year!r} is not the year {asked.year}"
        row.fault("assessment_year", "year", message, "Keep a file to one year, written as 2016.")
    elif asked.name(body) is None:
        message = f"{body!r} is no body assessed in {asked.year}"
        row.fault("body_code", "unknown_body", message, "Use the body's code as in the export.")
    elif not (inputs := asked.inputs(index, body)):
        message = f"{index!r} is no index that {body} is assessed by"
        row.fault("index_code", "unknown_index", message, "Use the index code of the export.")
    elif code not in inputs:
        message = f"{code!r} is not asked of {body}"
        row.fault("input_code", "unknown_input", message, "Use the figure's code of the export.")
    else:
        return inputs[code]
    return None


def figure(row: Row) -> str | None:
    """The value that the row speaks of, None for no value. A number that a spreadsheet has
    rewritten (0,5 or 1.50) is a fault: it would speak of no value ever exported."""
    text = row.cells["figure"]
    if not text:
        return None
    if not (_NUMBER.fullmatch(text) or _CLASS.fullmatch(text)):
        message = f"{text!r} is not the text of a figure"
        what_to_do = "Put the text of the export back: a point for decimals, no zeros at the end."
        row.fault("figure", "figure", message, what_to_do)
    return text


def exact_number(text: str) -> Decimal | None:
    """The number of a plain decimal text of up to 12 and 6 digits, None if it is no such text."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def dated(
    versions: Sequence[Delivery],
    read: Callable[[Delivery], list[Entry]],
    identity: Sequence[str],
) -> list[Entry]:
    """The entries of the last of all versions of a document, the oldest first.

    A later version replaces an earlier one and so repeats its entries; `known_at` of an entry is
    the day of the first version since which it stands unchanged in `identity`. Otherwise taking
    in one new decision would date all others anew and so settle disputes made in between. An
    earlier version that can no longer be read dates nothing. SubmissionFileError for the last.
    """
    since: dict[tuple[Any, ...], date] = {}
    entries: list[Entry] = []
    for version in versions:
        try:
            entries = read(version)
        except SubmissionFileError:
            if version is versions[-1]:
                raise
            entries = []
        keys = [tuple(entry[column] for column in identity) for entry in entries]
        since = {key: since.get(key, version.known_at) for key in keys}
        entries = [{**e, "known_at": since[key]} for e, key in zip(entries, keys, strict=True)]
    return entries


def entries_table(name: str, entries: Iterable[Entry]) -> pa.Table:
    """The table of the registry with these rows, in its declared order."""
    declared = registry.table(name)
    frame = pa.Table.from_pylist(list(entries), schema=declared.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in declared.sort])
