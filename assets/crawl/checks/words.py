"""Texts into words that can be compared, with and without marks.

Belongs here: normalising, and finding phrases in words. Does not belong here: which phrases mean
what (`rules.yaml`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from assets.entities.names import tone_form

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CHOICE = re.compile(r"\[([^\]]*)\]")
#: Spellings with i of syllables that official texts write with y.
_SPELLINGS = {
    "qui": "quy",
    "kĩ": "kỹ",
    "lí": "lý",
    "tỉ": "tỷ",
    "mĩ": "mỹ",
    "ki": "ky",
    "li": "ly",
    "ti": "ty",
    "mi": "my",
}
#: Characters of a text that are compared; longer ones are no names of anything.
LONGEST = 400


@lru_cache(maxsize=65536)
def marked(text: str) -> Words:
    """The words in small letters, marks in their new places, without punctuation."""
    folded = tone_form(text[:LONGEST]).casefold()
    found = _WORD.findall(unicodedata.normalize("NFC", folded))
    return tuple(_SPELLINGS.get(word, word) for word in found)


@lru_cache(maxsize=65536)
def unmarked(text: str) -> Words:
    """The words as `marked`, without any mark: Đấu thầu -> dau, thau."""
    return tuple(_bare(word) for word in marked(text))


@lru_cache(maxsize=65536)
def _bare(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.replace("đ", "d"))
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return _SPELLINGS.get(bare, bare)


def address_words(segment: str) -> Words:
    """The words of one part of an address: SoDoCong.aspx -> so, do, cong."""
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", segment[:LONGEST])
    return unmarked(_CAMEL.sub(" ", stem))


def expand(phrase: str) -> list[str]:
    """A phrase with choices in brackets, written out: `[tin/bản tin] mới` is two phrases."""
    choice = _CHOICE.search(phrase)
    if choice is None:
        return [" ".join(phrase.split())]
    before, after = phrase[: choice.start()], phrase[choice.end() :]
    return [made for option in choice[1].split("/") for made in expand(f"{before}{option}{after}")]


class Span(NamedTuple):
    """Words from `start` to before `end` are a phrase listed under `key`."""

    start: int
    end: int
    key: tuple[str, str]


@dataclass(frozen=True, eq=False)
class PhraseBook:
    """Phrases by the key they are listed under, found with or without marks."""

    phrases: Mapping[tuple[str, str], tuple[str, ...]]
    _with: _Index = field(init=False)
    _without: _Index = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_with", _Index(self.phrases, marked))
        object.__setattr__(self, "_without", _Index(self.phrases, unmarked))

    def spans(self, words: Words, with_marks: bool) -> list[Span]:
        """Every place where a phrase stands in the words, the longest first of those that begin
        at the same word."""
        index = self._with if with_marks else self._without
        return [
            Span(start, start + length, key)
            for start, word in enumerate(words)
            for length in index.lengths.get(word, ())
            if start + length <= len(words)
            for key in index.keys.get(words[start : start + length], ())
        ]


class _Index:
    """Keys of phrases, by their words in one form; lengths of phrases, by their first word."""

    def __init__(
        self, phrases: Mapping[tuple[str, str], tuple[str, ...]], form: Callable[[str], Words]
    ) -> None:
        keys: dict[Words, dict[tuple[str, str], None]] = defaultdict(dict)
        for key, listed in phrases.items():
            for phrase in listed:
                keys[form(phrase)][key] = None
        lengths: dict[str, set[int]] = defaultdict(set)
        for words in keys:
            lengths[words[0]].add(len(words))
        self.keys = {words: tuple(held) for words, held in keys.items()}
        self.lengths = {word: tuple(sorted(held, reverse=True)) for word, held in lengths.items()}


def covered(spans: Iterable[Span]) -> set[int]:
    """The places of the words that the spans cover."""
    return {place for span in spans for place in range(span.start, span.end)}
