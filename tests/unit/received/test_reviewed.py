"""Files filled in by people: what a spreadsheet does to them, and how they are cut into rows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets.received.reviewed import guarded, read_entries, unguarded


@given(st.text(alphabet="'=+-@＝a1 \t\n"))
def test_guarding_against_formulas_is_undone_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "@", "＝"))


def test_rows_are_read_without_any_entry() -> None:
    assert read_entries(b"a,b\r\n1,2\r\n", "x.csv", ("a", "b"), lambda row: None) == []
