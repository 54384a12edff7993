"""The audit: statistics against values worked out by hand, and which lists are audited for what."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from analysis_samples import composition_of, ranked_list

from assets.analysis.audit import audit_rows
from assets.analysis.statistics import (
    correlation,
    cronbach_alpha,
    deviation,
    excess_kurtosis,
    fences,
    quantile,
    skewness,
)

F = Fraction
ONE_TO_FIVE = [F(n) for n in (1, 2, 3, 4, 5)]


def test_moments_of_one_to_five() -> None:
    assert deviation([F(1), F(3)]) == 1
    assert abs(deviation(ONE_TO_FIVE) ** 2 - 2) < F(1, 10**17)
    assert skewness(ONE_TO_FIVE) == 0
    assert excess_kurtosis(ONE_TO_FIVE) == F(34, 5) / 4 - 3  # fourth moment 6.8, variance 2


def test_skewness_of_one_far_value() -> None:
    values = [F(0), F(0), F(0), F(4)]  # mean 1, variance 3, third moment 6
    found = skewness(values)
    assert found is not None
    assert abs(found**2 - F(36, 27)) < F(1, 10**15)


def test_correlation_is_one_for_a_line_and_nothing_without_spread() -> None:
    assert correlation(ONE_TO_FIVE, [3 * value + 7 for value in ONE_TO_FIVE]) == 1
    assert correlation(ONE_TO_FIVE, [-value for value in ONE_TO_FIVE]) == -1
    assert correlation(ONE_TO_FIVE, [F(2)] * 5) is None
    assert correlation([F(1), F(2), F(3)], [F(1), F(3), F(2)]) == F(1, 2)


def test_quartiles_lie_between_values() -> None:
    assert quantile([F(4), F(1), F(2), F(3)], F(1, 4)) == F(7, 4)
    assert fences(ONE_TO_FIVE) == (-1, 7)


def test_alpha_of_equal_columns_is_one() -> None:
    assert cronbach_alpha([ONE_TO_FIVE, ONE_TO_FIVE]) == 1
    assert cronbach_alpha([ONE_TO_FIVE]) is None
    assert cronbach_alpha([ONE_TO_FIVE, [-v for v in ONE_TO_FIVE]]) is None


def rows_of(**where: object) -> list[dict[str, Any]]:
    """Audit rows of three lists: two parts, of which one has an outlier, and their total."""
    bodies = "ABCDEF"
    online = dict(zip(bodies, ("1", "2", "3", "2", "1", "60"), strict=True))
    progress = dict(zip(bodies, ("6", "5", "4", "3", "2", "1"), strict=True))
    whole = {b: str((Decimal(online[b]) + Decimal(progress[b])) / 2) for b in bodies}
    lists = [
        ranked_list(whole),
        ranked_list(online, category="online"),
        ranked_list(progress, category="progress"),
        ranked_list({"A": "1"}, category="satisfaction", is_partial=True, bodies_expected=34),
    ]
    made = composition_of(
        {b: {"online": online[b], "progress": progress[b]} for b in bodies},
        {"online": "0.5", "progress": "0.5"},
    )
    found = audit_rows({held.key: held for held in lists}, {lists[0].key: made})
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def test_an_outlier_is_named_and_left_as_it_is() -> None:
    (row,) = rows_of(audit_measure="outliers_iqr", item="online")
    assert (row["audit_value"], row["note"]) == (Decimal(1), "F")
    (row,) = rows_of(audit_measure="outliers_iqr", item="progress")
    assert (row["audit_value"], row["note"]) == (Decimal(0), None)


def test_effective_weights_add_up_and_show_what_really_counts() -> None:
    nominal = {r["item"]: r["audit_value"] for r in rows_of(audit_measure="nominal_weight")}
    effective = {r["item"]: r["audit_value"] for r in rows_of(audit_measure="effective_weight")}
    assert nominal == {"online": Decimal("0.5"), "progress": Decimal("0.5")}
    assert sum(effective.values()) == 1
    assert effective["online"] > 1 > 0 > effective["progress"]


def test_a_list_of_some_bodies_has_its_coverage_only() -> None:
    rows = rows_of(item="satisfaction")
    assert [(row["audit_measure"], row["audit_value"]) for row in rows] == [
        ("coverage", Decimal("0.029412"))
    ]


def test_correlations_name_both_parts_once_and_the_total_apart() -> None:
    assert [(r["item"], r["other_item"]) for r in rows_of(audit_measure="correlation")] == [
        ("online", "progress")
    ]
    with_total = {r["item"] for r in rows_of(audit_measure="correlation_with_total")}
    assert with_total == {"online", "progress"}
