"""Notes below a table: what the ledger finds to differ from the print, and reviewed corrections.

Belongs here: which cell a difference belongs to, its letter, its sentence. The cell keeps what is
printed. Does not belong here: judging differences (dbt marts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assets.release.annex.frames import Frames, Row
from assets.release.annex.layout import TableForm
from assets.release.annex.model import Cell, Note, Said
from assets.release.annex.numbers import respelled
from assets.release.annex.words import LANGUAGES, filled, words

LEDGER = "rel_reconciliation"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

#: Fields of a row of the ledger that a sentence may use, beside printed and recomputed.
_KEY = ("table_no", "item", "subject", "body_code")


@dataclass(frozen=True)
class Place:
    """A row of the table: the bodies on it and its lines in the source."""

    codes: frozenset[str]
    line_nos: frozenset[int]


def with_notes(
    form: TableForm, cells: Sequence[Sequence[Cell]], places: Sequence[Place], frames: Frames
) -> tuple[tuple[tuple[Cell, ...], ...], tuple[Note, ...]]:
    """The cells with the letters of their notes, and the notes in order of row and column.

    A difference that belongs to no cell of the table stands at the end without a letter.
    """
    shown = [list(row) for row in cells]
    found = [
        (_cell_of(form, row, places), row)
        for row in frames.of_table(LEDGER, form.number, {})
        if row["class"] in words()["noted_classes"]
    ]
    placed = sorted(((at, row) for at, row in found if at is not None), key=lambda one: one[0])
    notes = []
    for number, ((row_no, column_no), row) in enumerate(placed):
        mark = letter(number)
        cell = shown[row_no][column_no]
        shown[row_no][column_no] = replace(cell, marks=(*cell.marks, mark))
        notes.append(Note(mark, difference(row, frames)))
    loose = [Note("", difference(row, frames)) for at, row in found if at is None]
    return tuple(map(tuple, shown)), (*notes, *loose)


def letter(number: int) -> str:
    """a, b, ... z, aa, ab, ... from 0."""
    high, low = divmod(number, len(_LETTERS))
    return (letter(high - 1) if high else "") + _LETTERS[low]


def difference(row: Row, frames: Frames) -> Said:
    """A row of the ledger as a sentence, with the reason of a reviewed correction behind it."""
    forms = words()["notes"]
    form = forms.get(row["item"], {}).get(row["class"], forms["other"])
    figures = {
        language: {
            name: respelled(row[name] or words()["none"], language)
            for name in ("printed", "recomputed")
        }
        for language in LANGUAGES
    }
    text = filled(form, figures)
    reviewed = _reason(row, frames)
    return (
        text if reviewed is None else Said(f"{text.vi} {reviewed.vi}", f"{text.en} {reviewed.en}")
    )


def _reason(row: Row, frames: Frames) -> Said | None:
    """Why a reviewed correction was made; None if the difference rests on none."""
    for correction in frames.rows("rel_corrections"):
        if all(correction[name] == row[name] for name in _KEY):
            reasons: Mapping[str, Mapping[str, Any]] = {
                language: {"reason": correction[f"reason_{language}"].rstrip(".")}
                for language in LANGUAGES
            }
            return filled(words()["reviewed"], reasons)
    return None


def _cell_of(form: TableForm, row: Row, places: Sequence[Place]) -> tuple[int, int] | None:
    """Row and column of the cell that a difference is about; None if the table has none."""
    for column_no, column in enumerate(form.columns):
        subject = column.options.get("ledger", {}).get(row["item"])
        if subject is None or not row["subject"].startswith(subject):
            continue
        for row_no, place in enumerate(places):
            if row["body_code"] in place.codes or row["line_no"] in place.line_nos:
                return row_no, column_no
    return None
