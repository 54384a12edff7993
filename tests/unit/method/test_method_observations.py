"""Observations from rows of the marts, and from what a person types."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whatif_samples import METHOD, observation_rows, rows_of

from assets.method.engine import score
from assets.method.formulas import Observation
from assets.method.model import MethodError
from assets.method.observations import observations_of, typed_changes


def test_rows_become_observations_of_their_block_only() -> None:
    rows = observation_rows(synthetic=False)
    other = [{**rows[0], "universe": "gov_agency"}, {**rows[0], "index_code": "dti"}]
    held = observations_of(
        rows_of("ind_observations", other + rows), "assessment", "ministry", "ministry"
    )
    assert len(held) == 12
    assert held["A", "has_plan"] == Observation(Decimal(0), "reported")
    assert held["A", "staff"] == Observation(Decimal(10), "confirmed")
    assert held["B", "audit_class"] == Observation("full", "reported")
    assert held["C", "audit_class"] == Observation(None, "not_observed")


@pytest.mark.parametrize(
    ("typed", "code", "value"),
    [
        (("has_plan", "1"), "has_plan", Decimal(1)),
        (("has_plan", "Có"), "has_plan", Decimal(1)),
        (("has_plan", "Co\u0301"), "has_plan", Decimal(1)),
        (("has_plan", "không"), "has_plan", Decimal(0)),
        (("has_plan", "NO"), "has_plan", Decimal(0)),
        (("plan", "yes"), "has_plan", Decimal(1)),
        (("staff", "1,5"), "staff", Decimal("1.5")),
        (("staff", " 0.000001 "), "staff", Decimal("0.000001")),
        (("units", "12"), "units", Decimal(12)),
        (("audit", "full"), "audit_class", "full"),
    ],
)
def test_a_change_is_typed_by_input_or_criterion(
    typed: tuple[str, str], code: str, value: object
) -> None:
    assert typed_changes(METHOD, dict([typed])) == {code: Observation(value)}  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["not_observed", "not_applicable"])
def test_a_change_may_be_a_state(state: str) -> None:
    assert typed_changes(METHOD, {"plan": state}) == {"has_plan": Observation(None, state)}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("plans", "1", "no input and no criterion of assessment_2016/ministry; egov method show"),
        ("officers", "1", "uses 2 inputs, not one; give one of its inputs: staff, units"),
        ("policy", "1", "uses 3 inputs, not one; give one of its inputs: has_plan, staff, units"),
        ("has_plan", "2", "has_plan=2: not a value of has_plan; give one of Có, Yes, 1, Không, No"),
        ("units", "1.5", "give a whole number from 0, or not_observed or not_applicable"),
        ("units", "3.640", "give a whole number from 0"),
        ("staff", "-1", "give a number of at most 6 decimals from 0"),
        ("staff", "1e3", "give a number"),
        ("staff", "", "give a number"),
        ("staff", "1.0000001", "give a number of at most 6 decimals"),
        ("staff", "Infinity", "give a number"),
        ("audit", "none", "give one of full, part"),
    ],
)
def test_a_change_that_cannot_be_meant_says_what_can(name: str, text: str, said: str) -> None:
    with pytest.raises(MethodError) as error:
        typed_changes(METHOD, {name: text})
    assert said in str(error.value)


def test_bounds_of_an_input_hold_for_typed_values() -> None:
    inputs = [
        replace(one, min=Decimal(2), max=Decimal(4)) if one.code == "units" else one
        for one in METHOD.inputs
    ]
    method = replace(METHOD, inputs=tuple(inputs))
    assert typed_changes(method, {"units": "4"})["units"].value == 4
    with pytest.raises(MethodError, match="give a whole number from 2 to 4"):
        typed_changes(method, {"units": "5"})


def test_one_input_cannot_be_changed_twice() -> None:
    with pytest.raises(MethodError, match="plan: has_plan is given twice"):
        typed_changes(METHOD, {"has_plan": "1", "plan": "0"})


@given(st.sampled_from([entry.code for entry in METHOD.inputs]), st.text(max_size=20))
def test_any_text_is_a_usable_observation_or_a_method_error(code: str, text: str) -> None:
    try:
        (made,) = typed_changes(METHOD, {code: text}).values()
    except MethodError:
        return
    score(METHOD, {("A", code): made})
    assert made.value is not None or made.state in ("not_observed", "not_applicable")
