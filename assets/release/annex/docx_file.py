"""annex.docx: real headings, repeated table heads, page numbers, contents; same bytes always.

Belongs here: where each part of the annex stands in the document. Does not belong here: XML of
single elements (`wordxml`), styles (`docx_styles`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.oxml import parse_xml
from docx.section import Section as PageSection
from docx.shared import Twips

from assets.release.annex import wordxml as xml
from assets.release.annex.docx_styles import add_styles, page, style_id
from assets.release.annex.model import Annex, Cell, Chapter, Column, Note, Said, Section, Table
from assets.release.annex.words import sentence, words

#: Parts of the file carry this time: the first that a zip can hold.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)

_SHADE = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>'
_MIDDLE = '<w:vAlign w:val="center"/>'
_BOLD = "<w:b/>"


def docx(annex: Annex) -> bytes:
    """The annex as a Word document."""
    document = Document()
    add_styles(document)
    _properties(document, annex)
    _Writer(document).write(annex)
    return _same_bytes(document)


class _Writer:
    """Appends the parts of the annex to a document in order."""

    def __init__(self, document: WordDocument) -> None:
        self._document = document
        self._bookmarks = 0
        self._wide = False

    def write(self, annex: Annex) -> None:
        _set_page(self._document.sections[0], wide=False)
        self._footer()
        self._pair("Annex Title", "Annex Title English", sentence("heading"))
        self._pair("Annex Title", "Annex Title English", annex.title)
        for text in annex.lead:
            self._pair("Annex Text", "Annex Text English", text)
        self._contents(annex)
        for chapter in annex.chapters:
            self._chapter(chapter)
        self._turn(wide=False)
        for section in annex.closing:
            self._section(section)

    def _add(self, *elements: str) -> None:
        body = self._document.element.body
        for element in elements:
            opened = element.split(" ", 1)[0].split(">", 1)[0]
            named = element.replace(opened, f'{opened} xmlns:w="{xml.NAMESPACE}"', 1)
            body.insert(len(body) - 1, parse_xml(named))

    def _pair(self, style: str, english: str, text: Said) -> None:
        self._add(_paragraph(style, text.vi))
        if text.en:
            self._add(_paragraph(english, text.en))

    def _contents(self, annex: Annex) -> None:
        """A contents field with its present text; Word puts in page numbers when it updates it."""
        self._pair("Annex Contents Heading", "Annex Heading English", annex.contents)
        entries = [
            (f"Annex Contents {level}", text)
            for chapter in annex.chapters
            for level, text in ((1, chapter.title), *((2, _headline(t)) for t in chapter.tables))
        ]
        entries += [("Annex Contents 1", section.title) for section in annex.closing]
        for number, (style, text) in enumerate(entries):
            english = xml.run(f" / {text.en}", properties="<w:i/>") if text.en else ""
            content = xml.link(xml.run(text.vi) + english, _bookmark(number))
            begin = xml.field_start(r'TOC \o "1-2" \h \z') if number == 0 else ""
            end = xml.FIELD_END if number == len(entries) - 1 else ""
            self._add(xml.paragraph(style_id(style), begin + content + end))

    def _heading(self, level: int, text: Said, properties: str = "") -> None:
        content = xml.bookmarked(xml.run(text.vi), _bookmark(self._bookmarks), self._bookmarks)
        self._bookmarks += 1
        self._add(xml.paragraph(style_id(f"Heading {level}"), content, properties))
        if text.en:
            self._add(_paragraph("Annex Heading English", text.en))

    def _chapter(self, chapter: Chapter) -> None:
        self._turn(wide=bool(chapter.tables) and chapter.tables[0].wide)
        self._heading(1, chapter.title, "<w:pageBreakBefore/>")
        for remark in chapter.remarks:
            self._pair("Annex Text", "Annex Text English", remark)
        for table in chapter.tables:
            self._turn(wide=table.wide)
            self._heading(2, _headline(table))
            self._add(_table(table))
            self._notes(table.notes)
            self._add(_paragraph("Annex Gap", ""))

    def _notes(self, notes: Iterable[Note]) -> None:
        for note in notes:
            mark = xml.run(note.mark, style_id("Annex Mark")) + xml.run(" ") if note.mark else ""
            self._add(xml.paragraph(style_id("Annex Note"), mark + xml.run(note.text.vi)))
            if note.text.en:
                self._add(_paragraph("Annex Note English", note.text.en))

    def _section(self, section: Section) -> None:
        self._heading(1, section.title)
        for text in section.paragraphs:
            self._pair("Annex Text", "Annex Text English", text)

    def _turn(self, *, wide: bool) -> None:
        """Begin a new page of the other orientation, if it is another."""
        if wide != self._wide:
            _set_page(self._document.add_section(WD_SECTION.NEW_PAGE), wide=wide)
            self._document.paragraphs[-1].style = self._document.styles["Annex Gap"]
            self._wide = wide

    def _footer(self) -> None:
        word = words()["page"]
        content = (
            xml.run(f"{word['vi']} ") + xml.field("PAGE", "1") + xml.run("/")
            + xml.field("NUMPAGES", "1")
        )  # fmt: skip
        footer = self._document.sections[0].footer.paragraphs[0]
        element = xml.paragraph(style_id("Annex Footer"), content)
        made = parse_xml(element.replace("<w:p>", f'<w:p xmlns:w="{xml.NAMESPACE}">', 1))
        footer._p.getparent().replace(footer._p, made)


def _headline(table: Table) -> Said:
    return Said(
        f"{table.label.vi}. {table.title.vi}",
        f"{table.label.en}. {table.title.en}" if table.title.en else "",
    )


def _bookmark(number: int) -> str:
    return f"annex_{number}"


def _paragraph(style: str, text: str, properties: str = "") -> str:
    return xml.paragraph(style_id(style), xml.run(text) if text else "", properties)


def _table(table: Table) -> str:
    widths = _widths(table.columns, wide=table.wide)
    head = xml.row(
        (
            xml.cell(
                width,
                _paragraph("Annex Column Head", column.head.vi)
                + (
                    _paragraph("Annex Column Head English", column.head.en)
                    if column.head.en
                    else ""
                ),
                _SHADE + _MIDDLE,
            )
            for width, column in zip(widths, table.columns, strict=True)
        ),
        is_head=True,
    )
    last = len(table.rows) - 1 if table.has_total else -1
    rows = (
        _row(table, widths, number, cells, is_total=number == last)
        for number, cells in enumerate(table.rows)
    )
    return xml.table(widths, (head, *rows))


def _row(
    table: Table, widths: Sequence[int], number: int, cells: Sequence[Cell], *, is_total: bool
) -> str:
    below = table.rows[number + 1] if number + 1 < len(table.rows) else None
    keep = table.has_total and number == len(table.rows) - 2
    return xml.row(
        xml.cell(
            widths[at],
            _cell(cell, table.columns[at].align, small=table.wide, bold=is_total, keep=keep),
            _merge(cell, below[at] if below else None) + _MIDDLE,
        )
        for at, cell in enumerate(cells)
    )


def _merge(cell: Cell, below: Cell | None) -> str:
    """Whether the cell goes on from the one above, or begins a merged one."""
    if cell.joined:
        return "<w:vMerge/>"
    return '<w:vMerge w:val="restart"/>' if below is not None and below.joined else ""


def _cell(cell: Cell, align: str, *, small: bool, bold: bool, keep: bool) -> str:
    """The paragraphs of a cell; `keep`: on one page with the row below."""
    style = "Annex Cell Small" if small else "Annex Cell"
    aligned = ("<w:keepNext/>" if keep else "") + f'<w:jc w:val="{align}"/>'
    marks = xml.run(" ".join(cell.marks), style_id("Annex Mark")) if cell.marks else ""
    lines = [
        xml.paragraph(
            style_id(style),
            xml.run(line, properties=_BOLD if bold else "")
            + (marks if at == len(cell.lines) - 1 else ""),
            aligned,
        )
        for at, line in enumerate(cell.lines)
    ]
    english = [_paragraph("Annex Cell English", cell.en, aligned)] if cell.en else []
    return "".join([*lines, *english]) or _paragraph(style, "", aligned)


def _widths(columns: Sequence[Column], *, wide: bool) -> list[int]:
    """Widths that fill the page between its margins."""
    form = page()
    room = form["long" if wide else "short"] - form["left"] - form["right"]
    parts = sum(column.width for column in columns)
    return [room * column.width // parts for column in columns]


def _set_page(section: PageSection, *, wide: bool) -> None:
    form = {name: Twips(length) for name, length in page().items()}
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width = form["long" if wide else "short"]
    section.page_height = form["short" if wide else "long"]
    section.left_margin, section.right_margin = form["left"], form["right"]
    section.top_margin, section.bottom_margin = form["top"], form["bottom"]


def _properties(document: WordDocument, annex: Annex) -> None:
    """Title and language; the times of making that the template has are taken out."""
    properties = document.core_properties
    properties.title, properties.subject = annex.title.vi, annex.title.en
    properties.author, properties.language = "egov-index", "vi-VN"
    properties.comments, properties.keywords = "", ""
    element = properties._element
    for child in list(element):
        if child.tag.endswith(("}created", "}modified")):
            element.remove(child)


def _same_bytes(document: WordDocument) -> bytes:
    """The file with the same time on every part."""
    saved, written = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(written, "w") as target:
        for part in source.infolist():
            entry = zipfile.ZipInfo(part.filename, _ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            target.writestr(entry, source.read(part))
    return written.getvalue()
