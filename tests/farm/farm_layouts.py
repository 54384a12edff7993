"""Six ways to lay out a portal, from nested tables of 2003 to cards of 2016.

Belongs here: the markup around content. Does not belong here: what the content is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from tests.farm.farm_plan import SitePlan
from tests.farm.farm_words import furniture, slug_of, without_marks


@dataclass(frozen=True)
class Link:
    """An entry of a menu; `place` as in `Section`."""

    label: str
    href: str
    place: str = "menu"


@dataclass(frozen=True)
class Block:
    """A heading on the front page, with its address if it links, and what is beneath."""

    label: str
    href: str
    html: str


@dataclass(frozen=True)
class View:
    """One page before its markup. `heading` and `main` are empty on the front page."""

    plan: SitePlan
    name: str
    tools: Sequence[str]
    menu: Sequence[Link]
    comments: Sequence[Link]
    blocks: Sequence[Block]
    footer: str
    heading: str
    main: str
    head: str


def shown(plan: SitePlan, label: str) -> str:
    """A label of a menu or a heading as the site writes it, escaped."""
    text = without_marks(label) if plan.form.marks == "mixed" else label
    return escape(text.upper() if plan.upper else text)


def picture(plan: SitePlan, name: str, alt: str) -> str:
    """An image; on sites without alternative texts only the logo may have one."""
    told = plan.form.accessible[1] or (name == "logo" and plan.rng("logo").random() < 0.5)
    text = f' alt="{escape(alt)}"' if told else ""
    return f'<img src="/images/{slug_of(name)}.gif"{text}>'


def anchor(plan: SitePlan, link: Link) -> str:
    """A link as text, as a picture, or as an icon with a title."""
    label = shown(plan, link.label)
    if link.place == "icon":
        return f'<a href="{escape(link.href)}" title="{label}"><i class="bieu-tuong"></i></a>'
    if link.place == "image":
        title = "" if plan.form.accessible[1] else f' title="{label}"'
        number = len(link.label)
        image = picture(plan, f"nut-{number}", link.label)
        return f'<a href="{escape(link.href)}"{title}>{image}</a>'
    return f'<a href="{escape(link.href)}">{label}</a>'


def document(view: View) -> str:
    """The whole page."""
    plan = view.plan
    has_lang, _, has_skip = plan.form.accessible
    old = plan.form.layout == "table"
    kind = ' PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"' if old else ""
    lang = ""
    if has_lang:
        lang = plan.rng("lang").choice((' lang="vi"', ' lang="vi-VN"', ' xml:lang="vi" lang="vi"'))
    label = plan.rng("skip").choice(furniture()["skip"])
    skip = f'<a class="an" href="#noi-dung">{escape(label)}</a>' if has_skip else ""
    title = f"{view.heading} - {view.name}" if view.heading else view.name
    body = _LAYOUTS[plan.form.layout](view)
    return (
        f"<!DOCTYPE html{kind}>\n<html{lang}>\n<head>{_declared(plan)}"
        f"<title>{escape(title)}</title>{view.head}</head>\n<body>{skip}\n{body}\n</body></html>\n"
    )


def _declared(plan: SitePlan) -> str:
    charset = plan.form.encoding.meta
    if not charset:
        return ""
    if plan.form.layout == "table":
        return f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    return f'<meta charset="{charset}">'


def _items(view: View) -> list[str]:
    """The entries of the menu, each as a list item; those switched off as comments."""
    entries = [f"<li>{anchor(view.plan, link)}</li>" for link in view.menu]
    off = [f"<!-- <li>{anchor(view.plan, link)}</li> -->" for link in view.comments]
    return entries + off


def _main(view: View, heading: str = "h1") -> str:
    """Content of the page: its text, or the blocks of the front page."""
    plan = view.plan
    if view.heading:
        return f"<{heading}>{shown(plan, view.heading)}</{heading}>\n{view.main}"
    blocks = [
        f'<section id="{slug_of(block.label)}"><h2>{_title(plan, block)}</h2>\n{block.html}'
        "</section>"
        for block in view.blocks
    ]
    return view.main + "\n".join(blocks)


def _title(plan: SitePlan, block: Block) -> str:
    return anchor(plan, Link(block.label, block.href)) if block.href else shown(plan, block.label)


def _top_menu(view: View) -> str:
    entries = _items(view)
    first, rest = entries[:5], entries[5:]
    more = f'<li class="xo"><span>+</span><ul>{"".join(rest)}</ul></li>' if rest else ""
    return (
        f'<header><div class="logo">{_logo(view)}</div>{"".join(view.tools)}'
        f"<nav><ul>{''.join(first)}{more}</ul></nav></header>"
        f'<main id="noi-dung">{_main(view)}</main><footer>{view.footer}</footer>'
    )


def _side_menu(view: View) -> str:
    return (
        f'<div id="dau-trang">{_logo(view)}{"".join(view.tools)}</div>'
        f'<div id="cot-trai"><ul class="menu-doc">{"".join(_items(view))}</ul></div>'
        f'<div id="noi-dung">{_main(view, "h3")}</div><div id="chan-trang">{view.footer}</div>'
    )


def _footer(view: View) -> str:
    entries = _items(view)
    columns = [entries[start::3] for start in range(3)]
    lists = "".join(f"<div><ul>{''.join(column)}</ul></div>" for column in columns)
    return (
        f"<header>{_logo(view)}{''.join(view.tools)}</header>"
        f'<div id="noi-dung" class="rong">{_main(view)}</div>'
        f'<footer><div class="cot">{lists}</div><address>{view.footer}</address></footer>'
    )


def _table(view: View) -> str:
    plan = view.plan
    menu = "".join(
        f'<tr><td bgcolor="#003399"><font color="white">{anchor(plan, link)}</font></td></tr>'
        for link in view.menu
    )
    menu += "".join(f"<!-- <tr><td>{anchor(plan, link)}</td></tr> -->" for link in view.comments)
    blocks = "".join(
        f'<tr><td class="tieude" id="{slug_of(block.label)}"><b><font size="3">'
        f"{_title(plan, block)}</font></b></td></tr><tr><td>{block.html}</td></tr>"
        for block in view.blocks
    )
    if view.heading:
        head = f'<font size="4"><b>{shown(plan, view.heading)}</b></font>'
        blocks = f"<tr><td>{head}</td></tr><tr><td>{view.main}</td></tr>"
    else:
        blocks = f"<tr><td>{view.main}</td></tr>{blocks}"
    return (
        '<center><table width="1000" border="0" cellpadding="0"><tr><td colspan="2">'
        f"{_logo(view)}{''.join(view.tools)}</td></tr>"
        f'<tr><td width="200" valign="top"><table>{menu}</table></td>'
        f'<td valign="top"><a name="noi-dung"></a><table>{blocks}</table></td></tr>'
        f'<tr><td colspan="2" align="center">{view.footer}</td></tr></table></center>'
    )


def _one_page(view: View) -> str:
    own = [Link(block.label, f"/#{slug_of(block.label)}") for block in view.blocks]
    entries = [f"<li>{anchor(view.plan, link)}</li>" for link in own] + _items(view)
    return (
        f'<nav class="dinh"><ul>{"".join(entries)}</ul></nav>'
        f"<header>{_logo(view)}{''.join(view.tools)}</header>"
        f'<div id="noi-dung">{_main(view)}</div><footer>{view.footer}</footer>'
    )


def _grouped(view: View) -> str:
    cards = "".join(
        f'<div class="the">{picture(view.plan, f"the-{n}", link.label)}'
        f"{anchor(view.plan, link)}</div>"
        for n, link in enumerate(view.menu)
    )
    off = "".join(f"<!-- <div>{anchor(view.plan, link)}</div> -->" for link in view.comments)
    return (
        f"<header>{_logo(view)}{''.join(view.tools)}</header>"
        f'<main id="noi-dung">{_main(view)}</main><div class="luoi">{cards}{off}</div>'
        f"<footer>{view.footer}</footer>"
    )


def _logo(view: View) -> str:
    return f'<a href="/">{picture(view.plan, "logo", view.name)}</a><p>{escape(view.name)}</p>'


_LAYOUTS: dict[str, Callable[[View], str]] = {
    "top_menu": _top_menu,
    "side_menu": _side_menu,
    "footer": _footer,
    "table": _table,
    "one_page": _one_page,
    "grouped": _grouped,
}
