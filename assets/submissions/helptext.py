"""Texts of the workbook form in both languages: `help.yaml` with the words of the form put in.

Does not belong here: where a text stands and how it looks (`workbook`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.method.model import NO_WORDS, YES_WORDS
from assets.submissions.form import SHEET_FORM, SHEET_HELP, STATUS_WORDS, Form, FormLine


@dataclass(frozen=True)
class Both:
    """A text in Vietnamese and English."""

    vi: str
    en: str

    def __str__(self) -> str:
        return f"{self.vi} / {self.en}"


@dataclass(frozen=True)
class Message:
    """What a cell says: a title, and a text in both languages."""

    title: str
    text: str


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("help.yaml").read_text("utf-8"))
    return texts


@cache
def _words() -> tuple[dict[str, str], dict[str, str]]:
    """What stands for the words in braces, in Vietnamese and in English texts."""
    pairs = {**STATUS_WORDS, "yes": YES_WORDS[:2], "no": NO_WORDS[:2]}
    sheets = {"sheet": SHEET_FORM, "help": SHEET_HELP}
    vietnamese = {key: pair[0] for key, pair in pairs.items()}
    english = {key: f"{pair[0]} ({pair[1]})" for key, pair in pairs.items()}
    return vietnamese | sheets, english | sheets


def _both(entry: dict[str, str], **more: str) -> Both:
    vietnamese, english = _words()
    return Both(entry["vi"].format(**vietnamese, **more), entry["en"].format(**english, **more))


def text(key: str) -> Both:
    """A single text by its key: title, hint, banner, footer_id, footer_page, help_title."""
    return _both(_texts()[key])


def sections(form: Form) -> Iterator[tuple[Both, list[Both]]]:
    """Headings with their items, without the items on figures that the form does not ask for."""
    asked = {word for line in form.lines for word in (line.entry.kind, line.entry.unit)}
    for section in _texts()["sections"]:
        shown = [item for item in section["items"] if item.get("when") in {None, *asked}]
        yield _both(section["heading"]), [_both(item) for item in shown]


def cell_message(key: str) -> Message:
    """The message of a `status` or `evidence` cell."""
    return _message(key, Both("", ""))


def value_message(line: FormLine) -> Message:
    """The message of a value cell: what it takes, with the bounds of the figure."""
    low, high = line.entry.min, line.entry.max
    given = {
        name: f"{bound:f}" for name, bound in (("min", low), ("max", high)) if bound is not None
    }
    bounds = _both(_texts()["bounds"]["_".join(given) or "none"], **given)
    return _message(line.entry.kind, bounds)


def _message(key: str, bounds: Both) -> Message:
    entry = _texts()["cells"][key]
    said = _both(entry, bounds_vi=bounds.vi, bounds_en=bounds.en)
    return Message(entry["title"], f"{said.vi}\n{said.en}")
