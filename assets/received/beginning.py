"""What a file is by how it begins, whatever its name says.

Belongs here: what is refused at once, because it is never read. Does not belong here: telling the
formats that are read apart from each other, which depends on what the file should say.
"""

from __future__ import annotations

from assets.received.container import OLE_MAGIC
from assets.received.refusal import FileRefusedError

MAX_BYTES = 20 * 1024 * 1024

#: How a workbook begins.
ZIP = b"PK\x03\x04"

#: How an encrypted workbook names its content.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BEGINNINGS = {
    b"%PDF": "PDF",
    b"{\\rtf": "RTF",
    b"\x1f\x8b": "GZIP",
    b"Rar!": "RAR",
    b"7z\xbc\xaf": "7z",
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
}


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
