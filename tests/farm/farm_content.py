"""What stands on the pages of a portal: sections, news, contacts, foreign pages, feeds.

Belongs here: text as markup of its own. Does not belong here: menus and layout.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from html import escape

from tests.farm.farm_plan import TODAY, SitePlan
from tests.farm.farm_words import filled, furniture, sections

NEWS_COUNT = 8


def say(plan: SitePlan, text: str, *spot: object) -> str:
    """A text of the data files with its blanks filled for this spot of the site."""
    rng = plan.rng("say", text, *spot)
    return filled(text, plan.body.names, rng, plan.newest)


def choose(plan: SitePlan, key: str) -> str:
    """The site's own choice among the texts under that key of the furniture."""
    return say(plan, plan.rng("choose", key).choice(furniture()[key]))


def prose(lead: str, items: Sequence[str], old: bool) -> str:
    """A sentence and lines beneath it, as a list or, on old sites, as rows of a table."""
    if not items:
        return f"<p>{lead}</p>"
    if old:
        rows = "".join(f"<tr><td>{n}</td><td>{item}</td></tr>" for n, item in enumerate(items, 1))
        return f'<p>{lead}</p><table border="1">{rows}</table>'
    return f"<p>{lead}</p><ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


def section_text(plan: SitePlan, check: str) -> str:
    """What the page of a good section holds, without links."""
    words, rng = sections()[check], plan.rng("text", check)
    lines = rng.sample(words["items"], min(len(words["items"]), rng.randint(3, 5)))
    items = [escape(say(plan, line, check)) for line in lines]
    note = f"<p><em>{escape(furniture()['updating_note'])}</em></p>" if rng.random() < 0.1 else ""
    old = plan.form.layout == "table"
    return prose(escape(say(plan, words["lead"], check)), items, old) + note


def section_teaser(plan: SitePlan, check: str) -> str:
    """The first lines of a good section, for the front page."""
    lines = sections()[check]["items"][:2]
    return "".join(f"<p>{escape(say(plan, line, check))}</p>" for line in lines)


def headlines(plan: SitePlan) -> list[tuple[str, date]]:
    """News, newest first; some use the words of sections the site does not have."""
    rng, absent = plan.rng("news"), [c for c, answer in plan.answers.items() if answer == "no"]
    decoys = [h for check in absent for h in sections().get(check, {}).get("headlines", ())]
    own = rng.sample(decoys, min(3, len(decoys)))
    own += rng.sample(furniture()["headlines"], NEWS_COUNT - len(own))
    rng.shuffle(own)
    days = [0, *sorted(rng.sample(range(1, 60), NEWS_COUNT - 1))]
    return [
        (say(plan, text), plan.newest - timedelta(days=day))
        for text, day in zip(own, days, strict=True)
    ]


def news_list(plan: SitePlan, links: Sequence[str]) -> str:
    """Dated headlines, each linked; the way dates are written is the site's own."""
    entries = []
    form = plan.rng("news form").choice(("brackets", "time", "before"))
    for (text, day), link in zip(headlines(plan), links, strict=True):
        title, shown = f'<a href="{escape(link)}">{escape(text)}</a>', day.strftime(plan.date_style)
        entries.append(
            {
                "brackets": f"{title} <span>({shown})</span>",
                "time": f'{title} <time datetime="{day.isoformat()}">{shown}</time>',
                "before": f'<span class="ngay">{shown}</span> {title}',
            }[form]
        )
    return f"<ul>{''.join(f'<li>{entry}</li>' for entry in entries)}</ul>"


def news_text(plan: SitePlan, headline: str, day: date) -> str:
    """The page of one headline."""
    text = "".join(f"<p>{escape(say(plan, t, headline))}</p>" for t in furniture()["news_text"])
    return f"<p>{day.strftime(plan.date_style)}</p>{text}"


def outside_links(plan: SitePlan) -> str:
    """Addresses of other bodies, as a list or as a box to choose from."""
    pairs = furniture()["outside"]
    if plan.rng("outside").random() < 0.4:
        options = "".join(f'<option value="{url}">{escape(name)}</option>' for name, url in pairs)
        return labelled(
            plan, "lien-ket-ngoai", "Trang", f'<select id="lien-ket-ngoai">{options}</select>'
        )
    items = "".join(f'<li><a href="{url}">{escape(name)}</a></li>' for name, url in pairs)
    return f"<ul>{items}</ul>"


def labelled(plan: SitePlan, name: str, label: str, field: str) -> str:
    """A field of a form, with its label on sites that label fields."""
    if plan.form.accessible[2]:
        return f'<label for="{name}">{escape(label)}</label>{field}'
    return field


def contact_lines(plan: SitePlan) -> str:
    """Those of address, phone and email that the site gives."""
    keys = {"address": "addresses", "phone": "phones", "email": "emails"}
    lines = []
    for field in plan.contact_fields:
        line = escape(choose(plan, keys[field]))
        label, _, value = line.partition(": ")
        if "@" in value and plan.rng("mailto").random() < 0.5:
            line = f'{label}: <a href="mailto:{value}">{value}</a>'
        lines.append(f"<p>{line}</p>")
    return "".join(lines)


def clock(plan: SitePlan) -> str:
    """The day as the page shows it: today, however old the site's news is."""
    text = plan.rng("clock").choice(furniture()["today"])
    weekday = furniture()["weekdays"][TODAY.weekday()]
    day = text.format(weekday=weekday, day=TODAY.strftime("%d/%m/%Y"))
    return f'<span class="dong-ho">{day}</span>'


def login_form(plan: SitePlan) -> str:
    """Name and password."""
    name, password = furniture()["login_fields"]
    return (
        '<form method="post" action="/kiem-tra">'
        + labelled(plan, "ten", name, '<input id="ten" name="ten" type="text">')
        + labelled(plan, "mk", password, '<input id="mk" name="mk" type="password">')
        + '<input type="submit" value="OK"></form>'
    )


def feed(plan: SitePlan, name: str, base: str) -> str:
    """An RSS feed: the news, or lines of the site's documents if it has no news."""
    rows = headlines(plan) if plan.answers["news"] == "yes" else [(name, plan.newest)]
    items = "".join(
        f"<item><title>{escape(text)}</title><link>{escape(base)}</link>"
        f"<pubDate>{datetime(day.year, day.month, day.day):%a, %d %b %Y} 01:00:00 +0700</pubDate>"
        "</item>"
        for text, day in rows
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(name)}</title><link>{escape(base)}</link>{items}</channel></rss>"
    )
