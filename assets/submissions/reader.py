"""A filled form from the bytes of a file, by what the bytes are and not by the file's name.

Pure: no disk, no network. What comes from outside is read in a child process (`apart`), which calls
`read_form`. Reading is total: a RawForm or FileRefusedError, nothing else.
"""

from __future__ import annotations

import codecs
import re
from typing import Any

from assets.received import container, letters
from assets.received.beginning import ZIP, check_beginning
from assets.received.refusal import CSV, JSON, UNKNOWN, XLSX, FileRefusedError
from assets.submissions import text
from assets.submissions.rawform import RawForm
from assets.submissions.textread import read_csv, read_json
from assets.submissions.xlsx import read_xlsx

_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def warm_up() -> None:
    """Load what reading needs later on: a child of `worker` can open no files."""
    container.warm_up()
    letters.warm_up()


def read_form(content: bytes) -> RawForm:
    """The form in a file. FileRefusedError names the rule, the place and what was found there,
    and carries the format as far as it is known."""
    check_beginning(content)
    if content.startswith(ZIP):
        return _as(XLSX, read_xlsx, content)
    decoded = _text(content)
    is_json = decoded.lstrip()[:1] in ("{", "[")
    return _as(JSON, read_json, decoded) if is_json else _as(CSV, read_csv, decoded)


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
    text.refuse_fonts(decoded)
    return decoded
