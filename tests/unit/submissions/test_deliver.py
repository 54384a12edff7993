"""Delivery: files on their way into the intake, and what is told of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from reviewed_samples import ASKED, table

from assets.lake import Lake, intake, records
from assets.received.delivery import Delivery, DeliveryError, documents
from assets.submissions import deliver
from assets.submissions.deliver import (
    Offer,
    Outcome,
    asked_in,
    contradicting,
    files_below,
    of_kind,
    outcome_line,
    submit,
)
from assets.submissions.form import FormId


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting for files or the disk, and a reader that takes `BODY text` for a form."""
    monkeypatch.setattr(intake, "SETTLE_SECONDS", 0.001)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setattr(deliver, "peek_form_ids", lambda files: [_peek(*file) for file in files])
    monkeypatch.setattr(deliver, "read_submissions", _read)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str, str], Path]:
    def make(name: str, text: str) -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return make


def _peek(content: bytes, file_name: str) -> FormId | None:
    body = content.decode().split()[0]
    return FormId(2016, "province", body, "ab" * 6) if body.startswith("P-") else None


def _read(
    deliveries: Sequence[Delivery], *, on_done: Callable[[int], None], **asked: Any
) -> dict[str, pa.Table]:
    files, counts = [], []
    versions: dict[str, int] = {}
    for done, given in enumerate(sorted(deliveries, key=lambda d: d.order), start=1):
        form = _peek(given.content, given.file_name)
        body = form.body_code if form else ""
        versions[body] = versions.get(body, 0) + 1
        good = form is not None and b"bad" not in given.content
        files.append(
            {
                "file_sha256": given.file_sha256,
                "file_name": given.file_name,
                "assessment_year": asked["year"],
                "body_code": body or None,
                "file_format": "csv",
                "file_state": "accepted" if good else "rejected",
                "is_current": good,
                "version_no": versions[body],
                "known_at": given.known_at,
                "is_synthetic": given.is_synthetic,
                "size_bytes": len(given.content),
                **({} if good else {"rule_id": "r", "reason_en": "not a form"}),
                **({} if good else {"reason_vi": "không phải", "what_to_do": "send a form"}),
            }
        )
        if good:
            numbers = {"rows_in": 2, "rows_accepted": 2, "rows_quarantined": 0, "rows_blank": 0}
            counts.append(
                {"file_sha256": given.file_sha256, "assessment_year": asked["year"], **numbers}
            )
        on_done(done)
    names = ("raw_submission_values", "raw_submission_quarantine")
    return {
        "raw_submission_files": table("raw_submission_files", files),
        "raw_submission_counts": table("raw_submission_counts", counts),
        **{name: table(name, []) for name in names},
    }


def send(
    lake: Lake, *paths: Path, received_at: date | None = date(2017, 1, 20), **more: Any
) -> list[Outcome]:
    more = {"is_synthetic": False, "on_step": lambda *step: None, **more}
    return submit(lake, paths, ASKED, received_at=received_at, **more)


def test_a_form_is_taken_in_as_its_body_and_year(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    (outcome,) = send(lake, file("a.csv", "P-10 x"), is_synthetic=True)
    (record,) = records(lake)
    assert record.sidecar.as_json() == {
        "kind": "submission",
        "years": [2016],
        "issuer": "P-10",
        "document_no": "submission/2016/P-10",
        "document_date": None,
        "source_ref": "submission of the body",
        "received_at": "2017-01-20",
        "licence": "report of the body to the ministry",
        "is_synthetic": True,
        "report_code": None,
    }
    assert outcome.receipt is not None
    assert outcome.receipt.file["known_at"] == date(2017, 1, 20)
    assert (
        outcome_line(outcome)
        == "a.csv: accepted, P-10, version 1: 2 lines, 2 accepted, 0 in quarantine, 0 blank"
    )


def test_receipts_lie_under_the_lake_by_hash(lake: Lake, file: Callable[[str, str], Path]) -> None:
    send(lake, file("a.csv", "P-10 x"))
    (record,) = records(lake)
    folder = lake.root / "receipts" / "2016"
    name = record.file_sha256[:12]
    assert sorted(p.name for p in folder.iterdir()) == [f"{name}.json", f"{name}.txt"]
    assert "P-10 Lào Cai" in (folder / f"{name}.txt").read_text("utf-8")


def test_a_file_without_form_id_is_taken_in_and_rejected(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    (outcome,) = send(lake, file("a.pdf", "%PDF"))
    (record,) = records(lake)
    assert (record.sidecar.issuer, record.sidecar.document_no) == ("not stated", None)
    assert (
        outcome_line(outcome)
        == "a.pdf: rejected, no known body, version 1: not a form [r] send a form"
    )


def test_two_different_files_of_a_body_are_left_out_and_the_others_taken(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    paths = [file("a.csv", "P-10 x"), file("b.csv", "P-10 y"), file("c.csv", "P-15 z")]
    first, second, third = send(lake, *paths)
    assert first.receipt is second.receipt is None
    assert "2 different files are from P-10" in first.refusal
    assert str(paths[0]) in second.refusal
    assert third.receipt is not None
    assert [r.file_name for r in records(lake)] == ["c.csv"]


def test_the_same_content_twice_is_one_file(lake: Lake, file: Callable[[str, str], Path]) -> None:
    outcomes = send(lake, file("a.csv", "P-10 x"), file("b.csv", "P-10 x"))
    assert [o.was_known for o in outcomes] == [False, True]
    assert len(records(lake)) == 1
    assert ", already held: 2 lines" in outcome_line(outcomes[1])


def test_versions_are_counted_over_all_files_of_the_body(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    send(lake, file("a.csv", "P-10 x"), file("other.csv", "P-15 x"))
    (outcome,) = send(lake, file("b.csv", "P-10 bad"))
    assert outcome.receipt is not None
    assert (outcome.receipt.file["version_no"], outcome.receipt.outcome) == (2, "rejected")


def test_a_file_sent_again_keeps_its_day_unless_one_is_given(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    path = file("a.csv", "P-10 x")
    send(lake, path)
    send(lake, path, received_at=None)
    assert records(lake)[0].sidecar.received_at == date(2017, 1, 20)
    send(lake, path, received_at=date(2017, 2, 2))
    assert records(lake)[0].sidecar.received_at == date(2017, 2, 2)


def test_a_new_file_without_a_day_is_of_today(lake: Lake, file: Callable[[str, str], Path]) -> None:
    before = date.today()
    send(lake, file("a.csv", "P-10 x"), received_at=None)
    assert before <= records(lake)[0].sidecar.received_at <= date.today()


def test_what_is_no_plain_file_or_refused_by_the_intake_is_told(
    lake: Lake, file: Callable[[str, str], Path], tmp_path: Path
) -> None:
    good, odd = file("a.csv", "P-10 x"), file("con.csv", "P-15 x")
    outcomes = send(lake, tmp_path / "none.csv", odd, good)
    assert "is not a plain file" in outcomes[0].refusal
    assert "reserved by Windows" in outcomes[1].refusal
    assert outcomes[2].receipt is not None
    assert outcome_line(outcomes[1]).startswith("con.csv: not taken in: ")


def test_nothing_readable_is_an_outcome_too(lake: Lake, tmp_path: Path) -> None:
    (outcome,) = send(lake, tmp_path / "none.csv")
    assert outcome.receipt is None
    assert not (lake.root / "receipts").exists()


def test_progress_is_told_to_the_end(lake: Lake, file: Callable[[str, str], Path]) -> None:
    steps: list[tuple[str, int, int]] = []
    paths = [file("a.csv", "P-10 x"), file("b.csv", "P-15 x")]
    send(lake, *paths, on_step=lambda *step: steps.append(step))
    assert steps == [
        ("looked at", 0, 2),
        ("looked at", 2, 2),
        *(("taken in", done, 2) for done in (0, 2)),
        *(("read", done, 2) for done in (1, 2)),
    ]


def test_folders_give_their_files_in_order_but_no_hidden_ones(
    tmp_path: Path, file: Callable[[str, str], Path]
) -> None:
    for name in ("b/2.csv", "b/1.csv", "b/deep/3.csv", "b/.x", "b/~$1.xlsx", "b/1.csv.meta.yaml"):
        file(name, "x")
    single = file("a.csv", "x")
    (tmp_path / "in/b/link.csv").symlink_to(single)
    names = [p.name for p in files_below([tmp_path / "in/b", single, tmp_path / "none"])]
    assert names == ["1.csv", "2.csv", "3.csv", "a.csv", "none"]


def test_files_without_a_body_never_contradict_each_other(tmp_path: Path) -> None:
    offers = [Offer(tmp_path / name, name.encode(), "") for name in "ab"]
    assert contradicting(offers) == {}


def test_versions_of_a_document_stand_together_in_order(
    lake: Lake, file: Callable[[str, str], Path]
) -> None:
    for name, text in (("a.csv", "P-10 1"), ("b.csv", "P-15 1"), ("c.csv", "P-10 2")):
        send(lake, file(name, text))
    found = documents(lake, reversed(of_kind(lake, 2016, "submission")))
    assert [[d.content for d in versions] for versions in found] == [
        [b"P-10 1", b"P-10 2"],
        [b"P-15 1"],
    ]
    assert of_kind(lake, 2015, "submission") == of_kind(lake, 2016, "confirmation") == []


def test_a_year_that_is_not_built_is_told(lake: Lake) -> None:
    with pytest.raises(DeliveryError, match="egov run 2016"):
        asked_in(lake, 2016)
