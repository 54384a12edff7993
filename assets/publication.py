"""The one path by which tables of any unit become visible: gate, promotion, then the event.

A gate is a blocking check and a condition of promotion: the check results are computed on the
frames in memory, before anything is written to the promoted place, and Dagster hears of a
materialisation only after the pointer has been flipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pyarrow.parquet as pq

from assets import gates, registry
from assets.assetspec import key_of
from assets.codeversion import code_version
from assets.lake import RELEASE, Because, Lake, Stage, Version, promoted, staging
from assets.lake.atomic import write_durable
from assets.lake.parquet import PartFiles

GATE = "gate"

#: What an asset of ours yields.
Events = Iterator[dg.MaterializeResult[Any] | dg.AssetCheckResult]

PREVIEW_ROWS = 10
SHOWN_REASONS = 3
PREVIEW_CHARACTERS = 60

#: Seconds a run waits for another run that builds the same unit of the same year.
LOCK_SECONDS = 900.0


class LakeResource(dg.ConfigurableResource[Any]):
    """Where the lake and the bundled sources are; the only paths an asset is given."""

    root: str
    sources: str

    def open(self) -> Lake:
        """The lake at `root`."""
        return Lake(Path(self.root))


@dataclass(frozen=True)
class Work:
    """One unit of one year (or 'all') being made: its lake, stage, and what it was made from.
    `because` is for the journal of a release."""

    lake: Lake
    unit: str
    key: str
    stage: Stage
    inputs: Mapping[str, str]
    facts: Mapping[str, Any] = field(default_factory=dict)
    because: Because | None = None


def hashes(versions: Mapping[str, Version]) -> dict[str, str]:
    """What a unit is made from, as its manifest names it: content hash by unit."""
    return {unit: version.content_sha256 for unit, version in versions.items()}


def offer_review(lake: Lake, file_name: str, content: bytes | None) -> Path | None:
    """Put a file for people to decide in into `review/` of the lake, or remove it when there is
    nothing to decide; its path, None if there is none."""
    path = lake.root / "review" / file_name
    if content is None:
        path.unlink(missing_ok=True)
        return None
    write_durable(path, [content], "review")
    return path


def gate_checks(unit: str) -> list[dg.AssetCheckSpec]:
    """One blocking gate check for every table of the unit."""
    return [
        dg.AssetCheckSpec(
            name=GATE,
            asset=key_of(table.name),
            blocking=True,
            description="Types, nulls, ranges, codes, keys and rules of the registry, judged "
            "before promotion: a table that fails is never in the promoted place.",
        )
        for table in registry.tables(unit=unit)
    ]


def text_table(names: Sequence[str], rows: Iterable[Sequence[object]]) -> dg.MetadataValue:
    """Rows as a table of the UI. Cells are plain text there, never markup, and cut."""

    def text(value: object) -> str:
        shown = "" if value is None else " ".join(str(value).split())
        return shown if len(shown) <= PREVIEW_CHARACTERS else f"{shown[:PREVIEW_CHARACTERS]}…"

    return dg.MetadataValue.table(
        records=[
            dg.TableRecord({name: text(value) for name, value in zip(names, row, strict=True)})
            for row in rows
        ],
        schema=dg.TableSchema([dg.TableColumn(name, "string") for name in names]),
    )


def preview(frame: pa.Table, rows: int) -> dg.MetadataValue:
    """The first rows as a table of the UI."""
    shown = frame.slice(0, rows).to_pylist()
    return text_table(frame.column_names, [list(row.values()) for row in shown])


def table_metadata(name: str, frame: pa.Table, rows: int) -> dict[str, dg.MetadataValue]:
    """Row count and the first rows, as the UI shows them; `frame` holds at least these."""
    counts: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(rows),
        "preview": preview(frame, PREVIEW_ROWS),
    }
    if registry.table(name).partitioned:
        counts["dagster/partition_row_count"] = dg.MetadataValue.int(rows)
    return counts


def check_result(name: str, result: gates.GateResult) -> dg.AssetCheckResult:
    """A gate's outcome as a Dagster check that reads well."""
    return dg.AssetCheckResult(
        asset_key=key_of(name),
        check_name=GATE,
        passed=result.passed,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{result.rows} rows, {len(result.rules)} rules, "
        f"{result.failures.num_rows} failures",
        metadata={
            "rows": result.rows,
            "rules": len(result.rules),
            "failures": result.failures.num_rows,
            "report": dg.MetadataValue.md(gates.as_markdown(result)),
        },
    )


def open_stage(
    lake: Lake, unit: str, key: str, context: dg.AssetExecutionContext
) -> Any:  # the context manager of `staging`
    """A stage of the unit under the run's id; waits for another run of the same unit and key."""
    return staging(
        lake, unit, key, context.run.run_id, timeout=LOCK_SECONDS, on_wait=context.log.info
    )


def gate_and_promote(
    context: dg.AssetExecutionContext,
    work: Work,
    tables: Mapping[str, pa.Table],
    *,
    gate_context: gates.Context | None = None,
    metadata: Mapping[str, Mapping[str, Any]] | None = None,
    views: Mapping[str, pa.Table] | None = None,
    order: Sequence[str] = (),
    before: Sequence[dg.AssetCheckResult] = (),
    parts: Mapping[str, Sequence[Path]] | None = None,
) -> Events:
    """Judge every table; promote all of them together or none.

    `parts` are tables too large for memory, by the files that are staged already; they are judged
    and shown part by part.
    `views` were made on the way and are shown, not promoted; `order` names tables and views in
    the order they were made, by default the tables as given. `before` holds checks that were
    made on the way here.

    On failure the failing rows are kept as Parquet beside the run, every check is reported and
    the step fails with the text of the first failing gates; the promoted place is untouched.
    """
    results = {
        name: gates.check(registry.table(name), frame, gate_context)
        for name, frame in tables.items()
    }
    staged = {name: PartFiles(paths) for name, paths in (parts or {}).items()}
    for name, files in staged.items():
        results[name] = gates.check_parts(registry.table(name), files, gate_context)
    gates_passed = all(result.passed for result in results.values())
    if not (gates_passed and all(check.passed for check in before)):
        yield from before
        yield from (check_result(name, result) for name, result in results.items())
        raise refusal(work, context.run.run_id, results, before)
    # Read now: promotion moves the staged files.
    first = {name: next(iter(files.frames())) for name, files in staged.items()}
    if work.unit != RELEASE:
        for name, frame in tables.items():
            work.stage.write_table(name, _declared(name, frame))
    promotion = work.stage.promote(
        inputs=dict(work.inputs),
        code_version=code_version(),
        facts=dict(work.facts),
        because=work.because,
    )
    context.log.info(
        f"{work.unit} {work.key}: version {promotion.counter} "
        + ("already held these bytes" if promotion.unchanged else "promoted")
    )
    for name in order or (*tables, *staged):
        extra = dict((metadata or {}).get(name, {}))
        if views is not None and name in views:
            yield dg.MaterializeResult(
                asset_key=key_of(name),
                metadata={**table_metadata(name, views[name], views[name].num_rows), **extra},
            )
            continue
        yield dg.MaterializeResult(
            asset_key=key_of(name),
            metadata={
                **table_metadata(name, {**tables, **first}[name], results[name].rows),
                "version": promotion.counter,
                "content_sha256": promotion.content_sha256,
                **extra,
            },
            data_version=dg.DataVersion(promotion.content_sha256[:16]),
        )
        yield check_result(name, results[name])
    yield from before


def refusal(
    work: Work,
    run_id: str,
    results: Mapping[str, gates.GateResult],
    checks: Sequence[dg.AssetCheckResult],
    rows: Mapping[str, pa.Table] | None = None,
) -> dg.Failure:
    """The failure of a unit that was refused: what failed, the first rows, where all of them are.

    `rows` holds failing rows that are not gate failures, by the name under which to keep them.
    """
    gates_failed = [name for name, result in results.items() if not result.passed]
    checks_failed = [check for check in checks if not check.passed]
    texts = [gates.as_text(results[name]) for name in gates_failed[:SHOWN_REASONS]]
    texts += [
        f"{check.asset_key.path[-1]}, {check.check_name}: {check.description}"
        for check in checks_failed[:SHOWN_REASONS]
        if check.asset_key is not None
    ]
    kept = _keep(
        work, run_id, {**{name: results[name].failures for name in gates_failed}, **(rows or {})}
    )
    return dg.Failure(
        description=f"gate of {work.unit} {work.key} refused: {len(gates_failed)} of "
        f"{len(results)} tables and {len(checks_failed)} further checks failed; nothing was "
        "promoted.\n\n" + "\n\n".join(texts) + f"\n\nAll failing rows: {kept}",
        allow_retries=False,
    )


def _declared(name: str, frame: pa.Table) -> pa.Table:
    """The frame with the registry's own schema, nullability included."""
    return frame.cast(registry.table(name).arrow_schema)


def _keep(work: Work, run_id: str, rows: Mapping[str, pa.Table]) -> Path:
    """Write failing rows as Parquet beside the runs; returns their folder."""
    folder = work.lake.root / "failures" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in rows.items():
        pq.write_table(frame, folder / f"{work.unit}.{work.key}.{name}.parquet")
    return folder


def require(lake: Lake, unit: str, key: str) -> Version:
    """The promoted version of a unit, or a failure that says which stage has to run first."""
    version = promoted(lake, unit, key)
    if version is None:
        raise dg.Failure(
            description=f"{unit} {key} has not been promoted yet; materialise its assets first "
            f"(egov run {key} does everything in order).",
            allow_retries=False,
        )
    return version
