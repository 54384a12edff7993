"""What a round of a shard found, as the document of results that the warehouse takes in.

Belongs here: from the journal and its evidence to lines of results. Does not belong here: making
visits (`rounds`), the shape of the lines (`document`), and reading them again (`reading`).

The lines follow from the journal alone, in an order of their own: a round that was killed and gone
on with gives the same document as one that was not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assets.crawl.checks.answers import answers
from assets.crawl.checks.probe import read_probe
from assets.crawl.checks.rules import Rules
from assets.crawl.checks.site import address_key
from assets.crawl.evidence.journal import PAGE, ROBOTS, Entry, Journal
from assets.crawl.evidence.records import Record
from assets.crawl.model import Answer, Target, Visit
from assets.crawl.results.document import Round, check_line, probe_line, round_line, visit_line
from assets.crawl.rounds.window import Window, WindowError

Line = dict[str, Any]


def lines_of(
    window: Window,
    about: Round,
    journal: Journal,
    targets: Mapping[str, Target],
    rules: Rules,
) -> Iterator[Line]:
    """The lines of a round that is done, targets in the order of their ids.

    Portals are judged by the day of the round. WindowError if a target has not been visited.
    """
    visited: dict[str, list[Entry]] = {target_id: [] for target_id in targets}
    for entry in journal.entries.values():
        if entry.part != ROBOTS:
            visited[entry.target_id].append(entry)
    folder = window.shard_folder(about.shard).name
    yield round_line(about)
    for target_id in sorted(targets):
        target = targets[target_id]
        entries = sorted(visited[target_id], key=lambda e: (e.visit.url != target.url, e.visit.url))
        if not entries or entries[0].visit.url != target.url:
            raise WindowError(
                f"{target_id} has not been visited in round {about.round_no}; go on with the round"
            )
        for entry in entries:
            yield visit_line(target_id, entry.visit, entry.record, folder)
        if target.kind == "portal":
            pages = {entry.visit.url: entry for entry in entries if entry.part == PAGE}
            visits = {url: journal.visit(entry) for url, entry in pages.items()}
            records = {url: entry.record for url, entry in pages.items()}
            listed = answers(visits, target.url, rules, about.round_date)
            yield from check_lines(target, visits, records, listed)
        else:
            visit = journal.visit(entries[0])
            reading = read_probe(visit, target.declared_level, rules)
            yield probe_line(target_id, visit, reading, entries[0].record)


def check_lines(
    target: Target,
    visits: Mapping[str, Visit],
    records: Mapping[str, Record | None],
    listed: Iterable[Answer],
) -> Iterator[Line]:
    """The lines of the answers of a portal, each with the page that it names; an answer on what
    is nowhere rests on the home page. `visits` and `records` are by the address asked for, the
    home page first."""
    by_key: dict[str, str] = {}
    for asked, visit in visits.items():
        for url in (visit.url, visit.final_url):
            by_key.setdefault(address_key(url), asked)
    for answer in listed:
        asked = answer.url
        if asked not in visits:
            asked = by_key.get(address_key(answer.url), target.url)
        record = records[asked] or records[target.url]
        yield check_line(
            target.target_id,
            answer,
            visits[asked].fetched_at,
            record.content_sha256 if record else None,
            record.record_id if record else None,
        )
