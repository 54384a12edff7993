"""What a cell says, by the way its column is read: a value of the registry's type, or a fault.

Belongs here: one function for each `read` of `layouts.yaml`. Nothing is guessed: what is not beyond
doubt is a fault. Does not belong here: rules between columns and lines (`judge`), and the bounds,
patterns and lengths of columns, which the gate judges.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from assets.entities.names import exact_form
from assets.plaintext import HIDDEN
from assets.received.rawcell import DATE, ERROR, FORMULA, NUMBER, RawCell, plain_number
from assets.services.layouts import declared, folded, meanings
from assets.services.tables.formats import NESTED
from assets.webaddress import AddressError, full_address

#: Most digits of a number that a workbook keeps.
_KEPT_DIGITS = 15

_KINDS = {ERROR: "error_cell", FORMULA: "formula_without_value", NESTED: "wrong_type"}
_DIGITS = re.compile(r"[0-9]{1,12}")


class CellFaultError(ValueError):
    """A cell that does not say what its column asks for, by a rule of `reasons.yaml`."""

    def __init__(self, rule_id: str) -> None:
        super().__init__(rule_id)
        self.rule_id = rule_id


@dataclass(frozen=True)
class Bodies:
    """The bodies of a year: code by code, and by name where exactly one body has it."""

    codes: Mapping[str, str]

    @classmethod
    def of(cls, bodies: pa.Table, names: pa.Table, year: int) -> Bodies:
        """From raw_bodies and raw_body_names. Names are those of bodies that exist in the year; a
        name that two of them have is none."""
        listed = bodies.to_pylist()
        there = {row["body_code"]: row["body_name"] for row in listed if _exists_in(row, year)}
        aliases = [(row["alias"], row["body_code"]) for row in names.to_pylist()]
        spelled: dict[str, set[str]] = {}
        for name, code in (*((name, code) for code, name in there.items()), *aliases):
            if code in there:
                spelled.setdefault(exact_form(name), set()).add(code)
        sure = {name: next(iter(codes)) for name, codes in spelled.items() if len(codes) == 1}
        return cls(sure | {row["body_code"]: row["body_code"] for row in listed})


def _exists_in(body: Mapping[str, Any], year: int) -> bool:
    first, last = body["valid_from"], body["valid_to"]
    return (first is None or first.year <= year) and (last is None or last.year >= year)


def read_cell(cell: RawCell, name: str, read: str, bodies: Bodies) -> Any:
    """The value of a cell that is not blank, in the column `name`. CellFaultError otherwise."""
    if cell.kind in _KINDS:
        raise CellFaultError(_KINDS[cell.kind])
    return _body(cell, bodies) if read == "body" else _READERS[read](cell, name)


def _body(cell: RawCell, bodies: Bodies) -> str:
    """Codes and registered spellings only: nothing that would have to be guessed."""
    code = bodies.codes.get(exact_form(cell.text))
    if code is None:
        raise CellFaultError("unknown_body")
    return code


def _text(cell: RawCell, name: str) -> str:
    text = cell.tidy
    if any(unicodedata.category(sign) in HIDDEN for sign in text):
        raise CellFaultError("invisible_character")
    return text


def _identifier(cell: RawCell, name: str) -> str:
    """A code as it stands. A number that lost digits on its way (1.10 as 1.1) is no code."""
    if cell.kind == NUMBER and not (cell.text.isdecimal() and len(cell.text) <= _KEPT_DIGITS):
        raise CellFaultError("number_for_code")
    if cell.kind == DATE:
        raise CellFaultError("number_for_code")
    return cell.text.strip()


def _code(cell: RawCell, name: str) -> str:
    code = meanings("codes", name).get(folded(cell.text))
    if code is None:
        raise CellFaultError("unknown_word")
    return code


def _day(cell: RawCell, name: str) -> date:
    return _moment(cell, "day")


def _month(cell: RawCell, name: str) -> date:
    return _moment(cell, "month").replace(day=1)


def _moment(cell: RawCell, formats: str) -> date:
    text = cell.tidy
    for each in declared()[formats] if text.isascii() and cell.kind != NUMBER else ():
        try:
            return datetime.strptime(text, each).date()
        except ValueError:
            continue
    raise CellFaultError(f"{formats}_form")


def _count(cell: RawCell, name: str) -> int:
    """A whole number of cases. Text may part thousands as declared, a number cannot."""
    text = cell.tidy
    if cell.kind == NUMBER:
        text = plain_number(text) or text
    else:
        for mark in declared()["thousands"]:
            if re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{re.escape(mark)}[0-9]{{3}})+", text):
                text = text.replace(mark, "")
    if not _DIGITS.fullmatch(text):
        raise CellFaultError("count_form")
    return int(text)


def _address(cell: RawCell, name: str) -> str:
    try:
        return full_address(_text(cell, name))
    except AddressError:
        raise CellFaultError("address_form") from None


_READERS: dict[str, Callable[[RawCell, str], Any]] = {
    "text": _text,
    "identifier": _identifier,
    "code": _code,
    "day": _day,
    "month": _month,
    "count": _count,
    "address": _address,
}
