"""JSON-LD as a release writes it: context inside the file, so that nothing has to be fetched.

Addresses of files are relative to the place where the description lies.
"""

from __future__ import annotations

from typing import Any

from assets.lake.atomic import canonical_json

_HARMLESS = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def linked_json(value: Any) -> bytes:
    """Canonical JSON in which no text can end the script element of a page it is put into."""
    text = canonical_json(value).decode()
    for sign, escape in _HARMLESS.items():
        text = text.replace(sign, escape)
    return text.encode()
