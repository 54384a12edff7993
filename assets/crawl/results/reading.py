"""Documents of results back into rows: every line accepted, set aside with its reason, or blank.

Belongs here: opening documents, which target a line is of, and what follows from it. Does not
belong here: formats and types (`lines`), the shape of lines (`document`), which documents and
targets are whole (`whole`), counts and quarantine (`account`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from assets import registry
from assets.crawl.checks.probe import contradicts, outcome_of
from assets.crawl.checks.rules import Rules
from assets.crawl.fetch.statuses import outcome
from assets.crawl.results.account import (
    COUNTS,
    QUARANTINE,
    Document,
    counts_table,
    fault_words,
    quarantine_table,
)
from assets.crawl.results.document import CHECK, PROBE, ROUND, SCHEMA, SCHEMA_KEY, TABLES, VISIT
from assets.crawl.results.lines import DocumentError, Read, count_lines, read_lines
from assets.crawl.results.whole import judged, rows_of, whole_rounds, whole_targets
from assets.crawl.targets.register import to_visit
from assets.received.setaside import Fault, Row, loose_schema

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

#: Stands where no outcome follows: the row has a code that is not in its list, and its table
#: refuses it by that column.
_NO_OUTCOME = "not_measured"

#: Says how many documents are read, of how many.
OnDone = Callable[[int, int], None]


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
    reader = _Reader(year, targets, rules)
    documents = []
    for delivery in sorted(files, key=lambda d: d.file_sha256):
        documents.append(reader.opened(delivery))
        on_done(len(documents), len(files))
    whole_rounds(documents)
    taken = whole_targets({k: judged(k, documents) for k in (VISIT, CHECK, PROBE)}, documents)
    taken[ROUND] = rows_of(ROUND, documents)
    return {
        **{TABLES[kind]: _declared(kind, taken[kind]) for kind in TABLES},
        COUNTS: counts_table(documents, year),
        QUARANTINE: quarantine_table(documents, year),
    }


class _Reader:
    """Opens documents of one year."""

    def __init__(self, year: int, targets: pa.Table, rules: Rules) -> None:
        self._year, self._rules = year, rules
        self._targets = {row["target_id"]: row for row in to_visit(targets).to_pylist()}

    def opened(self, delivery: Delivery) -> Document:
        """A document with the rows of its lines; nothing but single lines is judged yet."""
        document = Document(delivery)
        try:
            lines, document.blank = read_lines(delivery.content)
        except DocumentError as error:
            document.numbers, document.blank = count_lines(delivery.content)
            document.refuse(error.rule_id, error.found)
            return document
        document.numbers = [line.line_no for line in lines]
        for line in lines:
            if line.fault is not None:
                document.set_aside(line.line_no, fault_words(line.fault), line.target_id)
        self._read_round(document, lines)
        if document.about:
            self._read_rows(document, lines)
        return document

    def _read_round(self, document: Document, lines: Sequence[Read]) -> None:
        rounds = [line for line in lines if line.kind == ROUND]
        about = rounds[0].values if rounds else None
        if len(rounds) != 1 or about is None or rounds[0] is not lines[0]:
            document.refuse("no_round_line", f"{len(rounds)} round lines")
        elif about[SCHEMA_KEY] != SCHEMA:
            document.refuse("other_schema", str(about[SCHEMA_KEY]))
        elif about["assessment_year"] != self._year:
            document.refuse("other_year", str(about["assessment_year"]))
        elif about["shard"] > about["shards"]:
            document.refuse("round_contradicts", f"shard {about['shard']} of {about['shards']}")
        else:
            document.about = about

    def _read_rows(self, document: Document, lines: Sequence[Read]) -> None:
        rows: dict[str, list[Row]] = {kind: [] for kind in TABLES}
        for line in lines:
            if line.values is None:
                continue
            made = self._row(document, line, line.values)
            if isinstance(made, Fault):
                document.set_aside(line.line_no, fault_words(made), line.target_id)
            else:
                rows[line.kind].append(made)
        document.rows = {
            kind: pa.Table.from_pylist(made, schema=loose_schema(registry.table(TABLES[kind])))
            for kind, made in rows.items()
        }

    def _row(self, document: Document, line: Read, values: Row) -> Row | Fault:
        """The row of a line that is well-formed, or why it is not taken."""
        about, delivery = document.about, document.delivery
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
        target = self._targets.get(values["target_id"])
        if target is None:
            return Fault("unknown_target", "target_id", values["target_id"])
        if line.kind != VISIT and (line.kind == CHECK) != (target["target_kind"] == "portal"):
            return Fault("wrong_kind_of_target", "target_id", values["target_id"])
        if line.kind == CHECK and values["check_id"] not in self._rules.checks:
            return Fault("unknown_check", "check_id", values["check_id"])
        fitted = {**source, **values, "body_code": target["body_code"]}
        return fitted | _DERIVED[line.kind](values, target, self._rules)


def _of_visit(values: Row, target: Row, rules: Rules) -> Row:
    try:
        known = outcome(values["visit_status"])
    except ValueError:
        known = _NO_OUTCOME
    return {"target_kind": target["target_kind"], "outcome": known}


def _of_check(values: Row, target: Row, rules: Rules) -> Row:
    unsure = values["confidence"] < rules.confidence["review"]
    return {"needs_review": unsure and values["check_answer"] != "not_observed"}


def _of_probe(values: Row, target: Row, rules: Rules) -> Row:
    try:
        known = outcome_of(values["visit_status"], values["page_state"])
    except ValueError:
        known = _NO_OUTCOME
    level = target["declared_level"]
    return {
        "service_code": target["service_code"],
        "declared_level": level,
        "outcome": known,
        "contradicts_level": contradicts(level, values["level_seen"], known),
    }


_DERIVED = {VISIT: _of_visit, CHECK: _of_check, PROBE: _of_probe}


def _declared(kind: str, frame: pa.Table) -> pa.Table:
    table = registry.table(TABLES[kind])
    return frame.cast(table.arrow_schema).sort_by([(column, "ascending") for column in table.sort])
