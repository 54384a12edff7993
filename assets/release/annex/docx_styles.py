"""Styles of annex.docx, from `docx_styles.yaml`: real Word styles, headings in the outline.

Belongs here: putting the declared styles into a document. Does not belong here: their sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from assets.release.annex.wordxml import NAMESPACE


@cache
def _declared() -> dict[str, Any]:
    path = Path(__file__).parent / "docx_styles.yaml"
    declared: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return declared


def page() -> Mapping[str, int]:
    """Sides and margins of the paper in twentieths of a point."""
    form: Mapping[str, int] = _declared()["page"]
    return form


def style_id(name: str) -> str:
    """The identifier that a style has in the document."""
    return name.replace(" ", "")


def add_styles(document: Document) -> None:
    """Give the document its font and language, and every declared style."""
    declared = _declared()
    _default_language(document)
    for name, spec in declared["paragraphs"].items():
        _paragraph_style(document, name, spec, declared["font"])
    for name, spec in declared["characters"].items():
        element = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER).element
        element.append(_run_properties(spec, declared["font"]))


def _default_language(document: Document) -> None:
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for child in properties.findall(qn("w:lang")):
        properties.remove(child)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    properties.append(language)


def _paragraph_style(document: Document, name: str, spec: Mapping[str, Any], font: str) -> None:
    styles = document.styles
    if name in styles:
        element = styles[name].element
        for tag in ("w:pPr", "w:rPr"):
            for child in element.findall(qn(tag)):
                element.remove(child)
    else:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, element = styles["Normal"], style.element
    element.append(_paragraph_properties(spec))
    element.append(_run_properties(spec, font))


def _paragraph_properties(spec: Mapping[str, Any]) -> Any:
    """Space, alignment, place in the outline: the order of children is the schema's."""
    parts = [
        "<w:keepNext/><w:keepLines/>" if spec.get("keep_next") else "",
        f'<w:spacing w:before="{spec["before"]}" w:after="{spec["after"]}" '
        'w:line="240" w:lineRule="auto"/>',
        f'<w:ind w:left="{spec["indent"]}"/>' if "indent" in spec else "",
        f'<w:jc w:val="{spec["align"]}"/>' if "align" in spec else "",
        f'<w:outlineLvl w:val="{spec["outline"]}"/>' if "outline" in spec else "",
    ]
    return parse_xml(f'<w:pPr xmlns:w="{NAMESPACE}">{"".join(parts)}</w:pPr>')


def _run_properties(spec: Mapping[str, Any], font: str) -> Any:
    faces = " ".join(f'w:{name}="{font}"' for name in ("ascii", "hAnsi", "eastAsia", "cs"))
    parts = [
        f"<w:rFonts {faces}/>",
        "<w:b/>" if spec.get("bold") else "",
        "<w:i/>" if spec.get("italic") else "",
        '<w:color w:val="000000"/>',
        f'<w:sz w:val="{spec["size"]}"/><w:szCs w:val="{spec["size"]}"/>',
        '<w:vertAlign w:val="superscript"/>' if spec.get("superscript") else "",
        '<w:lang w:val="en-GB"/>' if spec.get("english") else "",
    ]
    return parse_xml(f'<w:rPr xmlns:w="{NAMESPACE}">{"".join(parts)}</w:rPr>')
