"""Dates as Vietnamese pages write them.

Belongs here: reading. Does not belong here: which date is that of a news item (`freshness`).
"""

from __future__ import annotations

import re
from datetime import date, timedelta

_ISO = re.compile(r"(?<!\d)(20\d\d)-(\d{1,2})-(\d{1,2})(?!\d)")
_SHORT = re.compile(r"(?<![\d/.-])(\d{1,2})\s?([/.-])\s?(\d{1,2})\s?\2\s?(20\d\d|\d\d)(?![\d/-])")
_LONG = re.compile(
    r"(?:ngày|ngay)?\s*(?<!\d)(\d{1,2})\s*,?\s*(?:tháng|thang)\s*(\d{1,2})\s*,?\s*"
    r"(?:năm|nam)?\s*,?\s*(20\d\d)(?!\d)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = "|".join(_MONTHS)
_ENGLISH = re.compile(
    rf"(?<!\d)(\d{{1,2}})\s+({_NAMES})[a-z]*\.?,?\s+(20\d\d)(?!\d)", re.IGNORECASE
)
_AMERICAN = re.compile(rf"\b({_NAMES})[a-z]*\.?\s+(\d{{1,2}}),?\s+(20\d\d)(?!\d)", re.IGNORECASE)
_AGO = re.compile(
    r"(\d{1,3})\s+(phút|giờ|ngày|tuần|tháng)\s+trước"
    r"|(\d{1,3})\s+(minute|hour|day|week|month)s?\s+ago",
    re.IGNORECASE,
)
#: A day behind a headline, as "(20/02)": the year is the one that makes it the latest past day.
_YEARLESS = re.compile(r"[(\[]\s?(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[)\]]")
_DAYS = {"ngày": 1, "tuần": 7, "tháng": 30, "day": 1, "week": 7, "month": 30}
#: Text in which dates are looked for; a news item has its date long before.
_LONGEST = 4000


def dates_in(text: str, today: date) -> list[date]:
    """All dates in a text. `3 ngày trước` counts back from `today`. Two-digit years are of this
    century. A day that cannot be is read month first, then passed over."""
    text = text[:_LONGEST]
    found = [(y, m, d) for y, m, d in _ISO.findall(text)]
    found += [(y, m, d) for d, _, m, y in _SHORT.findall(text)]
    found += [(y, m, d) for d, m, y in _LONG.findall(text)]
    found += [(y, str(_month(m)), d) for d, m, y in _ENGLISH.findall(text)]
    found += [(y, str(_month(m)), d) for m, d, y in _AMERICAN.findall(text)]
    made = [_day(int(y), int(m), int(d)) for y, m, d in found]
    for count_vi, unit_vi, count_en, unit_en in _AGO.findall(text):
        days = _DAYS.get((unit_vi or unit_en).lower(), 0)
        made.append(today - timedelta(days=int(count_vi or count_en) * days))
    made += [_latest(int(m), int(d), today) for d, m in _YEARLESS.findall(text)]
    return [day for day in made if day is not None]


def _latest(month: int, day: int, today: date) -> date | None:
    """The latest such day that is not after tomorrow."""
    this_year = _day(today.year, month, day)
    if this_year is not None and this_year <= today + timedelta(days=1):
        return this_year
    return _day(today.year - 1, month, day)


def _month(name: str) -> int:
    return _MONTHS.index(name.lower()) + 1


def _day(year: int, month: int, day: int) -> date | None:
    year += 2000 if year < 100 else 0
    for first, second in ((month, day), (day, month)):
        try:
            return date(year, first, second)
        except ValueError:
            continue
    return None
