"""From bytes to lines: size guards, UTF-8, NFC. Shared by both readers; knows no format."""

from __future__ import annotations

import re
import unicodedata

from assets.reports.errors import SourceError

#: Far above any real report (the 2016 report has 0.1 MB), far below what would fill memory.
MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_LINE_BYTES = 1024 * 1024


def source_lines(content: bytes, *, file_name: str) -> list[str]:
    """Lines of a UTF-8 file (a byte order mark is allowed) in NFC, without line ends.

    Only line feed and carriage return end a line: page breaks and other separators stay inside.
    SourceError when the file is above 20 MB, a line above 1 MB, or the bytes are not UTF-8.
    """
    if len(content) > MAX_FILE_BYTES:
        raise SourceError(
            f"{file_name}: {len(content)} bytes, the limit is {MAX_FILE_BYTES}. "
            "Check that it is the text of one report."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_no = content.count(b"\n", 0, error.start) + 1
        raise SourceError(
            f"{file_name}, line {line_no}: not UTF-8 (byte {error.start}). Save the file as UTF-8."
        ) from None
    lines = re.split(r"\r\n|\n|\r", text)
    for line_no, line in enumerate(lines, start=1):
        if len(line) * 4 > MAX_LINE_BYTES and len(line.encode()) > MAX_LINE_BYTES:
            raise SourceError(
                f"{file_name}, line {line_no}: longer than {MAX_LINE_BYTES} bytes. "
                "Check that line ends were kept."
            )
    return [unicodedata.normalize("NFC", line) for line in lines]
