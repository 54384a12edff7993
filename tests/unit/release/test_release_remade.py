"""Changes that are sealed anew are still found by what the files say of one another."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from release_reseal import reseal

from assets.codeversion import code_version
from assets.lake.atomic import canonical_json
from assets.release import verify_release
from assets.release.differences import (
    csv_difference,
    json_difference,
    linked_difference,
    text_difference,
)


def only(folder: Path) -> str:
    (finding,) = verify_release(folder).findings
    return str(finding)


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    reseal(folder)


def rewritten(folder: Path, alter: Callable[[dict[str, Any]], None]) -> None:
    path = folder / "datapackage.json"
    descriptor = json.loads(path.read_bytes())
    alter(descriptor)
    path.write_bytes(canonical_json(descriptor))
    reseal(folder)


def test_a_changed_cell_of_json_is_found_by_the_parquet(folder: Path) -> None:
    change(folder, "json/published_values.json", '"0.923"', '"0.932"')
    assert only(folder) == (
        "json/published_values.json: row 3, column published_value: '0.932', but "
        "published_values.parquet says '0.923'"
    )


def test_a_decimal_of_json_written_as_a_number_is_found(folder: Path) -> None:
    change(folder, "json/published_values.json", '"0.923"', "0.923")
    assert "column published_value: '0.923', but published_values.parquet says '0.923'" in only(
        folder
    )


@pytest.mark.parametrize(
    ("alter", "said"),
    [
        (lambda r: r.update(bytes=1), "states 1 bytes of case_counts.parquet, which has"),
        (lambda r: r.update(hash="sha256:00"), "states hash sha256:00 of case_counts.parquet"),
        (lambda r: r.update(path="x.csv"), "does not name case_counts.parquet; and 1 more"),
        (lambda r: r["schema"]["fields"].pop(0), "states other columns of case_counts.parquet"),
        (
            lambda r: r["schema"]["fields"][0].update(type="string"),
            "first ('assessment_year', 'string')",
        ),
        (lambda r: r["schema"].update(primaryKey=["level"]), "states another key of case_counts"),
        (lambda r: r.pop("bytes"), "cannot be read as the descriptor of a Data Package"),
        (
            lambda r: r["schema"]["fields"][0].update(description="x"),
            "is not what is written of these tables: says 'x' at /resources/",
        ),
    ],
)
def test_a_descriptor_that_misdescribes_a_file_is_found(
    folder: Path, alter: Callable[[dict[str, Any]], object], said: str
) -> None:
    def of_cases(descriptor: dict[str, Any]) -> None:
        (resource,) = [r for r in descriptor["resources"] if r["path"] == "case_counts.parquet"]
        alter(resource)

    rewritten(folder, of_cases)
    assert said in only(folder)
    assert only(folder).startswith("datapackage.json: ")


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("README.md", "không bao giờ trộn lẫn", "trộn lẫn", "line "),
        ("views.sql", "create or replace view", "drop view", 'line 7 is "drop view'),
        ("data_dictionary.csv", "Rank as published.", "Rank.", "line "),
        ("data_dictionary.md", "Normal value.", "Value.", "line "),
        ("CITATION.cff", "egov-index", "Somebody", "line 7 is '- name: Somebody'"),
        ("dataset.jsonld", "egov-index", "Somebody", "at /publisher/name, but should say"),
        ("catalog.jsonld", "ANNUAL", "DAILY", "/dct:accrualPeriodicity/@id"),
    ],
)
def test_words_that_nobody_wrote_are_found(
    folder: Path, name: str, old: str, new: str, said: str
) -> None:
    change(folder, name, old, new)
    text = only(folder)
    assert text.startswith(f"{name}: is not what is written of these tables: ")
    assert said in text


def test_words_of_another_version_of_the_code_are_not_compared_and_it_is_said(folder: Path) -> None:
    change(folder, "CITATION.cff", "egov-index", "Somebody")
    reseal(folder, code_version="older")
    verification = verify_release(folder)
    assert verification.passed
    assert "made by version older of the code" in verification.as_text()
    assert "were not compared" in verification.as_text()


def test_the_files_of_another_version_of_the_code_may_be_others(folder: Path) -> None:
    (folder / "dataset.jsonld").unlink()
    reseal(folder, code_version="older")
    assert verify_release(folder).passed
    reseal(folder, code_version=code_version())
    assert only(folder) == "dataset.jsonld: is missing; the layout of a release names it"


def test_a_file_that_the_descriptor_names_is_missed_whatever_the_code(folder: Path) -> None:
    (folder / "csv/ranks.csv").unlink()
    reseal(folder, code_version="older")
    assert only(folder) == "datapackage.json: names csv/ranks.csv, which is not there"


def test_hashes_in_the_descriptor_are_compared_whatever_the_code(folder: Path) -> None:
    rewritten(folder, lambda d: d["resources"][0].update(bytes=1))
    reseal(folder, code_version="older")
    assert "states 1 bytes of" in only(folder)


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"[1]", "cannot be read as JSON rows"),
        (b"\xff", "cannot be read as JSON rows"),
        (b'[{"a":1}]', "has 1 rows, t.parquet has 2"),
        (b'[{"a":1},{"b":2}]', "has other columns than t.parquet"),
        (b'[{"a":1},{"a":3}]', "row 2, column a: '3', but t.parquet says '2'"),
        (b'[{"a": 1},{"a":2}]', "another order of columns, blanks or escapes"),
    ],
)
def test_differences_of_json_in_words(held: bytes, said: str) -> None:
    assert said in json_difference(held, b'[\n{"a":1},\n{"a":2}\n]\n', "t.parquet")


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"b\n1\n", "has other columns than t.parquet"),
        (b"", "has other columns than t.parquet"),
        (b"a\n1,2\n", "row 1 has 2 cells instead of 1"),
        (b"a\n2\n", "row 1, column a: '2', but t.parquet says '1'"),
        (b"a\r\n1\r\n", "other quotes, line ends or byte order mark"),
    ],
)
def test_differences_of_csv_in_words(held: bytes, said: str) -> None:
    assert said in csv_difference(held, b"a\n1\n", "t.parquet")


def test_differences_of_other_files_in_words() -> None:
    assert "cannot be read as JSON" in linked_difference(b"{", b"{}")
    assert "lacks /a" in linked_difference(b"{}", b'{"a":1}')
    assert "has an unexpected /b" in linked_difference(b'{"a":1,"b":2}', b'{"a":1}')
    assert "has 1 entries at /a, but should have 0" in linked_difference(b'{"a":[1]}', b'{"a":[]}')
    assert "says 1 at , but should say True" in linked_difference(b"1", b"true")
    assert "another spelling" in linked_difference(b"{ }", b"{}")
    assert text_difference(b"a\nb\n", b"a\n") == "has 2 lines, but should have 1"
    assert text_difference(b"a\r\n", b"a\n") == "has the lines expected, but other line ends"
