"""The tables of a release, selected from the gated marts and raw tables of its year.

Belongs here: which rows and columns are published. Nothing is computed: a figure that is not in
a mart is not in a release. Does not belong here: files (`package`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from assets import registry
from assets.intake import EVERY_VERSION
from assets.lake import Version
from assets.registry import Table
from assets.release import status

UNIT = "release"

#: Tables that decide which reference files were used, beside the declared sources.
_WITNESSES = (
    "raw_corrections",
    "raw_body_matches",
    "raw_submission_files",
    "raw_confirmations",
    "raw_overrides",
    "raw_check_decisions",
)

#: Figures of a level that a printed total of a body has no equal of: null on its row.
_PER_LEVEL = frozenset(
    {
        "services_any_cases",
        "services_online_cases",
        "services_no_cases",
        "all_cases",
        "online_share_pct",
    }
)

#: `value_status` of a printed total in the words of `status`; the other words are the same.
_STATUS_WORDS = {"not_published": "not_stated", "not_applicable": "not_stated"}

Sources = Mapping[str, pa.Table]


def source_names() -> tuple[str, ...]:
    """Names of the tables that a release is built from, in declared order, each once."""
    declared = (name for table in registry.tables(unit=UNIT) for name in table.sources)
    return tuple(dict.fromkeys((*declared, *_WITNESSES)))


def release_tables(marts: Version, ingest: Mapping[str, Version]) -> dict[str, pa.Table]:
    """The release tables of a year from its promoted versions; `ingest` is by unit.

    KeyError if a unit that a declared source belongs to is not given; CorruptVersion if a
    promoted file has changed.
    """
    versions = {"marts": marts, **ingest}
    return build_tables(
        {name: versions[registry.table(name).unit].table(name) for name in source_names()}
    )


def build_tables(sources: Sources) -> dict[str, pa.Table]:
    """Every `rel_` table in declared order, from its sources by name (`source_names`).

    Each has the registry's columns and types and is sorted by the declared sort columns, nulls
    last. A null where none may be is let through: the gate says so by line.
    """
    built: dict[str, pa.Table] = {}
    for table in registry.tables(unit=UNIT):
        rows = _ROWS.get(table.name, _union)
        made = table.name == status.NAME
        frame = status.observation_status(built) if made else rows(table, sources)
        built[table.name] = _arranged(table, frame)
    return built


def column_sources(table: Table) -> dict[str, tuple[str, ...]]:
    """For each column of a release table the source tables that have it under the same name; a
    column that none has is left out."""
    found = {
        column: tuple(n for n in table.sources if column in registry.table(n).column_names)
        for column in table.column_names
    }
    return {column: names for column, names in found.items() if names}


def unexplained(ledger: pa.Table) -> pa.Table:
    """The rows of the ledger that stop a release."""
    return ledger.filter(pc.equal(ledger["class"], "unexplained"))


def _union(table: Table, sources: Sources) -> pa.Table:
    """The published columns of all sources, one source after the other."""
    return pa.concat_tables([_selected(table, sources[name]) for name in table.sources])


def _selected(table: Table, source: pa.Table) -> pa.Table:
    return source.select(list(table.column_names)).cast(_loose_schema(table))


def _case_counts(table: Table, sources: Sources) -> pa.Table:
    """One row a body and level, and one of level `total` with the printed total of the body."""
    totals = sources["ind_case_totals"]
    rows = totals.num_rows
    statuses = totals["value_status"].to_pylist()
    own = {
        "level": pa.array(["total"] * rows, pa.string()),
        "status": pa.array([_STATUS_WORDS.get(word, word) for word in statuses], pa.string()),
        "parts": pa.array([0] * rows, table.column("parts").arrow),
        **{name: pa.nulls(rows, table.column(name).arrow) for name in _PER_LEVEL},
    }
    columns = [own[name] if name in own else totals[name] for name in table.column_names]
    totals = pa.table(columns, names=list(table.column_names))
    return pa.concat_tables(
        [_selected(table, sources["ind_case_counts"]), _selected(table, totals)]
    )


def _sources(table: Table, sources: Sources) -> pa.Table:
    """Files that speak of the year, and the reference files that something here rests on.

    Bodies and memberships bind every row; corrections are used when they hold one of the year,
    the review of names when a name was bound by it, forms when they are in force, answers and
    decisions when one of them is in the file.
    """
    forms = sources["raw_submission_files"]
    in_force = {
        *forms.filter(forms["is_current"])["file_sha256"].to_pylist(),
        *sources["raw_confirmations"]["file_sha256"].to_pylist(),
        *sources["raw_overrides"]["file_sha256"].to_pylist(),
        *sources["raw_check_decisions"]["file_sha256"].to_pylist(),
    }
    used = {
        "corrections": sources["raw_corrections"].num_rows > 0,
        "name_review": "review" in sources["raw_body_matches"]["match_rule"].to_pylist(),
    }
    files = _selected(table, sources["raw_intake_files"])
    keep = [
        sha256 in in_force if kind in EVERY_VERSION else used.get(kind, True)
        for kind, sha256 in zip(
            files["kind"].to_pylist(), files["file_sha256"].to_pylist(), strict=True
        )
    ]
    return files.filter(pa.array(keep, pa.bool_()))


def _report_texts(table: Table, sources: Sources) -> pa.Table:
    """Cells below the headers that hold at least one letter."""
    cells = sources["raw_report_cells"]
    words = pc.match_substring_regex(cells["clean_text"], r"\pL")
    return _selected(table, cells.filter(pc.and_(words, pc.not_equal(cells["row_kind"], "header"))))


def _printed_names(table: Table, sources: Sources) -> pa.Table:
    """Every printed name with the note that the report prints inside it."""
    names = sources["raw_body_matches"]
    place = ("file_sha256", "line_no", "body_no")
    said = sources["raw_report_values"].select([*place, "body_note"])
    noted = said.filter(pc.is_valid(said["body_note"])).to_pylist()
    notes = {tuple(row[name] for name in place): row["body_note"] for row in noted}
    places = zip(*(names[name].to_pylist() for name in place), strict=True)
    column = pa.array([notes.get(p) for p in places], pa.string())
    return _selected(table, names.append_column("body_note", column))


_ROWS: dict[str, Callable[[Table, Sources], pa.Table]] = {
    "rel_case_counts": _case_counts,
    "rel_printed_names": _printed_names,
    "rel_report_texts": _report_texts,
    "rel_sources": _sources,
}


def _loose_schema(table: Table) -> pa.Schema:
    return pa.schema([pa.field(column.name, column.arrow) for column in table.columns])


def _arranged(table: Table, frame: pa.Table) -> pa.Table:
    ordered = frame.sort_by([(name, "ascending") for name in table.sort])
    schema = pa.schema(
        [
            pa.field(c.name, c.arrow, nullable=c.nullable or ordered[c.name].null_count > 0)
            for c in table.columns
        ]
    )
    return ordered.cast(schema).combine_chunks()
