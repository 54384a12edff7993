"""Which checks make which figures: the file of the project, and what its reader refuses."""

from __future__ import annotations

import pytest

from assets import registry
from assets.crawl.checks.rules import rules
from assets.crawl.results.observes import ObservesError, load_observes, observes_table
from assets.method.load import methods

PAIR = """
- met: portal_introduction_met
  required: portal_introduction_required
  checks: {introduction: it is asked for, leadership: it is asked for}
"""
ANSWER = "- {answer: has_portal_search, checks: {search: it is asked for}}\n"


def load(text: str) -> list[tuple[str, str, str]]:
    frame = load_observes(text.encode(), "observes.yaml", rules(), methods())
    return [(row["input_code"], row["check_id"], row["observed_as"]) for row in frame.to_pylist()]


def test_a_pair_and_an_answer_become_rows() -> None:
    assert load(ANSWER + PAIR) == [
        ("has_portal_search", "search", "answer"),
        ("portal_introduction_met", "introduction", "met"),
        ("portal_introduction_met", "leadership", "met"),
        ("portal_introduction_required", "introduction", "required"),
        ("portal_introduction_required", "leadership", "required"),
    ]


def test_the_project_maps_every_figure_of_the_portal_that_a_method_of_2016_asks_for() -> None:
    frame = observes_table()
    assert frame.schema == registry.table("raw_check_inputs").arrow_schema
    mapped = set(frame["input_code"].to_pylist())
    asked = {
        entry.code
        for method in methods()
        for entry in method.inputs
        if entry.code.startswith("has_portal_") or entry.code.endswith(("_met", "_required"))
        if "portal" in entry.code
    }
    assert mapped == asked
    assert len(asked) == 20


def test_what_is_met_and_what_is_required_are_counted_over_the_same_checks() -> None:
    checks: dict[str, set[str]] = {}
    for row in observes_table().to_pylist():
        checks.setdefault(row["input_code"], set()).add(row["check_id"])
    for code in (code for code in checks if code.endswith("_met")):
        assert checks[code] == checks[f"{code.removesuffix('_met')}_required"]
    assert checks["portal_introduction_met"] == {"introduction", "leadership", "official_contacts"}
    assert checks["portal_directions_met"] == {"directions", "leaders_schedule"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "observes.yaml: top level: no YAML in UTF-8"),
        ("a: 1", "observes.yaml: top level: it is no list of figures; list them with -"),
        ("- 1", "entry 1: its keys are none; give checks with answer"),
        (PAIR.replace("  required: portal_introduction_required\n", ""), "with both met and requi"),
        (PAIR + "  answer: has_portal_search\n", "its keys are answer, checks, met, required"),
        (PAIR + "  why: x\n", "its keys are checks, met, required, why"),
        (PAIR.replace("leadership", "leaders"), "entry 1: 'leaders' is no check of the rules"),
        (PAIR.replace("portal_introduction_met", "portal_trees_met"),
         "no method asks for the figure 'portal_trees_met'"),
        (PAIR.replace("met: portal_introduction_met", "met: [a]"), "the figure ['a']"),
        (PAIR.replace("portal_introduction_met", "has_portal_search"),
         "has_portal_search is a boolean; only a count can be observed as met"),
        (ANSWER.replace("has_portal_search", "portal_introduction_met"),
         "portal_introduction_met is a count; only a boolean can be observed as answer"),
        (PAIR.replace("portal_introduction_required", "portal_directions_required"),
         "portal_introduction_met and portal_directions_required are not numerator and"),
        (ANSWER + ANSWER, "entry 2: has_portal_search is made a second time"),
        (ANSWER.replace("{search: it is asked for}", "{search: a, links: b}"), "answer of one"),
        (ANSWER.replace("{search: it is asked for}", "{}"), "entry 1: it names no check"),
        (ANSWER.replace("it is asked for", "''"), "search has no reason; say why"),
    ],
)  # fmt: skip
def test_faults_are_named(text: str, message: str) -> None:
    with pytest.raises(ObservesError) as caught:
        load(text)
    assert message in str(caught.value)
