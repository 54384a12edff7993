"""Files of published figures, year by year, and the 2016 file against the 2016 report."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import registry
from assets.reports import SourceError, read_history

REPO = Path(__file__).parents[3]
HEADER = "year,block,category,body,published_rank,published_value,source_url,retrieved_as"
GOOD = "2019,ministry,overall,Bộ Tài chính,1,0.9291,https://aita.gov.vn/x,page excerpt"
COUNT = "online_services.level3_count"
FILES = {
    "2011/assessment_2011.csv": {2011: 14},
    "2012/assessment_2012.csv": {2012: 8},
    "2016/assessment_2016.csv": {2016: 776},
    "2017/assessment_2017.csv": {2017: 74},
    "2018/assessment_2018.csv": {2018: 14},
    "2019/assessment_2019.csv": {2019: 35},
    "2020-2024/dti_2020_2024_news.csv": {2020: 21, 2021: 19, 2022: 41, 2023: 18, 2024: 10},
    "2022-2024/dti_provinces_2022_2024.csv": {2022: 315, 2023: 315, 2024: 315},
    "2022-2024/dvc_index_2022_2024.csv": {2022: 204, 2023: 204, 2024: 204},
}
CASES = [(name, year, rows) for name, years in FILES.items() for year, rows in years.items()]


def read_text(text, year=2019, name="x.csv"):
    return read_history(text.encode(), file_sha256="a" * 64, file_name=name, year=year)


def bundled(name, year):
    path = REPO / "sources" / name
    return read_history(
        path.read_bytes(), file_sha256="a" * 64, file_name=path.name, year=year
    ).values.to_pylist()


def only(line, year=2019):
    (row,) = read_text(f"{HEADER}\n{line}\n", year).values.to_pylist()
    return row


@pytest.mark.parametrize(("name", "year", "rows"), CASES)
def test_bundled_files_are_read_whole(name, year, rows):
    path = REPO / "sources" / name
    content = read_history(path.read_bytes(), file_sha256="a" * 64, file_name=path.name, year=year)
    assert content.quarantine.num_rows == 0
    (counts,) = content.counts.to_pylist()
    assert (counts["rows_in"], counts["rows_accepted"], counts["rows_blank"]) == (rows, rows, 0)
    declared = registry.table("raw_history_values")
    assert content.values.schema.equals(declared.arrow_schema)
    for column in declared.columns:
        found = content.values[column.name]
        assert column.nullable or found.null_count == 0, column.name
        if column.codes:
            assert set(found.to_pylist()) - {None} <= set(column.codes), column.name
    for v in content.values.to_pylist():
        assert (v["published_value"] is None) == (v["value_status"] != "reported")
        assert (v["published_rank"] is None) == (v["rank_status"] == "not_printed")
        assert (v["body_printed"] is None) == (v["value_of"] == "block")
        assert v["trust"] != "third_party_doubtful" or "GitHub copy" in v["retrieved_as"]


def test_a_year_outside_the_file_has_no_rows():
    assert bundled("2019/assessment_2019.csv", 2018) == []


def test_a_value_in_full():
    row = bundled("2019/assessment_2019.csv", 2019)[0]
    assert row == {
        "value_key": "2019:assessment_2019.csv:2", "file_sha256": "a" * 64, "line_no": 2,
        "assessment_year": 2019, "index_code": "assessment", "regime": "assessment_2017",
        "block": "ministry", "universe": "ministry", "category": "overall", "value_of": "body",
        "measure": "index_value", "body_printed": "Bộ Tài chính", "published_rank": 1,
        "rank_status": "printed", "published_value": Decimal("0.9291"),
        "value_status": "reported", "decimals": 4, "scale_max": 1, "raw_text": "1,0.9291",
        "source_ref": row["source_ref"], "retrieved_as": "page excerpt (all 17)",
        "trust": "official_page",
    }  # fmt: skip
    assert row["source_ref"].startswith("https://aita.gov.vn/")


def test_block_means_and_the_nation():
    rows = bundled("2020-2024/dti_2020_2024_news.csv", 2024)
    means = {v["category"]: v["published_value"] for v in rows if v["measure"] == "block_mean"}
    assert means == {
        "overall": Decimal("0.6961"), "pillar_government": Decimal("0.7582"),
        "pillar_economy": Decimal("0.7723"), "pillar_society": Decimal("0.7692"),
    }  # fmt: skip
    (nation,) = (v for v in rows if v["block"] == "nation")
    assert (nation["measure"], nation["value_of"], nation["body_printed"]) == (
        "index_value", "block", None,
    )  # fmt: skip
    assert nation["published_value"] == Decimal("0.7955")
    (mean,) = (v for v in bundled("2019/assessment_2019.csv", 2019) if v["value_of"] == "block")
    assert (mean["measure"], mean["published_value"], mean["decimals"]) == (
        "block_mean", Decimal("0.82"), 2,
    )  # fmt: skip


def test_universes_and_scales():
    dti = bundled("2020-2024/dti_2020_2024_news.csv", 2023)
    assert {"ministry_with_services", "ministry_without_services"} < {v["universe"] for v in dti}
    assert {v["block"] for v in dti} == {"ministry", "province", "nation"}
    service_index = bundled("2022-2024/dvc_index_2022_2024.csv", 2023)
    assert {v["universe"] for v in service_index} == {"province_34"}
    assert {v["scale_max"] for v in service_index} == {100}
    assert Counter(v["category"] for v in service_index)["overall"] == 34


def test_regimes():
    regimes = {
        (v["index_code"], year): v["regime"] for name, year, _ in CASES for v in bundled(name, year)
    }
    assert regimes == {
        ("assessment", 2011): "assessment_2011", ("assessment", 2012): "assessment_2011",
        ("assessment", 2016): "assessment_2016", ("assessment", 2017): "assessment_2017",
        ("assessment", 2018): "assessment_2017", ("assessment", 2019): "assessment_2017",
        ("dti", 2020): "dti_2020", ("dti", 2021): "dti_2020", ("dti", 2022): "dti_2022",
        ("dti", 2023): "dti_2022", ("dti", 2024): "dti_2024", ("dvc_index", 2022): "dvc_index",
        ("dvc_index", 2023): "dvc_index", ("dvc_index", 2024): "dvc_index",
    }  # fmt: skip


def test_ranks_and_values_that_are_missing():
    copies = bundled("2022-2024/dti_provinces_2022_2024.csv", 2022)
    assert Counter((v["category"] == "overall", v["rank_status"]) for v in copies) == {
        (True, "derived"): 63, (False, "not_printed"): 252,
    }  # fmt: skip
    rows = bundled("2016/assessment_2016.csv", 2016)
    missing = Counter(v["value_status"] for v in rows if v["published_value"] is None)
    assert missing == {"no_figure": 46, "not_published": 15}
    assert {v["scale_max"] for v in rows if v["measure"] != "index_value"} == {0}


@pytest.mark.parametrize(
    ("source_url", "retrieved_as", "trust"),
    [
        ("https://aita.gov.vn/x", "page excerpt", "official_page"),
        ("https://dti.gov.vn/xep-hang-2022", "page excerpt", "official_page"),
        ("http://www.vinhphuc.gov.vn/x", "page excerpt", "official_page"),
        ("https://aita.gov.vn.example.org/x", "page excerpt", "third_party_doubtful"),
        ("article of Lao Cai province on the 2017 results (no address held)", "full text", "press"),
        ("https://dantri.com.vn/x", "page excerpt", "press"),
        ("https://github.com/x from https://dti.gov.vn/y", "GitHub copy", "third_party_copy"),
        ("https://github.com/x", "GitHub copy; meaning unchecked", "third_party_doubtful"),
        ("https://blog.example.org/x", "page excerpt", "third_party_doubtful"),
    ],
)
def test_trust(source_url, retrieved_as, trust):
    line = GOOD.replace("https://aita.gov.vn/x,page excerpt", f"{source_url},{retrieved_as}")
    assert only(line)["trust"] == trust


def test_only_the_2016_report_is_official_full_text():
    full = [
        (name, v["index_code"])
        for name, year, _ in CASES
        for v in bundled(name, year)
        if v["trust"] == "official_full"
    ]
    assert Counter(full) == {("2016/assessment_2016.csv", "assessment"): 776}


@pytest.mark.parametrize(
    ("rule_id", "column", "line"),
    [
        ("row_shape", None, GOOD + ",more"),
        ("row_shape", None, GOOD.replace(",page excerpt", ',"page excerpt')),
        ("unknown_year", "year", GOOD.replace("2019,", "20l9,")),
        ("unknown_block", "block", GOOD.replace("ministry", "ministries")),
        ("unknown_category", "category", GOOD.replace("overall", "overal")),
        ("unknown_category", "category", GOOD.replace("overall", f"{COUNT}.block_mean")),
        ("unknown_regime", "category", GOOD.replace("overall", "dti")),
        ("body_missing", "body", GOOD.replace("Bộ Tài chính", "")),
        ("body_missing", "body", GOOD.replace("Bộ Tài chính", "(block mean)")),
        ("body_unexpected", "body", GOOD.replace("overall", "overall.block_mean")),
        ("rank_unreadable", "published_rank", GOOD.replace(",1,", ",first,")),
        ("value_unreadable", "published_value", GOOD.replace("0.9291", "0;9291")),
        ("value_unreadable", "published_value", GOOD.replace("0.9291", "-0.9291")),
        ("value_out_of_scale", "published_value", GOOD.replace("0.9291", "92.91")),
        ("count_unreadable", "published_value", GOOD.replace("overall", COUNT)),
        ("source_missing", "source_url", GOOD.replace("https://aita.gov.vn/x", "")),
    ],
)  # fmt: skip
def test_lines_that_cannot_be_read(rule_id, column, line):
    content = read_text(f"{HEADER}\n{GOOD}\n{line}\n{GOOD}\n")
    (row,) = content.quarantine.to_pylist()
    assert (row["rule_id"], row["line_no"], row["column_name"]) == (rule_id, 3, column)
    assert all(row[name] for name in ("reason_en", "reason_vi", "what_to_do"))
    assert row["replay_command"] == "egov run 2019"
    assert content.values["line_no"].to_pylist() == [2, 4]
    (counts,) = content.counts.to_pylist()
    assert (counts["rows_in"], counts["rows_accepted"], counts["rows_quarantined"]) == (3, 2, 1)


def test_an_open_quote_swallows_no_other_line():
    content = read_text(f"{HEADER}\n{GOOD.replace('page', chr(34) + 'page')}\n{GOOD}\n")
    assert [q["rule_id"] for q in content.quarantine.to_pylist()] == ["row_shape"]
    assert content.values.num_rows == 1


def test_blank_lines_and_other_years_are_passed_over():
    content = read_text(f"{HEADER}\n\n{GOOD}\r\n{GOOD.replace('2019', '2018')}\n")
    assert content.counts.to_pylist()[0]["rows_in"] == 1


@pytest.mark.parametrize("text", ["", "year;block\n", HEADER + ",more\n"])
def test_another_header_rejects_the_file(text):
    with pytest.raises(SourceError, match=r"x\.csv, line 1: expected the header 'year,block"):
        read_text(text)


def test_history_of_2016_equals_the_report(values):
    """Every rank and value of the file is read from the report too. The file writes some names
    corrected and says what was printed, so the comparison is by table, rank and value."""
    in_report: Counter[tuple[object, ...]] = Counter()
    measures = ("index_value", "services_level3", "services_level4", "services_total",
                "online_cases_total")  # fmt: skip
    ranks = {
        (v["table_no"], v["row_no"], v["body_no"]): v["value"]
        for v in values
        if v["measure"] == "rank"
    }
    for v in values:
        if v["measure"] in measures and v["row_kind"] == "data":
            unranked = v["measure"] in ("services_level3", "services_level4")
            rank = None if unranked else ranks[v["table_no"], v["row_no"], v["body_no"]]
            name = v["body_printed"]
            in_report[v["table_no"], v["block"], v["category"], v["measure"], name, rank,
                      v["value"], v["decimals"]] += 1  # fmt: skip
    in_history: Counter[tuple[object, ...]] = Counter()
    for v in bundled("2016/assessment_2016.csv", 2016):
        table_no = v["retrieved_as"].removeprefix("full text table ").split(",")[0].split(" ")[0]
        _, _, printed = v["retrieved_as"].partition("(printed: ")
        name = printed.removesuffix(")") or v["body_printed"]
        in_history[table_no, v["block"], v["category"], v["measure"], name, v["published_rank"],
                   v["published_value"], v["decimals"]] += 1  # fmt: skip
    assert sum(in_report.values()) == 776
    assert in_history == in_report


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet='2019,"ministryoverall.x\n\r\x00\x0c \ufeffđ', max_size=200))
def test_any_text_below_the_header_is_accounted_for(text):
    content = read_text(f"{HEADER}\n{text}")
    (counts,) = content.counts.to_pylist()
    assert counts["rows_in"] == counts["rows_accepted"] + counts["rows_quarantined"]
    assert counts["rows_quarantined"] == content.quarantine.num_rows
