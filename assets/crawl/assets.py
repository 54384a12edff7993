"""Dagster asset of the unit `crawl`: results of windows, decisions of people, rules of stability.
Thin.
"""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import dagster as dg
import pyarrow as pa

from assets import gates, registry
from assets.assetspec import describe, key_of, yearly
from assets.crawl.checks.rules import rules
from assets.crawl.fetch.statuses import statuses
from assets.crawl.results.document import KIND
from assets.crawl.results.observes import observes_table
from assets.crawl.results.reading import read_result_files
from assets.crawl.results.review import decisions_table, export_review, speak_of_none
from assets.crawl.results.uptime import stability_rules_table
from assets.crawl.window_asset import CRAWL_WINDOW
from assets.intake import files_of_kind
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
    text_table,
)
from assets.received.delivery import documents, received
from assets.received.setaside import told

DECISIONS = "check_decisions"

DEPS = (*map(key_of, ("raw_intake_files", "raw_bodies", "raw_crawl_targets")), CRAWL_WINDOW)


@dg.multi_asset(
    name="crawl",
    specs=[describe(table, deps=DEPS) for table in registry.tables(unit="crawl")],
    check_specs=gate_checks("crawl"),
    partitions_def=yearly,
)
def crawl(context: dg.AssetExecutionContext, lake: LakeResource) -> Events:
    """Take the results of crawl windows into the year: visits, checks, probes, decisions."""
    opened = lake.open()
    key = context.partition_key
    year = int(key)
    upstream = {unit: require(opened, unit, key) for unit in ("intake", "bodies", "targets")}
    targets = upstream["targets"].table("raw_crawl_targets")
    with open_stage(opened, "crawl", key, context) as stage:
        files = [received(opened, record) for record in files_of_kind(opened, key, KIND)]
        tables = read_result_files(
            files,
            year=year,
            targets=targets,
            rules=rules(),
            on_done=lambda done, total: context.log.info(f"{done} of {total} documents read"),
        )
        checks = tables["raw_portal_checks"]
        decided = documents(opened, files_of_kind(opened, key, DECISIONS))
        tables["raw_check_decisions"] = decisions_table(decided, year)
        tables["raw_stability_rules"] = stability_rules_table(
            _rounds_held(tables["raw_crawl_rounds"]), rules()
        )
        tables["raw_check_inputs"] = observes_table()
        for line in speak_of_none(tables["raw_check_decisions"], checks):
            context.log.warning(f"a decision changes nothing: {line}")
        names = upstream["bodies"].table("raw_bodies")
        content = _review(checks, names, tables["raw_check_decisions"])
        review = offer_review(opened, f"checks_{year}.csv", content)
        context.log.info(_said(tables))
        for line in told(tables["raw_crawl_quarantine"]):
            context.log.warning(line)
        if review is not None:
            context.log.warning(
                f"some answers are unsure: fill {review} and take it in with "
                f"egov intake add {review} --kind {DECISIONS} --year {year}"
            )
        work = Work(
            opened,
            "crawl",
            key,
            stage,
            hashes(upstream),
        )
        yield from gate_and_promote(
            context,
            work,
            tables,
            gate_context=gates.Context(targets=targets),
            metadata={
                "raw_crawl_visits": {"outcomes": _outcomes(tables["raw_crawl_visits"], targets)},
                "raw_portal_checks": {"answers": _answers(checks)},
            },
        )


def _rounds_held(rounds: pa.Table) -> list[int]:
    """The numbers of rounds that any window has."""
    held: dict[str, set[int]] = {}
    for window, number in zip(
        rounds["window_code"].to_pylist(), rounds["round_no"].to_pylist(), strict=True
    ):
        held.setdefault(window, set()).add(number)
    return sorted({len(numbers) for numbers in held.values()})


def _said(tables: Mapping[str, pa.Table]) -> str:
    """What was read, in a line."""
    visits, checks = tables["raw_crawl_visits"], tables["raw_portal_checks"]
    ended = Counter(visits["outcome"].to_pylist())
    unsure = sum(checks["needs_review"].to_pylist())
    return (
        f"{tables['raw_crawl_counts'].num_rows} documents, "
        f"{tables['raw_crawl_rounds'].num_rows} shards of rounds, {visits.num_rows} visits "
        f"({ended['up']} up, {ended['down']} down, {ended['not_measured']} not measured), "
        f"{checks.num_rows} checks, {unsure} unsure, "
        f"{tables['raw_service_probes'].num_rows} probes, "
        f"{tables['raw_check_decisions'].num_rows} decisions, "
        f"{tables['raw_crawl_quarantine'].num_rows} lines quarantined"
    )


def _review(checks: pa.Table, bodies: pa.Table, decided: pa.Table) -> bytes | None:
    """The review file of the year's unsure answers; None if there are none."""
    if not any(checks["needs_review"].to_pylist()):
        return None
    names = dict(zip(*(bodies[c].to_pylist() for c in ("body_code", "body_name")), strict=True))
    return export_review(checks, names, decided)


def _outcomes(visits: pa.Table, targets: pa.Table) -> dg.MetadataValue:
    """How the own addresses of targets ended, by window, round and kind."""
    own = dict(zip(*(targets[c].to_pylist() for c in ("target_id", "url")), strict=True))
    counted: Counter[tuple[str, int, str, str, str]] = Counter()
    totals: Counter[tuple[str, int, str]] = Counter()
    columns = ("target_id", "url", "window_code", "round_no", "target_kind", "outcome",
               "visit_status")  # fmt: skip
    for target_id, url, *place, ended, status in zip(
        *(visits[c].to_pylist() for c in columns), strict=True
    ):
        if own.get(target_id) == url:
            counted[*place, ended, status] += 1
            totals[*place] += 1
    rows = [
        (window, round_no, kind, ended, count,
         f"{Decimal(100 * count) / totals[window, round_no, kind]:.1f} %",
         status, statuses()[status].en)
        for (window, round_no, kind, ended, status), count in sorted(counted.items())
    ]  # fmt: skip
    names = ("window", "round", "targets", "outcome", "count", "share", "status", "meaning")
    return text_table(names, rows)


def _answers(checks: pa.Table) -> dg.MetadataValue:
    """Answers by check, of the last round of each window."""
    rows = checks.select(["window_code", "round_no", "check_id", "check_answer"]).to_pylist()
    last: dict[str, int] = {}
    for row in rows:
        last[row["window_code"]] = max(last.get(row["window_code"], 0), row["round_no"])
    answers = ("yes", "partial", "no", "not_observed")
    counted = Counter(
        (row["window_code"], row["check_id"], row["check_answer"])
        for row in rows
        if row["round_no"] == last[row["window_code"]]
    )
    return text_table(
        ("window", "round", "check", *answers),
        [
            (window, last[window], check, *(counted[window, check, a] for a in answers))
            for window, check in sorted({place[:2] for place in counted})
        ],
    )
