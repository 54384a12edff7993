"""annex.pdf: the same annex on fixed pages, with an embedded font; same bytes always.

Belongs here: where each part of the annex stands on the pages. Does not belong here: sizes and
fonts (`pdf_look`). Needs no program and no font of the machine.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepInFrame,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)
from reportlab.platypus import Table as PdfTable
from reportlab.platypus.tableofcontents import TableOfContents

from assets.release.annex.model import Annex, Cell, Chapter, Note, Said, Table
from assets.release.annex.pdf_look import REGULAR, markup, page, style
from assets.release.annex.words import sentence, words

_GREY = colors.HexColor("#e7e6e6")
_LINE = colors.HexColor("#404040")

#: Points that a heading with the first rows of its table, a head, and a row in one or in two
#: languages need. A table that may fit on one page is not cut.
_ROOM, _HEAD, _ROW, _ROW_BOTH, _MOST = 110, 115, 18, 27, 640

#: Points between the lines of a table and what stands in a cell.
_ABOVE, _BELOW, _SIDE = 2, 3, 4

#: More points than any table is high.
_ENDLESS = 10**9


def pdf(annex: Annex) -> bytes:
    """The annex as a PDF: title, language and an outline for readers."""
    written = io.BytesIO()
    document = _Document(written, annex)
    document.multiBuild(_story(annex), canvasmaker=_NumberedCanvas)
    return written.getvalue()


class _NumberedCanvas(Canvas):
    """Writes 'page n of m' on every page once their number is known."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **{**named, "initialFontName": REGULAR})
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the name is reportlab's
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, kept in enumerate(self._pages, start=1):
            self.__dict__.update(kept)
            self.setFont(REGULAR, 9)
            text = f"{words()['page']['vi']} {number}/{len(self._pages)}"
            self.drawCentredString(self._pagesize[0] / 2, page()["bottom"] / 2, text)
            super().showPage()
        super().save()


class _Document(BaseDocTemplate):
    """Pages upright and across; every heading goes into the contents and the outline."""

    def __init__(self, file: io.BytesIO, annex: Annex) -> None:
        form = page()
        upright, across = (form["short"], form["long"]), (form["long"], form["short"])
        super().__init__(
            file,
            pagesize=upright,
            title=annex.title.vi,
            subject=annex.title.en,
            author="egov-index",
            creator="egov-index",
            lang="vi",
            invariant=1,
        )
        self.addPageTemplates(
            [
                PageTemplate(id=name, pagesize=size, frames=[_frame(*size)])
                for name, size in (("upright", upright), ("across", across))
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name is reportlab's
        entry = getattr(flowable, "annex_entry", None)
        if entry is None:
            return
        level, text, key = entry
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text.vi, key, level)
        self.notify("TOCEntry", (level, _entry(text), self.page, key))


def _entry(text: Said) -> str:
    """A heading as the contents list shows it."""
    return markup(text.vi) + (f" / {markup(text.en)}" if text.en else "")


def _headings(annex: Annex) -> Iterator[tuple[int, Said]]:
    """Every heading in order, with its level from 0."""
    for chapter in annex.chapters:
        yield 0, chapter.title
        yield from ((1, _headline(table)) for table in chapter.tables)
    yield from ((0, section.title) for section in annex.closing)


def _frame(width: float, height: float) -> Frame:
    form = page()
    return Frame(
        form["left"],
        form["bottom"],
        width - form["left"] - form["right"],
        height - form["top"] - form["bottom"],
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )


def _story(annex: Annex) -> list[Flowable]:
    contents = TableOfContents(
        levelStyles=[style("contents_1"), style("contents_2")], dotsMinLevel=0
    )
    # As long as it will be from the first pass on, so that the second one is the last.
    contents._lastEntries = [(level, _entry(text), 100, "") for level, text in _headings(annex)]
    story = [
        *_pair("title", sentence("heading")),
        *_pair("title", annex.title),
        *(part for text in annex.lead for part in _pair("text", text)),
        *_pair("contents", annex.contents, english="text_en"),
        contents,
    ]
    keys = iter(f"annex_{number}" for number in range(10**6))
    wide = False
    for chapter in annex.chapters:
        wide = _chapter(story, chapter, keys, wide=wide)
    _turn(story, wide=False)
    for section in annex.closing:
        story += _heading(0, section.title, next(keys))
        story += [part for text in section.paragraphs for part in _pair("text", text)]
    return story


def _chapter(story: list[Flowable], chapter: Chapter, keys: Iterator[str], *, wide: bool) -> bool:
    """Append a chapter on a new page; returns whether its last page lies across."""
    for number, table in enumerate(chapter.tables):
        if number == 0 or table.wide != wide:
            wide = table.wide
            _turn(story, wide=wide)
        if number == 0:
            story += _heading(0, chapter.title, next(keys))
            story += [part for text in chapter.remarks for part in _pair("text", text)]
        story.append(CondPageBreak(_needed(table)))
        story += _heading(1, _headline(table), next(keys))
        story += [_table(table), *_notes(table.notes), Spacer(0, 6)]
    return wide


def _needed(table: Table) -> int:
    """Room to begin the table in: all of it where a page may hold it."""
    both = any(cell.en for row in table.rows for cell in row)
    whole = _HEAD + len(table.rows) * (_ROW_BOTH if both else _ROW)
    return _ROOM if table.wide or whole > _MOST else whole


def _turn(story: list[Flowable], *, wide: bool) -> None:
    story += [NextPageTemplate("across" if wide else "upright"), PageBreak()]


def _headline(table: Table) -> Said:
    label, title = table.label, table.title
    return Said(f"{label.vi}. {title.vi}", f"{label.en}. {title.en}" if title.en else "")


def _heading(level: int, text: Said, key: str) -> list[Flowable]:
    first, *others = _pair(f"heading_{level + 1}", text, english="heading_en")
    first.annex_entry = (level, text, key)
    return [first, *others]


def _pair(name: str, text: Said, english: str = "") -> list[Flowable]:
    below = [Paragraph(markup(text.en), style(english or f"{name}_en"))] if text.en else []
    return [Paragraph(markup(text.vi), style(name)), *below]


def _notes(notes: Iterable[Note]) -> list[Flowable]:
    parts: list[Flowable] = []
    for note in notes:
        mark = f"<super>{markup(note.mark)}</super> " if note.mark else ""
        parts.append(Paragraph(mark + markup(note.text.vi), style("note")))
        if note.text.en:
            parts.append(Paragraph(markup(note.text.en), style("note_en")))
    return parts


def _table(table: Table) -> PdfTable:
    form = page()
    height, width = ("short", "long") if table.wide else ("long", "short")
    room = form[width] - form["left"] - form["right"]
    parts = sum(column.width for column in table.columns)
    widths = [room * column.width / parts for column in table.columns]
    last = len(table.rows) - 1 if table.has_total else -1
    head = [_pair("head", column.head) for column in table.columns]
    rows = [
        [
            _cell(cell, column.align, _cell_style(table, is_total=number == last))
            for cell, column in zip(cells, table.columns, strict=True)
        ]
        for number, cells in enumerate(table.rows)
    ]
    made = _grid(table, [head, *rows], widths)
    made.wrap(room, _ENDLESS)  # heights of rows below what it is given are left out
    head_height, *heights = made._rowHeights
    most = form[height] - form["top"] - form["bottom"] - head_height
    if max(heights, default=0) <= most:
        return made
    fitted = [
        row if high <= most else [_shrunk(*cell, most) for cell in zip(row, widths, strict=True)]
        for row, high in zip(rows, heights, strict=True)
    ]
    return _grid(table, [head, *fitted], widths)


def _shrunk(content: list[Flowable], width: float, height: float) -> list[Flowable]:
    """The content of a cell, smaller so that it fits on a page: reportlab cannot cut a row below a
    repeated head."""
    if not content:
        return []
    room = (width - 2 * _SIDE, height - _ABOVE - _BELOW)
    return [KeepInFrame(*room, content, mode="shrink")]


def _grid(table: Table, rows: list[list[list[Flowable]]], widths: list[float]) -> PdfTable:
    last = len(rows) - 1
    return PdfTable(
        rows,
        colWidths=widths,
        repeatRows=1,
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, _LINE),
            ("BACKGROUND", (0, 0), (-1, 0), _GREY),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("TOPPADDING", (0, 0), (-1, -1), _ABOVE),
            ("BOTTOMPADDING", (0, 0), (-1, -1), _BELOW),
            ("LEFTPADDING", (0, 0), (-1, -1), _SIDE),
            ("RIGHTPADDING", (0, 0), (-1, -1), _SIDE),
            *_spans(table),
            *([("NOSPLIT", (0, last - 1), (-1, last))] if table.has_total else []),
        ],
    )


def _cell_style(table: Table, *, is_total: bool) -> str:
    if is_total:
        return "cell_bold"
    return "cell_small" if table.wide else "cell"


def _cell(cell: Cell, align: str, name: str) -> list[Flowable]:
    marks = f"<super>{markup(' '.join(cell.marks))}</super>" if cell.marks else ""
    last = len(cell.lines) - 1
    lines = [
        Paragraph(markup(line) + (marks if at == last else ""), style(name, align))
        for at, line in enumerate(cell.lines)
    ]
    english = [Paragraph(markup(cell.en), style("cell_en", align))] if cell.en else []
    return [*lines, *english]


def _spans(table: Table) -> list[tuple[Any, ...]]:
    """Cells that go on over several rows, as spans; the head is row 0."""
    spans = []
    for column_no in range(len(table.columns)):
        start = 0
        for row_no in range(1, len(table.rows) + 1):
            if row_no < len(table.rows) and table.rows[row_no][column_no].joined:
                continue
            if row_no - start > 1:
                spans.append(("SPAN", (column_no, start + 1), (column_no, row_no)))
            start = row_no
    return spans
