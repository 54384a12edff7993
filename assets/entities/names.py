"""Forms of a printed name, from the strictest to the most tolerant.

Each form is built on the one before it: exact, tone, plain, stripped. Two spellings are of one
name under a rule when their forms are equal. What is taken away is declared in `name_rules.yaml`.
Which body a form means is decided in `matching.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import yaml

_RULES = yaml.safe_load((Path(__file__).parent / "name_rules.yaml").read_text("utf-8"))

_TONES = "\u0300\u0301\u0303\u0309\u0323"  # grave, acute, tilde, hook, dot below
_PAIRS = "|".join(f"{first}(?={second})" for first, second in _RULES["tone_pairs"])
_SECONDS = "".join(sorted({pair[1] for pair in _RULES["tone_pairs"]}))
#: A vowel pair with the tone on the second vowel at the end of a syllable (decomposed text);
#: `qu` is a consonant, so the tone of `quý` stands where it must.
_OLD_TONE = re.compile(
    rf"(?<!q)({_PAIRS})([{_SECONDS}])([{_TONES}])(?![^\W\d_]|[\u0300-\u036f])",
    re.IGNORECASE,
)
_JOINERS = re.compile("[" + re.escape("".join(_RULES["joiners"])) + "]")
_BASE_LETTERS = str.maketrans(_RULES["base_letters"])


@lru_cache(maxsize=8192)
def exact_form(text: str) -> str:
    """NFC with single spaces: what counts as printed exactly so."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


@lru_cache(maxsize=8192)
def tone_form(text: str) -> str:
    """Exact form with every tone mark in its new-style place (Hoà -> Hòa, Uỷ -> Ủy)."""
    decomposed = unicodedata.normalize("NFD", exact_form(text))
    return unicodedata.normalize("NFC", _OLD_TONE.sub(r"\1\3\2", decomposed))


@lru_cache(maxsize=8192)
def plain_form(text: str) -> str:
    """Tone form in lower case, dashes and commas as spaces, without the words before a
    province's name (tỉnh, thành phố, TP., UBND tỉnh)."""
    return _PREFIXES.sub("", _folded(tone_form(text)))


@lru_cache(maxsize=8192)
def stripped_form(text: str) -> str:
    """Plain form without any mark: Đắk Lắk -> dak lak. The words before the name may have lost
    their marks too."""
    return _UNMARKED_PREFIXES.sub("", _unmarked(_folded(tone_form(text))))


def _folded(text: str) -> str:
    return " ".join(_JOINERS.sub(" ", text.casefold()).split())


def _unmarked(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.translate(_BASE_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _prefix_pattern(prefixes: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(set(prefixes), key=lambda prefix: (-len(prefix), prefix))
    ends = (re.escape(p) + (r"\s*" if p.endswith(".") else r"\s+") for p in longest_first)
    return re.compile(f"^(?:{'|'.join(ends)})(?=.)")


_PREFIXES = _prefix_pattern([_folded(tone_form(prefix)) for prefix in _RULES["prefixes"]])
_UNMARKED_PREFIXES = _prefix_pattern([_unmarked(prefix) for prefix in _RULES["prefixes"]])
