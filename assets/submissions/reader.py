"""A filled form from the bytes of a file, by what the bytes are and not by the file's name.

Pure: no disk, no network. What comes from outside is read in a child process (`sandbox`), which
calls `read_form`. Reading is total: a RawForm or FileRefusedError, nothing else.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from assets.submissions import text
from assets.submissions.container import OLE_MAGIC
from assets.submissions.rawform import RawForm
from assets.submissions.refusal import CSV, JSON, UNKNOWN, XLSX, FileRefusedError
from assets.submissions.textread import read_csv, read_json
from assets.submissions.xlsx import read_xlsx

MAX_BYTES = 20 * 1024 * 1024

#: How an encrypted workbook names its content.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: How a workbook begins.
ZIP = b"PK\x03\x04"
_BEGINNINGS = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}


def warm_up() -> None:
    """Load what reading needs later on: a child of `worker` can open no files."""
    codecs.lookup("cp437")  # names in archives
    text.warm_up()


def read_form(content: bytes) -> RawForm:
    """The form in a file. FileRefusedError names the rule, the place and what was found there,
    and carries the format as far as it is known."""
    check_beginning(content)
    if content.startswith(ZIP):
        return _as(XLSX, read_xlsx, content)
    decoded = _text(content)
    is_json = decoded.lstrip()[:1] in ("{", "[")
    return _as(JSON, read_json, decoded) if is_json else _as(CSV, read_csv, decoded)


def check_beginning(content: bytes) -> None:
    """FileRefusedError for what is empty, too large, or begins as a format that is never read."""
    if not content:
        raise FileRefusedError("file_empty", "0 bytes")
    if len(content) > MAX_BYTES:
        raise FileRefusedError("file_too_large", f"{len(content)} bytes; the limit is {MAX_BYTES}")
    if content.startswith(OLE_MAGIC):
        is_encrypted = _ENCRYPTED in content
        raise FileRefusedError("workbook_encrypted" if is_encrypted else "old_workbook", "OLE file")
    for beginning, name in _BEGINNINGS.items():
        if content.startswith(beginning):
            raise FileRefusedError("unknown_format", name)


def read_plain(content: bytes) -> dict[str, Any]:
    """`read_form` for the other side of a pipe: `form`, or `refused` with rule, detail, format."""
    try:
        return {"form": read_form(content).as_plain()}
    except FileRefusedError as error:
        return {"refused": [error.rule_id, error.detail, error.file_format]}


def _as(file_format: str, read: Any, content: Any) -> RawForm:
    try:
        form: RawForm = read(content)
    except FileRefusedError as error:
        error.file_format = UNKNOWN if error.rule_id == "unknown_format" else file_format
        raise
    return form


def _text(content: bytes) -> str:
    if not content.startswith(_BOMS) and _BINARY.search(content):
        for encoding in ("utf-16-le", "utf-16-be"):
            if "form_id" in content.decode(encoding, "replace"):
                raise FileRefusedError("encoding_undecidable", f"{encoding} without its mark")
        raise FileRefusedError("unknown_format", "binary data")
    decoded = text.decode(content)
    if _BINARY.search(decoded.encode()):
        raise FileRefusedError("unknown_format", "control characters in text")
    if decoded.lstrip().startswith("<"):
        raise FileRefusedError("unknown_format", "HTML or XML")
    text.refuse_font_encoding(decoded)
    return decoded
