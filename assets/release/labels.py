"""Short words for what a release holds, Vietnamese and English: columns, and what is missing.

Belongs here: reading `labels.yaml`. Does not belong here: what a column means in full and what
codes are called (registry), how it looks (the parts of a release).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets.registry import Column, Label, words

_FILE = Path(__file__).with_name("labels.yaml")


@cache
def _labels() -> dict[str, Any]:
    labels: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return labels


def column_label(name: str) -> Label:
    """The short label of a column. KeyError says where to add one."""
    try:
        return Label(*_labels()["columns"][name])
    except KeyError:
        raise KeyError(f"column {name} has no label; add it under columns in {_FILE}") from None


def flag(value: bool) -> Label:
    """Yes or no."""
    return Label(*_labels()["flags"][str(value).lower()])


def empty_text() -> Label:
    """What stands in place of a text without characters."""
    return Label(*_labels()["empty_text"])


def absent(column: Column, row: Mapping[str, Any]) -> Label:
    """Why the column has no value in the row, in words; never a number and never empty.

    KeyError for a column without such words.
    """
    status = column.status or _labels()["status_of"].get(column.name)
    if status in row and (code := row[status]) is not None:
        known = words(status)
        if code in known and code not in _labels()["present"]:
            return known[code]
    try:
        return Label(*_labels()["absent"][column.name])
    except KeyError:
        raise KeyError(
            f"column {column.name} can be null and has no words for it; add them under absent in "
            f"{_FILE}"
        ) from None
