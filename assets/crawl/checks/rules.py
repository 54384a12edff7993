"""The rules by which pages are read, from `rules.yaml`.

Belongs here: loading and checking the file, and which sections a text names. Does not belong
here: looking for such texts on a page (`sections`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml

from assets.crawl.checks.words import (
    LONGEST,
    PhraseBook,
    Span,
    Words,
    covered,
    expand,
    marked,
    unmarked,
)

FILE = Path(__file__).with_name("rules.yaml")

#: Roles of phrases that name a section.
_NAMING = ("names", "alone", "weak")

KINDS = ("section", "link", "function")

_CHECK_KEYS = {"kind", "names", "alone", "weak", "with", "never", "address", "hosts"}
_NUMBERS = [
    "spare",
    "content_words",
    "headlines",
    "label_words",
    "updating_words",
    "visits",
    "tries",
    "walk",
    "band",
    "few_links",
]
_TOP_KEYS = {
    *_NUMBERS, "confidence", "fillers", "hubs", "skip_addresses", "pages", "updating", "nothing",
    "checks", "functions", "probe",
}  # fmt: skip
#: What is said of kinds of pages and of functions, and what it is.
_PAGES = {
    "challenge": {"most_words": "number", "phrases": "phrases"},
    "soft_404": {"most_words": "number", "phrases": "phrases"},
    "login": {"most_words": "number", "phrases": "phrases", "without_field": "phrases"},
    "empty": {"most_words": "number", "most_links": "number"},
}
_FUNCTIONS = {
    "freshness": {
        **dict.fromkeys(("yes_days", "partial_days", "ahead_days"), "number"),
        **dict.fromkeys(("headline_words", "article_words", "articles"), "number"),
        "clock": "phrases",
        "not_items": "phrases",
        "not_in": "words",
    },
    "search": {"words": "words", "most_fields": "number"},
    "contacts": dict.fromkeys(("phone", "address", "email", "not_address"), "phrases"),
    "accessibility": {"alt_share": "share", "skip": "phrases", "skip_anchors": "words"},
    "https": dict.fromkeys(("works", "fails", "answers"), "words"),
}
#: Texts with more words are not looked at as names.
_LONGEST_NAME = 24
#: Texts of which it is kept what they say.
_MOST_KEPT = 100_000

Kept = TypeVar("Kept")


class RulesError(ValueError):
    """The rules are at fault: the message names file, key, rule and what to do."""


class Naming(NamedTuple):
    """A text as the name of a section: by a strong phrase or a weak one, marks as they should be
    or not, words that are not explained, share of the words that are (in percent)."""

    check_id: str
    strong: bool
    marks_right: bool
    leftover: tuple[str, ...]
    named_percent: int


@dataclass(frozen=True)
class Check:
    """One check: its kind and the addresses and hosts that name it."""

    check_id: str
    kind: str
    addresses: frozenset[str]
    hosts: frozenset[str]


@dataclass(frozen=True, eq=False)
class Rules:
    """All rules. `has(group, text)` finds phrases of a group of pages, functions or the probe."""

    numbers: Mapping[str, int]
    confidence: Mapping[str, int]
    checks: Mapping[str, Check]
    skip_addresses: re.Pattern[str]
    pages: Mapping[str, Mapping[str, Any]]
    functions: Mapping[str, Mapping[str, Any]]
    probe: Mapping[str, Any]
    book: PhraseBook
    groups: PhraseBook
    _named: dict[str, tuple[Naming, ...]] = field(default_factory=dict)
    _said: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def names(self, text: str) -> tuple[Naming, ...]:
        """The sections that a text names, or holds the name of."""
        return _kept(self._named, self._naming, text[:LONGEST])

    def _naming(self, text: str) -> tuple[Naming, ...]:
        words = marked(text)
        if not words or len(words) > _LONGEST_NAME:
            return ()
        bare = unmarked(text)
        found = (
            _namings(words, self.book.spans(words, with_marks=True), True) if words != bare else []
        )
        seen = {naming.check_id for naming in found}
        without = _namings(bare, self.book.spans(bare, with_marks=False), words == bare)
        return (*found, *(naming for naming in without if naming.check_id not in seen))

    def has(self, group: str, text: str) -> str:
        """The first words in a text that are a phrase of the group; empty if none."""
        return _kept(self._said, self._saying, text[:LONGEST]).get(group, "")

    def _saying(self, text: str) -> Mapping[str, str]:
        """By group, its first phrase in a text."""
        words = marked(text)
        with_marks = words != unmarked(text)
        first: dict[str, str] = {}
        for span in self.groups.spans(words, with_marks):
            first.setdefault(span.key[0], " ".join(words[span.start : span.end]))
        return first

    def only(self, group: str, text: str) -> bool:
        """Whether a text is a phrase of the group and nothing else but fillers."""
        for words, with_marks in ((marked(text), True), (unmarked(text), False)):
            spans = self.groups.spans(words, with_marks)
            named = covered(s for s in spans if s.key[0] == group)
            fillers = covered(s for s in self.book.spans(words, with_marks) if s.key[1] == "filler")
            if named and len(named | fillers) == len(words):
                return True
        return False


def _kept(held: dict[str, Kept], read: Callable[[str], Kept], text: str) -> Kept:
    """What was read of a text before, or is read now: the lines of a portal come back on each of
    its pages."""
    if text not in held:
        if len(held) >= _MOST_KEPT:
            held.clear()
        held[text] = read(text)
    return held[text]


def _namings(words: Words, spans: Sequence[Span], marks_right: bool) -> list[Naming]:
    """Namings of all checks at once: a name that is part of a longer name of another check, or
    of a phrase that is never meant, names nothing."""
    names = [s for s in spans if s.key[1] in _NAMING]
    if not names:
        return []
    fillers = covered(s for s in spans if s.key[1] == "filler")
    found = []
    for check_id in dict.fromkeys(s.key[0] for s in names):
        own = [s for s in spans if s.key[0] == check_id]
        never = [s for s in own if s.key[1] == "never"]
        kept = [s for s in own if s.key[1] in _NAMING and not _overridden(s, names, never)]
        if not kept:
            continue
        extra = covered(s for s in own if s.key[1] == "with")
        places = covered(kept)
        left = [w for i, w in enumerate(words) if i not in places | extra | fillers]
        roles = {s.key[1] for s in kept}
        percent = 100 * (len(words) - len(left)) // len(words)
        left = [word for word in left if not word.isdigit()]
        if left and roles == {"alone"}:
            continue
        strong = roles != {"weak"}
        found.append(Naming(check_id, strong, marks_right, tuple(left), percent))
    return found


def _overridden(span: Span, names: Sequence[Span], never: Sequence[Span]) -> bool:
    """Whether a span is part of a longer name, or shares words with what is never meant. What is
    never meant does not count within the name itself: without marks, "su lanh dao" is part of
    "tieu su lanh dao"."""
    return any(_is_part(span, o) for o in names) or any(
        o.start < span.end and span.start < o.end and not _is_part(o, span) for o in never
    )


def _is_part(inner: Span, outer: Span) -> bool:
    shorter = inner.end - inner.start < outer.end - outer.start
    return shorter and outer.start <= inner.start and inner.end <= outer.end


@cache
def rules() -> Rules:
    """The rules of the project."""
    return load_rules(FILE.read_bytes(), FILE.name)


def load_rules(content: bytes, file: str) -> Rules:
    """Rules from a YAML file. RulesError for the first fault found."""
    return _Loader(file).load(content)


class _Loader:
    """Reads one file; errors name it."""

    def __init__(self, file: str) -> None:
        self.file = file

    def error(self, place: str, rule: str, todo: str) -> RulesError:
        return RulesError(f"{self.file}: {place}: {rule}; {todo}")

    def load(self, content: bytes) -> Rules:
        try:
            top = yaml.safe_load(content.decode("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            raise self.error("top level", f"no YAML in UTF-8 ({error})", "mend it") from None
        self.keys(top, "top level", _TOP_KEYS, needed=_TOP_KEYS)
        numbers = {name: self.number(top[name], name, 1) for name in _NUMBERS}
        confidence = {
            name: self.number(value, f"confidence: {name}", -100, 100)
            for name, value in self.mapping(top["confidence"], "confidence").items()
        }
        checks = {
            check_id: self.check(check_id, entry)
            for check_id, entry in self.mapping(top["checks"], "checks").items()
        }
        self.settings(top["pages"], "pages", _PAGES)
        self.settings(top["functions"], "functions", _FUNCTIONS)
        return Rules(
            numbers=numbers,
            confidence=confidence,
            checks=checks,
            skip_addresses=self.patterns(top["skip_addresses"]),
            pages=top["pages"],
            functions=top["functions"],
            probe=self.probe(top["probe"]),
            book=self.book(top),
            groups=self.groups(top),
        )

    def keys(self, value: Any, place: str, allowed: set[str], needed: set[str]) -> None:
        self.mapping(value, place)
        for key in sorted(needed - set(value)):
            raise self.error(place, f"the key {key} is missing", "add it")
        for key in sorted(set(map(str, value)) - allowed):
            raise self.error(place, f"the key {key} is not known", "remove it or mend it")

    def mapping(self, value: Any, place: str) -> Mapping[str, Any]:
        if not isinstance(value, dict):
            raise self.error(place, "a mapping is expected", "write key: value")
        return value

    def settings(self, value: Any, place: str, known: Mapping[str, Mapping[str, str]]) -> None:
        """Groups of settings, each of the kind that is known of it."""
        self.keys(value, place, set(known), needed=set(known))
        for group, kinds in known.items():
            self.keys(value[group], f"{place}: {group}", set(kinds), needed=set(kinds))
            for key, kind in kinds.items():
                self.setting(value[group][key], f"{place}: {group}: {key}", kind)

    def setting(self, value: Any, place: str, kind: str) -> None:
        if kind == "number":
            self.number(value, place, 0)
        elif kind == "share":
            if not re.fullmatch(r"0\.\d{1,6}|1", str(value)):
                raise self.error(place, f"{value!r} is no share from 0 to 1", 'write "0.9"')
        else:
            self.phrases(value, place)

    def number(self, value: Any, place: str, low: int, high: int = 100_000) -> int:
        if type(value) is not int or not low <= value <= high:
            raise self.error(place, f"{value!r} is no whole number from {low} to {high}", "mend it")
        return value

    def patterns(self, patterns: Sequence[str]) -> re.Pattern[str]:
        try:
            return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
        except re.error as error:
            raise self.error("skip_addresses", f"no pattern ({error})", "mend it") from None

    def check(self, check_id: str, entry: Any) -> Check:
        place = f"checks: {check_id}"
        self.keys(entry, place, _CHECK_KEYS, needed={"kind"})
        if entry["kind"] not in KINDS:
            raise self.error(f"{place}: kind", f"{entry['kind']!r}", f"use {', '.join(KINDS)}")
        if entry["kind"] != "function" and not entry.get("names"):
            raise self.error(place, "it has no names", "list phrases under names")
        made = {"".join(unmarked(p)) for p in self.phrases(entry.get("names", []), place)}
        addresses = {name for name in made if len(name) >= 5} | set(entry.get("address", []))
        return Check(
            check_id, entry["kind"], frozenset(addresses), frozenset(entry.get("hosts", []))
        )

    def phrases(self, listed: Any, place: str) -> tuple[str, ...]:
        if not isinstance(listed, list) or not all(isinstance(p, str) for p in listed):
            raise self.error(place, f"{listed!r} is no list of phrases", 'write ["a", "b"]')
        made = tuple(dict.fromkeys(p for phrase in listed for p in expand(phrase)))
        for phrase in made:
            if not marked(phrase) or "[" in phrase or "]" in phrase:
                raise self.error(place, f"{phrase!r} is no phrase", "write words; close brackets")
        return made

    def book(self, top: Mapping[str, Any]) -> PhraseBook:
        phrases = {("", "filler"): self.phrases(top["fillers"], "fillers")}
        for check_id, entry in top["checks"].items():
            for role in ("names", "alone", "weak", "with", "never"):
                place = f"checks: {check_id}: {role}"
                phrases[check_id, role] = self.phrases(entry.get(role, []), place)
        return PhraseBook(phrases)

    def groups(self, top: Mapping[str, Any]) -> PhraseBook:
        listed: dict[str, Any] = {name: top[name] for name in ("hubs", "updating", "nothing")}
        for kind, entry in top["pages"].items():
            listed[kind] = entry.get("phrases", [])
            listed[f"{kind}.without_field"] = entry.get("without_field", [])
        functions = top["functions"]
        for function, kinds in _FUNCTIONS.items():
            named = [key for key, kind in kinds.items() if kind == "phrases"]
            listed |= {f"{function}.{key}": functions[function][key] for key in named}
        listed |= {f"probe.{k}": top["probe"][k] for k in ("submit", "payment", "not_payment")}
        return PhraseBook({(name, ""): self.phrases(v, name) for name, v in listed.items()})

    def probe(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        numbers = ("measured_at_least", "down_at_most", "share_digits", "form_fields")
        made = {**entry, **{n: self.number(entry.get(n), f"probe: {n}", 0) for n in numbers}}
        return {**made, "runs_share": Decimal(str(entry["runs_share"]))}
