"""From a computed score to its criteria, and from these to the cells of the forms.

Belongs here: the rows behind a computed criterion and the order of its tree. Does not belong
here: the sentence of a formula (`formulas`), what checks saw (`checks`), published figures
(`figures`). Published and computed figures are never shown in one node.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any

from assets.explain.checks import check_nodes
from assets.explain.evidence import Evidence, Row, plain
from assets.explain.formulas import Scored, formula, number
from assets.explain.tree import Node
from assets.method.engine import as_decimal

#: What the author of a figure's state did, by what gave the state; a state that is not named
#: here is under None.
_DEEDS: dict[str, dict[str | None, str]] = {
    "confirmation": {"disputed": "disputed by", None: "confirmed by"},
    "override": {"overridden": "overridden by", None: "taken out by"},
}


def computed_scores(evidence: Evidence, code: str, criterion: str) -> list[Node]:
    """One node for each series in which the body has a score at the criterion."""
    return [
        _computed(evidence, row)
        for row in evidence.rows("idx_scores", body_code=code, criterion=criterion)
    ]


def computed_criteria(evidence: Evidence, code: str) -> list[str]:
    """The criteria at which the body has a score, sorted."""
    return sorted({row["criterion"] for row in evidence.rows("idx_scores", body_code=code)})


def _computed(evidence: Evidence, row: Row) -> Node:
    return Node(
        "computed",
        f"{row['index_code']}, regime {row['regime']}, {row['universe']}, method "
        f"{row['method_sha256'][:12]}",
        (
            *_result(row),
            Node("coverage", f"{row['criteria_known']} of {row['criteria_asked']} criteria"),
            Node("state", _state(row)),
            _criterion(evidence, _scored(evidence, row)),
        ),
    )


def _result(row: Row) -> Iterator[Node]:
    """Value and rank, or for a criterion without points the sum of its figures and rank."""
    value = row["index_value"]
    if row["quantity"] is not None:
        yield Node("quantity", number(row["quantity"]))
    elif value is None:
        yield Node("index value", f"none ({row['score_status']})")
    else:
        printed = as_decimal(Fraction(value), row["decimals"])
        yield Node("index value", f"{printed} (to 12 decimals {plain(value)})")
    if row["ranking"] is not None:
        yield Node("rank", str(row["rank"] or "none"))


def _state(row: Row) -> str:
    words = (
        "incomplete" if row["is_incomplete"] else "complete",
        "reconstructed criteria" if row["is_reconstructed"] else "no reconstructed criterion",
        "SYNTHETIC DATA" if row["is_synthetic"] else "no synthetic data",
    )
    return ", ".join(words)


def _scored(evidence: Evidence, row: Row) -> Scored:
    """The criterion with all beneath it, in the order of the method."""
    series = {name: row[name] for name in ("index_code", "universe", "body_code")}
    place = {name: row[name] for name in ("regime", "block", "criterion")}
    parts = evidence.rows("idx_scores", parent_criterion=row["criterion"], **series)
    return Scored(
        score=row,
        node=_one(evidence, "raw_method_nodes", place),
        figures=_one(evidence, "ind_criterion_scores", {**series, "criterion": row["criterion"]}),
        steps=sorted(evidence.rows("raw_method_steps", **place), key=lambda s: s["step_no"]),
        parts=[_scored(evidence, part) for part in sorted(parts, key=lambda p: p["position"])],
    )


def _one(evidence: Evidence, name: str, place: Mapping[str, Any]) -> Row:
    """The row of that key; empty if the table has none."""
    return next(iter(evidence.rows(name, **place)), {})


def _criterion(evidence: Evidence, scored: Scored) -> Node:
    parts = tuple(_criterion(evidence, part) for part in scored.parts)
    return Node(
        f"{scored.score['criterion']} ({scored.score['criterion_vi']})",
        formula(scored),
        (*parts, *_figures(evidence, scored.score)),
    )


def _figures(evidence: Evidence, row: Row) -> Iterator[Node]:
    """The figures that the criterion itself uses, by role."""
    place = {name: row[name] for name in ("regime", "block", "criterion")}
    series = {name: row[name] for name in ("index_code", "universe", "body_code")}
    for use in evidence.rows("raw_method_uses", **place):
        observed = _one(evidence, "ind_observations", {**series, "input_code": use["input_code"]})
        label = f"{use['role']} {use['input_code']}"
        yield _figure(evidence, label, observed) if observed else Node(label, "none (not_observed)")


def _figure(evidence: Evidence, label: str, row: Row) -> Node:
    """A figure with its state; who decided on it; what checks saw; where it stands in which
    file."""
    return Node(
        label,
        f"{_value(row)} ({'; '.join(_standing(row))})",
        (
            *_decision(row),
            *check_nodes(evidence, row),
            *_statements(row),
            *_source(evidence, row),
        ),
    )


def _value(row: Row) -> str:
    if row["class_code"] is not None:
        return str(row["class_code"])
    return "none" if row["value"] is None else f"{plain(row['value'])} {row['unit']}"


def _standing(row: Row) -> Iterator[str]:
    yield row["observation_state"]
    if not row["is_allowed"]:
        yield "not a value that the method allows"
    if row["is_open"]:
        yield "open"
    if row["is_synthetic"]:
        yield "SYNTHETIC DATA"


def _decision(row: Row) -> Iterator[Node]:
    deeds = _DEEDS.get(row["origin"])
    if deeds is not None:
        reason = f": {row['decision_reason']}" if row["decision_reason"] else ""
        yield Node(
            deeds.get(row["observation_state"], deeds[None]),
            f"{row['author'] or 'not stated'}, {row['known_at']}{reason}",
        )


def _statements(row: Row) -> Iterator[Node]:
    """What the body says beside the figure."""
    for label, name in (("evidence", "evidence_text"), ("note", "body_comment")):
        if row[name]:
            yield Node(label, row[name])


def _source(evidence: Evidence, row: Row) -> Iterator[Node]:
    """Cell and raw text, then the file with the day it was received and its hash; for what checks
    observed the file of results."""
    if row["observed_figure"] is not None:
        yield evidence.file(row["file_sha256"])
        return
    if row["file_sha256"] is None:
        yield Node("file", "no form of the body holds it")
        return
    place = row["cell_ref"] or "not stated"
    if row["sheet_name"]:
        place = f"sheet {row['sheet_name']}, cell {place}"
    yield Node("place", place, (Node("raw text", row["raw_text"] or "(blank)"),))
    file = _one(evidence, "raw_submission_files", {"file_sha256": row["file_sha256"]})
    sha256 = Node("sha256", row["file_sha256"])
    if not file:
        yield Node("file", "no longer among the files of the year", (sha256,))
        return
    yield Node(
        "file",
        f"{file['file_name']}, version {file['version_no']}, received on {file['known_at']}",
        (sha256,),
    )
