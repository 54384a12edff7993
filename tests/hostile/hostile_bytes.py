"""Files that are no form, forms in other encodings, and archives made to do harm."""

from __future__ import annotations

import random
import struct
import unicodedata
import zipfile
from collections.abc import Callable, Iterator

from hostile_case import Case
from hostile_form import (
    ANSWERS,
    FORM,
    FORM_PART,
    STRINGS_PART,
    book,
    csv_text,
    in_1258,
    in_font,
    parts_of,
    ref,
    repacked,
    with_cells,
    with_rows,
    zipped,
)

from assets.submissions.textform import json_bytes

# --- not a form at all ----------------------------------------------------------------------------

#: Noise that packs badly, the same in every run.
NOISE = random.Random(1)  # noqa: S311
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


def formats() -> Iterator[Case]:
    docx = [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<document/>")]
    yield Case("empty.xlsx", lambda: b"", "file_empty")
    yield Case("too_large.csv", lambda: b" " * (20 * 1024 * 1024 + 1), "file_too_large")
    yield Case("report.pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "unknown_format")
    yield Case("pdf_named.xlsx", lambda: b"%PDF-1.4\nx", "unknown_format")
    yield Case("report.docx", lambda: zipped(docx), "unknown_format")
    yield Case("plain.zip", lambda: zipped([("a.txt", b"text")]), "unknown_format")
    yield Case("old.xls", lambda: OLE + b"Workbook", "old_workbook")
    yield Case(
        "password.xlsx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "workbook_encrypted"
    )
    yield Case("html_named.xls", lambda: b"<html><table><tr><td>1</table>", "unknown_format")
    yield Case("letter.rtf", lambda: b"{\\rtf1 text}", "unknown_format")
    yield Case("scan.png", lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "unknown_format")
    yield Case("random.bin", lambda: b"\xfa" + NOISE.randbytes(4_000), "unknown_format")
    yield Case("letter.txt", lambda: "Kính gửi Bộ\n".encode(), "unknown_format")
    yield Case("form.xlsx.gz", lambda: b"\x1f\x8b\x08" + bytes(40), "unknown_format")


# --- encodings ------------------------------------------------------------------------------------


def encodings() -> Iterator[Case]:
    text = csv_text()
    typed = {font: in_font(text, font) for font in ("tcvn3", "vni")}
    yield Case("utf8_bom.csv", lambda: text.encode("utf-8-sig"))
    yield Case("utf8.csv", lambda: text.encode())
    yield Case("utf16.csv", lambda: text.encode("utf-16"))
    yield Case("utf16_be.csv", lambda: b"\xfe\xff" + text.encode("utf-16-be"))
    yield Case("nfd.csv", lambda: unicodedata.normalize("NFD", text).encode())
    yield Case("windows_1258.csv", lambda: in_1258(text))
    yield Case("windows_1258.json", lambda: in_1258(json_bytes(FORM, ANSWERS).decode()))
    yield Case("utf16_no_mark.csv", lambda: text.encode("utf-16-le"), "encoding_undecidable")
    yield Case("utf32.csv", lambda: text.encode("utf-32"), "encoding_undecidable")
    yield Case(
        "utf8_cut.csv", lambda: text.encode("utf-8-sig") + b"\xe1\xba", "encoding_undecidable"
    )
    yield Case(
        "marks_lost.csv", lambda: text.encode("cp1252", "replace") + b"\xe9", "encoding_undecidable"
    )
    yield Case(
        "read_as_1252.csv",
        lambda: text.encode().decode("latin-1").encode(),
        "font_encoding_suspected",
    )
    yield Case(
        "tcvn3_bytes.csv", lambda: typed["tcvn3"].encode("latin-1"), "font_encoding_suspected"
    )
    yield Case(
        "vni_bytes.csv",
        lambda: typed["vni"].encode("latin-1", "replace"),
        "font_encoding_suspected",
    )
    yield Case("tcvn3.csv", lambda: typed["tcvn3"].encode(), "font_encoding_suspected")
    yield Case("vni.csv", lambda: typed["vni"].encode(), "font_encoding_suspected")
    yield Case("tcvn3_cells.xlsx", lambda: _in_cells("tcvn3"), "font_encoding_suspected")
    yield Case("vni_cells.xlsx", lambda: _in_cells("vni"), "font_encoding_suspected")
    yield Case("tcvn3_name.xlsx", lambda: _one_cell("tcvn3"), "font_encoding_suspected")
    yield Case("vni_body.csv", lambda: _in_head("vni"), "font_encoding_suspected")
    yield Case("tcvn3_evidence.xlsx", _evidence, "font_encoding_suspected")
    yield Case("nfd.xlsx", lambda: replaced_all(lambda t: unicodedata.normalize("NFD", t)))


def replaced_all(change: Callable[[str], str]) -> bytes:
    """The form with every text of its cells changed."""
    return repacked({STRINGS_PART: change(parts_of(book())[STRINGS_PART].decode()).encode()})


def _in_cells(font: str) -> bytes:
    return replaced_all(lambda text: in_font(text, font))


def _one_cell(font: str) -> bytes:
    return with_cells({ref("staff", "name_vi"): in_font("Số cán bộ", font)})


def _in_head(font: str) -> bytes:
    return csv_text().replace("Bộ Mẫu", in_font("Bộ Mẫu", font)).encode()


def _evidence() -> bytes:
    words = "Báo cáo số liệu ứng dụng công nghệ thông tin của đơn vị"
    return with_cells({ref("staff", "evidence"): in_font(words, "tcvn3")})


# --- archives -------------------------------------------------------------------------------------


def _bytes_at_ratio_50(size: int) -> bytes:
    return b"".join(NOISE.randbytes(4) + b"x" * 396 for _ in range(size // 400))


def _sizes_lie() -> bytes:
    """Every entry says in the directory that it holds ten bytes."""
    data = bytearray(book())
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 24 : at + 28] = struct.pack("<I", 10)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _flagged(flag: int) -> bytes:
    """The first entry carries a flag in the directory."""
    data = bytearray(book())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= flag
    return bytes(data)


def _same_bytes_twice() -> bytes:
    """A second entry of the directory points at the bytes of the first."""
    data = book()
    start = data.find(b"PK\x01\x02")
    end = data.find(b"PK\x05\x06")
    length = 46 + struct.unpack("<H", data[start + 28 : start + 30])[0]
    first = data[start : start + length]
    renamed = first[:46] + b"z" + first[47:]
    tail = bytearray(data[end:])
    count = struct.unpack("<H", tail[10:12])[0] + 1
    size = end - start + length
    tail[8:20] = struct.pack("<HHII", count, count, size, start)
    return data[:end] + renamed + bytes(tail)


def _amplified() -> bytes:
    """A hundred thousand cells that all show one long text."""
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<si><t>{'x' * 30_000}</t></si></sst>"
    )
    rows = "".join(
        f'<row r="{row}" spans="1:{NOISE.randrange(10**9)}">'
        + "".join(f'<c t="s" s="{NOISE.randrange(10)}"><v>0</v></c>' for _ in range(9))
        + "</row>"
        for row in range(1, 9_000)
    )
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    return repacked({STRINGS_PART: strings.encode(), FORM_PART: sheet.encode()})


def archives() -> Iterator[Case]:
    yield Case("giant_cell.xlsx", _giant_cell, "zip_ratio")
    yield Case(
        "zeros.xlsx", lambda: repacked(add=[("xl/media/a.bin", bytes(40_000_000))]), "zip_ratio"
    )
    yield Case(
        "entry_60mb.xlsx",
        lambda: repacked(add=[("xl/media/a.bin", _bytes_at_ratio_50(60_000_000))]),
        "zip_too_large",
    )
    yield Case("total_240mb.xlsx", _total, "zip_too_large")
    yield Case(
        "entries_2001.xlsx",
        lambda: repacked(add=[(f"xl/media/{n}", b"") for n in range(2_001)]),
        "zip_too_large",
    )
    yield Case("texts_shown_often.xlsx", _amplified, "sheet_too_large")
    yield Case("archive_inside.xlsx", lambda: repacked(add=[("xl/a.bin", book())]), "zip_nested")
    yield Case(
        "gzip_inside.xlsx", lambda: repacked(add=[("xl/a.bin", b"\x1f\x8b\x08")]), "zip_nested"
    )
    yield Case("sizes_lie.xlsx", _sizes_lie, "zip_damaged")
    yield Case("bytes_twice.xlsx", _same_bytes_twice, "zip_damaged")
    yield Case("cut.xlsx", lambda: book()[: len(book()) // 2], "zip_damaged")
    yield Case("flipped.xlsx", _flipped, "zip_damaged")
    yield Case("bzip2.xlsx", lambda: repacked(method=zipfile.ZIP_BZIP2), "zip_damaged")
    yield Case("encrypted_entry.xlsx", lambda: _flagged(1), "zip_encrypted")
    yield Case("same_name.xlsx", lambda: _twice(FORM_PART), "zip_names")
    yield Case("same_name_case.xlsx", lambda: _twice(FORM_PART.upper()), "zip_names")
    yield Case("way_up.xlsx", lambda: repacked(add=[("../../etc/cron.d/x", b"x")]), "zip_names")
    yield Case("absolute.xlsx", lambda: repacked(add=[("/etc/passwd", b"x")]), "zip_names")
    yield Case("drive.xlsx", lambda: repacked(add=[("C:/x.bat", b"x")]), "zip_names")
    yield Case("backslash.xlsx", lambda: repacked(add=[("xl\\x.bat", b"x")]), "zip_names")


def _giant_cell() -> bytes:
    cell = f'<row r="900"><c r="F900" t="inlineStr"><is><t>{"a" * 40_000_000}</t></is></c></row>'
    return with_rows(cell)


def _total() -> bytes:
    data = _bytes_at_ratio_50(48_000_000)
    return repacked(add=[(f"xl/media/{n}.bin", data) for n in range(5)])


def _flipped() -> bytes:
    """One bit of a packed sheet is another."""
    data = bytearray(book())
    data[data.find(FORM_PART.encode()) + 400] ^= 1
    return bytes(data)


def _twice(name: str) -> bytes:
    return zipped([*parts_of(book()).items(), (name, b"<worksheet/>")])
