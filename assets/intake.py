"""The intake asset: files as received, and which of them speak of the year."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import dagster as dg
import pyarrow as pa

from assets import registry
from assets.assetspec import describe, key_of, yearly
from assets.lake import IntakeRecord, Lake, add_folder, current, records
from assets.publication import (
    GATE,
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    open_stage,
    require,
)

TABLE = "raw_intake_files"

#: Root of the lineage: the documents themselves, outside the warehouse.
source_documents = dg.AssetSpec(
    key=dg.AssetKey(["sources", "source_documents"]),
    group_name="sources",
    owners=["team:warehouse"],
    kinds={"file"},
    description="Documents as published or received: reports, pages, tables of figures, with "
    "their sidecars. Bundled ones lie under sources/, further ones come with egov intake add.",
)


#: Kinds of which every version counts: a form that turns out to be unreadable does not take the
#: place of the one before it, and what stands in answers and decisions is dated by the version
#: that first said it.
EVERY_VERSION = ("submission", "confirmation", "observation_override", "check_decisions")


def speaking_of(lake: Lake, year: int) -> list[IntakeRecord]:
    """Files that speak of the year: of each document the current version, or every version."""
    return [
        *(r for r in current(lake, year) if r.sidecar.kind not in EVERY_VERSION),
        *(r for r in records(lake) if r.sidecar.kind in EVERY_VERSION and year in r.sidecar.years),
    ]


def holds_year(files: Sequence[IntakeRecord]) -> bool:
    """Whether any file speaks of the year itself; reference files speak of every year."""
    return any(record.sidecar.years for record in files)


def files_of_kind(lake: Lake, year: str, kind: str) -> list[IntakeRecord]:
    """Files of a kind for the year, as the promoted intake lists them."""
    listed = set(require(lake, "intake", year).table(TABLE)["file_sha256"].to_pylist())
    return [
        record
        for record in speaking_of(lake, int(year))
        if record.sidecar.kind == kind and record.file_sha256 in listed
    ]


def intake_table(files: Sequence[IntakeRecord], year: int) -> pa.Table:
    """raw_intake_files: one row a file that speaks of the year."""
    rows = [
        {
            "file_sha256": record.file_sha256,
            "file_name": record.file_name,
            "kind": record.sidecar.kind,
            "assessment_year": year,
            "issuer": record.sidecar.issuer,
            "document_no": record.sidecar.document_no,
            "document_date": record.sidecar.document_date,
            "source_ref": record.sidecar.source_ref,
            "received_at": record.sidecar.received_at,
            "licence": record.sidecar.licence,
            "is_synthetic": record.sidecar.is_synthetic,
            "size_bytes": record.size_bytes,
            "version_no": record.version_no,
            "supersedes_sha256": record.supersedes_sha256,
        }
        for record in sorted(files, key=lambda r: r.file_sha256)
    ]
    return pa.Table.from_pylist(rows, schema=registry.table(TABLE).arrow_schema)


def _names(files: Sequence[IntakeRecord]) -> dict[str, str]:
    """Hash by file name; a name that several files have is told apart by its hash."""
    times = Counter(record.file_name for record in files)
    return {
        f"{r.file_name} {r.file_sha256[:12]}" if times[r.file_name] > 1 else r.file_name: (
            r.file_sha256
        )
        for r in files
    }


@dg.multi_asset(
    name="intake",
    specs=[
        describe(
            registry.table(TABLE),
            deps=[source_documents],
            kinds={"python", "file", "parquet"},
            skippable=True,
        )
    ],
    check_specs=gate_checks("intake"),
    partitions_def=yearly,
)
def intake(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Take in the bundled sources, then list what speaks of the year.

    A year that no source speaks of is said so and left empty; it is no failure.
    """
    opened = lake.open()
    year = int(context.partition_key)
    taken = add_folder(opened, Path(lake.sources))
    new = sum(1 for record in taken if not record.was_known)
    files = speaking_of(opened, year)
    context.log.info(f"bundled sources: {len(taken)} files, {new} new; {len(files)} for {year}")
    if not holds_year(files):
        context.log.warning(f"no source is held for {year}: nothing to materialise")
        yield dg.AssetCheckResult(
            asset_key=key_of(TABLE),
            check_name=GATE,
            passed=True,
            description=f"no source is held for {year}: nothing to judge",
        )
        return
    with open_stage(opened, "intake", context.partition_key, context) as stage:
        yield from gate_and_promote(
            context,
            Work(
                lake=opened,
                unit="intake",
                key=context.partition_key,
                stage=stage,
                inputs=_names(files),
            ),
            {TABLE: intake_table(files, year)},
        )
