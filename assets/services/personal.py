"""Signs of personal data in a file that must have none (`personal.yaml`).

Belongs here: headings and values that speak of a person. Only values that are refused anyway need
to be looked at: the codes that a row may hold cannot carry a name or an identity number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

#: Shown in the place of a value that speaks of a person.
MASK = "(not shown: looks like personal data)"

_NO_LETTER = re.compile(r"[^a-z0-9]+")


@cache
def _signs() -> tuple[frozenset[str], re.Pattern[str]]:
    """Headings, and one expression whose named group is the rule."""
    declared: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("personal.yaml").read_text("utf-8")
    )
    values = "|".join(f"(?P<{rule}>{pattern})" for rule, pattern in declared["values"].items())
    return frozenset(declared["headings"]), re.compile(values)


def _bare(text: str) -> str:
    """Small letters without marks."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(sign for sign in folded if unicodedata.category(sign) != "Mn")


def in_header(names: Iterable[str]) -> str | None:
    """The first heading that speaks of a person, None if there is none."""
    headings, _ = _signs()
    for name in names:
        if _NO_LETTER.sub(" ", _bare(name)).strip() in headings:
            return name
    return None


@lru_cache(maxsize=100_000)
def in_value(text: str) -> str | None:
    """The rule by which a value speaks of a person, None if it does not."""
    found = _signs()[1].fullmatch(" ".join(_bare(text).split()))
    return found.lastgroup if found else None
