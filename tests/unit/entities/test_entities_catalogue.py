"""The files about bodies taken together: checks across them, candidates, yearly membership."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from assets.entities.bodies import Body, MembershipRule, Review
from assets.entities.catalogue import Catalogue, build_catalogue
from assets.entities.names import plain_form, stripped_form
from assets.entities.rows import BodiesError
from assets.entities.tables import bodies_table, body_names_table, memberships_table
from assets.registry.model import table

MINISTRIES_LEFT_OUT = {2016: {"MOD", "MPS", "OOG"}, 2017: {"MOD", "MPS", "OOG"}}
MINISTRIES_LEFT_OUT[2019] = MINISTRIES_LEFT_OUT[2016] | {"GI", "CEMA"}


def rules_broken(
    catalogue: Catalogue,
    bodies: list[Body] | None = None,
    rules: list[MembershipRule] | None = None,
    reviews: list[Review] | None = None,
) -> list[tuple[str, str]]:
    with pytest.raises(BodiesError) as caught:
        build_catalogue(
            catalogue.bodies if bodies is None else bodies,
            catalogue.rules if rules is None else rules,
            catalogue.reviews if reviews is None else reviews,
        )
    assert all(f.line_no and f.file_name.endswith(".csv") for f in caught.value.faults)
    return [(fault.column, fault.rule) for fault in caught.value.faults]


def changed(catalogue: Catalogue, code: str, **cells: object) -> list[Body]:
    return [replace(b, **cells) if b.body_code == code else b for b in catalogue.bodies]


def members(catalogue: Catalogue, year: int) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for row in catalogue.expand_memberships(year):
        if row["is_member"]:
            key = (row["index_code"], row["universe"])
            found.setdefault(key, set()).add(row["body_code"])
    return found


def test_a_code_twice(catalogue: Catalogue) -> None:
    again = replace(catalogue.bodies[0], line_no=999)
    assert rules_broken(catalogue, [*catalogue.bodies, again]) == [("body_code", "unique")]


def test_a_successor_that_does_not_exist(catalogue: Catalogue) -> None:
    bodies = changed(catalogue, "P-02", successor_code="Q-99")
    assert rules_broken(catalogue, bodies) == [("successor_code", "successor_exists")]


def test_a_successor_that_begins_too_late(catalogue: Catalogue) -> None:
    bodies = changed(catalogue, "MAE", valid_from=date(2025, 4, 1))
    found = rules_broken(catalogue, bodies)
    assert found == [("successor_code", "successor_period")] * 2  # MARD and MONRE


def test_a_name_of_two_bodies(catalogue: Catalogue) -> None:
    bodies = changed(catalogue, "P-93", aliases=("TP. Hà Giang",))
    assert rules_broken(catalogue, bodies) == [("aliases", "unique_name")]


def test_a_name_may_be_used_again_later(catalogue: Catalogue) -> None:
    assert catalogue.by_code["P-91"].name_vi == "Kiên Giang"
    assert catalogue.by_code["P-89"].name_vi == catalogue.by_code["Q-91"].name_vi == "An Giang"


def test_two_rules_for_one_universe_and_year(catalogue: Catalogue) -> None:
    again = replace(catalogue.rule("assessment", "ministry", 2016), line_no=999)
    found = rules_broken(catalogue, rules=[*catalogue.rules, again])
    assert found == [("year_from", "one_rule")]


def test_an_excluded_body_that_is_no_candidate(catalogue: Catalogue) -> None:
    rule = catalogue.rule("assessment", "ministry", 2016)
    bad = replace(rule, excluded_codes=("MOD", "MPS", "OOG", "MAE"))
    rules = [bad if r is rule else r for r in catalogue.rules]
    assert rules_broken(catalogue, rules=rules) == [("excluded_codes", "excluded")]


def test_a_count_that_is_not_the_expected_one(catalogue: Catalogue) -> None:
    bodies = [body for body in catalogue.bodies if body.body_code != "VOV"]
    assert rules_broken(catalogue, bodies) == [("expected_count", "expected_count")]


def a_review(**cells: object) -> Review:
    plain = Review(
        "X", "assessment", "province_63", None, "P-02", "A.", "b", None, "name_review.csv", 2
    )
    return replace(plain, **cells)


def test_decisions_that_contradict_or_name_nobody(catalogue: Catalogue) -> None:
    decomposed = a_review(body_printed=" X ", body_code="P-93", line_no=3)
    unknown = a_review(body_printed="Y", body_code="P-00", line_no=4)
    found = rules_broken(catalogue, reviews=[a_review(), decomposed, unknown])
    assert found == [("body_printed", "one_decision"), ("body_code", "body_exists")]


def test_a_universe_without_a_rule_is_named(catalogue: Catalogue) -> None:
    with pytest.raises(BodiesError, match="index dvc_index, universe ministry, year 2022"):
        catalogue.candidates("dvc_index", "ministry", 2022)


@pytest.mark.parametrize("year", range(2011, 2025))
def test_members_of_every_year(catalogue: Catalogue, year: int) -> None:
    expected: dict[tuple[str, str], int] = {}
    expected["assessment" if year <= 2019 else "dti", "province_63"] = 63
    for years, key, count in [
        ((2011, 2012), ("assessment", "ministry"), 22),
        ((2016, 2017), ("assessment", "ministry"), 19),
        ((2019,), ("assessment", "ministry"), 17),
        ((2016,), ("assessment", "gov_agency"), 8),
        ((2024,), ("dti", "province_34"), 34),
        ((2022, 2023, 2024), ("dvc_index", "province_34"), 34),
    ]:
        if year in years:
            expected[key] = count
    found = members(catalogue, year)
    assert {key: len(codes) for key, codes in found.items()} == expected
    ministries = {body.body_code for body in catalogue.bodies_of(year) if body.block == "ministry"}
    assert len(ministries) == 22
    if year in MINISTRIES_LEFT_OUT:
        left_out = ministries - found["assessment", "ministry"]
        assert left_out == MINISTRIES_LEFT_OUT[year]


def test_the_34_provinces_are_members_although_they_begin_later(catalogue: Catalogue) -> None:
    codes = members(catalogue, 2022)["dvc_index", "province_34"]
    assert all(code.startswith("Q-") for code in codes)
    assert all(catalogue.by_code[code].valid_from == date(2025, 7, 1) for code in codes)
    listed = {body.body_code for body in catalogue.bodies_of(2022)}
    assert codes <= listed
    assert "P-30" in listed
    assert not any(b.body_code.startswith("Q-") for b in catalogue.bodies_of(2016))


def test_where_members_are_unknown_there_is_no_row_but_there_are_candidates(
    catalogue: Catalogue,
) -> None:
    assert ("assessment", "ministry") not in members(catalogue, 2018)
    assert len(catalogue.candidates("assessment", "ministry", 2018)) == 22
    for universe in ("ministry_with_services", "ministry_without_services"):
        blocks = [b.block for b in catalogue.candidates("dti", universe, 2021)]
        assert (blocks.count("ministry"), blocks.count("gov_agency")) == (22, 9)
    assert len(catalogue.candidates("assessment", "gov_agency", 2017)) == 8


def test_excluded_bodies_have_a_row_with_the_reason(catalogue: Catalogue) -> None:
    rows = [r for r in catalogue.expand_memberships(2016) if r["body_code"] == "MPS"]
    (row,) = rows
    assert row["is_member"] is False
    assert row["member_reason"].startswith("Not assessed in 2016")


def test_codes_of_provinces_change_their_meaning_on_one_day(catalogue: Catalogue) -> None:
    former = [body for body in catalogue.bodies if body.body_code.startswith("P-")]
    later = [body for body in catalogue.bodies if body.body_code.startswith("Q-")]
    assert (len(former), len(later)) == (63, 34)
    assert {body.valid_to for body in former} == {date(2025, 6, 30)}
    assert {body.valid_from for body in later} == {date(2025, 7, 1)}
    assert {body.successor_code for body in former} == {body.body_code for body in later}
    assert catalogue.by_code["P-15"].name_vi == "Yên Bái"
    assert catalogue.by_code["Q-15"].name_vi == "Lào Cai"


def test_no_alias_is_a_misreading(catalogue: Catalogue) -> None:
    """A spelling that differs from the name in marks alone is a misreading, but for the two old
    spellings of Đắk Lắk and Đắk Nông."""
    differing = {
        alias
        for body in catalogue.bodies
        for alias in body.aliases
        if stripped_form(alias) == stripped_form(body.name_vi)
        and plain_form(alias) != plain_form(body.name_vi)
    }
    assert differing == {"Đăk Lăk", "Đăk Nông"}


def test_every_row_names_a_source_outside_this_project(content: Callable[[str], bytes]) -> None:
    for name in ("bodies.csv", "memberships.csv"):
        assert "seed" not in content(name).decode("utf-8").casefold()


@pytest.mark.parametrize("year", [2011, 2016, 2019, 2022, 2024])
def test_tables_have_the_declared_schema_and_key(catalogue: Catalogue, year: int) -> None:
    for name, make in [
        ("raw_bodies", bodies_table),
        ("raw_body_names", body_names_table),
        ("raw_memberships", memberships_table),
    ]:
        made, declared = make(catalogue, year), table(name)
        assert made.schema.equals(declared.arrow_schema)
        keys = list(zip(*(made[column].to_pylist() for column in declared.key), strict=True))
        assert len(set(keys)) == len(keys) > 0
        for column in declared.columns:
            if not column.nullable:
                assert made[column.name].null_count == 0
            if column.codes:
                assert set(made[column.name].to_pylist()) <= set(column.codes)
