"""What the command line tells: summary of a year, of a backfill, status of all years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from assets.explorer import ALL, EXPLORER, INDEX
from assets.lake import Lake, LakeError, Version, promoted, records
from assets.release.vintages.changelog import effect_lines
from assets.release.vintages.vintage import current_vintage
from assets.years import YEARS
from orchestration.runner import Outcome

if TYPE_CHECKING:
    import pyarrow as pa
    from dagster import DagsterInstance

__all__ = [
    "Outcome",
    "backfill_summary",
    "explorer_page",
    "outcome_line",
    "status_table",
    "year_summary",
]

WORDS = {"done": "done", "no_source": "no source held", "failed": "FAILED"}


def outcome_line(outcome: Outcome) -> str:
    """One line on one run; a failure brings its reason on further lines."""
    line = f"{outcome.what:>6}  {WORDS[outcome.status]}"
    if outcome.status == "done":
        return f"{line}  {outcome.seconds:5.1f} s  run {outcome.run_id[:8]}"
    if outcome.status == "failed":
        return f"{line}\n{outcome.message}"
    return line


def _held(lake: Lake, unit: str, key: str) -> Version:
    """A version that the run just promoted; LakeError if it is gone."""
    version = promoted(lake, unit, key)
    if version is None:
        raise LakeError(f"{unit} {key} is not in the lake any more")
    return version


def explorer_page(lake: Lake) -> Path | None:
    """The page of the explorer, verified; None before the first was built."""
    version = promoted(lake, EXPLORER, ALL)
    return None if version is None else version.file(INDEX)


def _classes(ledger: pa.Table) -> str:
    counted = Counter(ledger["class"].to_pylist())
    return ", ".join(f"{name} {number}" for name, number in counted.most_common())


def _bodies_per_table(lake: Lake, year: str) -> list[str]:
    reports, bodies = _held(lake, "reports", year), _held(lake, "bodies", year)
    listed: dict[str, set[str]] = {}
    for match in bodies.table("raw_body_matches").to_pylist():
        if match["table_no"]:
            listed.setdefault(match["table_no"], set()).add(match["body_code"] or "?")
    cells = Counter(reports.table("raw_report_cells")["table_no"].to_pylist())
    lines = []
    for table in reports.table("raw_report_tables").to_pylist():
        number = table["table_no"]
        bodies_listed = f"{len(listed[number])} bodies" if number in listed else "statistics"
        lines.append(
            f"    {number:>5}  {bodies_listed:>10}  {cells[number]:>5} cells  {table['title_en']}"
        )
    return lines


def year_summary(lake: Lake, year: str, outcomes: Sequence[Outcome]) -> str:
    """The summary that ends `egov run`: tables, bodies, cells, quarantine, ledger, release."""
    reports, history = _held(lake, "reports", year), _held(lake, "history", year)
    marts, release = _held(lake, "marts", year), promoted(lake, "release", year)
    tables = reports.table("raw_report_tables").num_rows
    quarantined = (
        reports.table("raw_report_quarantine").num_rows
        + history.table("raw_history_quarantine").num_rows
    )
    ledger = marts.table("idx_reconciliation")
    lines = [f"Year {year}", ""]
    if tables:
        lines += [
            f"  report       {tables} tables, "
            f"{reports.table('raw_report_cells').num_rows:,} cells, "
            f"{reports.table('raw_report_values').num_rows:,} typed values",
            *_bodies_per_table(lake, year),
        ]
    lines += [
        *_forms(_held(lake, "submissions", year), marts),
        f"  published    {history.table('raw_history_values').num_rows:,} figures from elsewhere",
        f"  quarantined  {quarantined} rows",
        f"  ledger       {ledger.num_rows:,} checks: {_classes(ledger)}",
        f"  release      {release.path if release else 'none'}",
        *_vintage(lake, year),
        f"  explorer     {explorer_page(lake) or 'none'}",
        "",
        "  time         " + "; ".join(_time(o) for o in outcomes),
        f"  next: egov open   egov verify {year}   egov status   make ui",
    ]
    return "\n".join(lines)


def _vintage(lake: Lake, year: str) -> list[str]:
    """The current vintage: whether it is signed, and what it did to ranks; nothing if none."""
    vintage = current_vintage(lake, year)
    if vintage is None:
        return []
    signed = ", ".join(f"signed by {s.author} ({s.at[:10]})" for s in vintage.signatures)
    made = (
        f"made {vintage.at} by {vintage.author}" if vintage.at else "made before there were records"
    )
    reason = f": {vintage.reason}" if vintage.reason else ""
    return [
        f"  vintage      {vintage.counter}, {signed or 'not signed'}; {made}{reason}",
        *(f"               {line}" for line in effect_lines(vintage.says)),
    ]


def _forms(submissions: Version, marts: Version) -> list[str]:
    """Forms handed in and what was computed from them; nothing if there is none."""
    files = submissions.table("raw_submission_files").to_pylist()
    if not files:
        return []
    states = Counter(file["file_state"] for file in files)
    values = sum(submissions.table("raw_submission_values")["is_current"].to_pylist())
    quarantined = sum(submissions.table("raw_submission_quarantine")["is_current"].to_pylist())
    scores = marts.table("idx_scores").to_pylist()
    ranked = [row for row in scores if row["rank"] is not None]
    incomplete = {row["body_code"] for row in scores if row["is_incomplete"]}
    synthetic = " (synthetic)" if any(row["is_synthetic"] for row in scores) else ""
    return [
        f"  forms        {states['accepted']} accepted, {states['rejected']} rejected; "
        f"{values:,} figures in force, {quarantined} quarantined",
        f"  scores       {len({row['body_code'] for row in scores})} bodies{synthetic}, "
        f"{len(incomplete)} incomplete; {len(ranked):,} ranks",
    ]


def comparison(marts: Version) -> str:
    """Computed index values and ranks against the published ones, a line a list."""
    lists: dict[tuple[str, str], Counter[str]] = {}
    for row in marts.table("idx_reconciliation").to_pylist():
        if row["item"] in ("computed_index", "computed_rank"):
            found = lists.setdefault((row["universe"], row["category"]), Counter())
            found[f"{row['item']} asked"] += 1
            found[f"{row['item']} {row['class']}"] += 1
    lines = [f"  {'universe':13}{'category':18}{'index equal':>14}{'rank equal':>14}  otherwise"]
    for (universe, category), found in sorted(lists.items()):
        shown = [
            f"{found[f'{item} match']} of {found[f'{item} asked']}"
            if found[f"{item} asked"]
            else "-"
            for item in ("computed_index", "computed_rank")
        ]
        others = [
            f"{number} {name.split(' ')[1]}"
            for name, number in sorted(found.items())
            if not name.endswith((" asked", " match"))
        ]
        lines.append(
            f"  {universe:13}{category:18}{shown[0]:>14}{shown[1]:>14}  "
            f"{', '.join(others)}".rstrip()
        )
    return "\n".join(lines)


def states(marts: Version) -> str:
    """How many figures are in which state."""
    counted = Counter(marts.table("ind_observations")["observation_state"].to_pylist())
    return ", ".join(f"{name} {number:,}" for name, number in counted.most_common())


def first_lines(text: str, number: int) -> str:
    """The first lines of a text that are not blank, indented."""
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(f"   {line}" for line in lines[:number])


def _time(outcome: Outcome) -> str:
    """Seconds of a run, and of its steps."""
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in outcome.steps.items())
    return f"{outcome.what} {outcome.seconds:.1f} s ({steps})"


def backfill_summary(lake: Lake, outcomes: Sequence[Outcome]) -> str:
    """What a backfill made, and at the end every year that failed, with its reason."""
    done = [o for o in outcomes if o.status == "done"]
    empty = [o.what for o in outcomes if o.status == "no_source"]
    failed = [o for o in outcomes if o.status == "failed"]
    lines = ["", f"{len(done)} runs done in {sum(o.seconds for o in outcomes):.1f} s"]
    if empty:
        lines.append(f"no source is held for {', '.join(empty)}: nothing to do, no failure")
    panel = promoted(lake, "panel", "all")
    if panel is not None:
        lines.append(
            f"panel: {panel.table('pnl_value_history').num_rows:,} values, "
            f"{panel.table('pnl_rank_changes').num_rows:,} changes between years"
        )
    analysis = promoted(lake, "analysis", "all")
    if analysis is not None:
        changes = analysis.table("ana_rank_changes")["is_comparable"].to_pylist()
        lines.append(
            f"analysis: {len(changes):,} changes explained, {sum(changes):,} of them comparable"
        )
    if page := explorer_page(lake):
        lines.append(f"explorer: {page}   (egov open)")
    for outcome in failed:
        lines += ["", outcome_line(outcome)]
    return "\n".join(lines)


def status_table(lake: Lake, instance: DagsterInstance) -> str:
    """One line a year: sources held, rows, ledger, release and the last run that Dagster knows."""
    from dagster import RunsFilter

    lines = [
        f"{'year':6}{'sources':>8}{'values':>8}{'ledger':>8}{'open':>6}  {'release':16}{'signed':8}"
        "last run"
    ]
    for year in YEARS:
        sources = sum(1 for r in records(lake) if int(year) in r.sidecar.years)
        marts, release = promoted(lake, "marts", year), promoted(lake, "release", year)
        ledger = marts.table("idx_reconciliation") if marts else None
        values = f"{marts.table('idx_published_values').num_rows}" if marts else "-"
        unexplained = (
            "-" if ledger is None else str(ledger["class"].to_pylist().count("unexplained"))
        )
        runs = instance.get_runs(
            RunsFilter(job_name="one_year", tags={"dagster/partition": year}), limit=1
        )
        last = f"{runs[0].status.value.lower()} {runs[0].run_id[:8]}" if runs else "-"
        vintage = current_vintage(lake, year) if release else None
        signed = "yes" if vintage and vintage.is_signed else "-"
        lines.append(
            f"{year:6}{sources:>8}{values:>8}{ledger.num_rows if ledger is not None else '-':>8}"
            f"{unexplained:>6}  {release.path.name if release else '-':16}{signed:8}{last}"
        )
    lines.append("")
    panel = promoted(lake, "panel", "all")
    analysis = promoted(lake, "analysis", "all")
    for unit, version in (("panel:", panel), ("analysis:", analysis)):
        lines.append(f"{unit:9} {f'version {version.counter}' if version else 'not built yet'}")
    lines.append(f"lake:     {lake.root}")
    return "\n".join(lines)
