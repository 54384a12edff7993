"""Files filled in by people for us: statements, decisions and filters as lines of CSV.

Belongs here: the strict reading of such a file and of the cells that a person fills in, and the
day an entry was first made. Does not belong here: what an entry says, which each source knows, and
whether it still applies, which is for dbt.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from assets import registry
from assets.entities.rows import BodiesError, Row, raise_any, read_rows
from assets.plaintext import disarmed
from assets.received.delivery import Delivery

#: Longest text that a person may fill in, as for notes on the form.
TEXT_LENGTH = 2000

#: One body's or reviewer's entry, by column of its table.
Entry = dict[str, Any]

_YEAR = re.compile(r"[0-9]{4}")

#: Control, format (bidirectional overrides, zero width) and surrogate characters.
_INVISIBLE = ("Cc", "Cf", "Cs")


class ReviewedFileError(ValueError):
    """A file that is refused as a whole. Every fault is one line: file, line, column, what is
    wrong, the rule and what to do."""


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

    ReviewedFileError lists every fault of the file: one fault refuses all of it.
    """
    try:
        rows = [row for row in read_rows(content, file_name, columns) if any(row.cells.values())]
        entries = [entry for row in rows if (entry := judge(row)) is not None]
        raise_any(rows[0].faults if rows else ())
    except BodiesError as error:
        raise ReviewedFileError(str(error)) from None
    return entries


def peek(content: bytes, file_name: str, columns: Sequence[str], about: Sequence[str]) -> list[str]:
    """What a file says in the columns `about`, the year first, without judging the rest of it.
    ReviewedFileError unless all lines say the same."""
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
        raise ReviewedFileError(
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


def dated(
    versions: Sequence[Delivery],
    read: Callable[[Delivery], list[Entry]],
    identity: Sequence[str],
) -> list[Entry]:
    """The entries of the last of all versions of a document, the oldest first.

    A later version replaces an earlier one and so repeats its entries; `known_at` of an entry is
    the day of the first version since which it stands unchanged in `identity`. Otherwise taking
    in one new decision would date all others anew and so settle disputes made in between. An
    earlier version that can no longer be read dates nothing. ReviewedFileError for the last.
    """
    since: dict[tuple[Any, ...], date] = {}
    entries: list[Entry] = []
    for version in versions:
        try:
            entries = read(version)
        except ReviewedFileError:
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
