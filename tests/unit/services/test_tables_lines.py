"""Lines of the catalogue and of monthly counts: taken, or set aside with every reason."""

from __future__ import annotations

from datetime import date

import pytest
from table_samples import (
    CATALOGUE,
    COUNT_HEADER,
    SERVICE_HEADER,
    as_csv,
    count_row,
    counts,
    file,
    only_file,
    read,
    service_row,
    services,
    told,
)


def test_a_line_of_counts_becomes_a_row() -> None:
    header = ["Cơ quan", "Mã dịch vụ", "Mức độ", "Hình thức  nộp", "THÁNG", "Số hồ sơ tiếp nhận"]
    row = ["Tỉnh Lào Cai", "DV-1", "Mức độ 3", "Trực tuyến", "03/2016", "1.234"]
    given = file(as_csv([header, row]))
    (made,) = read(given)["monthly_cases"]
    assert {name: value for name, value in made.items() if value is not None} == {
        "assessment_year": 2016,
        "body_code": "P-10",
        "service_code": "DV-1",
        "declared_level": "3",
        "channel": "online",
        "month": date(2016, 3, 1),
        "cases_received": 1234,
        "value_status": "reported",
        "known_at": date(2017, 1, 5),
        "is_synthetic": False,
        "file_sha256": given.delivery.file_sha256,
        "line_no": 2,
    }


def test_a_line_of_the_catalogue_becomes_a_row() -> None:
    header = [*SERVICE_HEADER, "procedure_code", "Đơn vị", "class", "valid_to", "Đường dẫn"]
    row = [*service_row(service_name="Cấp  phép\nxây dựng", valid_from="01/07/2015")]
    more = ["1.004250", "Sở Xây dựng", "toàn trình", "30/06/2016", "DVC.laocai.gov.vn/a"]
    given = file(as_csv([header, [*row, *more]]), CATALOGUE)
    (made,) = read(given)["services"]
    assert made == {
        "service_code": "DV-1",
        "assessment_year": 2016,
        "body_code": "P-10",
        "service_name": "Cấp phép xây dựng",
        "procedure_code": "1.004250",
        "unit_name": "Sở Xây dựng",
        "declared_level": "3",
        "service_class": "full",
        "valid_from": date(2015, 7, 1),
        "valid_to": date(2016, 6, 30),
        "url": "http://dvc.laocai.gov.vn/a",
        "known_at": date(2017, 1, 5),
        "is_synthetic": False,
        "file_sha256": given.delivery.file_sha256,
        "line_no": 2,
    }


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"body_code": None}, [("body_code", "missing")]),
        ({"body_code": "P-99"}, [("body_code", "unknown_body")]),
        ({"body_code": "lào cai"}, [("body_code", "unknown_body")]),
        ({"body_code": "Lao Cai"}, [("body_code", "unknown_body")]),
        ({"body_code": "Cục X"}, [("body_code", "unknown_body")]),
        ({"service_code": "-x"}, [("service_code", "raw_monthly_cases.service_code.pattern")]),
        ({"declared_level": "2"}, [("declared_level", "unknown_word")]),
        ({"channel": "fax"}, [("channel", "unknown_word")]),
        ({"channel": None}, [("channel", "missing")]),
        ({"month": "2016-13"}, [("month", "month_form")]),
        ({"month": "3/16"}, [("month", "month_form")]),
        ({"month": "2016-03-02"}, [("month", "month_form")]),
        ({"month": "2061-03"}, [("month", "other_year")]),
        ({"cases_received": "-1"}, [("cases_received", "count_form")]),
        ({"cases_received": "1,234"}, [("cases_received", "count_form")]),
        ({"cases_received": "1.23"}, [("cases_received", "count_form")]),
        ({"cases_received": "12.3456"}, [("cases_received", "count_form")]),
        ({"cases_received": "0.123"}, [("cases_received", "count_form")]),
        ({"cases_received": "1.234 567"}, [("cases_received", "count_form")]),
        ({"cases_received": "1" * 13}, [("cases_received", "count_form")]),
        ({"cases_received": "１２"}, [("cases_received", "count_form")]),
        (
            {"service_code": None},
            [("service_code or declared_level or service_class", "none_of")],
        ),
        (
            {"body_code": "?", "channel": "?", "month": "?", "cases_received": "?"},
            [
                ("body_code", "unknown_body"),
                ("cases_received", "count_form"),
                ("channel", "unknown_word"),
                ("month", "month_form"),
            ],
        ),
    ],
)
def test_a_faulty_count_is_set_aside_with_every_reason(
    cells: dict[str, str | None], found: list[tuple[str, str]]
) -> None:
    good = count_row(month="2016-04", cases_received="5")
    tables = read(file(as_csv(counts(count_row(**cells), good)), name="bad.csv"))
    assert told(tables) == [(2, *each) for each in found]
    for row in tables["service_quarantine"]:
        assert (row["file_name"], row["replay_command"]) == ("bad.csv", "egov run 2016")
        assert row["reason_en"] != row["reason_vi"]
        assert row["what_to_do"]
    assert [row["line_no"] for row in tables["monthly_cases"]] == [3]
    about = only_file(tables)
    assert (about["rows_in"], about["rows_accepted"], about["rows_quarantined"]) == (2, 1, 1)
    assert about["sum_in"] == about["sum_quarantined"] + 5


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"service_code": None}, [("service_code", "missing")]),
        ({"service_name": None}, [("service_name", "missing")]),
        ({"service_name": "Cấp\u200bphép"}, [("service_name", "invisible_character")]),
        ({"service_name": "x" * 501}, [("service_name", "raw_services.service_name.length")]),
        ({"declared_level": None}, [("declared_level or service_class", "none_of")]),
        ({"valid_from": "2016-02-30"}, [("valid_from", "day_form")]),
        ({"valid_from": "03/31/2016"}, [("valid_from", "day_form")]),
        ({"valid_from": "42370"}, [("valid_from", "day_form")]),
        ({"valid_from": None}, [("valid_from", "missing")]),
    ],
)
def test_a_faulty_service_is_set_aside_with_every_reason(
    cells: dict[str, str | None], found: list[tuple[str, str]]
) -> None:
    good = service_row(service_code="DV-2")
    tables = read(file(as_csv(services(service_row(**cells), good)), CATALOGUE))
    assert told(tables) == [(2, *each) for each in found]
    assert [row["service_code"] for row in tables["services"]] == ["DV-2"]


def test_a_service_whose_period_ends_before_it_begins_or_whose_address_is_none_is_set_aside() -> (
    None
):
    header = [*SERVICE_HEADER, "valid_to", "url"]
    rows = [
        [*service_row(), "2015-12-31", None],
        [*service_row(service_code="DV-2"), None, "ftp://a.vn"],
    ]
    tables = read(file(as_csv([header, *rows]), CATALOGUE))
    assert told(tables) == [
        (2, "valid_from", "raw_services.period"),
        (3, "url", "address_form"),
    ]


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        (("13", None, None), "resolved_within_received"),
        (("10", "11", None), "on_time_within_resolved"),
        ((None, None, "13"), "paid_within_received"),
    ],
)
def test_counts_that_contradict_each_other_are_set_aside(
    more: tuple[str | None, ...], rule: str
) -> None:
    header = [*COUNT_HEADER, "cases_resolved", "cases_on_time", "cases_fee_online"]
    tables = read(file(as_csv([header, [*count_row(), *more]])))
    assert [each[2] for each in told(tables)] == [f"raw_monthly_cases.{rule}"]


@pytest.mark.parametrize(
    ("text", "value", "status"),
    [
        ("0", 0, "reported"),
        ("12 345", 12345, "reported"),
        ("1.234.567", 1234567, "reported"),
        (None, None, "not_stated"),
        ("Không phát sinh", None, "none_arisen"),
        ("không có số liệu", None, "no_figure"),
        ("Chưa có dịch vụ", None, "no_service"),
    ],
)
def test_a_count_that_is_not_known_is_never_zero(
    text: str | None, value: int | None, status: str
) -> None:
    (row,) = read(file(as_csv(counts(count_row(cases_received=text)))))["monthly_cases"]
    assert (row["cases_received"], row["value_status"]) == (value, status)


def test_a_count_of_all_services_of_a_level_needs_no_service() -> None:
    row = count_row(service_code=None, declared_level="4")
    (made,) = read(file(as_csv(counts(row))))["monthly_cases"]
    assert (made["service_code"], made["declared_level"]) == (None, "4")


def test_a_count_given_twice_is_set_aside_on_both_lines_which_name_each_other() -> None:
    tables = read(file(as_csv(counts(count_row(), count_row(cases_received="9")))))
    assert told(tables) == [(2, "month", "counted_twice"), (3, "month", "counted_twice")]
    assert [r["raw_value"] for r in tables["service_quarantine"]] == ["also line 3", "also line 2"]


def test_a_count_in_two_files_is_set_aside_in_both_which_name_each_other() -> None:
    one = file(as_csv(counts(count_row(), count_row(month="2016-04"))), name="one.csv")
    two = file(as_csv(counts(count_row(cases_received="9"))), name="two.csv")
    tables = read(one, two)
    shown = {r["file_name"]: (r["rule_id"], r["raw_value"]) for r in tables["service_quarantine"]}
    assert shown == {
        "one.csv": ("counted_twice", "also two.csv, line 2"),
        "two.csv": ("counted_twice", "also one.csv, line 2"),
    }
    assert [row["month"] for row in tables["monthly_cases"]] == [date(2016, 4, 1)]
    sums = {r["file_name"]: (r["sum_accepted"], r["sum_quarantined"], r["file_state"])
            for r in tables["service_files"]}  # fmt: skip
    assert sums == {"one.csv": (12, 12, "accepted"), "two.csv": (0, 9, "accepted")}


def test_a_row_of_a_rejected_file_takes_no_other_row_with_it() -> None:
    good = file(as_csv(counts(count_row())), name="one.csv")
    bad = file(as_csv(counts(count_row(), ["Tổng", *[None] * 4, "7"])), name="two.csv")
    tables = read(good, bad)
    assert len(tables["monthly_cases"]) == 1
    assert tables["service_quarantine"] == []


def test_a_change_of_a_service_is_a_new_row_and_an_overlap_sets_both_aside() -> None:
    header = [*SERVICE_HEADER, "valid_to"]
    rows = [
        [*service_row(), "2016-06-30"],
        [*service_row(declared_level="4", valid_from="2016-07-01"), None],
        [*service_row(service_code="DV-2"), None],
        [*service_row(service_code="DV-2", declared_level="4", valid_from="2016-05-01"), None],
        [*service_row(service_code="DV-3"), "2016-03-01"],
        [*service_row(service_code="DV-3", valid_from="2016-02-01"), "2016-02-15"],
        [*service_row(service_code="DV-3", valid_from="2016-02-20"), "2016-02-25"],
    ]
    tables = read(file(as_csv([header, *rows]), CATALOGUE))
    assert [(r["service_code"], r["declared_level"]) for r in tables["services"]] == [
        ("DV-1", "3"),
        ("DV-1", "4"),
    ]
    assert [(line, rule) for line, _, rule in told(tables)] == [
        (line, "periods_overlap") for line in (4, 5, 6, 7, 8)
    ]


def test_overlapping_rows_of_two_catalogues_name_the_other_file() -> None:
    one = file(as_csv(services(service_row())), CATALOGUE, "one.csv")
    two = file(as_csv(services(service_row(valid_from="2016-05-01"))), CATALOGUE, "two.csv")
    shown = [r["raw_value"] for r in read(one, two)["service_quarantine"]]
    assert sorted(shown) == ["also one.csv, line 2", "also two.csv, line 2"]


def test_a_file_of_two_years_serves_each_with_its_own_lines() -> None:
    rows = [count_row(), count_row(month="2017-01", channel="?"), count_row(month="2017-02")]
    given = file(as_csv(counts(*rows)), years=(2016, 2017))
    first, second = read(given), read(given, year=2017)
    assert [row["line_no"] for row in first["monthly_cases"]] == [2]
    assert told(first) == []
    assert [row["line_no"] for row in second["monthly_cases"]] == [4]
    assert told(second) == [(3, "channel", "unknown_word")]
    assert (only_file(first)["rows_in"], only_file(second)["rows_in"]) == (1, 2)


def test_the_catalogue_of_a_year_is_what_holds_in_it() -> None:
    header = [*SERVICE_HEADER, "valid_to"]
    rows = [
        [*service_row(declared_level="3", valid_from="2012-01-01"), "2015-12-31"],
        [*service_row(declared_level="4", valid_from="2016-01-01"), None],
        [*service_row(service_code="DV-2", valid_from="2017-01-01"), None],
    ]
    given = file(as_csv([header, *rows]), CATALOGUE)
    held = {
        year: [(r["service_code"], r["declared_level"]) for r in read(given, year=year)["services"]]
        for year in (2015, 2016, 2017)
    }
    assert held == {
        2015: [("DV-1", "3")],
        2016: [("DV-1", "4")],
        2017: [("DV-1", "4"), ("DV-2", "3")],
    }


def test_subtotals_are_no_counts() -> None:
    rows = [count_row(), ["Cộng", *[None] * 4, "12"], count_row(month="2016-04")]
    tables = read(file(as_csv(counts(*rows))))
    assert (3, "", "total_inside") in told(tables)
    assert [row["line_no"] for row in tables["monthly_cases"]] == [2, 4]
