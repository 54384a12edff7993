"""annex.docx and annex.pdf read back for tests: what stands in each table, in Vietnamese."""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

import pdfplumber
from docx import Document
from docx.oxml.ns import qn

_LABEL = re.compile(r"Bảng ([^ ]+?)\. (.*)")

#: Sizes of Vietnamese text in cells of the PDF; smaller is a letter of a note.
_CELL_SIZES = {9.5, 9.0, 8.5}


@dataclass
class ReadTable:
    """A table as read: `english` and `marks` by (row, column), notes as (letter, text, english)."""

    number: str
    title: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    english: dict[tuple[int, int], str] = field(default_factory=dict)
    marks: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: list[list[str]] = field(default_factory=list)


def one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def docx_tables(data: bytes) -> dict[str, ReadTable]:
    """Every table of the document by its number."""
    found: dict[str, ReadTable] = {}
    current: ReadTable | None = None
    for block in Document(io.BytesIO(data)).element.body:
        if block.tag == qn("w:tbl"):
            assert current is not None
            _word_rows(block, current)
            continue
        style, (mark, text) = _style(block), _parts(block)
        if style == "Heading2":
            label = _LABEL.match(text)
            assert label is not None, text
            current = found[label[1]] = ReadTable(label[1], label[2])
        elif current is not None and style == "AnnexNote":
            current.notes.append([mark, text, ""])
        elif current is not None and style == "AnnexNoteEnglish":
            current.notes[-1][2] = text
    return found


def _style(paragraph: Any) -> str:
    """Identifier of a paragraph's style: its name without blanks."""
    found = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if found is None else str(found.get(qn("w:val")))


def _parts(paragraph: Any) -> tuple[str, str]:
    """Letters of notes, and the rest of the text."""
    marks, texts = [], []
    for run in paragraph.iter(qn("w:r")):
        style = run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}")
        is_mark = style is not None and style.get(qn("w:val")) == "AnnexMark"
        (marks if is_mark else texts).append("".join(t.text or "" for t in run.iter(qn("w:t"))))
    return "".join(marks), one_line("".join(texts))


def _word_rows(table: Any, into: ReadTable) -> None:
    for row_no, row in enumerate(table.iter(qn("w:tr"))):
        cells = []
        for column_no, cell in enumerate(row.iter(qn("w:tc"))):
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            goes_on = merge is not None and merge.get(qn("w:val")) != "restart"
            texts = []
            for paragraph in cell.iter(qn("w:p")):
                mark, text = _parts(paragraph)
                if _style(paragraph).endswith("English"):
                    into.english[row_no - 1, column_no] = text
                else:
                    texts.append(text)
                if mark:
                    into.marks[row_no - 1, column_no] = mark
            assert not goes_on or not any(texts)
            cells.append(one_line(" ".join(texts)))
        if row_no == 0:
            assert row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
            into.head = cells
        else:
            into.rows.append(cells)


def pdf_tables(data: bytes) -> dict[str, ReadTable]:
    """Every table of the PDF by its number, its pieces on several pages put together."""
    found: dict[str, ReadTable] = {}
    current: ReadTable | None = None
    with pdfplumber.open(io.BytesIO(data)) as document:
        for page in document.pages:
            headings = page.filter(_is_heading).extract_text_lines(return_chars=False)
            pieces = page.find_tables()
            blocks = sorted(
                [
                    *((line["top"], line["text"]) for line in headings),
                    *((piece.bbox[1], piece) for piece in pieces),
                ],
                key=lambda block: block[0],
            )
            words = page.filter(_is_cell)
            for _, block in blocks:
                if isinstance(block, str):
                    if label := _LABEL.match(block):
                        current = found[label[1]] = ReadTable(label[1], label[2])
                    elif current is not None and not current.head:
                        current.title += f" {block}"
                elif current is not None:
                    _pdf_rows(block, words, current)
    for table in found.values():
        table.title = one_line(table.title)
    return found


def _is_heading(one: dict[str, Any]) -> bool:
    return one["object_type"] != "char" or (
        "Bold" in one["fontname"] and round(one["size"], 1) == 11
    )


def _is_cell(one: dict[str, Any]) -> bool:
    return one["object_type"] == "char" and (
        "Italic" not in one["fontname"] and round(one["size"], 1) in _CELL_SIZES
    )


def _pdf_rows(piece: Any, words: Any, into: ReadTable) -> None:
    for row_no, row in enumerate(piece.rows):
        cells = [
            "" if box is None else one_line(words.crop(box).extract_text() or "")
            for box in row.cells
        ]
        if row_no == 0:
            assert into.head in ([], cells), "the head is not repeated as it was"
            into.head = cells
        else:
            into.rows.append(cells)
