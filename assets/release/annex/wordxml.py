"""WordprocessingML of the annex, element by element, from texts that may hold anything.

Belongs here: escaped XML of paragraphs, tables, fields. Does not belong here: what stands where.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from assets.plaintext import plain

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

#: No text of a release is as long; `plain` wants a limit.
LONGEST = 100_000


def harmless(text: str) -> str:
    """The text as XML content: hidden and control characters as visible escapes."""
    return escape(plain(text, LONGEST))


def run(text: str, style: str = "", properties: str = "") -> str:
    """A run of text in a character style."""
    styled = f"<w:rStyle w:val={quoteattr(style)}/>" if style else ""
    return (
        f"<w:r><w:rPr>{styled}{properties}</w:rPr>"
        f'<w:t xml:space="preserve">{harmless(text)}</w:t></w:r>'
    )


def paragraph(style: str, content: str, properties: str = "") -> str:
    """A paragraph of runs in a paragraph style."""
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{properties}</w:pPr>{content}</w:p>"


def bookmarked(content: str, name: str, number: int) -> str:
    """Runs inside a bookmark; names and numbers are unique in the document."""
    return (
        f'<w:bookmarkStart w:id="{number}" w:name={quoteattr(name)}/>{content}'
        f'<w:bookmarkEnd w:id="{number}"/>'
    )


def link(content: str, name: str) -> str:
    """Runs that lead to a bookmark."""
    return f'<w:hyperlink w:anchor={quoteattr(name)} w:history="1">{content}</w:hyperlink>'


def field_start(instruction: str) -> str:
    """The beginning of a field, up to where its present text stands."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def field(instruction: str, present: str) -> str:
    """A field with its present text."""
    return field_start(instruction) + run(present) + FIELD_END


def cell(width: int, paragraphs: str, properties: str = "") -> str:
    """A cell of a table row; `width` in twentieths of a point."""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{properties}</w:tcPr>{paragraphs}</w:tc>'
    )


def row(cells: Iterable[str], *, is_head: bool = False) -> str:
    """A row that is not cut by a page end; a head is repeated on every page."""
    head = "<w:tblHeader/>" if is_head else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def table(widths: Sequence[int], rows: Iterable[str]) -> str:
    """A table with lines around every cell and fixed widths; its first row is the head."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        '<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" '
        'w:noHBand="1" w:noVBand="1"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
