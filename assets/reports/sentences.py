"""Statements on cases handled online ("21 dịch vụ có số lượng hồ sơ ... là 31.138"). The patterns
are data (`layouts/case_sentences.yaml`); here they are only applied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import yaml

from assets.reports.errors import UnreadableError
from assets.reports.layout import DIRECTORY
from assets.reports.markup import list_items
from assets.reports.numbers import Number, read_count, read_percent

#: Longest statement that is tried; the longest real one has 220 characters.
MAX_CHARACTERS = 2000


@dataclass(frozen=True)
class SentenceRule:
    """A declared pattern. `status` is that of online_cases; null when it announces a list."""

    id: str
    regex: re.Pattern[str]
    status: str | None = None
    announces_list: bool = False


@dataclass(frozen=True)
class Statement:
    """What one statement says: numbers by measure, in the order of the sentence, and, where it is
    about a field of service, the field."""

    rule: SentenceRule
    numbers: dict[str, Number]
    field: str | None


@cache
def _document() -> tuple[re.Pattern[str], tuple[SentenceRule, ...]]:
    document = yaml.safe_load((DIRECTORY / "case_sentences.yaml").read_text("utf-8"))
    rules = []
    for entry in document["rules"]:
        regex = entry["regex"]
        for name, fragment in document["fragments"].items():
            regex = regex.replace(f"{{{name}}}", fragment)
        rules.append(SentenceRule(**{**entry, "regex": re.compile(regex)}))
    return re.compile(document["statement_separator"]), tuple(rules)


def sentence_rules() -> tuple[SentenceRule, ...]:
    """The declared patterns in the order in which they are tried."""
    return _document()[1]


def split_statements(raw: str) -> list[str]:
    """Statements of a cell in printed order, without list marks and closing punctuation."""
    separator = _document()[0]
    pieces = [piece for item in list_items(raw) for piece in separator.split(item)]
    stripped = (piece.strip().removeprefix("- ").strip(" .;,") for piece in pieces)
    return [text for text in stripped if text]


def read_statement(text: str, *, level: str | None) -> Statement:
    """Reads a statement that stands in the column of that service level.

    UnreadableError: no pattern matches the whole statement, one of its numbers has no known format,
    or it names another level.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableError("statement_unreadable")
    for rule in sentence_rules():
        found = rule.regex.fullmatch(text)
        if found:
            groups = found.groupdict()
            if groups.pop("level", level) != level:
                raise UnreadableError("statement_level")
            field = groups.pop("statistic", None)
            numbers = {
                measure: read_percent(part) if measure == "online_share_pct" else read_count(part)
                for measure, part in groups.items()
            }
            return Statement(rule, numbers, field)
    raise UnreadableError("statement_unreadable")
