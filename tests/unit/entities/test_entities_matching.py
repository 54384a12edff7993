"""Each rule of matching, the cases that must stay open, and the decisions of people."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from assets.entities.bodies import REVIEW_COLUMNS, read_reviews
from assets.entities.catalogue import Catalogue
from assets.entities.matching import Match, PrintedName, match_names
from assets.entities.review import write_review
from assets.entities.rows import BodiesError, write_rows
from assets.entities.tables import matches_table
from assets.registry.model import table

Printed = Callable[..., list[PrintedName]]


def bound(matches: list[Match]) -> list[tuple[str | None, str]]:
    return [(match.body_code, match.match_rule) for match in matches]


def full_list(catalogue: Catalogue, **instead: str) -> list[str]:
    """The 63 names, with some printed otherwise (code with _ for -)."""
    other = {code.replace("_", "-"): text for code, text in instead.items()}
    bodies = catalogue.candidates("assessment", "province_63", 2016)
    return [other.get(body.body_code, body.name_vi) for body in bodies]


def decide(**cells: str) -> bytes:
    given = {
        "index_code": "assessment",
        "universe": "province_63",
        "decided_by": "N. V. A.",
        "reason": "seen in the scan",
        **cells,
    }
    return write_rows(REVIEW_COLUMNS, [[given.get(column, "") for column in REVIEW_COLUMNS]])


@pytest.mark.parametrize(
    ("text", "code", "rule"),
    [
        ("Hà Giang", "P-02", "exact"),
        ("  Hà\u00a0 Giang ", "P-02", "exact"),
        ("Ha\u0300 Giang", "P-02", "exact"),
        ("Hoà Bình", "P-17", "alias"),
        ("TP.HCM", "P-79", "alias"),
        ("TT-Huế", "P-46", "alias"),
        ("Đăk Lăk", "P-66", "alias"),
        ("Tỉnh Hoà Bình", "P-17", "tone_placement"),
        ("UBND tỉnh Hoà Bình", "P-17", "prefix"),
        ("T.P. Cần Thơ", "P-92", "prefix"),
        ("BÀ RỊA — VŨNG TÀU", "P-77", "prefix"),
        ("Bà Rịa Vũng Tàu", "P-77", "prefix"),
        ("Phủ Thọ", "P-25", "mark_stripped"),
        ("Đông Tháp", "P-87", "mark_stripped"),
        ("Lang Son", "P-20", "mark_stripped"),
        ("Hue", "P-46", "mark_stripped"),
        ("Bình Đimh", "P-52", "assignment"),
        ("Hà Tây", None, "unmatched"),
        ("", None, "unmatched"),
        ("Tổng cộng", None, "unmatched"),
    ],
)
def test_rule_that_binds_a_lone_name(
    catalogue: Catalogue, printed: Printed, text: str, code: str | None, rule: str
) -> None:
    (match,) = match_names(printed([text]), catalogue, 2016)
    assert (match.body_code, match.match_rule) == (code, rule)
    assert match.is_evidence == (rule not in ("exact", "alias"))
    assert (match.match_margin is not None) == (rule == "assignment")
    assert match.printed.text == text


@pytest.mark.parametrize(
    ("universe", "text", "code", "rule"),
    [
        ("ministry", "Bộ Lao động, Thương binh và XÃ HỘI", "MOLISA", "prefix"),
        ("ministry", "Uỷ ban Dân tộc", "CEMA", "alias"),
        ("ministry", "Bộ Thông tin va Truyên thông", "MIC", "mark_stripped"),
        ("ministry", "Bộ Công an", None, "unmatched"),  # not assessed in 2016
        ("gov_agency", "Viện Hàn lâm KH&CN Việt Nam", "VAST", "alias"),
        ("gov_agency", "Viện Hàn lâm Khoa học xã hội Việt nam", "VASS", "prefix"),
    ],
)
def test_other_universes(
    catalogue: Catalogue, printed: Printed, universe: str, text: str, code: str | None, rule: str
) -> None:
    assert bound(match_names(printed([text], universe), catalogue, 2016)) == [(code, rule)]


def test_the_universe_decides_what_a_name_means(catalogue: Catalogue, printed: Printed) -> None:
    old = match_names(printed(["An Giang"], "province_63", "dti"), catalogue, 2024)
    new = match_names(printed(["An Giang"], "province_34", "dti"), catalogue, 2024)
    assert bound(old) == [("P-89", "exact")]
    assert bound(new) == [("Q-91", "exact")]


def test_a_name_without_marks_stays_open_when_one_letter_from_another_body(
    catalogue: Catalogue, printed: Printed
) -> None:
    """Hạ Giang alone may be Hà Giang or Hậu Giang; beside Hậu Giang it can only be Hà Giang."""
    alone = match_names(printed(["Hạ Giang"]), catalogue, 2016)
    assert bound(alone) == [(None, "unmatched")]
    assert alone[0].cause == "not_clear"
    assert alone[0].nearest[:2] == ("P-02", "P-93")
    beside = match_names(printed(["Hạ Giang", "Hậu Giang"]), catalogue, 2016)
    assert bound(beside) == [("P-02", "mark_stripped"), ("P-93", "exact")]


def test_a_list_printed_without_any_mark_is_bound(catalogue: Catalogue, printed: Printed) -> None:
    bare = match_names(printed(["Ha Giang", "Hau Giang", "Kien Giang"]), catalogue, 2016)
    assert [m.body_code for m in bare] == ["P-02", "P-93", None]  # Tiền Giang is not in the list


def test_a_name_read_as_another_of_the_list_is_not_bound(
    catalogue: Catalogue, printed: Printed
) -> None:
    names = full_list(catalogue, P_93="Hạ Giang")
    matches = match_names(printed(names), catalogue, 2016)
    assert [(m.body_code, m.printed.text) for m in matches if m.match_rule != "exact"] == [
        (None, "Hạ Giang")
    ]
    assert {m.body_code for m in matches} >= {"P-02"}


def test_one_body_twice_in_one_list_binds_neither(catalogue: Catalogue, printed: Printed) -> None:
    names = full_list(catalogue, P_93="Hà Giang")
    matches = match_names(printed(names), catalogue, 2016)
    unsure = [m for m in matches if m.body_code is None]
    assert [(m.printed.text, m.cause) for m in unsure] == [("Hà Giang", "same_body_twice")] * 2
    by_other_spelling = match_names(printed(["Huế", "Thừa Thiên - Huế"]), catalogue, 2016)
    assert bound(by_other_spelling) == [(None, "unmatched")] * 2


def test_one_body_in_two_lists_is_fine(catalogue: Catalogue, printed: Printed) -> None:
    first, second = (printed(["Hà Giang"], list_key=key)[0] for key in ("4.1", "4.3"))
    other_file = printed(["Hà Giang"], file_sha256="b" * 64)[0]
    names = [first, replace(second, line_no=2), other_file]
    assert bound(match_names(names, catalogue, 2016)) == [("P-02", "exact")] * 3


def test_assignment_binds_what_is_left_to_what_is_left(
    catalogue: Catalogue, printed: Printed
) -> None:
    names = full_list(catalogue, P_52="Bìmh Đinh", P_96="Cá Nau", P_22="Quàng Nimh")
    matches = [m for m in match_names(printed(names), catalogue, 2016) if m.match_rule != "exact"]
    assert {m.printed.text: (m.body_code, m.match_rule) for m in matches} == {
        "Bìmh Đinh": ("P-52", "assignment"),
        "Cá Nau": ("P-96", "assignment"),
        "Quàng Nimh": ("P-22", "assignment"),
    }
    assert all(m.match_margin is not None and m.match_margin >= Decimal("0.2") for m in matches)


def test_assignment_refuses_two_names_that_may_be_each_others(
    catalogue: Catalogue, printed: Printed
) -> None:
    names = full_list(catalogue, P_82="Tiê Giang", P_91="Kiê Giang", P_44="Quảng Cinh")
    open_ = [m for m in match_names(printed(names), catalogue, 2016) if m.body_code is None]
    assert [m.printed.text for m in open_] == ["Quảng Cinh", "Tiê Giang", "Kiê Giang"]
    assert {m.cause for m in open_} == {"not_clear"}


def test_assignment_refuses_a_stranger_though_one_body_is_left(
    catalogue: Catalogue, printed: Printed
) -> None:
    matches = match_names(printed(full_list(catalogue, P_93="Hà Tây")), catalogue, 2016)
    open_ = [m for m in matches if m.body_code is None]
    assert [(m.printed.text, m.cause) for m in open_] == [("Hà Tây", "no_name_near")]


def test_assignment_refuses_two_names_near_one_body(catalogue: Catalogue, printed: Printed) -> None:
    names = full_list(catalogue, P_25="Phú Thp", P_79="Phú Tho.")
    open_ = [m for m in match_names(printed(names), catalogue, 2016) if m.body_code is None]
    assert [m.printed.text for m in open_] == ["Phú Thp", "Phú Tho."]


def test_two_names_at_one_place_are_refused(catalogue: Catalogue, printed: Printed) -> None:
    names = printed(["Hà Nam"]) + printed(["Hà Nội"])
    with pytest.raises(ValueError, match="two printed names at one place"):
        match_names(names, catalogue, 2016)


def test_a_decision_binds_and_is_evidence(
    with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    catalogue = with_reviews(decide(body_printed="Ha\u0323 Giang", body_code="P-93"))
    (match,) = match_names(printed(["Hạ Giang"]), catalogue, 2016)
    assert bound([match]) == [("P-93", "review")]
    assert match.is_evidence


def test_a_decision_that_the_name_is_of_no_body(
    with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    catalogue = with_reviews(decide(body_printed="Phú  Thọ", assessment_year="2016"))
    names = printed(["Phú Thọ", "Phủ Thọ"])
    assert bound(match_names(names, catalogue, 2016)) == [
        (None, "review"),
        ("P-25", "mark_stripped"),
    ]
    assert bound(match_names(names, catalogue, 2017))[0] == ("P-25", "exact")


def test_a_decision_about_the_place_tells_two_equal_names_apart(
    with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    place = {"file_sha256": "a" * 64, "line_no": "2", "body_no": "1"}
    catalogue = with_reviews(decide(body_printed="Hà Giang", body_code="P-93", **place))
    matches = match_names(printed(["Hà Giang", "Hà Giang"]), catalogue, 2016)
    assert bound(matches) == [("P-02", "exact"), ("P-93", "review")]


def test_a_decision_wins_over_another_claim_to_the_body(
    with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    catalogue = with_reviews(decide(body_printed="H. Giang", body_code="P-02"))
    matches = match_names(printed(["H. Giang", "Hà Giang"]), catalogue, 2016)
    assert bound(matches) == [("P-02", "review"), (None, "unmatched")]
    twice = match_names(printed(["H. Giang", "H. Giang"]), catalogue, 2016)
    assert bound(twice) == [(None, "unmatched")] * 2


def test_a_decision_outside_the_universe_is_a_fault_of_the_file(
    with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    catalogue = with_reviews(decide(body_printed="Hạ Giang", body_code="Q-08"))
    with pytest.raises(BodiesError, match=r"name_review.csv, line 2, column body_code: Q-08"):
        match_names(printed(["Hạ Giang"]), catalogue, 2016)


def test_the_review_file_is_filled_in_and_obeyed(
    catalogue: Catalogue, with_reviews: Callable[[bytes], Catalogue], printed: Printed
) -> None:
    names = printed(full_list(catalogue, P_93="Hạ Giang"))
    content = write_review(match_names(names, catalogue, 2016), catalogue, 2016)
    assert content.startswith(b"\xef\xbb\xbf")
    with pytest.raises(BodiesError, match="decided_by"):
        read_reviews(content, "name_review.csv")  # nobody has signed it yet
    (cells,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert cells["candidates"].startswith("P-02 Hà Giang|P-93 Hậu Giang|")
    assert "chưa đủ rõ" in cells["cause_vi"]
    cells |= {"body_code": "P-93", "decided_by": "N. V. A.", "reason": "seen in the scan"}
    matches = match_names(names, with_reviews(decide(**cells)), 2016)
    assert ("P-93", "review") in bound(matches)
    assert write_review(matches, catalogue, 2016) == write_rows(REVIEW_COLUMNS, [])


def test_matches_table_has_the_declared_schema(catalogue: Catalogue, printed: Printed) -> None:
    names = printed(["Hà Giang", "Bình Đimh", "Hà Tây"])
    made = matches_table(match_names(names, catalogue, 2016), 2016)
    declared = table("raw_body_matches")
    assert made.schema.equals(declared.arrow_schema)
    assert made["match_rule"].to_pylist() == ["exact", "assignment", "unmatched"]
    assert set(made["match_rule"].to_pylist()) <= set(declared.column("match_rule").codes)
    assert made["is_evidence"].to_pylist() == [False, True, True]
    assert made["match_margin"].null_count == 2
