"""Dagster asset of the unit `submissions`: forms, confirmations and decisions of the year. Thin."""

from collections.abc import Callable

import dagster as dg

from assets.assetspec import describe_unit, yearly
from assets.entities.members import members_by_block
from assets.intake import files_of_kind
from assets.method.load import methods as all_methods
from assets.method.tables import in_force
from assets.publication import (
    Events,
    LakeResource,
    Work,
    gate_and_promote,
    gate_checks,
    hashes,
    open_stage,
    require,
)
from assets.received.delivery import documents, received
from assets.submissions.asked import Asked
from assets.submissions.confirmation import confirmations_table
from assets.submissions.deliver import CONFIRMATION, OVERRIDE, SUBMISSION
from assets.submissions.overrides import overrides_table
from assets.submissions.read import read_submissions

DEPS = ("raw_intake_files", "raw_methods", "raw_memberships", "raw_bodies")

#: Files between two lines of the log.
SAID_EVERY = 20


def _progress(context: dg.AssetExecutionContext, total: int) -> Callable[[int], None]:
    def say(done: int) -> None:
        if done % SAID_EVERY == 0 or done == total:
            context.log.info(f"{done} of {total} forms read")

    return say


@dg.multi_asset(
    name="submissions",
    specs=describe_unit("submissions", DEPS),
    check_specs=gate_checks("submissions"),
    partitions_def=yearly,
)
def submissions(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Read every form handed in for the year, the answers of bodies and reviewed decisions."""
    opened = lake.open()
    key = context.partition_key
    year = int(key)
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "bodies", "methods")}
    with open_stage(opened, "submissions", key, context) as stage:
        methods = in_force(all_methods(), year)
        members = members_by_block(upstream["bodies"])
        forms = files_of_kind(opened, key, SUBMISSION)
        tables = read_submissions(
            [received(opened, record) for record in forms],
            year=year,
            methods=methods,
            members=members,
            on_done=_progress(context, len(forms)),
        )
        asked = Asked(year, tuple(methods), members)
        tables["raw_confirmations"] = confirmations_table(
            documents(opened, files_of_kind(opened, key, CONFIRMATION)), asked
        )
        tables["raw_overrides"] = overrides_table(
            documents(opened, files_of_kind(opened, key, OVERRIDE)), asked
        )
        files = tables["raw_submission_files"]
        rejected = files["file_state"].to_pylist().count("rejected")
        context.log.info(
            f"{files.num_rows} forms, {rejected} rejected; "
            f"{tables['raw_submission_values'].num_rows} figures, "
            f"{tables['raw_submission_quarantine'].num_rows} quarantined; "
            f"{tables['raw_confirmations'].num_rows} answers of bodies, "
            f"{tables['raw_overrides'].num_rows} decisions"
        )
        work = Work(
            opened,
            "submissions",
            key,
            stage,
            hashes(upstream),
        )
        yield from gate_and_promote(context, work, tables)
