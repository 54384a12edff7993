"""Hostile and odd files, and the one outcome that each must have.

A case is refused under a rule, or accepted with so many lines accepted and blank and the lines in
quarantine by cell. The sound form has twelve lines, all filled in.
"""

from __future__ import annotations

from collections.abc import Iterator

from hostile_bytes import archives, encodings, formats
from hostile_case import Case
from hostile_parts import parts
from hostile_sheets import cells, lines, templates
from hostile_texts import csv_files, heads, json_files

GROUPS = (
    formats,
    encodings,
    archives,
    parts,
    templates,
    heads,
    cells,
    lines,
    csv_files,
    json_files,
)


def cases() -> Iterator[Case]:
    """Every case, in the order in which its file is handed in."""
    for group in GROUPS:
        yield from group()
