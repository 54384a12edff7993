"""Text from outside, fit to be shown and kept: one line, nothing invisible, cut.

Belongs here: that one function. Does not belong here: what the text means.
"""

from __future__ import annotations

import unicodedata

#: Categories of signs that are invisible, unassigned, or break lines.
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def plain(text: str, length: int) -> str:
    """At most `length` characters; what is invisible or breaks lines is written as an escape."""
    if text.isprintable():
        return text[:length]
    signs = (
        ascii(sign)[1:-1] if unicodedata.category(sign) in HIDDEN else sign
        for sign in text[:length]
    )
    return "".join(signs)[:length]
