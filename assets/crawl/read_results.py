"""Documents of results back into rows: every line accepted, set aside with its reason, or blank.

Belongs here: which documents make a round, which target a line is of, what follows from it, and
the tables. Does not belong here: formats and types (`result_lines`), the shape of lines
(`results`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import yaml

from assets import gates, registry
from assets.crawl.probe import contradicts, outcome_of
from assets.crawl.result_lines import DocumentError, Fault, Read, line_numbers, read_lines
from assets.crawl.results import CHECK, PROBE, ROUND, SCHEMA, SCHEMA_KEY, TABLES, VISIT
from assets.crawl.rules import Rules
from assets.crawl.statuses import outcome, statuses
from assets.plaintext import plain

if TYPE_CHECKING:
    from assets.submissions.read import Delivery

QUARANTINE, COUNTS = "raw_crawl_quarantine", "raw_crawl_counts"

_RAW_LENGTH = 200

Row = dict[str, Any]
#: Says how many documents are read, of how many.
OnDone = Callable[[int, int], None]


@cache
def reasons() -> dict[str, dict[str, str]]:
    """Rule id -> reason_en, reason_vi, what_to_do."""
    path = Path(__file__).with_name("result_reasons.yaml")
    declared: dict[str, dict[str, str]] = yaml.safe_load(path.read_text("utf-8"))
    return declared


@dataclass
class _Document:
    """A document being read: its lines, blank ones counted, faults by line, its round."""

    delivery: Delivery
    lines: list[Read] = field(default_factory=list)
    blank: int = 0
    faults: dict[int, Row] = field(default_factory=dict)
    about: Row = field(default_factory=dict)

    def refuse(self, rule_id: str, found: str = "") -> None:
        """Set every line of the document aside."""
        self.about = {}
        for line in self.lines:
            self.fault(line.line_no, Fault(rule_id, found=found))

    def fault(self, line_no: int, fault: Fault) -> None:
        """Set a line aside; the first fault of a line is told."""
        said = {"column_name": fault.column, "rule_id": fault.rule_id, "raw_value": fault.found}
        self.faults.setdefault(line_no, {**said, **reasons()[fault.rule_id]})


def read_result_files(
    files: Sequence[Delivery],
    *,
    year: int,
    targets: pa.Table,
    rules: Rules,
    on_done: OnDone = lambda done, total: None,
) -> dict[str, pa.Table]:
    """The tables of the documents of a year: rounds, visits, checks, probes, counts, quarantine.

    `targets` are rows of raw_crawl_targets; answers less sure than the rules ask for need review.
    Nothing in a document is an error: what cannot be taken is in the quarantine.
    """
    documents = []
    for delivery in sorted(files, key=lambda d: d.file_sha256):
        documents.append(_opened(delivery, year))
        on_done(len(documents), len(files))
    _whole_rounds(documents)
    known = {
        row["target_id"]: row
        for row in targets.to_pylist()
        if row["url"] is not None and row["exclusion_en"] is None
    }
    rows: dict[str, list[Row]] = {kind: [] for kind in TABLES}
    for document in documents:
        for line in document.lines:
            if document.about and line.line_no not in document.faults:
                made = _row(document, line, known, rules)
                if isinstance(made, Fault):
                    document.fault(line.line_no, made)
                else:
                    rows[line.kind].append(made)
    by_file = {document.delivery.file_sha256: document for document in documents}
    tables = {TABLES[kind]: _judged(TABLES[kind], made, by_file) for kind, made in rows.items()}
    return {**tables, COUNTS: _counts(documents, year), QUARANTINE: _quarantine(documents, year)}


def _opened(delivery: Delivery, year: int) -> _Document:
    document = _Document(delivery)
    try:
        document.lines, document.blank = read_lines(delivery.content)
    except DocumentError as error:
        document.lines = [Read(number) for number in line_numbers(delivery.content)]
        document.blank = _blank_lines(delivery.content, document.lines)
        document.refuse(error.rule_id, error.found)
        return document
    for line in document.lines:
        if line.fault is not None:
            document.fault(line.line_no, line.fault)
    rounds = [line for line in document.lines if line.kind == ROUND and line.values is not None]
    if len(rounds) != 1:
        document.refuse("no_round_line", f"{len(rounds)}")
        return document
    about = rounds[0].values or {}
    if about[SCHEMA_KEY] != SCHEMA:
        document.refuse("other_schema", str(about[SCHEMA_KEY]))
    elif about["assessment_year"] != year:
        document.refuse("other_year", str(about["assessment_year"]))
    elif about["shard"] > about["shards"]:
        document.refuse("round_contradicts", f"shard {about['shard']} of {about['shards']}")
    else:
        document.about = about
    return document


def _blank_lines(content: bytes, lines: Sequence[Read]) -> int:
    if content.startswith(b"PAR1") or not content.strip():
        return 0
    return len(content.rstrip(b"\n").split(b"\n")) - len(lines)


def _whole_rounds(documents: Iterable[_Document]) -> None:
    """Refuses documents of rounds that contradict themselves or are not complete."""
    rounds: dict[tuple[str, int], list[_Document]] = defaultdict(list)
    for document in documents:
        if document.about:
            about = document.about
            rounds[about["window_code"], about["round_no"]].append(document)
    for (window_code, round_no), members in rounds.items():
        facts = {
            (d.about["shards"], d.about["round_date"], d.delivery.is_synthetic) for d in members
        }
        shards = Counter(d.about["shard"] for d in members)
        found = f"window {window_code}, round {round_no}"
        if len(facts) > 1:
            rule_id = "round_contradicts"
        elif max(shards.values()) > 1:
            rule_id = "shard_twice"
        elif len(shards) < members[0].about["shards"]:
            rule_id = "round_incomplete"
            found += f": {len(shards)} of {members[0].about['shards']} shards"
        else:
            continue
        for document in members:
            document.refuse(rule_id, found)


def _row(document: _Document, line: Read, targets: Mapping[str, Row], rules: Rules) -> Row | Fault:
    """The row of a line that is well-formed, or why it is not taken."""
    values, about, delivery = line.values or {}, document.about, document.delivery
    source = {
        "assessment_year": about["assessment_year"],
        "window_code": about["window_code"],
        "round_no": about["round_no"],
        "known_at": delivery.known_at,
        "is_synthetic": delivery.is_synthetic,
        "file_sha256": delivery.file_sha256,
        "line_no": line.line_no,
    }
    if line.kind == ROUND:
        return {**source, **{name: values[name] for name in values if name != SCHEMA_KEY}}
    target = targets.get(values["target_id"])
    if target is None:
        return Fault("unknown_target", "target_id", values["target_id"])
    if (line.kind == CHECK) != (target["target_kind"] == "portal") and line.kind != VISIT:
        return Fault("wrong_kind_of_target", "target_id", values["target_id"])
    if line.kind == CHECK and values["check_id"] not in rules.checks:
        return Fault("unknown_check", "check_id", values["check_id"])
    fitted = {**source, **values, "body_code": target["body_code"]}
    return fitted | _DERIVED[line.kind](values, target, rules)


def _of_visit(values: Row, target: Row, rules: Rules) -> Row:
    status = values["visit_status"]
    known = outcome(status) if status in statuses() else None
    return {"target_kind": target["target_kind"], "outcome": known}


def _of_check(values: Row, target: Row, rules: Rules) -> Row:
    unsure = values["confidence"] < rules.confidence["review"]
    return {"needs_review": unsure and values["check_answer"] != "not_observed"}


def _of_probe(values: Row, target: Row, rules: Rules) -> Row:
    try:
        known = outcome_of(values["visit_status"], values["page_state"])
    except ValueError:  # a code that is not in its list: the gate says so
        known = None
    level = target["declared_level"]
    return {
        "service_code": target["service_code"],
        "declared_level": level,
        "outcome": known,
        "contradicts_level": contradicts(level, values["level_seen"], known or ""),
    }


_DERIVED = {VISIT: _of_visit, CHECK: _of_check, PROBE: _of_probe}


def _judged(name: str, rows: list[Row], by_file: Mapping[str, _Document]) -> pa.Table:
    """The rows that keep to the rules of their table; the others are set aside."""
    table = registry.table(name)
    loose = pa.schema([pa.field(f.name, f.type) for f in table.arrow_schema])
    split = gates.split(table, pa.Table.from_pylist(rows, schema=loose))
    for failure in split.failures.to_pylist():
        row = rows[failure["row_no"]]
        document = by_file[row["file_sha256"]]
        document.faults.setdefault(
            row["line_no"],
            {
                "column_name": failure["column_name"] or "",
                "rule_id": failure["rule_id"],
                "raw_value": failure["raw_value"] or "",
                "reason_en": failure["reason_en"],
                "reason_vi": failure["reason_vi"],
                "what_to_do": failure["what_to_do"],
            },
        )
    return split.accepted.sort_by([(column, "ascending") for column in table.sort])


def _counts(documents: Sequence[_Document], year: int) -> pa.Table:
    rows = [
        {
            "file_sha256": document.delivery.file_sha256,
            "assessment_year": year,
            "rows_in": len(document.lines) + document.blank,
            "rows_accepted": len(document.lines) - len(document.faults),
            "rows_quarantined": len(document.faults),
            "rows_blank": document.blank,
        }
        for document in documents
    ]
    return pa.Table.from_pylist(rows, schema=registry.table(COUNTS).arrow_schema)


def _quarantine(documents: Sequence[_Document], year: int) -> pa.Table:
    rows = [
        {
            "file_sha256": document.delivery.file_sha256,
            "file_name": document.delivery.file_name,
            "assessment_year": year,
            "line_no": line_no,
            **fault,
            "raw_value": plain(fault["raw_value"], _RAW_LENGTH) or None,
            "replay_command": f"egov run {year}",
        }
        for document in documents
        for line_no, fault in sorted(document.faults.items())
    ]
    return pa.Table.from_pylist(rows, schema=registry.table(QUARANTINE).arrow_schema)
