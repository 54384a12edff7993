"""The words of every annex, filled in: notes on differences, statements on cases, codes.

Belongs here: reading `words.yaml` and putting figures into its sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from assets import registry
from assets.release.annex.model import Said
from assets.release.annex.numbers import spelled

LANGUAGES = ("vi", "en")


@cache
def words() -> dict[str, Any]:
    """The content of words.yaml."""
    loaded: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "words.yaml").read_text("utf-8")
    )
    return loaded


def sentence(place: str, **figures: object) -> Said:
    """The text at a dotted place of words.yaml, with `$names` filled in."""
    spec: Any = words()
    for key in place.split("."):
        spec = spec[key]
    return filled(spec, dict.fromkeys(LANGUAGES, figures))


def filled(spec: Mapping[str, str], figures: Mapping[str, Mapping[str, object]]) -> Said:
    """A text of both languages with the figures of each."""
    vi, en = (Template(spec.get(one, "")).substitute(figures[one]) for one in LANGUAGES)
    return Said(vi, en)


def named(row: Mapping[str, Any], column: str) -> Said:
    """What the code in a column of a row is called; the code if it has no word."""
    code = str(row[column])
    label = registry.word(column, code, row["index_code"])
    return Said(label.vi, label.en) if label else Said(code, code)


def statement(row: Mapping[str, Any]) -> str:
    """Cases of a body at one level in English, from the figures of `rel_case_counts`."""
    forms = words()["statement"]
    parts = [
        Template(form).substitute(
            n=spelled(row[column], _decimals(column, row), "en", grouped=True)
        )
        for column, form in forms["figures"].items()
        if row[column] is not None
    ]
    return "; ".join([*parts, *filter(None, [forms["status"].get(row["status"])])])


def _decimals(column: str, row: Mapping[str, Any]) -> int:
    """Decimals of a share as printed: its value without trailing zeros; counts have none."""
    if column != "online_share_pct":
        return 0
    return max(0, -int(row[column].normalize().as_tuple().exponent))
