"""Heads and versions: exactly one current form of each body, history kept, order of intake."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from form_samples import answered, sample_method

from assets import registry
from assets.method.model import Method
from assets.received.delivery import Delivery
from assets.received.refusal import FileRefused, FileRefusedError
from assets.submissions import read
from assets.submissions.form import (
    ORIGIN_REAL,
    ORIGIN_SYNTHETIC,
    Answer,
    FormId,
    form_of,
    parse_form_id,
)
from assets.submissions.rawform import RawForm
from assets.submissions.read import peek_form_ids, read_submissions
from assets.submissions.reader import read_form
from assets.submissions.textform import csv_bytes, json_bytes

MEMBERS = {"ministry": {"M-01": "Bộ Mẫu", "M-02": "Bộ Hai"}}
OTHER = replace(sample_method(), regime="dti_2022", index_code="dti", sha256="f" * 64)
METHODS = [sample_method(), OTHER]


@pytest.fixture(autouse=True)
def _read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading in this process; the sandbox has its own tests."""

    def read_all(files: Sequence[tuple[bytes, str]], on_done: Any = None) -> list[Any]:
        found: list[RawForm | FileRefused] = []
        for content, _ in files:
            try:
                found.append(read_form(content))
            except FileRefusedError as error:
                found.append(FileRefused(error.rule_id, error.detail, error.file_format))
            if on_done:
                on_done(None)
        return found

    monkeypatch.setattr(read, "read_forms", read_all)


def form(
    staff: str, body: str = "M-01", method: Method = METHODS[0], origin: str = ORIGIN_REAL
) -> bytes:
    made = form_of(method, 2016, body, MEMBERS["ministry"].get(body, "?"))
    return csv_bytes(made, {**answered(), "staff": Answer(staff)}, origin)


def delivery(content: bytes, order: int, *, is_synthetic: bool = False) -> Delivery:
    sha256 = hashlib.sha256(content).hexdigest()
    return Delivery(content, f"{order}.csv", sha256, date(2017, 1, order), is_synthetic, order)


def tables(*deliveries: Delivery, year: int = 2016) -> dict[str, list[dict[str, Any]]]:
    made = read_submissions(deliveries, year=year, methods=METHODS, members=MEMBERS)
    for name, frame in made.items():
        assert frame.schema.equals(registry.table(name).arrow_schema)
    return {name.removeprefix("raw_submission_"): t.to_pylist() for name, t in made.items()}


def files(*deliveries: Delivery) -> list[dict[str, Any]]:
    """Rows of the files in order of intake."""
    rows = {row["file_sha256"]: row for row in tables(*deliveries)["files"]}
    return [rows[d.file_sha256] for d in sorted(deliveries, key=lambda d: d.order)]


def test_the_last_accepted_form_is_current_and_names_what_it_replaces() -> None:
    first, second, third = (delivery(form(str(n)), n) for n in (1, 2, 3))
    rows = files(first, second, third)
    assert [row["version_no"] for row in rows] == [1, 2, 3]
    assert [row["is_current"] for row in rows] == [False, False, True]
    assert [row["supersedes_sha256"] for row in rows] == [
        None,
        first.file_sha256,
        second.file_sha256,
    ]


def test_a_refused_form_counts_as_a_version_and_replaces_nothing() -> None:
    first = delivery(form("1"), 1)
    refused = delivery(form("2", origin=f"{ORIGIN_SYNTHETIC} (seed 1)"), 2)
    third = delivery(form("3"), 3)
    rows = files(first, refused)
    assert [row["is_current"] for row in rows] == [True, False]
    rows = files(first, refused, third)
    assert [(row["version_no"], row["file_state"]) for row in rows] == [
        (1, "accepted"),
        (2, "rejected"),
        (3, "accepted"),
    ]
    assert rows[1]["rule_id"] == "synthetic_not_declared"
    assert rows[1]["supersedes_sha256"] is None
    assert rows[2]["supersedes_sha256"] == first.file_sha256


def test_a_file_of_an_unknown_body_is_a_version_of_its_own() -> None:
    rows = files(delivery(form("1"), 1), delivery(b"%PDF-1.4", 2), delivery(form("1", "M-09"), 3))
    assert [row["version_no"] for row in rows] == [1, 1, 1]
    assert [row["body_code"] for row in rows] == ["M-01", None, None]
    assert [row["rule_id"] for row in rows] == [None, "unknown_format", "body_unknown"]
    assert rows[2]["form_id"] == "2016/ministry/M-09/000000000000"


def test_bodies_and_indices_have_versions_of_their_own() -> None:
    rows = files(
        delivery(form("1"), 1),
        delivery(form("2", "M-02"), 2),
        delivery(form("3", method=OTHER), 3),
    )
    assert [row["is_current"] for row in rows] == [True, True, True]
    assert [row["index_code"] for row in rows] == ["assessment", "assessment", "dti"]
    assert [row["supersedes_sha256"] for row in rows] == [None, None, None]


def test_the_order_of_the_list_does_not_matter() -> None:
    deliveries = [delivery(form(str(n)), n) for n in (1, 2, 3)] + [delivery(b"x,y", 4)]
    assert tables(*deliveries) == tables(*reversed(deliveries))


def test_current_values_and_quarantine_are_those_of_the_current_form() -> None:
    first, second = delivery(form("nhiều"), 1), delivery(form("2"), 2)
    made = tables(first, second)
    assert {row["file_sha256"] for row in made["values"] if row["is_current"]} == {
        second.file_sha256
    }
    assert [(row["input_code"], row["is_current"]) for row in made["quarantine"]] == [
        ("staff", False)
    ]
    assert [row["is_current"] for row in tables(first)["quarantine"]] == [True]


def test_a_value_is_shown_with_everything_that_leads_back_to_it() -> None:
    sent = delivery(form("12"), 3)
    row = next(r for r in tables(sent)["values"] if r["input_code"] == "staff")
    assert row == {
        "value_key": f"2016:submission/M-01/{sent.file_sha256[:12]}/staff",
        "file_sha256": sent.file_sha256,
        "assessment_year": 2016,
        "index_code": "assessment",
        "regime": "assessment_2016",
        "block": "ministry",
        "body_code": "M-01",
        "input_code": "staff",
        "value": 12,
        "class_code": None,
        "observation_state": "reported",
        "raw_text": "12",
        "sheet_name": None,
        "cell_ref": "line 9, value",
        "evidence_text": None,
        "body_comment": None,
        "known_at": date(2017, 1, 3),
        "version_no": 1,
        "is_current": True,
        "is_synthetic": False,
        "parser_rule": "whole_text",
    }


def test_a_line_set_aside_says_where_why_and_what_to_do() -> None:
    (row,) = tables(delivery(form("hai\u200bmươi"), 1))["quarantine"]
    assert (row["cell_ref"], row["rule_id"]) == ("line 9, value", "text_for_number")
    assert row["raw_value"] == "hai\\u200bmươi"
    assert row["replay_command"] == "egov run 2016"
    assert all(row[key] for key in ("reason_en", "reason_vi", "what_to_do"))


def test_synthetic_forms_must_be_declared_and_stay_marked() -> None:
    origin = f"{ORIGIN_SYNTHETIC} (seed 1)"
    made = tables(delivery(form("1", origin=origin), 1, is_synthetic=True))
    assert made["files"][0]["file_state"] == "accepted"
    assert {row["is_synthetic"] for row in made["values"]} == {True}
    (row,) = files(delivery(form("1"), 1, is_synthetic=True))
    assert row["rule_id"] == "synthetic_not_declared"


def test_a_method_that_is_not_in_force_is_another_version() -> None:
    late = replace(sample_method(), sha256="a" * 64)
    (row,) = files(delivery(form("1", method=late), 1))
    assert (row["rule_id"], row["body_code"]) == ("other_method_version", "M-01")
    assert (row["regime"], row["version_no"]) == (None, 1)


def test_the_year_is_that_of_the_form() -> None:
    (row,) = tables(delivery(form("1"), 1), year=2017)["files"]
    assert (row["rule_id"], row["assessment_year"]) == ("wrong_year", 2017)


def test_each_file_is_told_as_it_is_read() -> None:
    told: list[int] = []
    deliveries = [delivery(form(str(n)), n) for n in (1, 2)]
    read_submissions(deliveries, year=2016, methods=METHODS, members=MEMBERS, on_done=told.append)
    assert told == [1, 2]


def test_no_files_give_empty_tables() -> None:
    assert tables() == {"files": [], "values": [], "counts": [], "quarantine": []}


def test_form_ids_are_peeked_at() -> None:
    made = form_of(sample_method(), 2016, "M-01", "Bộ Mẫu")
    content = [form("1"), json_bytes(made), b"", form("1").replace(b"2016/", b"16/", 1)]
    expected: list[FormId | None] = [parse_form_id(made.form_id)] * 2 + [None, None]
    assert peek_form_ids([(c, "x") for c in content]) == expected
