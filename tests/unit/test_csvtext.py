"""CSV is cut the same way whatever a library has set for the process."""

from __future__ import annotations

import csv
from collections.abc import Iterator

import pytest

from assets.csvtext import LONGEST_CELL, StrictReader


@pytest.fixture(params=["as it begins", "as dbt leaves it"])
def _limit(request: pytest.FixtureRequest) -> Iterator[None]:
    before = csv.field_size_limit(LONGEST_CELL if request.param == "as it begins" else 2**31 - 1)
    yield
    csv.field_size_limit(before)


@pytest.mark.usefixtures("_limit")
def test_a_cell_beyond_the_longest_is_an_error_in_every_process() -> None:
    reader = StrictReader(
        ["a;b\n", f"{'x' * LONGEST_CELL};1\n", f"{'x' * (LONGEST_CELL + 1)};2\n"], ";"
    )
    assert next(reader) == ["a", "b"]
    assert [len(cell) for cell in next(reader)] == [LONGEST_CELL, 1]
    with pytest.raises(csv.Error, match=r"field larger than field limit \(131072\)"):
        next(reader)


def test_rows_and_lines_are_those_of_csv() -> None:
    reader = StrictReader(['1,"a\n', 'b"\n', "2,c\n"])
    assert [(cells, reader.line_num) for cells in reader] == [(["1", "a\nb"], 2), (["2", "c"], 3)]
    with pytest.raises(csv.Error):
        list(StrictReader(['1,"open\n']))
