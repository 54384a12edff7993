"""A workbook as its XML parts: which sheets there are, and what their cells share.

Does not belong here: the archive (`container`), the cells (`cells`), and which sheet is meant.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from assets.received.cells import Cells, Sheet, Texts
from assets.received.container import Parts, parse
from assets.received.letters import nfc
from assets.received.refusal import FileRefusedError

MAX_STRINGS = 200_000

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True)
class SheetEntry:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    is_visible: bool


@dataclass
class Book:
    """A workbook: its sheets in order, and what all of them share."""

    parts: Parts
    path: str
    entries: list[SheetEntry]
    is_1904: bool

    def sheet(self, entry: SheetEntry) -> Sheet:
        """The cells of a sheet. FileRefusedError beyond the limits or if it is damaged."""
        related = _relations(self.parts, self.path)
        shared = _Strings()
        styles = _Styles()
        for kind, target in (("/sharedStrings", shared), ("/styles", styles)):
            for of_kind, path in related.values():
                if of_kind.endswith(kind):
                    parse(_part(self.parts, path), target, path)
        if entry.relation not in related:
            raise FileRefusedError("workbook_damaged", f"sheet {entry.name} has no content")
        path = related[entry.relation][1]
        sheet = Sheet(nfc(entry.name).strip())
        reader = Cells(sheet, shared.strings, styles.dates(), self.is_1904, path)
        parse(_part(self.parts, path), reader, path)
        return sheet


def open_book(parts: Parts) -> Book:
    """The workbook in an archive. FileRefusedError `unknown_format` if there is none in it."""
    for kind, path in _relations(parts, "").values():
        if kind.endswith("/officeDocument") and path in parts:
            listing = _Listing()
            parse(parts[path], listing, path)
            if listing.is_workbook:
                return Book(parts, path, listing.entries, listing.is_1904)
    raise FileRefusedError("unknown_format", "an archive without a workbook (XLSX)")


def _part(parts: Parts, path: str) -> bytes:
    if path not in parts:
        raise FileRefusedError("workbook_damaged", f"{path} is missing")
    return parts[path]


def _relations(parts: Parts, path: str) -> dict[str, tuple[str, str]]:
    """Id -> (type, path) of what a part refers to inside the archive."""
    folder, name = posixpath.split(path)
    rels = posixpath.join(folder, "_rels", f"{name}.rels")
    found = _Relations(folder)
    if rels in parts:
        parse(parts[rels], found, rels)
    return found.related


class _Relations:
    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.related: dict[str, tuple[str, str]] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == _RELATION and attributes.get("TargetMode", "Internal") == "Internal":
            target = posixpath.join("/", self.folder, attributes.get("Target", ""))
            path = posixpath.normpath(target).lstrip("/")
            self.related[attributes.get("Id", "")] = (attributes.get("Type", ""), path)

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


class _Listing(Texts):
    """workbook.xml: the sheets and the date system."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[SheetEntry] = []
        self.is_1904 = False
        self.is_workbook = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbook":
            self.is_workbook = True
        elif name == "workbookPr":
            self.is_1904 = attributes.get("date1904") in ("1", "true")
        elif name == "sheet":
            relation = next((v for k, v in attributes.items() if k.endswith("}id")), "")
            is_visible = attributes.get("state", "visible") == "visible"
            self.entries.append(SheetEntry(attributes.get("name", ""), relation, is_visible))


class _Strings(Texts):
    """sharedStrings.xml: the texts that cells refer to by number, without phonetic guides."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self.current = ""
        self.in_guide = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self.current = ""
        elif name == "rPh":
            self.in_guide = True
        elif name == "t" and not self.in_guide:
            self.keep()

    def on_end(self, name: str) -> None:
        if name == "t" and not self.in_guide:
            self.current += self.text()
        elif name == "rPh":
            self.in_guide = False
        elif name == "si":
            self.strings.append(self.current)
            if len(self.strings) > MAX_STRINGS:
                raise FileRefusedError("sheet_too_large", f"more than {MAX_STRINGS} texts")


class _Styles(Texts):
    """styles.xml: which cell styles show a date."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: dict[str, str] = {}
        self.style_formats: list[str] = []
        self.in_cells = False

    def on_start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.in_cells = True
        elif name == "xf" and self.in_cells:
            self.style_formats.append(attributes.get("numFmtId", "0"))

    def on_end(self, name: str) -> None:
        if name == "cellXfs":
            self.in_cells = False

    def dates(self) -> list[bool]:
        """By number of the style."""
        built_in = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        known = {**built_in, **self.formats}
        return [is_date_format(known.get(number)) for number in self.style_formats]
