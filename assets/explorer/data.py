"""The data of the page from promoted tables: small tables of plain values, sorted.

Pure. Belongs here: which columns the page gets, and how lists, bodies and places refer to each
other. Codes stay codes; what they are called goes to the page beside them (`files`). Null stays
null and its status goes along. Does not belong here: figures of the analysis (`analysed`), methods
and dictionary (`papers`), bytes (`files`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.explorer.compact import Payload, table
from assets.explorer.inputs import Inputs
from assets.explorer.places import FILE_COLUMNS, PLACE_COLUMNS, SEEN_COLUMNS, Places, shown

LIST_COLUMNS = (
    "assessment_year", "index_code", "regime", "universe", "category", "block", "bodies_held",
    "bodies_expected", "is_partial", "trust", "year_status",
)  # fmt: skip

LIST_KEY = ("assessment_year", "index_code", "universe", "category")

#: Columns of the small tables about one body in one year, by name of the table on the page.
ABOUT_BODIES: dict[str, tuple[str, str]] = {
    "services": (
        "rel_service_counts",
        "published_rank rank_status level3 level4 total value_status",
    ),
    "cases": (
        "rel_case_counts",
        "level services_online_cases online_cases all_cases online_share_pct status",
    ),
    "catalogued": (
        "rel_service_totals",
        "universe services_total services_status services_online_cases service_cases_status"
        " cases_online online_status months_online cases_total total_status months_total"
        " online_share online_share_status on_time_share on_time_status counted_from",
    ),
    "service_ranks": (
        "rel_service_ranks",
        "universe ranking rank rank_state rank_measure rank_key bodies_held bodies_listed"
        " is_partial",
    ),
    "websites": ("rel_websites", "website registered_website belongs_to_body"),
    "scores": (
        "rel_scores",
        "criterion_vi criterion_en points max_points rank score_status",
    ),
    "observations": (
        "rel_observations",
        "input_code value unit observation_state raw_text sheet_name cell_ref",
    ),
    "checks": (
        "rel_portal_checks",
        "check_id check_answer evidence_url deciding_words rounds_observed rounds_held",
    ),
    "uptime": (
        "rel_target_uptime",
        "target_kind service_name url rounds_up rounds_measured uptime uptime_status stability",
    ),
}

LEDGER_COLUMNS = (
    "index_code", "item", "table_no", "universe", "category", "subject", "body_code", "printed",
    "recomputed", "class", "rule", "note",
)  # fmt: skip

Row = Mapping[str, Any]


def build(inputs: Inputs) -> tuple[Payload, Payload, Payload]:
    """(core, bodies, ledger): what the first view needs, what a body's page adds, the ledger."""
    places = Places()
    for year in inputs.years:
        places.read(inputs.years[year])
    lists = _lists(inputs)
    numbers = list_numbers(inputs)
    published = {
        row["value_key"]: row
        for tables in inputs.years.values()
        for row in tables["rel_published_values"].to_pylist()
    }
    recomputed = {
        (row["value_key"], row["category"]): row["recomputed_rank"]
        for tables in inputs.years.values()
        for row in tables["rel_ranks"].to_pylist()
    }
    values = [
        _value(row, numbers, published, recomputed, places)
        for row in _shown_years(inputs, "pnl_value_history")
    ]
    changes = [_change(row, numbers) for row in _shown_years(inputs, "pnl_rank_changes")]
    about = {name: _about(inputs, places, name) for name in ABOUT_BODIES}
    ledger = _ledger(inputs, places)
    core = {
        "vintages": dict(inputs.vintages),
        "left_out": dict(inputs.left_out),
        "lists": table(LIST_COLUMNS, ([row[name] for name in LIST_COLUMNS] for row in lists)),
        "bodies": _bodies(inputs),
        "values": table(
            ("list", "body", "rank", "rank_status", "value", "value_status", "recomputed", "place"),
            sorted(values, key=lambda row: (row[0], row[2] or 10_000, row[1])),
        ),
        "changes": table(
            (
                "list",
                "body",
                "from_year",
                "from_rank",
                "gained",
                "change",
                "comparability",
                "detail",
            ),
            sorted(changes),
        ),
        "files": table(FILE_COLUMNS, places.files),
        "places": table(PLACE_COLUMNS, places.rows),
        "seen": table(SEEN_COLUMNS, places.seen),
    }
    return core, about, ledger


def list_numbers(inputs: Inputs) -> dict[tuple[Any, ...], int]:
    """The number of each list on the page, by year, series, universe and category."""
    return {list_key(row): number for number, row in enumerate(_lists(inputs))}


def list_key(row: Row) -> tuple[Any, ...]:
    """What tells lists apart."""
    return tuple(row[name] for name in LIST_KEY)


def _lists(inputs: Inputs) -> list[Row]:
    rows = _shown_years(inputs, "pnl_coverage")
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in LIST_COLUMNS[:5]))


def _shown_years(inputs: Inputs, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = inputs.panel[name].to_pylist()
    return [row for row in rows if str(row["assessment_year"]) in inputs.years]


def _value(
    row: Row,
    numbers: Mapping[tuple[Any, ...], int],
    published: Mapping[str, Row],
    recomputed: Mapping[tuple[str, str], int | None],
    places: Places,
) -> list[Any]:
    """One published rank and value; the value with the digits that are printed."""
    source = published[row["value_key"]]
    value = row["published_value"]
    if value is not None and source["decimals"] is not None:
        text = format(round(value, source["decimals"]), "f")
    else:
        text = shown(value)
    return [
        numbers[list_key(row)],
        row["body_code"],
        row["published_rank"],
        row["rank_status"],
        text,
        row["value_status"],
        recomputed.get((row["value_key"], row["category"])),
        places.of(source),
    ]


def _change(row: Row, numbers: Mapping[tuple[Any, ...], int]) -> list[Any]:
    reason, _, detail = row["comparability"].partition(": ")
    return [
        numbers[list_key(row)],
        row["body_code"],
        row["from_year"],
        row["from_rank"],
        row["places_gained"],
        shown(row["value_change"]),
        reason,
        detail,
    ]


def _bodies(inputs: Inputs) -> Payload:
    """Every body of the years shown, as the latest of them knows it."""
    columns = (
        "body_code", "body_name", "name_en", "block", "valid_from", "valid_to", "successor_code",
        "registered_website",
    )  # fmt: skip
    latest = {
        row["body_code"]: [shown(row[name]) for name in columns]
        for year in sorted(inputs.years)
        for row in inputs.years[year]["raw_bodies"].to_pylist()
    }
    return table(columns, (latest[code] for code in sorted(latest)))


def _about(inputs: Inputs, places: Places, name: str) -> Payload:
    source, wanted = ABOUT_BODIES[name]
    columns = wanted.split()
    rows = [
        [
            int(year),
            row["body_code"],
            *(shown(row[column]) for column in columns),
            _place(row, places),
        ]
        for year, tables in sorted(inputs.years.items())
        for row in tables[source].to_pylist()
    ]
    return table(("year", "body", *columns, "place"), rows)


def _place(row: Row, places: Places) -> int | None:
    """The place of a row in a source of ours; forms and results of checks name cell or address."""
    return places.of(row) if "line_no" in row and "file_sha256" in row else None


def _ledger(inputs: Inputs, places: Places) -> Payload:
    rows = [
        [int(year), *(shown(_subject(row, name)) for name in LEDGER_COLUMNS), places.of(row)]
        for year, tables in sorted(inputs.years.items())
        for row in tables["rel_reconciliation"].to_pylist()
    ]
    return {"ledger": table(("year", *LEDGER_COLUMNS, "place"), rows), "notes": _notes(inputs)}


def _notes(inputs: Inputs) -> dict[str, str]:
    """Reasons of reviewed corrections in Vietnamese, by the English that the ledger quotes."""
    return {
        row["reason_en"]: row["reason_vi"]
        for _, tables in sorted(inputs.years.items())
        for row in tables["raw_corrections"].to_pylist()
    }


def _subject(row: Row, name: str) -> Any:
    """A cell of the ledger; a subject that is only the key of a value says nothing that place,
    body and item do not say."""
    key = f"{row['assessment_year']}:"
    return None if name == "subject" and row[name].startswith(key) else row[name]
