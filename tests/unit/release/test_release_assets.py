"""A release is sealed as a whole or refused as a whole, with the pointer untouched."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from release_samples import (
    LAO_CAI,
    REPORT,
    YEAR,
    Tables,
    ledger,
    source,
    sources,
    table,
    with_rows,
)

from assets import registry
from assets.assetspec import INGEST_UNITS, key_of
from assets.lake import RELEASE, Lake, promoted, staging
from assets.publication import LakeResource
from assets.release import verify_release
from assets.release.assets import ledger_check, release

KEY = str(YEAR)


def promote_inputs(lake: Lake, tables: Tables, run_id: str) -> None:
    """The units a release reads, as a run would have left them."""
    inputs: dict[str, str] = {}
    for unit in (*INGEST_UNITS, "marts"):
        with staging(lake, unit, KEY, run_id) as stage:
            for declared in registry.tables(unit=unit):
                name = declared.name
                stage.write_table(name, tables.get(name, table(name)))
            inputs[unit] = stage.promote(inputs, "code", {}).content_sha256


def build(lake: Lake, tmp_path: Path, **tags: str) -> dg.ExecuteInProcessResult:
    """The release asset alone, as Dagster runs it with these tags."""
    resources = {"lake": LakeResource(root=str(lake.root), sources=str(tmp_path))}
    with dg.DagsterInstance.ephemeral() as instance:
        return dg.materialize(
            [release],
            partition_key=KEY,
            resources=resources,
            instance=instance,
            raise_on_error=False,
            tags=tags,
        )


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    promote_inputs(lake, sources(), "first")
    return lake


def failure(result: dg.ExecuteInProcessResult) -> str:
    (event,) = [e for e in result.all_events if e.is_step_failure]
    data = event.step_failure_data
    return str(data.user_failure_data.description if data.user_failure_data else data.error)


def checks(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    found = result.get_asset_check_evaluations()
    return {f"{c.asset_key.path[-1]}.{c.check_name}": c for c in found}


def test_every_table_is_an_asset_with_its_sources_its_gate_and_the_ledger_check() -> None:
    tables = registry.tables(unit=RELEASE)
    specs = {spec.key: spec for spec in release.specs}

    assert set(specs) == {key_of(t.name) for t in tables}
    for declared in tables:
        spec = specs[key_of(declared.name)]
        assert {dep.asset_key for dep in spec.deps} == {key_of(s) for s in declared.sources}
        assert spec.kinds == {"parquet", "csv"}
        assert spec.group_name == "release"
    blocking = {(c.asset_key, c.name) for c in release.check_specs if c.blocking}
    assert blocking == {
        *((key_of(t.name), "gate") for t in tables),
        (key_of("rel_reconciliation"), "ledger_explained"),
    }


def test_a_good_year_is_sealed_and_says_where(lake: Lake, tmp_path: Path) -> None:
    result = build(lake, tmp_path)

    assert result.success
    version = promoted(lake, RELEASE, KEY)
    assert version is not None
    assert verify_release(version.path).passed
    assert version.manifest["facts"]["assessment_year"] == YEAR
    assert version.manifest["facts"]["ledger"]["source_error"] == 1
    assert version.manifest["facts"]["tables"]["rel_published_values"] == 3
    assert set(version.manifest["inputs"]) == {*INGEST_UNITS, "marts"}
    events = result.get_asset_materialization_events()
    assert len(events) == len(registry.tables(unit=RELEASE))
    for event in events:
        metadata: dict[str, Any] = dict(event.materialization.metadata)
        assert metadata["folder"].value == str(version.path)
        assert metadata["vintage"].value == version.path.name
        assert metadata["files"].value == len(list(version.path.rglob("*.*")))
        assert metadata["ledger"].value["match"] == 2
        lineage = metadata["dagster/column_lineage"].column_lineage.deps_by_column
        assert all(lineage.values())
    assert all(check.passed for check in checks(result).values())


@pytest.mark.parametrize(
    ("name", "row", "failing", "said"),
    [
        (
            "idx_reconciliation",
            ledger(LAO_CAI, subject="x", printed="7", recomputed="8", **{"class": "unexplained"}),
            "rel_reconciliation.ledger_explained",
            "1 of 4 rows are unexplained.\n  rank, table 4.9, body P-10, line",
        ),
        (
            "raw_intake_files",
            source("9" * 64, "bodies", is_synthetic=True),
            "rel_sources.gate",
            "synthetic data can never enter an official release",
        ),
        (
            "ind_websites",
            {**LAO_CAI, "table_no": "4.4", "file_sha256": REPORT},
            "rel_websites.gate",
            "rel_websites.key",
        ),
    ],
    ids=["unexplained", "synthetic", "broken_rule"],
)
def test_a_release_is_refused_and_the_pointer_stays(
    lake: Lake, tmp_path: Path, name: str, row: dict[str, Any], failing: str, said: str
) -> None:
    assert build(lake, tmp_path).success
    before = {p: p.read_bytes() for p in lake.releases.rglob("*") if p.is_file()}
    promote_inputs(lake, with_rows(sources(), name, row), "second")

    result = build(lake, tmp_path)

    assert not result.success
    assert said in failure(result)
    assert not checks(result)[failing].passed
    assert {p: p.read_bytes() for p in lake.releases.rglob("*") if p.is_file()} == before


def test_marts_of_another_ingest_are_refused(lake: Lake, tmp_path: Path) -> None:
    with staging(lake, "reports", KEY, "later") as stage:
        for declared in registry.tables(unit="reports"):
            stage.write_table(declared.name, table(declared.name))
        stage.promote({}, "code", {})

    result = build(lake, tmp_path)

    assert "marts of 2016 were built from another version of reports" in failure(result)
    assert promoted(lake, RELEASE, KEY) is None


def test_a_year_without_marts_says_what_to_run_first(tmp_path: Path) -> None:
    result = build(Lake(tmp_path / "lake"), tmp_path)
    assert "marts 2016 has not been promoted yet" in failure(result)


def test_open_rows_are_shown_as_a_table_of_plain_text() -> None:
    rows = [
        ledger(LAO_CAI, subject=str(n), printed="<b>|", **{"class": "unexplained"})
        for n in range(2)
    ]
    result = ledger_check(table("rel_reconciliation", *rows, ledger(LAO_CAI)))

    assert not result.passed
    assert result.metadata["unexplained"].value == 2
    shown = result.metadata["unexplained_rows"]
    assert isinstance(shown, dg.TableMetadataValue)  # cells of such a table are never markup
    assert [record.data["printed"] for record in shown.records] == ["<b>|", "<b>|"]
