"""Hostile and odd files through the real sandbox: each has exactly the outcome listed for it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from hostile_case import Case
from hostile_cases import cases
from hostile_form import MEMBERS, METHOD

from assets.received.delivery import Delivery
from assets.submissions import read
from assets.submissions.apart import OnDone, Reading, read_forms
from assets.submissions.read import read_submissions
from assets.submissions.reasons import reasons

CASES = {case.name: case for case in cases()}
SECONDS, BYTES = 60, 1024**3

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What became of all files: rows by file name, and what reading each took."""

    files: dict[str, dict[str, Any]]
    counts: dict[str, dict[str, Any]]
    values: dict[str, Rows]
    aside: dict[str, Rows]
    readings: dict[str, Reading]


def test_there_are_enough_cases_and_their_names_differ() -> None:
    assert len(CASES) == len(list(cases())) >= 60


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    """All files handed in together for one year."""
    readings: dict[str, Reading] = {}

    def watched(files: Sequence[tuple[bytes, str]], on_done: OnDone | None = None) -> Any:
        def keep(reading: Reading) -> None:
            readings[reading.file_name] = reading

        assert on_done is None
        return read_forms(files, keep)

    deliveries = []
    for order, case in enumerate(CASES.values()):
        content = case.build()
        sha256 = hashlib.sha256(content).hexdigest()
        deliveries.append(
            Delivery(content, case.name, sha256, date(2017, 1, 20), case.is_synthetic, order)
        )
    assert len({delivery.file_sha256 for delivery in deliveries}) == len(deliveries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "read_forms", watched)
        tables = read_submissions(deliveries, year=2016, methods=[METHOD], members=MEMBERS)
    names = {delivery.file_sha256: delivery.file_name for delivery in deliveries}

    def rows(part: str) -> Rows:
        found: Rows = tables[f"raw_submission_{part}"].to_pylist()
        return found

    def by_name(part: str) -> dict[str, Rows]:
        grouped: dict[str, Rows] = {name: [] for name in CASES}
        for row in rows(part):
            grouped[names[row["file_sha256"]]].append(row)
        return grouped

    return Outcome(
        {row["file_name"]: row for row in rows("files")},
        {names[row["file_sha256"]]: row for row in rows("counts")},
        by_name("values"),
        by_name("quarantine"),
        readings,
    )


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_file_has_exactly_its_outcome(case: Case, outcome: Outcome) -> None:
    file = outcome.files[case.name]
    if case.refused:
        assert (file["file_state"], file["rule_id"]) == ("rejected", case.refused), file[
            "raw_value"
        ]
        assert case.name not in outcome.counts
        assert outcome.values[case.name] == outcome.aside[case.name] == []
        return
    assert file["file_state"] == "accepted", (file["rule_id"], file["raw_value"])
    aside = {row["cell_ref"]: row["rule_id"] for row in outcome.aside[case.name]}
    assert aside == case.aside
    counts = outcome.counts[case.name]
    assert counts["rows_in"] == case.lines
    assert counts["rows_blank"] == case.blank
    assert counts["rows_quarantined"] == len(case.aside)
    assert counts["rows_accepted"] == len(outcome.values[case.name])
    parts = ("rows_accepted", "rows_quarantined", "rows_blank")
    assert counts["rows_in"] == sum(counts[part] for part in parts)


def test_every_file_is_read_in_time_and_within_its_memory(outcome: Outcome) -> None:
    assert set(outcome.readings) == set(CASES)
    assert max(reading.seconds for reading in outcome.readings.values()) < SECONDS
    assert max(reading.peak_bytes for reading in outcome.readings.values()) < BYTES


def test_files_of_a_body_are_versions_in_order_and_the_last_accepted_is_current(
    outcome: Outcome,
) -> None:
    known = [outcome.files[name] for name in CASES if outcome.files[name]["body_code"] is not None]
    assert [row["version_no"] for row in known] == list(range(1, len(known) + 1))
    accepted = [row for row in known if row["file_state"] == "accepted"]
    assert [row["is_current"] for row in accepted] == [False] * (len(accepted) - 1) + [True]
    before = [None, *(row["file_sha256"] for row in accepted[:-1])]
    assert [row["supersedes_sha256"] for row in accepted] == before


def test_what_is_shown_of_a_file_is_short_and_has_no_invisible_signs(outcome: Outcome) -> None:
    keys = ("raw_text", "evidence_text", "body_comment")
    shown = [row["raw_value"] for row in outcome.files.values()]
    shown += [row[key] for rows in outcome.values.values() for row in rows for key in keys]
    texts = [text for text in shown if text]
    assert texts
    assert all(len(text) <= 2_000 for text in texts)
    assert not any(sign in text for text in texts for sign in "\u202e\x07\r\0\ud800")


def test_every_rule_has_a_file_or_line_that_breaks_it() -> None:
    broken = {case.refused for case in CASES.values() if case.refused}
    broken |= {rule for case in CASES.values() for rule in case.aside.values()}
    of_the_process = {"reader_crashed", "reader_timeout", "reader_memory"}  # in test_sandbox
    assert broken | of_the_process == set(reasons())


def test_the_corpus_holds_every_kind_of_attack() -> None:
    rules = Counter(case.refused for case in CASES.values() if case.refused)
    for rule, at_least in {
        "xml_doctype": 5,
        "zip_ratio": 2,
        "zip_too_large": 3,
        "macros": 3,
        "external_links": 3,
        "font_encoding_suspected": 6,
        "encoding_undecidable": 4,
        "wrong_template": 10,
    }.items():
        assert rules[rule] >= at_least, rule
