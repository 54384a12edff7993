"""Writing tables and texts of the page in few bytes: what repeats is written once.

Pure, and undone by the page (`rows` and `unfolded` in base.js) and by the gate. Belongs here: the
two ways of folding. Does not belong here: what the page is given (`data`, `analysed`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Payload = dict[str, Any]

#: A column of text is written as numbers into a list of its values if each stands for so many rows.
ROWS_A_VALUE = 8

#: Signs of a folded text: where the name of the body stands, and where a number does. Private use,
#: so that no text of ours has them.
NAME, NUMBER = "\ue000", "\ue001"

_NUMBER = re.compile(r"[0-9]+(?:[.,/][0-9]+)*")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Payload:
    """A table of the page: the names of its columns once, then the rows; columns of text that
    repeats are numbers into `values`, which has an entry for each such column."""
    lines = [list(row) for row in rows]
    values: dict[str, list[str]] = {}
    for place, column in enumerate(columns):
        held = [line[place] for line in lines]
        if not all(value is None or isinstance(value, str) for value in held):
            continue
        distinct = list(dict.fromkeys(value for value in held if value is not None))
        if 0 < len(distinct) * ROWS_A_VALUE <= len(lines):
            values[column] = distinct
            number = {value: i for i, value in enumerate(distinct)}
            for line in lines:
                line[place] = None if line[place] is None else number[line[place]]
    return {"columns": list(columns), "values": values, "rows": lines}


def rows(written: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table of the page, by name of the column."""
    columns, values = written["columns"], written["values"]
    return [
        {
            name: values[name][value] if name in values and value is not None else value
            for name, value in zip(columns, row, strict=True)
        }
        for row in written["rows"]
    ]


class Wordings:
    """Folds sentences that differ in a name and in numbers only: the wording is kept once."""

    def __init__(self) -> None:
        self.held: list[str] = []
        self._number: dict[str, int] = {}

    def fold(self, text: str, name: str) -> list[int | str] | str:
        """The text as wording, numbers, wording, numbers, ...; one pair a sentence. A text that
        has the signs of a folded one stays as it is."""
        if NAME in text or NUMBER in text or not name:
            return text
        folded: list[int | str] = []
        for sentence in text.split(". "):
            wording = sentence.replace(name, NAME)
            folded += [
                self._of(_NUMBER.sub(NUMBER, wording)),
                " ".join(_NUMBER.findall(wording)),
            ]
        return folded

    def _of(self, wording: str) -> int:
        if wording not in self._number:
            self._number[wording] = len(self.held)
            self.held.append(wording)
        return self._number[wording]

    def unfold(self, folded: list[Any] | str, name: str) -> str:
        """The text again."""
        if isinstance(folded, str):
            return folded
        sentences = []
        for wording, numbers in zip(folded[::2], folded[1::2], strict=True):
            left = iter(numbers.split(" "))
            parts = self.held[wording].split(NUMBER)
            text = parts[0] + "".join(next(left) + part for part in parts[1:])
            sentences.append(text.replace(NAME, name))
        return ". ".join(sentences)
