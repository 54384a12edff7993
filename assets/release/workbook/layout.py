"""`layout.yaml` and `look.yaml` of the workbook, read; phrases with their names filled in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from assets.registry import Label

_FOLDER = Path(__file__).parent


@cache
def layout() -> dict[str, Any]:
    """What stands where, and the words of the workbook."""
    return _read("layout.yaml")


@cache
def look() -> dict[str, Any]:
    """Styles, number formats, widths, heights."""
    return _read("look.yaml")


def sheet_of(table: str) -> dict[str, Any]:
    """Layout of the sheet of a release table. KeyError says where to add one."""
    try:
        sheet: dict[str, Any] = layout()["tables"][table]
    except KeyError:
        raise KeyError(
            f"table {table} has no sheet; add it under tables in {_FOLDER / 'layout.yaml'}"
        ) from None
    return sheet


def phrase(entry: Mapping[str, str], **names: object) -> Label:
    """A phrase of the layout in both languages, with $names filled in."""
    return Label(*(Template(entry[key]).substitute(names) for key in ("vi", "en")))


def _read(name: str) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((_FOLDER / name).read_text("utf-8"))
    return read
