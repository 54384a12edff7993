"""What confirmations and overrides share: figures of bodies, and which of them a year asks for.

Belongs here: the canonical text of a figure, which figures a year asks of whom, and the reading of
the cells that name one. Does not belong here: what a confirmation or an override says. Whether an
entry still applies is for dbt: it compares the texts of the figures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from assets.entities.rows import Row

if TYPE_CHECKING:
    from assets.method.model import Input, Method

NOT_APPLICABLE = "not_applicable"

#: A figure of a body: (index_code, body_code, input_code).
Key = tuple[str, str, str]

_NUMBER = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{0,5}[1-9])?")
_CLASS = re.compile(r"[a-z][a-z0-9_]*")


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
