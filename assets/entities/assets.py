"""Dagster asset of the unit `bodies`: who is assessed in the year, and whom printed names mean."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets import registry
from assets.assetspec import describe, key_of, yearly
from assets.entities.bodies import read_bodies, read_memberships, read_reviews
from assets.entities.catalogue import Catalogue, build_catalogue
from assets.entities.matching import Match, PrintedName, match_names
from assets.entities.review import write_review
from assets.entities.tables import (
    bodies_table,
    body_names_table,
    matches_table,
    memberships_table,
)
from assets.intake import files_of_kind
from assets.lake import Lake, read_source
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    offer_review,
    open_stage,
    require,
)

DEPS = {
    "raw_bodies": ("raw_intake_files",),
    "raw_body_names": ("raw_intake_files",),
    "raw_memberships": ("raw_intake_files",),
    "raw_body_matches": ("raw_intake_files", "raw_report_values", "raw_history_values"),
}


def read_catalogue(lake: Lake, year: str) -> Catalogue:
    """Bodies, membership rules and name decisions from the reference files of the intake."""

    def contents(kind: str) -> list[tuple[bytes, str]]:
        return [
            (read_source(lake, record), record.file_name)
            for record in files_of_kind(lake, year, kind)
        ]

    return build_catalogue(
        [body for file in contents("bodies") for body in read_bodies(*file)],
        [rule for file in contents("memberships") for rule in read_memberships(*file)],
        [review for file in contents("name_review") for review in read_reviews(*file)],
    )


def report_names(values: pa.Table) -> tuple[list[PrintedName], dict[tuple[str, int, int], int]]:
    """Names of the report's tables, one for each row and position, and every further line.

    A row cut by a page break has lines after its first; the second result maps each place
    (file, line, body_no) to the first line of its row, so that one match serves all of them.
    """
    named: list[dict[str, Any]] = values.filter(pc.is_valid(values["body_printed"])).to_pylist()
    first: dict[tuple[str, int, int], dict[str, Any]] = {}
    for value in named:
        row = (value["table_no"], value["row_no"], value["body_no"])
        if row not in first or value["line_no"] < first[row]["line_no"]:
            first[row] = value
    lines: dict[tuple[str, int, int], int] = {
        (value["file_sha256"], value["line_no"], value["body_no"]): first[
            value["table_no"], value["row_no"], value["body_no"]
        ]["line_no"]
        for value in named
    }
    names = [
        PrintedName(
            file_sha256=value["file_sha256"],
            line_no=value["line_no"],
            body_no=value["body_no"],
            index_code=value["index_code"],
            universe=value["universe"],
            list_key=value["table_no"],
            text=value["body_printed"],
            table_no=value["table_no"],
        )
        for value in first.values()
    ]
    return names, lines


def history_names(values: pa.Table) -> list[PrintedName]:
    """Names of the files of published figures; a list is one category and measure of a file."""
    return [
        PrintedName(
            file_sha256=value["file_sha256"],
            line_no=value["line_no"],
            body_no=1,
            index_code=value["index_code"],
            universe=value["universe"],
            list_key=f"{value['category']}/{value['measure']}/{value['source_ref']}",
            text=value["body_printed"],
        )
        for value in values.to_pylist()
        if value["body_printed"] is not None and value["value_of"] == "body"
    ]


def every_line(matches: Sequence[Match], lines: dict[tuple[str, int, int], int]) -> list[Match]:
    """The matches, repeated for the further lines of rows that a page break cut."""
    by_place = {match.printed.place: match for match in matches}
    further = [
        replace(
            by_place[file, first, body_no],
            printed=replace(by_place[file, first, body_no].printed, line_no=line),
        )
        for (file, line, body_no), first in lines.items()
        if line != first
    ]
    return [*matches, *further]


@dg.multi_asset(
    name="bodies",
    specs=[
        describe(table, deps=[key_of(name) for name in DEPS[table.name]])
        for table in registry.tables(unit="bodies")
    ],
    check_specs=gate_checks("bodies"),
    partitions_def=yearly,
)
def bodies(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Read the bodies and memberships of the year and bind every printed name to a body."""
    opened = lake.open()
    key = context.partition_key
    year = int(key)
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "reports", "history")}
    with open_stage(opened, "bodies", key, context) as stage:
        catalogue = read_catalogue(opened, key)
        printed, lines = report_names(upstream["reports"].table("raw_report_values"))
        printed += history_names(upstream["history"].table("raw_history_values"))
        matches = match_names(printed, catalogue, year)
        unsure = sum(1 for match in matches if match.match_rule == "unmatched")
        evidence = sum(1 for match in matches if match.is_evidence)
        context.log.info(f"{len(matches)} printed names, {evidence} not exact, {unsure} unmatched")
        content = write_review(matches, catalogue, year) if unsure else None
        if (review := offer_review(opened, f"names_{year}.csv", content)) is not None:
            context.log.warning(
                f"{unsure} names are unmatched: fill {review} and take it in with "
                f"egov intake add {review} --kind name_review --year {year}"
            )
        tables = {
            "raw_bodies": bodies_table(catalogue, year),
            "raw_body_names": body_names_table(catalogue, year),
            "raw_memberships": memberships_table(catalogue, year),
            "raw_body_matches": matches_table(every_line(matches, lines), year),
        }
        yield from gate_and_promote(
            context,
            Work(
                opened,
                "bodies",
                key,
                stage,
                hashes(upstream),
            ),
            tables,
        )
