"""Dagster assets of the report and of published figures: thin, the reading is in this package."""

from collections.abc import Mapping, Sequence

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets import gates, registry
from assets.assetspec import describe_unit, yearly
from assets.intake import files_of_kind
from assets.lake import IntakeRecord, Lake, read_source
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    open_stage,
    require,
)
from assets.reports.corrections import read_corrections
from assets.reports.errors import SourceError
from assets.reports.history import read_history
from assets.reports.layout import find_layout
from assets.reports.report import read_report


def empty(name: str) -> pa.Table:
    """The table with its declared columns and no row."""
    return registry.table(name).arrow_schema.empty_table()


def quarantine_rows(
    frame: pa.Table,
    *,
    name: str,
    quarantine: str,
    counts: pa.Table,
    count_key: str,
    quarantined: pa.Table,
    file_names: Mapping[str, str],
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Take rows that break a row rule out of `frame` and into the quarantine, with their lines.

    Returns (accepted frame, quarantine, counts). A line moves from accepted to quarantined the
    first time one of its values does, so conservation by lines still holds.
    """
    split = gates.split(registry.table(name), frame)
    if split.failures.num_rows == 0:
        return frame, quarantined, counts
    values = frame.to_pylist()
    rows = quarantined.to_pylist()
    held = {(row["file_sha256"], row["line_no"]) for row in rows}
    moved: dict[str, int] = {}
    for failure in split.failures.to_pylist():
        value = values[failure["row_no"]]
        place = (value["file_sha256"], value["line_no"])
        if place not in held:
            held.add(place)
            moved[str(value[count_key])] = moved.get(str(value[count_key]), 0) + 1
        rows.append(
            {
                **{key: value.get(key) for key in ("file_sha256", "line_no", "table_no")},
                "assessment_year": value["assessment_year"],
                "file_name": file_names[value["file_sha256"]],
                "column_no": value.get("column_no") or 0,
                "part_no": value.get("part_no") or 1,
                "column_name": failure["column_name"],
                "rule_id": failure["rule_id"],
                "raw_value": failure["raw_value"],
                "reason_en": failure["reason_en"],
                "reason_vi": failure["reason_vi"],
                "what_to_do": failure["what_to_do"],
                "replay_command": f"egov run {value['assessment_year']}",
            }
        )
    recounted = [
        {
            **row,
            "rows_accepted": row["rows_accepted"] - moved.get(str(row[count_key]), 0),
            "rows_quarantined": row["rows_quarantined"] + moved.get(str(row[count_key]), 0),
        }
        for row in counts.to_pylist()
    ]
    return (
        split.accepted,
        pa.Table.from_pylist(rows, schema=registry.table(quarantine).arrow_schema),
        pa.Table.from_pylist(recounted, schema=counts.schema),
    )


def read_year_report(lake: Lake, records: Sequence[IntakeRecord]) -> dict[str, pa.Table]:
    """The report tables of a year from its one report; empty tables when there is none.

    `SourceError` when two different reports claim the year: which one is meant is not guessed.
    """
    names = [t.name for t in registry.tables(unit="reports") if t.name != "raw_corrections"]
    if not records:
        return {name: empty(name) for name in names}
    if len(records) > 1:
        listed = ", ".join(f"{r.file_name} ({r.sidecar.document_no})" for r in records)
        raise SourceError(
            f"{len(records)} reports claim the year: {listed}. Give versions of one report the "
            f"same document_no, or take one out of the intake"
        )
    record = records[0]
    content = read_report(
        read_source(lake, record),
        file_sha256=record.file_sha256,
        file_name=record.file_name,
        layout=find_layout(str(record.sidecar.report_code)),
    )
    tables = {name: getattr(content, name.removeprefix("raw_report_")) for name in names}
    accepted, quarantine, counts = quarantine_rows(
        tables["raw_report_values"],
        name="raw_report_values",
        quarantine="raw_report_quarantine",
        counts=tables["raw_report_counts"],
        count_key="table_no",
        quarantined=tables["raw_report_quarantine"],
        file_names={record.file_sha256: record.file_name},
    )
    return {
        **tables,
        "raw_report_values": accepted,
        "raw_report_quarantine": quarantine,
        "raw_report_counts": counts,
    }


@dg.multi_asset(
    name="reports",
    specs=describe_unit("reports", ["raw_intake_files"]),
    check_specs=gate_checks("reports"),
    partitions_def=yearly,
)
def reports(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Read the year's report, if one is held, and the reviewed corrections of the year."""
    opened = lake.open()
    year = context.partition_key
    intake = require(opened, "intake", year)
    with open_stage(opened, "reports", year, context) as stage:
        tables = read_year_report(opened, files_of_kind(opened, year, "assessment_report"))
        corrections = [
            read_corrections(
                read_source(opened, record),
                file_sha256=record.file_sha256,
                file_name=record.file_name,
                year=int(year),
            )
            for record in files_of_kind(opened, year, "corrections")
        ]
        tables["raw_corrections"] = pa.concat_tables([empty("raw_corrections"), *corrections])
        context.log.info(
            f"{tables['raw_report_tables'].num_rows} tables, "
            f"{tables['raw_report_cells'].num_rows} cells, "
            f"{tables['raw_report_values'].num_rows} values, "
            f"{tables['raw_report_quarantine'].num_rows} quarantined"
        )
        work = Work(opened, "reports", year, stage, {"intake": intake.content_sha256})
        yield from gate_and_promote(context, work, tables)


@dg.multi_asset(
    name="history",
    specs=describe_unit("history", ["raw_intake_files"]),
    check_specs=gate_checks("history"),
    partitions_def=yearly,
)
def history(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Read the files of published figures that speak of the year."""
    opened = lake.open()
    year = context.partition_key
    intake = require(opened, "intake", year)
    with open_stage(opened, "history", year, context) as stage:
        records = files_of_kind(opened, year, "published_values")
        contents = [
            read_history(
                read_source(opened, record),
                file_sha256=record.file_sha256,
                file_name=record.file_name,
                year=int(year),
            )
            for record in records
        ]
        tables = {
            table.name: pa.concat_tables(
                [
                    empty(table.name),
                    *(getattr(c, table.name.removeprefix("raw_history_")) for c in contents),
                ]
            )
            for table in registry.tables(unit="history")
        }
        accepted, quarantine, counts = quarantine_rows(
            tables["raw_history_values"],
            name="raw_history_values",
            quarantine="raw_history_quarantine",
            counts=tables["raw_history_counts"],
            count_key="file_sha256",
            quarantined=tables["raw_history_quarantine"],
            file_names={record.file_sha256: record.file_name for record in records},
        )
        tables |= {
            "raw_history_values": accepted,
            "raw_history_quarantine": quarantine,
            "raw_history_counts": counts,
        }
        total = pc.sum(tables["raw_history_counts"]["rows_in"]).as_py() or 0
        context.log.info(f"{len(records)} files, {total} lines, {accepted.num_rows} figures")
        work = Work(opened, "history", year, stage, {"intake": intake.content_sha256})
        yield from gate_and_promote(context, work, tables)
