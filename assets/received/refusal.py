"""A file that is refused as a whole, and why in words as far as the file alone says it.

Belongs here: what a refusal is, and the reasons that hold for every file from outside
(`reasons.yaml`). Does not belong here: when a file is refused, which the modules that find the
fault decide, and what to do about it, which each source says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

#: Formats as the raw tables of files name them.
XLSX, CSV, JSON, UNKNOWN = "xlsx", "csv", "json", "unknown"


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Rule id -> reason_en, reason_vi."""
    declared: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("reasons.yaml").read_text("utf-8")
    )
    return declared


class FileRefusedError(ValueError):
    """Nothing is taken from the file. `detail` says where in it and what was found there."""

    def __init__(self, rule_id: str, detail: str, file_format: str = UNKNOWN) -> None:
        super().__init__(f"{rule_id}: {detail}")
        self.rule_id = rule_id
        self.detail = detail
        self.file_format = file_format


@dataclass(frozen=True)
class FileRefused:
    """A refusal as a result: the rule, where and what, and the format as far as it is known."""

    rule_id: str
    detail: str
    file_format: str = UNKNOWN
