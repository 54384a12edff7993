"""Every name printed in the 2016 report and in the bundled files of published figures is bound.

The report is cut into names in a simple way here; the real reader of reports is tested elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from assets.entities.catalogue import Catalogue
from assets.entities.matching import Match, PrintedName, match_names
from assets.lake import load_sidecar

UNIVERSES = {"2": "ministry", "3": "gov_agency", "4": "province_63"}
#: Numbered tables that rank bodies, and how many bodies each names.
RANKED = {
    **dict.fromkeys(("2.1", "2.3", "2.4", "2.6", "2.8", "2.9"), 19),
    "2.7": 17,
    **dict.fromkeys(("3.1", "3.2", "3.3", "3.5", "3.6"), 8),
    **dict.fromkeys(("4.1", "4.3", "4.4", "4.7", "4.8", "4.9", "4.11"), 63),
}
BLOCK_UNIVERSES = {
    "province": "province_63",
    "province34": "province_34",
    "dti_ministry_with_services": "ministry_with_services",
    "dti_ministry_without_services": "ministry_without_services",
}
#: Names printed in the report otherwise than registered, and the rule that binds each.
REPORT_VARIANTS = {
    ("Bộ Lao động, Thương binh và Xã Hội", "alias"): ("MOLISA", 1),
    ("TP. Hà Nội", "alias"): ("P-01", 7),
    ("TP. Hải Phòng", "alias"): ("P-31", 7),
    ("TP. Đà Nẵng", "alias"): ("P-48", 7),
    ("TP. Hồ Chí Minh", "alias"): ("P-79", 7),
    ("TP. Cần Thơ", "alias"): ("P-92", 7),
    ("Lang Son", "mark_stripped"): ("P-20", 1),
    ("Phù Thọ", "mark_stripped"): ("P-25", 1),
    ("Phủ Thọ", "mark_stripped"): ("P-25", 1),
    ("Hung Yên", "mark_stripped"): ("P-33", 1),
    ("Đông Nai", "mark_stripped"): ("P-75", 1),
    ("Bên Tre", "mark_stripped"): ("P-83", 1),
    ("Đông Tháp", "mark_stripped"): ("P-87", 1),
}


def report_names(path: Path) -> list[PrintedName]:
    names, table_no = [], ""
    for line_no, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
        if heading := re.match(r"\*\*Bảng (\d\.\d+)\.", line):
            table_no = heading[1]
        cells = line.split("\t")
        if table_no not in RANKED or len(cells) < 3 or not cells[0].strip().isdigit():
            continue
        text = re.sub(r"\([^)]*\)", "", cells[1])
        apart = ";" if ";" in text or table_no.startswith("2") else ","
        for body_no, name in enumerate(text.split(apart), start=1):
            universe = UNIVERSES[table_no[0]]
            names.append(
                PrintedName(
                    *("a" * 64, line_no, body_no, "assessment", universe, table_no, name.strip()),
                    table_no=table_no,
                )
            )
    return names


def published_names(path: Path) -> dict[int, list[PrintedName]]:
    """Year -> names of the file; figures of a block or of the nation name no body."""
    index_code = path.name.split("_index")[0].split("_")[0]
    index_code = {"dvc": "dvc_index"}.get(index_code, index_code)
    found = defaultdict(list)
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line_no, row in enumerate(csv.DictReader(file), start=2):
            if row["body"].startswith("(") or row["block"] == "national":
                continue
            universe = BLOCK_UNIVERSES.get(row["block"], row["block"])
            place = ("b" * 64, line_no, 1)
            key = row["category"]
            name = PrintedName(*place, index_code, universe, key, row["body"])
            found[int(row["year"])].append(name)
    return found


@pytest.fixture(scope="module")
def report(catalogue: Catalogue, sources: Path) -> list[Match]:
    return match_names(report_names(sources / "2016" / "report_tables.md"), catalogue, 2016)


def test_every_table_of_the_report_names_the_bodies_it_should(
    catalogue: Catalogue, report: list[Match]
) -> None:
    by_table = defaultdict(list)
    for match in report:
        by_table[match.printed.table_no].append(match.body_code)
    assert {table_no: len(codes) for table_no, codes in by_table.items()} == RANKED
    for table_no, codes in by_table.items():
        assert None not in codes
        universe = UNIVERSES[table_no[0]]
        expected = {b.body_code for b in catalogue.candidates("assessment", universe, 2016)}
        missing = expected - set(codes)
        # Table 2.7 ranks cases, and two ministries have no services at all.
        assert missing == ({"CEMA", "GI"} if table_no == "2.7" else set())


def test_rules_that_bind_the_names_of_the_report(report: list[Match]) -> None:
    variants = Counter(
        (m.printed.text, m.match_rule, m.body_code) for m in report if m.match_rule != "exact"
    )
    assert {(text, rule): (code, n) for (text, rule, code), n in variants.items()} == (
        REPORT_VARIANTS
    )


def test_every_published_name_is_bound(catalogue: Catalogue, sources: Path) -> None:
    years: dict[str, list[int]] = {}
    for described in sorted(sources.glob("*/*.meta.yaml")):
        if load_sidecar(described).kind != "published_values":
            continue
        path = described.with_name(described.name.removesuffix(".meta.yaml"))
        by_year = published_names(path)
        years[path.name] = sorted(by_year)
        for year, names in by_year.items():
            matches = match_names(names, catalogue, year)
            assert [m for m in matches if m.match_rule not in ("exact", "alias")] == []
    assert years == {
        **{f"assessment_{y}.csv": [y] for y in (2011, 2012, 2016, 2017, 2018, 2019)},
        "dti_2020_2024_news.csv": [2020, 2021, 2022, 2023, 2024],
        "dti_provinces_2022_2024.csv": [2022, 2023, 2024],
        "dvc_index_2022_2024.csv": [2022, 2023, 2024],
    }


def test_the_published_list_of_2019_is_the_declared_set(
    catalogue: Catalogue, sources: Path
) -> None:
    names = published_names(sources / "2019" / "assessment_2019.csv")[2019]
    ministries = [
        m for m in match_names(names, catalogue, 2019) if m.printed.universe == "ministry"
    ]
    declared = {b.body_code for b in catalogue.candidates("assessment", "ministry", 2019)}
    assert {m.body_code for m in ministries} == declared
