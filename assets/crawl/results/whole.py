"""Which documents and which targets of them count: rounds are whole, and so are targets.

Belongs here: documents of one round beside each other, rows judged by their tables, and what is
set aside because of another line. Does not belong here: what one line says (`reading`).

A target of a round counts whole or not at all: where a line of it is set aside the others are too,
so that the gate finds it missing and names it, and nothing is drawn from half a visit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets import gates, registry
from assets.crawl.results.account import Document, fault_words
from assets.crawl.results.document import PROBE, ROUND, TABLES, VISIT
from assets.received.setaside import Fault, Row, gate_words, loose_schema

#: A target of a round: window, round, target.
Place = tuple[Any, ...]


def rows_of(kind: str, documents: Iterable[Document]) -> pa.Table:
    """The rows of a kind of line of all documents that are not refused."""
    held = [document.rows[kind] for document in documents if document.rows]
    return pa.concat_tables([loose_schema(registry.table(TABLES[kind])).empty_table(), *held])


def whole_rounds(documents: Sequence[Document]) -> None:
    """Refuses documents whose round line does not keep to the rules of its table, and documents
    of rounds that contradict themselves or are not complete."""
    _refuse_unfit(documents)
    rounds: dict[tuple[str, int], list[Document]] = defaultdict(list)
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


def judged(kind: str, documents: Sequence[Document]) -> pa.Table:
    """The rows that keep to the rules of their table; the others are set aside."""
    frame = rows_of(kind, documents)
    accepted, failures = _split(kind, frame)
    _set_aside(frame, failures, documents)
    return accepted


def whole_targets(
    taken: Mapping[str, pa.Table], documents: Sequence[Document]
) -> dict[str, pa.Table]:
    """Sets aside what is left of targets that are not whole: a line of theirs is set aside, a
    service has no probe, or a probe has no visit that it could rest on."""
    half = {
        (document.about["window_code"], document.about["round_no"], target_id)
        for document in documents
        if document.about
        for target_id in document.half
    } | _half_probed(taken[VISIT], taken[PROBE])
    whole = {}
    for kind, frame in taken.items():
        is_half = [place in half for place in _places(frame)]
        targets = frame["target_id"].to_pylist()
        said = [
            (number, fault_words(Fault("target_incomplete", "target_id", targets[number])))
            for number, apart in enumerate(is_half)
            if apart
        ]
        _set_aside(frame, said, documents)
        whole[kind] = frame.filter(pa.array([not apart for apart in is_half], pa.bool_()))
    return whole


def _refuse_unfit(documents: Sequence[Document]) -> None:
    """Refuses documents by their round line; that a shard is there twice is told elsewhere."""
    frame = rows_of(ROUND, documents)
    by_file = {document.delivery.file_sha256: document for document in documents}
    for number, said in _split(ROUND, frame)[1]:
        if said["rule_id"] != f"{TABLES[ROUND]}.key":
            document = by_file[frame["file_sha256"][number].as_py()]
            document.faults.setdefault(frame["line_no"][number].as_py(), said)
            document.refuse("no_round_line", said["rule_id"])


def _split(kind: str, frame: pa.Table) -> tuple[pa.Table, list[tuple[int, Row]]]:
    """The rows accepted, and (row, what the quarantine says) for every rule that a row fails."""
    split = gates.split(registry.table(TABLES[kind]), frame)
    return split.accepted, [
        (failure["row_no"], gate_words(failure)) for failure in split.failures.to_pylist()
    ]


def _half_probed(visits: pa.Table, probes: pa.Table) -> set[Place]:
    """Services visited without a probe, or probed without the visit."""
    visited = set(_places(visits, "url", "visit_status"))
    probed = {place[:3]: place in visited for place in _places(probes, "url", "visit_status")}
    services = visits.filter(pc.equal(visits["target_kind"], "service"))
    return {place for place in {*_places(services), *probed} if not probed.get(place, False)}


def _places(frame: pa.Table, *more: str) -> Iterable[Place]:
    names = ("window_code", "round_no", "target_id", *more)
    return zip(*(frame[name].to_pylist() for name in names), strict=True)


def _set_aside(
    frame: pa.Table, said: Iterable[tuple[int, Row]], documents: Sequence[Document]
) -> None:
    """Set rows of a frame aside in their documents."""
    by_file = {document.delivery.file_sha256: document for document in documents}
    sources = list(
        zip(*(frame[n].to_pylist() for n in ("file_sha256", "line_no", "target_id")), strict=True)
    )
    for number, reason in said:
        file_sha256, line_no, target_id = sources[number]
        by_file[file_sha256].set_aside(line_no, reason, target_id)
