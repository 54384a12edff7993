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
#: Longest text that is compared; longer ones are no names of anything.
_LONGEST = 400


@lru_cache(maxsize=65536)
def marked(text: str) -> Words:
    """The words in small letters, marks in their new places, without punctuation."""
    folded = tone_form(text[:_LONGEST]).casefold()
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
    stem = re.sub(r"\.[A-Za-z0-9]{2,5}$", "", segment[:_LONGEST])
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
    _with: dict[str, list[tuple[Words, tuple[str, str]]]] = field(init=False)
    _without: dict[str, list[tuple[Words, tuple[str, str]]]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_with", self._index(marked))
        object.__setattr__(self, "_without", self._index(unmarked))

    def _index(
        self, form: Callable[[str], Words]
    ) -> dict[str, list[tuple[Words, tuple[str, str]]]]:
        index: dict[str, list[tuple[Words, tuple[str, str]]]] = defaultdict(list)
        for key, phrases in self.phrases.items():
            for words in dict.fromkeys(form(phrase) for phrase in phrases):
                index[words[0]].append((words, key))
        return dict(index)

    def spans(self, words: Words, with_marks: bool) -> list[Span]:
        """Every place where a phrase stands in the words."""
        index = self._with if with_marks else self._without
        return [
            Span(start, start + len(phrase), key)
            for start, word in enumerate(words)
            for phrase, key in index.get(word, ())
            if words[start : start + len(phrase)] == phrase
        ]


def covered(spans: Iterable[Span]) -> set[int]:
    """The places of the words that the spans cover."""
    return {place for span in spans for place in range(span.start, span.end)}
