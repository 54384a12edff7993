"""What is planted where: the 40 sites, their answers and the words that carry them.

Belongs here: choosing, from the lists in `sites.yaml` and `wording.yaml`, by hashes of names, so
that every run and machine gets the same farm. Does not belong here: any HTML.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

#: The day the farm is visited.
TODAY = date(2017, 2, 20)

YES, PARTIAL, NO = "yes", "partial", "no"
#: How a named section fails: its page is missing, says "being updated", or holds nothing.
MISSING, UPDATING, EMPTY = "missing", "updating", "empty"

#: Ways to write text (encode.py), by how many of the 40 sites use them.
_SCRIPTS = (
    ("utf8", 21),
    ("utf8_meta_only", 5),
    ("utf8_decomposed", 3),
    ("utf8_without_marks", 3),
    ("entities", 3),
    ("windows1258", 3),
    ("utf8_declared_latin1", 1),
    ("utf16", 1),
)
_SKINS = (
    "sharepoint",
    "liferay",
    "joomla",
    "dnn",
    "oldtable",
    "nuke",
    "responsive",
    "columns",
)
#: Share of the refused checks whose site has a menu entry that only sounds like the section.
_DECOYS_IN_TEN = 6

T = TypeVar("T")


@dataclass(frozen=True)
class Section:
    """A section that a site names. `gap` is empty if its page has content."""

    check_id: str
    label: str
    kind: str
    place: str
    parent: str
    gap: str
    items: tuple[str, ...]


@dataclass(frozen=True)
class Site:
    """One site: who owns it, how it looks, what it answers.

    newest         date of its newest item
    images_named   images have alternative texts
    helped         skip link and labels of fields
    decoys         labels of menu entries that belong to no check
    headlines      titles of news items
    """

    host: str
    code: str
    block: str
    owner: str
    org: str
    unit: str
    dept: str
    skin: str
    script: str
    answers: dict[str, str]
    sections: tuple[Section, ...]
    newest: date
    images_named: bool
    helped: bool
    decoys: tuple[str, ...]
    headlines: tuple[str, ...]

    def say(self, text: str, **more: str) -> str:
        """The text with the words of the site in place of its {names}."""
        known = {"owner": self.owner, "org": self.org, "unit": self.unit, "dept": self.dept}
        return text.format(**known, **more)

    def chance(self, topic: str, of: int) -> int:
        """A number from 0 to `of` - 1 that only the host and the topic decide."""
        return _hash(self.host, topic) % of

    def choose(self, topic: str, options: Sequence[T]) -> T:
        """One of the options, by `chance`."""
        return options[self.chance(topic, len(options))]

    def section(self, check_id: str) -> Section | None:
        """The section named for a check, or None."""
        return next((s for s in self.sections if s.check_id == check_id), None)


def _hash(*words: str) -> int:
    return int.from_bytes(hashlib.sha256("|".join(words).encode()).digest()[:8], "big")


@cache
def data(name: str) -> Any:
    """A YAML file of this package."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))


def _order(topic: str, hosts: Sequence[str]) -> list[str]:
    return sorted(hosts, key=lambda host: _hash(topic, host))


def _dealt(rule: dict[str, Any], order: list[str]) -> dict[str, str]:
    yes, partial = rule["yes"], rule["partial"]
    words = [YES] * yes + [PARTIAL] * partial + [NO] * (len(order) - yes - partial)
    return dict(zip(order, words, strict=True))


def _simple_answers(hosts: list[str]) -> dict[str, dict[str, str]]:
    """check -> host -> answer of every check that is dealt by counts."""
    wording = data("wording")
    answers: dict[str, dict[str, str]] = {}
    for check, rule in {**wording["technical"], **wording["sections"]}.items():
        order = _order(check, hosts)
        if "within" in rule:
            outer, allows = answers[rule["within"]], rule["allows"]
            order = [h for h in order if outer[h] in allows] + [
                h for h in order if outer[h] not in allows
            ]
        answers[check] = _dealt(rule, order)
    return answers


def _aids(hosts: list[str], tagged: dict[str, str]) -> dict[str, tuple[bool, bool]]:
    """host -> (images named, help): all aids, some or none, by the counts of `accessibility`."""
    counts = data("wording")["accessibility"]
    order = _order("accessibility", hosts)
    with_tag = [host for host in order if tagged[host] == YES]
    without = [host for host in order if tagged[host] == NO]
    aids = dict.fromkeys(with_tag[: counts["yes"]], (True, True))
    some = ((True, False), (False, True), (False, False))
    aids |= {h: some[i % 3] for i, h in enumerate(with_tag[counts["yes"] :])}
    aids |= dict.fromkeys(without[: counts["no"]], (False, False))
    some = ((True, False), (False, True), (True, True))
    return aids | {h: some[i % 3] for i, h in enumerate(without[counts["no"] :])}


def _accessible(tagged: str, aids: tuple[bool, bool]) -> str:
    count = (tagged == YES) + sum(aids)
    return YES if count == 3 else PARTIAL if count else NO


def _age(answer: str, host: str) -> timedelta:
    first, last = {YES: (0, 24), PARTIAL: (60, 150), NO: (230, 900)}[answer]
    return timedelta(days=first + _hash("age", host) % (last - first))


def _ranked(check: str, host: str, hosts: list[str], answer: str, dealt: dict[str, str]) -> int:
    """Place of the host among those with its answer, so that options are used evenly."""
    same = [h for h in _order(check + "/rank", hosts) if dealt[h] == answer]
    return same.index(host)


def _sections(
    hosts: list[str], host: str, answers: dict[str, dict[str, str]], words: dict[str, str]
) -> tuple[Section, ...]:
    wording = data("wording")
    found = []
    for check, rule in wording["sections"].items():
        answer = answers[check][host]
        if answer == NO:
            continue
        rank = _ranked(check, host, hosts, answer, answers[check])
        places = rule.get("places", wording["defaults"]["places"])
        gaps = (MISSING, UPDATING, EMPTY)
        place = places[_hash("place", check, host) % len(places)]
        if answer == PARTIAL and place == "foot_text":
            place = "foot"
        found.append(
            Section(
                check_id=check,
                label=rule["phrases"][rank % len(rule["phrases"])].format(**words),
                kind=rule["kind"],
                place=place,
                parent=rule.get("parent", wording["defaults"]["parent"]),
                gap=gaps[rank % len(gaps)] if answer == PARTIAL else "",
                items=tuple(item.format(**words) for item in rule["items"]),
            )
        )
    return tuple(found)


def _sounding_alike(
    host: str, answers: dict[str, dict[str, str]], words: dict[str, str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(menu entries, headlines) that share words with the checks the site answers with no."""
    entries: list[str] = []
    headlines: list[str] = []
    for check, rule in data("wording")["sections"].items():
        if answers[check][host] != NO:
            continue
        headlines += rule["headlines"]
        if rule["decoys"] and _hash("decoy", check, host) % 10 < _DECOYS_IN_TEN:
            decoys = rule["decoys"]
            entries.append(decoys[_hash("which", check, host) % len(decoys)].format(**words))
    mixed = [*headlines, *data("texts")["headlines"]]
    return tuple(dict.fromkeys(entries)), tuple(sorted(mixed, key=lambda t: _hash(host, t)))


@cache
def sites() -> dict[str, Site]:
    """Every site by its host."""
    rows = data("sites")
    hosts = [row["host"] for row in rows["sites"]]
    answers = _simple_answers(hosts)
    aids = _aids(hosts, answers["language_tag"])
    scripts = [name for name, count in _SCRIPTS for _ in range(count)]
    script_of = dict(zip(_order("script", hosts), scripts, strict=True))
    skin_of = {h: _SKINS[i % len(_SKINS)] for i, h in enumerate(_order("skin", hosts))}
    answers["accessibility"] = {h: _accessible(answers["language_tag"][h], aids[h]) for h in hosts}
    found = {}
    for row in rows["sites"]:
        host = row["host"]
        more = {**rows["defaults"][row["block"]], **row}
        words = {name: more[name] for name in ("owner", "org", "unit", "dept")}
        entries, headlines = _sounding_alike(host, answers, words)
        named, helped = aids[host]
        found[host] = Site(
            **more,
            skin=skin_of[host],
            script=script_of[host],
            answers={check: dealt[host] for check, dealt in answers.items()},
            sections=_sections(hosts, host, answers, words),
            newest=TODAY - _age(answers["freshness"][host], host),
            images_named=named,
            helped=helped,
            decoys=entries,
            headlines=headlines,
        )
    return found
