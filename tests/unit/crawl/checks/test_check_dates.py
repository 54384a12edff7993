"""Dates as Vietnamese pages write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.crawl.checks.dates import dates_in, yearless_in
from tests.unit.crawl.portal_samples import TODAY


@pytest.mark.parametrize(
    "text",
    [
        "15/02/2017",
        "15-2-2017",
        "15.02.2017",
        "15 / 02 / 2017",
        "15/02/17",
        "2017-02-15",
        "2017-02-15T08:30:00+07:00",
        "2017/02/15",
        "ngày 15 tháng 2 năm 2017",
        "Ngay 15 thang 02 nam 2017",
        "15 tháng 2, 2017",
        "15 Tháng Hai, 2017",
        "15 Th2 2017",
        "Tháng Hai 15, 2017",
        "Th2 15, 2017",
        "Thứ tư, 15/02/2017 | 08:30 GMT+7",
        "(Thứ tư, ngày 15/02/2017)",
        "15 Feb 2017",
        "Wed, 15 Feb 2017 08:30:00 +0700",
        "February 15, 2017",
        "Feb. 15, 2017",
        "5 ngày trước",
        "5 ngay truoc",
        "5 days ago",
        "08:30 15/02/2017 - Lượt xem: 12",
    ],
)
def test_ways_to_write_a_day(text: str) -> None:
    assert dates_in(text, TODAY) == [date(2017, 2, 15)]


@pytest.mark.parametrize(
    ("text", "days"),
    [("hôm qua, 14:05", 1), ("Yesterday", 1), ("3 giờ trước", 0), ("2 tuần trước", 14),
     ("20 phút trước", 0), ("1 năm trước", 365), ("2 months ago", 60)],
)  # fmt: skip
def test_days_counted_back(text: str, days: int) -> None:
    assert dates_in(text, TODAY) == [TODAY - timedelta(days=days)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20 tháng mười một năm 2016", date(2016, 11, 20)),
        ("20 tháng mười năm 2016", date(2016, 10, 20)),
        ("20 tháng năm năm 2016", date(2016, 5, 20)),
        ("02/15/2017", date(2017, 2, 15)),  # month first, as no month is the 15th
    ],
)
def test_months_in_words_and_month_first(text: str, day: date) -> None:
    assert dates_in(text, TODAY) == [day]


@pytest.mark.parametrize(
    "text",
    [
        "31/31/2017",
        "Điện thoại: 0236.3.555.666",
        "Quyết định số 12/2017/QĐ-UBND",
        "15/02/1997",
        "Tỷ lệ 1:50.000",
        "Giai đoạn 2016-2020",
        "Máy chủ 10.2.2017.5",
        "Bài 3, tháng 2",
        "",
    ],
)
def test_what_looks_like_a_day_and_is_none(text: str) -> None:
    assert dates_in(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Hội nghị tổng kết (15/02)", [date(2017, 2, 15)]),
        ("Hội nghị tổng kết (21/2)", [date(2017, 2, 21)]),
        ("Hội nghị tổng kết (25-12)", [date(2016, 12, 25)]),
        ("Hội nghị tổng kết [30/02]", [date(2016, 2, 28)][:0]),
        ("Đạt tỷ lệ 15/02 ca", []),
    ],
)
def test_days_without_a_year_are_the_latest_past(text: str, days: list[date]) -> None:
    assert yearless_in(text, TODAY) == days


@given(st.text(alphabet="0123456789/.-() ngàythángnăm", max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    for day in dates_in(text, TODAY) + yearless_in(text, TODAY):
        assert 1900 < day.year < 2100


@given(st.dates(min_value=date(2001, 1, 1), max_value=date(2098, 12, 31)))
def test_every_day_is_read_back(day: date) -> None:
    assert dates_in(f"{day:%d/%m/%Y}", TODAY) == [day]
    assert dates_in(f"ngày {day.day} tháng {day.month} năm {day.year}", TODAY) == [day]
    assert dates_in(day.isoformat(), TODAY) == [day]
