"""From a computed score to its criteria, figures and cells."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from release_samples import LAO_CAI, POLICY_KEY, PROVINCE, REPORT, Row, published
from score_samples import FORM, figure, figures, node, scored, text_of, uses

from assets.explain import ExplainError

POLICY: dict[str, list[Row]] = {
    "idx_scores": [
        scored("policy", "sum", "14.9", "20", position=1, ranking="index", rank=12)
        | {"criteria_known": 2, "criteria_asked": 2, "is_reconstructed": True},
        scored("units", "ratio", "9.9", "10", parent_criterion="policy", position=3),
        scored("plan", "boolean", "5", "5", parent_criterion="policy", position=2),
        scored("other", "boolean", "0", "5", parent_criterion="portal", position=4),
    ],
    "raw_method_nodes": [
        node("policy", "sum", "20"),
        node("plan", "boolean", "5", basis="reconstructed", maximum_basis="convention"),
        node("units", "ratio", "10"),
    ],
    "ind_criterion_scores": [
        figures("plan", numerator="1"),
        figures("units", numerator="4950", denominator="5000"),
    ],
    "raw_method_uses": [
        *uses("plan", answer="has_plan"),
        *uses("units", denominator="units_count", numerator="units_equipped"),
    ],
    "ind_observations": [
        figure("has_plan", "1", raw_text="Có", unit="yes_no", cell_ref="F13")
        | {"evidence_text": "QĐ 12/QĐ-UBND", "body_comment": "ban hành\x1b[2J tháng 3"},
        figure("units_equipped", "4950", observation_state="overridden", origin="override")
        | {"author": "Trần B", "decision_reason": "đếm lại", "known_at": date(2017, 3, 1)},
        figure("units_count", "5000", observation_state="confirmed", origin="confirmation")
        | {"author": "Nguyễn A", "known_at": date(2017, 2, 1)},
    ],
}


def test_a_score_is_traced_to_criteria_figures_cells_and_files() -> None:
    file = (
        "          file: P-10.xlsx, version 2, received on 2017-01-20",
        f"            sha256: {FORM}",
    )
    assert text_of("policy", **POLICY) == "\n".join(
        [
            "Lào Cai (P-10), 2016, policy",
            "  computed: assessment, regime assessment_2016, province_63, method 1a2b3c4d5e6f",
            "    index value: 0.745 (to 12 decimals 0.745)",
            "    rank: 12",
            "    coverage: 2 of 2 criteria",
            "    state: complete, reconstructed criteria, no synthetic data",
            "    policy (Tiêu chí policy): sum: 5 + 9.9 = 14.9 of 20",
            "      plan (Tiêu chí plan): boolean: yes x 5 = 5 [reconstructed; maximum equal by "
            "convention]",
            "        answer has_plan: 1 yes_no (reported)",
            "          evidence: QĐ 12/QĐ-UBND",
            "          note: ban hành\\x1b[2J tháng 3",
            "          place: sheet Biểu mẫu, cell F13",
            "            raw text: Có",
            *file,
            "      units (Tiêu chí units): ratio: 4950 / 5000 x 10 = 9.9",
            "        denominator units_count: 5000 units (confirmed)",
            "          confirmed by: Nguyễn A, 2017-02-01",
            "          place: sheet Biểu mẫu, cell F12",
            "            raw text: 5000",
            *file,
            "        numerator units_equipped: 4950 units (overridden)",
            "          overridden by: Trần B, 2017-03-01: đếm lại",
            "          place: sheet Biểu mẫu, cell F12",
            "            raw text: 4950",
            *file,
            "  reconciliation: 0 checks",
        ]
    )


def test_a_criterion_beneath_a_category_is_explained_by_its_own_name() -> None:
    text = text_of("units", **POLICY)
    assert "  computed: assessment" in text
    assert "    index value: 0.990 (to 12 decimals 0.99)\n    coverage:" in text  # not ranked
    assert "plan" not in text


def test_published_and_computed_are_two_nodes() -> None:
    rows = {
        **POLICY,
        "idx_published_values": [
            published(LAO_CAI, 1, "1.000", value_key=POLICY_KEY, decimals=3, file_sha256=REPORT)
        ],
        "raw_report_values": [
            {**PROVINCE, "value_key": POLICY_KEY, "file_sha256": REPORT, "table_no": "4.9"}
            | {"row_no": 1, "line_no": 666, "body_no": 1, "raw_text": "1,000", "decimals": 3}
            | {"measure": "index_value", "value": Decimal(1), "value_status": "reported"}
        ],
    }
    lines = text_of("policy", **rows).splitlines()
    top = [line.split(":")[0].strip() for line in lines if line[:3].count(" ") == 2]
    assert top == ["published", "computed", "reconciliation"]
    between = lines.index(next(line for line in lines if line.startswith("  computed")))
    assert not any("0.745" in line for line in lines[:between])
    assert not any("1,000" in line for line in lines[between:])


def test_two_series_are_two_nodes() -> None:
    (row,) = [r for r in POLICY["idx_scores"] if r["criterion"] == "plan"]
    row = row | {"points": None, "index_value": None, "score_status": "missing"}
    text = text_of("plan", idx_scores=[row, {**row, "index_code": "dti"}])
    assert ("computed: assessment," in text, "computed: dti," in text) == (True, True)


def test_index_values_print_half_up() -> None:
    row = scored("x", "ratio", "0.5825", "1")
    numbers = [figures("x", numerator="0.5825")]
    text = text_of("x", idx_scores=[row], ind_criterion_scores=numbers)
    assert "index value: 0.583 (to 12 decimals 0.5825)" in text


def used(**more: Any) -> str:
    """The lines beneath a criterion that uses one figure."""
    return text_of(
        "x",
        idx_scores=[scored("x", "boolean", None, "10")],
        raw_method_uses=uses("x", answer="has_plan"),
        ind_observations=[figure("has_plan", more.pop("value", "1"), **more)],
    )


def test_states_of_a_figure_are_told_with_who_and_why() -> None:
    disputed = used(
        observation_state="disputed", origin="confirmation", author="Lê C", decision_reason="sai"
    )
    assert "answer has_plan: 1 units (disputed)" in disputed
    assert "disputed by: Lê C, 2017-01-20: sai" in disputed
    removed = used(observation_state="not_observed", origin="override", author="Trần B", value=None)
    assert "answer has_plan: none (not_observed)" in removed
    assert "taken out by: Trần B, 2017-01-20\n" in removed
    agreed = used(
        observation_state="not_applicable", origin="confirmation", author="Lê C", value=None
    )
    assert "confirmed by: Lê C" in agreed
    assert "by:" not in used()


def test_a_figure_that_is_not_allowed_open_or_synthetic_says_so() -> None:
    text = used(is_allowed=False, is_open=True, is_synthetic=True)
    assert ("1 units (reported; not a value that the method allows; open; SYNTHETIC DATA)") in text
    row = scored("x", "boolean", None, "10", is_synthetic=True, is_incomplete=True)
    state = "state: incomplete, no reconstructed criterion, SYNTHETIC DATA"
    assert state in text_of("x", idx_scores=[row])


def test_figures_without_a_form_and_files_that_are_gone() -> None:
    nothing = used(
        observation_state="not_observed", origin="none", value=None, file_sha256=None, cell_ref=None
    )
    assert "file: no form of the body holds it" in nothing
    assert "place:" not in nothing
    blank = used(raw_text="", sheet_name=None, cell_ref="line 12, column value")
    assert "place: line 12, column value\n          raw text: (blank)" in blank
    gone = text_of(
        "x",
        idx_scores=[scored("x", "boolean", None, "10")],
        raw_method_uses=uses("x", answer="has_plan"),
        ind_observations=[figure("has_plan", "1")],
        raw_submission_files=[],
    )
    assert f"file: no longer among the files of the year\n          sha256: {FORM}" in gone


def test_a_class_is_shown_as_it_is() -> None:
    assert "answer has_plan: part (reported)" in used(value=None, class_code="part")


def test_a_category_that_is_not_held_lists_the_computed_criteria_too() -> None:
    with pytest.raises(ExplainError) as error:
        text_of("unheard", **POLICY)
    assert str(error.value).endswith(
        "categories held: none; criteria computed: other, plan, policy, units"
    )


RESULTS = "9" * 64
RECORD = "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001"


def check(check_id: str, answer: str, **more: Any) -> Row:
    """A row of ind_portal_checks of Lào Cai, seen in the second of three rounds."""
    return {
        "body_code": "P-10", "body_name": "Lào Cai", "check_id": check_id, "check_answer": answer,
        "found_answer": answer, "rounds_held": 3, "rounds_observed": 2, "window_code": "mua-xuan",
        "round_no": 2, "rule_id": "menu", "confidence": 80, **more,
    }  # fmt: skip


def observed(*checks: Row, **more: Any) -> str:
    """The lines beneath a criterion of one figure that is the number met of two checks."""
    return text_of(
        "x",
        idx_scores=[scored("x", "ratio", None, "10")],
        raw_method_uses=uses("x", numerator="met"),
        raw_check_inputs=[
            {"input_code": "met", "check_id": name, "observed_as": "met"}
            for name in ("introduction", "leadership")
        ],
        ind_portal_checks=list(checks),
        ind_observations=[
            figure(
                "met",
                more.pop("value", "1"),
                **{
                    "observation_state": "observed",
                    "origin": "check",
                    "raw_text": "introduction yes, leadership no",
                    "file_sha256": RESULTS,
                    "sheet_name": None,
                    "cell_ref": "window mua-xuan, round 2",
                    "observed_figure": "1",
                    "reported_figure": "2",
                    **more,
                },
            )
        ],
        raw_intake_files=[
            {"file_sha256": RESULTS, "file_name": "crawl_2016.jsonl", "issuer": "Cục Tin học hóa"}
            | {"kind": "crawl_results", "source_ref": "egov crawl"}
        ],
    )


def test_a_figure_made_from_checks_is_traced_to_pages_and_to_what_the_body_reported() -> None:
    text = observed(
        check("introduction", "yes", evidence_url="http://laocai.gov.vn/gt", record_id=RECORD)
        | {"deciding_words": "Giới thiệu\nchung"},
        check("leadership", "no", found_answer="partial", decision_reason="chỉ có tên")
        | {"author": "Trần B", "evidence": "ảnh chụp", "answer_changed": True},
        check("search", "yes"),
    )
    beneath = text.split("numerator met: ")[1].splitlines()[:-1]
    assert [line.removeprefix(" " * 8) for line in beneath] == [
        "1 units (observed)",
        "observed by checks: 1 in window mua-xuan, round 2: introduction yes, leadership no",
        "  introduction (Thông tin giới thiệu về cơ quan): yes in window mua-xuan, round 2, "
        "observed in 2 of 3 rounds, rule menu, confidence 80",
        "    address: http://laocai.gov.vn/gt",
        "    words: Giới thiệu\\nchung",
        f"    page: egov evidence {RECORD}",
        "  leadership (Thông tin về lãnh đạo cơ quan): no in window mua-xuan, round 2, observed "
        "in 2 of 3 rounds, rule menu, confidence 80; answers of rounds differ",
        "    decided by: Trần B: chỉ có tên (the program said partial; evidence: ảnh chụp)",
        "reported by the body: 2 (differs)",
        "file: crawl_2016.jsonl",
        f"  sha256: {RESULTS}",
        "  issuer: Cục Tin học hóa",
        "  document: without a number",
        "  source: egov crawl",
    ]


def test_what_the_body_reported_may_be_the_same_or_nothing() -> None:
    seen = check("introduction", "yes", needs_review=True)
    assert "reported by the body: 1 (the same)" in observed(seen, reported_figure="1")
    assert "reported by the body: nothing" in observed(seen, reported_figure=None)
    assert "confidence 80; unsure, not reviewed" in observed(seen)


def test_a_decision_on_an_observed_figure_stands_before_the_checks() -> None:
    more = {"observation_state": "overridden", "origin": "override", "author": "Trần B"}
    text = observed(check("introduction", "yes"), check("leadership", "no"), value="2", **more)
    after = text.split("numerator met: 2 units (overridden)")[1].splitlines()
    assert [line.strip().split(":")[0] for line in after[1:3]] == [
        "overridden by",
        "observed by checks",
    ]


def test_checks_that_make_no_figure_say_which_was_not_seen() -> None:
    of_form = {"origin": "submission", "observation_state": "reported", "observed_figure": None}
    text = observed(
        check("introduction", "not_observed", deciding_words="timeout"),
        **of_form,
        file_sha256=FORM,
        cell_ref="F12",
        raw_text="1",
    )
    assert "observed by checks: no figure, as not every one of its checks was observed" in text
    assert "introduction (Thông tin giới thiệu về cơ quan): not_observed in window" in text
    assert "words: timeout" in text
    assert "leadership (Thông tin về lãnh đạo cơ quan): no answer held" in text
    assert "place: F12" in text
    assert "reported by the body" not in text


def test_a_portal_that_was_not_looked_at_adds_nothing() -> None:
    more = {"observed_figure": None, "observation_state": "reported", "file_sha256": FORM}
    assert "observed by checks" not in observed(**more)
