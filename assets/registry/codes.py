"""What codes are called, from `codes.yaml`: one word for one thing, wherever it is shown.

Belongs here: reading that file. Does not belong here: how a word is used (the products), what a
column or table means in full (their declarations).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FILE = Path(__file__).with_name("codes.yaml")

#: Between a series and the code that means something else in it, and between the parts of a code
#: that is made of two.
OF_SERIES, OF_PARTS = "/", ": "

#: At the end of the beginning that many codes share.
MANY = "*"


class Label(NamedTuple):
    """The same words in Vietnamese and English."""

    vi: str
    en: str

    def of(self, language: str) -> str:
        """The words of a language, `vi` or `en`."""
        return self.vi if language == "vi" else self.en


@cache
def entries() -> Mapping[str, Mapping[str, Label]]:
    """Every word by column and code, in the order and the notation of the file."""
    held: dict[str, dict[str, list[str]]] = yaml.safe_load(FILE.read_text("utf-8"))
    return {
        column: {code: Label(*word) for code, word in codes.items()}
        for column, codes in held.items()
    }


@cache
def words(column: str, index_code: str | None = None) -> Mapping[str, Label]:
    """Words of the codes of a column by code, in the order to show them; none for plain text.

    `index_code` is the series that the row is about: a few codes mean something else in one.
    """
    held = entries().get(column, {})
    own = f"{index_code}{OF_SERIES}"
    found = {code: word for code, word in held.items() if OF_SERIES not in code}
    found |= {code.removeprefix(own): word for code, word in held.items() if code.startswith(own)}
    return found


def word(column: str, code: str, index_code: str | None = None) -> Label | None:
    """What a code of a column is called; None for plain text and for what has no word."""
    known = words(column, index_code)
    if code in known:
        return known[code]
    first, _, second = code.partition(OF_PARTS)
    if second and first in known:
        one, other = known[first], word(column, second, index_code) or Label(second, second)
        return Label(f"{one.vi}{OF_PARTS}{other.vi}", f"{one.en}{OF_PARTS}{other.en}")
    for beginning in (one for one in known if one.endswith(MANY)):
        if code.startswith(beginning.removesuffix(MANY)):
            return known[beginning]
    return None


def uncapitalised(text: str) -> str:
    """Words as they stand inside a sentence: the first letter small, unless it belongs to an
    abbreviation."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
