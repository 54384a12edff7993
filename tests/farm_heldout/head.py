"""The machine's side of a page: what stands in its head and in the headers of its answer."""

from __future__ import annotations

import html

from tests.farm_heldout.builder import Builder
from tests.farm_heldout.encode import SCRIPTS
from tests.farm_heldout.feeds import feed_type
from tests.farm_heldout.plan import NO, YES

_HSTS = "max-age=31536000; includeSubDomains"
_LANGUAGES = {"English": "en", "中文": "zh", "Français": "fr"}


def meta(b: Builder) -> str:
    """The meta and link elements of a page, charset first."""
    site, script = b.site, SCRIPTS[b.site.script]
    parts = []
    if script.meta and site.skin in ("nuke", "responsive"):
        parts.append(f'<meta charset="{script.meta}">')
    elif script.meta:
        content = f"text/html; charset={script.meta}"
        parts.append(f'<meta http-equiv="Content-Type" content="{content}" />')
    if site.answers["viewport"] == YES:
        wide = '<meta name="viewport" content="width=device-width, initial-scale=1">'
        parts.append(wide)
    elif site.chance("mobile", 3) == 0:
        parts.append('<meta name="MobileOptimized" content="320" />')
    if site.answers["language_tag"] == NO and site.chance("content language", 2):
        parts.append('<meta http-equiv="content-language" content="vi" />')
    if site.chance("keywords", 3) == 0:
        words = html.escape(site.say(b.texts["keywords"]))
        parts.append(f'<meta name="keywords" content="{words}" />')
    if site.answers["feeds"] == YES and site.chance("feed form", 3) == 0:
        href = html.escape(b.skin["feed"])
        parts.append(f'<link rel="alternate" type="{feed_type(b)}" href="{href}" />')
    return "\n".join(parts)


def language(b: Builder, foreign: str) -> str:
    """The language attributes of a page, in Vietnamese or in a language of `_LANGUAGES`."""
    if b.site.answers["language_tag"] == NO:
        return ""
    tag = _LANGUAGES.get(foreign) or b.site.choose("tag", ("vi", "vi-VN"))
    plain = f' lang="{tag}"'
    return f' xml:lang="{tag}"{plain}' if "xhtml" in b.skin["page"] else plain


def headers(b: Builder) -> dict[str, str]:
    """The headers of every answer of a site, but for the type of its content."""
    found = {"server": b.skin["server"]}
    plain = b.site.answers["https"] == NO and b.site.chance("plain hsts", 6) == 0
    if b.site.answers["hsts"] == YES or plain:
        found["strict-transport-security"] = _HSTS
    return found
