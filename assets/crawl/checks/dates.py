"""Dates as Vietnamese pages write them.

Belongs here: reading. Does not belong here: which date is that of a news item (`freshness`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_ISO = re.compile(r"(?<!\d)(20\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_SHORT = re.compile(
    r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(20\d\d|\d\d)(?![\d/-]|\.\d)"
)
_NUMBERS = (
    "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai"
)  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_VIETNAMESE = r"(?:tháng|thang|thg|th)\.?\s*"
_MONTH = rf"(\d{{1,2}}|{'|'.join(reversed(_NUMBERS))})"
_ENGLISH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
#: Day, month in words, year; and month in words, day, year.
_LONG = tuple(
    re.compile(
        rf"(?<![\d/.-])(\d{{1,2}})[\s,-]+{month}[\s,-]*(?:năm|nam)?\s*(20\d\d)(?!\d)", re.IGNORECASE
    )
    for month in (_VIETNAMESE + _MONTH, _ENGLISH)
)
_AMERICAN = tuple(
    re.compile(rf"\b{month}\s+(\d{{1,2}}),?\s+(20\d\d)(?!\d)", re.IGNORECASE)
    for month in (_VIETNAMESE + _MONTH, _ENGLISH)
)
_AGO = re.compile(
    r"(\d{1,3})\s+(giây|phút|giờ|ngày|tuần|tháng|năm|giay|phut|gio|ngay|tuan|thang|nam)"
    r"\s+(?:trước|truoc)"
    r"|(\d{1,3})\s+(second|minute|hour|day|week|month|year)s?\s+ago",
    re.IGNORECASE,
)
_YESTERDAY = re.compile(r"\b(?:hôm qua|yesterday)\b", re.IGNORECASE)
#: Most texts have none, and no day then.
_DIGIT = re.compile(r"\d")
#: A day behind a headline, as "(20/02)".
_YEARLESS = re.compile(r"[(\[]\s?(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[)\]]")
#: Days of the units of `_AGO`; shorter ones are of today.
_DAYS = {
    "ngày": 1, "tuần": 7, "tháng": 30, "năm": 365, "ngay": 1, "tuan": 7, "thang": 30, "nam": 365,
    "day": 1, "week": 7, "month": 30, "year": 365,
}  # fmt: skip
#: Text in which dates are looked for; a news item has its date long before.
_LONGEST = 4000


def dates_in(text: str, today: date) -> list[date]:
    """All dates in a text. `3 ngày trước` counts back from `today`. Two-digit years are of this
    century. A day that cannot be is read month first, then passed over."""
    text = text[:_LONGEST]
    made = [today - timedelta(days=1) for _ in _YESTERDAY.findall(text)]
    if not _DIGIT.search(text):
        return made
    found = [(y, m, d) for y, _, m, d in _ISO.findall(text)]
    found += [(y, m, d) for d, _, m, y in _SHORT.findall(text)]
    found += [(y, _month(m), d) for written in _LONG for d, m, y in written.findall(text)]
    found += [(y, _month(m), d) for written in _AMERICAN for m, d, y in written.findall(text)]
    days = (_day(int(y), int(m), int(d)) for y, m, d in found)
    made += [day for day in days if day is not None]
    for count_vi, unit_vi, count_en, unit_en in _AGO.findall(text):
        length = _DAYS.get((unit_vi or unit_en).lower(), 0)
        made.append(today - timedelta(days=int(count_vi or count_en) * length))
    return made


def yearless_in(text: str, today: date) -> list[date]:
    """Days in brackets without a year, as "(20/02)": each the latest that is not after tomorrow."""
    days = [_latest(int(m), int(d), today) for d, m in _YEARLESS.findall(text[:_LONGEST])]
    return [day for day in days if day is not None]


def _latest(month: int, day: int, today: date) -> date | None:
    this_year = _day(today.year, month, day)
    if this_year is not None and this_year <= today + timedelta(days=1):
        return this_year
    return _day(today.year - 1, month, day)


def _month(name: str) -> int:
    name = name.lower()
    if name.isdigit():
        return int(name)
    return (_MONTHS.index(name) if name in _MONTHS else _NUMBERS.index(name)) + 1


def _day(year: int, month: int, day: int) -> date | None:
    year += 2000 if year < 100 else 0
    for first, second in ((month, day), (day, month)):
        try:
            return date(year, first, second)
        except ValueError:
            continue
    return None
