"""The feeds of sites: RSS 2.0, or Atom where the address of the skin says so."""

from __future__ import annotations

import html

from tests.farm_heldout.builder import Builder


def feed_type(b: Builder) -> str:
    """The content type of the feed of a site."""
    return f"application/{'atom' if _is_atom(b) else 'rss'}+xml"


def _is_atom(b: Builder) -> bool:
    return b.skin["feed"].endswith("atom")


def feed(b: Builder, lag: int) -> tuple[str, bytes]:
    """Content type and content of a feed of the site's first dated list, `lag` days behind."""
    entries = []
    for index, title in enumerate(b.texts["neutral"][0]["items"]):
        day, name, href = b.day(index, lag), html.escape(title), html.escape(b.path(title))
        if _is_atom(b):
            entries.append(
                f'<entry><title>{name}</title><link href="{href}"/>'
                f"<updated>{day}T08:00:00+07:00</updated></entry>"
            )
        else:
            when = f"{day:%d %b %Y} 08:00:00 +0700"
            entries.append(
                f"<item><title>{name}</title><link>{href}</link><pubDate>{when}</pubDate></item>"
            )
    inner = f"<title>{html.escape(b.site.owner)}</title>{''.join(entries)}"
    if _is_atom(b):
        text = f'<feed xmlns="http://www.w3.org/2005/Atom">{inner}</feed>'
    else:
        text = f'<rss version="2.0"><channel>{inner}</channel></rss>'
    return feed_type(b), f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()
