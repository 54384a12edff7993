"""Stored numbers in plain notation."""

from __future__ import annotations

import pytest

from assets.received.rawcell import plain_number


@pytest.mark.parametrize(
    ("stored", "plain"),
    [
        ("12", "12"),
        ("12.0", "12"),
        ("100", "100"),
        ("0.1", "0.1"),
        ("1e-05", "0.00001"),
        ("1e+20", "100000000000000000000"),
        ("-0.50", "-0.5"),
        ("1e9999", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("1" * 401, None),
    ],
)
def test_a_stored_number_in_plain_notation(stored: str, plain: str | None) -> None:
    assert plain_number(stored) == plain
