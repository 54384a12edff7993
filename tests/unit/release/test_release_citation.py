"""CITATION.cff and the data dictionary of a release."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from release_samples import promote_release, source, sources, with_rows

from assets import registry
from assets.release import status

#: What the Citation File Format 1.2.0 demands of the fields used here, in our own words.
CFF = yaml.safe_load((Path(__file__).parent / "citation_format.yaml").read_text("utf-8"))


def citation(folder: Path) -> dict[str, Any]:
    return dict(yaml.safe_load((folder / "CITATION.cff").read_text("utf-8")))


def test_the_citation_is_of_the_format_and_of_this_version(sealed: Path) -> None:
    cited = citation(sealed)
    jsonschema.validate(cited, CFF)
    descriptor = json.loads((sealed / "datapackage.json").read_bytes())
    assert cited["version"] == descriptor["version"]
    assert "2016" in cited["title"]
    report = next(r for r in cited["references"] if r["type"] == "government-document")
    assert report["number"] == "1557/BTTTT-THH"
    assert report["authors"] == [{"name": "Bộ Thông tin và Truyền thông"}]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**cited, "authors": []}, CFF)


def test_a_name_that_is_yaml_stays_a_name(tmp_path: Path) -> None:
    odd = source("9" * 64, "published_values", issuer="- a: [b\n&c *c", file_name="x: !!y {")
    folder = promote_release(tmp_path, "run", with_rows(sources(), "raw_intake_files", odd))
    cited = citation(folder)
    jsonschema.validate(cited, CFF)
    (named,) = [r for r in cited["references"] if r["filename"] == "x: !!y {"]
    assert named["authors"] == [{"name": "- a: [b\n&c *c"}]


def test_the_dictionary_describes_every_column_in_both_languages(sealed: Path) -> None:
    text = (sealed / "data_dictionary.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    tables = registry.tables(unit="release")
    assert [(row["table"], row["column"]) for row in rows] == [
        (table.name.removeprefix("rel_"), column.name)
        for table in tables
        for column in table.columns
    ]
    assert all(row["description_vi"] and row["description_en"] for row in rows)
    (share,) = [row for row in rows if row["column"] == "online_share_pct"]
    assert (share["unit"], share["type"], share["nullable"]) == ("percent", "decimal(18,6)", "true")
    (rank,) = [r for r in rows if (r["table"], r["column"]) == ("ranks", "published_rank")]
    assert (rank["status_column"], rank["minimum"]) == ("rank_status", "1")


def test_the_dictionary_for_people_explains_each_code_of_the_status(sealed: Path) -> None:
    text = (sealed / "data_dictionary.md").read_text("utf-8")
    for table in registry.tables(unit="release"):
        assert f"## {table.name.removeprefix('rel_')}\n" in text
    for code, meaning in status.mapped().codes.items():
        assert f"| {code} | {meaning['vi']} | {meaning['en']} |" in text
    assert "`value_status`: no_service, none_arisen, not_applicable" in text
