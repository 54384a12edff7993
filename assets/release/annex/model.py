"""The annex before it is a file: chapters, tables, cells, notes, in both languages.

Belongs here: the shapes that `compose` fills and the two writers read. Does not belong here:
where a text is from, or how it looks on a page.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """One text in both languages; `en` is empty where there is nothing to add in English."""

    vi: str
    en: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell: its lines in Vietnamese, English beneath, letters of its notes.

    `joined`: it is one with the cell above it and has no text of its own.
    """

    lines: tuple[str, ...] = ()
    en: str = ""
    marks: tuple[str, ...] = ()
    joined: bool = False


@dataclass(frozen=True)
class Column:
    """`width` in parts of the sum of all widths; `align`: left, center or right."""

    head: Said
    width: int
    align: str


@dataclass(frozen=True)
class Note:
    """A note below a table; `mark` is the letter it is called by, empty if it stands alone."""

    mark: str
    text: Said


@dataclass(frozen=True)
class Table:
    """`label` is the number in words ('Bảng 2.1'). `has_total`: the last row is a total."""

    label: Said
    title: Said
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[Note, ...] = ()
    has_total: bool = False
    wide: bool = False


@dataclass(frozen=True)
class Chapter:
    """Tables under one heading; `remarks` stand between heading and tables."""

    title: Said
    tables: tuple[Table, ...]
    remarks: tuple[Said, ...] = ()


@dataclass(frozen=True)
class Section:
    """Paragraphs at the end: sources and method of the numbers."""

    title: Said
    paragraphs: tuple[Said, ...]


@dataclass(frozen=True)
class Annex:
    """The whole annex of a year."""

    year: int
    title: Said
    lead: tuple[Said, ...]
    contents: Said
    chapters: tuple[Chapter, ...]
    closing: tuple[Section, ...]
