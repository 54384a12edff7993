"""From a figure that checks of a portal made to their answers, addresses, words and records.

Belongs here: what the checks behind a figure say, also where they made none. Does not belong
here: what a person decided on the figure and where it stands in a form (`scores`), the page itself
(`egov evidence`).
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.crawl.checks.names import check_names
from assets.explain.evidence import Evidence, Row
from assets.explain.tree import Node


def check_nodes(evidence: Evidence, row: Row) -> Iterator[Node]:
    """How checks made the figure of a row of ind_observations, or why they made none, then what
    the body reported in its place. Nothing for a figure that no check makes, and for a portal
    that was not looked at."""
    held = {
        answer["check_id"]: answer
        for answer in evidence.rows("ind_portal_checks", body_code=row["body_code"])
    }
    used = evidence.rows("raw_check_inputs", input_code=row["input_code"])
    if not any(use["check_id"] in held for use in used):
        return
    is_made = row["observed_figure"] is not None
    yield Node(
        "observed by checks",
        f"{row['observed_figure']} in {row['cell_ref']}: {row['raw_text']}"
        if is_made
        else "no figure, as not every one of its checks was observed",
        tuple(_check(use["check_id"], held.get(use["check_id"])) for use in used),
    )
    if is_made:
        yield Node("reported by the body", _reported(row))


def _reported(row: Row) -> str:
    if row["reported_figure"] is None:
        return "nothing"
    is_same = row["reported_figure"] == row["observed_figure"]
    return f"{row['reported_figure']} ({'the same' if is_same else 'differs'})"


def _check(check_id: str, row: Row | None) -> Node:
    """A check with its answer in force and what that rests on."""
    name = check_names().get(check_id)
    label = f"{check_id} ({name.vi})" if name else check_id
    if row is None:
        return Node(label, "no answer held")
    changed = "; answers of rounds differ" if row["answer_changed"] else ""
    unsure = "; unsure, not reviewed" if row["needs_review"] else ""
    return Node(
        label,
        f"{row['check_answer']} in window {row['window_code']}, round {row['round_no']}, observed "
        f"in {row['rounds_observed']} of {row['rounds_held']} rounds, rule {row['rule_id']}, "
        f"confidence {row['confidence']}{changed}{unsure}",
        tuple(_grounds(row)),
    )


def _grounds(row: Row) -> Iterator[Node]:
    if row["decision_reason"] is not None:
        yield Node(
            "decided by",
            f"{row['author']}: {row['decision_reason']} (the program said {row['found_answer']}; "
            f"evidence: {row['evidence']})",
        )
    for label, name in (("address", "evidence_url"), ("words", "deciding_words")):
        if row[name]:
            yield Node(label, row[name])
    if row["record_id"]:
        yield Node("page", f"egov evidence {row['record_id']}")
