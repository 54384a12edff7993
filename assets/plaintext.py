"""Text from outside, fit to be shown and kept: one line, nothing invisible, cut; and nothing that a
spreadsheet would run.

Belongs here: those two functions. Does not belong here: what the text means.
"""

from __future__ import annotations

import re
import unicodedata

#: Categories of signs that are invisible, unassigned, or break lines.
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

#: What makes a spreadsheet read a cell as a formula, full-width forms included.
_LEADS = tuple("=+-@\t\r\n\0＝＋－＠")
_HARMLESS = re.compile(r"-|-?[0-9]+(\.[0-9]+)?")


def plain(text: str, length: int) -> str:
    """At most `length` characters; what is invisible or breaks lines is written as an escape."""
    if text.isprintable():
        return text[:length]
    signs = (
        ascii(sign)[1:-1] if unicodedata.category(sign) in HIDDEN else sign
        for sign in text[:length]
    )
    return "".join(signs)[:length]


def disarmed(text: str) -> str:
    """The text with an apostrophe in front if a spreadsheet would run it as a formula."""
    if text.startswith(_LEADS) and not _HARMLESS.fullmatch(text):
        return f"'{text}"
    return text
