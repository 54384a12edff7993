"""The farm's wording: data files read once, blanks filled, marks and encodings laid on.

Belongs here: how a text is filled and written as bytes. Does not belong here: which text a portal
uses and where it stands.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

_HERE = Path(__file__).parent
#: Windows-1258 has these as letters of their own; other marks it writes behind the letter.
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@lru_cache
def sections() -> dict[str, dict[str, Any]]:
    """The sections by check: labels, lead, items, headlines, lookalike."""
    return dict(yaml.safe_load(_HERE.joinpath("sections.yaml").read_text("utf-8")))


@lru_cache
def furniture() -> dict[str, Any]:
    """Everything else a portal says."""
    return dict(yaml.safe_load(_HERE.joinpath("furniture.yaml").read_text("utf-8")))


def seeded(*parts: object) -> Random:
    """A generator that depends on these words only."""
    return Random("|".join(map(str, parts)))  # noqa: S311 - texts of a test, no secret


@dataclass(frozen=True)
class Encoding:
    """How pages are written: `codec` truly; header and meta as declared, empty if not at all."""

    name: str
    codec: str
    header: str
    meta: str


_ENCODINGS = (
    Encoding("utf-8", "utf-8", "utf-8", "utf-8"),
    Encoding("utf-8 by meta", "utf-8", "", "utf-8"),
    Encoding("utf-8 of loose marks", "utf-8", "utf-8", "utf-8"),
    Encoding("windows-1258", "cp1258", "windows-1258", ""),
    Encoding("windows-1258 by meta", "cp1258", "", "windows-1258"),
    Encoding("utf-16", "utf-16", "utf-16", ""),
    Encoding("entities", "ascii", "iso-8859-1", "iso-8859-1"),
    Encoding("utf-8 called iso-8859-1", "utf-8", "iso-8859-1", "utf-8"),
    Encoding("utf-8 called windows-1252", "utf-8", "", "windows-1252"),
    Encoding("windows-1258 called utf-8", "cp1258", "utf-8", "utf-8"),
)
ENCODINGS = {encoding.name: encoding for encoding in _ENCODINGS}


def without_marks(text: str) -> str:
    """The text as typed on a keyboard without Vietnamese letters."""
    loose = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in loose if not unicodedata.combining(letter))


def slug_of(text: str) -> str:
    """The text as part of an address."""
    words = "".join(c if c.isalnum() else " " for c in without_marks(text).lower())
    return "-".join(words.split())


def encode(text: str, encoding: Encoding) -> bytes:
    """The page as bytes in its true encoding."""
    if encoding.codec == "cp1258":
        return "".join(map(_windows_1258, text)).encode("cp1258", "xmlcharrefreplace")
    if encoding.codec == "ascii":
        return text.encode("ascii", "xmlcharrefreplace")
    if encoding.name == "utf-8 of loose marks":
        return unicodedata.normalize("NFD", text).encode("utf-8")
    return text.encode(encoding.codec)


@lru_cache(maxsize=4096)
def _windows_1258(letter: str) -> str:
    loose = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in loose if mark in _TONES)
    if not tones:
        return letter
    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        base = "".join(mark for mark in loose if mark not in _TONES)
        return unicodedata.normalize("NFC", base) + tones
    return letter


@dataclass(frozen=True)
class Names:
    """The names of one body as its portal writes them; `domain` is that of its mail."""

    place: str
    body: str
    council: str
    leader: str
    english: str
    domain: str


def filled(text: str, names: Names, rng: Random, newest: date) -> str:
    """The text with its blanks filled; dates drawn lie up to 40 days before `newest`."""
    words = furniture()
    person = " ".join(rng.choice(words[part]) for part in ("surnames", "middles", "givens"))
    box = without_marks(person.split()[-1]).lower() + str(rng.randrange(10, 99))
    values = {
        "number": str(rng.randrange(12, 280)),
        "person": person,
        "phone": f"(02{rng.randrange(3, 99):02d}) 3{rng.randrange(10**6):06d}",
        "mail": f"{box}@{names.domain}",
        "mail_spelt": f"{box}[at]{names.domain}",
        "date": (newest - timedelta(days=rng.randrange(41))).strftime("%d/%m/%Y"),
        **vars(names),
    }
    return text.format_map(values)
