"""Show a gate's result to people: text for the terminal, Markdown for the UI, Arrow for Parquet.

Belongs here: wording and escaping. Raw values and places are of outside origin and untrusted:
control characters are written as escapes, and in Markdown everything is made plain text.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from operator import itemgetter
from string import punctuation
from typing import Any

import pyarrow as pa

from assets.gates.check import GateResult

SHOWN_ROWS = 5
_HASH = re.compile(r"\b([0-9a-f]{12})[0-9a-f]{52}\b")
_MARKUP = re.compile(f"[{re.escape(punctuation)}]")
_LINK = re.compile(r"(?=://|@)|(?<=www)(?=\.)", re.IGNORECASE)

#: A word joiner: invisible, and keeps a renderer from turning an address into a link.
_JOINER = "\u2060"


def _visible(text: str) -> str:
    """Text on one line: control, bidirectional and other unprintable characters as escapes, file
    hashes cut to 12 characters."""
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return _HASH.sub(r"\1…", shown)


def _cell(text: str | None) -> str:
    """A Markdown table cell that renders as exactly this text: no markup, no link."""
    unlinked = _LINK.sub(_JOINER, _visible(text or ""))
    return _MARKUP.sub(lambda mark: f"&#{ord(mark[0])};", unlinked)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _summary(result: GateResult) -> str:
    judged = _count(len(result.rules), "rule")
    rows = _count(result.rows, "row")
    if result.passed:
        return f"passed: {judged} checked on {rows}."
    failed = sum(not rule.passed for rule in result.rules)
    return f"FAILED: {failed} of {judged} failed on {rows}."


def _by_rule(result: GateResult) -> list[tuple[str, list[dict[str, Any]]]]:
    lines = result.failures.to_pylist()
    return [(rule, list(group)) for rule, group in groupby(lines, key=itemgetter("rule_id"))]


def _kinds(result: GateResult) -> list[tuple[str, int]]:
    return list(Counter(rule.kind for rule in result.rules).items())


def _place(line: dict[str, Any]) -> str:
    """Where a failure is: the row of the frame checked, then the place in the source."""
    row = [] if line["row_no"] is None else [f"frame row {line['row_no']}"]
    return ", ".join([*row, *([line["where"]] if line["where"] else [])])


def _found(line: dict[str, Any]) -> str:
    return "no value" if line["raw_value"] is None else f"found '{line['raw_value']}'"


def _line_text(line: dict[str, Any], *, with_reason: bool) -> str:
    said = line["reason_en"] if with_reason else _found(line)
    return _visible(": ".join(part for part in (_place(line), said) if part))


def as_text(result: GateResult) -> str:
    """The result in plain lines: each rule that failed, how often, its first rows with where they
    come from, and what to do; for a passing gate what was checked. Row numbers count from 0."""
    lines = [f"{result.table} {_summary(result)}"]
    if result.passed:
        kinds = ", ".join(f"{kind} ({number})" for kind, number in _kinds(result))
        return "\n".join([*lines, f"  Checked: {kinds}."])
    for rule, failed in _by_rule(result):
        reasons = {line["reason_en"] for line in failed}
        one_reason = len(reasons) == 1
        count = _count(len(failed), "failure")
        said = f" {_visible(failed[0]['reason_en'])}." if one_reason else ""
        lines.append(f"\n  {rule}: {count}.{said}")
        lines += [
            f"    {_line_text(line, with_reason=not one_reason)}" for line in failed[:SHOWN_ROWS]
        ]
        if len(failed) > SHOWN_ROWS:
            lines.append(f"    and {len(failed) - SHOWN_ROWS:,} more")
        lines.append(f"    What to do: {failed[0]['what_to_do']}.")
    return "\n".join(lines)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def as_markdown(result: GateResult) -> str:
    """The result as one line and a short table, safe to render: cells show as plain text."""
    head = f"{_cell(result.table)} {_cell(_summary(result))}"
    if result.passed:
        table = [_row("Kind of rule", "Rules checked"), _row("---", "---:")]
        table += [_row(_cell(kind), str(number)) for kind, number in _kinds(result)]
    else:
        table = [
            _row("Rule", "Failures", "First found", "Where", "Reason", "What to do"),
            _row("---", "---:", "---", "---", "---", "---"),
        ]
        for rule, failed in _by_rule(result):
            first = failed[0]
            table.append(
                _row(
                    _cell(rule),
                    f"{len(failed):,}",
                    _cell(_found(first)),
                    _cell(_place(first)),
                    _cell(first["reason_en"]),
                    _cell(first["what_to_do"]),
                )
            )
    return "\n".join([head, "", *table])


def failures_table(result: GateResult) -> pa.Table:
    """The failures for Parquet: `table_name` and the columns of FAILURES, values as received."""
    names = pa.array([result.table] * result.failures.num_rows, pa.string())
    return result.failures.add_column(0, pa.field("table_name", pa.string(), nullable=False), names)
