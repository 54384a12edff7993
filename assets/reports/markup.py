"""Markup of the report's text: bold marks, a few HTML tags, links, lists, escapes. No meaning."""

from __future__ import annotations

import re

_TAG = re.compile(r"</?(?:b|strong|i|em|u|a|ul|ol|li|br|sup)(?:\s[^<>]*)?/?>")
_BOLD = re.compile(r"(?<!\()\*\*(?!\))")  # "(**)" is a footnote mark, not bold
_ESCAPE = re.compile(r"\\([*_\\\[\]()#.-])")
_LINK = re.compile(r'<a\s+href="([^"<>]*)"[^<>]*>')
_ITEM = re.compile(r"<li(?:\s[^<>]*)?>")
_FOOTNOTE_MARK = re.compile(r"\s*\(\s*\*+\s*\)")


def clean(raw: str) -> str:
    """The text without tags, bold marks and escapes, with single spaces. Addresses and footnote
    marks keep their form."""
    text = _ESCAPE.sub(r"\1", _BOLD.sub("", _TAG.sub(" ", raw)))
    return " ".join(text.split())


def link_url(raw: str) -> str | None:
    """Address behind the first link of the cell, as printed; null when there is none."""
    found = _LINK.search(raw)
    return found.group(1) if found else None


def list_items(raw: str) -> list[str]:
    """Clean texts of the cell: what stands before its list, then one text a list item."""
    return [text for piece in _ITEM.split(raw) if (text := clean(piece))]


def comparable(raw: str) -> str:
    """Form in which titles and headers are compared: clean, without footnote marks and case."""
    return " ".join(_FOOTNOTE_MARK.sub(" ", clean(raw)).split()).casefold()
