"""What a hostile or odd file is, and its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hostile_form import LINE_COUNT

Build = Callable[[], bytes]


@dataclass(frozen=True)
class Case:
    """A file and its outcome: `refused` names the rule, or lines are `blank` and, by cell,
    `aside` under a rule; all others are accepted."""

    name: str
    build: Build
    refused: str | None = None
    aside: Mapping[str, str] = field(default_factory=dict)
    blank: int = 0
    lines: int = LINE_COUNT
    is_synthetic: bool = False
