"""From a published number back to file, line and raw text."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from release_samples import (
    HISTORY,
    LAO_CAI,
    POLICY_KEY,
    PROVINCE,
    REPORT,
    Row,
    Tables,
    ledger,
    published,
    source,
    table,
)

from assets.explain import (
    BodyError,
    ExplainError,
    as_text,
    explain,
    explain_tables,
    find_body,
)
from assets.explain.evidence import TABLES
from assets.lake import Lake, staging

BODIES = [
    {"body_code": "P-10", "body_name": "Lào Cai"},
    {"body_code": "P-02", "body_name": "Hà Giang"},
    {"body_code": "P-93", "body_name": "Hậu Giang"},
    {"body_code": "P-79", "body_name": "Thành phố Hồ Chí Minh"},
    {"body_code": "P-24", "body_name": "Bắc Giang"},
    {"body_code": "Q-24", "body_name": "Bắc Giang"},
]
HISTORY_KEY = "2016:assessment_2016.csv:73"


def value(**given: Any) -> Row:
    """A typed value of the report, of Lào Cai unless said otherwise."""
    return {
        **PROVINCE,
        "file_sha256": REPORT,
        "table_no": "4.9",
        "row_no": 1,
        "line_no": 666,
        "body_no": 1,
        "value_status": "reported",
        **given,
    }


def match(line_no: int, file_sha256: str = REPORT, **given: Any) -> Row:
    return {
        "file_sha256": file_sha256,
        "line_no": line_no,
        "body_no": 1,
        "body_printed": "Lào Cai",
        "body_code": "P-10",
        "match_rule": "exact",
        **given,
    }


def cells(table_no: str, line_no: int, *texts: str) -> list[Row]:
    return [
        {
            "file_sha256": REPORT,
            "table_no": table_no,
            "line_no": line_no,
            "column_no": number,
            "raw_text": text,
        }
        for number, text in enumerate(texts, start=1)
    ]


def tables(**more: list[Row]) -> Tables:
    """The tables of 2016 as far as Lào Cai needs them."""
    three = {"decimals": 3, "value": Decimal("1"), "raw_text": "1,000", "column_no": 3}
    rank = {"decimals": 0, "value": Decimal("1"), "raw_text": "1", "column_no": 1}
    cases = {"table_no": "4.8", "line_no": 641, "column_no": 3, "level": "3"}
    sentence = {"raw_text": "29 dịch vụ, trực tuyến là 3.640", "parser_rule": "case_sentence"}
    services = {"table_no": "4.7", "line_no": 605, "decimals": 0, "parser_rule": "count_plain"}
    rows: dict[str, list[Row]] = {
        "idx_published_values": [
            published(LAO_CAI, 1, "1.000", value_key=POLICY_KEY, decimals=3),
            published(
                LAO_CAI,
                14,
                "0.6110",
                value_key=HISTORY_KEY,
                decimals=4,
                category="overall",
                table_no=None,
                line_no=73,
                file_sha256=HISTORY,
                trust="press",
            ),
        ],
        "idx_ranks": [
            {
                **LAO_CAI,
                "category": "policy",
                "value_key": POLICY_KEY,
                "recomputed_rank": 1,
                "published_rank": 1,
                "rank_basis": "full",
            }
        ],
        "idx_reconciliation": [
            ledger(LAO_CAI, printed="1", recomputed="1"),
            ledger(LAO_CAI, item="share", printed="2", category="overall", note="seen"),
            ledger({"body_code": "P-02"}, printed="9"),
        ],
        "ind_service_counts": [
            {**LAO_CAI, "table_no": "4.7", "line_no": 605, "file_sha256": REPORT}
            | {"level3": 34, "level4": 1, "total": 35}
        ],
        "ind_case_totals": [
            {**LAO_CAI, "table_no": "4.8", "line_no": 641, "file_sha256": REPORT}
            | {"online_cases": 3640}
        ],
        "ind_case_counts": [
            {**LAO_CAI, "table_no": "4.8", "level": "3", "line_no": 641, "file_sha256": REPORT}
            | {"services_any_cases": 29, "online_cases": 3640, "online_share_pct": Decimal("56.5")},
            {**LAO_CAI, "table_no": "4.8", "level": "4", "line_no": 641, "file_sha256": REPORT}
            | {"status": "not_stated"},
        ],
        "raw_report_values": [
            value(value_key=POLICY_KEY, measure="index_value", parser_rule="index_comma", **three),
            value(value_key="r", measure="rank", parser_rule="rank", **rank),
            value(value_key="s3", measure="services_level3", column_no=3, **services)
            | {"value": Decimal(34), "raw_text": "34"},
            value(value_key="c1", measure="services_any_cases", **cases, **sentence)
            | {"value": Decimal(29), "decimals": 0},
            value(value_key="c2", measure="online_cases", **cases, **sentence)
            | {"value": Decimal(3640), "decimals": 0},
            value(value_key="c3", measure="online_cases", **cases, parser_rule="blank_cell")
            | {"level": "4", "column_no": 4, "value_status": "not_stated", "raw_text": ""},
            value(value_key="other", measure="online_cases", **cases, **sentence)
            | {"body_no": 2, "value": Decimal(777)},
        ],
        "raw_report_cells": [
            *cells("4.9", 666, "1", "Lào Cai", "1,000"),
            *cells("4.7", 605, "41", "Lào Cai", "34", "1", "35"),
            *cells("4.8", 641, "10", "Lào Cai", "29 dịch vụ"),
        ],
        "raw_history_values": [
            {
                "value_key": HISTORY_KEY,
                "file_sha256": HISTORY,
                "line_no": 73,
                "body_printed": "Lao Cai",
                "raw_text": "14,0.6110\x1b[31m",
                "source_ref": "https://example.vn",
                "retrieved_as": "news page",
            }
        ],
        "raw_bodies": BODIES,
        "raw_body_names": [{"body_code": "P-79", "alias": "TP. HCM"}],
        "raw_body_matches": [
            match(666, table_no="4.9"),
            match(605, table_no="4.7"),
            match(641, table_no="4.8", match_rule="assignment", match_margin=Decimal("0.25")),
            match(641, table_no="4.8", body_no=2, body_code="P-02"),
            match(73, HISTORY, body_printed="Lao Cai", match_rule="mark_stripped"),
        ],
        "raw_intake_files": [
            source(REPORT, "assessment_report", file_name="report.md", source_ref="letter")
            | {"document_no": "1557/BTTTT-THH"},
            source(HISTORY, "published_values"),
        ],
    }
    names = [name for unit in TABLES.values() for name in unit]
    return {name: table(name, *more.get(name, rows.get(name, []))) for name in names}


def text_of(category: str, body: str = "Lào Cai", **more: list[Row]) -> str:
    return as_text(explain_tables(tables(**more), body, 2016, category))


def test_an_index_value_of_the_report_is_traced_to_file_line_and_raw_text() -> None:
    assert text_of("policy") == "\n".join(
        [
            "Lào Cai (P-10), 2016, policy",
            "  published: assessment, regime assessment_2016, province_63, 53 of 63 bodies, "
            "a partial list, trust official_full",
            "    value: 1.000 (printed '1,000'; column 3, read by rule index_comma)",
            "    rank: 1 (printed '1'; column 1, read by rule rank)",
            "    recomputed rank: 1 (published 1, printed; basis full; match by rule "
            "competition_rank)",
            "    place: table 4.9, line 666",
            "      raw row: | 1 | Lào Cai | 1,000 |",
            "    name: printed 'Lào Cai', bound to P-10 by rule exact",
            "    file: report.md",
            f"      sha256: {REPORT}",
            "      issuer: Bộ Thông tin và Truyền thông",
            "      document: 1557/BTTTT-THH",
            "      source: letter",
            "  reconciliation: 1 check",
            f"    rank, table 4.9, {POLICY_KEY}: printed 1, recomputed 1: match "
            "(rule competition_rank)",
        ]
    )


def test_a_figure_from_elsewhere_shows_its_line_source_and_trust_on_one_line_each() -> None:
    text = text_of("overall")

    assert "trust press" in text
    assert "    value: 0.6110\n" in text
    assert "    place: line 73\n      raw text: 14,0.6110\\x1b[31m\n" in text
    assert "      from: https://example.vn\n      obtained as: news page\n" in text
    assert "printed 'Lao Cai', bound to P-10 by rule mark_stripped" in text
    assert f"sha256: {HISTORY}" in text
    assert "document: without a number" in text
    assert "printed 2, recomputed nothing: match (rule competition_rank); seen" in text


def test_services_are_traced_by_level() -> None:
    text = text_of("online_services")
    assert "  services: level 3 34, level 4 1, total 35 (reported)\n" in text
    assert "    services_level3: 34 (printed '34'; column 3, read by rule count_plain)\n" in text
    assert "      raw row: | 41 | Lào Cai | 34 | 1 | 35 |\n" in text
    assert "reconciliation: 0 checks" in text


def test_cases_are_traced_to_the_sentences_of_their_level() -> None:
    text = text_of("online_cases")
    assert "  online cases: total 3640 (reported)\n" in text
    assert (
        "    level 3: services with any case 29, online cases 3640, share online in percent 56.5 "
        "(reported)\n"
        "      statement 1, line 641: 29 dịch vụ, trực tuyến là 3.640\n"
        "        online_cases: 3640 (column 3, read by rule case_sentence)\n"
        "        services_any_cases: 29 (column 3, read by rule case_sentence)\n"
        "    level 4: no figure (not_stated)\n"
        "      statement 1, line 641: (blank)\n"
        "        online_cases: none (not_stated; column 4, read by rule blank_cell)\n"
    ) in text
    assert "777" not in text  # another body of the same row
    assert "bound to P-10 by rule assignment, margin 0.25" in text


def test_a_file_that_is_gone_still_shows_its_hash() -> None:
    text = text_of("policy", raw_intake_files=[])
    assert "file: no longer among the files of the year" in text
    assert f"sha256: {REPORT}" in text


def test_a_category_that_is_not_held_lists_those_that_are() -> None:
    with pytest.raises(ExplainError) as error:
        text_of("portal")
    assert str(error.value) == (
        "nothing is held for Lào Cai (P-10) in category 'portal' of 2016; categories held: "
        "online_cases, online_services, overall, policy"
    )


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Lào Cai", "P-10"),
        ("lao  cai", "P-10"),
        ("tỉnh Lào Cai", "P-10"),
        ("La\u0300o Cai", "P-10"),
        ("p-02", "P-02"),
        ("ha giang", "P-02"),
        ("hau giang", "P-93"),
        ("TP. HCM", "P-79"),
        ("ho chi minh", "P-79"),
    ],
)
def test_a_body_is_found_by_code_or_name_with_or_without_marks(typed: str, code: str) -> None:
    held = tables()
    assert find_body(typed, held["raw_bodies"], held["raw_body_names"])[0] == code


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("Bắc Giang", "several bodies of the year: P-24 (Bắc Giang), Q-24 (Bắc Giang); give the"),
        ("Hà Giag", "is no body of the year; nearest are P-02 (Hà Giang), P-93 (Hậu Giang)"),
        ("xyzzy", "is no body of the year; no name is near to it"),
        ("", "is no body of the year; no name is near to it"),
    ],
)
def test_a_body_that_is_not_clear_is_an_error_with_candidates(typed: str, said: str) -> None:
    held = tables()
    with pytest.raises(BodyError) as error:
        find_body(typed, held["raw_bodies"], held["raw_body_names"])
    assert said in str(error.value)


def test_the_promoted_lake_is_explained_and_a_year_without_marts_is_an_error(
    tmp_path: Path,
) -> None:
    lake = Lake(tmp_path)
    held = tables()
    for unit, names in TABLES.items():
        with staging(lake, unit, "2016", "run") as stage:
            for name in names:
                stage.write_table(name, held[name])
            stage.promote({}, "code", {})

    found = explain(lake, "Lào Cai", 2016, "policy")

    assert (found.body_code, found.year) == ("P-10", 2016)
    assert as_text(found) == text_of("policy")
    with pytest.raises(ExplainError, match=r"2014 has no promoted marts; build the year first"):
        explain(lake, "Lào Cai", 2014, "policy")


def test_a_year_of_an_earlier_program_says_to_build_it_again(tmp_path: Path) -> None:
    with staging(Lake(tmp_path), "marts", "2016", "run") as stage:
        for name in TABLES["marts"]:
            if name != "ind_portal_checks":
                stage.write_table(name, tables()[name])
        stage.promote({}, "code", {})
    with pytest.raises(ExplainError) as error:
        explain(Lake(tmp_path), "Lào Cai", 2016, "policy")
    assert str(error.value) == (
        "the marts of 2016 were promoted by an earlier version of the program, without "
        "ind_portal_checks; build the year again (egov run 2016)"
    )
