"""Copies of the 2016 report, each altered by one thing: it is found, classed, and not released.

Every test goes on from a lake in which the true report has been released.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from pipeline_run import YEAR, YearRun, altered_sources, promoted_place, replacing, run_year
from typer.testing import CliRunner

from assets.lake import Lake, promoted

Alter = Callable[[str], str]
Copy = Callable[[], Path]

#: What the ledger says of an altered figure: item, table, body, printed, recomputed, rule.
Found = set[tuple[str, str, str, str | None, str | None, str]]

#: The reference copies of 2016 hold figures of the report too, so they disagree with altered ones.
COPY = "copy_differs_from_report"

ALTERED: dict[str, tuple[Alter, Found]] = {
    "a changed rank": (
        replacing(("29\tHà Nam\t0,800", "27\tHà Nam\t0,800")),
        {
            ("rank", "4.9", "P-35", "27", "29", "rank_not_by_value"),
            ("published_copy", "policy", "P-35", "29,0.800", "27 | 0.800000", COPY),
        },
    ),
    "a changed sum": (
        replacing(("<b>10.309</b>", "<b>10.409</b>")),
        {("total", "4.7", "-", "10409", "10309", "sum_differs")},
    ),
    "two swapped index values": (
        replacing(
            ("4\tLào Cai\t0,834", "4\tLào Cai\t0,823"),
            ("5\tQuảng Ninh\t0,823", "5\tQuảng Ninh\t0,834"),
        ),
        {
            ("rank", "4.3", "P-10", "4", "5", "rank_not_by_value"),
            ("rank", "4.3", "P-22", "5", "4", "rank_not_by_value"),
            ("published_copy", "internal_apps", "P-10", "4,0.834", "4 | 0.823000", COPY),
            ("published_copy", "internal_apps", "P-22", "5,0.823", "5 | 0.834000", COPY),
        },
    ),
    "two swapped names": (
        replacing(
            ("4\tLào Cai\t0,834", "4\tQuảng Ninh\t0,834"),
            ("5\tQuảng Ninh\t0,823", "5\tLào Cai\t0,823"),
        ),
        {
            ("published_copy", "internal_apps", "P-10", "4,0.834", "5 | 0.823000", COPY),
            ("published_copy", "internal_apps", "P-22", "5,0.823", "4 | 0.834000", COPY),
        },
    ),
    "a changed count at level 4": (
        replacing(("116\t39\t155", "116\t38\t155")),
        {
            ("row_total", "2.6", "MOT", "155", "154", "sum_differs"),
            ("total", "2.6", "-", "278", "277", "sum_differs"),
            ("cross_table", "2.5", "-", "278", "277", "tables_disagree"),
            ("published_copy", "online_services", "MOT", ",39", " | 38.000000", COPY),
        },
    ),
    "a changed share": (
        replacing(("36,6%", "63,6%")),
        {("share", "4.8", "P-46", "63.600000", "36.662198", "share_differs")},
    ),
    "a dropped row of services": (
        replacing(("48\tPhú Yên\t15\t0\t15\n", "")),
        {
            ("body_set", "4.7", "-", "62", "63", "set_differs"),
            ("body_set", "4.7", "P-54", None, "Phú Yên", "body_missing"),
            ("total", "4.7", "-", "10309", "10294", "sum_differs"),
            ("total", "4.7", "-", "11409", "11394", "sum_differs"),
            ("cross_table", "4.5", "-", "10309", "10294", "tables_disagree"),
            ("cross_table", "4.6", "-", "56", "55", "tables_disagree"),
            ("cross_table", "4.6", "-", "58", "57", "tables_disagree"),
        },
    ),
}

#: A case for which no release was there before.
NEW_LAKE = (
    replacing(
        (
            '<a href="http://laocai.gov.vn">laocai.gov.vn</a>',
            '<a href="http://tuyenquang.gov.vn">tuyenquang.gov.vn</a>',
        )
    ),
    {
        (
            "website",
            "4.4",
            "P-10",
            "tuyenquang.gov.vn",
            "laocai.gov.vn",
            "address_of_another_body",
        )
    },
)

#: What is made from the report: nothing of it may move when the report cannot be read.
FROM_REPORT = ("reports", "bodies", "marts", "release")


def open_rows(run: YearRun) -> Found:
    return {
        (
            row["item"],
            row["table_no"],
            row["body_code"],
            row["printed"],
            row["recomputed"],
            row["rule"],
        )
        for row in run.ledger(**{"class": "unexplained"})
    }


def assert_release_refused(run: YearRun, expected: Found) -> None:
    assert not run.success
    assert open_rows(run) == expected
    assert "release 2016 refused" in run.message
    assert f"rel_reconciliation.no_unexplained: {len(expected)} failure" in run.message
    assert f"ledger_explained: {len(expected)} of " in run.message
    assert "nothing was promoted" in run.message


@pytest.mark.parametrize(("alter", "expected"), ALTERED.values(), ids=ALTERED.keys())
def test_the_ledger_finds_it_and_the_release_is_refused(
    alter: Alter, expected: Found, lake_copy: Copy, tmp_path: Path
) -> None:
    lake = lake_copy()
    sources = altered_sources(tmp_path / "sources", alter)
    released_before = promoted_place(Lake(lake), "release")
    run = run_year(sources, lake)
    assert_release_refused(run, expected)
    assert promoted_place(run.lake, "release") == released_before
    assert _counter(run, "marts") == 2


def test_without_an_earlier_release_there_is_none(tmp_path: Path) -> None:
    alter, expected = NEW_LAKE
    run = run_year(altered_sources(tmp_path / "sources", alter), tmp_path / "lake")
    assert_release_refused(run, expected)
    assert promoted(run.lake, "release", YEAR) is None
    assert promoted_place(run.lake, "release") == {}
    assert _counter(run, "marts") == 1


def test_a_province_missing_from_an_index_table_stops_the_marts(
    lake_copy: Copy, tmp_path: Path
) -> None:
    lake = lake_copy()
    alter = replacing(("40\tBắc Kạn\t0,939\n", ""))
    before = promoted_place(Lake(lake), "marts", "release")
    run = run_year(altered_sources(tmp_path / "sources", alter), lake)
    assert not run.success
    assert "gate of marts 2016 refused" in run.message
    assert "idx_published_values.expected_bodies: 1 failure" in run.message
    assert "P-06 is missing" in run.message
    assert promoted_place(run.lake, "marts", "release") == before


def test_a_misspelt_name_is_bound_with_evidence_and_released(
    lake_copy: Copy, tmp_path: Path
) -> None:
    alter = replacing(("42\tTuyên Quang\t0,645", "42\tTuyên Quong\t0,645"))
    run = run_year(altered_sources(tmp_path / "sources", alter), lake_copy())
    assert run.success, run.message
    (match,) = run.rows("bodies", "raw_body_matches", body_printed="Tuyên Quong")
    assert (match["body_code"], match["match_rule"], match["table_no"]) == (
        "P-08",
        "assignment",
        "4.3",
    )
    assert match["is_evidence"]
    assert match["match_margin"] >= Decimal("0.2")
    (row,) = run.ledger(subject="Tuyên Quong")
    assert (row["item"], row["class"], row["rule"]) == ("body_name", "ocr", "name_assignment")
    assert row["recomputed"] == "Tuyên Quang"
    assert row["line_no"] == match["line_no"]
    assert open_rows(run) == set()
    assert _counter(run, "release") == 2
    assert run.rows("release", "reconciliation", subject="Tuyên Quong") == [row]


def test_a_name_beyond_reading_waits_for_a_person_who_is_then_obeyed(
    lake_copy: Copy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    lake = lake_copy()
    alter = replacing(("42\tTuyên Quang\t0,645", "42\tXzzw Kqjhd\t0,645"))
    sources = altered_sources(tmp_path / "sources", alter)
    before = promoted_place(Lake(lake), "marts", "release")
    run = run_year(sources, lake)
    review = lake / "review" / "names_2016.csv"
    said = "".join(capfd.readouterr())

    # Nothing is guessed: the name is bound to nobody, the place is as it was, a file is offered.
    assert not run.success
    assert "P-08 is missing" in run.message
    (match,) = run.rows("bodies", "raw_body_matches", body_printed="Xzzw Kqjhd")
    assert (match["body_code"], match["match_rule"]) == (None, "unmatched")
    assert promoted_place(run.lake, "marts", "release") == before
    assert f"egov intake add {review} --kind name_review --year 2016" in said

    with review.open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["body_printed"] == "Xzzw Kqjhd"
    assert row["line_no"] == str(match["line_no"])
    assert row["body_code"] == row["decided_by"] == ""
    row |= {"body_code": "P-08", "decided_by": "data owner", "reason": "seen on the printed page"}
    with review.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow(row)
    monkeypatch.setenv("EGOV_LAKE", str(lake))
    _intake_add(review)

    # The next run obeys, releases, and offers nothing any more.
    again = run_year(sources, lake)
    assert again.success, again.message
    (match,) = again.rows("bodies", "raw_body_matches", body_printed="Xzzw Kqjhd")
    assert (match["body_code"], match["match_rule"], match["is_evidence"]) == (
        "P-08",
        "review",
        True,
    )
    (value,) = again.rows("release", "published_values", table_no="4.3", body_code="P-08")
    assert (value["published_rank"], value["published_value"]) == (42, Decimal("0.645"))
    (row,) = again.ledger(subject="Xzzw Kqjhd")
    assert (row["class"], row["rule"]) == ("match", "name_review")
    assert not review.exists()


def test_a_statement_in_unknown_words_is_quarantined_with_its_line(
    released: YearRun, lake_copy: Copy, tmp_path: Path
) -> None:
    words = "24 dịch vụ tiếp nhận chừng 650 bộ giấy tờ qua mạng"
    printed = "24 dịch vụ có số lượng hồ sơ xử lý trực tuyến trong năm là 650"
    sources = altered_sources(tmp_path / "sources", replacing((printed, words)))
    run = run_year(sources, lake_copy())
    (true_row,) = released.rows("marts", "ind_case_counts", body_code="P-30", level="3")
    assert (true_row["services_online_cases"], true_row["online_cases"]) == (24, 650)

    (row,) = run.rows("reports", "raw_report_quarantine")
    assert (row["table_no"], row["line_no"]) == ("4.8", true_row["line_no"])
    assert (row["column_name"], row["raw_value"]) == ("cases_level3", words)
    assert all(row[name] for name in ("rule_id", "reason_en", "reason_vi", "what_to_do"))
    assert row["replay_command"] == "egov run 2016"
    (counts,) = run.rows("reports", "raw_report_counts", table_no="4.8")
    assert counts["rows_quarantined"] == 1
    assert counts["rows_in"] == sum(
        counts[f"rows_{part}"] for part in ("accepted", "quarantined", "blank")
    )

    # 24 and 650 are in the words, but nobody has said what they are; the printed total stays.
    figures = ("services_any_cases", "services_online_cases", "online_cases", "all_cases")
    level3 = run.rows("marts", "ind_case_counts", body_code="P-30", level="3")
    assert all(r[figure] is None for r in level3 for figure in figures)
    (total,) = run.rows("marts", "ind_case_totals", body_code="P-30")
    assert (total["online_cases"], total["services_online_cases"]) == (650, None)
    (sum_row,) = run.ledger(item="row_total", table_no="4.8", body_code="P-30")
    assert (sum_row["class"], sum_row["rule"]) == ("not_recomputable", "no_part_is_a_count")


def test_an_unknown_header_stops_the_run_with_table_and_line(
    lake_copy: Copy, tmp_path: Path
) -> None:
    lake = lake_copy()

    def alter(text: str) -> str:
        start = text.index("**Bảng 4.9.**")
        return text[:start] + text[start:].replace("Chỉ số năm 2016", "Điểm số năm 2016", 1)

    sources = altered_sources(tmp_path / "sources", alter)
    lines = (sources / "2016" / "report_tables.md").read_text("utf-8").splitlines()
    line_no = 1 + next(i for i, line in enumerate(lines) if "Điểm số" in line)
    before = promoted_place(Lake(lake), *FROM_REPORT)
    run = run_year(sources, lake)
    assert not run.success
    assert f"report_tables.md, line {line_no}, table 4.9" in run.message
    assert "Điểm số năm 2016" in run.message
    assert "Chỉ số năm 2016" in run.message
    assert promoted_place(run.lake, *FROM_REPORT) == before


def _intake_add(review: Path) -> None:
    from orchestration.cli import app

    arguments = ["intake", "add", str(review), "--kind", "name_review", "--year", YEAR]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output


def _counter(run: YearRun, unit: str) -> int:
    version = promoted(run.lake, unit, YEAR)
    assert version is not None
    return version.counter
