"""The crawl windows of a year in words: rounds, shards, how every target ended.

Belongs here: reading the windows for people. Does not belong here: making rounds (`campaign`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from assets.crawl.evidence.journal import NAME, PAGE, TAKEN_BACK, entries_of
from assets.crawl.fetch.statuses import outcome, statuses
from assets.crawl.rounds.window import Window, windows
from assets.lake import Lake


def year_text(lake: Lake, year: int) -> str:
    """All windows of a year, a table of outcomes for each round that has begun."""
    found = windows(lake, year)
    if not found:
        return f"{year} has no crawl window; egov crawl run {year} opens one"
    return "\n\n".join(_window_text(window) for window in found)


def _window_text(window: Window) -> str:
    facts = window.facts
    targets = window.targets().select(["target_id", "target_kind", "url"]).to_pylist()
    kinds = {target["target_id"]: target["target_kind"] for target in targets}
    counted = Counter(kinds.values())
    lines = [
        f"window {window.code} of {facts.assessment_year}"
        + (" (a rehearsal: synthetic)" if facts.is_synthetic else ""),
        f"  opened {facts.opened_on}, {facts.rounds} rounds in {facts.weeks} weeks, "
        f"{facts.shards} shards, "
        + ", ".join(f"{count:,} {kind}s" for kind, count in sorted(counted.items())),
    ]
    ended = _ended(window, {target["target_id"]: target["url"] for target in targets})
    for round_no in sorted(ended):
        done = sum(window.is_done(round_no, shard) for shard in range(1, facts.shards + 1))
        lines.append(f"  round {round_no}: {done} of {facts.shards} shards done")
        lines += _table(ended[round_no], kinds)
    return "\n".join(lines)


def _ended(window: Window, urls: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """How the own address of each target ended, by round."""
    ended: dict[int, dict[str, str]] = {}
    for shard in range(1, window.facts.shards + 1):
        for entry in entries_of(window.shard_folder(shard) / NAME):
            if entry.visit.url != urls.get(entry.target_id):
                continue
            states = ended.setdefault(entry.round_no, {})
            if entry.part == PAGE:
                states[entry.target_id] = entry.visit.status
            elif entry.part == TAKEN_BACK:
                states.pop(entry.target_id, None)
    return ended


def _table(states: dict[str, str], kinds: dict[str, str]) -> list[str]:
    counts = Counter((kinds[target_id], status) for target_id, status in states.items())
    totals = Counter(kinds[target_id] for target_id in states)
    order = sorted(counts, key=lambda key: (key[0], -counts[key], key[1]))
    lines = []
    for kind, status in order:
        count = counts[kind, status]
        share = 100 * count / totals[kind]
        meaning = statuses()[status].en
        lines.append(
            f"    {kind:8} {count:7,}  {share:5.1f} %  {outcome(status):12}  {status:17}  {meaning}"
        )
    return lines
