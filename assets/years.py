"""The years of the warehouse: the one list of partition keys."""

from __future__ import annotations

#: Adding a year is extending this range by one.
YEARS: tuple[str, ...] = tuple(str(year) for year in range(2011, 2025))
