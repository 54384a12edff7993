"""The asset `crawl` on a lake of its own: documents taken in become tables, or are refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import dagster as dg
import pyarrow as pa
import pytest
from result_samples import NAMES, check, csv_of, document, jsonl, register, visit

from assets import registry
from assets.crawl.assets import crawl
from assets.crawl.results.review import COLUMNS
from assets.intake import intake_table, speaking_of
from assets.lake import Lake, Sidecar, add_file, promoted, staging
from assets.publication import LakeResource

YEAR = "2016"


class Year:
    """A year whose register is that of the samples."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.lake = folder, Lake(folder / "lake")
        self.put("bodies", {"raw_bodies": bodies()})
        self.put("targets", {"raw_crawl_targets": register()})

    def put(self, unit: str, tables: Mapping[str, pa.Table]) -> None:
        with staging(self.lake, unit, YEAR, "test") as stage:
            for name, frame in tables.items():
                stage.write_table(name, frame)
            stage.promote(inputs={}, code_version="test", facts={})

    def take(self, name: str, content: bytes, kind: str = "crawl_results") -> None:
        path = self.folder / name
        path.write_bytes(content)
        described = Sidecar(
            kind=kind, years=(int(YEAR),), issuer="another crawler", document_no=None,
            document_date=None, source_ref="test", received_at=date(2017, 3, 1), licence="test",
            is_synthetic=True,
        )  # fmt: skip
        add_file(self.lake, path, described)

    def run(self) -> dg.ExecuteInProcessResult:
        self.put("intake", {"raw_intake_files": self.listed()})
        with dg.DagsterInstance.ephemeral() as instance:
            return dg.materialize(
                [crawl],
                resources={"lake": LakeResource(root=str(self.lake.root), sources="")},
                partition_key=YEAR,
                instance=instance,
                raise_on_error=False,
            )

    def listed(self) -> pa.Table:
        return intake_table(speaking_of(self.lake, int(YEAR)), int(YEAR))

    def rows(self, table: str) -> int:
        version = promoted(self.lake, "crawl", YEAR)
        assert version is not None
        return version.table(table).num_rows

    @property
    def review(self) -> Path:
        return self.lake.root / "review" / f"checks_{YEAR}.csv"


def bodies() -> pa.Table:
    schema = registry.table("raw_bodies").arrow_schema
    loose = pa.schema([column.with_nullable(True) for column in schema])
    rows = [{"body_code": "P-10", "body_name": "Lào Cai"}, {"body_code": "P-15", "body_name": "B"}]
    return pa.Table.from_pylist(rows, schema=loose)


@pytest.fixture
def year(tmp_path: Path) -> Year:
    return Year(tmp_path)


def refusal(result: dg.ExecuteInProcessResult) -> str:
    (event,) = (event for event in result.all_events if event.is_step_failure)
    told = event.step_failure_data.user_failure_data
    return str(told.description) if told is not None else str(event.message)


def shown(result: dg.ExecuteInProcessResult, table: str, name: str) -> list[Mapping[str, str]]:
    for event in result.get_asset_materialization_events():
        made = event.step_materialization_data.materialization
        if made.asset_key.path[-1] == table:
            return [record.data for record in made.metadata[name].records]
    raise AssertionError(table)


def test_documents_become_the_tables_of_the_year(year: Year) -> None:
    year.take("r1.jsonl", jsonl(document()))
    year.take("r2.csv", csv_of(document(round_no=2)))
    result = year.run()
    assert result.success, refusal(result)
    sizes = {short: year.rows(name) for short, name in NAMES.items()}
    assert sizes == {
        "rounds": 2, "visits": 8, "checks": 6, "probes": 4, "counts": 2, "quarantine": 0,
    }  # fmt: skip
    assert year.rows("raw_stability_rules") == 6  # of two rounds: 1 + 2 + 3 combinations
    assert year.rows("raw_check_inputs") > 0
    assert {
        (row["round"], row["targets"], row["status"], row["count"], row["share"])
        for row in shown(result, "raw_crawl_visits", "outcomes")
    } == {
        (number, *row)
        for number in ("1", "2")
        for row in (
            ("portal", "completed", "1", "50.0 %"),
            ("portal", "dns", "1", "50.0 %"),
            ("service", "completed", "2", "100.0 %"),
        )
    }
    news = next(r for r in shown(result, "raw_portal_checks", "answers") if r["check"] == "news")
    assert (news["round"], news["yes"], news["no"]) == ("2", "1", "1")


def test_a_year_without_visits_has_empty_tables(year: Year) -> None:
    assert year.run().success
    assert {year.rows(name) for name in NAMES.values()} == {0}
    assert year.rows("raw_stability_rules") == 0
    assert not year.review.exists()


def test_unsure_answers_are_put_before_a_person_and_decided(year: Year) -> None:
    year.take("r1.jsonl", jsonl(document()))  # the answer on P-15 is unsure
    assert year.run().success
    text = year.review.read_bytes().decode("utf-8-sig")
    header, line = text.splitlines()
    assert header == ",".join(COLUMNS)
    assert line.startswith("2016,W2017-02,1,P-15,B,news,")
    decided = f"{header}\r\n{line[: -len(',,,,')]},yes,seen,reviewer,picture\r\n"
    year.take("checks_2016.csv", decided.encode("utf-8-sig"), "check_decisions")
    result = year.run()
    assert result.success, refusal(result)
    assert year.rows("raw_check_decisions") == 1
    year.take("r1.jsonl", jsonl([*document()[:5], check("P-15"), *document()[6:]]))
    assert year.run().success
    assert not year.review.exists()


def test_a_target_that_is_not_whole_refuses_the_year_by_its_name(year: Year) -> None:
    year.take("r1.jsonl", jsonl(document()))
    assert year.run().success
    bad = document(round_no=2)
    bad[7]["page_state"] = "odd"
    year.take("r2.jsonl", jsonl(bad))
    assert "expected_targets: 1 failure" in refusal(year.run())
    assert year.rows("raw_crawl_rounds") == 1, "what was promoted before stands"


def test_a_round_of_which_a_shard_is_missing_waits_in_quarantine(year: Year) -> None:
    year.take("r1.jsonl", jsonl(document()))
    year.take("r2.jsonl", jsonl([document(round_no=2, shards=2)[0], visit("P-10")]))
    assert year.run().success
    assert (year.rows("raw_crawl_rounds"), year.rows("raw_crawl_quarantine")) == (1, 2)


def test_hostile_documents_refuse_nothing_but_themselves(year: Year) -> None:
    year.take("r1.jsonl", jsonl(document()))
    year.take("<script>.csv", b"=cmd|' /C calc'!A0\n")
    year.take("torn.parquet", b"PAR1\x00")
    assert year.run().success
    assert year.rows("raw_crawl_quarantine") == 2
