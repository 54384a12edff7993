"""The journal of a release in words: CHANGELOG.md beside it, and what a vintage did to ranks.

Belongs here: filling in the words of `vintages.yaml`. Text of people is made harmless in Markdown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

import yaml

from assets.lake import RELEASE, Entry, Lake
from assets.lake.atomic import write_durable
from assets.lake.journal import PUBLISHED, UNKNOWN, recorded
from assets.plaintext import plain
from assets.release.described.readme import in_markdown
from assets.release.diff.effect import list_label, rank_label, shown_number
from assets.release.diff.model import OPPOSITE
from assets.release.diff.text import cause_name
from assets.release.vintages.vintage import LONGEST, Vintage, vintages_of

LANGUAGES = ("vi", "en")
CHANGELOG = "CHANGELOG.md"


def write_changelog(lake: Lake, year: str) -> Path | None:
    """Write CHANGELOG.md beside the journal, if it says anything new. The caller holds the lock of
    the release of the year."""
    place = lake.place(RELEASE, year)
    if place.journal is None or not place.pointer.exists():
        return None
    path = place.journal.with_name(CHANGELOG)
    data = changelog(lake, year).encode()
    if not path.exists() or path.read_bytes() != data:
        write_durable(path, [data], "changelog")
    return path


def changelog(lake: Lake, year: str) -> str:
    """CHANGELOG.md of a year: its vintages, the newest first, in Vietnamese, then in English."""
    told, entries = vintages_of(lake, year), recorded(lake.place(RELEASE, year))
    return "\n".join(_changelog(told, entries, year, language) for language in LANGUAGES)


def effect_lines(says: Mapping[str, Any], language: str = "en") -> list[str]:
    """What was recorded of a vintage against the one before: counts, causes, movers; nothing if
    it was not compared."""
    effect, said = says.get("effect"), _words()[language]
    if not effect:
        return []
    counts = {**dict.fromkeys(OPPOSITE, 0), **effect, **says.get("rows", {})}
    lines = [Template(said["effect"]).safe_substitute(counts)]
    lines += [
        f"{cause_name((cause,), language)}: {plain('; '.join(evidence), LONGEST)}"
        for cause, evidence in says.get("causes", {}).items()
    ]
    for mover in effect["movers"]:
        steps = (f"{what}_{side}" for what in ("rank", "value") for side in ("before", "after"))
        shown = {name: shown_number(mover[name], language, said["none"]) for name in steps}
        names = {
            "list": list_label(mover["list"], language),
            "what": rank_label(mover["column"], language),
        }
        lines.append(Template(said["mover"]).substitute({**mover, **shown, **names}))
    return lines


def _changelog(told: Sequence[Vintage], entries: Sequence[Entry], year: str, language: str) -> str:
    said = _words()[language]
    lines = [Template(said["title"]).substitute(year=year), ""]
    for vintage in reversed(told):
        mark = f" ({said['current']})" if vintage.is_current else ""
        lines += [f"## {vintage.name}{mark}", ""]
        lines += [f"- {line}" for line in _facts(vintage, entries, language)]
        lines.append("")
    return "\n".join(lines)


def _facts(vintage: Vintage, entries: Sequence[Entry], language: str) -> list[str]:
    """What is told of a vintage in the changelog, a line each."""
    said = _words()[language]

    def line(word: str, **values: object) -> str:
        shown = {name: in_markdown(str(value)) for name, value in values.items()}
        return Template(said[word]).substitute(shown)

    at = _day(vintage.at, language)
    if vintage.author == UNKNOWN:
        lines = [line("afterwards", at=at)]
    else:
        because = line("because", reason=vintage.reason) if vintage.reason else ""
        lines = [line("published", at=at, author=vintage.author) + because]
    if vintage.parent:
        lines.append(line("parent", counter=vintage.parent["counter"]))
    lines += [in_markdown(effect) for effect in effect_lines(vintage.says, language)]
    for entry in entries:
        if entry.counter == vintage.counter and entry.kind != PUBLISHED:
            values = {"at": _day(entry.at, language), "author": entry.author}
            lines.append(line(entry.kind, **values) + line("because", reason=entry.reason))
            lines += [in_markdown(effect) for effect in effect_lines(entry.says, language)]
    code, method = vintage.says.get("code_version"), vintage.says.get("method_sha256")
    lines += [line("made_by", code=code, method=(method or "-")[:12])] if code else []
    return lines


def _day(at: str, language: str) -> str:
    return at.replace("T", " ").replace("Z", " UTC") or _words()[language]["no_date"]


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(
        (Path(__file__).parent / "vintages.yaml").read_text("utf-8")
    )
    return words
