"""The register of what is visited: the portals of the bodies assessed, and their online services.

Belongs here: which address a portal has and what it rests on, and leaving targets out. Does not
belong here: reading files (`services`, `filters`), and visiting.

A printed address is used if the registry does not contradict it: the host is the registered one.
Two swapped addresses in a report would otherwise give each body the marks of the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from assets import registry
from assets.crawl.targets.filters import Filter, first_fitting
from assets.crawl.targets.services import COUNTS, QUARANTINE, TABLE, read_services, reasons
from assets.entities.members import members_of
from assets.webaddress import AddressError, full_address, printed_host

if TYPE_CHECKING:
    from assets.received.delivery import Delivery

#: Index whose members are visited where the year has it.
INDEX = "assessment"

WEBSITE = "website"

AS_PRINTED, CORRECTED, REGISTERED = "as_printed", "corrected", "registered"
CONTRADICTED, UNKNOWN = "contradicted", "unknown"

Row = dict[str, Any]


class Cell(NamedTuple):
    """Where an address stands."""

    file_sha256: str
    line_no: int


@dataclass(frozen=True)
class Known:
    """What a year knows of its bodies: tables of the registry under their names without `raw_`,
    and the lines of the files of bodies by body code."""

    memberships: pa.Table
    bodies: pa.Table
    report_values: pa.Table
    corrections: pa.Table
    body_matches: pa.Table
    registered_at: Mapping[str, Cell]


def targets_tables(
    known: Known, *, year: int, services: Sequence[Delivery], filters: Sequence[Filter]
) -> dict[str, pa.Table]:
    """raw_crawl_targets, raw_target_counts and raw_target_quarantine of a year.

    A portal has the code of its body, a service its own. The first of `filters` that fits leaves
    a target out with its reason. A contradicted address has no url; its gate refuses it.
    """
    portals = list(_portals(known, year))
    found = read_services(
        services,
        year=year,
        bodies=set(known.bodies["body_code"].to_pylist()),
        portals={row["target_id"] for row in portals},
    )
    targets = [_left_out(row, filters) for row in (*portals, *found.targets)]
    made = {TABLE: targets, COUNTS: found.counts, QUARANTINE: found.quarantine}
    return {name: _table(name, rows) for name, rows in made.items()}


def to_visit(targets: pa.Table) -> pa.Table:
    """The rows of raw_crawl_targets that are visited: with an address, and not left out."""
    return targets.filter(pc.and_(pc.is_valid(targets["url"]), pc.is_null(targets["exclusion_en"])))


def rules_counted(targets: pa.Table) -> list[tuple[str, str, int, int]]:
    """Targets by kind and rule of the address: how many there are, how many of them are visited."""
    every, visited = (
        Counter(zip(*(rows[c].to_pylist() for c in ("target_kind", "address_rule")), strict=True))
        for rows in (targets, to_visit(targets))
    )
    return [(*place, count, visited[place]) for place, count in sorted(every.items())]


def _table(name: str, rows: Sequence[Row]) -> pa.Table:
    declared = registry.table(name)
    frame = pa.Table.from_pylist(rows, schema=declared.arrow_schema)
    return frame.sort_by([(column, "ascending") for column in declared.sort])


def _left_out(row: Row, filters: Sequence[Filter]) -> Row:
    """The row, with why it is left out if a filter fits that is not left out already."""
    if row.get("exclusion_en") is not None:
        return row
    fitting = first_fitting(filters, row)
    if fitting is None:
        return row
    return {
        **row,
        "exclusion_en": fitting.reason_en,
        "exclusion_vi": fitting.reason_vi,
        "author": fitting.author,
    }


def _assessed(known: Known) -> list[str]:
    """Codes of the bodies assessed in the year, each once."""
    members = members_of(known.memberships, known.bodies)
    indexes = {index for index, _ in members}
    used = {INDEX} & indexes or indexes
    return sorted(
        {code for (index, _), codes in members.items() if index in used for code in codes}
    )


def _portals(known: Known, year: int) -> Iterator[Row]:
    """One row for each body assessed."""
    addresses = _Addresses(known)
    for code in _assessed(known):
        rule, text, printed, cell = addresses.of(code)
        yield {
            "target_id": code,
            "assessment_year": year,
            "target_kind": "portal",
            "body_code": code,
            **_visited_at(rule, text),
            "printed_address": printed,
            "file_sha256": cell.file_sha256,
            "line_no": cell.line_no,
        }


def _visited_at(rule: str, text: str | None) -> Row:
    """The address to visit, or why there is none."""
    missing = None
    url = None
    if text is not None:
        try:
            url = full_address(text)
        except AddressError as error:
            missing = error.rule_id
    elif rule == UNKNOWN:
        missing = "address_unknown"
    return {
        "address_rule": rule,
        "url": url,
        "exclusion_en": missing and reasons()[missing]["reason_en"],
        "exclusion_vi": missing and reasons()[missing]["reason_vi"],
    }


class _Chosen(NamedTuple):
    """What the address of a body rests on, the address, its printed form, and where it stands."""

    rule: str
    address: str | None
    printed: str | None
    cell: Cell


class _Addresses:
    """Printed, corrected and registered addresses of the bodies of a year."""

    def __init__(self, known: Known) -> None:
        self._registered: dict[str, str | None] = dict(
            zip(
                known.bodies["body_code"].to_pylist(),
                known.bodies["registered_website"].to_pylist(),
                strict=True,
            )
        )
        self._registered_at = known.registered_at
        self._hosts = {printed_host(text) for text in self._registered.values() if text}
        self._corrected = {
            (row["table_no"], row["body_code"], row["printed"]): row["corrected"]
            for row in known.corrections.to_pylist()
            if row["item"] == WEBSITE and row["corrected"] is not None
        }
        self._printed = _printed(known)

    def of(self, code: str) -> _Chosen:
        """The address of a body. Of several printed ones a contradicted one is told, else the
        first."""
        chosen = [self._judged(code, row) for row in self._printed.get(code, ())]
        contradicted = [each for each in chosen if each.rule == CONTRADICTED]
        if chosen:
            return (contradicted or chosen)[0]
        registered = self._registered[code]
        rule = UNKNOWN if registered is None else REGISTERED
        return _Chosen(rule, registered, None, self._registered_at[code])

    def _judged(self, code: str, row: Row) -> _Chosen:
        """What a printed address is by the registry and the corrections of that very print."""
        printed, registered = row["value_text"], self._registered[code]
        cell = Cell(row["file_sha256"], row["line_no"])
        host = printed_host(printed)
        if registered is not None and host == printed_host(registered):
            return _Chosen(AS_PRINTED, printed, printed, cell)
        corrected = self._corrected.get((row["table_no"], code, printed))
        if corrected is not None:
            return _Chosen(CORRECTED, corrected, printed, cell)
        if registered is None and host not in self._hosts:
            return _Chosen(AS_PRINTED, printed, printed, cell)
        return _Chosen(CONTRADICTED, None, printed, cell)


def _printed(known: Known) -> dict[str, list[Row]]:
    """Printed addresses by body, in the order of the report."""
    bound = {
        (row["file_sha256"], row["line_no"], row["body_no"]): row["body_code"]
        for row in known.body_matches.to_pylist()
    }
    printed: dict[str, list[Row]] = {}
    rows = known.report_values.to_pylist()
    for row in sorted(rows, key=lambda r: (r["file_sha256"], r["line_no"], r["value_key"])):
        code = bound.get((row["file_sha256"], row["line_no"], row["body_no"]))
        if row["measure"] == WEBSITE and row["value_text"] is not None and code is not None:
            printed.setdefault(code, []).append(row)
    return printed
