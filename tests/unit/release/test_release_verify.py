"""Every harm to a release is found and named, the first difference first."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from release_reseal import reseal, reseal_manifest_only, reseal_sums
from release_samples import REVIEW, promote_release, sources, with_rows

from assets import registry
from assets.lake.atomic import canonical_json
from assets.lake.parquet import encode
from assets.release import Verification, verify_release
from assets.release.package import file_names


def found(folder: Path) -> list[tuple[str, str]]:
    return [(finding.file, finding.rule) for finding in verify_release(folder).findings]


def only(verification: Verification) -> str:
    (finding,) = verification.findings
    return str(finding)


def test_a_release_as_sealed_passes_wherever_it_lies(folder: Path) -> None:
    verification = verify_release(folder)

    assert verification.findings == ()
    assert verification.passed
    assert verification.files == len(file_names())
    assert verification.rows["rel_published_values"] == 3
    counted = f"{len(file_names())} files as sealed, {len(registry.tables(unit='release'))} tables"
    assert f"verified. {counted}" in verification.as_text()


def test_resealing_without_a_change_passes(folder: Path) -> None:
    reseal(folder)
    assert found(folder) == []


@pytest.mark.parametrize("name", ["ranks.parquet", "csv/ranks.csv", "README.md"])
def test_any_flipped_bit_is_found_and_its_file_named(folder: Path, name: str) -> None:
    path = folder / name
    for position in (0, path.stat().st_size // 2, path.stat().st_size - 1):
        data = bytearray(path.read_bytes())
        data[position] ^= 1
        path.write_bytes(data)
        assert found(folder) == [(name, "changed")]
        data[position] ^= 1
        path.write_bytes(data)
    assert found(folder) == []


def test_a_truncated_file_is_called_truncated(folder: Path) -> None:
    path = folder / "published_values.parquet"
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:-8])
    text = only(verify_release(folder))
    assert text.startswith(
        f"published_values.parquet: is truncated: {size - 8:,} of {size:,} bytes are there"
    )


def test_an_empty_file_is_called_truncated(folder: Path) -> None:
    (folder / "csv" / "coverage.csv").write_bytes(b"")
    assert found(folder) == [("csv/coverage.csv", "truncated")]


def test_missing_and_extra_files_are_all_listed_in_order(folder: Path) -> None:
    (folder / "websites.parquet").unlink()
    (folder / "csv" / "coverage.csv").unlink()
    (folder / "notes.txt").write_text("x")

    verification = verify_release(folder)

    assert [(f.file, f.rule) for f in verification.findings] == [
        ("csv/coverage.csv", "missing"),
        ("notes.txt", "extra"),
        ("websites.parquet", "missing"),
    ]
    assert "First difference: csv/coverage.csv: is missing; manifest.json and MANIFEST.sha256" in (
        verification.as_text()
    )
    assert "Also: websites.parquet: is missing" in verification.as_text()


def test_a_file_dropped_from_both_lists_is_missed_all_the_same(folder: Path) -> None:
    (folder / "csv" / "websites.csv").unlink()
    reseal(folder)
    assert only(verify_release(folder)) == (
        "csv/websites.csv: is missing; the layout of a release names it"
    )


def test_a_stray_file_that_one_list_names_is_still_named(folder: Path) -> None:
    (folder / "notes.txt").write_text("x")
    reseal_sums(folder)
    assert ("notes.txt", "extra") in found(folder)


def test_a_link_is_no_file_of_a_release(folder: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.md"
    (folder / "README.md").rename(target)
    (folder / "README.md").symlink_to(target)
    assert found(folder) == [("README.md", "extra"), ("README.md", "missing")]


def test_a_changed_cell_with_its_hash_recomputed_is_found_by_the_manifest(folder: Path) -> None:
    path = folder / "csv" / "published_values.csv"
    path.write_bytes(path.read_bytes().replace(b"0.923", b"0.932"))
    reseal_sums(folder)
    assert found(folder) == [
        ("MANIFEST.sha256", "changed"),
        ("csv/published_values.csv", "changed"),
    ]


@pytest.mark.parametrize("kind", ["csv", "csv_excel"])
def test_a_changed_cell_with_every_hash_recomputed_is_found_by_the_parquet(
    folder: Path, kind: str
) -> None:
    path = folder / kind / "published_values.csv"
    path.write_bytes(path.read_bytes().replace(b"0.923", b"0.932"))
    reseal(folder)
    assert only(verify_release(folder)) == (
        f"{kind}/published_values.csv: row 3, column published_value: '0.932', but "
        f"published_values.parquet says '0.923'"
    )


def test_a_row_taken_out_of_a_csv_is_counted(folder: Path) -> None:
    path = folder / "csv" / "coverage.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    reseal(folder)
    assert only(verify_release(folder)) == ("csv/coverage.csv: has 1 rows, coverage.parquet has 2")


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data.removeprefix("\ufeff".encode()),
        lambda data: data.replace(b"\r\n", b"\n"),
        lambda data: data.replace(b",53 of 63,", b',"53 of 63",'),
    ],
)
def test_the_same_cells_in_another_spelling_are_found(
    folder: Path, harm: Callable[[bytes], bytes]
) -> None:
    path = folder / "csv_excel" / "coverage.csv"
    path.write_bytes(harm(path.read_bytes()))
    reseal(folder)
    assert "other quotes, line ends or byte order mark" in only(verify_release(folder))


@pytest.mark.parametrize("data", [b"\xff\xfe", b'a,"b\n'])
def test_a_csv_that_cannot_be_read_is_said_so(folder: Path, data: bytes) -> None:
    (folder / "csv" / "coverage.csv").write_bytes(data)
    reseal(folder)
    assert "cannot be read as CSV in UTF-8" in only(verify_release(folder))


def test_an_apostrophe_taken_off_a_formula_is_found(folder: Path) -> None:
    path = folder / "csv" / "websites.csv"
    path.write_bytes(path.read_bytes().replace(b"'@SUM", b"@SUM"))
    reseal(folder)
    assert "column website: '@SUM(1+1)', but websites.parquet says ''@SUM(1+1)'" in only(
        verify_release(folder)
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.drop_columns(["coverage"]), "instead of coverage string not null"),
        (
            lambda t: t.set_column(7, "bodies_expected", t["bodies_expected"].cast(pa.float64())),
            "bodies_expected double instead of bodies_expected int32",
        ),
        (
            lambda t: t.cast(pa.schema([f.with_nullable(True) for f in t.schema])),
            "coverage string instead of coverage string not null",
        ),
    ],
)
def test_another_schema_is_found(
    folder: Path, change: Callable[[pa.Table], pa.Table], said: str
) -> None:
    path = folder / "coverage.parquet"
    path.write_bytes(encode(change(pq.read_table(path))))
    reseal(folder)
    first = verify_release(folder).findings[0]
    assert (first.file, first.rule) == ("coverage.parquet", "schema")
    assert said in first.message


def test_a_parquet_file_that_is_none_is_said_so(folder: Path) -> None:
    (folder / "coverage.parquet").write_bytes(b"PAR1 nothing PAR1")
    reseal(folder)
    assert "cannot be read as Parquet" in only(verify_release(folder))


def test_rules_are_judged_again(tmp_path: Path) -> None:
    twice = {"table_no": "4.4", "body_code": "P-10", "universe": "province_63"}
    tables = with_rows(sources(), "ind_websites", twice)
    (finding,) = verify_release(promote_release(tmp_path, "run", tables)).findings
    assert (finding.file, finding.rule) == ("websites.parquet", "rel_websites.key")


def test_an_unexplained_row_is_named_with_its_place(tmp_path: Path) -> None:
    row = {"class": "unexplained", "item": "total", "table_no": "4.7", "body_code": "-"}
    row |= {"printed": "828", "recomputed": "829", "difference": Decimal(-1)}
    folder = promote_release(tmp_path, "run", with_rows(sources(), "idx_reconciliation", row))

    (finding,) = verify_release(folder).findings

    assert (finding.file, finding.rule) == (
        "reconciliation.parquet",
        "rel_reconciliation.no_unexplained",
    )
    assert "a difference that nobody has explained" in finding.message
    assert "table_no=4.7" in finding.message
    assert "item=total" in finding.message


def test_a_synthetic_source_is_named(tmp_path: Path) -> None:
    made_up = {"file_sha256": REVIEW, "kind": "bodies", "is_synthetic": True}
    folder = promote_release(tmp_path, "run", with_rows(sources(), "raw_intake_files", made_up))
    (finding,) = verify_release(folder).findings
    assert (finding.file, finding.rule) == ("sources.parquet", "rel_sources.no_synthetic")
    assert REVIEW in finding.message


def test_a_changed_manifest_does_not_vouch_for_itself(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"match": 2', b'"match": 3'))
    assert "has been changed: its content hash is" in only(verify_release(folder))


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"null", b"\xff"])
def test_a_manifest_that_is_none_is_said_so(folder: Path, data: bytes) -> None:
    (folder / "manifest.json").write_bytes(data)
    assert only(verify_release(folder)) == (
        "manifest.json: cannot be read as the manifest of a release"
    )


def test_without_a_manifest_the_other_list_still_finds_the_change(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "README.md").write_text("x")
    assert found(folder) == [("manifest.json", "missing"), ("README.md", "changed")]


def test_without_the_list_of_sums_the_manifest_still_finds_the_change(folder: Path) -> None:
    (folder / "MANIFEST.sha256").unlink()
    (folder / "README.md").write_text("x")
    assert found(folder) == [("MANIFEST.sha256", "missing"), ("README.md", "truncated")]


def test_a_list_of_sums_in_another_form_is_found(folder: Path) -> None:
    path = folder / "MANIFEST.sha256"
    path.write_text("nonsense\n" + path.read_text())
    reseal_manifest_only(folder)
    assert only(verify_release(folder)) == (
        "MANIFEST.sha256: line 1 is not 'hash, two spaces, name'"
    )


def test_the_sums_out_of_order_are_found(folder: Path) -> None:
    path = folder / "MANIFEST.sha256"
    path.write_text("".join(reversed(path.read_text().splitlines(keepends=True))))
    reseal_manifest_only(folder)
    assert "is not sorted by name" in only(verify_release(folder))


def test_facts_that_the_tables_do_not_bear_out_are_found(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    reseal(folder, facts=manifest["facts"] | {"ledger": {"match": 99}})
    assert "manifest.json: states ledger {'match': 99}, the tables say" in only(
        verify_release(folder)
    )


def test_tables_of_another_year_are_found(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    reseal(folder, facts=manifest["facts"] | {"assessment_year": 2017})
    files = {finding.file for finding in verify_release(folder).findings}
    assert "published_values.parquet" in files
    assert "speaks of [2016], not of the year of the release" in (
        verify_release(folder).findings[0].message
    )


def test_a_changed_counter_is_found_wherever_the_folder_lies(folder: Path) -> None:
    path = folder / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"counter": 1', b'"counter": 3'))
    assert only(verify_release(folder)) == (
        "manifest.json: has been changed: it is not written as promotion writes it"
    )


def test_a_manifest_from_before_the_counter_had_a_hash_is_still_good(folder: Path) -> None:
    path = folder / "manifest.json"
    manifest = json.loads(path.read_bytes())
    del manifest["check"]
    path.write_bytes(canonical_json(manifest))
    assert found(folder) == []


def test_a_version_of_another_unit_is_no_release(folder: Path) -> None:
    reseal(folder, unit="marts")
    assert only(verify_release(folder)) == "manifest.json: is of unit 'marts', not of a release"


def test_a_folder_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="there is no such folder; give the folder"):
        verify_release(tmp_path / "nothing")


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    verification = verify_release(tmp_path)
    assert {finding.rule for finding in verification.findings} == {"missing"}
    number = len(file_names()) + 1  # and manifest.json
    assert f"NOT as released, {number} findings." in verification.as_text()
