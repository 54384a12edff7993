"""What the page is given: figures as printed, status for what is missing, places, and the count of
all that against the panel. All frames here are made up."""

from __future__ import annotations

import pytest
from explorer_samples import FILE, LIST, frame, inputs, value

from assets.explorer.compact import rows
from assets.explorer.data import build
from assets.explorer.files import decoded, encoded, explorer_files
from assets.explorer.gate import differences


def test_figures_keep_their_printed_digits_and_what_is_missing_keeps_its_status() -> None:
    core, _, _ = build(inputs())
    told = {
        (core["lists"]["rows"][v["list"]][0], v["body"]): (v["rank"], v["value"], v["value_status"])
        for v in rows(core["values"])
    }
    assert told == {
        (2016, "P-10"): (1, "1.000", "reported"),
        (2016, "P-48"): (2, "0.900", "reported"),
        (2017, "P-10"): (1, None, "not_published"),
    }


def test_every_value_has_its_file_table_line_and_raw_text() -> None:
    core, _, ledger = build(inputs(raw="1 | Lào Cai | 1,000"))
    places, files = rows(core["places"]), rows(core["files"])
    used = {v["place"] for v in [*rows(core["values"]), *rows(ledger["ledger"])]}
    assert used == {0}, "one line, written once"
    assert (places[0]["table_no"], places[0]["line_no"]) == ("4.9", 7)
    assert places[0]["raw"] == "| 1 | Lào Cai | 1,000 |"
    assert files[places[0]["file"]]["file_sha256"] == FILE


def test_a_break_of_the_method_is_told_with_its_change() -> None:
    core, _, _ = build(inputs())
    (change,) = rows(core["changes"])
    assert (change["comparability"], change["detail"]) == ("method break", "a to b")


def test_what_a_body_reported_and_what_was_observed_is_there_with_its_state() -> None:
    checked = {"body_code": "P-10", "check_id": "search", "check_answer": "not_observed"}
    asked = {"body_code": "P-10", "input_code": "has_wan", "observation_state": "disputed"}
    _, bodies, _ = build(
        inputs(
            rel_portal_checks=frame("rel_portal_checks", checked),
            rel_observations=frame("rel_observations", asked),
        )
    )
    (check,), (figure,) = rows(bodies["checks"]), rows(bodies["observations"])
    assert (check["check_answer"], figure["observation_state"]) == ("not_observed", "disputed")
    assert figure["value"] is None


def test_services_and_cases_of_a_body_are_there_with_the_reason_for_what_is_missing() -> None:
    counted = {"body_code": "P-10", "services_total": 2, "cases_online": 9, "months_online": 3}
    ranked = {"body_code": "P-10", "ranking": "cases_online", "rank_state": "unranked"}
    _, bodies, _ = build(
        inputs(
            rel_service_totals=frame(
                "rel_service_totals", {**counted, "on_time_status": "zero_denominator"}
            ),
            rel_service_ranks=frame("rel_service_ranks", ranked),
        )
    )
    (totals,), (rank,) = rows(bodies["catalogued"]), rows(bodies["service_ranks"])
    assert (totals["services_total"], totals["cases_online"], totals["months_online"]) == (2, 9, 3)
    assert (totals["on_time_share"], totals["on_time_status"]) == (None, "zero_denominator")
    assert (rank["rank"], rank["rank_state"]) == (None, "unranked")


def test_files_of_sound_inputs_pass_the_gate() -> None:
    given = inputs()
    assert differences(explorer_files(given), given) == []


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ([value(2016, "P-10", 1, "1.000")], "value 2016, assessment, province_63, policy, P-48"),
        (
            [value(2016, "P-10", 1, "1.000"), value(2016, "P-48", 3, "0.900")],
            "P-48, 3, 0.900000: 0 on the page, 1 in the lake",
        ),
        (
            [value(2016, "P-10", 1, "1.000"), value(2016, "P-48", 2, None)],
            "P-48, 2, none: 0 on the page, 1 in the lake",
        ),
    ],
)
def test_a_figure_that_the_page_lacks_or_says_otherwise_is_found(
    other: list[dict[str, object]], said: str
) -> None:
    wrong = differences(explorer_files(inputs()), inputs(values={2016: other}))
    assert any(said in line for line in wrong), wrong


def test_a_row_of_the_ledger_that_is_lost_is_found() -> None:
    given = inputs()
    files = explorer_files(given)
    ledger = decoded(files["data/ledger.js"])
    ledger["ledger"]["rows"].pop()
    wrong = differences({**files, "data/ledger.js": encoded("ledger", ledger)}, given)
    assert wrong == ["row of the ledger 2017, source_error: 0 on the page, 1 in the lake"]


def test_the_ledger_does_not_repeat_the_key_of_a_value_but_keeps_other_subjects() -> None:
    told = {
        **LIST, "assessment_year": 2017, "subject": "services_total", "body_code": "P-10",
        "item": "total", "table_no": "4.7", "class": "match", "rule": "sum_of_rows",
        "line_no": 7, "file_sha256": FILE,
    }  # fmt: skip
    _, _, ledger = build(inputs(rel_reconciliation=frame("rel_reconciliation", told)))
    assert [row["subject"] for row in rows(ledger["ledger"])] == [None, "services_total"]
