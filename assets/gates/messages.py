"""The words of a failure, and the error raised when a gate cannot judge at all.

Belongs here: reading `messages.yaml` and filling in names. Does not belong here: deciding
whether something fails.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

MESSAGES = Path(__file__).parent / "messages.yaml"


class GateError(Exception):
    """The gate cannot judge: the frame as a whole is unusable or a rule is declared wrongly."""


@dataclass(frozen=True)
class Message:
    """Why something failed, in English and Vietnamese, and what to do about it."""

    reason_en: str
    reason_vi: str
    what_to_do: str


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load(MESSAGES.read_text("utf-8"))
    return texts


def message(name: str, **words: object) -> Message:
    """The message of that name with `words` filled in. KeyError if a word is not given."""
    return Message(**{part: text.format_map(words) for part, text in _texts()[name].items()})


def bounds(low: object, high: object) -> dict[str, str]:
    """Words `bounds_en` and `bounds_vi` for an inclusive range; either end may be None."""
    if high is None:
        return {"bounds_en": f"at least {low}", "bounds_vi": f"từ {low} trở lên"}
    if low is None:
        return {"bounds_en": f"at most {high}", "bounds_vi": f"không quá {high}"}
    return {"bounds_en": f"from {low} to {high}", "bounds_vi": f"từ {low} đến {high}"}
