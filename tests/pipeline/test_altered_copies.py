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

#: What the ledger says of an altered figure: item, table, body, rule, printed minus recomputed.
Found = set[tuple[str, str, str, str, str | None]]

#: The reference copies of 2016 hold figures of the report too, so they disagree with altered ones.
COPY = "copy_differs_from_report"

ALTERED: dict[str, tuple[Alter, Found]] = {
    "a changed rank": (
        replacing(("29\tHà Nam\t0,800", "27\tHà Nam\t0,800")),
        {
            ("rank", "4.9", "P-35", "rank_not_by_value", "-2"),
            ("published_copy", "policy", "P-35", COPY, "0"),
        },
    ),
    "a changed sum": (
        replacing(("<b>10.309</b>", "<b>10.409</b>")),
        {("total", "4.7", "-", "sum_differs", "100")},
    ),
    "two swapped index values": (
        replacing(
            ("4\tLào Cai\t0,834", "4\tLào Cai\t0,823"),
            ("5\tQuảng Ninh\t0,823", "5\tQuảng Ninh\t0,834"),
        ),
        {
            ("rank", "4.3", "P-10", "rank_not_by_value", "-1"),
            ("rank", "4.3", "P-22", "rank_not_by_value", "1"),
            ("published_copy", "internal_apps", "P-10", COPY, "0.011"),
            ("published_copy", "internal_apps", "P-22", COPY, "-0.011"),
        },
    ),
    "two swapped names": (
        replacing(
            ("4\tLào Cai\t0,834", "4\tQuảng Ninh\t0,834"),
            ("5\tQuảng Ninh\t0,823", "5\tLào Cai\t0,823"),
        ),
        {
            ("published_copy", "internal_apps", "P-10", COPY, "0.011"),
            ("published_copy", "internal_apps", "P-22", COPY, "-0.011"),
        },
    ),
    "a changed count at level 4": (
        replacing(("116\t39\t155", "116\t38\t155")),
        {
            ("row_total", "2.6", "MOT", "sum_differs", "1"),
            ("total", "2.6", "-", "sum_differs", "1"),
            ("cross_table", "2.5", "-", "tables_disagree", "1"),
            ("published_copy", "online_services", "MOT", COPY, "1"),
        },
    ),
}

#: A case for which no release was there before.
NEW_LAKE: tuple[Alter, Found] = (
    replacing(("36,6%", "63,6%")),
    {("share", "4.8", "P-46", "share_differs", "26.937802")},
)

#: What is made from the report: nothing of it may move when the report cannot be read.
FROM_REPORT = ("reports", "bodies", "marts", "release")


def open_rows(run: YearRun) -> Found:
    return {
        (
            row["item"],
            row["table_no"],
            row["body_code"],
            row["rule"],
            None if row["difference"] is None else f"{row['difference'].normalize():f}",
        )
        for row in run.ledger(**{"class": "unexplained"})
    }


def assert_release_refused(run: YearRun, expected: Found) -> None:
    assert not run.success
    assert open_rows(run) == expected
    assert "release 2016 refused" in run.message
    number = len(run.ledger(**{"class": "unexplained"}))
    assert f"rel_reconciliation.no_unexplained: {number} failure" in run.message
    assert f"ledger_explained: {number} of " in run.message
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
    assert run.version("marts").counter == 2


def test_without_an_earlier_release_there_is_none(tmp_path: Path) -> None:
    alter, expected = NEW_LAKE
    run = run_year(altered_sources(tmp_path / "sources", alter), tmp_path / "lake")
    assert_release_refused(run, expected)
    assert promoted(run.lake, "release", YEAR) is None
    assert promoted_place(run.lake, "release") == {}
    assert run.version("marts").counter == 1


def test_a_province_missing_from_a_table_of_counts_is_found(
    lake_copy: Copy, tmp_path: Path
) -> None:
    alter = replacing(("48\tPhú Yên\t15\t0\t15\n", ""))
    run = run_year(altered_sources(tmp_path / "sources", alter), lake_copy())
    moved_up = {row for row in open_rows(run) if row[0] == "rank"}
    missing = {
        ("body_set", "4.7", "-", "set_differs", "-1"),
        ("body_set", "4.7", "P-54", "body_missing", None),
        ("total", "4.7", "-", "sum_differs", "15"),
        ("cross_table", "4.5", "-", "tables_disagree", "15"),
        ("cross_table", "4.6", "-", "tables_disagree", "1"),
    }
    assert not run.success
    assert "release 2016 refused" in run.message
    assert open_rows(run) - moved_up == missing
    # The 15 bodies printed below rank 48 stand one place too low, the common last rank as well,
    # and the three that share a count: a tie holds the first place of its span.
    assert {(table, difference) for _, table, _, _, difference in moved_up} == {("4.7", "1")}
    assert len(moved_up) == 63 - 48


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
    assert run.version("release").counter == 2
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
    (level3,) = run.rows("marts", "ind_case_counts", body_code="P-30", level="3")
    assert level3["status"] == "unreadable"
    assert all(level3[figure] is None for figure in figures)
    (total,) = run.rows("marts", "ind_case_totals", body_code="P-30")
    assert (total["online_cases"], total["services_online_cases"]) == (650, None)
    (sum_row,) = run.ledger(item="row_total", table_no="4.8", body_code="P-30")
    assert (sum_row["class"], sum_row["rule"]) == ("not_recomputable", "no_part_is_a_count")

    # What could not be read is an open question: no release before somebody has looked at it.
    (open_row,) = run.ledger(item="quarantine")
    assert (open_row["class"], open_row["line_no"]) == ("unexplained", row["line_no"])
    assert not run.success
    assert "release 2016 refused" in run.message
    assert words in run.message
    corrections = sources / "2016" / "corrections_2016.csv"
    reviewed = (
        f'2016,4.8,quarantine,"{open_row["subject"]}",-,{words},,not_recomputable,'
        "the report says no more,The statement names no figure,Không nêu số liệu,a reviewer\n"
    )
    corrections.write_text(corrections.read_text("utf-8") + reviewed, "utf-8")
    again = run_year(sources, run.lake.root)
    assert again.success, again.message
    (level3,) = again.rows("release", "case_counts", body_code="P-30", level="3")
    assert (level3["status"], level3["online_cases"]) == ("unreadable", None)


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
