"""Fonts and paragraph styles of annex.pdf, from `pdf_look.yaml`, and text made fit for them.

Belongs here: registering the embedded font, styles, escaped markup. Does not belong here: pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont

from assets.plaintext import plain
from assets.release.annex.wordxml import LONGEST

#: Package that holds the font files; its wheel is in the lock with its hash.
FONT_PACKAGE = "fontpkg_ibm_plex_serif"
REGULAR = "Plex"

_ALIGNS = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT}


@cache
def _declared() -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "pdf_look.yaml").read_text("utf-8")
    )
    return declared


def page() -> Mapping[str, float]:
    """Sides and margins of the paper in points."""
    form: Mapping[str, float] = _declared()["page"]
    return form


@cache
def glyphs() -> frozenset[int]:
    """Code points that every font of the file has a glyph for; the fonts are registered."""
    held = []
    for name, weight in _declared()["fonts"].items():
        font = files(FONT_PACKAGE) / "files" / f"IBMPlexSerif-{weight}.ttf"
        with as_file(font) as path:
            made = TTFont(name, str(path))
        registerFont(made)
        held.append(frozenset(made.face.charToGlyph))
    return frozenset.intersection(*held)


@cache
def style(name: str, align: str = "") -> ParagraphStyle:
    """A declared paragraph style, with another alignment if one is given."""
    glyphs()
    spec = _declared()["paragraphs"][name]
    return ParagraphStyle(
        f"{name} {align}",
        fontName=spec["font"],
        fontSize=spec["size"],
        leading=spec["leading"],
        alignment=_ALIGNS[align or spec.get("align", "left")],
        spaceBefore=spec.get("before", 0),
        spaceAfter=spec.get("after", 0),
        leftIndent=spec.get("left", 0),
        rightIndent=spec.get("right", 0),
        splitLongWords=1,
    )


def markup(text: str) -> str:
    """The text as reportlab markup: nothing in it acts, what has no glyph is a visible escape."""
    held = glyphs()
    shown = plain(text, LONGEST)
    return escape("".join(sign if ord(sign) in held else ascii(sign)[1:-1] for sign in shown))
