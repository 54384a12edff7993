"""Uptime: the interval against published values and its own definition; the rule of stability."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import registry
from assets.crawl.checks.rules import rules
from assets.crawl.results.uptime import Z, stability, stability_rules_table, wilson

COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
LAST = Decimal("0.000001")


@pytest.mark.parametrize(
    ("up", "measured", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, "0.2553", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
        # of three rounds, by hand: 3 / (3 + z²) and 1
        (3, 3, "0.4385", "1.0000"),
        (0, 1, "0.0000", "0.7935"),
    ],
)
def test_published_intervals(up: int, measured: int, low: str, high: str) -> None:
    found = wilson(up, measured)
    assert [end.quantize(Decimal("0.0001")) for end in found] == [Decimal(low), Decimal(high)]


@given(COUNTS)
def test_the_ends_solve_the_equation_that_defines_them(counts: tuple[int, int]) -> None:
    """(share - p)² = z² p (1 - p) / measured, to what rounding the ends leaves."""
    up, measured = counts
    share = Fraction(up, measured)
    for end in wilson(up, measured, digits=30):
        p = Fraction(end)
        left, right = (share - p) ** 2, Fraction(Z) ** 2 * p * (1 - p) / measured
        assert abs(left - right) < Fraction(1, 10**25)


@given(COUNTS)
def test_the_interval_holds_the_share_and_lies_within_0_and_1(counts: tuple[int, int]) -> None:
    up, measured = counts
    low, high = wilson(up, measured)
    assert 0 <= low < high <= 1
    assert low - LAST <= Fraction(up, measured) <= high + LAST
    assert low.as_tuple().exponent == high.as_tuple().exponent == -6


@given(COUNTS)
def test_up_and_down_mirror_each_other(counts: tuple[int, int]) -> None:
    up, measured = counts
    low, high = wilson(up, measured)
    assert (1 - high, 1 - low) == wilson(measured - up, measured)


@given(COUNTS, st.integers(2, 9))
def test_the_same_share_of_more_rounds_is_surer(counts: tuple[int, int], times: int) -> None:
    up, measured = counts
    low, high = wilson(up, measured)
    surer_low, surer_high = wilson(up * times, measured * times)
    assert surer_high - surer_low < high - low


def test_the_context_of_the_process_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert wilson(2, 3) == (Decimal("0.207660"), Decimal("0.938508"))


@pytest.mark.parametrize(("up", "measured"), [(1, 0), (-1, 3), (4, 3), (0, 0)])
def test_numbers_that_cannot_be_are_refused(up: int, measured: int) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        wilson(up, measured)


@pytest.mark.parametrize(
    ("rounds", "measured", "up", "runs", "stable"),
    [
        (6, 6, 6, "yes", "stable"),
        (6, 6, 5, "yes", "stable"),
        (6, 6, 4, "yes", "unstable"),
        (6, 6, 3, "yes", "unstable"),
        (6, 6, 2, "no", "unstable"),
        (6, 3, 2, "yes", "stable"),
        (6, 2, 2, "yes", "too_few_rounds"),
        (6, 1, 0, "no", "too_few_rounds"),
        (6, 0, 0, "not_measured", "too_few_rounds"),
        (2, 2, 2, "yes", "too_few_rounds"),
        (1, 1, 1, "yes", "too_few_rounds"),
    ],
)
def test_the_rule(rounds: int, measured: int, up: int, runs: str, stable: str) -> None:
    row = stability(rounds, measured, up, rules().probe)
    assert (row["runs"], row["stability"]) == (runs, stable)


def test_a_row_in_full() -> None:
    assert stability(6, 3, 2, rules().probe) == {
        "rounds_held": 6,
        "rounds_measured": 3,
        "rounds_up": 2,
        "uptime": Decimal("0.666667"),
        "uptime_low": Decimal("0.207660"),
        "uptime_high": Decimal("0.938508"),
        "uptime_status": "measured",
        "not_measured_share": Decimal("0.500000"),
        "runs": "yes",
        "stability": "stable",
    }


def test_without_a_measured_round_there_is_no_uptime() -> None:
    row = stability(4, 0, 0, rules().probe)
    assert [row[name] for name in ("uptime", "uptime_low", "uptime_high")] == [None] * 3
    assert (row["uptime_status"], row["not_measured_share"]) == ("not_measured", 1)


def test_the_table_holds_every_combination_once() -> None:
    frame = stability_rules_table([6, 2, 6], rules())
    assert frame.schema == registry.table("raw_stability_rules").arrow_schema
    keys = list(
        zip(*(frame[c].to_pylist() for c in registry.table("raw_stability_rules").key), strict=True)
    )
    assert len(keys) == len(set(keys)) == 6 + 28
    assert keys == sorted(keys)
    assert all(0 <= up <= measured <= rounds for rounds, measured, up in keys)


def test_no_rounds_make_no_rules_and_none_below_one_are_held() -> None:
    assert stability_rules_table([], rules()).num_rows == 0
    with pytest.raises(ValueError, match="0 rounds cannot be"):
        stability_rules_table([0], rules())


def test_windows_of_few_rounds_call_nothing_stable() -> None:
    frame = stability_rules_table(range(1, rules().probe["measured_at_least"]), rules())
    assert set(frame["stability"].to_pylist()) == {"too_few_rounds"}
