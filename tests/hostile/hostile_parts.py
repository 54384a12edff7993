"""Workbooks whose XML is made to do harm, or that hold what no form may hold."""

from __future__ import annotations

from collections.abc import Iterator

from hostile_bytes import OLE
from hostile_case import Case
from hostile_form import (
    FORM_PART,
    STRINGS_PART,
    book,
    parts_of,
    repacked,
    replaced,
    with_rows,
    zipped,
)

_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
_FETCH = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _with_doctype(part: str, doctype: str) -> bytes:
    text = parts_of(book())[part].decode()
    return repacked({part: text.replace("?>", f"?>{doctype}", 1).encode()})


def _doctype_in_utf16() -> bytes:
    text = f'<?xml version="1.0" encoding="utf-16"?>{_LAUGHS}<x/>'
    return repacked({"docProps/app.xml": text.encode("utf-16")})


def _with_type(content_type: str) -> bytes:
    override = f'<Override PartName="/xl/a.bin" ContentType="{content_type}"/></Types>'
    return replaced("[Content_Types].xml", "</Types>", override)


def _related(kind: str, target: str) -> bytes:
    """The form's sheet refers to something outside."""
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId9" TargetMode="External" Target="' + target + '" Type='
        f'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}"/>'
        "</Relationships>"
    )
    return repacked(add=[("xl/worksheets/_rels/sheet2.xml.rels", rels.encode())])


def parts() -> Iterator[Case]:
    yield Case("laughs.xlsx", lambda: _with_doctype(STRINGS_PART, _LAUGHS), "xml_doctype")
    yield Case("fetch.xlsx", lambda: _with_doctype("xl/workbook.xml", _FETCH), "xml_doctype")
    yield Case(
        "doctype_sheet.xlsx", lambda: _with_doctype(FORM_PART, "<!DOCTYPE x>"), "xml_doctype"
    )
    yield Case(
        "doctype_unused.xlsx", lambda: _with_doctype("docProps/core.xml", _LAUGHS), "xml_doctype"
    )
    yield Case("doctype_utf16.xlsx", _doctype_in_utf16, "xml_doctype")
    yield Case("not_xml.xlsx", lambda: replaced(FORM_PART, "<row", "<rov"), "workbook_damaged")
    yield Case("no_element.xlsx", lambda: repacked({FORM_PART: b""}), "workbook_damaged")
    yield Case("unknown_encoding.xlsx", _unknown_encoding, "workbook_damaged")
    yield Case("deep.xlsx", _deep)
    yield Case("no_strings.xlsx", lambda: _without(STRINGS_PART), "workbook_damaged")
    yield Case("no_sheet.xlsx", lambda: _without(FORM_PART), "workbook_damaged")
    yield Case("text_number.xlsx", lambda: _text_number("999999"), "workbook_damaged")
    yield Case("cell_twice.xlsx", lambda: with_rows(_row(900, 901, 900)), "workbook_damaged")
    yield Case("macro.xlsm", lambda: repacked(add=[("xl/vbaProject.bin", b"x")]), "macros")
    yield Case(
        "macro_type.xlsx",
        lambda: _with_type("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        "macros",
    )
    yield Case(
        "macro_sheet.xlsx", lambda: repacked(add=[("xl/macrosheets/s.xml", b"<x/>")]), "macros"
    )
    yield Case(
        "embedded.xlsx",
        lambda: repacked(add=[("xl/embeddings/oleObject1.bin", b"x")]),
        "embedded_objects",
    )
    yield Case("ole_hidden.xlsx", lambda: repacked(add=[("xl/a.bin", OLE)]), "embedded_objects")
    yield Case(
        "active.xlsx", lambda: repacked(add=[("xl/activeX/a.xml", b"<x/>")]), "embedded_objects"
    )
    yield Case(
        "other_book.xlsx",
        lambda: repacked(add=[("xl/externalLinks/externalLink1.xml", b"<x/>")]),
        "external_links",
    )
    yield Case(
        "query.xlsx", lambda: repacked(add=[("xl/connections.xml", b"<x/>")]), "external_links"
    )
    yield Case("picture.xlsx", lambda: _related("image", "http://a.vn/b.png"), "external_links")
    yield Case("link.xlsx", lambda: _related("hyperlink", "https://a.vn/"))


def _unknown_encoding() -> bytes:
    text = parts_of(book())[FORM_PART].decode().replace("UTF-8", "x-no-such", 1)
    return repacked({FORM_PART: text.encode()})


def _deep() -> bytes:
    depth = 20_000
    nested = f"<extLst>{'<ext>' * depth}{'</ext>' * depth}</extLst></worksheet>"
    return replaced(FORM_PART, "</worksheet>", nested)


def _without(part: str) -> bytes:
    return zipped((name, data) for name, data in parts_of(book()).items() if name != part)


def _text_number(number: str) -> bytes:
    return with_rows(f'<row r="900"><c r="F900" t="s"><v>{number}</v></c></row>')


def _row(*numbers: int) -> str:
    return "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in numbers)
